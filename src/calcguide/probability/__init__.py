r"""Probability as area: expectations, entropies and likelihoods of densities given as functions.

.. math:: \operatorname{E}[g(X)] = \int g(x) \, p(x) \, dx
"""

from calcguide.probability._change_of_variables import change_of_variables
from calcguide.probability._gradient_estimators import (
    GradientEstimate,
    reparameterised_gradient,
    score_function_gradient,
)
from calcguide.probability._likelihood import (
    LikelihoodResult,
    log_likelihood,
    maximum_likelihood,
    newton_step,
    observed_information,
    score,
)

__all__ = [
    "GradientEstimate",
    "LikelihoodResult",
    "change_of_variables",
    "log_likelihood",
    "maximum_likelihood",
    "newton_step",
    "observed_information",
    "reparameterised_gradient",
    "score",
    "score_function_gradient",
]
