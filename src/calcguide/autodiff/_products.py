"""Products of arrays.

    Y = A B        Ẏ = Ȧ B + A Ḃ        Ā = Ȳ Bᵀ,  B̄ = Aᵀ Ȳ

Matrices are in the last two axes, with any number of axes before them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive, unbroadcast
from calcguide.autodiff._tracer import FUNCTIONS, UFUNCS


def mT(a: Any) -> Any:
    """Transpose matrices, under NumPy's name."""
    return np.swapaxes(a, -1, -2)


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = Ȳ Bᵀ."""
    del y
    return unbroadcast(product(g, mT(b)), np.shape(a))


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """B̄ = Aᵀ Ȳ."""
    del y
    return unbroadcast(product(mT(a), g), np.shape(b))


def lifted(t: Any, operand: Any, y: Any) -> Any:
    """Give a stack of tangents of an operand the axes along which the operand is broadcast."""
    shape, missing = np.shape(t), np.ndim(y) - np.ndim(operand)
    return np.reshape(t, (shape[0], *(1,) * missing, *shape[1:])) if missing else t


def _push_product(k: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    """Multiply a stack of tangents of one factor by the other factor."""
    t = lifted(t, (a, b)[k], y)
    return product(t, b) if k == 0 else product(a, t)


product: Primitive = Primitive(
    "matmul",
    np.matmul,
    [lambda t, y, a, b: product(t, b), lambda t, y, a, b: product(a, t)],
    [_left, _right],
    batched=_push_product,
)


def matmul(a: Any, b: Any) -> Any:
    """Multiply as np.matmul does: a vector counts as a row on the left, as a column on the right."""
    if not np.ndim(a) or not np.ndim(b):
        raise ValueError("matmul needs arrays with at least one dimension; use `*` for numbers")
    if np.ndim(a) == np.ndim(b) == 1:
        if np.shape(a) != np.shape(b):
            raise ValueError(f"matmul needs vectors of one length, got {len(a)} and {len(b)}")
        return np.sum(a * b)
    if np.ndim(a) > 2 and np.ndim(b) <= 2:  # one product of matrices is quicker than many
        y = matmul(np.reshape(a, (-1, np.shape(a)[-1])), b)
        return np.reshape(y, (*np.shape(a)[:-1], *np.shape(b)[1:]))
    y = product(
        np.reshape(a, (1, -1)) if np.ndim(a) == 1 else a, np.reshape(b, (-1, 1)) if np.ndim(b) == 1 else b
    )
    if np.ndim(a) == 1:
        return y[..., 0, :]
    return y[..., 0] if np.ndim(b) == 1 else y


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum products over pairs of axes, as one product of matrices."""
    if isinstance(axes, int):
        left, right = list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    else:
        left, right = (np.atleast_1d(part).tolist() for part in axes)
        left, right = [i % np.ndim(a) for i in left], [i % np.ndim(b) for i in right]
    rows = [i for i in range(np.ndim(a)) if i not in left]
    columns = [i for i in range(np.ndim(b)) if i not in right]
    inner = int(np.prod([np.shape(a)[i] for i in left], dtype=int))
    shape = (*(np.shape(a)[i] for i in rows), *(np.shape(b)[i] for i in columns))
    first = np.reshape(np.transpose(a, (*rows, *left)), (-1, inner))
    second = np.reshape(np.transpose(b, (*right, *columns)), (inner, -1))
    return np.reshape(product(first, second), shape)


def _dot(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return matmul(a, b)
    return _tensordot(a, b, ([np.ndim(a) - 1], [max(np.ndim(b) - 2, 0)]))


def _inner(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    return _tensordot(a, b, ([np.ndim(a) - 1], [np.ndim(b) - 1]))


def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def _outer_of(ufunc: Any) -> Any:
    """Return a ufunc of all pairs of elements."""
    return lambda a, b: ufunc(np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))), b)


def _kron(a: Any, b: Any) -> Any:
    """Multiply each element of a by all of b."""
    n = max(np.ndim(a), np.ndim(b))
    first = (1,) * (n - np.ndim(a)) + np.shape(a)
    second = (1,) * (n - np.ndim(b)) + np.shape(b)
    apart = np.reshape(a, [m for size in first for m in (size, 1)]) * np.reshape(
        b, [m for size in second for m in (1, size)]
    )
    return np.reshape(apart, tuple(i * j for i, j in zip(first, second, strict=True)))


def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def _vdot(a: Any, b: Any) -> Any:
    return np.sum(np.ravel(a) * np.ravel(b))


def _vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    if axis != -1:
        x1, x2 = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    return np.sum(x1 * x2, axis=-1)


def matvec(x1: Any, x2: Any) -> Any:
    """Multiply matrices by vectors."""
    return matmul(x1, np.expand_dims(x2, -1))[..., 0]


def _vecmat(x1: Any, x2: Any) -> Any:
    return matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Multiply vectors with three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise TypeError("cross of vectors that do not have three components is not covered by autodiff")
    x, y, z = (a[..., i] for i in range(3))
    u, v, w = (b[..., i] for i in range(3))
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=axisc)


def _multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """Multiply from the side where the vector is, if there is one."""
    del out
    arrays = list(arrays)
    if np.ndim(arrays[-1]) == 1:
        y = arrays[-1]
        for array in arrays[-2::-1]:
            y = matmul(array, y)
        return y
    y = arrays[0]
    for array in arrays[1:]:
        y = matmul(y, array)
    return y


FUNCTIONS.update(
    {
        np.dot: _dot, np.inner: _inner, np.outer: _outer, np.vdot: _vdot, np.tensordot: _tensordot, np.kron: _kron,
        np.trace: _trace, np.cross: _cross, np.linalg.multi_dot: _multi_dot, np.linalg.matmul: matmul,
        np.linalg.outer: _outer,
        np.linalg.tensordot: lambda x1, x2, /, *, axes=2: _tensordot(x1, x2, axes),
        np.linalg.vecdot: lambda x1, x2, /, *, axis=-1: _vecdot(x1, x2, axis),
        np.linalg.cross: lambda x1, x2, /, *, axis=-1: _cross(x1, x2, axis=axis),
        np.linalg.matrix_transpose: mT,
        np.linalg.trace: lambda x, /, *, offset=0, dtype=None: _trace(x, offset, -2, -1, dtype),
        np.linalg.diagonal: lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1),
    }
)  # fmt: skip
for _ufunc in (
    np.add,
    np.subtract,
    np.multiply,
    np.divide,
    np.power,
    np.maximum,
    np.minimum,
    np.hypot,
    np.logaddexp,
):
    FUNCTIONS[_ufunc, "outer"] = _outer_of(_ufunc)
UFUNCS[np.matmul] = matmul
# Functions that came after NumPy 2.0, or with it.
for _name, _function in (("vecdot", _vecdot), ("matvec", matvec), ("vecmat", _vecmat)):
    if hasattr(np, _name):
        UFUNCS[getattr(np, _name)] = _function
