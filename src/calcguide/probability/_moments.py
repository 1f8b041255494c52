r"""Expectations: averages weighed by a density.

.. math:: \operatorname{E}[g(X)] = \int g(x) \, p(x) \, dx
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from calcguide._typing import Array, Function
from calcguide._validation import as_float, as_int, check_callable
from calcguide.probability._densities import Density, handed_over, real


def expectation(
    g: Function,
    pdf: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Average a function over a density.

    .. math:: \operatorname{E}[g(X)] = \int g(x) \, p(x) \, dx

    Parameters
    ----------
    g : callable
        Takes an array of shape (m,), returns one value for each point, shape (m,), or several, shape (m, ...). Where
        the density is 0 its value does not count.
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    low, high : float
        The range, which may be infinite.
    points : sequence of float, optional
        Where `g` or `pdf` jump, have a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Tolerance, relative to the expectation of the absolute value of `g`.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The expectation, of the shape of one value of `g`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule; if the density is negative, or does not integrate to 1; if a function is not
        finite, or the expectation does not exist, which are a status with `full_output`.
    TypeError
        If `g` or `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    calcguide.integrate.gauss_hermite : For normal variables, in a fixed number of evaluations.
    calcguide.integrate.monte_carlo : In many dimensions.

    Notes
    -----
    The positive and the negative part of g p are integrated apart, beside p itself: an expectation exists only if
    neither is infinite. A smooth g takes a few hundred evaluations, a change of its sign some hundred more.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import expectation
    >>> expectation(np.cos, stats.norm.pdf), float(np.exp(-0.5))
    (0.6065306597, 0.6065306597)
    >>> expectation(lambda x: x, stats.cauchy.pdf, full_output=True).message
    'the expectation does not exist: an integral of its positive or negative part seems to diverge'
    """
    check_callable("g", g)
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    return handed_over(_expectation(density, g, "the expectation"), full_output=full_output)


def _expectation(density: Density, g: Function, what: str) -> Any:
    """Return E[g(X)] as a result."""

    def weighed(x: Array, p: Array) -> Any:
        values = real("g", g(x.copy()))
        if values.shape[:1] != x.shape:
            raise ValueError(
                f"`g` must return one value for each point, shape {x.shape} or ({len(x)}, ...); got shape {values.shape}"
            )
        weights = p.reshape(-1, *(1,) * (values.ndim - 1))
        return np.where(weights > 0, values * weights, 0.0)

    return density.expectation(weighed, what)


def moment(
    pdf: Function,
    k: int,
    *,
    about: float | str = 0.0,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Average a power of the distance from a point.

    .. math:: \operatorname{E}\bigl[(X - c)^k\bigr]

    Parameters
    ----------
    pdf : callable
        The density: takes an array of shape (m,), returns the same shape.
    k : int
        The power, 0 or more.
    about : float or "mean", default: 0
        The point c; "mean" gives central moments.
    low, high : float
        The range, which may be infinite.
    points : sequence of float, optional
        Where the density jumps, has a kink or a narrow peak.
    normalise : bool, default: False
        Divide the density by its integral, rather than insist that it is 1.
    rtol : float, default: 1e-10
        Tolerance, relative to the absolute moment.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The moment; with `full_output` the result.

    Raises
    ------
    ValueError
        As for `expectation`; also where the moment does not exist.
    TypeError
        If an argument is of the wrong type.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    mean, variance : The first two.

    Notes
    -----
    About the mean it costs two expectations: the mean first, as :math:`E[X^2] - (E X)^2` would lose the digits that the
    two have in common.

    Examples
    --------
    The fourth moment of a standard normal variable is 3:

    >>> from scipy import stats
    >>> from calcguide.probability import moment
    >>> moment(stats.norm.pdf, 4)
    3.0
    >>> moment(stats.expon.pdf, 3, about="mean", low=0.0)
    2.0
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    return handed_over(_moment(density, as_int("k", k, low=0), about), full_output=full_output)


def _moment(density: Density, k: int, about: float | str) -> Any:
    """Return E[(X − c)ᵏ] as a result."""
    if about == "mean":
        first = _moment(density, 1, 0.0)
        if not first.success:
            return first
        about = first.value
        density = density if density.points else replace(density, points=(first.value,))
    elif isinstance(about, str):
        raise ValueError(f"`about` must be a number or 'mean', got {about!r}")
    c = as_float("about", about)
    return _expectation(density, lambda x: (x - c) ** k, f"the moment of order {k}")


def mean(
    pdf: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the expectation of a variable, given its density.

    .. math:: \mu = \operatorname{E}[X] = \int x \, p(x) \, dx

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
        Tolerance, relative to the expectation of the absolute value of X.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The mean; with `full_output` the result.

    Raises
    ------
    ValueError
        As for `expectation`; also where there is no mean, as for Cauchy's distribution.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    variance : How far the variable scatters around it.

    Notes
    -----
    One expectation; see `expectation` for its cost.

    Examples
    --------
    >>> from scipy import stats
    >>> from calcguide.probability import mean
    >>> mean(stats.expon(scale=2.0).pdf, low=0.0)
    2.0
    >>> mean(stats.norm(1000.0, 0.001).pdf, points=[1000.0], rtol=1e-8)
    1000.0
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    return handed_over(_moment(density, 1, 0.0), full_output=full_output)


def variance(
    pdf: Function,
    *,
    low: float = -inf,
    high: float = inf,
    points: Sequence[float] | None = None,
    normalise: bool = False,
    rtol: float = 1e-10,
    full_output: bool = False,
) -> Any:
    r"""Return the mean squared distance of a variable from its mean.

    .. math:: \sigma^2 = \operatorname{E}\bigl[(X - \mu)^2\bigr] = \int (x - \mu)^2 \, p(x) \, dx

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
        Relative tolerance.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or IntegralResult
        The variance; with `full_output` the result.

    Raises
    ------
    ValueError
        As for `expectation`; also where there is no variance.
    TypeError
        If `pdf` cannot be called.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    moment : Of any order.

    Notes
    -----
    Two expectations, the mean and then the squared distance from it: see `moment`.

    Examples
    --------
    >>> from scipy import stats
    >>> from calcguide.probability import variance
    >>> variance(stats.uniform.pdf, low=0.0, high=1.0), 1 / 12
    (0.0833333, 0.0833333)
    """
    density = Density.of(pdf, low, high, points, rtol, normalise=normalise)
    return handed_over(_moment(density, 2, "mean"), full_output=full_output)
