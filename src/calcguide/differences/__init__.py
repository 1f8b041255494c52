r"""Derivatives as limits: gradients, Jacobians and Hessians from function values alone.

.. math:: f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}
"""

from calcguide._results import AccuracyWarning, DifferenceResult
from calcguide.differences._coloring import Coloring, color_columns
from calcguide.differences._derivative import derivative
from calcguide.differences._space import (
    directional_derivative,
    gradient,
    hessian,
    jacobian,
    partial_derivative,
)
from calcguide.differences._steps import StepSize, step_size

__all__ = [
    "AccuracyWarning",
    "Coloring",
    "DifferenceResult",
    "StepSize",
    "color_columns",
    "derivative",
    "directional_derivative",
    "gradient",
    "hessian",
    "jacobian",
    "partial_derivative",
    "step_size",
]
