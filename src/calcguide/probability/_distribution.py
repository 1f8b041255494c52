r"""Probabilities are areas: of one interval, and from the left end up to a point.

.. math:: P(a < X < b) = \int_a^b p(x) \, dx, \qquad F(x) = \int_{-\infty}^x p(t) \, dt
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from math import inf, isfinite
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_CONVERGED, AccuracyWarning, IntegralResult, plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_limit
from calcguide.integrate import integral
from calcguide.probability._densities import FOUND, Density, handed_over

#: Distances from the middle or the finite end of an infinite range at which it is cut, so that a cell of any width
#: sees a density of scale 1; powers of 2 up to the farthest point follow, for heavy tails.
LANDMARKS = (0.0, *2.0 ** np.arange(-2, 6))
#: The same for quantiles, which lie anywhere.
LADDER = (0.0, *2.0 ** np.arange(-30, 61))
#: What areas may be off by, each: for a sum that is at most 1; and where the tails count as much as the middle.
FLOOR, TINY = 1e-14, 1e-200
EPS = float(np.finfo(float).eps)
#: Bisections from the widest bracket to neighbouring floats; Newton's steps make most of them needless.
STEPS = 120


def probability(
    pdf: Function,
    a: float,
    b: float,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the probability that a variable lies between two numbers.

    .. math:: P(a < X < b) = \int_a^b p(x) \, dx

    Parameters
    ----------
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    a, b : float
        The ends of the interval, ``a <= b``; they may be infinite, or beyond the range of the density.
    low, high : float
        The range of the density, which may be infinite.
    points : sequence of float, optional
        Where the density jumps, has a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Relative tolerance.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The probability; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, not finite, or does not integrate to 1.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    cdf : From the left end up to many points.

    Notes
    -----
    The interval and what lies on both sides are integrated apart, and have to add up to 1. So a probability in the tail
    has as many digits as one in the middle.

    Examples
    --------
    >>> from scipy import stats
    >>> from calcguide.probability import probability
    >>> probability(stats.norm.pdf, -1, 1)
    0.68268949213708
    >>> probability(stats.norm.pdf, 10, float("inf")), float(stats.norm.sf(10))
    (7.6198530e-24, 7.6198530e-24)
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    left, right = as_limit("a", a, finite=False), as_limit("b", b, finite=False)
    if left > right:
        raise ValueError(f"`b` must be at least a={left}, got b={right}")
    ends = np.clip([left, right], density.low, density.high)
    edges = _edges(density, ends)
    found = _areas(density, edges, TINY)
    first, last = np.searchsorted(edges, ends)
    value, error = (part[first:last].sum() for part in (found.value, found.error))
    return handed_over(_replaced(found, np.minimum(value, 1.0), error), full_output=full_output)


def cdf(
    pdf: Function,
    x: ArrayLike,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the cumulative distribution function at many points.

    .. math:: F(x) = P(X \le x) = \int_{\text{low}}^x p(t) \, dt

    Parameters
    ----------
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    x : array_like
        The points, of any shape and in any order; they may be infinite, or beyond the range of the density.
    low, high : float
        The range of the density, which may be infinite.
    points : sequence of float, optional
        Where the density jumps, has a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Tolerance, relative to 1.
    full_output : bool, default: False
        Return a result with an error estimate instead of the values alone.

    Returns
    -------
    float or ndarray or IntegralResult
        F, of the shape of `x`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, not finite, or does not integrate to 1.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    quantile : Its inverse.
    calcguide.integrate.cumulative : For a density given by samples.

    Notes
    -----
    The cells between neighbouring points are integrated all together, and the cells of the whole range have to add up
    to 1. A thousand points cost little more than ten.

    Examples
    --------
    >>> from scipy import stats
    >>> from calcguide.probability import cdf
    >>> cdf(stats.norm.pdf, [0.0, 1.0, 1.96])
    array([0.5       , 0.84134475, 0.9750021 ])
    >>> stats.norm.cdf([0.0, 1.0, 1.96])
    array([0.5       , 0.84134475, 0.9750021 ])
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    x = as_float_array("x", x, finite=False)
    if np.isnan(x).any():
        raise ValueError("`x` must hold numbers, finite or not, got nan")
    edges = _edges(density, x.ravel())
    found = _areas(density, edges, FLOOR)
    places = np.searchsorted(edges, np.clip(x, density.low, density.high))
    value, error = (np.concatenate([[0.0], np.cumsum(part)])[places] for part in (found.value, found.error))
    if found.status == NOT_CONVERGED and (error <= density.rtol).all():
        found = replace(found, status=CONVERGED, success=True, message=FOUND)
    return handed_over(_replaced(found, np.minimum(value, 1.0), error), full_output=full_output)


def quantile(
    pdf: Function,
    q: ArrayLike,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
) -> Any:
    r"""Return the points up to which a variable has given probabilities.

    .. math:: F(x) = q

    Parameters
    ----------
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    q : array_like
        Probabilities, 0 to 1, of any shape; 0 and 1 give `low` and `high`.
    low, high : float
        The range of the density, which may be infinite.
    points : sequence of float, optional
        Where the density jumps, has a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Relative tolerance of the areas.

    Returns
    -------
    float or ndarray
        The quantiles, of the shape of `q`.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, not finite, or does not integrate to 1; if a quantile
        lies farther out than 1e18.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate of an area exceeds the tolerance.

    See Also
    --------
    cdf : The inverse.

    Notes
    -----
    The density is the derivative of F: Newton's method within a bracket, and halving the bracket where that leads
    outside. All quantiles are sought together. Where the density is 0 over an interval, any point of it may be
    returned. Near q = 1 what counts is the distance from 1, which as a float has few digits.

    Examples
    --------
    >>> from scipy import stats
    >>> from calcguide.probability import quantile
    >>> quantile(stats.norm.pdf, [0.025, 0.975])
    array([-1.95996398,  1.95996398])
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    q = as_float_array("q", q)
    if ((q < 0) | (q > 1)).any():
        raise ValueError(f"`q` must lie between 0 and 1, got {q[(q < 0) | (q > 1)][0]}")
    edges = _edges(density, np.zeros(0), LADDER)
    areas = handed_over(_areas(density, edges, TINY), full_output=False)
    below = np.concatenate([[0.0], np.cumsum(areas)])
    x = np.where(q <= 0, density.low, density.high)
    inner = (q > 0) & (q < min(1.0, below[-1]))
    cell = np.searchsorted(below, q[inner], side="right") - 1
    left, right = edges[cell], edges[cell + 1]
    if not np.isfinite([left, right]).all():
        far = q[inner][~(np.isfinite(left) & np.isfinite(right))][0]
        raise ValueError(
            f"the quantile of q={far} lies beyond {LADDER[-1]:.1g}: `points` cuts the range there"
        )
    x[inner] = _solve(density, left, right, q[inner] - below[cell], EPS * q[inner])
    return plain(x)


def _edges(density: Density, x: Array, landmarks: Sequence[float] = LANDMARKS) -> Array:
    """Return the ends of the cells: the range's, the given points, and what makes sure that nothing is overlooked."""
    low, high = density.low, density.high
    if isfinite(low) and isfinite(high):
        marks = np.zeros(0)
    else:
        base = low if isfinite(low) else high if isfinite(high) else 0.0
        reach = np.abs(x[np.isfinite(x)] - base).max(initial=1.0)
        away = np.append(landmarks, 2.0 ** np.arange(6, np.log2(reach))) * max(1.0, abs(base) / 1024)
        marks = np.concatenate([base + away, base - away])
    inner = np.concatenate([x, marks, density.breaks])
    return np.unique(np.concatenate([[low, high], inner[(low < inner) & (inner < high)]]))


def _areas(density: Density, edges: Array, floor: float) -> IntegralResult:
    """Integrate every cell; together they have to be 1."""

    def whole(a: float, b: float) -> IntegralResult:
        found: IntegralResult = integral(density, a, b, rtol=density.rtol, atol=floor, full_output=True)
        # A tail in which nothing was seen is taken as empty: were it not, the sum would show it.
        empty = found.status == NOT_CONVERGED and found.value == 0
        return replace(found, error=0.0, status=CONVERGED, message=FOUND) if empty else found

    # The outer cells may be infinite, or singular at the end of the range; those inside are done in one go.
    parts = [whole(*edges[:2]), _cells(density, edges[1:-2], edges[2:-1], floor)]
    if len(edges) > 2:
        parts.append(whole(*edges[-2:]))
    value, error = (np.hstack([getattr(part, name) for part in parts]) for name in ("value", "error"))
    worst = max(parts, key=lambda part: part.status)
    if np.isfinite(value).all():
        density.insist(value.sum(), error.sum())
    message = worst.message.replace("`fun`", f"`{density.name}`")
    nfev = sum(part.nfev for part in parts)
    return IntegralResult(value, error, nfev, worst.status, worst.status == CONVERGED, message)


def _cells(density: Density, left: Array, right: Array, floor: float) -> IntegralResult:
    """Integrate many finite cells in one call, each stretched to the unit interval."""
    if not left.size:
        return IntegralResult(np.zeros(0), np.zeros(0), 0, CONVERGED, True, FOUND)
    width = right - left

    def stretched(t: Array) -> Array:
        x = left + width * t[:, np.newaxis]
        return density(x.ravel()).reshape(x.shape) * width

    return integral(stretched, 0.0, 1.0, rtol=density.rtol, atol=floor, full_output=True)  # type: ignore[no-any-return]  # full output is a result


def _solve(density: Density, left: Array, right: Array, area: Array, rounding: Array) -> Array:
    """Find where the area from the left end of each bracket is as given, to within what rounding leaves."""
    floor = float(rounding.min(initial=FLOOR))
    x, missing = (left + right) / 2, area
    for _ in range(STEPS):
        # Always from the left end of the bracket: adding up what was passed beyond it would cancel.
        found = _cells(density, left, x, floor).value
        excess = found - missing
        with np.errstate(all="ignore"):
            # Near `left` the area is a power of the distance, also at a singular end; in logarithms that is a line.
            power = (x - left) * density(x) / found
            newton = left + (x - left) * (missing / found) ** (1 / power)
        short = excess < 0
        left, right, missing = (
            np.where(short, x, left),
            np.where(short, right, x),
            np.where(short, -excess, missing),
        )
        new = np.where((left < newton) & (newton < right), newton, (left + right) / 2)
        settled = (np.abs(new - x) <= 2 * EPS * np.abs(x)) | (np.abs(excess) <= rounding)
        if settled.all():
            break
        x = np.where(settled, x, new)
    missed = np.abs(excess) > density.rtol * rounding / EPS
    if missed.any():
        message = f"the area up to the quantile {x[missed][0]:.6g} is off by {abs(excess[missed][0]):.1g}"
        warnings.warn(message, AccuracyWarning, stacklevel=3)
    return x


def _replaced(found: IntegralResult, value: Any, error: Any) -> IntegralResult:
    """Return a result with other values."""
    return replace(found, value=plain(np.asarray(value)), error=plain(np.asarray(error)))
