"""What is built from the two modes: gradients, Jacobians, Hessians, and products with them.

Reverse mode gives the gradient of a scalar function at the cost of a few evaluations, however many variables there are.
Forward mode gives the derivative along one direction at the cost of about two. A stack of directions travels together, so
that a whole Jacobian or Hessian is one pass through NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import as_int, check_callable, check_one_of
from calcguide.autodiff._containers import Rebuild, as_leaf, flatten, number, settle
from calcguide.autodiff._core import Dual, Node, Tangents, Tape
from calcguide.autodiff._tracer import Tracer, primal

#: Numbers that a stack of tangents may hold at once: a few dozen such arrays fit into memory anywhere.
STACK = 2**22


def _pick(argnums: int | Sequence[int], args: tuple[Any, ...]) -> tuple[list[int], list[Any]]:
    """Return the places of the arguments to differentiate by, and the arguments."""
    places = [argnums] if isinstance(argnums, int) else list(argnums)
    for place in places:
        if not -len(args) <= place < len(args):
            raise ValueError(f"`argnums` must name one of the {len(args)} arguments by position, got {place}")
    places = [place % len(args) for place in places]
    return places, [args[place] for place in places]


def _check_argnums(argnums: Any) -> None:
    if isinstance(argnums, tuple | list):
        for part in argnums:
            as_int("argnums", part)
        if not argnums:
            raise ValueError("`argnums` must not be empty")
    else:
        as_int("argnums", argnums)


def _replaced(args: tuple[Any, ...], places: list[int], new: Sequence[Any]) -> list[Any]:
    """Return the arguments with some of them replaced."""
    result = list(args)
    for place, value in zip(places, new, strict=True):
        result[place] = value
    return result


#: One argument that is one array.
_ONE: list[tuple[int, Rebuild]] = [(1, lambda leaves: leaves[0])]


class _Reverse:
    """One evaluation of a function in reverse mode: its value, and the way back."""

    variables: list[Node]
    builds: list[tuple[int, Rebuild]]

    def __init__(
        self, fun: Function, argnums: int | Sequence[int], args: tuple[Any, ...], options: dict[str, Any]
    ) -> None:
        tape = self.tape = Tape()
        self.single = isinstance(argnums, int)
        x = args[0] if self.single and argnums == 0 and args else None
        if x.__class__ is float:
            x = np.float64(x)
        #: One array of double precision, by far the commonest case, needs none of what follows.
        self.plain = x.__class__ is np.float64 or (
            x.__class__ is np.ndarray and x.dtype == np.float64 and x.ndim > 0
        )
        if self.plain:
            self.variables, self.builds = [tape.variable(x)], _ONE
            self.result = fun(self.variables[0], *args[1:], **options)
            return
        places, chosen = _pick(argnums, args)
        self.variables, self.builds = [], []
        lifted = []
        for place, tree in zip(places, chosen, strict=True):
            leaves, rebuild = flatten(tree)
            nodes = [tape.variable(as_leaf(f"argument {place}", leaf)) for leaf in leaves]
            self.variables += nodes
            self.builds.append((len(nodes), rebuild))
            lifted.append(rebuild(nodes))
        self.result = fun(*_replaced(args, places, lifted), **options)

    def value(self, y: Any) -> Any:
        """Return a result without this tape's record."""
        return number(y.value if isinstance(y, Node) and y.scope is self.tape else y)

    def pull(self, y: Any, cotangent: Any, *, last: bool = False) -> list[Any]:
        """Return the cotangent of each variable."""
        if isinstance(y, Node) and y.scope is self.tape:
            found = self.tape.pull(y, cotangent, self.variables, last=last)
        else:
            found = [None] * len(self.variables)
        return [
            number(_zeros(node.value) if g is None else _as_typed(g, node.value))
            for node, g in zip(self.variables, found, strict=True)
        ]

    def rebuilt(self, leaves: Sequence[Any]) -> Any:
        """Put what belongs to the variables into the form of the arguments."""
        trees, start = [], 0
        for count, rebuild in self.builds:
            trees.append(rebuild(leaves[start : start + count]))
            start += count
        return trees[0] if self.single else tuple(trees)


def _as_typed(g: Any, value: Any) -> Any:
    """Return a cotangent in the precision of its variable, which an operation may have left for a higher one."""
    if isinstance(g, Tracer) or isinstance(value, Tracer) or g.dtype == value.dtype:
        return g
    return g.astype(value.dtype)


def _zeros(value: Any) -> Any:
    """Return a zero of the shape and type of a value."""
    plain = primal(value)
    return np.zeros(np.shape(plain), plain.dtype)[()]


def _ones(value: Any) -> Any:
    """Return a one of the shape and type of a value."""
    plain = np.asarray(primal(value))
    return np.ones(plain.shape, plain.dtype if plain.dtype.kind == "f" else np.float64)[()]


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
    that of a few evaluations, whatever the number of variables, and the memory that of all values in between.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> value, gradient = autodiff.value_and_grad(lambda w, x: np.sum((x @ w) ** 2))([1.0, 2.0], np.eye(2))
    >>> value, gradient.tolist()
    (5.0, [2.0, 4.0])
    """
    check_callable("fun", fun)
    _check_argnums(argnums)

    @wraps(fun)
    def evaluate(*args: Any, **options: Any) -> tuple[Any, Any]:
        run = _Reverse(fun, argnums, args, options)
        y = run.result
        if run.plain and y.__class__ is Node and y.scope is run.tape and y.value.__class__ is np.float64:
            (gradient,) = run.tape.pull(y, np.float64(1.0), run.variables, last=True)
            return float(y.value), number(_zeros(run.variables[0].value) if gradient is None else gradient)
        y = _scalar(y)
        return run.value(y), run.rebuilt(run.pull(y, _ones(y), last=True))

    return evaluate


def _scalar(y: Any) -> Any:
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
    Reverse mode, as for `value_and_grad`. The gradient is itself a function that can be differentiated.

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
    run = _Reverse(fun, 0, (x,), {})
    results, rebuild = flatten(run.result)
    results = [settle(y) for y in results]

    def pullback(cotangent: Any) -> Any:
        total: list[Any] | None = None
        for y, g in zip(results, _matching("cotangent", cotangent, results), strict=True):
            part = run.pull(y, g)
            total = part if total is None else [a + b for a, b in zip(total, part, strict=True)]
        return run.rebuilt(total or run.pull(None, None))

    return rebuild([run.value(y) for y in results]), pullback


def _matching(name: str, tree: Any, like: Sequence[Any]) -> list[Any]:
    """Return the leaves of a tangent or cotangent, of the shapes that they must have."""
    leaves = [as_leaf(name, leaf) for leaf in flatten(tree)[0]]
    shapes, wanted = [np.shape(leaf) for leaf in leaves], [np.shape(value) for value in like]
    if shapes != wanted:
        got, rule = (s[0] if len(s) == 1 else s for s in (shapes, wanted))
        raise ValueError(f"the {name} must have shape {rule}, got {got}")
    return leaves


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
    tangents = [np.array(t)[()] if type(t) is np.ndarray else t for t in _matching("tangent", v, leaves)]
    result = fun(rebuild([Dual(scope, leaf, t) for leaf, t in zip(leaves, tangents, strict=True)]))
    parts, build = flatten(result)
    pairs = [_parts(scope, settle(part)) for part in parts]
    return build([value for value, _ in pairs]), build([tangent for _, tangent in pairs])


def _parts(scope: Tangents, y: Any) -> tuple[Any, Any]:
    """Return the value and the tangent of a result; a result that no variable went into has tangent zero."""
    if isinstance(y, Dual) and y.scope is scope:
        return number(y.value), number(y.tangent)
    plain = np.asarray(primal(y))
    return y, number(np.zeros(plain.shape, plain.dtype if plain.dtype.kind == "f" else np.float64)[()])


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


def _slope(fun: Function) -> Function:
    """Return the first derivative of an elementwise function."""

    @wraps(fun)
    def slope(x: Any, *args: Any, **options: Any) -> Any:
        x = as_leaf("x", x)
        scope = Tangents()
        y, tangent = _parts(scope, settle(fun(Dual(scope, x, _ones(x)), *args, **options)))
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
        return tangent

    return slope


def jacobian(fun: Function, *, argnums: int = 0, mode: str = "auto") -> Callable[..., Any]:
    r"""Return a function that computes the Jacobian.

    .. math:: J_{ij} = \frac{\partial f_i}{\partial x_j}

    Parameters
    ----------
    fun : callable
        Function of arrays with an array as its value.
    argnums : int, default: 0
        Which positional argument to differentiate by: an array, or a container of arrays.
    mode : {"auto", "forward", "reverse"}, default: "auto"
        Column by column in forward mode, row by row in reverse mode; "auto" takes rows where there are fewer of them.

    Returns
    -------
    callable
        Takes the arguments of `fun`, returns the Jacobian, of shape ``y.shape + x.shape``: (m, n) for vectors. For a
        container, one Jacobian in the place of each array.

    Raises
    ------
    TypeError, ValueError
        If `fun` uses what cannot be traced, or an argument is not real.

    See Also
    --------
    grad : For functions with one value.
    jvp, vjp : Products with the Jacobian, without forming it.

    Notes
    -----
    The columns travel as one stack: forward mode costs one pass through NumPy, with arrays n times as large.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> autodiff.jacobian(lambda p: np.array([2 * p[0] * p[1], p[0] ** 2 * p[1]]))([1.0, 3.0]).tolist()
    [[6.0, 2.0], [6.0, 1.0]]
    """
    check_callable("fun", fun)
    as_int("argnums", argnums)
    check_one_of("mode", mode, ("auto", "forward", "reverse"))

    @wraps(fun)
    def evaluate(*args: Any, **options: Any) -> Any:
        places, (tree,) = _pick(argnums, args)
        leaves, rebuild = flatten(tree)
        leaves = [as_leaf(f"argument {places[0]}", leaf) for leaf in leaves]
        if mode != "forward":
            run = _Reverse(fun, argnums, args, options)
            y = settle(run.result)
            m, n = np.size(primal(y)), sum(np.size(primal(leaf)) for leaf in leaves)
            if mode == "reverse" or m < n:
                return _by_rows(run, y)

        def only(new: Any) -> Any:
            return fun(*_replaced(args, places, [new]), **options)

        columns = []
        for k, leaf in enumerate(leaves):
            columns.append(
                _by_columns(lambda v, k=k: only(rebuild([*leaves[:k], v, *leaves[k + 1 :]])), leaf)
            )
        return rebuild(columns)

    return evaluate


def _by_rows(run: _Reverse, y: Any) -> Any:
    """Pull back each unit cotangent."""
    shape = np.shape(y)
    kind = np.asarray(primal(y)).dtype
    units = np.eye(int(np.prod(shape, dtype=int)), dtype=kind if kind.kind == "f" else np.float64)
    rows = [run.pull(y, unit.reshape(shape)[()]) for unit in units]
    stacks = [np.stack(parts) for parts in zip(*rows, strict=True)]
    return run.rebuilt([np.reshape(s, shape + np.shape(s)[1:]) for s in stacks])


def _by_columns(fun: Function, x: Any) -> Any:
    """Push forward stacks of unit tangents."""
    shape, size = np.shape(x), int(np.size(primal(x)))
    units = np.eye(size, dtype=primal(x).dtype).reshape(size, *shape)
    length = max(1, STACK // max(1, size))
    blocks = []
    for start in range(0, size, length):
        scope = Tangents(stacked=True)
        stack = units[start : start + length]
        y = settle(fun(Dual(scope, x, stack)))
        if isinstance(y, Dual) and y.scope is scope:
            blocks.append(y.tangent)
        else:
            blocks.append(np.zeros((len(stack), *np.shape(primal(y)))))
    columns = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    return np.reshape(np.moveaxis(columns, 0, -1), np.shape(columns)[1:] + shape)


def hessian(fun: Function, *, argnums: int = 0) -> Callable[..., Any]:
    r"""Return a function that computes the Hessian of a scalar function.

    .. math:: H_{ij} = \frac{\partial^2 f}{\partial x_i\, \partial x_j}

    Parameters
    ----------
    fun : callable
        Function of arrays with one real value.
    argnums : int, default: 0
        Which positional argument to differentiate by: an array.

    Returns
    -------
    callable
        Takes the arguments of `fun`, returns the Hessian, of shape ``x.shape + x.shape``.

    Raises
    ------
    TypeError, ValueError
        As for `grad`.

    See Also
    --------
    hvp : The product with a vector, without forming the Hessian.

    Notes
    -----
    Forward over reverse: the columns of the Jacobian of the gradient, as one stack.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.hessian(lambda p: p[0] ** 2 * p[1] + p[1] ** 3)([1.0, 2.0]).tolist()
    [[4.0, 2.0], [2.0, 12.0]]
    """
    return jacobian(grad(fun, argnums=argnums), argnums=argnums, mode="forward")


def hvp(fun: Function, *, argnums: int = 0) -> Callable[..., Any]:
    r"""Return a function that multiplies the Hessian of a scalar function by a vector.

    .. math:: (x, v) \mapsto H(x)\, v

    Parameters
    ----------
    fun : callable
        Function of arrays with one real value.
    argnums : int, default: 0
        Which positional argument to differentiate by: an array, or a container of arrays.

    Returns
    -------
    callable
        Takes the arguments of `fun` and, last, the vector in the form of the argument; returns the product.

    Raises
    ------
    TypeError, ValueError
        As for `grad`; also if the vector has another shape.

    See Also
    --------
    hessian : The whole matrix.

    Notes
    -----
    Forward over reverse [1]_: about the cost of two gradients, for any number of variables.

    References
    ----------
    .. [1] Pearlmutter, B. A. (1994). Fast exact multiplication by the Hessian. Neural Computation 6(1), 147-160.
       https://doi.org/10.1162/neco.1994.6.1.147

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.hvp(lambda p: p[0] ** 2 * p[1] + p[1] ** 3)([1.0, 2.0], [1.0, 0.0]).tolist()
    [4.0, 2.0]
    """
    gradient = grad(fun, argnums=argnums)

    @wraps(fun)
    def product(*args: Any, **options: Any) -> Any:
        if len(args) < 2:
            raise TypeError("the product needs the arguments of `fun` and, last, the vector")
        *rest, v = args
        places, (x,) = _pick(argnums, tuple(rest))
        return jvp(lambda new: gradient(*_replaced(tuple(rest), places, [new]), **options), x, v)[1]

    return product
