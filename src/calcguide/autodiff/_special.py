"""Primitives of scipy.special: the functions of logistic models, normal distributions, likelihoods and oscillations.

Each is a ufunc, so that it takes part by itself; only its derivative stands here. It is written with functions that have
rules in turn, so that all orders follow, and without the cancellations that the textbook form has far from the origin.

References: NIST Digital Library of Mathematical Functions. https://dlmf.nist.gov/
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from calcguide.autodiff._core import Rule
from calcguide.autodiff._elementwise import LN2, LN10, elementwise
from calcguide.autodiff._kinds import family
from calcguide.autodiff._shaping import astype
from calcguide.autodiff._tracer import CONSTANT, INSTEAD, UFUNCS, plain

SQRT_PI = math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2 * math.pi)


def _unknown(name: str, operand: str) -> Rule:
    """Return the rule of an operand by which the derivative has no formula at hand: it refuses."""

    def rule(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"the derivative of scipy.special.{name} with respect to `{operand}` is not covered by autodiff: give it rules "
            "with autodiff.custom"
        )

    return rule


def _declare(name: str, *rules: Rule | None) -> None:
    """Declare the derivatives of a ufunc of scipy.special, if this version has it."""
    ufunc = getattr(special, name, None)
    if isinstance(ufunc, np.ufunc) and ufunc not in UFUNCS:
        elementwise(ufunc, *rules)


def _by(derivative: Callable[..., Any]) -> Rule:
    """Return the rule of a function whose derivative is given."""
    return lambda t, y, *operands: t * derivative(*operands)


# -- Logistic functions ------------------------------------------------------------------------------------------------

# y (1 − y) would lose all digits where y is close to 1; the logistic function of −x has them.
_declare("expit", lambda t, y, x: t * (y * special.expit(-x)))
_declare("log_expit", lambda t, y, x: t * special.expit(-x))
_declare("logit", lambda t, y, x: t / (x * (1 - x)))
_declare("softplus", lambda t, y, x: t * special.expit(x))

# -- Error functions and the normal distribution -------------------------------------------------------------------------


def _bell(x: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return np.exp(-x * x / 2) / SQRT_2PI


_declare("erf", lambda t, y, x: t * (2 / SQRT_PI * np.exp(-x * x)))
_declare("erfc", lambda t, y, x: t * (-2 / SQRT_PI * np.exp(-x * x)))
_declare("erfcx", lambda t, y, x: t * (2 * x * y - 2 / SQRT_PI))
_declare("erfi", lambda t, y, x: t * (2 / SQRT_PI * np.exp(x * x)))
_declare("dawsn", lambda t, y, x: t * (1 - 2 * x * y))
_declare("erfinv", lambda t, y, x: t * (SQRT_PI / 2 * np.exp(y * y)))
_declare("erfcinv", lambda t, y, x: t * (-SQRT_PI / 2 * np.exp(y * y)))
_declare("ndtr", lambda t, y, x: t * _bell(x))
_declare("ndtri", lambda t, y, x: t * (SQRT_2PI * np.exp(y * y / 2)))
# φ/Φ: both vanish far to the left, where their quotient grows like −x.
_declare("log_ndtr", lambda t, y, x: t * (math.sqrt(2 / math.pi) / special.erfcx(x * -math.sqrt(0.5))))

# -- Gamma and its relatives -------------------------------------------------------------------------------------------


def _polygamma_of(x: Any, *, n: int) -> Any:
    """Compute the n-th derivative of the digamma function, in the precision of x."""
    return special.polygamma(n, x).astype(np.asarray(x).dtype)[()]


#: ψ⁽ⁿ⁾ in the order of the engine's operands; SciPy's function of this name is not a ufunc.
polygamma = family("polygamma", _polygamma_of)
_declare("gamma", lambda t, y, x: t * (y * special.digamma(x)))
_declare("rgamma", lambda t, y, x: t * (-y * special.digamma(x)))
for _name in ("gammaln", "loggamma"):
    _declare(_name, _by(special.digamma))
for _name in ("digamma", "psi"):
    _declare(_name, lambda t, y, x: t * polygamma(x, n=1))
_declare(
    "beta",
    lambda t, y, a, b: t * (y * (special.digamma(a) - special.digamma(a + b))),
    lambda t, y, a, b: t * (y * (special.digamma(b) - special.digamma(a + b))),
)
_declare(
    "betaln",
    lambda t, y, a, b: t * (special.digamma(a) - special.digamma(a + b)),
    lambda t, y, a, b: t * (special.digamma(b) - special.digamma(a + b)),
)


def _gamma_density(a: Any, x: Any) -> Any:
    """Return the density of the gamma distribution, in the precision of x."""
    return astype(np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)), plain(x).dtype)


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    """Return the density of the beta distribution, in the precision of x."""
    exponent = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)
    return astype(np.exp(exponent), plain(x).dtype)


_declare("gammainc", _unknown("gammainc", "a"), _by(_gamma_density))
_declare("gammaincc", _unknown("gammaincc", "a"), lambda t, y, a, x: -t * _gamma_density(a, x))
_declare("betainc", _unknown("betainc", "a"), _unknown("betainc", "b"), _by(_beta_density))

# -- Logarithms of likelihoods, and entropies ----------------------------------------------------------------------------


def _ratio(x: Any, y: Any) -> Any:
    """X / y, where 0 / 0 is 0: an outcome that does not happen weighs nothing."""
    return x / np.where((x == 0) & (y == 0), 1, y)


_declare("xlogy", lambda t, y, a, b: t * np.log(b), lambda t, y, a, b: t * _ratio(a, b))
_declare("xlog1py", lambda t, y, a, b: t * np.log1p(b), lambda t, y, a, b: t * _ratio(a, 1 + b))
_declare("entr", lambda t, y, x: t * (-np.log(x) - 1))
_declare("rel_entr", lambda t, y, a, b: t * (np.log(a / b) + 1), lambda t, y, a, b: -t * _ratio(a, b))
_declare("kl_div", lambda t, y, a, b: t * np.log(a / b), lambda t, y, a, b: t * (1 - _ratio(a, b)))
_declare(
    "huber",
    lambda t, y, delta, r: t * np.maximum(np.abs(r) - delta, 0.0),
    lambda t, y, delta, r: t * np.clip(r, -delta, delta),
)
_declare(
    "pseudo_huber",
    lambda t, y, delta, r: t * ((2 * y - r * r / np.hypot(1, r / delta)) / delta),
    lambda t, y, delta, r: t * (r / np.hypot(1, r / delta)),
)

# -- Exponentials, logarithms and sines in SciPy's own versions ----------------------------------------------------------

_declare("exp2", lambda t, y, x: t * (y * LN2))
_declare("exp10", lambda t, y, x: t * (y * LN10))
_declare("expm1", _by(np.exp))
_declare("log1p", lambda t, y, x: t / (1 + x))
_declare("cbrt", lambda t, y, x: t / (3 * y * y))
_declare("cosm1", lambda t, y, x: -t * np.sin(x))
_declare("sindg", lambda t, y, x: t * (special.cosdg(x) * (math.pi / 180)))
_declare("cosdg", lambda t, y, x: t * (special.sindg(x) * (-math.pi / 180)))
_declare("expi", lambda t, y, x: t * (np.exp(x) / x))
_declare("exp1", lambda t, y, x: t * (-np.exp(-x) / x))
CONSTANT.add(special.round)
CONSTANT.add(special.gammasgn)

# -- Bessel functions: neighbours in order give the derivative -----------------------------------------------------------


def _order(name: str) -> Rule:
    return _unknown(name, "v")


_declare("j0", lambda t, y, x: -t * special.j1(x))
_declare("j1", lambda t, y, x: t * (special.j0(x) - special.jv(2, x)) / 2)
_declare("jv", _order("jv"), lambda t, y, v, x: t * (special.jv(v - 1, x) - special.jv(v + 1, x)) / 2)
_declare("y0", lambda t, y, x: -t * special.y1(x))
_declare("y1", lambda t, y, x: t * (special.y0(x) - special.yv(2, x)) / 2)
_declare("yv", _order("yv"), lambda t, y, v, x: t * (special.yv(v - 1, x) - special.yv(v + 1, x)) / 2)
_declare("i0", lambda t, y, x: t * special.i1(x))
_declare("i1", lambda t, y, x: t * (special.i0(x) + special.iv(2, x)) / 2)
_declare("iv", _order("iv"), lambda t, y, v, x: t * (special.iv(v - 1, x) + special.iv(v + 1, x)) / 2)
_declare("k0", lambda t, y, x: -t * special.k1(x))
_declare("k1", lambda t, y, x: -t * (special.k0(x) + special.kv(2, x)) / 2)
_declare("kv", _order("kv"), lambda t, y, v, x: -t * (special.kv(v - 1, x) + special.kv(v + 1, x)) / 2)
# Scaled by exp(−|x|).
_declare("i0e", lambda t, y, x: t * (special.i1e(x) - np.sign(x) * y))
_declare("i1e", lambda t, y, x: t * ((special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * y))
_declare(
    "ive",
    _order("ive"),
    lambda t, y, v, x: t * ((special.ive(v - 1, x) + special.ive(v + 1, x)) / 2 - np.sign(x) * y),
)

# -- What is not a ufunc -------------------------------------------------------------------------------------------------

INSTEAD.update(
    {
        # These take plain arrays only; the name is all that is left to recognise them by.
        "scipy.special.softmax": "use autodiff.softmax",
        "scipy.special.log_softmax": "use x - autodiff.logsumexp(x, axis=axis, keepdims=True)",
        "scipy.special.logsumexp": "use autodiff.logsumexp",
        "scipy.special.polygamma": "use autodiff.derivative(scipy.special.digamma, n=n)",
    }
)
