r"""How far a power series converges, from its coefficients: :math:`1/\rho = \limsup_n |c_n|^{1/n}`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calcguide._results import Result
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float, as_float_array, as_int
from calcguide.series._jet import jet

#: A coefficient that small beside the geometric mean of its neighbours is the rounding error of zero.
NEGLIGIBLE = 1e-12
#: Coefficients that say where the terms go, at least.
FEWEST = 6
#: An estimate is settled if its error is estimated below this part of it.
SETTLED = 0.05
#: |c_n/c_{n−1}| of an entire function of order s falls as n^(−1/s), that of a series of radius 0 rises. In between lies
#: what tends to a constant.
POWER = 0.25
#: Terms of the later coefficients, at the radius found, that are so small beside the first ones prove nothing.
NOISE = 1e-13

MESSAGES = {
    0: "the estimates agree",
    1: "the estimates disagree or have not settled: take the radius for a rough one, or use more coefficients",
    2: "there are too few coefficients that are not zero for an estimate",
    3: "the last coefficients may be nothing but rounding errors: the function may have a larger radius",
}
LIMITS = {
    math.inf: "the ratios of the coefficients fall like a power of n: no singularity is in sight",
    0.0: "the ratios of the coefficients rise like a power of n: the series converges nowhere else",
}
POLYNOMIAL = "the last coefficients are zero: the function is a polynomial, as far as they show"


@dataclass(frozen=True, repr=False)
class RadiusResult(Result):
    """A radius of convergence, estimated in several ways.

    Attributes
    ----------
    value : float
        The estimate: infinite for a function without singularities, 0 for a series that converges nowhere else.
    error : float
        Estimate of its error, from how it changes with the last coefficients.
    ratio : float
        The ratio of the last two coefficients, ``|c_{n−1}/c_n|``.
    root : float
        The root test: ``min |c_n|^(−1/n)`` over the later half of the coefficients.
    domb_sykes : float
        The ratios, extrapolated to n = ∞: for one singularity, on the real line.
    pair : float
        The same of Mercer and Roberts' ratios: for a pair of complex conjugate singularities.
    method : str
        Which of them is `value`: "domb_sykes", "pair", "root"; or "growth", where the ratios go to 0 or to infinity.
    status : int
        0: the estimates agree; 1: they do not, or have not settled; 2: too few coefficients are not zero; 3: the later
        coefficients may be rounding errors.
    success : bool
        Whether the status is 0.
    message : str
        The status in words.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.series import radius_of_convergence
    >>> found = radius_of_convergence(lambda x: 1 / (1 + x**2), x0=1.0)
    >>> found.value, found.method, found.success
    (1.4142136, 'pair', True)
    """

    value: float
    error: float
    ratio: float
    root: float
    domb_sykes: float
    pair: float
    method: str
    status: int
    success: bool
    message: str


def radius_of_convergence(
    fun_or_coefficients: Function | ArrayLike, *, x0: float | None = None, degree: int = 40
) -> RadiusResult:
    r"""Estimate how far a Taylor series converges.

    .. math:: \frac{|c_n|}{|c_{n-1}|} = \frac1\rho \Bigl( 1 - \frac{1 + q}{n} + O(n^{-2}) \Bigr)
              \quad\text{for a singularity}\quad (\rho - x)^q

    Parameters
    ----------
    fun_or_coefficients : callable or array_like of shape (n + 1,)
        A function of one variable; or the coefficients of a series, lowest power first.
    x0 : float, optional
        The point of the expansion of a function, 0 by default; coefficients have none.
    degree : int, default: 40
        The degree to which a function is expanded, at least 6.

    Returns
    -------
    RadiusResult
        The estimate, its error, the single estimates, and whether they agree.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or the function has no Taylor polynomial at `x0`.
    TypeError
        If the function uses one without a rule for series, or the coefficients are not real.

    See Also
    --------
    jet : The coefficients.
    remainder_bound : The error at one degree.

    Notes
    -----
    No finite number of coefficients determines the radius; this is a diagnosis. The nearest singularity, real or
    complex, sets it, and the pattern of the coefficients says of which kind that is:

    - the ratios of coefficients tend to 1/ρ with an error in 1/n, which a line in 1/n removes (Domb and Sykes [1]_);
      where only every p-th coefficient is not zero, they are those of a series in :math:`x^p`;
    - a pair of complex conjugate singularities makes the signs turn without pattern, and ratios useless; the quotients
      :math:`B_n^2 = (c_{n+1} c_{n-1} - c_n^2) / (c_n c_{n-2} - c_{n-1}^2)` tend to 1/ρ² (Mercer and Roberts [2]_);
    - ratios that fall like a power of n belong to a function without singularities: the radius is infinite. A singularity
      too far away or too faint for n terms looks alike, as in exp(30 x)/(1 − x) up to degree 40.

    An essential singularity, as of exp(1/(1 − x)), is approached so slowly, like :math:`n^{-1/2}`, that the estimate of the
    error is too small. Two singularities at the same distance that are of different kind, and gaps that grow as in
    :math:`\sum x^{2^k}`, fit neither. Then the root test is all that is left, the status says that nothing has settled,
    and `value` is right to a factor of about :math:`n^{1/n}`.

    References
    ----------
    .. [1] Domb, C. and Sykes, M. F. (1957). On the susceptibility of a ferromagnetic above the Curie point. Proc. R.
       Soc. A 240, 214-228. https://doi.org/10.1098/rspa.1957.0078
    .. [2] Mercer, G. N. and Roberts, A. J. (1990). A centre manifold description of contaminant dispersion in channels
       with varying flow properties. SIAM Journal on Applied Mathematics 50(6), 1547-1565.
       https://doi.org/10.1137/0150091

    Examples
    --------
    The series of 1/(1 + x²) is defined on the whole line and converges between −1 and 1 only, because of ±i:

    >>> import numpy as np
    >>> from calcguide.series import radius_of_convergence
    >>> radius_of_convergence(lambda x: 1 / (1 + x**2)).value
    1.0
    >>> radius_of_convergence(np.exp).value, radius_of_convergence(np.tan).value, np.pi / 2
    (inf, 1.5707963, 1.5707963)

    The plain ratio of the last coefficients of √x is a worse estimate than its extrapolation:

    >>> found = radius_of_convergence(np.sqrt, x0=1.0)
    >>> found.ratio, found.root, found.domb_sykes
    (1.0389610, 1.185, 1.0)
    """
    if callable(fun_or_coefficients):
        point = 0.0 if x0 is None else as_float("x0", x0)
        c = jet(fun_or_coefficients, point, as_int("degree", degree, low=FEWEST))
    else:
        if x0 is not None:
            raise ValueError(f"`x0` belongs to a function; coefficients have none, got x0={x0}")
        c = as_float_array("coefficients", fun_or_coefficients, ndim=1)
    return _diagnosed(c)


def _diagnosed(c: Array) -> RadiusResult:
    """Compare the estimates and choose one."""
    if not c[max(1, len(c) // 2) :].any():
        return RadiusResult(
            math.inf, 0.0, math.nan, math.inf, math.nan, math.nan, "root", 0, True, POLYNOMIAL
        )
    root = _root(c)
    if np.count_nonzero(c) < FEWEST:
        return _verdict(root, math.inf, "root", 2, root=root)
    level, unit = _level(c)
    c = _cleaned(c, level)
    places = np.flatnonzero(c)
    if places.size < FEWEST:
        return _verdict(root, math.inf, "root", 2, root=root)
    period = int(np.gcd.reduce(np.diff(places)))
    rates = _rates(c[places[0] :: period])
    ratio = float(rates[-1] ** (-1 / period)) if rates.size else math.nan
    domb_sykes, its_error = _extrapolated(rates, places[0] / period, period)
    pair, error_of_pair = _extrapolated_pair(np.sign(c) * np.exp(_log(c) + level))
    pair, error_of_pair = pair * unit, error_of_pair * unit
    found = {"ratio": ratio, "root": root, "domb_sykes": domb_sykes, "pair": pair}
    error, value, method = min((its_error, domb_sykes, "domb_sykes"), (error_of_pair, pair, "pair"))
    if error <= SETTLED * value:
        sizes = _log(c) + np.arange(len(c)) * math.log(value)
        drowned = sizes[len(c) // 2 :].max() < math.log(NOISE) + sizes.max()
        return _verdict(value, error, method, 3 if drowned else 0, **found)
    growth, misfit = _growth(c[places], (places - places[0]) / period)
    if growth < -POWER:
        return _verdict(math.inf, 0.0, "growth", 0, ratio=ratio, root=root)
    if growth > POWER and misfit < 1:
        return _verdict(0.0, 0.0, "growth", 0, ratio=ratio, root=root)
    distance = max((abs(root - one) for one in found.values() if math.isfinite(one)), default=0.0)
    return _verdict(root, distance or math.inf, "root", 1, **found)


def _verdict(
    value: float,
    error: float,
    method: str,
    status: int,
    *,
    ratio: float = math.nan,
    root: float = math.nan,
    domb_sykes: float = math.nan,
    pair: float = math.nan,
) -> RadiusResult:
    message = LIMITS[value] if method == "growth" else MESSAGES[status]
    return RadiusResult(value, error, ratio, root, domb_sykes, pair, method, status, status == 0, message)


def _log(c: Array) -> Array:
    """Return log|c|, −∞ for zeros."""
    with np.errstate(divide="ignore"):
        return np.log(np.abs(c))


def _root(c: Array) -> float:
    """Return min |c_n|^(−1/n) over the later half."""
    n = np.arange(max(1, len(c) // 2), len(c))
    return float(np.exp(np.min(-_log(c[n]) / n)))


def _level(c: Array) -> tuple[Array, float]:
    """Return what to add to log|c_n| so that it neither rises nor falls, and the unit of x that has the same effect."""
    n = np.flatnonzero(c)
    slope, start = np.polyfit(n, _log(c[n]), 1)
    return -(start + slope * np.arange(len(c))), math.exp(-slope)


def _cleaned(c: Array, level: Array) -> Array:
    """Return the coefficients with a zero where there is only the rounding error of one."""
    size = np.pad(_log(c) + level, 1, constant_values=-math.inf)
    neighbours = np.maximum(size[:-2], size[2:])
    return np.where(size[1:-1] <= math.log(NEGLIGIBLE) + neighbours, 0.0, c)


def _rates(c: Array) -> Array:
    """Return |c_m / c_{m−1}|; none if a coefficient is zero."""
    return np.abs(c[1:] / c[:-1]) if c.all() else np.empty(0)


def _growth(c: Array, m: Array) -> tuple[float, float]:
    """Return κ where |c_m/c_{m−1}| goes as m^κ, and how far log|c_m| is from a + b m + κ m log m, which is fitted."""
    c, m = c[m > 1], m[m > 1]
    columns = np.stack([np.ones_like(m), m, m * np.log(m)], axis=1)
    fit = np.linalg.lstsq(columns, _log(c))[0]
    return float(fit[2]), float(np.max(np.abs(columns @ fit - _log(c))))


def _extrapolated(rates: Array, first: float, period: int) -> tuple[float, float]:
    """Extrapolate rates t + a/m + O(1/m²) to m = ∞; return the radius t^(−1/period) and an estimate of its error.

    Places m are counted in periods from the power zero, the coefficient before the first rate standing at `first`: so the
    rates of 1/m, which log(1 + x) has, lie on a line.
    The line through two neighbours leaves t_m = t + b/m²: neighbours differ by 2 b/m³, m/2 times less than the
    error, which is taken twice for the terms after it.
    """
    m = len(rates)
    if m < FEWEST - 1 or not np.isfinite(rates[-5:]).all():
        return math.nan, math.inf
    places = first + np.arange(m - 4, m + 1)
    t = np.diff(places * rates[-5:])
    if not (t > 0).all():
        return math.nan, math.inf
    relative = m * np.abs(np.diff(t)).max() / t[-1] + 4 * m * np.finfo(float).eps
    radius = float(t[-1] ** (-1 / period))
    return radius, float(radius * relative / period)


def _extrapolated_pair(c: Array) -> tuple[float, float]:
    """Extrapolate Mercer and Roberts' B_n = t + a/n + O(n⁻²); return 1/t and an estimate of its error.

    The terms in n⁻² oscillate, so that a line through many B_n is better than one through two; its error is seen from
    another one through half as many. With t also comes the angle of the singularities, from the recurrence
    c_{n+1} − 2 t cos θ c_n + t² c_{n−1} = 0: two singularities on the real line would need a cosine above 1.
    """
    determinants = c[2:] * c[:-2] - c[1:-1] ** 2
    with np.errstate(all="ignore"):
        rates = np.sqrt(determinants[1:] / determinants[:-1])
    n = np.arange(2, len(c) - 1)
    later, last = slice(len(n) // 2, None), slice(3 * len(n) // 4, None)
    if len(n[last]) < 3 or not np.isfinite(rates[later]).all():
        return math.nan, math.inf
    (slope, t), (_, closer) = (np.polyfit(1 / n[part], rates[part], 1) for part in (later, last))
    scatter = np.abs(t + slope / n[later] - rates[later]).max()
    before, middle, after = (c[len(c) // 2 + k : len(c) - 2 + k] for k in range(3))
    cosine = middle @ (after + t**2 * before) / (2 * t * (middle @ middle))
    if t <= 0 or abs(cosine) > 1:
        return math.nan, math.inf
    error = 2 * abs(t - closer) + 4 * scatter + len(c) * np.finfo(float).eps * t
    return float(1 / t), float(error / t**2)
