"""Reverse mode: from the value back to the variables.

    ȳ ↦ x̄ = J(x)ᵀ ȳ

It gives the gradient of a scalar function at the cost of a few evaluations, however many variables there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from numbers import Number
from typing import Any

import numpy as np

from calcguide._typing import DOUBLE, Function
from calcguide._validation import check_callable
from calcguide.autodiff._arguments import as_argnums, pick, replaced
from calcguide.autodiff._containers import (
    Rebuild,
    as_leaf,
    copied,
    flatten,
    matching,
    number,
    one_like,
    settle,
    zero_like,
)
from calcguide.autodiff._core import Dual, Node, Tape
from calcguide.autodiff._forward import UNIT, Line, along
from calcguide.autodiff._tracer import Tracer, primal

#: One argument that is one array.
_ONE: list[tuple[int, Rebuild]] = [(1, lambda leaves: leaves[0])]


def _as_typed(g: Any, value: Any) -> Any:
    """Return a cotangent in the precision of its variable, which an operation may have left for a higher one."""
    if isinstance(g, Tracer) or isinstance(value, Tracer) or g.dtype == value.dtype:
        return g
    return g.astype(value.dtype)


class Reverse:
    """One evaluation of a function in reverse mode: its value, and the way back."""

    __slots__ = ("builds", "result", "single", "tape", "variables")

    def __init__(
        self,
        tape: Tape,
        variables: list[Node],
        builds: list[tuple[int, Rebuild]],
        result: Any,
        *,
        single: bool,
    ) -> None:
        self.tape, self.variables, self.builds = tape, variables, builds
        self.result, self.single = result, single

    @classmethod
    def of(
        cls, fun: Function, argnums: int | Sequence[int], args: tuple[Any, ...], options: dict[str, Any]
    ) -> Reverse:
        """Evaluate a function of any arguments."""
        tape = Tape()
        places, chosen = pick(argnums, args)
        variables, builds, lifted = [], [], []
        for place, tree in zip(places, chosen, strict=True):
            leaves, rebuild = flatten(tree)
            nodes = [tape.variable(as_leaf(f"argument {place}", leaf)) for leaf in leaves]
            variables += nodes
            builds.append((len(nodes), rebuild))
            lifted.append(rebuild(nodes))
        result = fun(*replaced(args, places, lifted), **options)
        return cls(tape, variables, builds, result, single=isinstance(argnums, int))

    def value(self, y: Any) -> Any:
        """Return a result without this tape's record."""
        return number(y.value if isinstance(y, Node) and y.scope is self.tape else y)

    def pull(self, y: Any, cotangent: Any, *, last: bool = False) -> list[Any]:
        """Return the cotangent of each variable."""
        if isinstance(y, Node) and y.scope is self.tape:
            found = self.tape.pull(y, cotangent, last=last)
        else:
            found = [None] * len(self.variables)
        return [
            number(zero_like(node.value) if g is None else _as_typed(g, node.value))
            for node, g in zip(self.variables, found, strict=True)
        ]

    def rebuilt(self, leaves: Sequence[Any]) -> Any:
        """Put what belongs to the variables into the form of the arguments."""
        trees, start = [], 0
        for count, rebuild in self.builds:
            trees.append(rebuild(leaves[start : start + count]))
            start += count
        return trees[0] if self.single else tuple(trees)


def scalar(y: Any) -> Any:
    """Return the one number that a function returned."""
    if isinstance(y, tuple | list | dict):
        raise TypeError(f"`fun` returned a {type(y).__name__}; a gradient needs a scalar")
    y = settle(y)
    if np.shape(y):
        if np.size(primal(y)) != 1:
            raise ValueError(f"`fun` returned shape {np.shape(y)}; a gradient needs a scalar: use `jacobian`")
        y = np.reshape(y, ())
    dtype = np.asarray(primal(y)).dtype
    if dtype.kind not in "fiub":
        raise TypeError(f"`fun` must return a real number, got {primal(y)!r:.60}")
    return y


def _is_number(x: Any) -> bool:
    """Tell whether an argument is one number."""
    return isinstance(x, float | Number) or (isinstance(x, np.ndarray | Tracer) and not np.shape(x))


def _with_slope(scope: Line, y: Any, x: Any) -> tuple[Any, Any]:
    """Return the value and the derivative of what was evaluated in forward mode."""
    if y.__class__ is Dual and y.scope is scope:
        value, slope = y.value, y.tangent
        if value.__class__ is np.float64 and slope.__class__ is np.float64 and x.__class__ is np.float64:
            return float(value), float(slope)  # by far the commonest case
    y = scalar(y)
    if isinstance(y, Dual) and y.scope is scope:
        return number(y.value), number(_as_typed(y.mark, x))
    return number(y), number(zero_like(x))


def value_and_grad(fun: Function, *, argnums: int | Sequence[int] = 0) -> Callable[..., tuple[Any, Any]]:
    r"""Return a function that computes the value and the gradient of a scalar function together.

    .. math:: x \mapsto \bigl(f(x),\ \nabla f(x)\bigr)

    Parameters
    ----------
    fun : callable
        Function of arrays with one real value, written with NumPy.
    argnums : int or sequence of int, default: 0
        Which positional arguments to differentiate by. An argument may be an array or a nested tuple, list or dict
        of arrays; the gradient has the same form.

    Returns
    -------
    callable
        Takes the arguments of `fun`, returns its value and its gradient: with several `argnums`, a tuple of gradients.

    Raises
    ------
    TypeError, ValueError
        If `fun` does not return one number, uses what cannot be traced, or an argument is not real.

    See Also
    --------
    grad : The gradient alone.
    vjp : For functions with several values.

    Notes
    -----
    Reverse mode: the function runs once and each operation is recorded; then the record is walked backwards. The cost is
    that of a few evaluations, whatever the number of variables, and the memory that of all values in between. An
    argument that is one number is differentiated by in forward mode, which needs no record; where that meets a function that
    has `custom` rules for reverse mode only, it gives way, and `fun` is evaluated again.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> value, gradient = autodiff.value_and_grad(lambda w, x: np.sum((x @ w) ** 2))([1.0, 2.0], np.eye(2))
    >>> value, gradient.tolist()
    (5.0, [2.0, 4.0])
    """
    check_callable("fun", fun)
    argnums = as_argnums(argnums)
    single, first, forward = isinstance(argnums, int), argnums == 0, True

    @wraps(fun)
    def evaluate(*args: Any, **options: Any) -> tuple[Any, Any]:
        nonlocal forward
        x = args[0] if first and args else None
        if x.__class__ is np.ndarray and x.dtype is DOUBLE and x.ndim:
            tape = Tape()  # one array of double precision, by far the commonest case, needs no preparation
            variable = tape.variable(x)
            y = fun(variable, *args[1:], **options) if options or len(args) > 1 else fun(variable)
            if y.__class__ is Node and y.scope is tape and y.value.__class__ is np.float64:
                (g,) = tape.pull(y, UNIT, last=True)
                return float(y.value), zero_like(x) if g is None else g
            run = Reverse(tape, [variable], _ONE, y, single=True)
        else:
            if forward and single:
                place = 0 if x is not None else pick(argnums, args)[0][0]
                if _is_number(args[place]):
                    x, scope, y = along(fun, place, args, options)
                    if not scope.refused:
                        return _with_slope(scope, y, x)
                    forward = False
            run = Reverse.of(fun, argnums, args, options)
        y = scalar(run.result)
        return run.value(y), run.rebuilt(run.pull(y, one_like(y), last=True))

    return evaluate


def grad(fun: Function, *, argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    r"""Return a function that computes the gradient of a scalar function.

    .. math:: \nabla f(x) = \Bigl(\frac{\partial f}{\partial x_1}, \dots, \frac{\partial f}{\partial x_n}\Bigr)

    Parameters
    ----------
    fun : callable
        Function of arrays with one real value, written with NumPy.
    argnums : int or sequence of int, default: 0
        Which positional arguments to differentiate by, as for `value_and_grad`.

    Returns
    -------
    callable
        Takes the arguments of `fun`, returns the gradient in the form of the argument.

    Raises
    ------
    TypeError, ValueError
        As for `value_and_grad`.

    See Also
    --------
    value_and_grad : Returns the value too, at no further cost.
    hessian : The second derivatives.

    Notes
    -----
    The modes are those of `value_and_grad`. The gradient is itself a function that can be differentiated.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> autodiff.grad(lambda x: np.sin(x) * x)(1.0), float(np.sin(1.0) + np.cos(1.0))
    (1.3817733, 1.3817733)
    >>> autodiff.grad(lambda p: p["a"] * np.sum(p["x"]))({"a": 2.0, "x": np.arange(3.0)})
    {'a': 3.0, 'x': array([2., 2., 2.])}
    """
    both = value_and_grad(fun, argnums=argnums)

    @wraps(fun)
    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return gradient


def vjp(fun: Function, x: Any) -> tuple[Any, Callable[[Any], Any]]:
    r"""Return the value of a function, and the map from cotangents of its value to cotangents of x.

    .. math:: \bar y \mapsto \bar x = J(x)^T\, \bar y

    Parameters
    ----------
    fun : callable
        Function of one argument; its value may be an array or a container of arrays.
    x : array_like, or nested tuple, list or dict of arrays
        The point.

    Returns
    -------
    y : ndarray or container
        The value ``fun(x)``.
    pullback : callable
        Takes a cotangent in the form of `y`, returns one in the form of `x`. It may be called many times.

    Raises
    ------
    TypeError, ValueError
        If `fun` uses what cannot be traced, `x` is not real, or a cotangent has another shape than the value.

    See Also
    --------
    jvp : The product with J, not with its transpose.
    grad : The pullback of 1.

    Notes
    -----
    The pullback costs a few evaluations of `fun`, and no Jacobian is ever formed.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> y, pullback = autodiff.vjp(lambda p: np.stack([2 * p[0] * p[1], p[0] ** 2 * p[1]]), [1.0, 3.0])
    >>> y.tolist(), pullback(np.array([1.0, 0.0])).tolist(), pullback(np.array([0.0, 1.0])).tolist()
    ([6.0, 3.0], [6.0, 2.0], [6.0, 1.0])
    """
    check_callable("fun", fun)
    leaves, rebuild_x = flatten(x)
    run = Reverse.of(fun, 0, (rebuild_x([copied(leaf) for leaf in leaves]),), {})
    results, rebuild = flatten(run.result)
    results = [settle(y) for y in results]

    def pullback(cotangent: Any) -> Any:
        total: list[Any] | None = None
        for y, g in zip(results, matching("cotangent", cotangent, results), strict=True):
            part = run.pull(y, g)
            total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
        return run.rebuilt(total or run.pull(None, None))

    return rebuild([copied(run.value(y)) for y in results]), pullback
