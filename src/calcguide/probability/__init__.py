r"""Probability as area: expectations, entropies and likelihoods of densities given as functions.

.. math:: \operatorname{E}[g(X)] = \int g(x) \, p(x) \, dx
"""

from calcguide.probability._change_of_variables import change_of_variables
from calcguide.probability._densities import normalising_constant
from calcguide.probability._distribution import cdf, probability, quantile
from calcguide.probability._gradient_estimators import (
    GradientEstimate,
    reparameterised_gradient,
    score_function_gradient,
)
from calcguide.probability._information import cross_entropy, entropy, kl_divergence, mutual_information
from calcguide.probability._likelihood import (
    LikelihoodResult,
    log_likelihood,
    maximum_likelihood,
    newton_step,
    observed_information,
    score,
)
from calcguide.probability._moments import expectation, mean, moment, variance

__all__ = [
    "GradientEstimate",
    "LikelihoodResult",
    "cdf",
    "change_of_variables",
    "cross_entropy",
    "entropy",
    "expectation",
    "kl_divergence",
    "log_likelihood",
    "maximum_likelihood",
    "mean",
    "moment",
    "mutual_information",
    "newton_step",
    "normalising_constant",
    "observed_information",
    "probability",
    "quantile",
    "reparameterised_gradient",
    "score",
    "score_function_gradient",
    "variance",
]
