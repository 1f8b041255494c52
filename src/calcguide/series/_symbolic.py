r"""Taylor coefficients on paper: the function becomes a SymPy expression, and its derivatives are formulas.

.. math:: c_\alpha = \lim_{x \to x_0} \frac{\partial^\alpha f(x)}{\alpha!}

A formula can have a limit where its value is 0/0: sin(x)/x has a Taylor series at 0 here, and nowhere else in this room.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from scipy import special

from calcguide._typing import Array, Function

#: Digits that are carried where a formula becomes a number.
DIGITS = 30


def _names() -> dict[Any, Callable[..., Any]]:
    """Say what NumPy's functions are in SymPy."""
    import sympy as sp

    trigonometric = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    table = {getattr(np, name): getattr(sp, name) for name in ("exp", "log", "sqrt", "cbrt", *trigonometric)}
    table |= {getattr(np, f"arc{name}"): getattr(sp, f"a{name}") for name in trigonometric}
    table |= {
        np.add: lambda a, b: a + b,
        np.subtract: lambda a, b: a - b,
        np.multiply: lambda a, b: a * b,
        np.divide: lambda a, b: a / b,
        np.power: lambda a, b: a**b,
        np.negative: lambda a: -a,
        np.positive: lambda a: a,
        np.absolute: sp.Abs,
        np.square: lambda a: a**2,
        np.reciprocal: lambda a: 1 / a,
        np.expm1: lambda a: sp.exp(a) - 1,
        np.exp2: lambda a: 2**a,
        np.log1p: lambda a: sp.log(1 + a),
        np.log2: lambda a: sp.log(a, 2),
        np.log10: lambda a: sp.log(a, 10),
        np.hypot: lambda a, b: sp.sqrt(a**2 + b**2),
        np.arctan2: sp.atan2,
        np.logaddexp: lambda a, b: sp.log(sp.exp(a) + sp.exp(b)),
        special.expit: lambda a: 1 / (1 + sp.exp(-a)),
        special.log_expit: lambda a: -sp.log(1 + sp.exp(-a)),
        special.erf: sp.erf,
        special.erfc: sp.erfc,
        special.ndtr: lambda a: (1 + sp.erf(a / sp.sqrt(2))) / 2,
        special.gamma: sp.gamma,
        special.gammaln: sp.loggamma,
        special.digamma: sp.digamma,
    }
    return table


class Formula(np.lib.mixins.NDArrayOperatorsMixin):
    """A SymPy expression that takes part in NumPy's elementwise functions."""

    __slots__ = ("expression", "names")

    def __init__(self, expression: Any, names: dict[Any, Callable[..., Any]]) -> None:
        self.expression, self.names = expression, names

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Write the function down instead of computing it."""
        if any(isinstance(operand, np.ndarray) and operand.ndim for operand in operands):
            return np.asarray(ufunc(*(_boxed(operand) for operand in operands), dtype=object))
        if method != "__call__" or options.keys() - {"dtype"} or ufunc not in self.names:
            raise TypeError(f"{ufunc.__name__} has no formula here: use method='autodiff'")
        return Formula(self.names[ufunc](*map(_expression, operands)), self.names)

    def __getattr__(self, name: str) -> Any:
        """Return the method through which a ufunc reaches the elements of an object array: np.sin calls u.sin()."""
        ufunc = getattr(np, name, None)
        if isinstance(ufunc, np.ufunc):
            return lambda *others: ufunc(self, *others)
        raise AttributeError(f"a formula has no attribute {name}: use method='autodiff'")

    def __bool__(self) -> bool:
        """Refuse: a formula has no value to decide by."""
        raise TypeError("a formula cannot decide a branch: use method='jet' or method='autodiff'")

    def __float__(self) -> float:
        """Refuse: a formula is no number."""
        raise TypeError("a formula cannot become a plain number: use NumPy's functions in place of math's")


def _boxed(operand: Any) -> Any:
    """Wrap a formula into an object array, so that NumPy goes through the elements."""
    if not isinstance(operand, Formula):
        return operand
    box = np.empty((), object)
    box[()] = operand
    return box


def _expression(operand: Any) -> Any:
    """Return an operand as SymPy has it: floats that are integers become integers, so that x**2.0 is x²."""
    import sympy as sp

    if isinstance(operand, Formula):
        return operand.expression
    number = float(operand)
    return sp.Integer(int(number)) if number.is_integer() else sp.Float(number, DIGITS)


def symbolic(fun: Function, x0: Any, degree: int) -> list[Array]:
    """Return the coefficients, one tensor for each degree; in one variable without axes."""
    import sympy as sp

    several = np.ndim(x0) > 0
    points = np.atleast_1d(x0)
    symbols = sp.symbols(f"x:{len(points)}", real=True)
    names = _names()
    arguments = [Formula(symbol, names) for symbol in symbols]
    written = fun(np.array(arguments, dtype=object) if several else arguments[0])
    if np.ndim(written):
        raise ValueError(f"`fun` returned shape {np.shape(written)}; a Taylor polynomial needs one value")
    expression = sp.sympify(_expression(written.item() if isinstance(written, np.ndarray) else written))
    place = {symbol: sp.Rational(float(at)) for symbol, at in zip(symbols, points, strict=True)}
    _refuse_kinks(expression, place)
    tensors = []
    for k in range(degree + 1):
        found: dict[tuple[int, ...], float] = {}
        for index in combinations_with_replacement(range(len(points)), k):
            derivative = expression.diff(*(symbols[i] for i in index)) if k else expression
            found[index] = _value(derivative, place) / math.factorial(k)
            if not math.isfinite(found[index]):
                row = None if several else _expanded(expression, symbols[0], place[symbols[0]], degree)
                if row is not None:
                    return row
                raise ValueError(
                    f"`fun` has no Taylor polynomial of degree {degree} at x0={x0}: "
                    f"the coefficient of order {k} is {found[index]}"
                )
        tensors.append(_symmetric(found, len(points), k) if several else np.array(found[(0,) * k]))
    return tensors


def _refuse_kinks(expression: Any, place: dict[Any, Any]) -> None:
    """Refuse |u| where u = 0: SymPy would give it the slope 0."""
    import sympy as sp

    for kink in expression.atoms(sp.Abs):
        if kink.args[0].subs(place).is_zero:
            raise ValueError(f"`fun` has no Taylor polynomial at this point: {kink} has a kink there")


def _symmetric(found: dict[tuple[int, ...], float], d: int, k: int) -> Array:
    """Fill a symmetric tensor from the entries whose indices ascend."""
    tensor = np.empty((d,) * k)
    for index in np.ndindex(tensor.shape):
        tensor[index] = found[tuple(sorted(index))]
    return tensor


def _value(expression: Any, place: dict[Any, Any]) -> float:
    """Evaluate a formula at a point; NaN where it is 0/0 or not real."""
    import sympy as sp

    number = sp.N(expression.subs(place), DIGITS)
    return float(number) if isinstance(number, sp.Number) else math.nan


def _expanded(expression: Any, symbol: Any, at: Any, degree: int) -> list[Array] | None:
    """Expand by SymPy's series, which takes limits; None if it is no power series, or not the same from both sides."""
    import sympy as sp

    rows = []
    for side in ("+", "-"):
        try:
            series = sp.series(expression.subs(symbol, symbol + at), symbol, 0, degree + 1, side).removeO()
            rows.append([sp.N(c, DIGITS) for c in sp.Poly(series, symbol).all_coeffs()[::-1]])
        except (ValueError, NotImplementedError, sp.PoleError, sp.PolynomialError):
            return None
    if rows[0] != rows[1] or not all(c.is_real for c in rows[0]):
        return None
    return [np.array(float(c)) for c in [*rows[0], *[0.0] * degree][: degree + 1]]
