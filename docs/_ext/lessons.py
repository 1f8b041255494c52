"""How a lesson runs: from a clean start, and without a warning."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np

from calcguide import plotting

_outside: list[Any] = []


def reset(gallery_conf: dict[str, Any], fname: str | None, when: str) -> None:  # noqa: ARG001
    """Give each lesson the same style and seeds, and turn its warnings into errors.

    Parameters
    ----------
    gallery_conf : dict
        The gallery's settings.
    fname : str or None
        The lesson about to run, or that has just run.
    when : str
        ``"before"`` or ``"after"`` it.
    """
    if when == "after":
        warnings.filters[:] = _outside
        return
    _outside[:] = warnings.filters
    warnings.simplefilter("error")
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for libraries that draw from the global generator
    plotting.use_style()
