r"""Integrals by chance: the mean of an integrand at random points.

.. math:: \int f(x) \, dx = \mathbb{E}\!\left[\frac{f(X)}{q(X)}\right] \approx \frac{1}{n} \sum_{i=1}^{n} \frac{f(X_i)}{q(X_i)},
   \qquad X_i \sim q

The mean of n independent values has a standard error of :math:`s / \sqrt{n}`, where s is the standard deviation of one
of them, in any number of dimensions. What differs below is where the points come from.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_CONVERGED, NOT_FINITE, Result, plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable
from calcguide.integrate._integrand import Integrand

#: Coordinates that are drawn at once: memory does not grow with the number of points.
BLOCK = 2**16
#: Below this effective sample size a standard error is not trusted: from k values it is uncertain by 1 / √(2k), an eighth
#: here, and more where their distribution has long tails.
LEAST = 30
#: Bits of a coordinate of a Sobol' point. The default of SciPy, 30, would shift all points to the left by up to 1e-9, which
#: no comparison of scramblings sees.
BITS = 53

#: What `numpy.random.default_rng` makes a generator from.
Seed = int | np.random.Generator | None


@dataclass(frozen=True, repr=False)
class SampledResult(Result):
    r"""An integral estimated at random points, with its standard error.

    Attributes
    ----------
    value : float or ndarray
        The estimate: an array where the integrand has several values.
    error : float or ndarray
        Standard error of `value`, of the same shape. It is no bound: `value` is further off than `error` about one
        time in three, and further than twice `error` one time in twenty.
    effective_sample_size : float or ndarray
        How many points carry the sum, :math:`(\sum |w_i|)^2 / \sum w_i^2` for the terms :math:`w_i` of the mean: as
        many equal terms would have the same spread.
    nfev : int
        Points at which the integrand was evaluated.
    status : int
        0: estimated; 1: the effective sample size is below 30, `error` cannot be trusted; 2: the integrand is not
        finite at a point.
    success : bool
        Whether the status is 0.
    message : str
        The status in words.

    See Also
    --------
    monte_carlo, quasi_monte_carlo, importance_sampling : Return it.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import monte_carlo
    >>> result = monte_carlo(np.exp, 0, 1, 10_000, rng=1)
    >>> bool(abs(result.value - (np.e - 1)) <= 2 * result.error)
    True
    >>> result.nfev, result.status, result.message
    (10000, 0, 'the integral was estimated')
    """

    value: Any
    error: Any
    effective_sample_size: Any
    nfev: int
    status: int
    success: bool
    message: str


def monte_carlo(fun: Function, low: ArrayLike, high: ArrayLike, n: int, *, rng: Seed = None) -> SampledResult:
    r"""Integrate over a box by the mean of the integrand at independent, uniform points.

    .. math:: \int_B f(x) \, dx \approx \frac{|B|}{n} \sum_{i=1}^{n} f(X_i), \qquad X_i \text{ uniform in } B

    Parameters
    ----------
    fun : callable
        The integrand. In d dimensions it gets points of shape ``(m, d)``, in one dimension (`low` and `high` are
        numbers) of shape ``(m,)``; it returns shape ``(m,)``, or ``(m, ...)`` if it has several values. It is called
        with some ten thousand points at a time.
    low, high : float or array_like of shape (d,)
        Opposite corners of the box. Where `low` exceeds `high`, the sign changes, as for an integral from b to a.
    n : int
        Number of points, at least 2.
    rng : int or numpy.random.Generator, optional
        Seed or source of random numbers, as for :func:`numpy.random.default_rng`.

    Returns
    -------
    SampledResult
        `value`, its standard error `error`, `effective_sample_size`, `nfev`, `status`, `success`, `message`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or `fun` returns another shape.
    TypeError
        If `fun` cannot be called or does not return real numbers, or `rng` is no source of random numbers.

    See Also
    --------
    quasi_monte_carlo : Points that are spread more evenly; better for smooth integrands.
    importance_sampling : Points where the integrand is large; better for peaked integrands.
    integral : To ten digits, in one dimension.

    Notes
    -----
    The error is :math:`|B| \, s / \sqrt{n}` [1]_: four times the points for half the error, whatever the number of
    dimensions and however rough the integrand. The standard deviation s is taken from the same values, from sums of squares
    about the mean that are joined block by block [2]_, so that nothing cancels.

    The error estimate knows what the points have seen. A peak that none of them hit is missing from `value` and
    from `error`: where all n values are 0, the status is 1, since of an integrand that is 0 except in a part of the box
    nothing is known but that the part is likely smaller than 3 / n of it. Where the variance of f is infinite, as for
    :math:`x^{-1/2}` on [0, 1], the mean converges, but more slowly than `error` says.

    References
    ----------
    .. [1] Metropolis, N. and Ulam, S. (1949). The Monte Carlo method. Journal of the American Statistical Association
       44(247), 335-341. https://doi.org/10.1080/01621459.1949.10483310
    .. [2] Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for computing the sample variance: analysis
       and recommendations. The American Statistician 37(3), 242-247. https://doi.org/10.1080/00031305.1983.10483115

    Examples
    --------
    The quarter of a disc in the unit square:

    >>> import numpy as np
    >>> from calcguide.integrate import monte_carlo
    >>> result = monte_carlo(lambda p: np.sum(p**2, axis=1) <= 1, [0, 0], [1, 1], 100_000, rng=0)
    >>> round(result.value, 2), round(np.pi / 4, 2), round(result.error, 4)
    (0.79, 0.79, 0.0013)
    """
    integrand, box, source = Integrand(fun), _Box.between(low, high), _source(rng)
    n = as_int("n", n, low=2)
    tally = _tallied(integrand, box, lambda m: source.random((m, box.d)), n)
    if isinstance(tally, str):
        return _not_finite(integrand, tally)
    return _estimated(box.volume * tally.mean, abs(box.volume) * tally.standard_error, tally)


def quasi_monte_carlo(
    fun: Function, low: ArrayLike, high: ArrayLike, n: int, *, rng: Seed = None, replicates: int = 8
) -> SampledResult:
    r"""Integrate over a box by the mean of the integrand at scrambled Sobol' points.

    .. math:: \int_B f(x) \, dx \approx \frac{1}{R} \sum_{r=1}^{R} \frac{|B|}{n} \sum_{i=1}^{n} f(x_i^{(r)})

    A Sobol' sequence leaves no gaps and no clusters. It is scrambled R times, independently: each scrambling is an
    unbiased estimate, and how far they lie apart gives the standard error.

    Parameters
    ----------
    fun : callable
        The integrand, as for `monte_carlo`.
    low, high : float or array_like of shape (d,)
        Opposite corners of the box, as for `monte_carlo`.
    n : int
        Number of points of each scrambling, a power of two; the integrand is evaluated at ``n * replicates`` points.
    rng : int or numpy.random.Generator, optional
        Seed or source of random numbers, as for :func:`numpy.random.default_rng`.
    replicates : int, default: 8
        Number R of scramblings, at least 2.

    Returns
    -------
    SampledResult
        `value`, its standard error `error`, `effective_sample_size`, `nfev`, `status`, `success`, `message`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, `n` is no power of two, or `fun` returns another shape.
    TypeError
        If `fun` cannot be called or does not return real numbers, or `rng` is no source of random numbers.

    See Also
    --------
    monte_carlo : Independent points; the error falls more slowly, and is known better.

    Notes
    -----
    For integrands of bounded variation the error falls like :math:`1 / n`, up to powers of log n [1]_, and for smooth
    ones, thanks to the scrambling, up to :math:`n^{-3/2}` [2]_, against :math:`n^{-1/2}` for independent points. The gain
    needs n to be large for the number of dimensions that matter; a jump across the box, not along its axes, takes most of
    it away.

    Sobol' points are balanced in blocks of powers of two, so n has to be one. The standard error comes from R values only:
    with 8 of them, `value` is within ``2 * error`` nine times in ten, and within ``2.36 * error`` (Student's
    t with 7 degrees of freedom) 19 times in 20.

    References
    ----------
    .. [1] Sobol', I. M. (1967). On the distribution of points in a cube and the approximate evaluation of integrals. USSR
       Computational Mathematics and Mathematical Physics 7(4), 86-112. https://doi.org/10.1016/0041-5553(67)90144-9
    .. [2] Owen, A. B. (1997). Scrambled net variance for integrals of smooth functions. The Annals of Statistics 25(4),
       1541-1562. https://doi.org/10.1214/aos/1031594731

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import monte_carlo, quasi_monte_carlo
    >>> def fun(p):
    ...     return np.exp(np.sum(p, axis=1))
    >>> smooth = quasi_monte_carlo(fun, [0, 0], [1, 1], 1024, rng=0)
    >>> chance = monte_carlo(fun, [0, 0], [1, 1], 8 * 1024, rng=0)
    >>> round(smooth.value, 4), round((np.e - 1) ** 2, 4), smooth.nfev == chance.nfev
    (2.9525, 2.9525, True)
    >>> smooth.error < chance.error / 100
    True
    """
    from scipy.stats import qmc  # takes longer to load than all else here

    integrand, box, source = Integrand(fun), _Box.between(low, high), _source(rng)
    n, replicates = as_int("n", n, low=2), as_int("replicates", replicates, low=2)
    if n & (n - 1):
        raise ValueError(
            f"`n` must be a power of two, where Sobol' points are balanced, got n={n}: "
            f"use {2 ** (n.bit_length() - 1)} or {2 ** n.bit_length()}"
        )
    if box.d > qmc.Sobol.MAXDIM:
        raise ValueError(f"`low` must have at most {qmc.Sobol.MAXDIM} coordinates, got {box.d}")
    name = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"  # since SciPy 1.15
    options: Any = {"scramble": True, "bits": BITS, name: source}
    means, tallies = [], []
    for _ in range(replicates):
        tally = _tallied(integrand, box, qmc.Sobol(box.d, **options).random, n)
        if isinstance(tally, str):
            return _not_finite(integrand, tally)
        means.append(tally.mean)
        tallies.append(tally)
    between = _Tally.of(box.volume * np.array(means))
    return _estimated(between.mean, between.standard_error, reduce(_Tally.joined, tallies))


def importance_sampling(
    fun: Function,
    sample: Callable[[np.random.Generator, int], ArrayLike],
    pdf: Function,
    n: int,
    *,
    rng: Seed = None,
) -> SampledResult:
    r"""Integrate by points that are drawn from a density, each weighted by how rarely it is drawn.

    .. math:: \int f(x) \, dx \approx \frac{1}{n} \sum_{i=1}^{n} \frac{f(X_i)}{q(X_i)}, \qquad X_i \sim q

    The integral is over all points that `sample` can draw; a box is not needed, and infinite ranges are welcome.

    Parameters
    ----------
    fun : callable
        The integrand f, as for `monte_carlo`: it gets the points that `sample` drew. For an expectation it
        is the product of the quantity and its density.
    sample : callable
        Called once as ``sample(rng, n)`` with a :class:`numpy.random.Generator`; returns n points, of shape ``(n,)`` or
        ``(n, d)``.
    pdf : callable
        The density q of `sample`, which must integrate to 1; it gets the points and returns shape ``(n,)``.
    n : int
        Number of points, at least 2.
    rng : int or numpy.random.Generator, optional
        Seed or source of random numbers, as for :func:`numpy.random.default_rng`.

    Returns
    -------
    SampledResult
        `value`, its standard error `error`, `effective_sample_size`, `nfev`, `status`, `success`, `message`.

    Raises
    ------
    ValueError
        If `pdf` is not positive and finite at a point that `sample` drew (the two do not belong together, or the
        density is too small for a float), if a callable returns another shape, or an argument breaks its rule.
    TypeError
        If something cannot be called or does not return real numbers, or `rng` is no source of random numbers.

    See Also
    --------
    monte_carlo : The same with a uniform density.

    Notes
    -----
    The variance is that of the ratio f / q: zero if q is proportional to f (for f ≥ 0), infinite if the tails of q are
    too light, however small f is there [1]_. Choose a q whose tails are heavier than those of f.

    Infinite variance cannot be told for sure from a sample: the points that would show it are those that were not drawn.
    What the sample does show is when few of its points carry the sum: `effective_sample_size` [2]_ counts
    them, and the status is 1 where there are fewer than 30. A large count is no proof. Compare runs with
    different seeds and growing n: with finite variance `error` falls like 1 / √n, otherwise it jumps up now and then.

    Where q is 0 and f is not, no point is ever drawn, and that part of the integral is missing without a sign.

    References
    ----------
    .. [1] Kahn, H. and Marshall, A. W. (1953). Methods of reducing sample size in Monte Carlo computations. Journal of
       the Operations Research Society of America 1(5), 263-278. https://doi.org/10.1287/opre.1.5.263
    .. [2] Kong, A., Liu, J. S. and Wong, W. H. (1994). Sequential imputations and Bayesian missing data problems. Journal
       of the American Statistical Association 89(425), 278-288. https://doi.org/10.1080/01621459.1994.10476469

    Examples
    --------
    The probability that a standard normal variable exceeds 4, with points from an exponential density that begins at 4:

    >>> import numpy as np
    >>> from calcguide.integrate import importance_sampling
    >>> result = importance_sampling(
    ...     lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
    ...     lambda rng, n: 4 + rng.exponential(1 / 4, n),
    ...     lambda x: 4 * np.exp(-4 * (x - 4)),
    ...     10_000,
    ...     rng=0,
    ... )
    >>> from scipy.special import ndtr
    >>> print(f"{result.value:.2e} ± {result.error:.0e}, exact {ndtr(-4):.2e}")
    3.17e-05 ± 3e-08, exact 3.17e-05
    """
    integrand, source = Integrand(fun), _source(rng)
    check_callable("sample", sample)
    density = Integrand(pdf, "pdf")
    n = as_int("n", n, low=2)
    points = as_float_array("sample(rng, n)", sample(source, n))
    if points.ndim not in (1, 2) or len(points) != n:
        raise ValueError(f"`sample` must return shape ({n},) or ({n}, d), got shape {points.shape}")
    q = density(points.copy())
    if q.ndim != 1:
        raise ValueError(f"`pdf` must return shape ({n},), got shape {q.shape}")
    bad = np.flatnonzero(~((q > 0) & (q < np.inf)))
    if bad.size:
        k = int(bad[0])
        raise ValueError(
            f"`pdf` must be positive and finite where `sample` draws, got {q[k]} at x={_shown(points[k])}"
        )
    values = integrand(points.copy())
    trouble = integrand.trouble(points, values)
    if trouble:
        return _not_finite(integrand, trouble)
    with np.errstate(over="ignore"):
        ratios = values / q.reshape(n, *[1] * (values.ndim - 1))
    if not np.isfinite(ratios).all():
        k = int(np.argwhere(~np.isfinite(ratios))[0][0])
        raise ValueError(f"`pdf` is too small beside `fun`, got {q[k]} at x={_shown(points[k])}")
    tally = _Tally.of(ratios)
    return _estimated(tally.mean, tally.standard_error, tally)


@dataclass(frozen=True)
class _Box:
    """A box with one corner and its signed widths, of shape () or (d,)."""

    low: Array
    width: Array

    @classmethod
    def between(cls, low: ArrayLike, high: ArrayLike) -> _Box:
        """Check two opposite corners."""
        corners = as_float_array("low", low), as_float_array("high", high)
        for name, corner in zip(("low", "high"), corners, strict=True):
            if corner.ndim > 1:
                raise ValueError(f"`{name}` must be a number or one-dimensional, got shape {corner.shape}")
        if all(corner.ndim for corner in corners) and len(corners[0]) != len(corners[1]):
            raise ValueError(
                f"`low` and `high` must have as many coordinates, got {len(corners[0])} and {len(corners[1])}"
            )
        start, stop = np.broadcast_arrays(*corners)
        return cls(start, stop - start)

    @property
    def d(self) -> int:
        """Number of dimensions."""
        return self.low.size

    @property
    def volume(self) -> float:
        """Signed volume."""
        return float(np.prod(self.width))

    def filled(self, unit: Array) -> Array:
        """Carry points of the unit cube, of shape (m, d), to the box, in the shape that the integrand gets."""
        return self.low + self.width * (unit if self.low.ndim else unit[:, 0])


@dataclass(frozen=True)
class _Tally:
    """What is kept of values: how many, their mean, their spread about it, and their size."""

    n: int
    mean: Any
    squares: Any
    """Sum of the squared distances from the mean."""
    size: Any
    """Sum of the absolute values."""

    @classmethod
    def of(cls, values: Array) -> _Tally:
        """Take the mean first, then the distances from it: squares of the values would cancel."""
        with np.errstate(over="ignore", invalid="ignore"):
            mean = values.mean(axis=0)
            return cls(len(values), mean, np.square(values - mean).sum(axis=0), np.abs(values).sum(axis=0))

    def joined(self, other: _Tally) -> _Tally:
        """Put two tallies together, by the formula of Chan, Golub and LeVeque."""
        n = self.n + other.n
        with np.errstate(over="ignore", invalid="ignore"):
            apart = other.mean - self.mean
            mean = self.mean + apart * (other.n / n)
            squares = self.squares + other.squares + apart**2 * (self.n * other.n / n)
            return _Tally(n, mean, squares, self.size + other.size)

    @property
    def standard_error(self) -> Any:
        """Standard error of the mean, from the unbiased variance."""
        return np.sqrt(self.squares / (self.n - 1) / self.n)

    @property
    def effective_size(self) -> Any:
        """(Σ |v|)² / Σ v², the number of equal values with the same spread; 0 if all of them are 0."""
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.asarray(self.squares + self.n * self.mean**2)
            return np.divide(self.size**2, total, out=np.zeros(total.shape), where=total != 0)


def _tallied(integrand: Integrand, box: _Box, draw: Callable[[int], Array], n: int) -> _Tally | str:
    """Evaluate at n points of a box, block by block, or say where the integrand is not finite."""
    tally = None
    for m in _blocks(n, box.d):
        points = box.filled(draw(m))
        values = integrand(points)
        trouble = integrand.trouble(points, values)
        if trouble:
            return trouble
        tally = _Tally.of(values) if tally is None else tally.joined(_Tally.of(values))
    assert tally is not None  # noqa: S101  # n is at least 2
    return tally


def _blocks(n: int, d: int) -> Iterator[int]:
    """Part n points of d coordinates into blocks of a power of two, and a rest."""
    length = max(1024, BLOCK >> (d - 1).bit_length())
    yield from [length] * (n // length)
    if n % length:
        yield n % length


def _estimated(value: Any, error: Any, tally: _Tally) -> SampledResult:
    """Put a result together, and doubt its error where few values carry the sum."""
    effective = tally.effective_size
    least = float(np.min(effective, initial=tally.n))
    status, message = CONVERGED, "the integral was estimated"
    if not least >= LEAST:
        status = NOT_CONVERGED
        message = _doubt(least, tally.n)
    value, error, effective = (plain(np.asarray(part)) for part in (value, error, effective))
    return SampledResult(value, error, effective, tally.n, status, status == CONVERGED, message)


def _doubt(effective: float, n: int) -> str:
    """Say why a standard error cannot be trusted."""
    if effective == 0:
        return (
            f"`fun` was 0 at all {n} points: where it is not, none fell, and the standard error says nothing"
        )
    if effective > 0:
        return f"only {effective:.2g} of {n} points carry the sum: the standard error cannot be trusted"
    return "the values of `fun` are too large for their squares: there is no standard error"


def _not_finite(integrand: Integrand, trouble: str) -> SampledResult:
    """Give up where the integrand is not finite."""
    shape = integrand.value_shape or ()
    value, error = (plain(np.full(shape, number)) for number in (np.nan, np.inf))
    return SampledResult(value, error, plain(np.zeros(shape)), integrand.nfev, NOT_FINITE, False, trouble)


def _source(rng: Seed) -> np.random.Generator:
    """Return the source of random numbers that a seed stands for."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise TypeError(
            f"`rng` must be a seed that is not negative, a numpy.random.Generator or None, got {rng!r}"
        ) from None


def _shown(point: Any) -> str:
    """Write a point as the caller would."""
    return np.array2string(np.asarray(point), separator=", ")
