"""The drawings that calculus needs again and again: a curve, a secant, a tangent, an order of convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calcguide._validation import as_float, as_float_array, as_int, check_below, check_callable
from calcguide.plotting._palette import INK
from calcguide.plotting._style import MARKERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.lines import AxLine, Line2D

    from calcguide._typing import Array, ArrayLike, Function


def curve(
    ax: Axes,
    fun: Function,
    start: float,
    stop: float,
    *,
    label: str | None = None,
    breaks: ArrayLike = (),
    points: int = 501,
    **line: Any,
) -> Line2D:
    """Draw the graph of a function, and leave a gap where it has no value.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    fun : callable
        The function; it is called once, with an array of shape (points + len(breaks),).
    start, stop : float
        The ends of the interval, ``start < stop``.
    label : str, optional
        The entry in the legend.
    breaks : array_like of shape (k,), optional
        Points at which the function jumps: the line is not carried across them.
    points : int, default 501
        How many equidistant points are joined.
    **line
        Handed to :meth:`matplotlib.axes.Axes.plot`: ``color``, ``linestyle`` and so on.

    Returns
    -------
    matplotlib.lines.Line2D
        The line.

    Raises
    ------
    TypeError
        If `fun` is not callable or does not return real numbers.
    ValueError
        If ``start < stop`` does not hold, or `fun` returns another shape than it was given.

    See Also
    --------
    secant : Draw the line through two points of the graph.
    tangent : Draw the line that touches the graph at a point.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import numpy as np
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> line = plotting.curve(ax, lambda x: 1 / x, -1, 1, points=5)
    >>> print(line.get_xdata().tolist())
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    >>> print(line.get_ydata().tolist())
    [-1.0, -2.0, nan, 2.0, 1.0]
    """
    check_callable("fun", fun)
    left, right = as_float("start", start), as_float("stop", stop)
    check_below("start", left, "stop", right)
    cuts = as_float_array("breaks", breaks, ndim=1, empty=True)
    grid = np.linspace(left, right, as_int("points", points, low=2))
    x = np.sort(np.concatenate([grid, cuts[(cuts > left) & (cuts < right)]]))
    y = _values(fun, x)
    y[~np.isfinite(y) | np.isin(x, cuts)] = np.nan
    return ax.plot(x, y, label=label, **line)[0]


def secant(ax: Axes, fun: Function, x: float, h: float, *, label: str | None = None, **line: Any) -> AxLine:
    r"""Draw the line through the points of a graph at ``x`` and ``x + h``, and mark the two points.

    .. math:: y = f(x) + \frac{f(x+h) - f(x)}{h}\,(t - x)

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    fun : callable
        The function; it is called once, with an array of shape (2,).
    x : float
        The point.
    h : float
        The step to the other point; a negative one leads to the left.
    label : str, optional
        The entry in the legend.
    **line
        Handed to :meth:`matplotlib.axes.Axes.axline`; the colour is the ink unless ``color`` says otherwise.

    Returns
    -------
    matplotlib.lines.AxLine
        The line; its ``get_slope()`` is the difference quotient.

    Raises
    ------
    TypeError
        If `fun` is not callable or does not return real numbers.
    ValueError
        If `h` is zero, or `fun` has no finite value at one of the points.

    See Also
    --------
    tangent : Draw what the secant becomes as ``h`` tends to 0.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> line = plotting.secant(ax, lambda x: x**2, 1, 0.5, label="h = 0.5")
    >>> print(line.get_slope())
    2.5
    """
    check_callable("fun", fun)
    at, step = as_float("x", x), as_float("h", h)
    if step == 0:
        raise ValueError(f"`h` must not be zero, got h={step}")
    ends = np.array([at, at + step])
    values = _finite_values(fun, ends)
    return _marked_line(ax, ends, values, (values[1] - values[0]) / step, label, line)


def tangent(
    ax: Axes, fun: Function, x: float, slope: float, *, label: str | None = None, **line: Any
) -> AxLine:
    r"""Draw the line through a point of a graph with a given slope, and mark the point.

    .. math:: y = f(x) + f'(x)\,(t - x)

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    fun : callable
        The function; it is called once, with an array of shape (1,).
    x : float
        The point.
    slope : float
        The derivative of `fun` at `x`, however it was found.
    label : str, optional
        The entry in the legend.
    **line
        Handed to :meth:`matplotlib.axes.Axes.axline`; the colour is the ink unless ``color`` says otherwise.

    Returns
    -------
    matplotlib.lines.AxLine
        The line.

    Raises
    ------
    TypeError
        If `fun` is not callable or does not return real numbers.
    ValueError
        If `fun` has no finite value at `x`.

    See Also
    --------
    secant : Draw the line through two points of the graph.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> line = plotting.tangent(ax, lambda x: x**2, 3, 6, color=plotting.PALETTE["orange"])
    >>> print(line.get_xy1(), line.get_slope())
    (3.0, 9.0) 6.0
    """
    check_callable("fun", fun)
    at = np.array([as_float("x", x)])
    return _marked_line(ax, at, _finite_values(fun, at), as_float("slope", slope), label, line)


def convergence(
    ax: Axes, h: ArrayLike, errors: ArrayLike, *, label: str, slope: float | None = None, **line: Any
) -> Line2D:
    r"""Draw errors against step sizes on logarithmic axes, where an order is a slope.

    .. math:: e(h) \approx C h^p \quad\Longrightarrow\quad \log e \approx \log C + p \log h

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; both its axes become logarithmic.
    h : array_like of shape (n,)
        The step sizes.
    errors : array_like of shape (n,)
        The size of the error at each of them. An error that is zero, or not finite, has no place on a
        logarithmic axis and leaves a gap.
    label : str
        The entry in the legend.
    slope : float, optional
        Draw a guide of this slope above the errors at the larger steps, with the slope written beside it.
    **line
        Handed to :meth:`matplotlib.axes.Axes.loglog`. Colour and line style come from the axes' cycle, and
        a marker goes with them.

    Returns
    -------
    matplotlib.lines.Line2D
        The line of the errors.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a step is not positive, an error is negative, or the shapes differ.

    See Also
    --------
    error_against_cost : Draw errors against numbers of evaluations.

    Notes
    -----
    The guide starts at the largest step that has an error, and spans a third of the decades of `h`: there the
    error of a difference quotient is truncation, and the order shows.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import numpy as np
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> h = np.array([1e-3, 1e-2, 1e-1])
    >>> line = plotting.convergence(ax, h, h**2 / 6, label="central", slope=2)
    >>> print([text.get_text() for text in ax.texts])
    ['slope 2']
    """
    return _orders(ax, "h", h, errors, label, slope, line, np.argmax)


def error_against_cost(
    ax: Axes, counts: ArrayLike, errors: ArrayLike, *, label: str, slope: float | None = None, **line: Any
) -> Line2D:
    r"""Draw errors against what they cost on logarithmic axes, where an order is a negative slope.

    .. math:: e(n) \approx C n^{-p} \quad\Longrightarrow\quad \log e \approx \log C - p \log n

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; both its axes become logarithmic.
    counts : array_like of shape (n,)
        The cost of each error: evaluations of a function, points, terms.
    errors : array_like of shape (n,)
        The size of each error. An error that is zero, or not finite, has no place on a logarithmic axis and
        leaves a gap.
    label : str
        The entry in the legend.
    slope : float, optional
        Draw a guide of this slope above the errors at the smaller counts, with the slope written beside it: -2 for an
        error that falls like :math:`n^{-2}`.
    **line
        Handed to :meth:`matplotlib.axes.Axes.loglog`. Colour and line style come from the axes' cycle, and
        a marker goes with them.

    Returns
    -------
    matplotlib.lines.Line2D
        The line of the errors.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a count is not positive, an error is negative, or the shapes differ.

    See Also
    --------
    convergence : Draw errors against step sizes.

    Notes
    -----
    The guide starts at the smallest count that has an error, and spans a third of the decades of `counts`: at larger ones
    round-off may hide the order.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import numpy as np
    >>> from calcguide import plotting
    >>> ax = Figure().subplots()
    >>> n = np.array([10, 100, 1000])
    >>> line = plotting.error_against_cost(ax, n, 1 / n**2, label="midpoint", slope=-2)
    >>> print([text.get_text() for text in ax.texts])
    ['slope −2']
    """
    return _orders(ax, "counts", counts, errors, label, slope, line, np.argmin)


def _orders(
    ax: Axes,
    name: str,
    x: ArrayLike,
    errors: ArrayLike,
    label: str,
    slope: float | None,
    line: dict[str, Any],
    first: Callable[[Array], Any],
) -> Line2D:
    """Draw errors on logarithmic axes, and a guide that starts where `first` says."""
    at = as_float_array(name, x, ndim=1)
    if (at <= 0).any():
        raise ValueError(f"`{name}` must be positive, got {name}={at[at <= 0][0]}")
    heights = as_float_array("errors", errors, ndim=1, finite=False)
    if heights.shape != at.shape:
        raise ValueError(f"`errors` must have the shape of `{name}`, {at.shape}, got shape {heights.shape}")
    if (heights < 0).any():
        raise ValueError(f"`errors` must not be negative, got {heights[heights < 0][0]}")
    order = None if slope is None else as_float("slope", slope)
    shown = np.isfinite(heights) & (heights > 0)
    marked = sum(drawn.get_marker() in MARKERS for drawn in ax.lines)
    style = {"marker": MARKERS[marked % len(MARKERS)], "label": label, **line}
    drawn = ax.loglog(at, np.where(shown, heights, np.nan), **style)[0]
    if order is not None and shown.any():
        _slope_guide(ax, at[shown], heights[shown], order, int(first(at[shown])))
    return drawn


def _values(fun: Function, x: Array) -> Array:
    """Evaluate a user's function on an array, without complaint where it has no value."""
    with np.errstate(all="ignore"):
        result = fun(x.copy())
    values = as_float_array("fun(x)", result, finite=False)
    if values.shape != x.shape:
        raise ValueError(
            f"`fun` must return one number for each point: given shape {x.shape}, got {values.shape}"
        )
    return values.copy()


def _finite_values(fun: Function, x: Array, where: str = "the marked points") -> Array:
    """Evaluate a user's function where it needs to have values."""
    values = _values(fun, x)
    for point, value in zip(x, values, strict=True):
        if not np.isfinite(value):
            raise ValueError(f"`fun` must be finite at {where}, got {value} at x={point}")
    return values


def _marked_line(
    ax: Axes, x: Array, y: Array, slope: float, label: str | None, line: dict[str, Any]
) -> AxLine:
    """Draw a straight line across the axes, and the points it goes through."""
    style = {"color": INK, "linewidth": 1.5, "linestyle": "-", **line}
    drawn = ax.axline((float(x[0]), float(y[0])), slope=float(slope), label=label, **style)
    ax.plot(x, y, linestyle="none", marker="o", color=drawn.get_color(), zorder=drawn.get_zorder() + 0.1)
    return drawn


def _slope_guide(ax: Axes, x: Array, errors: Array, slope: float, first: int) -> None:
    """Draw a dotted guide of a given slope above the errors, from the point `first` over a third of the decades."""
    start, height = x[first], 4 * errors[first]
    span = x.max() / x.min() if start == x.min() else x.min() / x.max()
    stop, middle = start * span ** (1 / 3), start * span ** (1 / 6)
    ax.loglog(
        [start, stop], [height, height * (stop / start) ** slope], color=INK, linestyle=":", linewidth=1.2
    )
    side = -1 if slope >= 0 else 1  # the side on which a line of this slope leaves room above
    ax.annotate(
        f"slope {slope:g}".replace("-", "−"),
        (middle, height * (middle / start) ** slope),
        xytext=(side * 6, 4),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        color=INK,
    )
