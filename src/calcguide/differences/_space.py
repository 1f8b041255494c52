"""Derivatives of functions of several variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable
from calcguide.differences._adaptive import FIRST_STEP, adaptive
from calcguide.differences._coloring import Coloring, color_columns
from calcguide.differences._lines import SpaceLines
from calcguide.differences._method import Method, deliver
from calcguide.differences._steps import power_of_two


def partial_derivative(
    fun: Function,
    x: ArrayLike,
    index: int | tuple[int, ...],
    *,
    n: int = 1,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    rtol: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate a function of several variables with respect to one of them.

    .. math:: \frac{\partial^n f}{\partial x_i^n}(x)

    Parameters
    ----------
    fun : callable
        Function of an array of the shape of `x`, with real values of any shape.
    x : array_like
        The point.
    index : int or tuple of int
        Which variable: an index into `x`.
    n : int, default: 1
        Order of the derivative, 1 to 4.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        As for `derivative`.
    order : int, optional
        Order of accuracy of a fixed formula, as for `derivative`.
    h : float, optional
        Step, as for `derivative`.
    rtol : float, optional
        Relative tolerance of "adaptive", as for `derivative`.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone.

    Returns
    -------
    float or ndarray or DifferenceResult
        The partial derivative, of the shape of ``fun(x)``; `nfev` of a result counts all calls.

    Raises
    ------
    ValueError, TypeError
        As for `derivative`.
    IndexError
        If there is no such variable.

    See Also
    --------
    gradient : All first partial derivatives of a scalar function.

    Notes
    -----
    The other variables are held fixed, which leaves a function of one variable: cost and accuracy are those of
    `derivative`, plus one call.

    Examples
    --------
    >>> from calcguide.differences import partial_derivative
    >>> partial_derivative(lambda p: p[0] ** 2 + p[1] ** 3, [2, 3], 1)
    27.0
    >>> partial_derivative(lambda p: p[0] ** 2 + p[1] ** 3, [2, 3], 1, n=2)
    18.0
    """
    n = as_int("n", n, low=1, high=max(FIRST_STEP))
    how, point = _prepared(fun, x, method, order, h, rtol, n)
    try:
        flat = np.arange(point.size).reshape(point.shape)[index]
    except IndexError:
        raise IndexError(
            f"`index` must be an index into `x` of shape {point.shape}, got index={index}"
        ) from None
    if np.ndim(flat):
        raise ValueError(f"`index` must name one variable of `x` of shape {point.shape}, got index={index}")
    lines = _coordinate_lines(fun, point, np.array([flat]))
    found = how(lines, n, judged=full_output)
    return deliver(found, lambda array: array[0, ...], lines.calls, lines, full_output=full_output)


def gradient(
    fun: Function,
    x: ArrayLike,
    *,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    rtol: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate a scalar function with respect to all its variables.

    .. math:: \nabla f(x) = \Big( \frac{\partial f}{\partial x_1}, \dots, \frac{\partial f}{\partial x_n} \Big)

    Parameters
    ----------
    fun : callable
        Function of an array of the shape of `x`, with one real value.
    x : array_like
        The point, of any shape.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        As for `derivative`.
    order : int, optional
        Order of accuracy of a fixed formula, as for `derivative`.
    h : float, optional
        Step, the same for all variables, as for `derivative`.
    rtol : float, optional
        Relative tolerance of "adaptive", as for `derivative`.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone.

    Returns
    -------
    ndarray or DifferenceResult
        The gradient, of the shape of `x`; `nfev` of a result counts all calls.

    Raises
    ------
    ValueError, TypeError
        As for `derivative`; also if `fun` returns more than one number.

    Warns
    -----
    AccuracyWarning
        If an error estimate of "adaptive" exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    jacobian : For functions with several values.
    directional_derivative : The slope in one direction, at the cost of one variable.

    Notes
    -----
    Each of the n variables costs as much as a `derivative`: n + 1 calls for "forward", 2n + 1 for "central", n + 1
    for "complex", 6n + 1 or more for "adaptive".

    Examples
    --------
    >>> from calcguide.differences import gradient
    >>> gradient(lambda p: p[0] ** 2 + p[1] ** 3, [2, 3]).tolist()
    [4.0, 27.0]
    """
    how, point = _prepared(fun, x, method, order, h, rtol)
    lines = _coordinate_lines(fun, point, np.arange(point.size))
    _insist_on_scalar(lines, "gradient")
    found = how(lines, 1, judged=full_output)

    def shaped(array: Any) -> Any:
        return array.reshape(point.shape)

    return deliver(found, shaped, lines.calls, lines, full_output=full_output)


def directional_derivative(
    fun: Function,
    x: ArrayLike,
    v: ArrayLike,
    *,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    rtol: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate along a vector: how fast f changes when x moves with velocity v.

    .. math:: D_v f(x) = \lim_{t \to 0} \frac{f(x + t v) - f(x)}{t} = J(x)\, v

    Parameters
    ----------
    fun : callable
        Function of an array of the shape of `x`, with real values of any shape.
    x : array_like
        The point.
    v : array_like
        The direction, of the shape of `x`. It is not normalised: twice the vector gives twice the derivative.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        As for `derivative`.
    order : int, optional
        Order of accuracy of a fixed formula, as for `derivative`.
    h : float, optional
        Step in the largest component of x, as for `derivative`.
    rtol : float, optional
        Relative tolerance of "adaptive", as for `derivative`.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone.

    Returns
    -------
    float or ndarray or DifferenceResult
        The derivative, of the shape of ``fun(x)``; `nfev` of a result counts all calls.

    Raises
    ------
    ValueError, TypeError
        As for `derivative`; also if `v` does not have the shape of `x`.

    See Also
    --------
    gradient : ``gradient(fun, x) @ v`` is the same number, at n times the cost.

    Notes
    -----
    The function is taken along the line x + t v, at the cost of a `derivative` and one call, whatever the number of
    variables. For a unit vector the result is the slope in that direction; it is largest, and equal to the length of
    the gradient, along the gradient.

    Examples
    --------
    >>> from calcguide.differences import directional_derivative
    >>> directional_derivative(lambda p: p[0] ** 2 + p[1] ** 3, [2, 3], [1, 0])
    4.0
    >>> directional_derivative(lambda p: p[0] ** 2 + p[1] ** 3, [2, 3], [0.6, 0.8])
    24.0
    """
    how, point = _prepared(fun, x, method, order, h, rtol)
    vector = as_float_array("v", v)
    if vector.shape != point.shape:
        raise ValueError(f"`v` must have the shape of `x`, {point.shape}, got shape {vector.shape}")
    length = float(np.abs(vector).max())
    unit = vector / length if length else vector
    moving = np.abs(point)[unit != 0]
    lines = SpaceLines(fun, point, lambda _, t: point + t * unit, np.array([moving.max(initial=0.0)]))
    found = how(lines, 1, judged=full_output)
    found.value, found.error = found.value * length, found.error * length
    return deliver(found, lambda array: array[0, ...], lines.calls, lines, full_output=full_output)


def jacobian(
    fun: Function,
    x: ArrayLike,
    *,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    rtol: float | None = None,
    sparsity: Any = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate all values of a function with respect to all its variables.

    .. math:: J_{ij}(x) = \frac{\partial f_i}{\partial x_j}(x)

    Parameters
    ----------
    fun : callable
        Function of an array of the shape of `x`, with real values of any shape.
    x : array_like
        The point, of any shape.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        As for `derivative`.
    order : int, optional
        Order of accuracy of a fixed formula, as for `derivative`.
    h : float, optional
        Step, the same for all variables, as for `derivative`.
    rtol : float, optional
        Relative tolerance of "adaptive", as for `derivative`.
    sparsity : array_like or sparse array of shape (m, n), or Coloring, optional
        Where the Jacobian may be non-zero. Columns without a common row then share evaluations, and the result is
        sparse. A pattern is coloured at each call; pass ``color_columns(pattern)`` to do it once.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone.

    Returns
    -------
    ndarray or scipy.sparse.csr_array or DifferenceResult
        The Jacobian, of shape ``fun(x).shape + x.shape``: (m, n) for vectors. With `sparsity`, a sparse array.
        `nfev` of a result counts all calls.

    Raises
    ------
    ValueError, TypeError
        As for `derivative`; also if `sparsity` does not fit the function.

    Warns
    -----
    AccuracyWarning
        If an error estimate of "adaptive" exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    gradient : For functions with one value.
    color_columns : Prepares a sparsity pattern.

    Notes
    -----
    Column j is the derivative along variable j, for all values at once: the cost is that of a `gradient`. With a
    sparsity pattern of c colours it is that of c variables [1]_.

    References
    ----------
    .. [1] Curtis, A. R., Powell, M. J. D. and Reid, J. K. (1974). On the estimation of sparse Jacobian matrices. IMA
       Journal of Applied Mathematics 13(1), 117-119. https://doi.org/10.1093/imamat/13.1.117

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.differences import jacobian
    >>> jacobian(lambda p: np.array([2 * p[0] * p[1], p[0] ** 2 * p[1]]), [1, 3]).tolist()
    [[6.0, 2.0], [6.0, 1.0]]

    A chain of springs, where each force depends on three positions: seven calls in place of 201.

    >>> def force(x):
    ...     return np.diff(x, append=0.0) - np.diff(x, prepend=0.0)
    >>> pattern = np.tri(100, 100, 1) - np.tri(100, 100, -2)
    >>> result = jacobian(force, np.zeros(100), method="central", sparsity=pattern)
    >>> result.shape, result.nnz, result[:2, :3].toarray().tolist()
    ((100, 100), 298, [[-2.0, 1.0, 0.0], [1.0, -2.0, 1.0]])
    """
    how, point = _prepared(fun, x, method, order, h, rtol)
    if sparsity is not None:
        coloring = sparsity if isinstance(sparsity, Coloring) else color_columns(sparsity)
        return _sparse_jacobian(fun, point, how, coloring, full_output=full_output)
    lines = _coordinate_lines(fun, point, np.arange(point.size))
    found = how(lines, 1, judged=full_output)

    def shaped(array: Any) -> Any:
        return np.moveaxis(array, 0, -1).reshape(lines.value_shape + point.shape)

    return deliver(found, shaped, lines.calls, lines, full_output=full_output)


def _sparse_jacobian(fun: Function, x: Array, how: Method, coloring: Coloring, *, full_output: bool) -> Any:
    """Differentiate along the sum of the columns of each colour, and give each entry to the column it came from."""
    m, n = coloring.shape
    if x.shape != (n,):
        raise ValueError(f"`sparsity` has {n} columns, so `x` must have shape ({n},), got shape {x.shape}")
    size = np.abs(x)
    unit = power_of_two(np.maximum(1.0, size)) if how.h is None else np.ones(n)
    directions = coloring.members * unit

    def move(p: int, t: Any) -> Any:
        moved = directions[p] * t
        moved += x
        return moved

    lines = SpaceLines(fun, x, move, coloring.least(size / unit))
    if lines.value_shape != (m,):
        raise ValueError(
            f"`sparsity` has {m} rows, so `fun` must return shape ({m},), got shape {lines.value_shape}"
        )
    found = how(lines, 1, judged=full_output)

    where, stretch, shape = coloring.sources, unit.take(coloring.targets), found.value.shape
    found.value = found.value.take(where)
    found.value /= stretch
    if not (full_output or np.count_nonzero(found.status)):
        return coloring.matrix(found.value)
    found.error = np.broadcast_to(found.error, shape).take(where) / stretch
    found.step = np.broadcast_to(found.step, shape).take(where) * stretch
    found.status = found.status.take(where)
    return deliver(found, coloring.matrix, lines.calls, lines, full_output=full_output)


def hessian(
    fun: Function,
    x: ArrayLike,
    *,
    method: str = "adaptive",
    order: int | None = None,
    h: float | None = None,
    rtol: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Differentiate a scalar function twice with respect to all pairs of its variables.

    .. math:: H_{ij}(x) = \frac{\partial^2 f}{\partial x_i \, \partial x_j}(x)

    Parameters
    ----------
    fun : callable
        Function of an array of the shape of `x`, with one real value.
    x : array_like
        The point, of any shape.
    method : {"adaptive", "forward", "backward", "central", "complex"}, default: "adaptive"
        As for `derivative`. "complex" takes central differences of complex-step gradients.
    order : int, optional
        Order of accuracy of a fixed formula, as for `derivative`.
    h : float, optional
        Step, the same for all variables, as for `derivative`.
    rtol : float, optional
        Relative tolerance of "adaptive", 1e-9 by default.
    full_output : bool, default: False
        Return a result with error estimates instead of the value alone.

    Returns
    -------
    ndarray or DifferenceResult
        The Hessian, of shape ``x.shape + x.shape``, exactly symmetric; `nfev` of a result counts all calls.

    Raises
    ------
    ValueError, TypeError
        As for `derivative`; also if `fun` returns more than one number.

    Warns
    -----
    AccuracyWarning
        If an error estimate of "adaptive" exceeds the tolerance; a status with `full_output`.

    See Also
    --------
    jacobian : The Jacobian of a known gradient is the Hessian, at n instead of n² derivatives.

    Notes
    -----
    Along a direction v the second derivative is :math:`v^T H v`. Taken along :math:`e_i + e_j` it is
    :math:`H_{ii} + 2 H_{ij} + H_{jj}`, which leaves :math:`H_{ij}` once the diagonal is known: n (n + 1) / 2 second
    derivatives of functions of one variable in all. With variables of very different size, each is measured in
    its own power of two. Entries much smaller than their diagonal lose digits to the subtraction, and their error
    estimates say so.

    Second derivatives divide by h²: the best step is near ε^(1/4), and the central formula is good to about 1e-8, the
    adaptive method to 1e-12, "complex" to 1e-11 [1]_.

    References
    ----------
    .. [1] Lai, K.-L. and Crassidis, J. L. (2008). Extensions of the first and second complex-step derivative
       approximations. Journal of Computational and Applied Mathematics 219(1), 276-293.
       https://doi.org/10.1016/j.cam.2007.07.026

    Examples
    --------
    >>> from calcguide.differences import hessian
    >>> hessian(lambda p: p[0] ** 2 * p[1] + p[1] ** 3, [1, 2]).tolist()
    [[4.0, 2.0], [2.0, 12.0]]
    """
    how, point = _prepared(fun, x, method, order, h, rtol, 1 if method == "complex" else 2)
    flat, size, rows, columns = point.ravel(), point.size, *np.triu_indices(point.size)
    if method == "complex":
        return _complex_hessian(fun, point, full_output=full_output)
    unit = power_of_two(np.maximum(1.0, np.abs(flat))) if how.h is None else np.ones(size)

    def move(p: int, t: Any) -> Any:
        moved = flat.copy()
        moved[rows[p]] += t * unit[rows[p]]
        if rows[p] != columns[p]:
            moved[columns[p]] += t * unit[columns[p]]
        return moved.reshape(point.shape)

    relative = np.abs(flat) / unit
    lines = SpaceLines(fun, point, move, np.maximum(relative[rows], relative[columns]))
    _insist_on_scalar(lines, "Hessian", "the `jacobian` of its gradient")
    found = how(lines, 2, judged=full_output)
    diagonal = np.flatnonzero(rows == columns)
    mixed = rows != columns
    for name, sign in (("value", -1), ("error", 1)):
        part = np.array(np.broadcast_to(getattr(found, name), found.status.shape))
        ends = part[diagonal][rows] + part[diagonal][columns]
        part[mixed] = (part[mixed] + sign * ends[mixed]) / 2
        setattr(found, name, part / (unit[rows] * unit[columns]))

    def shaped(array: Any) -> Any:
        full = np.empty((size, size), array.dtype)
        full[rows, columns] = full[columns, rows] = array
        return full.reshape(point.shape + point.shape)

    return deliver(found, shaped, lines.calls, lines, full_output=full_output)


def _complex_hessian(fun: Function, x: Array, *, full_output: bool) -> Any:
    """Differentiate complex-step gradients by the adaptive method, and symmetrise."""
    lines = _coordinate_lines(lambda y: gradient(fun, y, method="complex"), x, np.arange(x.size))
    found = adaptive(lines, 1, None, None, judged=True)
    for part in (found.value, found.error):
        square = part.reshape(x.size, x.size)
        square[...] = (square + square.T) / 2

    def shaped(array: Any) -> Any:
        return array.reshape(x.shape + x.shape)

    calls = x.size + 1  # of the function, for one complex-step gradient
    return deliver(found, shaped, calls * lines.calls, lines, full_output=full_output)


def _prepared(
    fun: Function,
    x: ArrayLike,
    method: str,
    order: int | None,
    h: float | None,
    rtol: float | None,
    n: int = 1,
) -> tuple[Method, Array]:
    """Check the arguments that all functions of this module share."""
    check_callable("fun", fun)
    return Method.chosen(method, order, h, rtol, n), as_float_array("x", x)


def _coordinate_lines(fun: Function, x: Array, variables: Any) -> SpaceLines:
    """Return the lines through x along some of the coordinate axes."""

    def move(p: int, t: Any) -> Any:
        moved = x.astype(np.result_type(x, t))
        moved.flat[variables[p]] += t
        return moved

    return SpaceLines(fun, x, move, np.abs(x.flat[variables]))


def _insist_on_scalar(lines: SpaceLines, what: str, instead: str = "`jacobian`") -> None:
    """Refuse functions with several values where one is needed."""
    if lines.value_shape:
        raise ValueError(f"`fun` returned shape {lines.value_shape}; a {what} needs a scalar: use {instead}")
