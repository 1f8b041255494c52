r"""Integrals over regions of the plane, one variable after the other.

.. math:: \int_a^b \left( \int_{l(x)}^{u(x)} f(x, y) \, dy \right) dx
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from calcguide._results import DIVERGENT, NOT_FINITE, deliver
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_limit, check_callable
from calcguide.integrate._adaptive import Search
from calcguide.integrate._integral import MAX_NFEV, checked_range, conclusion
from calcguide.integrate._integrand import Integrand, Tolerance, concluded
from calcguide.integrate._ranges import NotFiniteError, Pieces

#: The inner integrals get this share of the tolerance, so that the outer one does not see their errors as noise.
INNER = 0.1


class InnerDivergesError(ValueError):
    """An inner integral grows without bound; the text says where."""


def double_integral(
    fun: Function,
    a: float,
    b: float,
    lower: float | Function,
    upper: float | Function,
    *,
    rtol: float = 1e-8,
    atol: float = 0.0,
    points: ArrayLike | None = None,
    full_output: bool = False,
) -> Any:
    r"""Integrate over a region between two curves.

    .. math:: \int_a^b \int_{l(x)}^{u(x)} f(x, y) \, dy \, dx

    Parameters
    ----------
    fun : callable
        The integrand, elementwise: gets x and y as arrays of shape (m,), returns the values, shape (m,).
    a, b : float
        The limits of x, each of which may be infinite.
    lower, upper : float or callable
        The limits of y: numbers, or functions of x that get an array of shape (m,) and return one. Numbers may be
        infinite, if both limits are numbers.
    rtol, atol : float, default: 1e-8 and 0
        The error may be ``max(atol, rtol * abs(value))``, and what round-off leaves within reach.
    points : array_like, optional
        Places between `a` and `b` at which the inner integral is singular, jumps or has a kink.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The integral; with `full_output` the result, whose `nfev` counts points of the plane.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun`, `lower` or `upper` return another shape, or if `fun` is not finite at a
        point inside; the last is a status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance, or an inner integral seems to diverge; a status with `full_output`.

    See Also
    --------
    integral : In one variable.
    monte_carlo : In many.

    Notes
    -----
    The inner integrals for all x of a batch are one integral with as many values, cut where any of them asks for it:
    `fun` is called a few times with many points. A smooth function over a rectangle takes some 15000 evaluations.

    The error estimate is that of the outer integral plus the integral of the inner estimates. Singularities along
    the border are dealt with as in `integral`, those along curves inside are not: cut the region there. Where the limits cross,
    the part with lower > upper counts as negative, as it does in one variable.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import double_integral
    >>> double_integral(lambda x, y: x * y**2, 0, 2, 0, 1)  # 2 · 1/3
    0.66666667
    >>> half_circle = lambda x: np.sqrt(1 - x**2)
    >>> double_integral(lambda x, y: x**2 + y**2, -1, 1, 0, half_circle), np.pi / 4
    (0.78539816, 0.78539816)
    >>> double_integral(lambda x, y: np.exp(-(x**2) - y**2), -np.inf, np.inf, -np.inf, np.inf)  # π
    3.14159265
    """
    check_callable("fun", fun)
    plane = Integrand(lambda points: fun(points[:, 0], points[:, 1]))
    plane.value_shape = ()
    tolerance, wanted = Tolerance.checked(rtol, atol), checked_range(a, b, points, MAX_NFEV)
    inner = Inner(plane, _limit("lower", lower), _limit("upper", upper), tolerance.times(INNER))
    if wanted.empty:
        return deliver(concluded(0.0, 0.0, plane), full_output=full_output)
    try:
        with np.errstate(all="ignore"):
            both = Search(Integrand(inner), Pieces.of(wanted.breaks), ToTheFirst(tolerance), MAX_NFEV).run()
    except InnerDivergesError as trouble:
        return deliver(concluded(nan, inf, plane, DIVERGENT, str(trouble)), full_output=full_output)
    except NotFiniteError as trouble:
        return deliver(concluded(nan, inf, plane, NOT_FINITE, str(trouble)), full_output=full_output)
    error = both.error[:1] + both.error[1:] + np.abs(both.value[1:])
    found = replace(both, value=both.value[:1], error=error, rounding=both.rounding[:1])
    return deliver(conclusion(found, wanted.sign, plane, tolerance), full_output=full_output)


@dataclass(frozen=True)
class ToTheFirst:
    """The tolerance for an integral that carries its inner errors along: they may be what they are."""

    tolerance: Tolerance

    def __call__(self, value: Any, rounding: Any) -> Any:
        """Return the largest error that is good enough, for the value and for the integral of the errors."""
        return np.array([self.tolerance(value[0], rounding[0]), inf])


@dataclass
class Inner:
    """The inner integral as a function of x, with its error as a second value."""

    plane: Integrand
    lower: float | Integrand
    upper: float | Integrand
    tolerance: Tolerance

    def __call__(self, x: Array) -> Array:
        """Integrate over y for all x at once."""
        if isinstance(self.lower, float) and isinstance(self.upper, float) and self.lower != self.upper:
            wanted = checked_range(self.lower, self.upper, None, MAX_NFEV)
            breaks, sign = wanted.breaks, np.asarray(wanted.sign)

            def place(t: Array) -> Array:
                return np.broadcast_to(t, (len(t), len(x)))
        else:
            low, high = (_at(curve, x) for curve in (self.lower, self.upper))
            breaks, sign = (0.0, 1.0), high - low

            def place(t: Array) -> Array:
                return np.asarray((1 - t) * low + t * high)

        trouble = ""

        def along(t: Array) -> Array:
            nonlocal trouble
            nodes = np.stack(np.broadcast_arrays(x, place(t[:, np.newaxis])), axis=-1).reshape(-1, 2)
            values = self.plane(nodes)
            bad = np.flatnonzero(~np.isfinite(values))
            if bad.size:
                where, y = nodes[bad[0]].tolist()
                trouble = f"`fun` returned {values[bad[0]]} at x={where!r}, y={y!r}"
            return values.reshape(len(t), len(x))

        try:
            found = Search(Integrand(along), Pieces.of(breaks), self.tolerance, MAX_NFEV).run()
        except NotFiniteError as error:
            raise NotFiniteError(trouble or str(error)) from None
        if found.divergent is not None:
            where = float(x[np.argmax(~np.isfinite(found.value))])
            raise InnerDivergesError(f"the inner integral seems to diverge at x={where!r}")
        return np.stack([found.value * sign, found.error * np.abs(sign)], axis=-1)


def _limit(name: str, value: float | Function) -> float | Integrand:
    """Return a limit of y as a number, or as a function that is checked where it is called."""
    return Integrand(value, name) if callable(value) else as_limit(name, value, finite=False)


def _at(curve: float | Integrand, x: Array) -> Array:
    """Return a limit of y at all x."""
    if isinstance(curve, float):
        if not isfinite(curve):
            raise ValueError(
                f"`lower` and `upper` may be infinite only if both are numbers, got {curve} and a function"
            )
        return np.full(len(x), curve)
    y = curve(x.copy())
    if y.ndim > 1 or not np.isfinite(y).all():
        raise ValueError(
            f"`{curve.name}` must return one finite number for each x, got "
            + (curve.trouble(x, y) or f"shape {y.shape}")
        )
    return y
