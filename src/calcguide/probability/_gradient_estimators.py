r"""Two ways to differentiate an expectation that is known by samples only.

.. math:: \nabla_\theta \operatorname{E}\bigl[f\bigl(g(\varepsilon, \theta)\bigr)\bigr]
   = \operatorname{E}\bigl[\nabla_\theta f\bigl(g(\varepsilon, \theta)\bigr)\bigr],
   \qquad
   \nabla_\theta \operatorname{E}_{x \sim p_\theta}[f(x)]
   = \operatorname{E}\bigl[f(x) \, \nabla_\theta \log p(x; \theta)\bigr]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import Result
from calcguide._typing import Array, Function
from calcguide._validation import as_float, check_callable
from calcguide.probability._densities import real
from calcguide.probability._parameters import Parameters, as_observations, one_each, slopes

BASELINES = ("mean", "optimal")


@dataclass(frozen=True, repr=False)
class GradientEstimate(Result):
    r"""A gradient estimated from samples, with how much it scatters.

    Attributes
    ----------
    value : float, ndarray or container
        The mean of the samples' gradients, in the form of the parameters, as are the next two.
    error : float, ndarray or container
        Standard error of `value`: the root of `variance` / n.
    variance : float, ndarray or container
        Variance of the gradient of one sample: what makes one estimator better than another.
    n : int
        Number of samples.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.probability import reparameterised_gradient
    >>> noise = np.random.default_rng(0).normal(size=10_000)
    >>> found = reparameterised_gradient(np.square, lambda e, theta: theta + e, 1.0, noise)
    >>> abs(found.value - 2.0) < 3 * found.error, round(found.variance)
    (True, 4)
    """

    value: Any
    error: Any
    variance: Any
    n: int


def reparameterised_gradient(f: Function, transform: Function, theta: Any, noise: Any) -> GradientEstimate:
    r"""Estimate the gradient of an expectation by moving the samples.

    .. math:: \nabla_\theta \operatorname{E}[f(x)] \approx
       \frac{1}{n} \sum_{i=1}^{n} \nabla_\theta f\bigl(g(\varepsilon_i, \theta)\bigr),
       \qquad x = g(\varepsilon, \theta)

    Parameters
    ----------
    f : callable
        The function whose expectation it is, differentiable, written with NumPy: takes samples, one a row, and returns
        one number for each, shape (n,).
    transform : callable
        Called as ``transform(noise, theta)``: makes samples of x, one a row, out of noise whose distribution does not
        depend on the parameters.
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    noise : array_like, or container of arrays
        Samples of the noise along the first axis.

    Returns
    -------
    GradientEstimate
        The result with `value`, `error`, `variance` and `n`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, a function returns another shape, or a gradient is not finite.
    TypeError
        If an argument is of the wrong type.

    See Also
    --------
    score_function_gradient : Needs no derivative of f.
    calcguide.integrate.monte_carlo : The expectation itself.

    Notes
    -----
    Unbiased where f is continuous and differentiable almost everywhere [1]_; a jump of f has no derivative, and what it
    contributes is lost without a trace. The standard error falls as :math:`1/\sqrt{n}`. Cost: one pass of forward mode
    with arrays p times as large, for p parameters, since each sample's gradient is wanted for the variance.

    References
    ----------
    .. [1] Mohamed, S., Rosca, M., Figurnov, M., and Mnih, A. (2020). Monte Carlo gradient estimation in machine
       learning. Journal of Machine Learning Research 21(132), 1-62.

    Examples
    --------
    For a normal variable with mean θ and standard deviation 1, the gradient of E[x²] is 2θ, and one sample's gradient
    2 (θ + ε) has variance 4:

    >>> import numpy as np
    >>> from calcguide.probability import reparameterised_gradient
    >>> noise = np.random.default_rng(0).normal(size=100_000)
    >>> found = reparameterised_gradient(lambda x: x**2, lambda e, theta: theta + e, 3.0, noise)
    >>> round(found.value, 1), round(found.variance, 1)
    (6.0, 4.0)
    """
    for name, function in (("f", f), ("transform", transform)):
        check_callable(name, function)
    parameters = Parameters.of("theta", theta)
    eps, n = as_observations("noise", noise)

    def values(vector: Any) -> Any:
        return one_each("f", f(transform(eps, parameters.restore(vector))), n)

    with np.errstate(all="ignore"):
        samples = slopes(values, parameters.vector, n)
    return _estimate(samples, parameters)


def score_function_gradient(
    f: Function, logpdf: Function, theta: Any, samples: Any, *, baseline: float | str | None = None
) -> GradientEstimate:
    r"""Estimate the gradient of an expectation by moving the probabilities.

    .. math:: \nabla_\theta \operatorname{E}[f(x)] \approx
       \frac{1}{n} \sum_{i=1}^{n} \bigl(f(x_i) - b_i\bigr) \, \nabla_\theta \log p(x_i; \theta)

    Parameters
    ----------
    f : callable
        The function whose expectation it is; it need not be differentiable, or known as a formula. Takes samples, one a
        row, and returns one number for each, shape (n,).
    logpdf : callable
        Logarithm of the density, or of the probabilities, written with NumPy: called as ``logpdf(samples, theta)``, it
        returns one number for each sample.
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    samples : array_like, or container of arrays
        Samples of x, drawn at these parameters, along the first axis.
    baseline : float or {"mean", "optimal"}, optional
        What is subtracted from f to make the variance smaller. A number must not come from these samples. "mean" is
        the mean of f over the other samples; "optimal" their mean weighted by the square of the score, the baseline of
        least variance, for each parameter its own.

    Returns
    -------
    GradientEstimate
        The result with `value`, `error`, `variance` and `n`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, a function returns another shape, or a value is not finite.
    TypeError
        If an argument is of the wrong type.

    See Also
    --------
    reparameterised_gradient : Often of less variance; needs a differentiable f.
    score : The gradient of the log-likelihood.

    Notes
    -----
    Unbiased, with any baseline that does not depend on the sample it is subtracted from, since the expectation of the
    score is 0. So "mean" and "optimal" leave each sample out of its own baseline [1]_. In policy gradients this is
    REINFORCE [2]_. The support of the density must not depend on the parameters.

    References
    ----------
    .. [1] Mohamed, S., Rosca, M., Figurnov, M., and Mnih, A. (2020). Monte Carlo gradient estimation in machine
       learning. Journal of Machine Learning Research 21(132), 1-62.
    .. [2] Williams, R. J. (1992). Simple statistical gradient-following algorithms for connectionist reinforcement
       learning. Machine Learning 8, 229-256. https://doi.org/10.1007/BF00992696

    Examples
    --------
    For a normal variable with mean θ and standard deviation 1, the gradient of E[x²] is 2θ. One sample's gradient has
    variance θ⁴ + 14 θ² + 15; with the best baseline, θ² + 3, it is 8 θ² + 6:

    >>> import numpy as np
    >>> from calcguide.probability import score_function_gradient
    >>> def logpdf(x, theta):
    ...     return -((x - theta) ** 2) / 2
    >>> x = 1.0 + np.random.default_rng(0).normal(size=200_000)
    >>> alone = score_function_gradient(np.square, logpdf, 1.0, x)
    >>> helped = score_function_gradient(np.square, logpdf, 1.0, x, baseline="optimal")
    >>> round(alone.value, 1), round(helped.value, 1)
    (2.0, 2.0)
    >>> round(alone.variance), round(helped.variance)
    (30, 14)
    """
    for name, function in (("f", f), ("logpdf", logpdf)):
        check_callable(name, function)
    parameters = Parameters.of("theta", theta)
    x, n = as_observations("samples", samples)

    def logs(vector: Any) -> Any:
        return one_each("logpdf", logpdf(x, parameters.restore(vector)), n)

    with np.errstate(all="ignore"):
        scores = slopes(logs, parameters.vector, n)
        values = real("f", one_each("f", f(x), n))[:, np.newaxis]
        return _estimate((values - _baseline(baseline, values, scores)) * scores, parameters)


def _baseline(choice: float | str | None, values: Array, scores: Array) -> Any:
    """Return b for each sample and parameter, or for all."""
    if choice is None:
        return 0.0
    if not isinstance(choice, str):
        return as_float("baseline", choice)
    if choice not in BASELINES:
        raise ValueError(f"`baseline` must be a number, 'mean' or 'optimal', got {choice!r}")
    weights = scores**2 if choice == "optimal" else np.ones_like(scores)
    others = weights.sum(axis=0) - weights
    weighted = weights * values
    # Where all other scores are zero there is nothing to weight by, and any baseline serves.
    return np.divide(weighted.sum(axis=0) - weighted, others, out=np.zeros_like(others), where=others > 0)


def _estimate(samples: Array, parameters: Parameters) -> GradientEstimate:
    """Return the mean of one gradient a row, and its scatter."""
    n = len(samples)
    if n < 2:
        raise ValueError(f"a standard error needs at least 2 samples, got {n}")
    wrong = np.flatnonzero(~np.isfinite(samples).all(axis=1))
    if wrong.size:
        raise ValueError(f"the gradient of sample {wrong[0]} is not finite: {samples[wrong[0]].tolist()}")
    variance = samples.var(axis=0, ddof=1)
    value, error, variance = map(parameters.restore, (samples.mean(axis=0), np.sqrt(variance / n), variance))
    return GradientEstimate(value, error, variance, n)
