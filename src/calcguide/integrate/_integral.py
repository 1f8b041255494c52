r"""The integral of a function to a tolerance, and the area below its graph.

.. math:: \int_a^b f(x) \, dx = \sum_k \int_{p_k}^{p_{k+1}} f(x) \, dx, \qquad a = p_0 < p_1 < \dots < p_n = b
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isinf
from typing import Any

import numpy as np

from calcguide._results import DIVERGENT, NOT_CONVERGED, NOT_FINITE, IntegralResult, deliver
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, as_limit
from calcguide.integrate._adaptive import Found, Search
from calcguide.integrate._integrand import Integrand, Tolerance, concluded, judged, nothing
from calcguide.integrate._ranges import NotFiniteError, Pieces

#: Evaluations after which the search ends, unless the caller says otherwise.
MAX_NFEV = 200_000


def integral(
    fun: Function,
    a: float,
    b: float,
    *,
    rtol: float = 1e-10,
    atol: float = 0.0,
    points: ArrayLike | None = None,
    max_nfev: int = MAX_NFEV,
    full_output: bool = False,
) -> Any:
    r"""Integrate a function to a tolerance, over a finite or an infinite range.

    .. math:: \int_a^b f(x) \, dx

    Parameters
    ----------
    fun : callable
        The integrand: gets nodes as an array of shape (m,), returns one value for each, shape (m,), or several, shape
        (m, ...). It is never evaluated at the limits, nor at `points`.
    a, b : float
        The limits, each of which may be infinite. With ``a > b`` the integral changes its sign; with ``a == b`` it is 0.
    rtol, atol : float, default: 1e-10 and 0
        The error may be ``max(atol, rtol * abs(value))``, and what round-off leaves within reach; of several values,
        each has to meet it.
    points : array_like, optional
        Places between the limits at which `fun` is singular, jumps or has a narrow peak.
    max_nfev : int, default: 200000
        Evaluations after which the search ends.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The integral, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a point inside; the
        last is a status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    Warns
    -----
    AccuracyWarning
        If the error estimate exceeds the tolerance, or the integral seems to diverge; a status with `full_output`.

    See Also
    --------
    gauss_legendre : Fewer evaluations for a function that is known to be smooth.
    tanh_sinh : The rule for singular ends alone.
    area : The unsigned area.
    double_integral : Over regions of the plane.
    monte_carlo : In many dimensions.

    Notes
    -----
    The range is cut into cells, at first 8 on a finite range, of 15 nodes and one beside either end each: 136
    evaluations in one call. Kronrod's sum of a cell is compared with Gauss's sum of 7 of the nodes, and the cells with
    the largest errors are halved, in batches, until the errors add up to less than the tolerance [1]_ [2]_. An end at
    which the error falls too slowly is singular, and goes to the rule of `tanh_sinh`. Half-lines are cut at a distance
    of 1 (or abs(a) / 1024, if that is more) from their finite end, and beyond x = a ± L/d is substituted; the whole
    line is cut at 0.

    Cost: a jump or a kink inside takes some 40 halvings, 34 evaluations each; named in `points` it costs nothing. A
    singularity inside converges slowly, and ends with status 1 and the place to put into `points`.

    A result is as good as its samples. A feature between the nodes cannot be seen: a peak narrower than about
    1/100 of a finite range beside a function that is smooth elsewhere, a kink or a jump within 1/2000 of a limit, or a
    second peak far out on an infinite range. Nor can a kink at one of the rare places where both sums of a small
    cell agree by chance: some 1e-9 of the integral can then be missed. Name such places in `points`.

    If all samples are zero the function is searched more closely; if it is still zero everywhere, the integral over a
    finite range is taken to be zero, over an infinite one it is reported with status 1. An oscillation that does not
    die out on an infinite range, as of sin(x)/x, needs other methods: status 1.

    An integral that grows without bound towards an end is reported with status 3; its value is then infinite, or NaN where
    parts of both signs grow.

    References
    ----------
    .. [1] Piessens, R., de Doncker-Kapenga, E., Überhuber, C. W. and Kahaner, D. K. (1983). QUADPACK: a subroutine
       package for automatic integration. Springer. https://doi.org/10.1007/978-3-642-61786-7
    .. [2] Shampine, L. F. (2008). Vectorized adaptive quadrature in MATLAB. Journal of Computational and Applied
       Mathematics 211(2), 131-140. https://doi.org/10.1016/j.cam.2006.11.021

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import integral
    >>> integral(lambda x: x**3 - 2 * x**2 + 1, 0, 3)  # 81/4 - 18 + 3
    5.25
    >>> result = integral(lambda x: np.exp(-(x**2)), -np.inf, np.inf, full_output=True)
    >>> result.value, float(np.sqrt(np.pi)), result.error < 1e-10
    (1.7724538509055, 1.7724538509055, True)
    >>> integral(lambda x: 1 / np.sqrt(np.abs(x - 0.3)), 0, 1, points=[0.3])  # 2 √0.3 + 2 √0.7
    2.76876517
    >>> integral(lambda x: np.stack([np.cos(x), np.sin(x)], axis=-1), 0, np.pi / 2)
    array([1., 1.])
    >>> integral(lambda x: 1 / x, 1, np.inf, full_output=True).message
    'the integral seems to diverge at x=inf'
    """
    integrand, tolerance = Integrand(fun), Tolerance.checked(rtol, atol)
    wanted = checked_range(a, b, points, max_nfev)
    if wanted.empty:
        return deliver(nothing(integrand, wanted.breaks[0]), full_output=full_output)
    return deliver(searched(integrand, wanted, tolerance), full_output=full_output)


@dataclass(frozen=True)
class Range:
    """Where to integrate: the limits and the places at which the range is cut, in ascending order."""

    breaks: tuple[float, ...]
    sign: float
    max_nfev: int

    @property
    def empty(self) -> bool:
        """Whether the limits are equal."""
        return len(self.breaks) == 1

    def cut_at(self, places: Array) -> Range:
        """Return the range with further cuts."""
        return replace(self, breaks=tuple(np.unique([*self.breaks, *places]).tolist()))


def checked_range(a: float, b: float, points: ArrayLike | None, max_nfev: int) -> Range:
    """Check the arguments that say where to integrate, and how hard to try; the whole line is cut at 0."""
    a, b = as_limit("a", a, finite=False), as_limit("b", b, finite=False)
    low, high = min(a, b), max(a, b)
    places = [] if points is None else _inside(points, low, high)
    if isinf(low) and isinf(high) and low != high and not places:
        places = [0.0]
    breaks = (low,) if low == high else (low, *places, high)
    return Range(breaks, 1.0 if a < b else -1.0, as_int("max_nfev", max_nfev, low=1))


def searched(integrand: Integrand, wanted: Range, tolerance: Tolerance) -> IntegralResult:
    """Integrate, and say what has come of it."""
    try:
        with np.errstate(all="ignore"):
            found = Search(integrand, Pieces.of(wanted.breaks), tolerance, wanted.max_nfev).run()
    except NotFiniteError as trouble:
        advice = "; if it is singular there, name the place in `points`"
        return concluded(np.nan, np.inf, integrand, NOT_FINITE, f"{trouble}{advice}")
    return conclusion(found, wanted.sign, integrand, tolerance)


def _inside(points: ArrayLike, low: float, high: float) -> list[float]:
    """Return the places between the limits at which the range is cut."""
    places = np.unique(as_float_array("points", points, empty=True))
    outside = places[(places < low) | (places > high)]
    if outside.size:
        raise ValueError(f"`points` must lie between the limits {low} and {high}, got {outside[0]}")
    return [float(p) for p in places if low < p < high]


def conclusion(found: Found, sign: float, integrand: Integrand, tolerance: Tolerance) -> IntegralResult:
    """Turn what the search has found into a result with a status and words."""
    value = sign * found.value
    if found.divergent is not None:
        message = f"the integral seems to diverge at x={found.divergent!r}"
        return concluded(value, found.error, integrand, DIVERGENT, message)
    if found.unseen:
        message = (
            f"the integrand is zero at all {integrand.nfev} points of an infinite range that were tried; "
            "if it is not zero everywhere, name a place in `points`"
        )
        return concluded(value, np.full_like(value, inf), integrand, NOT_CONVERGED, message)
    advice = f"; it is hardest near x={found.hardest!r}: name a singular point there in `points`"
    if found.exhausted:
        advice = f": `max_nfev` allows no more evaluations than the {integrand.nfev} that were made"
    return judged(value, found.error, found.rounding, integrand, tolerance, advice)
