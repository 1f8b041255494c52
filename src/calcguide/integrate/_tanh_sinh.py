r"""The tanh-sinh rule: for integrands that are singular at the limits.

.. math:: x = a + (b - a) \, q(t), \qquad q(t) = \frac{1}{1 + e^{-\pi \sinh t}} = \frac{1 + \tanh(\tfrac{\pi}{2} \sinh t)}{2}
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide._results import DIVERGENT, NOT_FINITE, deliver
from calcguide._typing import Array, Function
from calcguide._validation import as_limit
from calcguide.integrate._double_exponential import OVERFLOW, double_exponential
from calcguide.integrate._integrand import Integrand, Tolerance, concluded, judged, nothing
from calcguide.integrate._ranges import NotFiniteError, Pieces


def tanh_sinh(
    fun: Function, a: float, b: float, *, rtol: float = 1e-10, atol: float = 0.0, full_output: bool = False
) -> Any:
    r"""Integrate a function that may be singular at the limits.

    .. math:: x = a + (b - a) \, q(t), \qquad q(t) = \frac{1}{1 + e^{-\pi \sinh t}}, \qquad
       \int_a^b f(x) \, dx = (b - a) \int_{-\infty}^{\infty} f(x(t)) \, q'(t) \, dt

    Parameters
    ----------
    fun : callable
        The integrand: gets nodes as an array of shape (m,), returns one value for each, shape (m,), or several, shape
        (m, ...). It is never evaluated at `a` and `b`.
    a, b : float
        The limits, finite. With ``a > b`` the integral changes its sign; with ``a == b`` it is 0.
    rtol, atol : float, default: 1e-10 and 0
        The error may be ``max(atol, rtol * abs(value))``, and what round-off leaves within reach.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The integral, of the shape of one value of `fun`; with `full_output` the result.

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
    integral : Uses this rule at ends that turn out to be singular, and deals with trouble inside.

    Notes
    -----
    Where `fun` is analytic inside, the error falls like :math:`e^{-c n / \log n}` with n evaluations, whatever
    algebraic or logarithmic singularity is at the ends [1]_; 50 to 200 evaluations are usual. A kink, a jump or a
    narrow peak inside makes it slow: split there, or use `integral`.

    An end at 0 is approached to 1e-290. Beside another end, x is rounded: 1 − x has few digits when x is near 1.
    There the sum ends at a distance with five digits, and the rest is the integral of a power of the distance, its
    exponent fitted to the outermost values. An exponent of −1 or less is reported as divergence (status 3), and the value
    is infinite. Where accuracy matters, move the singularity to 0.

    References
    ----------
    .. [1] Takahasi, H. and Mori, M. (1974). Double exponential formulas for numerical integration. Publications of
       the Research Institute for Mathematical Sciences 9(3), 721-741. https://doi.org/10.2977/prims/1195192451

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import tanh_sinh
    >>> tanh_sinh(lambda x: 1 / np.sqrt(x), 0, 1)
    2.0
    >>> result = tanh_sinh(lambda x: np.log(x) ** 2, 0, 1, full_output=True)
    >>> result.value, result.nfev < 150, result.error < 1e-10
    (2.0, True, True)
    >>> tanh_sinh(lambda x: 1 / x, 0, 1, full_output=True).message
    'the integral seems to diverge at x=0.0'
    """
    integrand, a, b, tolerance = (
        Integrand(fun),
        as_limit("a", a),
        as_limit("b", b),
        Tolerance.checked(rtol, atol),
    )
    if a == b:
        return deliver(nothing(integrand, a), full_output=full_output)
    pieces = Pieces.whole(min(a, b), max(a, b))
    nearest, grain = (pieces.nearest(0), pieces.nearest(1)), (pieces.grain(0), pieces.grain(1))

    def at(side: int, q: Array) -> Array:
        return pieces.values(integrand, side, q, overflow=OVERFLOW)

    try:
        with np.errstate(all="ignore"):
            found = double_exponential(at, nearest, grain, tolerance)
    except NotFiniteError as trouble:
        result = concluded(np.nan, np.inf, integrand, NOT_FINITE, str(trouble))
        return deliver(result, full_output=full_output)
    value = np.copysign(1.0, b - a) * found.value
    if found.divergent is not None:
        place = float(pieces.end[found.divergent])
        result = concluded(
            value, found.error, integrand, DIVERGENT, f"the integral seems to diverge at x={place!r}"
        )
    else:
        result = judged(value, found.error, found.rounding, integrand, tolerance)
    return deliver(result, full_output=full_output)
