"""Run a lesson as its readers do, but without a screen."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

LESSONS = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def run_lesson() -> Callable[[str], dict[str, Any]]:
    """Return what runs a lesson, named by its path below ``examples/``, and returns the names it leaves behind."""

    def run(name: str) -> dict[str, Any]:
        with pytest.MonkeyPatch.context() as patch, mpl.rc_context({"backend": "agg"}):
            patch.setattr(plt, "show", lambda: plt.close("all"))
            return runpy.run_path(str(LESSONS / name))

    return run
