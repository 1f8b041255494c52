"""The guide's figures: one palette, one style, and the few drawings that calculus needs again and again.

Colours come in two kinds. The *data colours* of `PALETTE` hold on a white and on a dark ground alike and
stay as they are. The *roles* `INK`, `GRID` and `GROUND` belong to a light page; `DARK` names their
partners on a dark one, and `recolour` exchanges the two.
"""

from __future__ import annotations

from calcguide.plotting._area import riemann_rectangles, shaded_area
from calcguide.plotting._figures import convergence, curve, error_against_cost, secant, tangent
from calcguide.plotting._graph import computational_graph
from calcguide.plotting._palette import DARK, GRID, GROUND, INK, PALETTE
from calcguide.plotting._recolour import recolour
from calcguide.plotting._style import LINE_STYLES, MARKERS, STYLE, use_style

__all__ = [
    "DARK",
    "GRID",
    "GROUND",
    "INK",
    "LINE_STYLES",
    "MARKERS",
    "PALETTE",
    "STYLE",
    "computational_graph",
    "convergence",
    "curve",
    "error_against_cost",
    "recolour",
    "riemann_rectangles",
    "secant",
    "shaded_area",
    "tangent",
    "use_style",
]
