"""The drawing of a computation: a box for each step, an arrow for each operand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from calcguide._validation import as_int, check_one_of
from calcguide.plotting._palette import GROUND, INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from calcguide._typing import Array
    from calcguide.autodiff import ComputationalGraph, Explanation, Step

#: All lengths are in points, for letters of this size; the whole drawing shrinks where there is less room.
SIZE = 10.0
LINE = 1.45 * SIZE
PAD = 0.5 * SIZE
GAP = 2.2 * SIZE
#: The room between two layers holds the labels of the edges.
BETWEEN = 2.5 * SIZE
#: What an adjoint looks like: told by its sign and its weight too, not by the colour alone.
ADJOINT: dict[str, Any] = {"color": PALETTE["purple"], "fontweight": "bold"}


class _Scale(NamedTuple):
    """How places of a layout become coordinates: sizes of a box, pitches, and the direction."""

    width: float
    height: float
    along: float
    across: float
    down: bool

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        layer, offset = place
        if self.down:
            return offset * self.across, -layer * self.along
        return layer * self.along, -offset * self.across


def computational_graph(
    ax: Axes,
    graph: ComputationalGraph | Explanation,
    *,
    adjoints: bool = True,
    digits: int = 3,
    direction: str = "down",
) -> dict[str, Text]:
    r"""Draw a recorded computation: steps as boxes, local derivatives on the arrows, adjoints in another colour.

    .. math:: \bar v_j = \sum_{j \to i} \bar v_i\,\frac{\partial v_i}{\partial v_j}

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its frame and its ticks are switched off, its title stays.
    graph : ComputationalGraph or Explanation
        What :func:`calcguide.autodiff.graph` or :func:`calcguide.autodiff.explain` returned.
    adjoints : bool, default True
        Whether to write the adjoint of each step into its box, after ∂, bold and purple.
    digits : int, default 3
        How many significant digits to show.
    direction : {"down", "right"}
        Where the computation runs to.

    Returns
    -------
    dict of str to matplotlib.text.Text
        For each step the text of its operation.

    Raises
    ------
    TypeError
        If `graph` is neither of the two, or `digits` is not an integer.
    ValueError
        If `digits` is not positive, or `direction` is not one of the two.

    See Also
    --------
    calcguide.autodiff.graph : Records the computation.

    Notes
    -----
    A box of an argument has square corners and a thicker frame, a box of a step has round ones. Letters are of 10
    points, and smaller where the axes have no room for them: set the title first, and allow an inch for each layer.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from calcguide import autodiff, plotting
    >>> ax = Figure().subplots()
    >>> texts = plotting.computational_graph(ax, autodiff.graph(lambda x: 3 * x**2, 2.0))
    >>> [text.get_text() for text in texts.values()]
    ['x', 'v1 = x**2', 'v2 = 3 * v1']
    """
    graph = _as_graph(graph)
    as_int("digits", digits, low=1)
    check_one_of("direction", direction, ("down", "right"))
    lines = {step.name: _lines(step, adjoints, digits) for step in graph.nodes}
    labels = ["" if edge.derivative is None else _number(edge.derivative, digits) for edge in graph.edges]
    scale = _scale(lines, labels, down=direction == "down")
    size = SIZE * _prepare(ax, graph, scale)
    for points, label in zip(_ports(graph, scale), labels, strict=True):
        _draw_edge(ax, points, label, scale, size)
    return {
        step.name: _draw_step(ax, step, lines[step.name], graph.places, scale, size) for step in graph.nodes
    }


def _as_graph(graph: Any) -> ComputationalGraph:
    """Take a graph, or what has one."""
    from calcguide.autodiff import ComputationalGraph, Explanation

    if isinstance(graph, Explanation):
        return graph.graph()
    if not isinstance(graph, ComputationalGraph):
        raise TypeError(
            f"`graph` must be what autodiff.graph or autodiff.explain returns, got {type(graph).__name__}"
        )
    return graph


def _lines(step: Step, adjoints: bool, digits: int) -> tuple[str, str, str]:
    """Return what stands in the box of a step: the operation, the value, and the adjoint."""
    title = f"{step.name} = {step.operation}" if step.operands else step.name
    return title, _shown(step.value, digits), f"∂ {_shown(step.adjoint, digits)}" if adjoints else ""


def _shown(value: Any, digits: int) -> str:
    """Write a number, or the shape of an array."""
    return f"array {'×'.join(map(str, value.shape))}" if np.ndim(value) else _number(value, digits)


def _number(value: float, digits: int) -> str:
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def _scale(lines: Mapping[str, tuple[str, str, str]], labels: list[str], *, down: bool) -> _Scale:
    """Make boxes as large as the widest text asks for, and leave room for arrows and labels."""
    inside = [
        max(_width(title), _width(value) + bool(adjoint) * (PAD + _width(adjoint, "bold")))
        for title, value, adjoint in lines.values()
    ]
    width, height = max(inside) + 2 * PAD, 2 * LINE + PAD
    label = max(map(_width, labels), default=0.0)
    if down:
        return _Scale(width, height, height + BETWEEN, max(width, 2 * label) + GAP, down=True)
    return _Scale(width, height, width + label + BETWEEN, height + GAP, down=False)


def _width(text: str, weight: str = "normal") -> float:
    """Return how many points a text takes."""
    if not text:
        return 0.0
    font = FontProperties(family="DejaVu Sans", size=SIZE, weight=weight)
    return float(TextPath((0, 0), text, prop=font).get_extents().width)


def _prepare(ax: Axes, graph: ComputationalGraph, scale: _Scale) -> float:
    """Set the limits, and return how much the letters must shrink to fit."""
    points = [scale.at(place) for place in graph.places.values()]
    points += [scale.at(place) for edge in graph.edges for place in edge.route]
    x, y = np.array(points).T
    x0, x1 = x.min() - scale.width / 2 - PAD, x.max() + scale.width / 2 + PAD
    y0, y1 = y.min() - scale.height / 2 - PAD, y.max() + scale.height / 2 + PAD
    ax.set_axis_off()
    root = ax.figure.figure
    if root.get_layout_engine() is not None:
        root.draw_without_rendering()  # so that the axes have the size they will have
    box = ax.get_window_extent()
    wide, high = (length * 72 / ax.figure.dpi for length in (box.width, box.height))
    shrink = min(1.0, wide / (x1 - x0), high / (y1 - y0))
    # Where there is more room than needed, boxes keep their size and the drawing stands in the middle.
    spare_x, spare_y = max(0.0, wide / shrink - (x1 - x0)) / 2, max(0.0, high / shrink - (y1 - y0)) / 2
    ax.set(xlim=(x0 - spare_x, x1 + spare_x), ylim=(y0 - spare_y, y1 + spare_y))
    return float(shrink)


def _ports(graph: ComputationalGraph, scale: _Scale) -> list[Array]:
    """Return the points that each edge goes through: arrows of one box leave and arrive side by side."""
    lines = [
        np.array(
            [scale.at(place) for place in (graph.places[edge.start], *edge.route, graph.places[edge.end])]
        )
        for edge in graph.edges
    ]
    ahead = np.array([0, -scale.height / 2]) if scale.down else np.array([scale.width / 2, 0])
    side = 0 if scale.down else 1
    length = scale.width if scale.down else scale.height
    shifts = [np.zeros_like(line) for line in lines]
    for end, neighbour, sign, key in ((0, 1, 1, "start"), (-1, -2, -1, "end")):
        for step in graph.nodes:
            mine = [i for i, edge in enumerate(graph.edges) if getattr(edge, key) == step.name]
            mine.sort(key=lambda i: lines[i][neighbour][side])
            for rank, i in enumerate(mine):
                shifts[i][end] = sign * ahead
                shifts[i][end][side] = (rank - (len(mine) - 1) / 2) * length / (len(mine) + 1)
    return [line + shift for line, shift in zip(lines, shifts, strict=True)]


def _draw_edge(ax: Axes, points: Array, label: str, scale: _Scale, size: float) -> None:
    """Draw an arrow through points, with the local derivative on its last piece."""
    arrow = FancyArrowPatch(
        path=_smooth(points, scale),
        arrowstyle="-|>",
        mutation_scale=size,
        linewidth=1.1,
        color=INK,
        shrinkA=0,
        shrinkB=0,
        zorder=1,
    )
    ax.add_patch(arrow)
    if label:
        box = {"facecolor": GROUND, "edgecolor": "none", "boxstyle": "square,pad=0.15"}
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "bbox": box, "zorder": 2}
        x, y = points[-2:].mean(axis=0)
        ax.text(x, y, label, color=INK, **style)


def _smooth(points: Array, scale: _Scale) -> Path:
    """Return a path that runs along the layout wherever it meets a point."""
    vertices, codes = [points[0]], [Path.MOVETO]
    middle = np.array([0.0, 0.5]) if scale.down else np.array([0.5, 0.0])
    for start, end in pairwise(points):
        vertices += [start + middle * (end - start), end - middle * (end - start), end]
        codes += [Path.CURVE4] * 3
    return Path(np.array(vertices), codes)


def _draw_step(
    ax: Axes,
    step: Step,
    lines: tuple[str, str, str],
    places: Mapping[str, tuple[float, float]],
    scale: _Scale,
    size: float,
) -> Text:
    """Draw the box of a step, and what stands in it."""
    x, y = scale.at(places[step.name])
    shape = f"round,pad=0,rounding_size={SIZE * 0.7}" if step.operands else "square,pad=0"
    corner = (x - scale.width / 2, y - scale.height / 2)
    frame: dict[str, Any] = {
        "facecolor": GROUND,
        "edgecolor": INK,
        "linewidth": 1.1 if step.operands else 2.0,
        "zorder": 3,
    }
    ax.add_patch(FancyBboxPatch(corner, scale.width, scale.height, boxstyle=shape, **frame))
    title, value, adjoint = lines
    style: dict[str, Any] = {"va": "center", "fontsize": size, "parse_math": False, "zorder": 4}
    shown = ax.text(x, y + LINE / 2, title, color=INK, ha="center", **style)
    free = (scale.width - _width(value) - _width(adjoint, "bold")) / 3
    left = x - scale.width / 2 + free if adjoint else x
    ax.text(left, y - LINE / 2, value, color=INK, ha="left" if adjoint else "center", **style)
    if adjoint:
        ax.text(x + scale.width / 2 - free, y - LINE / 2, adjoint, ha="right", **style, **ADJOINT)
    return shown
