r"""Lagrange's bound on the remainder: :math:`|R_n(x)| \le \max_{\xi} |f^{(n+1)}(\xi)|\, |x - x_0|^{n+1} / (n+1)!`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import Result, plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float, as_float_array, as_int, check_callable
from calcguide.series._jet import jet

#: Points from x0 to x at which the derivative is looked at first, and in each closer look at the largest.
SAMPLES, CLOSER = 65, 17
#: Closer looks, each at an interval an eighth as long. A smooth maximum inside is missed by the square of the spacing.
LOOKS = 3


@dataclass(frozen=True, repr=False)
class RemainderBound(Result):
    r"""A bound on :math:`|f(x) - p(x)|`, and where it comes from.

    Attributes
    ----------
    value : float or ndarray
        The bound at each x.
    derivative : float or ndarray
        The largest :math:`|f^{(n+1)}|` from x0 to each x that went into it.
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
        singularity there leaves no bound.
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
    about 10⁻⁸ where the derivative varies slowly from sample to sample. A peak narrower than 1/64 of the interval can
    lie between the samples; then the value is too low, and `bound` is the way out.

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
    if bound is not None:
        bound = as_float("bound", bound)
        if bound < 0:
            raise ValueError(f"`bound` must not be negative, got bound={bound}")
        size, point, nfev = np.full(ends.shape, _scaled(bound, n)), np.full(ends.shape, math.nan), 0
    else:
        size, point, nfev = _largest(fun, x0, n, ends)
    value = plain(size * np.abs(ends - x0) ** n)
    if not full_output:
        return value
    derivative = np.full(ends.shape, bound) if bound is not None else size * math.factorial(n)
    return RemainderBound(value, plain(derivative), plain(point), bound is None, nfev)


def _scaled(bound: float, n: int) -> float:
    """Return the bound over n!, which is an integer too large for a float from n = 171 on."""
    return bound * math.exp(-math.lgamma(n + 1)) if n > 170 else bound / math.factorial(n)


def _largest(fun: Function, x0: float, n: int, ends: Array) -> tuple[Array, Array, int]:
    """Find the largest |f⁽ⁿ⁾|/n! on each of the intervals from x0 to an end, and its place."""
    low, high, nfev = np.zeros(ends.shape), np.ones(ends.shape), 0
    for count in (SAMPLES, *[CLOSER] * LOOKS):
        t = np.linspace(low, high, count)  # fractions of the way, along a new first axis
        xi = x0 + t * (ends - x0)
        size = np.abs(jet(fun, xi, n)[n])
        best = np.argmax(size, axis=0)[np.newaxis]
        step = (high - low) / (count - 1)
        middle = np.take_along_axis(t, best, axis=0)[0]
        low, high, nfev = np.fmax(middle - step, 0.0), np.fmin(middle + step, 1.0), nfev + xi.size
    return (
        np.take_along_axis(size, best, axis=0)[0],
        np.take_along_axis(xi, best, axis=0)[0],
        nfev,
    )
