r"""Densities of functions of a random variable: probability is kept, so density times volume is.

.. math:: p_Y(y) = \sum_k p_X\bigl(h_k(y)\bigr) \, \left| \det \frac{\partial h_k}{\partial y} \right|
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import inf
from operator import add
from typing import Any

import numpy as np

from calcguide import autodiff
from calcguide._results import plain
from calcguide._typing import Array, ArrayLike, Function
from calcguide._validation import as_float_array, as_int, check_callable


def change_of_variables(
    pdf: Function,
    inverse: Function | Sequence[Function],
    *,
    dim: int | None = None,
    low: ArrayLike = -inf,
    high: ArrayLike = inf,
) -> Callable[[ArrayLike], Any]:
    r"""Return the density of Y = g(X), given the density of X and the inverse of g.

    .. math:: p_Y(y) = \sum_k p_X\bigl(h_k(y)\bigr) \, \left| \det \frac{\partial h_k}{\partial y} \right|

    The derivative of each inverse :math:`h_k` is found by automatic differentiation.

    Parameters
    ----------
    pdf : callable
        Density of X: takes an array of shape (m,), or (m, dim) where `dim` is given, and returns shape (m,).
    inverse : callable or sequence of callables
        The inverse of g, written with NumPy: takes and returns the same shape as `pdf` takes, each row by itself.
        Where g takes a value several times, one inverse for each branch.
    dim : int, optional
        Number of variables. Without it X and Y are numbers; with it they are vectors of this length, along the last
        axis, and the derivative is a determinant.
    low, high : float or array_like of shape (dim,)
        Y lies strictly between them. Outside its density is 0 and `inverse` is not called: a logarithm wants ``low=0``.

    Returns
    -------
    callable
        The density of Y. It takes points of any shape, with `dim` of shape (..., dim), and returns one number for
        each of them. Where `pdf` or `inverse` depend on traced parameters, so does the density.

    Raises
    ------
    ValueError
        If an argument breaks its rule. The density raises it if a function returns another shape, or where a value is
        not finite or `pdf` negative, with the point where that happened.
    TypeError
        If an argument is of the wrong type.

    See Also
    --------
    calcguide.autodiff.jacobian : The matrix whose determinant this is.
    maximum_likelihood : Fits the parameters of such a density.

    Notes
    -----
    One evaluation in forward mode for each branch and variable, for all points together, and a determinant of order
    dim for each point: O(dim³). This is the formula of a normalising flow [1]_. At the ends `low` and `high`
    themselves the density is taken as 0: they carry no probability, and derivatives are often infinite there.

    References
    ----------
    .. [1] Papamakarios, G., Nalisnick, E., Rezende, D. J., Mohamed, S., and Lakshminarayanan, B. (2021). Normalizing
       flows for probabilistic modeling and inference. Journal of Machine Learning Research 22(57), 1-64.

    Examples
    --------
    The square of a standard normal variable is chi-square with one degree of freedom. It has two square roots:

    >>> import numpy as np
    >>> from scipy import stats
    >>> from calcguide.probability import change_of_variables
    >>> roots = [np.sqrt, lambda y: -np.sqrt(y)]
    >>> chi_square = change_of_variables(stats.norm.pdf, roots, low=0.0)
    >>> chi_square([0.5, 2.0]), stats.chi2.pdf([0.5, 2.0], df=1)
    (array([0.43939129, 0.10377687]), array([0.43939129, 0.10377687]))

    In polar coordinates the determinant is the radius:

    >>> def normal(x):
    ...     return np.exp(-np.sum(x**2, axis=-1) / 2) / (2 * np.pi)
    >>> def cartesian(p):
    ...     r, angle = p[..., 0], p[..., 1]
    ...     return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=-1)
    >>> polar = change_of_variables(normal, cartesian, dim=2, low=[0.0, 0.0], high=[np.inf, 2 * np.pi])
    >>> polar([2.0, 1.0]), float(2 * np.exp(-2) / (2 * np.pi))
    (0.0430785, 0.0430785)
    """
    check_callable("pdf", pdf)
    branches = [inverse] if callable(inverse) else list(inverse)
    if not branches:
        raise ValueError("`inverse` must hold at least one function, got none")
    for branch in branches:
        check_callable("inverse", branch)
    width = () if dim is None else (as_int("dim", dim, low=1),)
    lower, upper = (_end(name, value, width) for name, value in (("low", low), ("high", high)))
    if not (lower < upper).all():
        raise ValueError(f"`low` must be less than `high`, got low={low!r:.60}, high={high!r:.60}")

    def density(y: ArrayLike) -> Any:
        points = as_float_array("y", y)
        shape = points.shape[: points.ndim - len(width)]
        if points.shape != shape + width:
            raise ValueError(f"`y` must have shape (..., {dim}), got {points.shape}")
        rows = points.reshape(-1, *width)
        inside = ((lower < rows) & (rows < upper)).reshape(len(rows), -1).all(axis=1)
        if not inside.any():
            return plain(np.zeros(shape))
        found = reduce(add, (_pushed(pdf, branch, rows[inside]) for branch in branches))
        # Each point inside takes its place among those found, each one outside takes the zero in front of them.
        places = np.where(inside, np.cumsum(inside), 0)
        result: Any = np.reshape(np.concatenate([np.zeros(1), found])[places], shape)
        return plain(result) if isinstance(result, np.ndarray | np.generic) else result

    return density


def _pushed(pdf: Function, inverse: Function, y: Array) -> Any:
    """Return p(h(y)) |det ∂h/∂y|, one number for each row."""
    with np.errstate(all="ignore"):
        x, volume = _volume(inverse, y)
        value = pdf(x)
        if np.shape(value) != (len(y),):
            raise ValueError(
                f"`pdf` must return one number for each point, shape ({len(y)},); got shape {np.shape(value)}"
            )
        product = value * np.abs(volume)
    negative = np.flatnonzero(autodiff.stop_gradient(value) < 0)
    if negative.size:
        k = int(negative[0])
        at, image, p = (np.asarray(autodiff.stop_gradient(part)[k]).tolist() for part in (y, x, value))
        raise ValueError(f"`pdf` must not be negative, got {p} at x={image}, where y={at}")
    wrong = np.flatnonzero(~np.isfinite(autodiff.stop_gradient(product)))
    if wrong.size:
        k = int(wrong[0])
        at, image, slope = (np.asarray(autodiff.stop_gradient(part)[k]).tolist() for part in (y, x, volume))
        raise ValueError(
            f"the density is not finite at y={at}, where `inverse` is {image} and its derivative {slope:.6g}: "
            "`low` and `high` say where Y lies"
        )
    return product


def _volume(inverse: Function, y: Array) -> tuple[Any, Any]:
    """Return h(y), and its derivative or the determinant of its Jacobian, column by column in forward mode."""
    if y.ndim == 1:
        x, slope = autodiff.jvp(inverse, y, np.ones_like(y))
        _same_shape(x, y)
        return x, slope
    columns = []
    for unit in np.eye(y.shape[1]):
        x, column = autodiff.jvp(inverse, y, np.broadcast_to(unit, y.shape))
        _same_shape(x, y)
        columns.append(column)
    return x, np.linalg.det(np.stack(columns, axis=-1))


def _same_shape(x: Any, y: Array) -> None:
    if np.shape(x) != y.shape:
        raise ValueError(f"`inverse` must return the shape of its argument, {y.shape}, got {np.shape(x)}")


def _end(name: str, value: ArrayLike, width: tuple[int, ...]) -> Array:
    """Return one end of the range of Y, a number for each variable."""
    end = as_float_array(name, value, finite=False)
    if np.isnan(end).any() or end.shape not in ((), width):
        raise ValueError(f"`{name}` must be one number{' for each variable' * len(width)}, got {value!r:.60}")
    return end
