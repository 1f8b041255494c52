"""Areas that count: below a curve, and in the cells of a sum. What lies below the axis counts negative, and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba

from calcguide._validation import as_float, as_int, check_below, check_callable, check_one_of
from calcguide.plotting._figures import _finite_values
from calcguide.plotting._palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from calcguide._typing import Array, Function

#: Where in its cell, from 0 to 1, each rule takes the height of a rectangle.
RULES = {"left": 0.0, "midpoint": 0.5, "right": 1.0}
#: How parts above and below the axis look. Hatching tells them apart for readers who do not see the colours.
ABOVE = {"color": PALETTE["blue"], "hatch": None}
BELOW = {"color": PALETTE["orange"], "hatch": "///"}
#: Opacity of an area: lines and grid show through.
ALPHA = 0.3


def riemann_rectangles(
    ax: Axes,
    fun: Function,
    a: float,
    b: float,
    n: int,
    *,
    rule: str = "left",
    label: str | None = None,
    label_below: str | None = None,
    **patch: Any,
) -> tuple[PolyCollection, PolyCollection]:
    r"""Draw the terms of a sum that approaches an integral: rectangles, or trapezoids.

    .. math:: \sum_{i=1}^{n} f(x_i) \, h, \qquad h = \frac{b - a}{n}

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    fun : callable
        The integrand; it is called once, with an array of shape (n,), or (n + 1,) for trapezoids.
    a, b : float
        The ends of the interval, ``a < b``.
    n : int
        The number of cells.
    rule : {"left", "right", "midpoint", "trapezoid"}, default: "left"
        Where the height of a rectangle is taken; a trapezoid joins the heights at both ends of its cell.
    label : str, optional
        The entry in the legend of the parts above the axis.
    label_below : str, optional
        The entry of the parts below the axis, which count negative: they are hatched.
    **patch
        Handed to :class:`matplotlib.collections.PolyCollection`, for both kinds of parts.

    Returns
    -------
    tuple of matplotlib.collections.PolyCollection
        The parts above the axis, and the parts below.

    Raises
    ------
    TypeError
        If `fun` is not callable or does not return real numbers.
    ValueError
        If ``a < b`` does not hold, the rule does not exist, or `fun` has no finite value where it is needed.

    See Also
    --------
    shaded_area : Draw what the sums approach.

    Notes
    -----
    A trapezoid whose ends lie on different sides of the axis is drawn as the two triangles that its area
    consists of.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> above, below = plotting.riemann_rectangles(ax, lambda x: 2 * x, -10, 10, 20)
    >>> len(above.get_paths()), len(below.get_paths())
    (9, 10)
    """
    check_callable("fun", fun)
    left, right = _interval(a, b)
    edges = np.linspace(left, right, as_int("n", n, low=1) + 1)
    check_one_of("rule", rule, (*RULES, "trapezoid"))
    if rule == "trapezoid":
        heights = _finite_values(fun, edges, "the nodes")
        starts, stops = heights[:-1], heights[1:]
    else:
        part = RULES[rule]
        starts = stops = _finite_values(fun, (1 - part) * edges[:-1] + part * edges[1:], "the nodes")
    cells = list(zip(edges[:-1], edges[1:], starts, stops, strict=True))
    style = {"linewidth": 1.0, **patch}
    return (
        _filled(ax, [_part(*cell, 1) for cell in cells], ABOVE, label, style),
        _filled(ax, [_part(*cell, -1) for cell in cells], BELOW, label_below, style),
    )


def shaded_area(
    ax: Axes,
    fun: Function,
    a: float,
    b: float,
    *,
    label: str | None = None,
    label_below: str | None = None,
    points: int = 501,
    **patch: Any,
) -> tuple[PolyCollection, PolyCollection]:
    r"""Shade the area between a curve and the axis: an integral, or a probability below a density.

    .. math:: \int_a^b f(x) \, dx

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    fun : callable
        The integrand; it is called once, with an array of shape (points,).
    a, b : float
        The ends of the interval, ``a < b``.
    label : str, optional
        The entry in the legend of the part above the axis.
    label_below : str, optional
        The entry of the part below the axis, which counts negative: it is hatched.
    points : int, default: 501
        How many equidistant points of the curve are joined.
    **patch
        Handed to :class:`matplotlib.collections.PolyCollection`, for both parts.

    Returns
    -------
    tuple of matplotlib.collections.PolyCollection
        The part above the axis, and the part below.

    Raises
    ------
    TypeError
        If `fun` is not callable or does not return real numbers.
    ValueError
        If ``a < b`` does not hold, or `fun` has no finite value at a point between them.

    See Also
    --------
    curve : Draw the curve itself, which may reach further than the area.
    riemann_rectangles : Draw a sum that approaches the area.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import numpy as np
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> def density(x):
    ...     return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    >>> line = plotting.curve(ax, density, -4, 4, label="density")
    >>> above, below = plotting.shaded_area(ax, density, -1, 1, label="0.683")
    >>> len(above.get_paths()), len(below.get_paths())
    (1, 0)
    """
    check_callable("fun", fun)
    left, right = _interval(a, b)
    x = np.linspace(left, right, as_int("points", points, low=2))
    y = _finite_values(fun, x, "all points of the area")
    x, y = _with_zeros(x, y)
    style = {"linewidth": 0.0, **patch}
    return (
        _filled(ax, [_below_curve(x, np.maximum(y, 0))], ABOVE, label, style),
        _filled(ax, [_below_curve(x, np.minimum(y, 0))], BELOW, label_below, style),
    )


def _interval(a: float, b: float) -> tuple[float, float]:
    """Return the ends of an interval that has a length."""
    left, right = as_float("a", a), as_float("b", b)
    check_below("a", left, "b", right)
    return left, right


def _part(left: float, right: float, start: float, stop: float, sign: int) -> Array:
    """Return the corners of what a trapezoid has on one side of the axis."""
    x, y = _with_zeros(np.array([left, right]), np.array([start, stop]))
    side = sign * y >= 0
    return _below_curve(x[side], y[side]) if (sign * y > 0).any() else np.empty((0, 2))


def _with_zeros(x: Array, y: Array) -> tuple[Array, Array]:
    """Insert the points where a broken line crosses the axis."""
    before = np.flatnonzero(y[:-1] * y[1:] < 0)
    share = y[before] / (y[before] - y[before + 1])
    zeros = x[before] + share * (x[before + 1] - x[before])
    return np.insert(x, before + 1, zeros), np.insert(y, before + 1, 0.0)


def _below_curve(x: Array, y: Array) -> Array:
    """Return the corners of the area between a broken line and the axis; none where the line is the axis."""
    if not y.any():
        return np.empty((0, 2))
    return np.column_stack([np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0.0], y, [0.0]])])


def _filled(
    ax: Axes, polygons: list[Array], look: dict[str, Any], label: str | None, style: dict[str, Any]
) -> PolyCollection:
    """Add polygons to the axes, transparent in their faces, and let the axes make room for them."""
    shown = [polygon for polygon in polygons if len(polygon)]
    own = {
        "facecolor": to_rgba(look["color"], ALPHA),
        "edgecolor": look["color"],
        "hatch": look["hatch"],
        "label": label if shown else None,
    }
    drawn = PolyCollection(shown, **{**own, **style})
    ax.add_collection(drawn)
    ax.autoscale_view()
    return drawn
