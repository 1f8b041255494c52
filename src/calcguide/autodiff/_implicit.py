r"""Solutions of equations as functions of their parameters: the implicit function theorem.

Where :math:`F(x, a) = 0` and the matrix :math:`F_x` is regular, x is a function of a, with

.. math:: \frac{dx}{da} = -F_x^{-1} F_a .

How x was found does not matter. So x is found on plain numbers, and then one more step of Newton's method is written
with traced ones: :math:`x - F_x^{-1} F(x, a)` has the value x, since F is zero, and exactly this derivative. A second
such step makes derivatives up to the third order exact, and each further one doubles the number of exact terms.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._results import Result
from calcguide._typing import Function
from calcguide._validation import as_float_array, as_int, as_positive, check_callable
from calcguide.autodiff._containers import number, settle
from calcguide.autodiff._jacobians import jacobian
from calcguide.autodiff._tracer import Tracer, plain, primal

CONVERGED, STALLED, LIMIT, NOT_FINITE, SINGULAR = 0, 1, 2, 3, 4
MESSAGES = {
    CONVERGED: "a solution was found",
    STALLED: "no step makes `fun` smaller: there may be no solution near x0",
    LIMIT: "the limit of iterations was reached",
    NOT_FINITE: "`fun` is not finite near the iterates",
    SINGULAR: "the Jacobian of `fun` is singular, so the solution is no function of the parameters",
}


class ConvergenceWarning(RuntimeWarning):
    """A solution is returned that does not satisfy its equation."""


@dataclass(frozen=True, repr=False)
class RootResult(Result):
    """A solution of an equation, and how it was found.

    Attributes
    ----------
    x : float or ndarray
        The solution, traced if the equation is.
    fun : float or ndarray
        What is left of the equation there.
    nit : int
        Iterations.
    status : int
        0: solved; 1: stalled; 2: limit of iterations; 3: not finite; 4: singular Jacobian.
    success : bool
        Whether it is solved.
    message : str
        The status in words.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> found = autodiff.root(lambda x: x * x + 1, 0.3, full_output=True)
    >>> found.success, found.message
    (False, 'no step makes `fun` smaller: there may be no solution near x0')
    """

    x: Any
    fun: Any
    nit: int
    status: int
    success: bool
    message: str


def root(
    fun: Function,
    x0: Any,
    *args: Any,
    rtol: float = 1e-12,
    maxiter: int = 50,
    full_output: bool = False,
) -> Any:
    r"""Solve a system of equations, differentiably.

    .. math:: F(x, a) = 0, \qquad \frac{dx}{da} = -F_x^{-1} F_a

    Parameters
    ----------
    fun : callable
        Function ``fun(x, *args)`` with values of the shape of `x`, written with NumPy.
    x0 : array_like
        Where the search starts. The solution does not depend on it in the sense of a derivative.
    *args : object
        Parameters of `fun`, which may be traced.
    rtol : float, default: 1e-12
        The search ends when a step is at most this part of the size of x.
    maxiter : int, default: 50
        Limit of iterations.
    full_output : bool, default: False
        Return a result with the status instead of the solution alone.

    Returns
    -------
    float or ndarray or RootResult
        The solution, of the shape of `x0`.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or `fun` returns another shape.

    Warns
    -----
    ConvergenceWarning
        If no solution was found; a status with `full_output`.

    See Also
    --------
    fixed_point : Solves x = g(x).

    Notes
    -----
    Newton's method with the Jacobian by automatic differentiation; a step that does not make the norm of F smaller is
    halved. The derivative of the solution costs one linear system, whatever the search cost [1]_.

    References
    ----------
    .. [1] Christianson, B. (1994). Reverse accumulation and attractive fixed points. Optimization Methods and Software
       3(4), 311-326. https://doi.org/10.1080/10556789408805572

    Examples
    --------
    The square root as the solution of x² = a, whose derivative is 1 / (2 x):

    >>> from calcguide import autodiff
    >>> def square_root(a):
    ...     return autodiff.root(lambda x, a: x * x - a, 1.0, a)
    >>> square_root(4.0), autodiff.grad(square_root)(4.0), autodiff.derivative(square_root, n=2)(4.0)
    (2.0, 0.25, -0.03125)
    """
    start, rtol, maxiter = _checked(fun, x0, rtol, maxiter)
    constants = [plain(arg) for arg in args]

    def residual(x: Any) -> Any:
        return _shaped(settle(fun(x, *constants)), start)

    x, nit, status = _newton(residual, start, rtol, maxiter)
    return _deliver(lambda x: _shaped(settle(fun(x, *args)), start), x, nit, status, full_output)


def fixed_point(
    fun: Function,
    x0: Any,
    *args: Any,
    rtol: float = 1e-12,
    maxiter: int = 1000,
    full_output: bool = False,
) -> Any:
    r"""Iterate a function until it returns its argument, differentiably.

    .. math:: x = g(x, a), \qquad \frac{dx}{da} = (I - g_x)^{-1} g_a

    Parameters
    ----------
    fun : callable
        Function ``fun(x, *args)`` with values of the shape of `x`, written with NumPy.
    x0 : array_like
        Where the iteration starts.
    *args : object
        Parameters of `fun`, which may be traced.
    rtol : float, default: 1e-12
        The iteration ends when a step is at most this part of the size of x.
    maxiter : int, default: 1000
        Limit of iterations.
    full_output : bool, default: False
        Return a result with the status instead of the fixed point alone.

    Returns
    -------
    float or ndarray or RootResult
        The fixed point, of the shape of `x0`.

    Raises
    ------
    TypeError, ValueError
        If an argument breaks its rule, or `fun` returns another shape.

    Warns
    -----
    ConvergenceWarning
        If the iteration does not settle; a status with `full_output`.

    See Also
    --------
    root : Newton's method, which does not need the iteration to be a contraction.

    Notes
    -----
    The iteration itself is not recorded: the derivative at the fixed point costs one linear system, and no memory for the
    steps that led there.

    Examples
    --------
    The solution of x = cos(a x):

    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> def solution(a):
    ...     return autodiff.fixed_point(lambda x, a: np.cos(a * x), 0.5, a)
    >>> x = solution(1.0)
    >>> x, autodiff.grad(solution)(1.0), float(-np.sin(x) * x / (1 + np.sin(x)))
    (0.7390851, -0.2975, -0.2975)
    """
    start, rtol, maxiter = _checked(fun, x0, rtol, maxiter)
    constants = [plain(arg) for arg in args]
    x, status, nit = start, LIMIT, 0
    with np.errstate(all="ignore"):
        while nit < maxiter:
            nit += 1
            new = np.asarray(primal(_shaped(settle(fun(x[()], *constants)), start)), dtype=float)
            step, x = np.abs(new - x).max(), new
            if not np.isfinite(x).all():
                status = NOT_FINITE
                break
            if step <= rtol * max(1.0, float(np.abs(x).max())):
                status = CONVERGED
                break
    return _deliver(lambda x: x - _shaped(settle(fun(x, *args)), start), x, nit, status, full_output)


def _checked(fun: Function, x0: Any, rtol: float, maxiter: int) -> tuple[Any, float, int]:
    """Check the arguments that both functions share."""
    check_callable("fun", fun)
    start = as_float_array("x0", primal(x0))
    return start, as_positive("rtol", rtol), as_int("maxiter", maxiter, low=1)


def _shaped(y: Any, x: Any) -> Any:
    """Insist on a value of the shape of x."""
    if np.shape(y) != np.shape(x):
        raise ValueError(f"`fun` must return the shape of `x`, {np.shape(x)}, got {np.shape(y)}")
    return y


def _newton(residual: Function, start: Any, rtol: float, maxiter: int) -> tuple[Any, int, int]:
    """Search for a zero on plain numbers."""
    x, slope = start, jacobian(lambda x: np.ravel(residual(x)))
    with np.errstate(all="ignore"):
        f = np.asarray(primal(residual(x[()])), dtype=float)
        if not np.isfinite(f).all():
            return x, 0, NOT_FINITE
        for nit in range(1, maxiter + 1):
            matrix = np.asarray(primal(slope(x[()]))).reshape(x.size, x.size)
            try:
                step = -np.linalg.solve(matrix, f.ravel()).reshape(x.shape)
            except np.linalg.LinAlgError:
                return x, nit, SINGULAR
            if not np.isfinite(step).all():
                return x, nit, SINGULAR
            small = np.abs(step).max() <= rtol * max(1.0, float(np.abs(x).max()))
            for _ in range(30):
                new = x + step
                g = np.asarray(primal(residual(new[()])), dtype=float)
                if np.isfinite(g).all() and (small or np.linalg.norm(g) < np.linalg.norm(f)):
                    break
                step = step / 2
            else:
                return x, nit, STALLED if f.any() else CONVERGED
            x, f = new, g
            if small:
                return x, nit, CONVERGED
    return x, maxiter, LIMIT


def _deliver(residual: Function, x: Any, nit: int, status: int, full_output: bool) -> Any:
    """Give the solution the derivative that the theorem says it has, and say how the search ended."""
    solution = x[()]
    left = residual(solution) if status == CONVERGED else None
    steps = _depth(left).bit_length()
    for _ in range(steps):
        solution = _traced_step(residual, solution)
    if status != CONVERGED and not full_output:
        warnings.warn(f"{MESSAGES[status]}; the last iterate is {x}", ConvergenceWarning, stacklevel=3)
    solution = number(solution)
    if not full_output:
        return solution
    with np.errstate(all="ignore"):
        rest = number(primal(residual(x[()])))
    return RootResult(solution, rest, nit, status, status == CONVERGED, MESSAGES[status])


def _traced_step(residual: Function, x: Any) -> Any:
    """Return x − F_x⁻¹ F, traced."""
    size = int(np.size(primal(x)))
    slope = np.reshape(jacobian(lambda x: np.ravel(residual(x)), mode="forward")(x), (size, size))
    step = np.linalg.solve(slope, np.reshape(residual(x), (size, 1)))
    return x - np.reshape(step, np.shape(x))


def _depth(y: Any) -> int:
    """Count how many differentiations a value is traced by."""
    depth = 0
    while isinstance(y, Tracer):
        y, depth = y.value, depth + 1
    return depth
