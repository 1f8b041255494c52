r"""Integrals as limits of sums.

.. math:: \int_a^b f(x) \, dx = \lim_{n \to \infty} \sum_{i=1}^{n} f(x_i) \, \frac{b - a}{n}
"""

from calcguide._results import AccuracyWarning, IntegralResult
from calcguide.integrate._rules import (
    gauss_hermite,
    gauss_laguerre,
    gauss_legendre,
    riemann_sum,
    simpson,
    trapezoid,
)
from calcguide.integrate._tanh_sinh import tanh_sinh

__all__ = [
    "AccuracyWarning",
    "IntegralResult",
    "gauss_hermite",
    "gauss_laguerre",
    "gauss_legendre",
    "riemann_sum",
    "simpson",
    "tanh_sinh",
    "trapezoid",
]
