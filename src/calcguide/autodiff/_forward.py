"""Forward mode: from the variables on to the value.

    ẋ ↦ ẏ = J(x) ẋ

It gives the derivative along one direction at the cost of about two evaluations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import as_int, check_callable
from calcguide.autodiff._containers import (
    as_leaf,
    copied,
    flatten,
    matching,
    number,
    one_like,
    settle,
    unshared,
)
from calcguide.autodiff._core import Dual, Primitive, Tangents, Transposed
from calcguide.autodiff._tracer import Tracer, primal

#: The tangent of a number that moves by itself.
UNIT = np.float64(1.0)


def _parts(scope: Tangents, y: Any) -> tuple[Any, Any]:
    """Return the value and the tangent of a result; a result that no variable went into has tangent zero."""
    if isinstance(y, Dual) and y.scope is scope:
        return number(y.value), number(y.mark)
    plain = np.asarray(primal(y))
    return y, number(np.zeros(plain.shape, plain.dtype if plain.dtype.kind == "f" else np.float64)[()])


def jvp(fun: Function, x: Any, v: Any) -> tuple[Any, Any]:
    r"""Return the value of a function and its derivative along a direction.

    .. math:: \bigl(f(x),\ J(x)\, v\bigr)

    Parameters
    ----------
    fun : callable
        Function of one argument; its value may be an array or a container of arrays.
    x : array_like, or nested tuple, list or dict of arrays
        The point.
    v : array_like or container
        The direction, in the form of `x`. It is not normalised.

    Returns
    -------
    y : ndarray or container
        The value.
    tangent : ndarray or container
        Its derivative, of the same form.

    Raises
    ------
    TypeError, ValueError
        If `fun` uses what cannot be traced, `x` is not real, or `v` has another shape.

    See Also
    --------
    vjp : The product with the transpose of J.
    derivative : For functions of one variable.

    Notes
    -----
    Forward mode: each value x carries its tangent ẋ as in x + ε ẋ with ε² = 0. It costs about two evaluations and needs no
    memory of the past.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> y, tangent = autodiff.jvp(lambda p: p[0] ** 2 + p[1] ** 3, np.array([2.0, 3.0]), np.array([1.0, 0.0]))
    >>> y, tangent
    (31.0, 4.0)
    """
    check_callable("fun", fun)
    leaves, rebuild = flatten(x)
    leaves = [as_leaf("x", leaf) for leaf in leaves]
    scope = Tangents()
    tangents = [copied(t) for t in matching("tangent", v, leaves)]
    result = fun(rebuild([Dual(scope, leaf, t) for leaf, t in zip(leaves, tangents, strict=True)]))
    results, rebuild_result = flatten(result)
    pairs = [_parts(scope, settle(y)) for y in results]
    tangents = unshared([tangent for _, tangent in pairs])
    return rebuild_result([copied(value) for value, _ in pairs]), rebuild_result(tangents)


def _slope(fun: Function) -> Function:
    """Return the first derivative of an elementwise function."""

    @wraps(fun)
    def slope(x: Any, *args: Any, **options: Any) -> Any:
        x = as_leaf("x", x)
        scope = Tangents()
        y, tangent = _parts(scope, settle(fun(Dual(scope, x, one_like(x)), *args, **options)))
        if np.shape(y) not in (np.shape(x), ()):
            raise ValueError(
                f"`fun` returned shape {np.shape(y)} for an argument of shape {np.shape(x)}; a derivative needs an "
                "elementwise function: use `jacobian`"
            )
        if np.shape(y) != np.shape(x):
            if not isinstance(tangent, Tracer) and not np.any(tangent):  # a constant, written as one number
                return np.zeros(np.shape(x))
            raise ValueError(
                f"`fun` returned one number for an argument of shape {np.shape(x)}; a derivative needs an elementwise "
                "function: use `grad`"
            )
        return unshared([tangent])[0]

    return slope


class Line(Tangents):
    """Forward mode by one variable, in place of reverse mode: it refuses what has rules for reverse mode only."""

    __slots__ = ("refused",)

    def __init__(self) -> None:
        super().__init__()
        self.refused = False

    def keep(
        self, primitive: Primitive, tangents: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Any:
        """Give what was evaluated its tangent, if there is a rule for that."""
        if isinstance(primitive.jvps, Transposed) and any(
            tangent is not None and primitive.jvps[k] is not None for k, tangent in enumerate(tangents)
        ):
            self.refused = True
            raise TypeError(f"{primitive.name} has rules for reverse mode only")
        return super().keep(primitive, tangents, values, y, options)


def along(fun: Function, place: int, args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, Line, Any]:
    """Evaluate a function of a number, or of an array whose elements all move alike.

    Returns the argument in floating point, the scope and the result. That is worth nothing if the scope has refused, whether
    or not the function has caught the error.
    """
    x, one, scope, y = args[place], UNIT, Line(), None
    if x.__class__ is float:
        x = np.float64(x)
    elif x.__class__ is not np.float64:
        x = as_leaf(f"argument {place}", x)
        one = primal(x).dtype.type(1.0)
    try:
        y = fun(*args[:place], Dual(scope, x, one), *args[place + 1 :], **options)
    except FloatingPointError:  # it may be the slope of something that is not used later
        scope.refused = True
    except Exception:
        if not scope.refused:
            raise
    return x, scope, y


def derivative(fun: Function, *, n: int = 1) -> Callable[..., Any]:
    r"""Return a function that computes the n-th derivative of a function of one variable.

    .. math:: f^{(n)}(x)

    Parameters
    ----------
    fun : callable
        Function of a number, or of an array that it works on element by element.
    n : int, default: 1
        Order of the derivative, 0 or more.

    Returns
    -------
    callable
        Takes x and further arguments of `fun`, returns the derivative with respect to x, of the shape of x.

    Raises
    ------
    TypeError, ValueError
        If `n` is negative, `fun` uses what cannot be traced, or its result has another shape than x.

    See Also
    --------
    grad : For functions of many variables with one value.
    calcguide.differences.derivative : From function values alone.

    Notes
    -----
    Forward mode, nested n times: exact to round-off for every order, at a cost that grows about as 3ⁿ.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> autodiff.derivative(np.tanh)(np.array([0.0, 15.0])).tolist()
    [1.0, 3.7430491e-13]
    >>> autodiff.derivative(lambda x: x**5, n=3)(2.0)
    240.0
    """
    check_callable("fun", fun)
    n = as_int("n", n, low=0)
    result = fun
    for _ in range(n):
        result = _slope(result)
    return result
