r"""Rules with fixed nodes: the integral as one weighted sum.

.. math:: \int_a^b f(x) \, dx \approx (b - a) \sum_i w_i \, f(a + (b - a) t_i), \qquad 0 \le t_i \le 1,
   \qquad \sum_i w_i = 1
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from calcguide._results import NOT_FINITE, deliver
from calcguide._typing import Array, Function
from calcguide._validation import as_float, as_int, as_limit, as_positive, check_one_of
from calcguide.integrate._integrand import ROUND_OFF, Integrand, concluded, weigh
from calcguide.integrate._nodes import hermite, laguerre, legendre

#: Nodes x, and their weights.
Nodes: TypeAlias = tuple[Array, Array]
#: A way to place n nodes by two numbers that say where: the limits, or a point and a unit of length.
Rule: TypeAlias = Callable[[int, float, float], Nodes]
#: Nodes of Gauss's rules that the package computes; beyond, composite rules cost less. Rules up to this size are kept.
MAX_NODES = 1000
#: Beyond this the weights of the outermost Laguerre nodes leave the range of floating point.
MAX_LAGUERRE = 300


def riemann_sum(
    fun: Function, a: float, b: float, n: int, *, rule: str = "left", full_output: bool = False
) -> Any:
    r"""Add up n rectangles: the sum whose limit is the integral.

    .. math:: S_n = \sum_{i=0}^{n-1} f(x_i^*) \, \Delta x, \qquad \Delta x = \frac{b - a}{n}

    Parameters
    ----------
    fun : callable
        The integrand: gets the nodes as an array of shape (m,), returns one value for each, shape (m,), or several,
        shape (m, ...).
    a, b : float
        The limits. With ``a > b`` the sum changes its sign; with ``a == b`` it is 0.
    n : int
        How many rectangles.
    rule : {"left", "right", "midpoint"}, default: "left"
        Which point of its cell gives a rectangle its height.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The sum, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    trapezoid : The mean of the left and the right sum.
    integral : The integral itself, to a tolerance.

    Notes
    -----
    n evaluations. The error is O(1/n) for the left and the right rule, and its first term is half a cell times
    f(b) − f(a); it is O(1/n²) for the midpoint rule. A sum is signed: rectangles below the axis count as negative.

    With `full_output` the sum of n // 2 rectangles is computed as well, and Richardson's comparison
    (S_n − S_m) / ((n/m)^p − 1) for the order p estimates the error of S_n. It tells the size of the error where n is
    large enough for its first term to dominate and `fun` is smooth; it is no bound. For n = 1 it is infinite:
    there is nothing to compare with. The status of a fixed rule is 0 wherever `fun` is finite: no tolerance was asked for.

    Examples
    --------
    The left sum of 2x over [-10, 10] is −2, not 0: each rectangle misses the triangle above it.

    >>> from calcguide.integrate import riemann_sum
    >>> riemann_sum(lambda x: 2 * x, -10, 10, 200)
    -2.0
    >>> riemann_sum(lambda x: 2 * x, -10, 10, 200, rule="right")
    2.0
    >>> result = riemann_sum(lambda x: x**2, 0, 3, 100, rule="midpoint", full_output=True)
    >>> result.value, result.error, 9 - result.value
    (8.999775, 0.000225, 0.000225)
    """
    check_one_of("rule", rule, RECTANGLES)
    n = as_int("n", n, low=1)
    order = 2 if rule == "midpoint" else 1
    return _composite(fun, a, b, n, n // 2, RECTANGLES[rule], order, full_output=full_output)


def trapezoid(fun: Function, a: float, b: float, n: int, *, full_output: bool = False) -> Any:
    r"""Integrate by n trapezoids under the chords of the function.

    .. math:: T_n = \Delta x \left( \tfrac12 f(x_0) + f(x_1) + \dots + f(x_{n-1}) + \tfrac12 f(x_n) \right)

    Parameters
    ----------
    fun : callable
        The integrand: gets the nodes as an array of shape (m,), returns one value for each, shape (m,), or several,
        shape (m, ...).
    a, b : float
        The limits. With ``a > b`` the sum changes its sign; with ``a == b`` it is 0.
    n : int
        How many cells.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The sum, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    cumulative : The running integral of samples.
    romberg : Trapezoid sums, extrapolated.

    Notes
    -----
    n + 1 evaluations. The error is :math:`-\frac{(b-a)^3}{12 n^2} f''(\xi)`: twice that of the midpoint rule, and of
    opposite sign. Over a full period of a smooth periodic function it falls faster than any power of 1/n [1]_.

    The error estimate is as for `riemann_sum`, by the sum with n // 2 cells; for even n that costs nothing.

    References
    ----------
    .. [1] Trefethen, L. N. and Weideman, J. A. C. (2014). The exponentially convergent trapezoidal rule. SIAM Review
       56(3), 385-458. https://doi.org/10.1137/130932132

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import trapezoid
    >>> result = trapezoid(np.sin, 0, np.pi, 100, full_output=True)
    >>> result.value, result.error, 2 - result.value
    (1.99983550, 1.6e-04, 1.6e-04)
    >>> bessel = trapezoid(lambda t: np.exp(np.cos(t)) / (2 * np.pi), 0, 2 * np.pi, 16)  # a full period
    >>> bessel, float(np.i0(1.0))
    (1.26606587775201, 1.26606587775201)
    """
    n = as_int("n", n, low=1)
    return _composite(fun, a, b, n, n // 2, _trapezoids, 2, full_output=full_output)


def simpson(fun: Function, a: float, b: float, n: int, *, full_output: bool = False) -> Any:
    r"""Integrate by parabolas through three neighbouring points each.

    .. math:: S_n = \frac{\Delta x}{3} \left( f_0 + 4 f_1 + 2 f_2 + 4 f_3 + \dots + 4 f_{n-1} + f_n \right)

    Parameters
    ----------
    fun : callable
        The integrand: gets the nodes as an array of shape (m,), returns one value for each, shape (m,), or several,
        shape (m, ...).
    a, b : float
        The limits. With ``a > b`` the sum changes its sign; with ``a == b`` it is 0.
    n : int
        How many cells: an even number, since a parabola spans two.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone.

    Returns
    -------
    float or ndarray or IntegralResult
        The sum, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `n` is odd, if `fun` returns another shape, or if it is not finite at a
        node; the last is a status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    gauss_legendre : Far fewer evaluations where the function is smooth.
    cumulative : The running integral of samples.

    Notes
    -----
    n + 1 evaluations. The error is :math:`-\frac{(b-a)^5}{180 n^4} f^{(4)}(\xi)`: cubics are integrated exactly, one
    degree more than parabolas promise. The error estimate is as for `riemann_sum`, by half as many parabolas; it is
    infinite for n = 2.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import simpson
    >>> simpson(lambda x: x**3 - 2 * x**2 + 1, 0, 3, 2)  # 81/4 - 18 + 3
    5.25
    >>> result = simpson(np.exp, 0, 1, 16, full_output=True)
    >>> result.value, result.error, result.value - float(np.expm1(1))
    (1.7182819741, 1.5e-07, 1.5e-07)
    """
    n = as_int("n", n, low=2)
    if n % 2:
        raise ValueError(f"`n` must be even, a parabola spans two cells; got n={n}")
    return _composite(fun, a, b, n, n // 4 * 2, _parabolas, 4, full_output=full_output)


def gauss_legendre(fun: Function, a: float, b: float, n: int, *, full_output: bool = False) -> Any:
    r"""Integrate by Gauss's rule with n nodes: exact for polynomials of degree 2n − 1.

    .. math:: \int_a^b f(x) \, dx \approx \frac{b - a}{2} \sum_{i=1}^{n} w_i \,
       f\left( \frac{a + b}{2} + \frac{b - a}{2} \, \xi_i \right)

    Parameters
    ----------
    fun : callable
        The integrand: gets the nodes as an array of shape (m,), returns one value for each, shape (m,), or several,
        shape (m, ...).
    a, b : float
        The limits. With ``a > b`` the sum changes its sign; with ``a == b`` it is 0.
    n : int
        How many nodes, up to 1000: the roots of the Legendre polynomial of degree n.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone; it costs n − 1 further evaluations.

    Returns
    -------
    float or ndarray or IntegralResult
        The sum, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    integral : Chooses where and how often to evaluate by itself.

    Notes
    -----
    n evaluations, none at the limits. For an analytic function the error falls like :math:`\rho^{-2n}`, where
    :math:`\rho` measures how far the function continues into the complex plane [1]_; ten to twenty nodes often reach
    round-off. A kink or a jump reduces that to a power of 1/n.

    Nodes and weights are correct to a few units in the last place, and are kept from one call to the next. The error
    estimate is the difference to the rule with n − 1 nodes: the error of the lesser one, hence usually far too
    large. For n = 1 it is infinite.

    References
    ----------
    .. [1] Trefethen, L. N. (2008). Is Gauss quadrature better than Clenshaw-Curtis? SIAM Review 50(1), 67-87.
       https://doi.org/10.1137/060659831

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import gauss_legendre
    >>> gauss_legendre(lambda x: x**9, 0, 1, 5)
    0.1
    >>> result = gauss_legendre(np.exp, -1, 1, 8, full_output=True)
    >>> result.value, float(2 * np.sinh(1.0)), result.error < 1e-11
    (2.35040238728760, 2.35040238728760, True)
    """
    n = as_int("n", n, low=1, high=MAX_NODES)
    integrand, a, b = Integrand(fun), as_limit("a", a), as_limit("b", b)
    middle, half = a / 2 + b / 2, b / 2 - a / 2
    return _weighed(integrand, LEGENDRE, n, (middle, half), half, n - 1, 1.0, full_output)


def gauss_hermite(
    fun: Function, n: int, *, mean: float = 0.0, std: float = 1.0, full_output: bool = False
) -> Any:
    r"""Take the expectation of a function of a normal variable by Gauss's rule with n nodes.

    .. math:: \mathbb{E}\, f(X) = \int_{-\infty}^{\infty} f(x) \,
       \frac{e^{-(x - \mu)^2 / 2 \sigma^2}}{\sigma \sqrt{2 \pi}} \, dx
       \approx \sum_{i=1}^{n} w_i \, f(\mu + \sigma \xi_i), \qquad X \sim \mathcal{N}(\mu, \sigma^2)

    Parameters
    ----------
    fun : callable
        The function f, without the density: gets the nodes as an array of shape (m,), returns one value for each,
        shape (m,), or several, shape (m, ...).
    n : int
        How many nodes, up to 1000. Polynomials of degree 2n − 1 are integrated exactly.
    mean, std : float, default: 0 and 1
        Mean and standard deviation of X.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone; it costs n − 1 further evaluations.

    Returns
    -------
    float or ndarray or IntegralResult
        The expectation, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    gauss_laguerre : The same for an exponential variable.
    monte_carlo : In many dimensions.

    Notes
    -----
    n evaluations. The outermost nodes lie about 2 √n standard deviations from the mean. For a function that is entire
    and grows slowly the error falls exponentially; a kink, as in max(x, 0), reduces that to about 1/n.

    The error estimate is the difference to the rule with n − 1 nodes. For n = 1 it is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import gauss_hermite
    >>> gauss_hermite(lambda x: x**4, 3)  # the fourth moment
    3.0
    >>> gauss_hermite(np.exp, 20, mean=1.0, std=0.5), float(np.exp(1 + 0.5**2 / 2))
    (3.08021684891803, 3.08021684891803)
    """
    n = as_int("n", n, low=1, high=MAX_NODES)
    mean, std = as_float("mean", mean), as_positive("std", std)
    return _weighed(Integrand(fun), HERMITE, n, (mean, std), 1.0, n - 1, 1.0, full_output)


def gauss_laguerre(fun: Function, n: int, *, rate: float = 1.0, full_output: bool = False) -> Any:
    r"""Take the expectation of a function of an exponential variable by Gauss's rule with n nodes.

    .. math:: \mathbb{E}\, f(X) = \int_0^{\infty} f(x) \, \lambda e^{-\lambda x} \, dx
       \approx \sum_{i=1}^{n} w_i \, f(\xi_i / \lambda), \qquad X \sim \mathrm{Exp}(\lambda)

    Parameters
    ----------
    fun : callable
        The function f, without the density: gets the nodes as an array of shape (m,), returns one value for each,
        shape (m,), or several, shape (m, ...).
    n : int
        How many nodes, up to 300. Polynomials of degree 2n − 1 are integrated exactly.
    rate : float, default: 1
        The rate λ; the mean of X is 1/λ.
    full_output : bool, default: False
        Return a result with an error estimate instead of the value alone; it costs n − 1 further evaluations.

    Returns
    -------
    float or ndarray or IntegralResult
        The expectation, of the shape of one value of `fun`; with `full_output` the result.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape, or if it is not finite at a node; the last is a
        status with `full_output`.
    TypeError
        If `fun` cannot be called or does not return real numbers.

    See Also
    --------
    gauss_hermite : The same for a normal variable.

    Notes
    -----
    n evaluations. The nodes reach to about 4n / λ. The rule suits functions that look like polynomials on that whole range;
    where f is singular at 0, as √x is, the error falls only like a power of 1/n.

    The error estimate is the difference to the rule with n − 1 nodes. For n = 1 it is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import gauss_laguerre
    >>> gauss_laguerre(lambda x: x**2, 2, rate=0.5)  # 2 / rate²
    8.0
    >>> gauss_laguerre(np.cos, 40)  # the real part of 1 / (1 − i)
    0.5
    """
    n = as_int("n", n, low=1, high=MAX_LAGUERRE)
    rate = as_positive("rate", rate)
    return _weighed(Integrand(fun), LAGUERRE, n, (0.0, 1 / rate), 1.0, n - 1, 1.0, full_output)


def _rectangles(spot: float, n: int, a: float, b: float) -> Nodes:
    """Place n nodes at the same spot of each cell."""
    return _between(a, b, (np.arange(n) + spot) / n), np.full(n, 1 / n)


#: The left end, the right end or the middle of each cell.
RECTANGLES: dict[str, Rule] = {
    "left": partial(_rectangles, 0.0),
    "right": partial(_rectangles, 1.0),
    "midpoint": partial(_rectangles, 0.5),
}


def _trapezoids(n: int, a: float, b: float) -> Nodes:
    """Weigh the ends of each cell equally; inner nodes belong to two cells."""
    w = np.full(n + 1, 1 / n)
    w[[0, -1]] = 0.5 / n
    return _between(a, b, np.arange(n + 1) / n), w


def _parabolas(n: int, a: float, b: float) -> Nodes:
    """Weigh the three nodes of each pair of cells 1 : 4 : 1."""
    w = np.full(n + 1, 2 / (3 * n))
    w[1::2] *= 2
    w[[0, -1]] /= 2
    return _between(a, b, np.arange(n + 1) / n), w


def _between(a: float, b: float, t: Array) -> Array:
    """Place nodes t in [0, 1] between the limits: 0 and 1 are a and b to the last bit."""
    return (1 - t) * a + t * b


def _gauss(family: Callable[[int], tuple[Array, Array]], n: int, start: float, unit: float) -> Nodes:
    """Place the nodes of one of Gauss's rules."""
    t, w = family(n)
    return start + unit * t, w


LEGENDRE, HERMITE, LAGUERRE = (partial(_gauss, family) for family in (legendre, hermite, laguerre))


def _composite(
    fun: Function, a: float, b: float, n: int, m: int, rule: Rule, order: int, *, full_output: bool
) -> Any:
    """Apply a rule with n cells; the sum with m cells has (n/m)^order times its error."""
    integrand, a, b = Integrand(fun), as_limit("a", a), as_limit("b", b)
    ratio = (n / m) ** order - 1 if m else 1.0
    return _weighed(integrand, rule, n, (a, b), b - a, m, ratio, full_output)


def _weighed(
    integrand: Integrand,
    rule: Rule,
    n: int,
    where: tuple[float, float],
    length: float,
    m: int,
    ratio: float,
    full_output: bool,
) -> Any:
    """Add up; the rule of size m, whose error is 1 + ratio times as large, tells the error, unless m is 0."""
    x, w = _placed(rule, n, where)
    values = integrand(x.copy())
    total = length * weigh(w, values)
    if not (isfinite(total) if isinstance(total, float) else np.isfinite(total).all()):
        message = integrand.trouble(x, values) or "the sum is too large for floating point"
        result = concluded(total, total, integrand, NOT_FINITE, message)
        return deliver(result, full_output=full_output)
    if not full_output:
        return total
    error = np.full_like(total, np.inf)
    if m:
        other, v = _placed(rule, m, where)
        # Where the coarse nodes are among the fine ones, nothing is computed again.
        ahead = np.sign(length)
        shared = np.searchsorted(ahead * x, ahead * other)
        nested = shared[-1] < len(x) and (x[shared] == other).all()
        rough = length * weigh(v, values[shared] if nested else integrand(other.copy()))
        error = np.abs(total - rough) / ratio + ROUND_OFF * abs(length) * weigh(w, np.abs(values))
    return concluded(total, error, integrand)


def _placed(rule: Rule, n: int, where: tuple[float, float]) -> Nodes:
    """Place the nodes, or find them where they were placed before."""
    start, unit = where[0] + 0.0, where[1] + 0.0  # −0 becomes 0: as keys they are one
    return _kept(rule, n, start, unit) if n <= MAX_NODES else rule(n, start, unit)


@lru_cache(maxsize=256)
def _kept(rule: Rule, n: int, start: float, unit: float) -> Nodes:
    """Place the nodes once: the same interval is often used again, with another function."""
    return rule(n, start, unit)
