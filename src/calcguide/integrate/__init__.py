r"""Integrals as limits of sums.

.. math:: \int_a^b f(x) \, dx = \lim_{n \to \infty} \sum_{i=1}^{n} f(x_i) \, \frac{b - a}{n}
"""

from calcguide._results import AccuracyWarning as AccuracyWarning  # the reference has it with `differences`
from calcguide._results import IntegralResult
from calcguide.integrate._area import area
from calcguide.integrate._cumulative import cumulative, cumulative_integral
from calcguide.integrate._double import double_integral
from calcguide.integrate._integral import integral
from calcguide.integrate._monte_carlo import (
    SampledResult,
    importance_sampling,
    monte_carlo,
    quasi_monte_carlo,
)
from calcguide.integrate._romberg import RombergResult, romberg
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
    "IntegralResult",
    "RombergResult",
    "SampledResult",
    "area",
    "cumulative",
    "cumulative_integral",
    "double_integral",
    "gauss_hermite",
    "gauss_laguerre",
    "gauss_legendre",
    "importance_sampling",
    "integral",
    "monte_carlo",
    "quasi_monte_carlo",
    "riemann_sum",
    "romberg",
    "simpson",
    "tanh_sinh",
    "trapezoid",
]
