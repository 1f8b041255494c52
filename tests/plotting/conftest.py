"""Draw without a screen, and leave no setting behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _without_a_screen() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.use("Agg")
        yield
