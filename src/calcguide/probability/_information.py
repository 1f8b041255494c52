r"""Entropy and its relatives: what a variable tells, in nats.

.. math:: H(p) = -\int p \log p \, dx, \qquad H(p, q) = -\int p \log q \, dx, \qquad
   D(p \,\|\, q) = \int p \log \frac{p}{q} \, dx

Where p is 0, nothing is added: :math:`x \log x \to 0`. Where q is 0 and p is not, the last two are infinite; so they
are where q dies out too fast for p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from scipy import special

from calcguide._results import CONVERGED, DIVERGENT, IntegralResult
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_positive, check_below, check_callable
from calcguide.integrate import integral
from calcguide.probability._densities import AREA, FOUND, Density, handed_over, one_each

#: Nats below what rounding leaves of p log p, wherever p is of any weight.
FLOOR = 1e-15
#: Below this a density is about to leave the range of floating point: 0 beside it is underflow, and no true zero.
UNDERFLOW = 1e-290
#: Where q underflows, p may be as large as this part of its maximum and still add nothing: log q is some hundreds there.
NEGLIGIBLE = 1e-20
#: Densities below this add nothing, and soon have few digits.
DENORMAL = 1e-200
#: Halvings from any two points to neighbouring floats.
HALVINGS = 1100


def entropy(
    pdf: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the differential entropy of a density, in nats.

    .. math:: H(p) = -\int p(x) \log p(x) \, dx

    Parameters
    ----------
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    low, high : float
        The range, which may be infinite.
    points : sequence of float, optional
        Where the density jumps, has a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Tolerance, relative to the integral of :math:`|p \log p|`.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The entropy; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, not finite, or does not integrate to 1.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    cross_entropy : With the logarithm of another density.

    Notes
    -----
    In bits it is this value divided by log 2. It may be negative, and changes with the unit of x: by log c where x is
    multiplied by c. For its cost see `expectation`.

    Examples
    --------
    Of a normal variable it is ½ log(2πeσ²):

    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import entropy
    >>> entropy(stats.norm(scale=3.0).pdf), float(np.log(2 * np.pi * np.e * 9) / 2)
    (2.5175508218, 2.5175508218)
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    found = density.expectation(lambda _, p: -special.xlogy(p, p), "the entropy", FLOOR)
    return handed_over(found, full_output=full_output)


def cross_entropy(
    p: Function,
    q: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    log: bool = False,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the cross-entropy of two densities, in nats.

    .. math:: H(p, q) = -\int p(x) \log q(x) \, dx = H(p) + D(p \,\|\, q)

    Parameters
    ----------
    p, q : callable
        The densities: each takes an array of shape (m,), returns the same shape.
    low, high : float
        A range that holds both, which may be infinite.
    points : sequence of float, optional
        Where a density jumps, has a kink or a narrow peak.
    log : bool, default: False
        Whether `p` and `q` are the logarithms of the densities, which do not underflow.
    normalise : bool, default: False
        Divide both densities by their integrals, rather than insist that these are 1.
    rtol : float, default: 1e-10
        Tolerance, relative to the integral of :math:`|p \log q|`.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The cross-entropy, infinite where q is 0 and p is not, or if its integral diverges; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if a density is negative, not finite, or does not integrate to 1; if q
        underflows where p matters.
    TypeError
        If `p` or `q` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    kl_divergence : What it exceeds the entropy of p by.

    Notes
    -----
    The loss of a classifier is the cross-entropy of a discrete p, the labels, and the model's q. For zeros of q see
    `kl_divergence`.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import cross_entropy
    >>> cross_entropy(stats.norm.pdf, stats.norm(1.0, 2.0).pdf)
    1.8620857
    >>> float(np.log(2 * np.pi * 4) / 2 + (1 + 1) / 8)
    1.8620857
    """
    pair = _Pair.of(p, q, low, high, points, rtol, log=log, normalise=normalise)

    def surprise(p: Array, log_p: Array, q: Array, log_q: Array) -> Array:  # noqa: ARG001  # one form for both
        return np.where(p > 0, -p * log_q, 0.0)

    return handed_over(pair.integrated(surprise, "the cross-entropy"), full_output=full_output)


def kl_divergence(
    p: Function,
    q: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    log: bool = False,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the Kullback-Leibler divergence of p from q, in nats.

    .. math:: D(p \,\|\, q) = \int p(x) \log \frac{p(x)}{q(x)} \, dx \ge 0

    Parameters
    ----------
    p, q : callable
        The densities: each takes an array of shape (m,), returns the same shape.
    low, high : float
        A range that holds both, which may be infinite.
    points : sequence of float, optional
        Where a density jumps, has a kink or a narrow peak.
    log : bool, default: False
        Whether `p` and `q` are the logarithms of the densities, which do not underflow.
    normalise : bool, default: False
        Divide both densities by their integrals, rather than insist that these are 1.
    rtol : float, default: 1e-10
        Relative tolerance.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The divergence, infinite where q is 0 and p is not, or if its integral diverges; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if a density is negative, not finite, or does not integrate to 1; if q
        underflows where p matters.
    TypeError
        If `p` or `q` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    mutual_information : The divergence of a joint density from the product of its margins.

    Notes
    -----
    What is integrated is :math:`p \log(p/q) - p + q`, which is nowhere negative and has the same integral, since both
    densities have area 1: small divergences keep their digits [1]_.

    A q that is 0 beside a positive p makes the divergence infinite; one that is 0 because :math:`e^{-800}` is no
    float does not, and is an error where p has not died out as well: give the logarithms then, with ``log=True``.

    References
    ----------
    .. [1] Kullback, S., and Leibler, R. A. (1951). On information and sufficiency. Annals of Mathematical Statistics
       22(1), 79-86. https://doi.org/10.1214/aoms/1177729694

    Examples
    --------
    Of two normal variables it is log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²) / (2σ₂²) − ½, and not symmetric:

    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import kl_divergence
    >>> p, q = stats.norm(0.0, 1.0).pdf, stats.norm(1.0, 2.0).pdf
    >>> kl_divergence(p, q), float(np.log(2) + (1 + 1) / 8 - 1 / 2)
    (0.4431471806, 0.4431471806)
    >>> kl_divergence(q, p), float(-np.log(2) + (4 + 1) / 2 - 1 / 2)
    (1.3068528194, 1.3068528194)
    >>> kl_divergence(p, stats.uniform.pdf, points=[0.0, 1.0])
    inf
    """
    pair = _Pair.of(p, q, low, high, points, rtol, log=log, normalise=normalise)

    def excess(p: Array, log_p: Array, q: Array, log_q: Array) -> Array:
        gain = np.where(p > 0, p * (log_p - log_q), 0.0)
        return np.where(np.isfinite(gain), np.maximum(gain - p + q, 0.0), gain)

    return handed_over(pair.integrated(excess, "the divergence"), full_output=full_output)


@dataclass
class _Pair:
    """Two densities over one range, and what was seen of the zeros of the second."""

    p: Density
    q: Density
    highest: float = 0.0
    """The largest p that was seen."""
    alone: tuple[float, float] = (0.0, 0.0)
    """The largest p that was seen where q is 0, and where."""
    together: float = 0.0
    """A point where q is not 0."""

    @classmethod
    def of(
        cls,
        p: Function,
        q: Function,
        low: float,
        high: float,
        points: Sequence[float] | None,
        rtol: float,
        *,
        log: bool,
        normalise: bool,
    ) -> _Pair:
        first, second = (
            Density.of(fun, low, high, points, rtol, normalise=normalise, name=name, is_log=log)
            for name, fun in (("p", p), ("q", q))
        )
        if not normalise:
            area = second.total()
            second.insist(area.value, area.error)
        return cls(first, second)

    def integrated(self, terms: Function, what: str) -> IntegralResult:
        """Integrate what is made of both densities and their logarithms; zeros of q are dealt with afterwards."""

        def weighed(x: Array, p: Array) -> Array:
            with np.errstate(all="ignore"):
                (p, log_p), (q, log_q) = self.p.with_log(x), self.q.with_log(x)
                values = terms(p, log_p, q, log_q)
            self._look(x, p, q if not self.q.is_log else np.isfinite(log_q))
            return np.where(values == inf, 0.0, values)

        found = self.p.expectation(weighed, what, FLOOR)
        message = "it is infinite"
        if not self._is_infinite():
            if not (found.status == DIVERGENT and found.value == inf):
                return found
            message += ": its integral seems to diverge"
        return replace(found, value=inf, error=0.0, status=CONVERGED, success=True, message=message)

    def _look(self, x: Array, p: Array, q: Array) -> None:
        """Remember where p stands alone."""
        self.highest = max(self.highest, float(p.max()))
        if (q > 0).any():
            self.together = float(x[np.argmax(q > 0)])
        alone = np.where(q > 0, 0.0, p)
        k = int(np.argmax(alone))
        self.alone = max(self.alone, (float(alone[k]), float(x[k])))

    def _is_infinite(self) -> bool:
        """Tell true zeros of q from those by underflow."""
        height, x = self.alone
        if height <= 0:
            return False
        # What underflows is what the caller's function returns, not what is left of it after the division by its area.
        if self.q.is_log or self._edge(x) * self.q.area > UNDERFLOW:
            return True
        if height > NEGLIGIBLE * self.highest:
            raise ValueError(
                f"`q` underflows to 0 at x={x!r}, where `p` is {height:.3g}: give the logarithms of the densities, "
                "with `log=True`"
            )
        return False

    def _edge(self, outside: float) -> float:
        """Return the last value of q before it is 0, on the way from where it is positive."""
        inside = self.together
        for _ in range(HALVINGS):
            middle = inside / 2 + outside / 2
            if middle in (inside, outside):
                break
            if self.q(np.array([middle]))[0] > 0:
                inside = middle
            else:
                outside = middle
        return float(self.q(np.array([inside]))[0])


def mutual_information(
    joint: Function,
    *,
    low: ArrayLike = -inf,
    high: ArrayLike = inf,
    normalise: bool = False,
    rtol: float = 1e-8,
    full_output: bool = False,
) -> Any:
    r"""Return what two variables tell about each other, in nats.

    .. math:: I(X; Y) = \iint p(x, y) \log \frac{p(x, y)}{p(x) \, p(y)} \, dx \, dy = H(X) + H(Y) - H(X, Y)

    Parameters
    ----------
    joint : callable
        The joint density p(x, y), elementwise: takes two arrays of one shape (m,), returns the same shape.
    low, high : float or pair of floats
        The ranges of x and y, which may be infinite; one number serves both.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-8
        Tolerance, relative to the entropies that the information is a difference of.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The mutual information; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, not finite, or does not integrate to 1.
    TypeError
        If `joint` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    kl_divergence : Of which this is a case.

    Notes
    -----
    For each x an integral over y gives the margin p(x) and the entropy of a line, for many x in one call; and once more
    with x and y exchanged: some 10⁵ evaluations where the density is smooth. A density that jumps along a slanted line
    is slow, and so is one whose mass lies near a curve.

    Examples
    --------
    Of two normal variables with correlation ρ it is −½ log(1 − ρ²):

    >>> import numpy as np
    >>> from calcguide.probability import mutual_information
    >>> def normal(x, y, rho=0.8):
    ...     s = 1 - rho**2
    ...     return np.exp(-(x**2 - 2 * rho * x * y + y**2) / (2 * s)) / (2 * np.pi * np.sqrt(s))
    >>> mutual_information(normal), float(-np.log(1 - 0.8**2) / 2)
    (0.51082562, 0.51082562)
    """
    check_callable("joint", joint)
    (x_low, y_low), (x_high, y_high) = _both("low", low), _both("high", high)
    for left, right in ((x_low, x_high), (y_low, y_high)):
        check_below("low", left, "high", right)
    rtol = as_positive("rtol", rtol)
    # Given x, the density along y; and with the two exchanged.
    given_x = _Lines(joint, y_low, y_high, rtol / 100)
    given_y = _Lines(lambda y, x: joint(x, y), x_low, x_high, rtol / 100)

    def left_by_x(x: Array) -> Array:
        margin, inner = given_x(x)
        return np.stack([margin, special.xlogy(margin, margin) - inner], axis=-1)

    def of_y(y: Array) -> Array:
        margin, _ = given_y(y)
        return np.stack([margin, -special.xlogy(margin, margin)], axis=-1)

    # I = H(Y) − H(Y | X)
    conditional = integral(left_by_x, x_low, x_high, rtol=rtol, atol=rtol, full_output=True)
    whole = integral(of_y, y_low, y_high, rtol=rtol, atol=rtol, full_output=True)
    return handed_over(_information(whole, conditional, given_x, given_y, normalise), full_output=full_output)


@dataclass
class _Lines:
    """A joint density along lines, one for each value of one variable."""

    joint: Function
    low: float
    high: float
    rtol: float
    nfev: int = 0
    status: int = CONVERGED

    def __call__(self, x: Array) -> Array:
        """Return ∫ p(x, y) dy and ∫ p(x, y) log p(x, y) dy for each x, of shape (2, k)."""

        def across(y: Array) -> Array:
            first, second = np.broadcast_arrays(x, y[:, np.newaxis])
            p = self._values(first.ravel(), second.ravel()).reshape(first.shape)
            return np.stack([p, special.xlogy(p, p)], axis=1)

        found = integral(across, self.low, self.high, rtol=self.rtol, atol=DENORMAL, full_output=True)
        self.nfev += found.nfev * len(x)
        self.status = max(self.status, found.status)
        return np.asarray(found.value)

    def _values(self, x: Array, y: Array) -> Array:
        p = one_each("joint", self.joint(x, y), x)
        wrong = ~(p >= 0) | ~np.isfinite(p)
        if wrong.any():
            k = int(np.argmax(wrong))
            rule = "be finite" if not np.isfinite(p[k]) else "not be negative"
            raise ValueError(
                f"`joint` must {rule}, got {p[k]}, in the point {float(x[k])!r}, {float(y[k])!r}"
            )
        return p


def _information(
    whole: IntegralResult, conditional: IntegralResult, given_x: _Lines, given_y: _Lines, normalise: bool
) -> IntegralResult:
    """Subtract H(Y | X) from H(Y), both of a density with the area that was found."""
    status = max(whole.status, conditional.status, given_x.status, given_y.status)
    nfev = given_x.nfev + given_y.nfev
    (area, entropy_of_y), (other, entropy_left) = whole.value, conditional.value
    if not normalise and not max(abs(area - 1), abs(other - 1)) <= AREA + max(
        whole.error[0], conditional.error[0]
    ):
        raise ValueError(
            f"`joint` must integrate to 1: it integrates to {area:.10g}, or {other:.10g} in the other order; "
            "`normalise=True` divides by that"
        )
    scale = area if normalise else 1.0
    value = (entropy_of_y - entropy_left) / scale + np.log(scale)
    error = (whole.error[1] + conditional.error[1]) / scale
    message = FOUND
    if status != CONVERGED:
        message = f"the information is {value:.6g}, but not all integrals behind it meet their tolerance"
    # Rounding must not make it negative.
    return IntegralResult(max(float(value), 0.0), float(error), nfev, status, status == CONVERGED, message)


def _both(name: str, value: ArrayLike) -> tuple[float, float]:
    """Return one end of the range for x and for y."""
    ends = as_float_array(name, value, finite=False)
    if np.isnan(ends).any() or ends.shape not in ((), (2,)):
        raise ValueError(f"`{name}` must be one number or two, for x and y, got {value!r:.60}")
    first, second = np.broadcast_to(ends, 2).tolist()
    return first, second
