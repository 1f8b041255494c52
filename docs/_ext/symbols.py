"""SymPy's results in a lesson: typeset on the page, as a notebook would show them."""

from __future__ import annotations

import ast
from textwrap import indent
from typing import Any

FORMULA = """
.. container:: lesson-output

   .. math::

{formula}

"""


def scrape(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:  # noqa: ARG001
    """Return the value of a block's last expression as displayed mathematics, if it knows its LaTeX.

    Parameters
    ----------
    block : tuple
        The block's kind, source and line.
    block_vars : dict
        What the gallery knows of the lesson, its global names among it.
    gallery_conf : dict
        The gallery's settings.

    Returns
    -------
    str
        A ``math`` directive, or nothing.
    """
    body = ast.parse(block.content).body
    if not body or not isinstance(body[-1], ast.Expr):
        return ""
    # The gallery keeps the value of a last expression under this name.
    value = block_vars["example_globals"]["___"]
    if isinstance(value, type) or not hasattr(value, "_repr_latex_"):
        return ""
    formula = value._repr_latex_()
    if not formula:
        return ""
    return FORMULA.format(formula=indent(formula.strip("$").removeprefix(r"\displaystyle").strip(), " " * 6))
