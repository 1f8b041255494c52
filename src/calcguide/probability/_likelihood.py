r"""Likelihoods and their derivatives: how well parameters explain data, and the parameters that explain them best.

.. math:: \ell(\theta) = \sum_{i=1}^{m} \log p(x_i; \theta), \qquad
   s = \nabla \ell, \qquad I = -\nabla^2 \ell, \qquad \theta \leftarrow \theta + I^{-1} s
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calcguide import autodiff
from calcguide._results import Result, plain
from calcguide._typing import Array, Function
from calcguide._validation import as_int, as_positive, check_callable
from calcguide.probability._parameters import Parameters, as_observations, one_each

CONVERGED, LIMIT, STALLED, NOT_FINITE, SINGULAR, DIVERGING = range(6)
MESSAGES = {
    CONVERGED: "a maximum of the likelihood was found",
    LIMIT: "the limit of iterations was reached",
    STALLED: "no step makes the likelihood larger, although the score is not zero",
    NOT_FINITE: "the log-likelihood or a derivative of it is not finite",
    SINGULAR: "the score is zero but the information is not positive definite, or vanishes with it: the data do not "
    "determine all parameters, or this is no maximum",
    DIVERGING: "the likelihood keeps growing while the parameters run away: it has no maximum, as with separable data",
}
EPS = float(np.finfo(float).eps)
#: Eigenvalues of the information, scaled to ones on its diagonal, below which a direction counts as undetermined:
#: the Hessian's own rounding errors are some hundred ε.
RANK = 1e-12
#: Where a maximum is near, the information hardly changes over a step that is a tiny part of a standard error. Along a
#: tail that never turns, :math:`e^{-t}` or a power of 1/t, a Newton step takes away 63 % of it or more.
CHANGE = 0.5
#: How far to look beyond the end, in standard errors, at least: the last step may be lost to rounding.
REACH = 1e-6
#: Along a tail steps are equal or grow; towards a top without curvature each is shorter than this part of the last.
SHRINKING = 0.9
#: Armijo's condition: a step must win this part of what its slope promises.
SUFFICIENT = 1e-4
#: From the length that the rank's limit allows down to the size of one: 2⁻⁶⁰ = 1e-18.
HALVINGS = 60


@dataclass(frozen=True, repr=False)
class LikelihoodResult(Result):
    r"""Parameters of largest likelihood, with what the data say about them.

    Attributes
    ----------
    theta : float, ndarray or container
        The parameters, in the form of the start.
    standard_error : float, ndarray or container
        Their standard errors, roots of the diagonal of `covariance`, in the same form; NaN without success.
    covariance : ndarray of shape (p, p)
        The inverse of the observed information, in the order of the parameters; NaN without success.
    log_likelihood : float
        The value there.
    score : float, ndarray or container
        The gradient there.
    nit : int
        Iterations.
    status : int
        0: found; 1: limit of iterations; 2: stalled; 3: not finite; 4: singular information; 5: the likelihood has no
        maximum.
    success : bool
        Whether the status is 0.
    message : str
        The status in words.
    path : ndarray or container
        The parameters before each iteration and after the last, along the first axis.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.probability import maximum_likelihood
    >>> def poisson(k, log_rate):
    ...     return k * log_rate - np.exp(log_rate)
    >>> found = maximum_likelihood(poisson, 0.0, [0, 0, 0])
    >>> found.success, found.status, found.standard_error
    (False, 5, nan)
    """

    theta: Any
    standard_error: Any
    covariance: Array
    log_likelihood: float
    score: Any
    nit: int
    status: int
    success: bool
    message: str
    path: Any

    def __repr__(self) -> str:
        """Show one attribute a line; of the path its length."""
        return Result.__repr__(replace(self, path=f"{self.nit + 1} points"))


class _Likelihood:
    """A model and its data: the log-likelihood and its derivatives as functions of one vector of parameters."""

    def __init__(self, logpdf: Function, theta: Any, data: Any, name: str = "theta") -> None:
        check_callable("logpdf", logpdf)
        self.parameters = Parameters.of(name, theta)
        self.start = self.parameters.vector
        self.data, self.count = as_observations("data", data)
        self.logpdf = logpdf
        self._score = autodiff.grad(self._total)
        self._hessian = autodiff.hessian(self._total)

    def terms(self, vector: Any) -> Any:
        """Return log p of each observation."""
        with np.errstate(all="ignore"):
            values = self.logpdf(self.data, self.parameters.restore(vector))
        return one_each("logpdf", values, self.count)

    def total(self, vector: Array) -> float:
        """Return ℓ, which may be no number outside the domain of the parameters."""
        with np.errstate(all="ignore"):
            return float(np.sum(self.terms(vector)))

    def _total(self, vector: Any) -> Any:
        return np.sum(self.terms(vector))

    def score(self, vector: Array) -> Array:
        """Return ∇ℓ."""
        with np.errstate(all="ignore"):
            return np.asarray(self._score(vector))

    def information(self, vector: Array) -> Array:
        """Return −∇²ℓ."""
        with np.errstate(all="ignore"):
            return -np.asarray(self._hessian(vector))


def log_likelihood(logpdf: Function, theta: Any, data: Any) -> float:
    r"""Add up the logarithms of a density at the observations.

    .. math:: \ell(\theta) = \sum_{i=1}^{m} \log p(x_i; \theta)

    Parameters
    ----------
    logpdf : callable
        Logarithm of the density, or of the probabilities, written with NumPy: called as ``logpdf(data, theta)``, it
        returns one number for each observation, shape (m,).
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    data : array_like, or nested tuple, list or dict of arrays
        The observations along the first axis of each array. Integers stay integers.

    Returns
    -------
    float
        The log-likelihood; −∞ where an observation is impossible.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or `logpdf` returns another shape or NaN or +∞; it names the observation.
    TypeError
        If `logpdf` cannot be called, or an argument is not real.

    See Also
    --------
    score : Its gradient.
    maximum_likelihood : Its maximum.

    Notes
    -----
    One evaluation of `logpdf` for all observations together.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import log_likelihood
    >>> def exponential(x, rate):
    ...     return np.log(rate) - rate * x
    >>> log_likelihood(exponential, 2.0, [0.1, 0.5, 0.9])
    -0.92055845832016
    >>> float(np.sum(stats.expon.logpdf([0.1, 0.5, 0.9], scale=1 / 2)))
    -0.92055845832016
    """
    model = _Likelihood(logpdf, theta, data)
    terms = np.asarray(model.terms(model.start), dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(terms) | (terms == np.inf))
    if wrong.size:
        raise ValueError(f"`logpdf` returned {terms[wrong[0]]} for observation {wrong[0]}")
    return float(terms.sum())


def score(logpdf: Function, theta: Any, data: Any) -> Any:
    r"""Differentiate the log-likelihood by the parameters.

    .. math:: s(\theta) = \nabla_\theta \sum_{i=1}^{m} \log p(x_i; \theta)

    Parameters
    ----------
    logpdf : callable
        Logarithm of the density, as for `log_likelihood`.
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    data : array_like, or nested tuple, list or dict of arrays
        The observations along the first axis of each array.

    Returns
    -------
    float, ndarray or container
        The gradient, in the form of `theta`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, `logpdf` returns another shape, or the gradient is not finite.
    TypeError
        If `logpdf` cannot be called, or an argument is not real.

    See Also
    --------
    observed_information : The next derivative.

    Notes
    -----
    Reverse mode: the cost of a few evaluations, however many parameters there are. At the true parameters the score has
    expectation 0 and the Fisher information as its covariance.

    Examples
    --------
    The score of an exponential variable's rate λ is m/λ − Σx:

    >>> import numpy as np
    >>> from calcguide.probability import score
    >>> def exponential(x, rate):
    ...     return np.log(rate) - rate * x
    >>> score(exponential, 2.0, [0.1, 0.5, 0.9]), 3 / 2 - 1.5
    (0.0, 0.0)
    """
    model = _Likelihood(logpdf, theta, data)
    return model.parameters.restore(_finite("score", model.score(model.start)))


def observed_information(logpdf: Function, theta: Any, data: Any) -> Any:
    r"""Return minus the Hessian of the log-likelihood.

    .. math:: I_{jk}(\theta) = -\frac{\partial^2 \ell}{\partial \theta_j \, \partial \theta_k}

    Parameters
    ----------
    logpdf : callable
        Logarithm of the density, as for `log_likelihood`.
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    data : array_like, or nested tuple, list or dict of arrays
        The observations along the first axis of each array.

    Returns
    -------
    float or ndarray of shape (p, p)
        The information; a matrix in the order in which the parameters stand, unless `theta` is one number.

    Raises
    ------
    ValueError
        If an argument breaks its rule, `logpdf` returns another shape, or the Hessian is not finite.
    TypeError
        If `logpdf` cannot be called, or an argument is not real.

    See Also
    --------
    maximum_likelihood : Its inverse at the maximum estimates the covariance of the parameters.
    newton_step : The step that it gives.

    Notes
    -----
    Forward over reverse mode: one pass with arrays p times as large. Efron and Hinkley [1]_ argue for this matrix, and
    against its expectation, as the measure of an estimate's precision.

    References
    ----------
    .. [1] Efron, B., and Hinkley, D. V. (1978). Assessing the accuracy of the maximum likelihood estimator: observed
       versus expected Fisher information. Biometrika 65(3), 457-483. https://doi.org/10.1093/biomet/65.3.457

    Examples
    --------
    The information on an exponential variable's rate λ is m/λ²:

    >>> import numpy as np
    >>> from calcguide.probability import observed_information
    >>> def exponential(x, rate):
    ...     return np.log(rate) - rate * x
    >>> observed_information(exponential, 2.0, [0.1, 0.5, 0.9]), 3 / 2**2
    (0.75, 0.75)
    """
    model = _Likelihood(logpdf, theta, data)
    information = _finite("observed information", model.information(model.start))
    return information.item() if np.isscalar(model.parameters.restore(model.start)) else information


def newton_step(logpdf: Function, theta: Any, data: Any) -> Any:
    r"""Return the step to the top of the parabola that touches the log-likelihood.

    .. math:: \Delta\theta = I(\theta)^{-1} \, s(\theta)

    Parameters
    ----------
    logpdf : callable
        Logarithm of the density, as for `log_likelihood`.
    theta : array_like, or nested tuple, list or dict of arrays
        The parameters.
    data : array_like, or nested tuple, list or dict of arrays
        The observations along the first axis of each array.

    Returns
    -------
    float, ndarray or container
        What to add to `theta`, in its form.

    Raises
    ------
    ValueError
        If an argument breaks its rule, a derivative is not finite, or the information is singular.
    TypeError
        If `logpdf` cannot be called, or an argument is not real.

    See Also
    --------
    maximum_likelihood : Repeats the step, and guards it.

    Notes
    -----
    Near a maximum each step about doubles the number of right digits. Far from it the step may be too long, and where
    the information is not positive definite it leads elsewhere than up: `maximum_likelihood` takes care of both.

    Examples
    --------
    For an exponential variable's rate the step is λ (1 − λ x̄):

    >>> import numpy as np
    >>> from calcguide.probability import newton_step
    >>> def exponential(x, rate):
    ...     return np.log(rate) - rate * x
    >>> newton_step(exponential, 1.0, [0.1, 0.5, 0.9]), 1.0 * (1 - 1.0 * 0.5)
    (0.5, 0.5)
    """
    model = _Likelihood(logpdf, theta, data)
    slope = _finite("score", model.score(model.start))
    curvature = _Curvature.of(_finite("observed information", model.information(model.start)))
    if np.abs(curvature.eigenvalues).min() <= RANK:
        raise ValueError(
            "the observed information is singular: the data do not determine all parameters here"
        )
    return model.parameters.restore(curvature.solve(slope, curvature.eigenvalues))


def maximum_likelihood(
    logpdf: Function, theta0: Any, data: Any, *, tol: float = 1e-8, maxiter: int = 100
) -> LikelihoodResult:
    r"""Find the parameters under which the data are most likely, and their standard errors.

    .. math:: \hat\theta = \operatorname{arg\,max}_\theta \sum_{i=1}^{m} \log p(x_i; \theta), \qquad
       \operatorname{cov} \hat\theta \approx I(\hat\theta)^{-1}

    Parameters
    ----------
    logpdf : callable
        Logarithm of the density, as for `log_likelihood`. Outside the domain of the parameters it may be NaN or −∞:
        the search then takes a shorter step.
    theta0 : array_like, or nested tuple, list or dict of arrays
        Where the search starts.
    data : array_like, or nested tuple, list or dict of arrays
        The observations along the first axis of each array.
    tol : float, default: 1e-8
        The search ends when the next step is at most this part of a standard error, in every direction.
    maxiter : int, default: 100
        Limit of iterations.

    Returns
    -------
    LikelihoodResult
        The result with `theta`, `standard_error`, `covariance`, `status`, `message`, `success` and `path`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or `logpdf` returns another shape. That a maximum is not found is a status.
    TypeError
        If `logpdf` cannot be called, or an argument is not real.

    See Also
    --------
    newton_step : One step.
    observed_information : Its inverse is the covariance.

    Notes
    -----
    Newton's method with exact derivatives. Negative eigenvalues of the information are reversed, so that each
    step leads uphill, and a step is halved until the likelihood grows enough; near the maximum convergence is
    quadratic. An iteration costs a gradient and a Hessian. The test :math:`s^T I^{-1} s \le \mathrm{tol}^2` measures
    the step in standard errors, whatever the units of the parameters [1]_.

    The maximum found is a local one. Data that a classifier separates have no maximum: the likelihood grows for ever
    along a line, and the result says so. The covariance is that of large samples from the model.

    References
    ----------
    .. [1] Boyd, S., and Vandenberghe, L. (2004). Convex optimization. Cambridge University Press, section 9.5.
       https://doi.org/10.1017/CBO9780511804441

    Examples
    --------
    Mean and standard deviation of a normal variable, with standard errors σ/√m and σ/√(2m):

    >>> import numpy as np
    >>> from calcguide.probability import maximum_likelihood
    >>> def normal(x, theta):
    ...     return -(((x - theta["mean"]) / theta["std"]) ** 2) / 2 - np.log(theta["std"])
    >>> x = np.array([1.0, 2.0, 4.0, 5.0])
    >>> found = maximum_likelihood(normal, {"mean": 0.0, "std": 1.0}, x)
    >>> found.theta, float(x.std())
    ({'mean': 3.0, 'std': 1.5811388}, 1.5811388)
    >>> found.standard_error, float(x.std() / 4**0.5), float(x.std() / 8**0.5)
    ({'mean': 0.7905694, 'std': 0.5590170}, 0.7905694, 0.5590170)
    """
    model = _Likelihood(logpdf, theta0, data, "theta0")
    tol, maxiter = as_positive("tol", tol), as_int("maxiter", maxiter, low=1)
    path, status = _climb(model, tol, maxiter)
    return _delivered(model, path, status)


@dataclass(frozen=True)
class _Curvature:
    """An information matrix, scaled to ones on its diagonal and taken apart into eigenvalues and vectors.

    The scaling makes what counts as singular independent of the units of the parameters.
    """

    scale: Array
    eigenvalues: Array
    vectors: Array

    @classmethod
    def of(cls, information: Array) -> _Curvature:
        diagonal = np.abs(np.diagonal(information))
        scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        return cls(scale, *np.linalg.eigh(information / np.outer(scale, scale)))

    @property
    def definite(self) -> bool:
        """Whether every direction is determined, with a maximum in it."""
        return bool(self.eigenvalues.min() > RANK)

    def solve(self, right: Array, eigenvalues: Array) -> Array:
        """Return the solution of the system with these eigenvalues in the place of its own."""
        coordinates = (self.vectors.T @ (right / self.scale).T).T / eigenvalues
        return (self.vectors @ coordinates.T).T / self.scale

    def uphill(self, slope: Array) -> Array:
        """Return the Newton step with negative eigenvalues reversed and vanishing ones lifted."""
        return self.solve(slope, np.maximum(np.abs(self.eigenvalues), RANK))

    @property
    def half(self) -> Array:
        """A square root of I⁻¹: its columns are standard errors, along the axes of the ellipsoid of confidence."""
        return self.vectors / self.scale[:, None] / np.sqrt(self.eigenvalues)

    def inverse(self) -> Array:
        """Return I⁻¹."""
        return self.half @ self.half.T

    def onwards(self, step: Array, reach: float) -> Array:
        """Return so many standard errors along every axis, to the side that a step leads to."""
        return self.half @ np.copysign(reach, self.vectors.T @ (step * self.scale))

    def change(self, other: Array) -> float:
        """Return the largest relative difference between this matrix and another, over all directions."""
        return float(np.abs(np.linalg.eigvalsh(self.half.T @ other @ self.half) - 1).max())


def _climb(model: _Likelihood, tol: float, maxiter: int) -> tuple[list[Array], int]:
    """Return the vectors of the search, and how it ended."""
    path = [model.start]
    for _ in range(maxiter):
        here = path[-1]
        slope, information = model.score(here), model.information(here)
        if not (np.isfinite(slope).all() and np.isfinite(information).all()):
            return path, NOT_FINITE
        curvature = _Curvature.of(information)
        step = curvature.uphill(slope)
        gain = float(slope @ step)
        if gain <= tol**2 or (np.abs(step) <= EPS * np.abs(here)).all():
            if not curvature.definite:
                return path, SINGULAR
            path.append(here + step)
            return path, _judge(model, curvature, path, max(tol, REACH))
        longest = _longest_uphill(model, here, step, gain)
        if longest is None:
            return path, STALLED if np.isfinite(model.terms(here)).all() else NOT_FINITE
        path.append(here + longest)
    return path, LIMIT


def _judge(model: _Likelihood, curvature: _Curvature, path: list[Array], reach: float) -> int:
    """Tell a maximum from a tail that only looks flat, and from a top without curvature."""
    end = path[-1]
    if not (np.isfinite(model.information(end)).all() and np.isfinite(model.terms(end)).all()):
        return NOT_FINITE
    beyond = model.information(end + curvature.onwards(end - path[-2], reach))
    if np.isfinite(beyond).all() and curvature.change(beyond) <= CHANGE:
        return CONVERGED
    moves = np.linalg.norm(np.diff(path[-5:-1], axis=0), axis=1)
    return SINGULAR if len(moves) > 1 and (moves[1:] < SHRINKING * moves[:-1]).all() else DIVERGING


def _longest_uphill(model: _Likelihood, here: Array, step: Array, gain: float) -> Array | None:
    """Halve a step until it wins enough; where rounding hides what can be won, it may lose as much."""
    terms = np.asarray(model.terms(here))
    value, rounding = terms.sum(), 4 * EPS * np.abs(terms).sum()
    allowance = rounding if gain <= 16 * rounding else 0.0
    for _ in range(HALVINGS):
        new = model.total(here + step)
        if np.isfinite(new) and new - value >= SUFFICIENT * gain - allowance:
            return step
        step, gain = step / 2, gain / 2
    return None


def _delivered(model: _Likelihood, path: list[Array], status: int) -> LikelihoodResult:
    """Put what was found into the form of the parameters."""
    end, restore = path[-1], model.parameters.restore
    covariance = np.full((end.size, end.size), np.nan)
    if status == CONVERGED:
        covariance = _Curvature.of(model.information(end)).inverse()
    return LikelihoodResult(
        theta=restore(end),
        standard_error=restore(np.sqrt(np.diagonal(covariance))),
        covariance=covariance,
        log_likelihood=model.total(end),
        score=restore(model.score(end)),
        nit=len(path) - 1,
        status=status,
        success=status == CONVERGED,
        message=MESSAGES[status],
        path=restore(np.stack(path)),
    )


def _finite(name: str, found: Array) -> Array:
    """Insist that a derivative is finite."""
    if not np.isfinite(found).all():
        raise ValueError(f"the {name} is not finite here: {plain(found)!r:.60}")
    return found
