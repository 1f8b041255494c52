r"""Functions as polynomials: Taylor series, remainders, local models.

.. math:: f(x) = \sum_{k=0}^{n} \frac{f^{(k)}(x_0)}{k!} (x - x_0)^k + R_n(x)
"""

from calcguide.series import _elementary  # noqa: F401  # it fills the table of rules
from calcguide.series._jet import jet
from calcguide.series._local_model import LocalModel, NewtonStep, local_model
from calcguide.series._polynomial import TaylorPolynomial
from calcguide.series._radius import RadiusResult, radius_of_convergence
from calcguide.series._remainder import RemainderBound, remainder_bound
from calcguide.series._taylor import taylor

__all__ = [
    "LocalModel",
    "NewtonStep",
    "RadiusResult",
    "RemainderBound",
    "TaylorPolynomial",
    "jet",
    "local_model",
    "radius_of_convergence",
    "remainder_bound",
    "taylor",
]
