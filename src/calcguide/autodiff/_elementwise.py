"""Primitives that work element by element: NumPy's ufuncs.

The Jacobian of such a function is diagonal, hence its own transpose: one rule ``t ↦ t · ∂y/∂x`` serves both modes. A rule
reads ``rule(t, y, *operands)``, with the value y at hand where the derivative is cheaper in terms of it.

Kinks have a documented choice: 0 for `abs` at 0, for `hypot` at the origin and for `clip` at its bounds; one half for each
operand of `maximum` and `minimum` where they are equal. Rounding, comparisons and `sign` are constants.

Rules keep float32: the constants in them are plain Python numbers, which follow the type of the array they meet.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit

from calcguide._typing import DOUBLE
from calcguide.autodiff._core import Primitive, Rule
from calcguide.autodiff._kinds import family
from calcguide.autodiff._tracer import CONSTANT, FUNCTIONS, UFUNCS, Tracer, plain, primal

#: The natural logarithms of 2 and 10.
LN2, LN10 = math.log(2), math.log(10)


def elementwise(ufunc: Any, *rules: Rule | None, fun: Callable[..., Any] | None = None) -> Primitive:
    """Declare the derivative of a ufunc with respect to each operand; `fun` evaluates it faster on numbers."""
    primitive = Primitive(ufunc.__name__, fun or ufunc, rules, rules, elementwise=True)
    UFUNCS[ufunc] = primitive
    return primitive


def _same(t: Any, *_: Any) -> Any:
    return t


def _negated(t: Any, *_: Any) -> Any:
    return -t


# -- Arithmetic --------------------------------------------------------------------------------------------------------

elementwise(np.add, _same, _same, fun=operator.add)
elementwise(np.subtract, _same, _negated, fun=operator.sub)
multiply = elementwise(
    np.multiply,
    lambda t, _, a, b: t * b,
    lambda t, _, a, b: t * a,
    fun=operator.mul,
)
elementwise(
    np.divide,
    lambda t, y, a, b: t / b,
    lambda t, y, a, b: -t * y / b,
    fun=operator.truediv,
)
negative = elementwise(np.negative, _negated, fun=operator.neg)
elementwise(np.positive, _same)
elementwise(np.reciprocal, lambda t, y, x: -t * y * y)
elementwise(np.square, lambda t, y, x: t * (x + x))  # x + x takes half the time of 2 * x on a short array
for _conjugate in (np.conjugate, np.conj):  # all is real here
    elementwise(_conjugate, _same)
elementwise(np.sqrt, lambda t, y, x: t * 0.5 / y)
elementwise(np.cbrt, lambda t, y, x: t / (3 * y * y))


def _power_by_base(t: Any, y: Any, x: Any, n: Any) -> Any:
    """Scale by n xⁿ⁻¹, which is 0 for n = 0 even at x = 0."""
    del y
    if type(n) is int or type(n) is float:
        if n == 2:
            return t * (x + x)
        return t * (n * x ** (n - 1)) if n else 0 * t * x
    return t * (n * x ** np.where((n == 0) & (x == 0), 1, n - 1))


def _power_by_exponent(t: Any, y: Any, x: Any, n: Any) -> Any:
    """Scale by xⁿ ln x, which is 0 where x = 0 and n > 0, and NaN for a negative base."""
    if isinstance(x, int | float):
        return t * (y * (math.log(x) if x > 0 else 0.0 if x == 0 else math.nan))
    with np.errstate(invalid="ignore", divide="ignore"):
        return t * (y * np.log(np.where((x == 0) & (n >= 0), 1, x)))


power = elementwise(np.power, _power_by_base, _power_by_exponent, fun=operator.pow)
elementwise(np.float_power, _power_by_base, _power_by_exponent)
elementwise(np.remainder, _same, lambda t, y, a, b: -t * np.floor_divide(a, b))
elementwise(np.fmod, _same, lambda t, y, a, b: -t * np.trunc(plain(a) / plain(b)))
UFUNCS[np.divmod] = lambda a, b: (np.floor_divide(plain(a), plain(b)), np.remainder(a, b))
UFUNCS[np.modf] = lambda x: (np.fmod(x, 1.0), np.trunc(plain(x)))


def _scaled(x: Any, exponent: Any) -> Any:
    """Multiply by a power of two, which is a constant."""
    return x * np.ldexp(np.ones((), plain(x).dtype), plain(exponent))


def _frexp(x: Any) -> tuple[Any, Any]:
    """Split into a number in [½, 1) and the exponent of a power of two."""
    exponent = np.frexp(plain(x))[1]
    return _scaled(x, -exponent), exponent


UFUNCS[np.ldexp], UFUNCS[np.frexp] = _scaled, _frexp
elementwise(np.nextafter, _same, None)  # a step of one unit in the last place

# -- Exponentials and logarithms ---------------------------------------------------------------------------------------

elementwise(np.exp, lambda t, y, x: t * y)
elementwise(np.exp2, lambda t, y, x: t * (y * LN2))
elementwise(np.expm1, lambda t, y, x: t * np.exp(x))
elementwise(np.log, lambda t, y, x: t / x)
elementwise(np.log2, lambda t, y, x: t / (x * LN2))
elementwise(np.log10, lambda t, y, x: t / (x * LN10))
elementwise(np.log1p, lambda t, y, x: t / (1 + x))
elementwise(
    np.logaddexp,
    lambda t, y, a, b: t * expit(a - b),
    lambda t, y, a, b: t * expit(b - a),
)
elementwise(
    np.logaddexp2,
    lambda t, y, a, b: t * expit((a - b) * LN2),
    lambda t, y, a, b: t * expit((b - a) * LN2),
)

# -- Trigonometric and hyperbolic --------------------------------------------------------------------------------------

elementwise(np.sin, lambda t, y, x: t * np.cos(x))
elementwise(np.cos, lambda t, y, x: -t * np.sin(x))
elementwise(np.tan, lambda t, y, x: t * (1 + y * y))
elementwise(np.arcsin, lambda t, y, x: t / np.sqrt((1 - x) * (1 + x)))
elementwise(np.arccos, lambda t, y, x: -t / np.sqrt((1 - x) * (1 + x)))
elementwise(np.arctan, lambda t, y, x: t / (1 + x * x))
elementwise(np.sinh, lambda t, y, x: t * np.cosh(x))
elementwise(np.cosh, lambda t, y, x: t * np.sinh(x))


#: Below this, 1 − tanh² x is good to 1e-13, since tanh x itself is good to 1e-16.
NEARLY_ONE = 0.998


def _largest(values: Any) -> Any:
    """Return the largest of some numbers; for a few of them, this is quicker than `max`."""
    if values.__class__ is not np.ndarray or values.dtype is not DOUBLE:
        values = primal(values).real  # a tangent may be in the imaginary part
    return values.item(values.argmax()) if values.size else 0.0


def _tanh(t: Any, y: Any, x: Any) -> Any:
    """1 − y², or 4 e / (1 + e)² with e = exp(−2|x|) where that is so small that it has few digits left."""
    square = y * y
    if (square if square.__class__ is np.float64 else _largest(square)) < NEARLY_ONE:
        return t - t * square
    e = np.exp(-2 * abs(x))
    return t * (4 * e / ((1 + e) * (1 + e)))


elementwise(np.tanh, _tanh)
elementwise(np.arcsinh, lambda t, y, x: t / np.hypot(1, x))
elementwise(np.arccosh, lambda t, y, x: t / np.sqrt((x - 1) * (x + 1)))
elementwise(np.arctanh, lambda t, y, x: t / ((1 - x) * (1 + x)))
for _degrees in (np.degrees, np.rad2deg):
    elementwise(_degrees, lambda t, y, x: t * (180 / math.pi))
for _radians in (np.radians, np.deg2rad):
    elementwise(_radians, lambda t, y, x: t * (math.pi / 180))
elementwise(
    np.hypot,
    lambda t, y, a, b: t * _direction(a, y),
    lambda t, y, a, b: t * _direction(b, y),
)
elementwise(
    np.arctan2,
    lambda t, y, a, b: t * _inverted(b, a),
    lambda t, y, a, b: -t * _inverted(a, b),
)


def _direction(a: Any, y: Any) -> Any:
    """Divide by the hypotenuse: a / y, and 0 at the origin, where the hypotenuse has a kink."""
    return a / np.where(y == 0, 1, y)


def _inverted(a: Any, b: Any) -> Any:
    """Return a / (a² + b²), without squares that overflow or vanish."""
    r = np.hypot(a, b)
    return a / r / r


# -- sin πx / πx, whose derivatives have no pole -------------------------------------------------------------------------


def _sinc_derivative(z: Any, *, n: int) -> Any:
    r"""Compute the n-th derivative of f(z) = sin z / z.

    Its series :math:`\sum_k (-1)^k z^{2k-n} / ((2k+1)\,(2k-n)!)` serves where :math:`|z| < n + 1`. Further out, the n-th
    derivative of z f(z) = sin z gives it from the one before, :math:`z f^{(n)} + n f^{(n-1)} = \sin(z + n \pi/2)`; nearer
    to 0, that would cancel.
    """
    kind = z.dtype
    z = np.asarray(z, dtype=np.float64)
    near = np.abs(z) < n + 1
    small, large = np.where(near, z, 0.0), np.where(near, 1.0, z)
    series = np.zeros(z.shape)
    for k in range((n + 1) // 2, (n + 1) // 2 + 20 + 2 * n):
        series += (-1) ** k * small ** (2 * k - n) / ((2 * k + 1) * math.factorial(2 * k - n))
    value = np.sin(large) / large
    for i in range(1, n + 1):
        value = (np.sin(large + i * (math.pi / 2)) - i * value) / large
    return np.where(near, series, value).astype(kind)[()]


_sinc = family("sinc", _sinc_derivative)
FUNCTIONS[np.sinc] = lambda x: _sinc(x * math.pi, n=0)


# -- Kinks -------------------------------------------------------------------------------------------------------------

for _absolute in (np.absolute, np.fabs):
    elementwise(_absolute, lambda t, y, x: t * np.sign(x), fun=_absolute)


def _wins(a: Any, b: Any, winner: Any) -> Any:
    """1 where `a` is the result alone, one half where both operands are, else 0."""
    a, b, winner = np.asarray(plain(a)), np.asarray(plain(b)), np.asarray(plain(winner))
    hit = (a == winner) | (np.isnan(a) & np.isnan(winner))
    tie = hit & ((b == winner) | (np.isnan(b) & np.isnan(winner)))
    return hit.astype(winner.dtype) * np.where(tie, 0.5, 1).astype(winner.dtype)


for _extreme in (np.maximum, np.fmax, np.minimum, np.fmin):
    elementwise(_extreme, lambda t, y, a, b: t * _wins(a, b, y), lambda t, y, a, b: t * _wins(b, a, y))
elementwise(np.copysign, lambda t, y, a, b: t * (np.sign(a) * np.sign(y)), None)

#: Comparisons, rounding and the like: constant wherever they are continuous.
CONSTANT |= {
    np.sign, np.heaviside, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide, np.signbit, np.spacing, np.equal,
    np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.logical_and, np.logical_or, np.logical_not,
    np.logical_xor, np.isfinite, np.isinf, np.isnan, np.isnat,
}  # fmt: skip

# -- Object arrays -----------------------------------------------------------------------------------------------------

# `np.array([u, v])` of traced numbers is an object array, and NumPy works on those by calling the method of each element
# that has the ufunc's name: np.sin calls u.sin().


def _named(ufunc: Any) -> Callable[..., Any]:
    """Return the method through which a ufunc reaches the elements of an object array."""
    return lambda self, *others: UFUNCS[ufunc](self, *others)


for _ufunc in (
    np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh,
    np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.cbrt, np.arctan2, np.hypot, np.fabs,
    np.degrees, np.radians, np.rad2deg, np.deg2rad, np.conjugate,
):  # fmt: skip
    if not hasattr(Tracer, _ufunc.__name__):
        setattr(Tracer, _ufunc.__name__, _named(_ufunc))
for _name, _rounding in {
    "__floor__": np.floor,
    "__ceil__": np.ceil,
    "__trunc__": np.trunc,
    "rint": np.rint,
}.items():
    setattr(Tracer, _name, lambda self, _ufunc=_rounding: _ufunc(plain(self)))
