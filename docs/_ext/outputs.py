"""Outputs of the guides' cells, whole.

A kernel sends what a cell prints in pieces, and where it cuts differs from run to run, sometimes within a line. MyST-NB
joins the pieces as lines, which adds or drops an empty one; so they are joined before, as they came.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_cache.executors import utils
from nbclient import execute

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:  # noqa: ARG001
    """Let the executor join what belongs together."""
    utils.executenb = partial(execute, coalesce_streams=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
