r"""Local models: :math:`m(x_0 + s) = f + \nabla f^T s + \tfrac12 s^T H s`, and the step to where they are stationary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide import autodiff
from calcguide._results import Result, plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable
from calcguide.series._polynomial import coordinates

MESSAGES = {
    0: "the step leads to the minimiser of the model",
    1: "the Hessian is positive semidefinite and singular: the step is the shortest of many to a minimiser",
    2: "the Hessian is singular, and the gradient has a part along which it has no curvature: the model has no "
    "stationary point, and the step leaves that part of the gradient as it is",
    3: "the Hessian has negative eigenvalues: the model has no minimiser, and the step leads to a saddle or maximum",
}


@dataclass(frozen=True, repr=False)
class NewtonStep(Result):
    """A step to the stationary point of a quadratic model, and what kind of point that is.

    Attributes
    ----------
    step : float or ndarray of shape (n,)
        The step s, from x0.
    x : float or ndarray of shape (n,)
        Where it leads: x0 + s.
    reduction : float
        How much the model decreases, m(x0) − m(x0 + s); negative where the model rises.
    eigenvalues : ndarray of shape (n,)
        The eigenvalues of the Hessian, in ascending order.
    status : int
        0: a minimiser; 1: one of many minimisers, the Hessian is singular; 2: no stationary point, the Hessian is
        singular; 3: a saddle or a maximum, the Hessian has negative eigenvalues.
    success : bool
        Whether the model has one minimiser and the step leads there.
    message : str
        The status in words.

    Examples
    --------
    >>> from calcguide.series import local_model
    >>> found = local_model(lambda x: x[0] ** 2 - x[1] ** 2 + x[1], [1.0, 0.0]).step()
    >>> found.success, found.x.tolist(), found.eigenvalues.tolist()
    (False, [0.0, 0.5], [-2.0, 2.0])
    """

    step: Any
    x: Any
    reduction: float
    eigenvalues: Array
    status: int
    success: bool
    message: str


@dataclass(frozen=True, eq=False, repr=False)
class LocalModel(Result):
    r"""A linear or quadratic function that agrees with another one near a point.

    .. math:: m(x) = f(x_0) + \nabla f(x_0)^T (x - x_0) + \tfrac12 (x - x_0)^T H(x_0)\, (x - x_0)

    Attributes
    ----------
    x0 : float or ndarray of shape (n,)
        The point.
    value : float
        The value f(x0).
    gradient : float or ndarray of shape (n,)
        The gradient there.
    hessian : float or ndarray of shape (n, n) or None
        The Hessian there; None in a linear model.

    Examples
    --------
    >>> from calcguide import functions
    >>> from calcguide.series import local_model
    >>> model = local_model(functions.rosenbrock, [-1.0, 1.0])
    >>> model([-0.9, 0.8]), float(functions.rosenbrock([-0.9, 0.8]))
    (3.61, 3.62)
    >>> model.step().x.tolist()
    [1.0, -3.0]
    """

    x0: Any
    value: float
    gradient: Any
    hessian: Any

    @property
    def order(self) -> int:
        """The degree of the model: 1 or 2.

        Examples
        --------
        >>> import numpy as np
        >>> from calcguide.series import local_model
        >>> local_model(np.exp, 0.0, order=1).order
        1
        """
        return 1 if self.hessian is None else 2

    def __call__(self, x: ArrayLike) -> Any:
        """Evaluate the model at a point or at many; coordinates run along the last axis."""
        return plain(np.asarray(self.value - self._reduction(coordinates("x", x, self.x0) - self.x0)))

    def _reduction(self, s: Array) -> Any:
        """Return m(x0) − m(x0 + s) for steps, without the value that would swallow its digits."""
        s = s if np.ndim(self.x0) else s[..., np.newaxis]
        curvature = 0.0 if self.hessian is None else np.vecdot(s @ np.atleast_2d(self.hessian), s)
        return -(s @ np.atleast_1d(self.gradient)) - curvature / 2

    def reduction(self, step: ArrayLike) -> Any:
        """Return by how much the model decreases along a step, m(x0) − m(x0 + s).

        Parameters
        ----------
        step : array_like of shape (..., n)
            The step s, or many.

        Returns
        -------
        float or ndarray
            The predicted reduction: what trust-region methods compare with the actual one.
        """
        return plain(np.asarray(self._reduction(coordinates("step", step, self.x0))))

    def step(self) -> NewtonStep:
        r"""Return the Newton step, :math:`H s = -\nabla f`: to the stationary point of the model.

        Returns
        -------
        NewtonStep
            The step, where it leads, and whether that is a minimiser of the model.

        Raises
        ------
        ValueError
            If the model is linear: it has no stationary point.
        """
        if self.hessian is None:
            raise ValueError("a linear model has no stationary point: use order=2")
        gradient, H = np.atleast_1d(self.gradient), np.atleast_2d(self.hessian)
        eigenvalues, Q = np.linalg.eigh((H + H.T) / 2)
        # Eigenvalues are computed with an error of about n ε times the largest: what is smaller is zero.
        zero = np.abs(eigenvalues) <= len(eigenvalues) * np.finfo(float).eps * np.max(np.abs(eigenvalues))
        slopes = Q.T @ gradient
        s = -Q @ (np.where(zero, 0.0, slopes) / np.where(zero, 1.0, eigenvalues))
        flat = np.linalg.norm(slopes[zero]) > 1e-12 * np.linalg.norm(gradient)
        status = 2 if flat else 3 if (eigenvalues[~zero] < 0).any() else 1 if zero.any() else 0
        step = s if np.ndim(self.x0) else float(s[0])
        return NewtonStep(
            step,
            self.x0 + step,
            self.reduction(step),
            eigenvalues,
            status,
            status == 0,
            MESSAGES[status],
        )


def local_model(fun: Function, x0: ArrayLike, *, order: int = 2) -> LocalModel:
    r"""Return the linear or quadratic model of a function at a point.

    .. math:: m(x) = f(x_0) + \nabla f(x_0)^T (x - x_0) + \tfrac12 (x - x_0)^T H(x_0)\, (x - x_0)

    Parameters
    ----------
    fun : callable
        Function of a vector, or of a number, with one number as its value, written with NumPy.
    x0 : float or array_like of shape (n,)
        The point.
    order : {1, 2}, default: 2
        The degree: 1 leaves out the Hessian.

    Returns
    -------
    LocalModel
        Its ``value``, ``gradient`` and ``hessian``; call it with points; its ``step()`` is Newton's.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or `fun` or a derivative is not finite at `x0`, or `fun` has several values.
    TypeError
        If `fun` uses what `calcguide.autodiff` cannot trace.

    See Also
    --------
    taylor : The same as a polynomial, of any degree.
    calcguide.autodiff.hvp : For so many variables that the Hessian does not fit.

    Notes
    -----
    By automatic differentiation: one evaluation in reverse mode for the gradient, and about n times as much for the
    Hessian. The linear model is what gradient descent follows, the quadratic one what Newton's method minimises; its
    error is :math:`O(|x - x_0|^2)` and :math:`O(|x - x_0|^3)`.

    The step is computed from the eigenvalues of the Hessian, so that the cases in which it is no step to a minimum are
    seen: a saddle or a maximum of the model, or a Hessian without full rank [1]_. They are in its status.

    References
    ----------
    .. [1] Nocedal, J. and Wright, S. J. (2006). Numerical Optimization, 2nd edition, chapters 2 and 3. Springer.
       https://doi.org/10.1007/978-0-387-40065-5

    Examples
    --------
    The model of a quadratic function is the function, and one Newton step minimises it:

    >>> from calcguide.series import local_model
    >>> model = local_model(lambda x: (x[0] - 3) ** 2 + 10 * (x[1] + 1) ** 2, [0.0, 0.0])
    >>> model.gradient.tolist(), model.hessian.tolist()
    ([-6.0, 20.0], [[2.0, 0.0], [0.0, 20.0]])
    >>> found = model.step()
    >>> found.x.tolist(), found.reduction, found.message
    ([3.0, -1.0], 19.0, 'the step leads to the minimiser of the model')

    In one variable, with the function beside it:

    >>> import numpy as np
    >>> model = local_model(np.exp, 0.0, order=1)
    >>> model([-0.1, 0.0, 0.1]).tolist(), np.exp([-0.1, 0.0, 0.1]).tolist()
    ([0.9, 1.0, 1.1], [0.904837418, 1.0, 1.105170918])
    """
    check_callable("fun", fun)
    x = as_float_array("x0", x0)
    order = as_int("order", order, low=1, high=2)
    if x.ndim > 1:
        raise ValueError(f"`x0` must be a number or a vector, got shape {x.shape}")
    point: Any = np.array(x) if x.ndim else float(x)
    with np.errstate(all="ignore"):  # what is not finite is reported by its name
        value, gradient = autodiff.value_and_grad(fun)(point)
        hessian = plain(np.asarray(autodiff.hessian(fun)(point))) if order == 2 else None
    for name, part in (("value", value), ("gradient", gradient), ("Hessian", hessian)):
        if part is not None and not np.isfinite(part).all():
            raise ValueError(f"`fun` has no local model at x0={x}: its {name} is {part}")
    return LocalModel(point, float(value), gradient, hessian)
