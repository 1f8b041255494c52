r"""Truncated power series that take part in NumPy's protocols.

Put the series :math:`u(t) = u_0 + u_1 t + \dots + u_n t^n` in the place of a number, and every operation becomes one on
coefficients. Two rules carry the others, that of the product and that of the quotient:

.. math::

    (u w)_k = \sum_{j=0}^{k} u_j\, w_{k-j}, \qquad
    \Bigl(\frac{u}{w}\Bigr)_k = \frac{1}{w_0} \Bigl( u_k - \sum_{j=1}^{k} w_j \Bigl(\frac{u}{w}\Bigr)_{k-j} \Bigr)

The functions of `calcguide.series._elementary` follow from them, since each solves a differential equation of first order.
A function evaluated once, on the series :math:`x_0 + t`, returns its own Taylor coefficients: those of :math:`f(x_0 + t)`.

Coefficients are a list of floats, or of arrays where many points are expanded at once; they broadcast. Lists of plain
floats are faster than arrays up to some fifty coefficients, and few expansions have more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

import numpy as np

from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable

Coefficients = list[Any]

# -- Arithmetic of coefficients ----------------------------------------------------------------------------------------


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """Sum the products of two rows, as far as both go."""
    return sum(map(mul, a, b))


def over(a: Any, b: Any) -> Any:
    """Divide as NumPy does: by zero too, where Python's floats would raise."""
    return np.divide(a, b) if b.__class__ in (float, int) and not b else a / b


def product(u: Coefficients, w: Coefficients) -> Coefficients:
    """Multiply: (u w)_k = Σ_j u_j w_{k−j}."""
    return [dot(u, w[k::-1]) for k in range(min(len(u), len(w)))]


def quotient(u: Coefficients, w: Coefficients) -> Coefficients:
    """Divide: y = u / w solves w y = u, coefficient by coefficient."""
    y: Coefficients = []
    for k in range(len(u)):
        y.append(over(u[k] - dot(w[1 : k + 1], y[::-1]), w[0]))
    return y


def differential(u: Coefficients) -> Coefficients:
    """Differentiate: u' has the coefficients (k + 1) u_{k+1}, one fewer than u."""
    return [k * c for k, c in enumerate(u)][1:]


def integral(y0: Any, slope: Coefficients) -> Coefficients:
    """Integrate: y with y(0) = y0 and the derivative given."""
    return [y0, *(c / k for k, c in enumerate(slope, start=1))]


def general_power(u: Coefficients, r: Any, y0: Any) -> Coefficients:
    """Raise to a constant power: y = uʳ solves u y' = r u' y, which needs u_0 ≠ 0."""
    du, y = differential(u), [y0]
    for k in range(1, len(u)):
        y.append(over(r * dot(du[:k], y[::-1]) - dot(u[1:k], differential(y)[::-1]), k * u[0]))
    return y


def whole_power(u: Coefficients, n: int) -> Coefficients:
    """Raise to the power n ≥ 1 by squaring: right for u_0 = 0 and for u_0 < 0, and exact for polynomials."""
    y: Coefficients = []
    while True:
        if n % 2:
            y = product(y, u) if y else u
        n //= 2
        if not n:
            return y
        u = product(u, u)


def at(ufunc: Callable[..., Any], *values: Any) -> Any:
    """Evaluate a function on leading coefficients; a float stays a plain float, which is faster."""
    y = ufunc(*values)
    return float(y) if y.__class__ is np.float64 else y


# -- The number that stands for a series -------------------------------------------------------------------------------

#: What NumPy's functions do on series; `calcguide.series._elementary` fills the table.
RULES: dict[Any, Callable[..., Any]] = {}
#: Functions that depend on the values alone, and are constant nearby.
CONSTANT: set[Any] = {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.isfinite, np.isnan, np.isinf,
    np.signbit, np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.ones_like, np.zeros_like, np.full_like,
    np.any, np.all,
}  # fmt: skip


def _operator(ufunc: np.ufunc, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    """Return the method of an operator with two operands."""
    if swapped:
        return lambda self, other: RULES[ufunc](other, self)
    return lambda self, other: RULES[ufunc](self, other)


def _comparison(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    """Return the method of a comparison, which sees values only."""
    return lambda self, other: ufunc(self.c[0], value(other))


def _lost(wanted: str) -> Callable[..., Any]:
    """Return a method that refuses to drop all coefficients but the first."""

    def method(*_: Any, **__: Any) -> Any:
        raise TypeError(
            f"a power series cannot become {wanted}: its coefficients would be lost. Use NumPy's elementwise functions in "
            "place of math's and of arrays that are filled in, or method='autodiff'"
        )

    return method


def _without_rule(name: str) -> Callable[..., Any]:
    """Return a method that names an operator that series do not have."""

    def method(*_: Any) -> Any:
        raise TypeError(_uncovered(name))

    return method


class Jet:
    """A power series, truncated: what a function gets in the place of a number."""

    __slots__ = ("c", "scope")

    def __init__(self, c: Coefficients, scope: object) -> None:
        self.c, self.scope = c, scope

    __add__, __radd__ = _operator(np.add), _operator(np.add, swapped=True)
    __sub__, __rsub__ = _operator(np.subtract), _operator(np.subtract, swapped=True)
    __mul__, __rmul__ = _operator(np.multiply), _operator(np.multiply, swapped=True)
    __truediv__, __rtruediv__ = _operator(np.divide), _operator(np.divide, swapped=True)
    __pow__, __rpow__ = _operator(np.power), _operator(np.power, swapped=True)
    __eq__, __ne__ = _comparison(np.equal), _comparison(np.not_equal)
    __lt__, __le__ = _comparison(np.less), _comparison(np.less_equal)
    __gt__, __ge__ = _comparison(np.greater), _comparison(np.greater_equal)
    __hash__ = None  # type: ignore[assignment]  # like an array
    __array__, __float__, __int__ = _lost("a plain array"), _lost("a plain number"), _lost("a plain number")
    __complex__, __index__ = _lost("a plain number"), _lost("an index")
    __mod__ = __rmod__ = _without_rule("the operator %")
    __floordiv__ = __rfloordiv__ = _without_rule("the operator //")
    __getitem__ = _without_rule("indexing")
    __setitem__, item, tolist = _lost("part of an array"), _lost("a plain number"), _lost("a list")

    def __neg__(self) -> Jet:
        """Return −u."""
        return self.like([-c for c in self.c])

    def __pos__(self) -> Jet:
        """Return u."""
        return self

    def __abs__(self) -> Any:
        """Return |u|."""
        return RULES[np.absolute](self)

    def __bool__(self) -> bool:
        """Decide by the value: a branch is expanded as it is taken."""
        return bool(self.c[0])

    def __getattr__(self, name: str) -> Any:
        """Name a method of arrays that a series does not have."""
        raise AttributeError(_uncovered(f"the method {name}"))

    def __repr__(self) -> str:
        """Show the coefficients."""
        return f"power series {self.c!r}"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value, which every other coefficient broadcasts to."""
        return np.shape(self.c[0])

    @property
    def ndim(self) -> int:
        """The number of dimensions of the value."""
        return np.ndim(self.c[0])

    @property
    def size(self) -> int:
        """The number of elements of the value."""
        return int(np.size(self.c[0]))

    @property
    def dtype(self) -> Any:
        """The type of the value's elements."""
        return np.asarray(self.c[0]).dtype

    def like(self, c: Coefficients) -> Jet:
        """Return the series with other coefficients, of the same expansion."""
        return Jet(c, self.scope)

    def constant(self, number: Any) -> Coefficients:
        """Return a number as a series of this length."""
        return [number, *[0.0] * (len(self.c) - 1)]

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Take part in NumPy's elementwise functions."""
        if method == "__call__" and not options:
            if ufunc in CONSTANT:
                return ufunc(*map(value, operands))
            if ufunc in RULES:
                return RULES[ufunc](*operands)
        what = ufunc.__name__ + ("" if method == "__call__" else f".{method}")
        raise TypeError(_uncovered(what + "".join(f" with {name}=" for name in options)))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Take part in a few of NumPy's other functions."""
        del types
        if function in CONSTANT:
            return function(*map(value, args), **options)
        if function in RULES:
            return RULES[function](*args, **options)
        raise TypeError(_uncovered(f"{function.__module__}.{function.__name__}"))


def _uncovered(name: str) -> str:
    """Say that a function is not covered, and what is."""
    return f"{name} has no rule for power series: use method='autodiff', or write it with functions that have one"


def value(operand: Any) -> Any:
    """Return the value of a series; anything else as it is."""
    return operand.c[0] if isinstance(operand, Jet) else operand


def number(operand: Any) -> Any:
    """Return an operand that is no series as a number or an array of them."""
    if operand.__class__ is float or operand.__class__ is int:
        return operand
    array = np.asarray(operand)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a power series must meet real numbers, got {operand!r:.60}")
    return array[()]


def pair(u: Any, w: Any) -> tuple[Jet, Coefficients, Coefficients]:
    """Return one of two operands that is a series, and the coefficients of both."""
    one = u if isinstance(u, Jet) else w
    first, second = (part.c if isinstance(part, Jet) else one.constant(number(part)) for part in (u, w))
    if isinstance(u, Jet) and isinstance(w, Jet):
        _check_scope(u, w.scope)
    return one, first, second


def _check_scope(u: Jet, scope: object) -> None:
    """Refuse a series of another expansion: its coefficients are by another variable."""
    if u.scope is not scope:
        raise TypeError(
            "power series of two expansions met: an expansion inside another is not covered, use autodiff.derivative "
            "for the inner one"
        )


def jet(fun: Function, x0: ArrayLike, degree: int) -> Array:
    r"""Compute the Taylor coefficients of a function of one variable in a single evaluation.

    .. math:: c_k = \frac{f^{(k)}(x_0)}{k!}, \qquad f(x_0 + t) = c_0 + c_1 t + \dots + c_n t^n + O(t^{n+1})

    Parameters
    ----------
    fun : callable
        Function of a number written with NumPy, or elementwise function of an array. It is called once, with a power
        series in the place of the number.
    x0 : array_like
        The point; or points of any shape, expanded all at once.
    degree : int
        The last power n, 0 or more.

    Returns
    -------
    ndarray of shape (degree + 1, ...)
        The coefficients, lowest power first, each of the shape of `x0`.

    Raises
    ------
    ValueError
        If `degree` is negative, `x0` is not finite, `fun` returns another shape than `x0` has, or a coefficient is not
        finite: `fun` then has no Taylor polynomial of that degree there, as at a pole, a branch point or a kink.
    TypeError
        If `fun` uses a function without a rule for series, or is not real.

    See Also
    --------
    taylor : The polynomial, ready to be evaluated.
    calcguide.autodiff.derivative : One derivative, through every function that has a derivative there.

    Notes
    -----
    Each operation on the way acts on truncated power series [1]_: a product of two of them takes (n + 1)(n + 2)/2
    multiplications, and every function in the list below a small multiple of that. Nested differentiation would cost
    about 3ⁿ instead. The coefficients come out to about the accuracy of the function's value, no differences being taken;
    they lose digits only where the exact coefficients cancel, as those of sin² + cos² do.

    Covered are: arithmetic and powers; exp, log and their relatives; the trigonometric and hyperbolic functions with
    their inverses; ``absolute``, ``sign``, ``maximum``, ``minimum``, ``where``, ``hypot``, ``arctan2``, ``sum``
    and ``mean``; and from `scipy.special` those of the logistic, normal and gamma distributions' formulas: expit, logit,
    log_expit, erf, erfc, erfi, ndtr, entr, xlogy, xlog1py, gamma, gammaln, digamma. Others raise and say so.

    A power with an integer exponent is a product, so that base 0 and negative bases are as good as any. Where two
    branches meet (``absolute`` at 0, ``maximum`` of equal numbers) there is no Taylor polynomial, and an error says
    so; `calcguide.autodiff` would choose a slope. An ``if`` and a ``where`` are expanded as they are taken, at the
    edge of their condition too: whether the other branch joins smoothly there is not seen. A quotient 0/0 is not
    resolved: as in NumPy itself, sin(x)/x has no value at 0.

    References
    ----------
    .. [1] Griewank, A. and Walther, A. (2008). Evaluating Derivatives: Principles and Techniques of Algorithmic
       Differentiation, 2nd edition, chapter 13. SIAM. https://doi.org/10.1137/1.9780898717761

    Examples
    --------
    The coefficients of the exponential function are 1/k!; those of 1/(1 + x²) at 0 alternate:

    >>> import numpy as np
    >>> from calcguide.series import jet
    >>> jet(np.exp, 0.0, 4).tolist()
    [1.0, 1.0, 0.5, 0.16666667, 0.041666667]
    >>> jet(lambda x: 1 / (1 + x**2), 0.0, 6).tolist()
    [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]

    The 30th derivative of x eˣ at 1 is (1 + 30) e:

    >>> from math import e, factorial
    >>> float(jet(lambda x: x * np.exp(x), 1.0, 30)[30] * factorial(30)), 31 * e
    (84.2667366, 84.2667366)
    """
    check_callable("fun", fun)
    points = as_float_array("x0", x0)
    return expanded(fun, points, as_int("degree", degree, low=0))


def expanded(fun: Function, points: Array, degree: int, step: Any = 1.0) -> Array:
    """Return the coefficients of f(x0 + step t) in powers of t, for each of the points x0; steps broadcast with them."""
    start: Any = points if points.ndim else float(points)
    slope: Any = np.broadcast_to(step, points.shape) if points.ndim else float(step)
    scope = object()
    with np.errstate(all="ignore"):  # what is not finite is reported below, with its point and order
        result = fun(Jet([start, slope, *[0.0] * degree][: degree + 1], scope))
    if isinstance(result, Jet):
        _check_scope(result, scope)
    row = result.c if isinstance(result, Jet) else [number(result), *[0.0] * degree]
    shape = np.shape(row[0])
    if shape not in (points.shape, ()) or (isinstance(result, Jet) and shape != points.shape):
        raise ValueError(
            f"`fun` returned shape {shape} for an argument of shape {points.shape}; a series needs a function of one "
            "variable, which may work element by element"
        )
    coefficients = np.empty((degree + 1, *points.shape))
    for k, c in enumerate(row):
        coefficients[k] = c
    return _checked(coefficients, points)


def _checked(coefficients: Array, points: Array) -> Array:
    """Return the coefficients if all are finite, or name the first point and order that is not."""
    if not np.isfinite(coefficients).all():
        k, *index = (int(i) for i in np.argwhere(~np.isfinite(coefficients))[0])
        where, what = points[tuple(index)], coefficients[(k, *index)]
        if k == 0:
            raise ValueError(f"`fun` is not finite at x0={where}: it is {what}")
        raise ValueError(
            f"`fun` has no Taylor polynomial of degree {len(coefficients) - 1} at x0={where}: "
            f"the coefficient of order {k} is {what}"
        )
    return coefficients
