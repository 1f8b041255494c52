"""Jacobians and Hessians: all partial derivatives at once, or their product with a vector.

    J = (∂yᵢ/∂xⱼ)        H = J of ∇f

Reverse mode gives J row by row, forward mode column by column. A stack of directions travels together, so that a whole
Jacobian or Hessian is one pass through NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import as_int, check_callable, check_one_of
from calcguide.autodiff._analytic import NotAnalytic, product_with_hessian
from calcguide.autodiff._arguments import pick, replaced
from calcguide.autodiff._containers import as_leaf, flatten, settle
from calcguide.autodiff._core import Dual, Tangents
from calcguide.autodiff._forward import jvp
from calcguide.autodiff._reverse import Reverse, grad
from calcguide.autodiff._tracer import Tracer, primal

#: Numbers that a stack of tangents may hold at once: a few dozen such arrays fit into memory anywhere.
STACK = 2**22


def _by_rows(run: Reverse, y: Any) -> Any:
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
    whole: Any = np.reshape(np.moveaxis(columns, 0, -1), np.shape(columns)[1:] + shape)
    return whole if isinstance(whole, Tracer) or whole.flags.writeable else whole.copy()


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
    argnums = as_int("argnums", argnums)
    check_one_of("mode", mode, ("auto", "forward", "reverse"))

    @wraps(fun)
    def evaluate(*args: Any, **options: Any) -> Any:
        places, (tree,) = pick(argnums, args)
        leaves, rebuild = flatten(tree)
        leaves = [as_leaf(f"argument {places[0]}", leaf) for leaf in leaves]
        if mode != "forward":
            run = Reverse.of(fun, argnums, args, options)
            y = settle(run.result)
            m, n = np.size(primal(y)), sum(np.size(primal(leaf)) for leaf in leaves)
            if mode == "reverse" or m < n:
                return _by_rows(run, y)

        def only(new: Any) -> Any:
            return fun(*replaced(args, places, [new]), **options)

        columns = []
        for k, leaf in enumerate(leaves):
            columns.append(
                _by_columns(lambda v, k=k: only(rebuild([*leaves[:k], v, *leaves[k + 1 :]])), leaf)
            )
        return rebuild(columns)

    return evaluate


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

    For an array of at most 2048 elements, reverse mode first tries to run on complex numbers [2]_, which takes fewer
    operations: the gradient at :math:`x + i \varepsilon v` has the imaginary part :math:`\varepsilon\, H(x)\, v`, without any
    cancellation, if `fun` is made of analytic functions. Where it is not, or looks at the values, it is evaluated once
    more, with dual numbers.

    References
    ----------
    .. [1] Pearlmutter, B. A. (1994). Fast exact multiplication by the Hessian. Neural Computation 6(1), 147-160.
       https://doi.org/10.1162/neco.1994.6.1.147
    .. [2] Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real functions. SIAM Review
       40(1), 110-112. https://doi.org/10.1137/S003614459631241X

    Examples
    --------
    >>> from calcguide import autodiff
    >>> product = autodiff.hvp(lambda p: p[0] ** 2 * p[1] + p[1] ** 3)
    >>> product([1.0, 2.0], [1.0, 0.0]).tolist()
    [4.0, 2.0]
    """
    gradient = grad(fun, argnums=argnums)
    analytic = True  # until the function has shown that it is not

    @wraps(fun)
    def product(*args: Any, **options: Any) -> Any:
        nonlocal analytic
        if len(args) < 2:
            raise TypeError("the product needs the arguments of `fun` and, last, the vector")
        rest, v = args[:-1], args[-1]
        places, (x,) = pick(argnums, rest)
        if analytic:
            try:
                return product_with_hessian(lambda new: fun(*replaced(rest, places, [new]), **options), x, v)
            except NotAnalytic as refusal:
                analytic = not refusal.anywhere
        return jvp(lambda new: gradient(*replaced(rest, places, [new]), **options), x, v)[1]

    return product
