"""How large should h be? The balance of truncation and round-off.

A formula of order p for the n-th derivative errs by about ``c hᵖ`` because it cuts a Taylor series short,
and by about ``ε |f| / hⁿ`` because each value of `f` is rounded. The sum is least near

    h = ε^(1/(n + p)) · s,

where s is the length over which `f` changes by its own size. Nobody knows s beforehand; max(1, |x|) is
the usual guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import plain
from calcguide._typing import Array, ArrayLike
from calcguide._validation import as_float_array, as_int, check_one_of

EPS = float(np.finfo(np.float64).eps)
#: Orders of accuracy that each method offers; the first is its default.
ORDERS = {"forward": (1, 2, 3, 4, 5, 6), "backward": (1, 2, 3, 4, 5, 6), "central": (2, 4, 6)}
#: The complex step divides by h without subtracting first, so h may be so small that h² vanishes. Powers of
#: two multiply and divide exactly; 2⁻³³² ≈ 1e-100 leaves room for derivatives down to 1e-200.
COMPLEX_STEP = 2.0**-332


def power_of_two(h: Array) -> Array:
    """Round positive steps down to a power of two.

    ``x + h`` is then exact for most x, since h is a single bit: the step that was meant is the step
    that is taken, and dividing by it loses nothing.
    """
    mantissa, _ = np.frexp(h)  # of h = mantissa · 2ᵏ, from 1/2 on
    return np.asarray(h / (2 * mantissa))


def default_step(x: Array, n: int, order: int) -> Array:
    """Return ``ε^(1/(n + order)) max(1, |x|)``, rounded down to a power of two."""
    return power_of_two(EPS ** (1 / (n + order)) * np.maximum(1.0, np.abs(x)))


def check_order(method: str, order: int | None) -> int:
    """Return the order of accuracy to use with a fixed-step method."""
    allowed = ORDERS[method]
    if order is None:
        return allowed[0]
    return int(check_one_of("order", order, allowed))


@dataclass(frozen=True, repr=False)
class StepSize:
    """A step and the argument that leads to it; ``print`` it to read the argument.

    Attributes
    ----------
    h : float or ndarray
        The step, of the shape of x.
    truncation : float
        The part of the relative error that comes from cutting the Taylor series short, for a function whose
        derivatives are as large as itself.
    roundoff : float or ndarray
        The part that comes from rounding the function's values, likewise.
    explanation : str
        The argument in words.

    See Also
    --------
    step_size : Chooses the step.

    Examples
    --------
    >>> from calcguide.differences import step_size
    >>> found = step_size(1.0, method="forward")
    >>> found.h, found.truncation, found.roundoff
    (1.490e-08, 1.490e-08, 1.490e-08)
    """

    h: Any
    truncation: Any
    roundoff: Any
    explanation: str

    def __repr__(self) -> str:
        """Show the argument."""
        return self.explanation


def step_size(x: ArrayLike, *, n: int = 1, method: str = "central", order: int | None = None) -> StepSize:
    r"""Choose the step of a difference formula, and say why.

    .. math:: h = \varepsilon^{1/(n+p)} \max(1, |x|)

    balances the truncation error :math:`h^p` against the round-off error :math:`\varepsilon / h^n`. The step
    is then rounded down to a power of two, so that :math:`x + h` is exact.

    Parameters
    ----------
    x : array_like
        The point or points where the derivative is wanted.
    n : int, default: 1
        Order of the derivative, 1 to 4.
    method : {"central", "forward", "backward", "complex"}, default: "central"
        The difference formula.
    order : int, optional
        Order of accuracy p: 2, 4 or 6 for central (default 2), 1 to 6 for one-sided formulas (default 1).

    Returns
    -------
    StepSize
        The step `h`, of the shape of `x`, the two parts of the expected error, and the explanation.

    Raises
    ------
    ValueError
        If the method or the order does not exist, or `x` is not finite.

    See Also
    --------
    derivative : Uses this step when a fixed-step method is asked for without `h`.

    Notes
    -----
    The choice knows `x` but not the function. Where a function changes over a length much shorter or longer
    than max(1, abs(x)), the step is wrong by that ratio; the adaptive method of `derivative` looks at the function.

    The complex step [1]_ has no subtraction, hence no balance to strike: its h is 2⁻³³² for every x.

    References
    ----------
    .. [1] Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real functions.
       SIAM Review 40(1), 110-112. https://doi.org/10.1137/S003614459631241X

    Examples
    --------
    >>> from calcguide.differences import step_size
    >>> print(step_size(1.0))
    h = 2^-18 = 3.81e-06 at x = 1
      truncation: the formula drops terms of size h^2, about 1.5e-11
      round-off: values carry an error of eps = 2.2e-16, divided by h^1: about 5.8e-11
      balance: both are equal near h = eps^(1/3) max(1, |x|), rounded down to a power of two
    >>> step_size([0.0, 1000.0], method="forward").h.tolist()
    [1.4901161e-08, 7.6293945e-06]
    """
    points = as_float_array("x", x)
    n = as_int("n", n, low=1, high=4)
    check_one_of("method", method, ("central", "forward", "backward", "complex"))
    if method == "complex":
        return _complex_step_size(points, n, order)
    order = check_order(method, order)
    h = default_step(points, n, order)
    scale = np.maximum(1.0, np.abs(points))
    truncation, roundoff = (h / scale) ** order, EPS / (h / scale) ** n
    where = "" if points.ndim else f" at x = {float(points):g}"
    steps = f"{h.min():.3g}" if h.min() == h.max() else f"{h.min():.3g} to {h.max():.3g}"
    power = f"2^{int(np.log2(h.min()))} = " if h.min() == h.max() else ""
    root = f"eps^(1/{n + order})"
    explanation = (
        f"h = {power}{steps}{where}\n"
        f"  truncation: the formula drops terms of size h^{order}, about {truncation.max():.1e}\n"
        f"  round-off: values carry an error of eps = {EPS:.1e}, divided by h^{n}: about {roundoff.max():.1e}\n"
        f"  balance: both are equal near h = {root} max(1, |x|), rounded down to a power of two"
    )
    return StepSize(plain(h), plain(truncation), plain(roundoff), explanation)


def _complex_step_size(x: Array, n: int, order: int | None) -> StepSize:
    """Explain the step that needs no balance."""
    if n != 1 or order is not None:
        raise ValueError(
            f"`method='complex'` gives first derivatives, without an `order`; got n={n}, order={order}"
        )
    explanation = (
        f"h = 2^-332 = {COMPLEX_STEP:.1e}\n"
        "  truncation: the formula drops terms of size h^2, which is zero in floating point\n"
        "  round-off: Im f(x + ih) / h subtracts nothing, so no digits are lost\n"
        "  balance: there is none to strike, any tiny h will do"
    )
    return StepSize(plain(np.full(x.shape, COMPLEX_STEP)), 0.0, EPS, explanation)
