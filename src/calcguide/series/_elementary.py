r"""Elementary functions of power series: each solves a differential equation of first order.

Most functions :math:`y = \varphi(u)` have a derivative that is easier than themselves, and the chain rule

.. math:: y' = \varphi'(u)\, u', \qquad k\, y_k = \sum_{j=1}^{k} j\, u_j\, v_{k-j}, \qquad v = \varphi'(u)

gives their coefficients from those of :math:`v`: the logarithm from 1/u, the arctangent from 1/(1 + u²). Where
:math:`\varphi'` is a function of y itself, y and v grow together, coefficient by coefficient: in the exponential function
v = y, in the tangent v = 1 + y². The sine and the cosine are each other's v.

References: Griewank, A. and Walther, A. (2008). Evaluating Derivatives, chapter 13.
https://doi.org/10.1137/1.9780898717761
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from scipy import special

from calcguide.series._jet import (
    RULES,
    Coefficients,
    Jet,
    at,
    differential,
    dot,
    general_power,
    integral,
    number,
    over,
    pair,
    product,
    quotient,
    value,
    whole_power,
)

LN2, LN10 = math.log(2), math.log(10)
SQRT_PI, SQRT_2PI = math.sqrt(math.pi), math.sqrt(2 * math.pi)

Rule = Callable[..., Any]


def _declare(ufunc: Any, rule: Rule) -> None:
    """Enter a rule under a ufunc and under the one of scipy.special with the same name."""
    for one in {ufunc, getattr(special, ufunc.__name__, ufunc)}:
        RULES[one] = rule


# -- Arithmetic --------------------------------------------------------------------------------------------------------


def _add(u: Any, w: Any) -> Any:
    """Return u + w."""
    if not isinstance(w, Jet):
        return u.like([u.c[0] + number(w), *u.c[1:]])
    if not isinstance(u, Jet):
        return _add(w, u)
    one, a, b = pair(u, w)
    return one.like([p + q for p, q in zip(a, b, strict=True)])


def _subtract(u: Any, w: Any) -> Any:
    """Return u − w."""
    return _add(u, -w) if isinstance(w, Jet) else u.like([u.c[0] - number(w), *u.c[1:]])


def _multiply(u: Any, w: Any) -> Any:
    """Return u w."""
    if not isinstance(w, Jet):
        factor = number(w)
        return u.like([c * factor for c in u.c])
    if not isinstance(u, Jet):
        return _multiply(w, u)
    one, a, b = pair(u, w)
    return one.like(product(a, b))


def _divide(u: Any, w: Any) -> Any:
    """Return u / w."""
    if not isinstance(w, Jet):
        divisor = number(w)
        return u.like([over(c, divisor) for c in u.c])
    one, a, b = pair(u, w)
    return one.like(quotient(a, b))


def _power(u: Any, r: Any) -> Any:
    """Return uʳ: a product where r is a whole number, by its differential equation where it is another constant."""
    if isinstance(r, Jet):
        return np.exp(r * np.log(u))
    r = number(r)
    if np.ndim(r):
        result = np.nan
        for exponent in np.unique(r):
            result = _where(r == exponent, _power(u, float(exponent)), result)
        return result
    if r < 0 or r != np.floor(r) or np.isinf(r):  # 1/uⁿ would cancel where uⁿ has coefficients of both signs
        return u.like(general_power(u.c, r, at(np.power, u.c[0], r)))
    if r == 0:
        return u.like(u.constant(at(np.ones_like, u.c[0])))
    return u.like(whole_power(u.c, int(r)))


def _root(ufunc: Any, r: float) -> None:
    """Declare a root: the power r, with a value that is right to the last digit, and for negative bases if it has one."""
    _declare(ufunc, lambda u: u.like(general_power(u.c, r, at(ufunc, u.c[0]))))


_declare(np.add, _add)
_declare(np.subtract, _subtract)
_declare(np.multiply, _multiply)
_declare(np.divide, _divide)
_declare(np.power, _power)
_declare(np.float_power, _power)
_declare(np.negative, lambda u: -u)
_declare(np.positive, lambda u: u)
_declare(np.conjugate, lambda u: u)
_declare(np.reciprocal, lambda u: 1 / u)
_declare(np.square, lambda u: u * u)
_root(np.sqrt, 1 / 2)
_root(np.cbrt, 1 / 3)
for _degrees in (np.degrees, np.rad2deg):
    _declare(_degrees, lambda u: u * (180 / math.pi))
for _radians in (np.radians, np.deg2rad):
    _declare(_radians, lambda u: u * (math.pi / 180))

# -- Functions whose derivative is a function of themselves ------------------------------------------------------------


def exponential(y0: Any, slope: Coefficients) -> Coefficients:
    """Return y = exp(w) from w': y' = w' y, so that k y_k = Σ_j j w_j y_{k−j}."""
    y = [y0]
    for k in range(1, len(slope) + 1):
        y.append(dot(slope, y[::-1]) / k)
    return y


def _exponential(ufunc: Any, logarithm: float = 1.0) -> None:
    """Declare the exponential function of the base with this logarithm."""
    _declare(
        ufunc,
        lambda u: u.like(exponential(at(ufunc, u.c[0]), [c * logarithm for c in differential(u.c)])),
    )


def _self_made(ufunc: Any, v0: Rule, q: float, r: float) -> None:
    """Declare y = φ(u) with y' = v u' and v = p + q y + r y²; `v0` gives its value without the cancellation of the sum."""

    def rule(u: Jet) -> Jet:
        y, v, du = [at(ufunc, u.c[0])], [at(v0, u.c[0])], differential(u.c)
        for k in range(1, len(u.c)):
            y.append(dot(du, v[::-1]) / k)
            v.append(q * y[k] + r * dot(y, y[::-1]))
        return u.like(y)

    _declare(ufunc, rule)


def rotated(s0: Any, c0: Any, u: Coefficients, sign: int) -> tuple[Coefficients, Coefficients]:
    """Return the sine and the cosine: s' = c u' and c' = −s u'; with the sign +1, the hyperbolic ones."""
    s, c, du = [s0], [c0], differential(u)
    for k in range(1, len(u)):
        sk, ck = dot(du, c[::-1]) / k, sign * dot(du, s[::-1]) / k
        s.append(sk)
        c.append(ck)
    return s, c


def _pair_of(sine: Any, cosine: Any, sign: int) -> None:
    """Declare a sine and a cosine."""

    def both(u: Jet) -> tuple[Coefficients, Coefficients]:
        return rotated(at(sine, u.c[0]), at(cosine, u.c[0]), u.c, sign)

    _declare(sine, lambda u: u.like(both(u)[0]))
    _declare(cosine, lambda u: u.like(both(u)[1]))


_exponential(np.exp)
_exponential(np.exp2, LN2)
_exponential(special.exp10, LN10)
_declare(np.expm1, lambda u: u.like([at(np.expm1, u.c[0]), *np.exp(u).c[1:]]))
_pair_of(np.sin, np.cos, -1)
_pair_of(np.sinh, np.cosh, +1)
_self_made(np.tan, lambda x: 1 + np.tan(x) ** 2, 0, 1)
_self_made(np.tanh, lambda x: np.cosh(x) ** -2.0, 0, -1)
_self_made(special.expit, lambda x: special.expit(x) * special.expit(-x), 1, -1)

# -- Functions whose derivative is easier than themselves --------------------------------------------------------------


def by_slope(ufunc: Any, slope: Rule) -> None:
    """Declare y = φ(u) with y' = φ'(u) u'."""
    _declare(ufunc, lambda u: u.like(integral(at(ufunc, u.c[0]), product(slope(u).c, differential(u.c)))))


by_slope(np.log, lambda u: 1 / u)
by_slope(np.log2, lambda u: 1 / (u * LN2))
by_slope(np.log10, lambda u: 1 / (u * LN10))
by_slope(np.log1p, lambda u: 1 / (1 + u))
by_slope(np.arcsin, lambda u: ((1 - u) * (1 + u)) ** -0.5)
by_slope(np.arccos, lambda u: -(((1 - u) * (1 + u)) ** -0.5))
by_slope(np.arctan, lambda u: 1 / (1 + u * u))
by_slope(np.arcsinh, lambda u: (1 + u * u) ** -0.5)
by_slope(np.arccosh, lambda u: ((u - 1) * (u + 1)) ** -0.5)
by_slope(np.arctanh, lambda u: 1 / ((1 - u) * (1 + u)))
by_slope(special.logit, lambda u: 1 / (u * (1 - u)))
by_slope(special.log_expit, lambda u: special.expit(-u))
by_slope(special.erf, lambda u: 2 / SQRT_PI * np.exp(-u * u))
by_slope(special.erfc, lambda u: -2 / SQRT_PI * np.exp(-u * u))
by_slope(special.erfi, lambda u: 2 / SQRT_PI * np.exp(u * u))
by_slope(special.ndtr, lambda u: np.exp(-u * u / 2) / SQRT_2PI)
by_slope(special.entr, lambda u: -np.log(u) - 1)
if hasattr(special, "softplus"):  # not in every SciPy
    by_slope(special.softplus, special.expit)

# -- Functions of two operands -----------------------------------------------------------------------------------------


def _of_two(ufunc: Any, slopes: Callable[[Jet, Jet], tuple[Jet, Jet]]) -> None:
    """Declare y = φ(a, b) with y' = φ_a a' + φ_b b'."""

    def rule(u: Any, w: Any) -> Jet:
        one, a, b = pair(u, w)
        by_a, by_b = slopes(one.like(a), one.like(b))
        parts = zip(product(by_a.c, differential(a)), product(by_b.c, differential(b)), strict=True)
        return one.like(integral(at(ufunc, a[0], b[0]), [p + q for p, q in parts]))

    _declare(ufunc, rule)


def _angle(a: Jet, b: Jet) -> tuple[Jet, Jet]:
    """Return the partial derivatives of the angle of the point (b, a): b/r² and −a/r²."""
    square = a * a + b * b
    return b / square, -a / square


def _hypotenuse(u: Any, w: Any) -> Jet:
    """Return √(u² + w²)."""
    one, a, b = pair(u, w)
    square = [p + q for p, q in zip(product(a, a), product(b, b), strict=True)]
    return one.like(general_power(square, 1 / 2, at(np.hypot, a[0], b[0])))


_declare(np.hypot, _hypotenuse)
_of_two(np.arctan2, _angle)
_of_two(np.logaddexp, lambda a, b: (special.expit(a - b), special.expit(b - a)))
# 0 log b is 0 whatever b is, but only while the factor is the constant 0.
_declare(special.xlogy, lambda a, b: 0 * b if _is_zero(a) else a * np.log(b))
_declare(special.xlog1py, lambda a, b: 0 * b if _is_zero(a) else a * np.log1p(b))


def _is_zero(operand: Any) -> bool:
    return not isinstance(operand, Jet) and not np.any(operand)


# -- Gamma and its relatives -------------------------------------------------------------------------------------------


def _digamma(u: Jet) -> Jet:
    """Return ψ(u), by Horner's scheme in powers of u − u_0, from ψ⁽ᵏ⁾(u_0)/k! = (−1)ᵏ⁺¹ ζ(k + 1, u_0)."""
    step, y = u.like([0.0, *u.c[1:]]), u.like(u.constant(0.0))
    for k in range(len(u.c) - 1, 0, -1):
        y = (y + (-1) ** (k + 1) * at(special.zeta, k + 1, u.c[0])) * step
    return y + at(special.digamma, u.c[0])  # type: ignore[no-any-return]  # of two series, one


for _psi in {special.digamma, special.psi}:
    _declare(_psi, _digamma)
by_slope(special.gammaln, _digamma)
_declare(
    special.gamma,
    lambda u: u.like(exponential(at(special.gamma, u.c[0]), product(_digamma(u).c, differential(u.c)))),
)

# -- Branches ----------------------------------------------------------------------------------------------------------


def _where(condition: Any, u: Any = None, w: Any = None) -> Any:
    """Take each element from one of two series; the condition is constant nearby."""
    if not isinstance(u, Jet) and not isinstance(w, Jet):
        return np.where(value(condition), u, w)
    one, a, b = pair(u, w)
    chosen = value(condition)
    return one.like([_plain(np.where(chosen, p, q)) for p, q in zip(a, b, strict=True)])


def _plain(array: Any) -> Any:
    """Return an array without dimensions as a float."""
    return array if array.ndim else float(array)


def _with_kink(y0: Any, u: Jet, smooth: Any) -> Jet:
    """Return the series with this value, and with no further coefficients where it is not smooth."""
    return u.like([y0, *(_plain(np.where(smooth, c, np.nan)) for c in u.c[1:])])


def _absolute(u: Jet) -> Jet:
    """Return |u| = ±u; at 0 only the value exists."""
    return _with_kink(at(np.abs, u.c[0]), u * np.sign(u.c[0]), u.c[0] != 0)


def _extreme(ufunc: Any, first_wins: Any) -> None:
    """Declare the larger or the smaller of two series; of equal values only the value exists, unless they are one."""

    def rule(u: Any, w: Any) -> Jet:
        one, a, b = pair(u, w)
        chosen = _where(first_wins(a[0], b[0]), one.like(a), one.like(b))
        same = reduce(np.logical_and, map(np.equal, a, b))
        return _with_kink(at(ufunc, a[0], b[0]), chosen, (a[0] != b[0]) | same)

    _declare(ufunc, rule)


for _abs in (np.absolute, np.fabs):
    _declare(_abs, _absolute)
_declare(np.sign, lambda u: _with_kink(at(np.sign, u.c[0]), u * 0, u.c[0] != 0))
for _larger in (np.maximum, np.fmax):
    _extreme(_larger, np.greater)
for _smaller in (np.minimum, np.fmin):
    _extreme(_smaller, np.less)
RULES[np.where] = _where

# -- Sums --------------------------------------------------------------------------------------------------------------


def _linear(function: Any) -> Rule:
    """Return the rule of a linear function: it acts on each coefficient by itself."""
    return lambda u, *args, **options: u.like(
        [_plain(np.asarray(function(np.broadcast_to(c, u.shape), *args, **options))) for c in u.c]
    )


for _sum in (np.sum, np.mean):
    RULES[_sum] = _linear(_sum)
