r"""The integral as a function of its upper limit: running integrals that start at 0.

.. math:: F(x_k) = \int_{x_0}^{x_k} f(t) \, dt

A running integral adds cells. From samples alone, a cell is the trapezoid below a chord, which errs by
:math:`h^3 f'' / 12`; an estimate of f'' in the middle of the cell turns second order into fourth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from calcguide._results import CONVERGED, NOT_FINITE, IntegralResult, deliver
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float, as_float_array, as_int, check_one_of
from calcguide.integrate._integrand import Integrand
from calcguide.integrate._nodes import legendre

#: Samples that are worked on at once: what is made of them on the way stays in a processor's cache. A block is added up
#: before it joins the sum, so that rounding grows with the length of a block, not with that of the whole.
BLOCK = 2**17
#: Cells that are added to each other before they join the sum of a block.
FOLD = 4

#: Writes the integrals over the cells from one sample to another into an array of shape (before, cells, after).
Cells: TypeAlias = Callable[[int, int, Array], None]


def cumulative(
    y: ArrayLike, x: ArrayLike | None = None, /, *, dx: float = 1.0, order: int = 2, axis: int = -1
) -> Array:
    r"""Integrate samples from the first one to each: the running integral, which starts at 0.

    .. math:: F_k = \int_{x_0}^{x_k} f(t) \, dt, \qquad F_0 = 0

    Parameters
    ----------
    y : array_like
        The samples :math:`f(x_k)`, in n dimensions.
    x : array_like of shape (m,), optional
        Where along `axis` the samples were taken, strictly increasing or strictly decreasing; they need not be
        equally spaced. Without it they are `dx` apart.
    dx : float, default: 1.0
        Distance between samples where `x` is not given; a negative one integrates from right to left.
    order : {2, 4}, default: 2
        Order of accuracy: 2 joins the samples by straight lines (the trapezoidal rule) and asks for nothing else; 4 puts
        a cubic through every four of them, for samples of a smooth function.
    axis : int, default: -1
        The axis along which to integrate.

    Returns
    -------
    ndarray
        The running integral, of the shape of `y`: its first entry along `axis` is 0, its last the whole integral.

    Raises
    ------
    ValueError
        If `x` does not increase or decrease strictly or has another length than `y` along `axis`, if `dx` is zero or
        comes together with `x`, if ``order=4`` has fewer than 4 samples, or if something is not finite.
    TypeError
        If an argument does not hold real numbers.

    See Also
    --------
    cumulative_integral : The running integral of a function that can be evaluated.
    trapezoid : The whole integral of a function by the same rule.

    Notes
    -----
    The result has as many entries as there are samples and begins with the empty integral. It differs from another
    antiderivative by a constant, the value of that antiderivative at ``x[0]``; a running sum of ``y * dx`` differs
    from it by half a cell as well.

    With order 2 the error is :math:`h^2 / 12 \, (f'(x_k) - f'(x_0))` to leading order; with order 4 it is
    :math:`O(h^4)` at every entry, the first and the last included, and polynomials up to degree 3 are integrated
    exactly. A cell of width h is

    .. math:: \int_{x_k}^{x_{k+1}} f \, dt \approx h \, \frac{f_k + f_{k+1}}{2} - \frac{h^3}{12} f''(\text{middle}),

    where f'' is found from second divided differences: for a cubic, :math:`2 f[x_0, x_1, x_2]` is
    f'' at :math:`(x_0 + x_1 + x_2) / 3`, and f'' between two such points is linear. With equal spacing this is the cell
    :math:`h (-f_{k-1} + 13 f_k + 13 f_{k+1} - f_{k+2}) / 24`.

    Order 4 takes second differences of the samples: across a kink or a jump it is no better than order 2, and where a
    cell is r times as wide as the one beside it, noise in the samples is multiplied by up to r (by r² in the first
    and the last cell). For noisy samples order 2 is the better choice.

    Cells are added in fours and in blocks, which rounds less than adding them one after the other.

    Examples
    --------
    The running integral of 2x from −10 is x² − 100, not x²: it starts at 0.

    >>> import numpy as np
    >>> from calcguide.integrate import cumulative
    >>> x = np.linspace(-10, 10, 5)
    >>> cumulative(2 * x, x).tolist()
    [0.0, -75.0, -100.0, -75.0, 0.0]
    >>> (x**2 - 100).tolist()
    [0.0, -75.0, -100.0, -75.0, 0.0]

    Samples of a cosine at uneven points, and how far each order is from the sine:

    >>> x = np.linspace(0, 1, 21) ** 1.5
    >>> for order in (2, 4):
    ...     F = cumulative(np.cos(x), x, order=order)
    ...     print(f"{np.max(np.abs(F - np.sin(x))):.0e}")
    2e-04
    1e-07
    """
    samples = as_float_array("y", y, finite=False)  # what is not finite will show in the sum
    if samples.ndim == 0:
        raise ValueError("`y` must have at least one dimension, got one number")
    along = as_int("axis", axis, low=-samples.ndim, high=samples.ndim - 1) % samples.ndim
    n = samples.shape[along]
    check_one_of("order", order, (2, 4))
    if order == 4 and n < 4:
        raise ValueError(
            f"`order=4` puts a cubic through 4 samples, got {n} along axis {axis}: use `order=2`"
        )
    if x is not None and dx != 1.0:
        raise ValueError(f"`dx` has no use where `x` says where the samples are, got dx={dx}")
    grid: Any = _spacing(dx) if x is None else _points(x, n, axis)
    before, after = prod(samples.shape[:along]), prod(samples.shape[along + 1 :])
    values = samples.reshape(before, n, after)  # three axes do for any shape: before, along, after
    with np.errstate(all="ignore"):
        cells = _trapezoids(values, grid) if order == 2 else _cubics(values, grid)
        running = _running(cells, values.shape)
    if n == 1 or not np.isfinite(running[:, -1]).all():
        as_float_array("y", y)
    if not np.isfinite(running[:, -1]).all():
        raise ValueError(
            "`y` adds up to more than a float can hold"
            + (", or `x` is too uneven for `order=4`" if order == 4 and x is not None else "")
        )
    return running.reshape(samples.shape)


def cumulative_integral(fun: Function, x: ArrayLike, *, n: int = 10, full_output: bool = False) -> Any:
    r"""Integrate a function from ``x[0]`` to each of many points.

    .. math:: F_k = \int_{x_0}^{x_k} f(t) \, dt, \qquad F_0 = 0

    Each cell between two neighbours is integrated by Gauss and Legendre's rule, and the cells are added.

    Parameters
    ----------
    fun : callable
        The integrand; it gets all nodes in one call, an array of shape ``(m,)``, and returns shape ``(m,)``, or
        ``(m, ...)`` if it has several values.
    x : array_like of shape (k,)
        The points, in any order: a cell that leads back is subtracted.
    n : int, default: 10
        Nodes in each cell, up to 256.
    full_output : bool, default: False
        Return a result with error estimates instead of the values alone, for nearly twice the evaluations.

    Returns
    -------
    ndarray or IntegralResult
        The running integral, of shape ``(k,)`` or ``(k, ...)``; with `full_output` the result with `value`, `error`,
        `nfev`, `status`, `success`, `message`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if `fun` is not finite at a node; the last
        is a status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    cumulative : The running integral of samples.
    integral : One integral, to a tolerance.

    Notes
    -----
    The cost is n (k − 1) evaluations. In a cell of width h the error is :math:`O(h^{2n + 1})` for a smooth function,
    and polynomials up to degree 2n − 1 are integrated exactly [1]_. Kinks, jumps and singular points belong among
    the points of `x`, where `fun` is never evaluated; inside a cell they leave an error that falls with the
    width of the cell alone. There is no tolerance: the status is 0 wherever `fun` is finite.

    The error estimate adds up, over the cells, how far n nodes are from n − 1. That is the error of the worse of the
    two rules, so for a smooth function it is far too high; for a function that neither rule resolves it may be
    too low.

    References
    ----------
    .. [1] Golub, G. H. and Welsch, J. H. (1969). Calculation of Gauss quadrature rules. Mathematics of Computation
       23(106), 221-230. https://doi.org/10.1090/S0025-5718-69-99647-1

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import cumulative_integral
    >>> cumulative_integral(np.cos, [0, 1, 2]).tolist()
    [0.0, 0.8414709848, 0.9092974268]
    >>> np.sin([0, 1, 2]).tolist()
    [0.0, 0.8414709848, 0.9092974268]
    """
    integrand = Integrand(fun)
    points = as_float_array("x", x, ndim=1)
    n = as_int("n", n, low=2 if full_output else 1, high=256)
    cells, trouble = _gauss_cells(integrand, points, n)
    apart = np.zeros_like(cells)
    if full_output and not trouble:
        fewer, trouble = _gauss_cells(integrand, points, n - 1)
        apart = np.abs(cells - fewer)
    value, error = _from_zero(cells), _from_zero(apart)
    if trouble:
        value, error = np.full_like(value, np.nan), np.full_like(error, np.inf)
    status, message = (NOT_FINITE, trouble) if trouble else (CONVERGED, "every cell was integrated")
    result = IntegralResult(value, error, integrand.nfev, status, not trouble, message)
    return deliver(result, full_output=full_output)


def _spacing(dx: float) -> float:
    """Return the distance between equally spaced samples."""
    width = as_float("dx", dx)
    if width == 0:
        raise ValueError(f"`dx` must not be zero, got dx={width}")
    return width


def _points(x: ArrayLike, n: int, axis: int) -> Array:
    """Return where the samples were taken, of shape (1, n, 1)."""
    # What is not finite, is not in order or is at an end: both are looked at below.
    points = as_float_array("x", x, ndim=1, finite=False)
    if points.size != n:
        raise ValueError(f"`x` must have an entry for each sample, {n} along axis {axis}, got {points.size}")
    left, right = points[:-1], points[1:]
    ordered = (left < right).all() or (left > right).all()
    if not (ordered and np.isfinite(points[0]) and np.isfinite(points[-1])):
        as_float_array("x", x)
    if not ordered:
        k = int(np.argmax((left >= right) if points[0] < points[1] else (left <= right)))
        raise ValueError(
            f"`x` must be strictly increasing or strictly decreasing, got x[{k}]={points[k]} and "
            f"x[{k + 1}]={points[k + 1]}"
        )
    return points[:, np.newaxis][np.newaxis]


def _running(cells: Cells, shape: tuple[int, ...]) -> Array:
    """Add the cells, block by block, after a first entry that is 0."""
    before, n, after = shape
    length = max(64, BLOCK // max(1, before * after))
    running = np.empty(shape)
    running[:, 0] = 0.0
    for start in range(0, n - 1, length):
        stop = min(start + length, n - 1)
        block = running[:, start + 1 : stop + 1]
        cells(start, stop, block)
        _add_up(block)
        block += running[:, start, np.newaxis]
    return running


def _add_up(cells: Array) -> None:
    """Replace cells by their running sums.

    In a plain running sum every addition waits for the one before it. Here cells are added in fours first, and only
    every fourth addition waits: that takes less time, and rounds less.
    """
    before, n, after = cells.shape
    if n < FOLD**3:
        np.cumsum(cells, axis=1, out=cells)
        return
    whole = n - n % FOLD
    fours, rest = cells[:, :whole].reshape(before, -1, FOLD, after), cells[:, whole:]
    for j in range(1, FOLD):
        fours[:, :, j] += fours[:, :, j - 1]
    ends = np.cumsum(fours[:, :, -1], axis=1)
    for j in range(FOLD):
        fours[:, 1:, j] += ends[:, :-1]
    np.cumsum(rest, axis=1, out=rest)
    rest += ends[:, -1:]


def _trapezoids(y: Array, grid: Any) -> Cells:
    """Integrate the straight line through two neighbours: h (f_k + f_{k+1}) / 2."""

    def cells(start: int, stop: int, out: Array) -> None:
        np.add(y[:, start:stop], y[:, start + 1 : stop + 1], out=out)
        out *= 0.5
        out *= np.diff(grid[:, start : stop + 1], axis=1) if np.ndim(grid) else grid

    return cells


def _cubics(y: Array, grid: Any) -> Cells:
    """Integrate the cubic through two neighbours on either side of a cell.

    The first and the last cell have one on one side only. There a sample is added that lies on the cubic through the
    four at that end, which changes nothing about that cubic.
    """
    if np.ndim(grid):
        x = _Extended(grid, 2 * grid[:, :1] - grid[:, 1:2], 2 * grid[:, -1:] - grid[:, -2:-1])
        first, last = grid[0, :4, 0], grid[0, :-5:-1, 0]
    else:
        first = last = np.arange(4.0)
    f = _Extended(y, _continued(first, y[:, :4]), _continued(last, y[:, :-5:-1]))

    def even(start: int, stop: int, out: Array) -> None:
        """Write h (−f_{k−1} + 13 f_k + 13 f_{k+1} − f_{k+2}) / 24."""
        g = f(start, stop)
        np.add(g[:, 1:-2], g[:, 2:-1], out=out)
        out *= 13
        out -= g[:, :-3]
        out -= g[:, 3:]
        out *= grid / 24

    def uneven(start: int, stop: int, out: Array) -> None:
        _uneven_cubics(x(start, stop), f(start, stop), out)

    return uneven if np.ndim(grid) else even


def _uneven_cubics(x: Array, f: Array, out: Array) -> None:
    """Write h (f_k + f_{k+1}) / 2 − h³ / 12 f''(middle) for all cells but the first and the last.

    For a cubic, the second divided difference of three samples is f'' / 2 at the mean of their points. The middle of
    a cell lies between two such means, and f'' is a straight line.
    """
    widths = np.diff(x, axis=1)
    half = widths[:, 1:-1] / 2
    slope = np.diff(f, axis=1)
    slope /= widths
    bend = np.diff(slope, axis=1)
    bend /= x[:, 2:] - x[:, :-2]
    middle = widths[:, :-2] + half
    middle /= x[:, 3:] - x[:, :-3]
    half_curvature = np.diff(bend, axis=1)
    half_curvature *= middle
    half_curvature += bend[:, :-1]
    half_curvature *= half
    half_curvature *= half
    half_curvature *= 4 / 3
    np.add(f[:, 1:-2], f[:, 2:-1], out=out)
    out -= half_curvature
    out *= half


def _continued(x: Array, f: Array) -> Array:
    """Continue the cubic through four samples to the left by a cell as wide as the first."""
    t = 2 * x[0] - x[1]
    weights = [prod((t - x[j]) / (x[i] - x[j]) for j in range(4) if j != i) for i in range(4)]
    return np.tensordot(weights, f, (0, 1))[:, np.newaxis]


@dataclass(frozen=True)
class _Extended:
    """Samples with one more at either end; those that cells from one to another need are copied only there."""

    inside: Array
    first: Array
    last: Array

    def __call__(self, start: int, stop: int) -> Array:
        parts = [self.inside[:, max(start - 1, 0) : stop + 2]]
        if start == 0:
            parts.insert(0, self.first)
        if stop == self.inside.shape[1] - 1:
            parts.append(self.last)
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def _gauss_cells(integrand: Integrand, x: Array, n: int) -> tuple[Array, str]:
    """Integrate over each cell between neighbours with n nodes; say where the integrand is not finite."""
    nodes, weights = legendre(n)
    half = np.diff(x) / 2
    points = ((x[:-1] + half)[:, np.newaxis] + half[:, np.newaxis] * nodes).ravel()
    values = integrand(points)
    means = np.einsum("kn...,n->k...", values.reshape(half.size, n, *values.shape[1:]), weights)
    return means * half.reshape(-1, *[1] * (means.ndim - 1)), integrand.trouble(points, values)


def _from_zero(cells: Array) -> Array:
    """Add cells along the first axis, after a first entry that is 0."""
    flat = cells.reshape(1, len(cells), prod(cells.shape[1:]))

    def copied(start: int, stop: int, out: Array) -> None:
        out[...] = flat[:, start:stop]

    with np.errstate(all="ignore"):
        running = _running(copied, (1, len(cells) + 1, flat.shape[2]))
    return running.reshape(len(cells) + 1, *cells.shape[1:])
