r"""The unsigned area between a graph and the axis.

.. math:: \int_a^b |f(x)| \, dx
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from calcguide._results import deliver
from calcguide._typing import Array, ArrayLike, Function
from calcguide.integrate._integral import MAX_NFEV, checked_range, searched
from calcguide.integrate._integrand import Integrand, Tolerance, nothing
from calcguide.integrate._ranges import Pieces

#: Where a sign change is looked for, in each piece of the range.
EVEN = (np.arange(100) + 0.5) / 100
DOUBLING = 2.0 ** -(np.arange(8 * 24) / 8)[::-1]
#: Halvings that bring a bracket of a sign change down to two neighbouring numbers.
HALVINGS = 60


def area(
    fun: Function,
    a: float,
    b: float,
    *,
    rtol: float = 1e-10,
    atol: float = 0.0,
    points: ArrayLike | None = None,
    max_nfev: int = MAX_NFEV,
    full_output: bool = False,
) -> Any:
    r"""Measure the area between a graph and the axis, whichever side it lies on.

    .. math:: \int_a^b |f(x)| \, dx

    Parameters
    ----------
    fun : callable
        The function: gets nodes as an array of shape (m,), returns one value for each, shape (m,), or several, shape
        (m, ...).
    a, b : float
        The limits, each of which may be infinite. With ``a > b`` the result is negative, as for `integral`.
    rtol, atol : float, default: 1e-10 and 0
        The error may be ``max(atol, rtol * abs(value))``, and what round-off leaves within reach.
    points : array_like, optional
        Places between the limits at which `fun` is singular, jumps or has a narrow peak.
    max_nfev : int, default: 200000
        Evaluations after which the search ends.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The area, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a point inside; the
        last is a status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance, or the integral seems to diverge; a status with `full_output`.

    See Also
    --------
    integral : The signed area, in which parts below the axis count as negative.

    Notes
    -----
    At a sign change \|f\| has a kink. Changes of sign between some 200 points are bracketed, halved down to
    neighbouring numbers, and become ends of pieces, on which the integrand is as smooth as `fun` is. A pair of
    changes between two points is looked for where the parabola through three points is nearest to the axis. One
    that escapes is left to the adaptive cutting of `integral`, which finds kinks slowly, if a node falls between them.

    Examples
    --------
    Over a symmetric interval the integral of 2x is 0; the area is not.

    >>> from calcguide.integrate import area, integral
    >>> abs(integral(lambda x: 2 * x, -10, 10)) < 1e-12, area(lambda x: 2 * x, -10, 10)
    (True, 200.0)
    >>> area(lambda x: 3 * x**2 - 4 * x, -10, 10), integral(lambda x: 3 * x**2 - 4 * x, -10, 10)
    (2002.370370, 2000.0)
    >>> 54064 / 27
    2002.370370
    """
    signed = Integrand(fun)
    unsigned = Integrand(lambda x: np.abs(signed(x)))
    wanted = checked_range(a, b, points, max_nfev)
    tolerance = Tolerance.checked(rtol, atol)
    if wanted.empty:
        return deliver(nothing(unsigned, wanted.breaks[0]), full_output=full_output)
    roots = _sign_changes(signed, Pieces.of(wanted.breaks))
    result = searched(unsigned, wanted.cut_at(roots), tolerance)
    return deliver(replace(result, nfev=signed.nfev), full_output=full_output)


def _sign_changes(fun: Integrand, pieces: Pieces) -> Array:
    """Find where the function crosses the axis, as far as the samples tell."""
    crossings = [np.empty(0)]
    for piece, tail in enumerate(pieces.tail):
        d = DOUBLING if tail else EVEN

        def values(d: Array, piece: int = piece) -> Array:
            return pieces.values(fun, piece, d, overflow=np.inf)

        g = values(d)
        dips = _dips(d, g)
        if dips.size:
            d, order = np.unique(np.concatenate([d, dips]), return_index=True)
            g = np.concatenate([g, values(dips)])[order]
        s = np.sign(g)
        left, entry = np.nonzero(s[:-1] * s[1:] < 0)
        low, high, sign = d[left], d[left + 1], s[left, entry]
        for _ in range(HALVINGS if left.size else 0):
            middle = (low + high) / 2
            same = np.sign(values(middle))[np.arange(left.size), entry] == sign
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        at_samples = np.nonzero((s[1:-1] == 0) & (s[:-2] * s[2:] < 0))[0] + 1
        crossings.append(pieces.place(piece, np.concatenate([low, d[at_samples]])))
    return np.concatenate(crossings)


def _dips(d: Array, g: Array) -> Array:
    """Return where |g| is lowest between samples of one sign, by the parabolas through three: it may cross the axis there."""
    with np.errstate(all="ignore"):
        slope = np.diff(g, axis=0) / np.diff(d)[:, np.newaxis]
        curvature = np.diff(slope, axis=0) / (d[2:] - d[:-2])[:, np.newaxis]
        vertex = (d[:-2] + d[1:-1])[:, np.newaxis] / 2 - slope[:-1] / (2 * curvature)
    s = np.sign(g[1:-1])
    # |g| falls and rises again: its neighbours then have the sign of the sample in the middle, and enclose the vertex.
    turning = (slope[:-1] * s < 0) & (slope[1:] * s > 0)
    return np.asarray(vertex[turning & np.isfinite(vertex)])
