r"""Lagrange's bound on the remainder: :math:`|R_n(x)| \le \max_{\xi} |f^{(n+1)}(\xi)|\, |x - x_0|^{n+1} / (n+1)!`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import Result, plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float, as_float_array, as_int, check_callable
from calcguide.series._jet import expanded

#: Points from x0 to x at which the derivative is looked at first, and in each closer look at the largest.
SAMPLES, CLOSER = 65, 17
#: Closer looks, each at an interval an eighth as long. A smooth maximum inside is missed by the square of the spacing.
LOOKS = 3
#: Part of the largest sample below which none of its neighbours lies, unless the derivative is singular between them: at
#: a pole of any order one neighbour is at least three times as far away.
RESOLVED = 0.5
#: Relative errors of the sampled maximum, and of the function's values beside the largest term of the polynomial.
SLACK, ROUNDING = 1e-6, 1e-10


@dataclass(frozen=True, repr=False)
class RemainderBound(Result):
    r"""A bound on :math:`|f(x) - p(x)|`, and where it comes from.

    Attributes
    ----------
    value : float or ndarray
        The bound at each x.
    derivative : float or ndarray
        The largest :math:`|f^{(n+1)}|` from x0 to each x that went into it; NaN at x0 itself.
    point : float or ndarray
        Where the derivative has it; NaN where the bound on the derivative was given.
    sampled : bool
        Whether the largest derivative is the largest of samples: the bound is then an estimate.
    nfev : int
        Points at which the function was expanded.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.series import remainder_bound
    >>> found = remainder_bound(np.exp, 0.0, 4, 2.0, full_output=True)
    >>> found.value, found.derivative, found.point, found.sampled
    (1.9704149, 7.3890561, 2.0, True)
    """

    value: Any
    derivative: Any
    point: Any
    sampled: bool
    nfev: int


def remainder_bound(
    fun: Function,
    x0: float,
    degree: int,
    x: ArrayLike,
    *,
    bound: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Bound the error of a Taylor polynomial, by the largest next derivative.

    .. math:: |f(x) - p(x)| \le \max_{\xi \in [x_0, x]} \bigl| f^{(n+1)}(\xi) \bigr| \, \frac{|x - x_0|^{n+1}}{(n+1)!}

    Parameters
    ----------
    fun : callable
        Elementwise function of an array, written with NumPy.
    x0 : float
        The point of the expansion.
    degree : int
        The degree n of the polynomial.
    x : array_like
        Where its error is asked for; for all of an interval, its two ends.
    bound : float, optional
        A number that :math:`|f^{(n+1)}|` does not exceed from `x0` to any `x`, from a proof. The result is then a proven
        bound, up to rounding, and `fun` is not evaluated. Without it, the derivative is sampled, and the largest sample
        taken: an estimate of the bound.
    full_output : bool, default: False
        Return a `RemainderBound`, which says what derivative was found and where.

    Returns
    -------
    float or ndarray or RemainderBound
        The bound, of the shape of `x`; it is 0 at `x0`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or `fun` has no derivative of order n + 1 somewhere between `x0` and `x`: a
        singularity there leaves no bound. Also if the samples are seen to miss a peak of the derivative.
    TypeError
        If `fun` uses a function without a rule for series.

    See Also
    --------
    taylor : The polynomial.
    radius_of_convergence : Whether a higher degree would help at all.

    Notes
    -----
    The (n+1)-th derivative comes exact to rounding, as a coefficient of an expansion at each sample; the bound is
    :math:`\max_\xi |c_{n+1}(\xi)|\, |x - x_0|^{n+1}`. What is sampled is the place of its maximum: at 65 points from `x0`
    to each `x`, then three times more closely around the largest. A smooth maximum is so found to a relative error of
    about 10⁻⁸ where the derivative varies slowly from sample to sample. A peak narrower than 1/64 of the interval, or a
    kink, can lie between the samples. The error of the polynomial at the samples is therefore compared with the bound:
    if that is exceeded, an error says so, and `bound` is the way out. A peak too small to show there leaves the value too
    low.

    The bound holds with equality for polynomials of degree n + 1. As n grows it shrinks only within the radius of
    convergence, and not even on all of it: at x0 = 0 for log(1 + x), not for x < −1/2.

    Examples
    --------
    The bound for exp on [−2, 2] is e² 2⁵/5!; the error itself is five times smaller, since the largest derivative is at
    the end, and the remainder's ξ is not:

    >>> import numpy as np
    >>> from calcguide.series import remainder_bound, taylor
    >>> remainder_bound(np.exp, 0.0, 4, [-2.0, 2.0]).tolist()
    [0.26666667, 1.9704149]
    >>> float(np.exp(2.0) - taylor(np.exp, 0.0, 4)(2.0))
    0.3890561

    For the sine no derivative exceeds 1:

    >>> remainder_bound(np.sin, 0.0, 6, 1.0, bound=1.0)
    0.0001984127
    """
    check_callable("fun", fun)
    x0 = as_float("x0", x0)
    n = as_int("degree", degree, low=0) + 1
    ends = as_float_array("x", x)
    if bound is None:
        value, point, nfev = _largest(fun, x0, n, ends)
        derivative = _derivative(value, ends - x0, n)
    else:
        bound = as_float("bound", bound)
        if bound < 0:
            raise ValueError(f"`bound` must not be negative, got bound={bound}")
        value = _scaled(bound, n) * np.abs(ends - x0) ** n
        derivative, point, nfev = np.full(ends.shape, bound), np.full(ends.shape, math.nan), 0
    if not full_output:
        return plain(value)
    return RemainderBound(plain(value), plain(derivative), plain(point), bound is None, nfev)


def _scaled(bound: float, n: int) -> float:
    """Return the bound over n!, which is an integer too large for a float from n = 171 on."""
    return bound * math.exp(-math.lgamma(n + 1)) if n > 170 else bound / math.factorial(n)


def _derivative(value: Array, h: Array, n: int) -> Array:
    """Return |f⁽ⁿ⁾| from |f⁽ⁿ⁾ hⁿ|/n!, where that is no zero by underflow; at h = 0 there is none."""
    with np.errstate(all="ignore"):
        if n <= 170:
            return np.asarray(value / np.abs(h) ** n * math.factorial(n))
        return np.asarray(np.exp(np.log(value) - n * np.log(np.abs(h)) + math.lgamma(n + 1)))


def _largest(fun: Function, x0: float, n: int, ends: Array) -> tuple[Array, Array, int]:
    """Find the largest |f⁽ⁿ⁾ hⁿ|/n! on each of the intervals from x0 to x0 + h, and its place.

    The coefficients are those of f(ξ + h t): with hⁿ already in them nothing overflows.
    """
    low, high, nfev = np.zeros(ends.shape), np.ones(ends.shape), 0
    h = ends - x0
    for count in (SAMPLES, *[CLOSER] * LOOKS):
        t = np.linspace(low, high, count)  # fractions of the way, along a new first axis
        xi = x0 + t * h
        row = expanded(fun, xi, n, h)
        size = np.abs(row[n])
        best = np.argmax(size, axis=0)[np.newaxis]
        largest, middle, point = (np.take_along_axis(part, best, axis=0)[0] for part in (size, t, xi))
        if count == SAMPLES:
            # As rounded: where h is tiny, ξ is not quite x0 + t h.
            polynomial, values, reached = row[:n, 0], row[0], xi - x0
        step = (high - low) / (count - 1)
        low, high, nfev = np.fmax(middle - step, 0.0), np.fmin(middle + step, 1.0), nfev + xi.size
    _check_resolved(size, best[0], point, ROUNDING * np.abs(values).max(axis=0))
    _check_remainders(polynomial, reached / np.where(h == 0, 1.0, h), values, largest, x0 + reached)
    return largest, point, nfev


def _check_resolved(size: Array, best: Any, point: Array, noise: Array) -> None:
    """Refuse a maximum inside that is far above the samples beside it, even at the closest look."""
    inside = (best > 0) & (best < CLOSER - 1)
    before, largest, after = (
        np.take_along_axis(size, np.clip(best + k, 0, CLOSER - 1)[np.newaxis], axis=0)[0] for k in (-1, 0, 1)
    )
    steep = inside & (np.minimum(before, after) < RESOLVED * largest) & (largest > noise)
    if steep.any():
        raise ValueError(
            f"`fun` seems to be singular near {point[steep].flat[0]:.6g}, between `x0` and `x`: there is no bound; or it "
            "has a narrow peak there, and needs `bound`"
        )


def _check_remainders(polynomial: Array, t: Array, values: Array, largest: Array, xi: Array) -> None:
    """Refuse a bound that the error itself exceeds at one of the first samples: something between them was missed."""
    powers = t ** np.arange(len(polynomial)).reshape(-1, *[1] * t.ndim)
    terms = polynomial[:, np.newaxis] * powers
    error, scale = np.abs(values - terms.sum(axis=0)), np.abs(terms).sum(axis=0) + np.abs(values)
    missed = error > (1 + SLACK) * largest * t ** len(polynomial) + ROUNDING * scale
    if missed.any():
        raise ValueError(
            f"`fun` has no derivative of order {len(polynomial)} somewhere between `x0` and {xi[missed].flat[0]:.6g}, or one "
            "with a peak that the samples miss: the error there exceeds the bound from them. With a proof, give `bound`"
        )
