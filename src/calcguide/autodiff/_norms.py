"""Norms: the size of a vector or a matrix.

    ‖x‖ = √(Σ xᵢ²)        ∇‖x‖ = x / ‖x‖

At the zero vector there is a kink, and the derivative is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.autodiff._decompositions import svdvals
from calcguide.autodiff._linalg import inverse
from calcguide.autodiff._reductions import root_of_squares
from calcguide.autodiff._tracer import FUNCTIONS, plain


def _vector_norm(x: Any, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:  # noqa: A002  # NumPy's name
    """Compute the norm of vectors along axes."""
    if axis is None:
        axis = tuple(range(np.ndim(x)))
    if ord in (None, 2):
        return root_of_squares(np.sum(x * x, axis=axis, keepdims=keepdims))
    size = np.abs(x)
    if ord == 0:
        return np.sum(plain(x) != 0, axis=axis, keepdims=keepdims).astype(plain(x).dtype)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    if ord in (np.inf, -np.inf):
        return (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=keepdims)
    power = np.sum(size**ord, axis=axis, keepdims=keepdims)
    if ord < 1:
        return power ** (1 / ord)
    zero = plain(power) == 0
    return np.where(zero, 0, np.where(zero, 1, power) ** (1 / ord))


def _matrix_norm(x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:  # noqa: A002  # NumPy's name
    """Compute the norm of the matrices in the last two axes."""
    if ord in ("fro", None):
        return _vector_norm(x, axis=(-2, -1), keepdims=keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        along = -2 if abs(ord) == 1 else -1
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        y = (np.max if ord > 0 else np.min)(sums, axis=(-2, -1))
    elif ord in ("nuc", 2, -2):
        reduce = np.sum if ord == "nuc" else np.max if ord == 2 else np.min
        y = reduce(svdvals(x), axis=-1)
    else:
        raise ValueError(f"`ord` of a matrix norm must be 'fro', 'nuc', ±1, ±2 or ±inf, got {ord!r}")
    return np.expand_dims(y, (-2, -1)) if keepdims else y


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002  # NumPy's name
    """Compute a norm as np.linalg.norm does: of a vector or a matrix, by the number of axes."""
    if axis is None and ord is None:
        y = _vector_norm(np.ravel(x))
        return np.reshape(y, (1,) * np.ndim(x)) if keepdims else y
    n = np.ndim(x)
    axes = (
        tuple(range(n))
        if axis is None
        else tuple(i % n for i in (axis if isinstance(axis, tuple) else (axis,)))
    )
    if len(axes) == 1:
        return _vector_norm(x, axis=axes[0], keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError("a norm needs one or two axes")
    y = _matrix_norm(np.moveaxis(x, axes, (-2, -1)), ord="fro" if ord is None else ord)
    return np.expand_dims(y, axes) if keepdims else y


def _cond(x: Any, p: Any = None) -> Any:
    if p in (None, 2, -2):
        s = svdvals(x)
        return s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
    return _norm(x, p, (-2, -1)) * _norm(inverse(x), p, (-2, -1))


FUNCTIONS.update(
    {
        np.linalg.vector_norm: _vector_norm,
        np.linalg.matrix_norm: _matrix_norm,
        np.linalg.norm: _norm,
        np.linalg.cond: _cond,
    }
)
