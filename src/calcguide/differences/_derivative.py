"""Derivatives of functions of one variable."""

from __future__ import annotations

from math import inf
from operator import add, sub
from typing import Any

import numpy as np

from calcguide._results import plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable
from calcguide.differences._adaptive import FIRST_STEP, RTOL, RULES, judge, round_off_floor
from calcguide.differences._lines import OnePointLine, PointLines
from calcguide.differences._method import Method, deliver


def derivative(
    fun: Function,
    x: ArrayLike,
    *,
    n: int = 1,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    args: tuple[ArrayLike, ...] = (),
    rtol: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate a function of one variable, at one point or at many.

    .. math:: f^{(n)}(x) = \lim_{h \to 0} \frac{1}{h^n} \sum_i w_i \, f(x + t_i h)

    Parameters
    ----------
    fun : callable
        Real function of one real variable, called as ``fun(x, *args)``. At a single point it gets a number; at
        many it must be elementwise: it gets a one-dimensional array of any number of points and returns
        as many values, each depending on its own point only.
    x : array_like
        The point or points, of any shape.
    n : int, default: 1
        Order of the derivative, 1 to 4.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        "adaptive" extrapolates central differences and searches for a step until the error estimate meets
        `rtol`; the others apply one formula with one step. "complex" (first derivatives of analytic functions
        that accept complex arguments) is exact to round-off.
    order : int, optional
        Order of accuracy of the formula: 2, 4 or 6 for central (default 2), 1 to 6 for forward and backward
        (default 1).
    h : float, optional
        Step; for "adaptive" the first one that is tried, rounded down to a power of two. The default is `step_size` for the fixed formulas. A
        default step is shortened where it leads out of the domain of `fun` (to NaN or infinity); a given one is not.
    args : tuple of array_like, optional
        Further arguments of `fun`, broadcast against `x`, so that parameters may differ from point to point.
    rtol : float, optional
        Relative tolerance of "adaptive": 1e-10, 1e-9, 1e-7, 1e-6 for n = 1, 2, 3, 4 by default.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone. For the fixed formulas the estimate
        costs as many evaluations again.

    Returns
    -------
    float or ndarray or DifferenceResult
        The derivative, of the shape of `x`; with `full_output` the result with `value`, `error`, `step`,
        `nfev` (evaluations at each point), `status`, `message`, `success`.

    Raises
    ------
    ValueError
        If an argument breaks its rule, if `fun` returns another shape than it got, or if `fun` is not finite at
        a point; the last is a status with `full_output`.
    TypeError
        If `fun` cannot be called, `x` is not real, or `fun` does not return real numbers.

    Warns
    -----
    AccuracyWarning
        If the error estimate of "adaptive" exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    gradient : The derivative of a scalar function of several variables.
    jacobian : The derivative of a function with several values.
    step_size : The steps of the fixed formulas, explained.

    Notes
    -----
    Where the default is satisfied at first sight it evaluates `fun` 7 times at each point: at x and at
    x ± h, x ± h/2, x ± h/4 with h = 2⁻⁸; for n = 2, 3, 4 it takes h = 2⁻³ and x ± h/8 as well. The weighted sum is
    Richardson's extrapolation [1]_ of the central difference, with an error :math:`O(h^6)` for n = 1, 3 and 4,
    :math:`O(h^8)` for n = 2; moving h to where truncation and round-off balance follows Ridders [2]_. The weights of
    all formulas are exact [3]_. At a kink or a jump the search goes on to the shortest steps: some 150 evaluations.

    Forward and backward formulas have an error :math:`O(h^p)` for order p and cost n + p evaluations, central
    ones about as many. Near h = ε^(1/(n+p)) round-off leaves an error of about ε^(p/(n+p)): 1e-8 for the forward,
    4e-11 for the central difference, 1e-15 for the complex step [4]_.

    A feature of `fun` that is narrower than the nodes and lies between them cannot be seen: a ripple of period h/4,
    say, vanishes at all of them. Set `h` to the length over which `fun` varies where that is much shorter than 2⁻⁸.
    The error estimate knows the rounding of the function's values, not the rounding inside `fun`: next to a zero that
    comes from cancellation it can be too low by the factor that was cancelled.

    References
    ----------
    .. [1] Richardson, L. F. (1911). The approximate arithmetical solution by finite differences of physical
       problems involving differential equations. Phil. Trans. R. Soc. A 210, 307-357.
       https://doi.org/10.1098/rsta.1911.0009
    .. [2] Ridders, C. J. F. (1982). Accurate computation of F'(x) and F'(x) F''(x). Advances in Engineering
       Software 4(2), 75-76. https://doi.org/10.1016/S0141-1195(82)80057-0
    .. [3] Fornberg, B. (1988). Generation of finite difference formulas on arbitrarily spaced grids. Mathematics of
       Computation 51(184), 699-706. https://doi.org/10.1090/S0025-5718-1988-0935077-0
    .. [4] Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real functions.
       SIAM Review 40(1), 110-112. https://doi.org/10.1137/S003614459631241X

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.differences import derivative
    >>> derivative(np.sin, 0.5), float(np.cos(0.5))
    (0.8775825619, 0.8775825619)
    >>> derivative(lambda x: x**3 - 2 * x**2 + 1, [0, 1, 2]).tolist()
    [0.0, -1.0, 4.0]
    >>> derivative(np.exp, 1.0, n=2, method="central", h=1e-4)
    2.71828
    >>> result = derivative(np.log, 1e-3, full_output=True)
    >>> result.value, result.success, result.error < 1e-7
    (1000.0, True, True)
    """
    check_callable("fun", fun)
    default = method == "adaptive" and order is h is rtol is None and not args and not full_output
    if default and type(x) is float and type(n) is int and n in RULES:
        value = _glance(fun, x, n)
        if value is not None:
            return value
    n = as_int("n", n, low=1, high=max(FIRST_STEP))
    how = Method.chosen(method, order, h, rtol, n)
    points = as_float_array("x", x)
    further: tuple[Array, ...] = ()
    if args:
        arrays = [as_float_array(f"args[{i}]", arg) for i, arg in enumerate(args)]
        try:
            points, *spread = np.broadcast_arrays(points, *arrays)
        except ValueError:
            shapes = ", ".join(str(a.shape) for a in (points, *arrays))
            raise ValueError(f"`args` must broadcast against `x`, got shapes {shapes}") from None
        further = tuple(np.ravel(a) for a in spread)
    shape = points.shape
    lines = (PointLines if shape else OnePointLine)(fun, points.ravel(), further)
    found = how(lines, n, judged=full_output)

    def shaped(array: Any) -> Any:
        return array.reshape(shape)

    return deliver(found, shaped, plain(shaped(found.nfev)), lines, full_output=full_output)


def _glance(fun: Function, x: float, n: int) -> float | None:
    """Take the first look of the adaptive method at one point in plain floats; arrays of one would cost ten times more.

    Returns None where a second look is needed or anything is unusual: the general way then deals with it.
    """
    rule, h, point = RULES[n], FIRST_STEP[n], np.float64(x)
    steps = [t * h for t in rule.nodes]
    try:
        with np.errstate(all="ignore"):
            center = float(fun(point))
            forth = [float(fun(point + t)) for t in steps]
            back = [float(fun(point - t)) for t in steps]
    except (ArithmeticError, TypeError, ValueError):
        return None
    odd = list(map(sub, forth, back))
    even = list(map(add, [a - center for a in forth], [b - center for b in back]))
    own, other = (odd, even) if n % 2 else (even, odd)
    sums = _weighted(rule.own, own) + _weighted(rule.other, other)
    value, truncation, roundoff, size, _, (unsettled, kinked) = judge(rule, h, abs(x), sums, center, odd[0])
    error, goal = truncation + roundoff, RTOL[n] * abs(value)
    if error > goal:
        goal = round_off_floor(rule, size, abs(x), RTOL[n])
    trusted = error <= goal < inf and unsettled[0] <= unsettled[1] and kinked[0] <= kinked[1]
    return float(value) if trusted else None


def _weighted(weights: tuple[tuple[float, ...], ...], terms: list[float]) -> list[float]:
    """Return Σ w_i terms[i] for each row of weights, written out: a general sum takes three times as long."""
    if len(terms) == 3:
        a, b, c = terms
        return [u * a + v * b + w * c for u, v, w in weights]
    a, b, c, d = terms
    return [t * a + u * b + v * c + w * d for t, u, v, w in weights]
