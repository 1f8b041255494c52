"""Solutions, inverses, determinants.

    A X = B        Ȧ X + A Ẋ = Ḃ        B̄ = A⁻ᵀ X̄,  Ā = −B̄ Xᵀ

The rules are those of matrix calculus, with matrices in the last two axes and any number of axes before them.

References: Giles, M. B. (2008). Collected matrix derivative results for forward and reverse mode algorithmic
differentiation. In: Advances in Automatic Differentiation, 35-44. https://doi.org/10.1007/978-3-540-68942-3_4
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive, unbroadcast
from calcguide.autodiff._kinds import stackable
from calcguide.autodiff._products import lifted, matmul, matvec, mT, product
from calcguide.autodiff._reductions import others
from calcguide.autodiff._tracer import CONSTANT, FUNCTIONS, Tracer, plain


def _push_solution(k: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    """Solve with a stack of tangents: Ȧ X + A Ẋ = Ḃ."""
    t = lifted(t, (a, b)[k], y)
    return -solve(a, product(t, y)) if k == 0 else solve(a, t)


solve: Primitive = Primitive(
    "solve",
    np.linalg.solve,
    [lambda t, y, a, b: -solve(a, product(t, y)), lambda t, y, a, b: solve(a, t)],
    [
        lambda g, y, a, b: unbroadcast(-product(solve(mT(a), g), mT(y)), np.shape(a)),
        lambda g, y, a, b: unbroadcast(solve(mT(a), g), np.shape(b)),
    ],
    batched=_push_solution,
)


def _solve_vector(a: Any, b: Any) -> Any:
    if np.ndim(b) == 1:
        return solve(a, np.reshape(b, (-1, 1)))[..., 0]
    return solve(a, b)


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        rest = [i for i in range(np.ndim(a)) if i not in axes]
        a = np.transpose(a, (*rest, *axes))
    shape = np.shape(a)[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (-1, math.prod(shape))), np.ravel(b)), shape)


inverse: Primitive = stackable(
    "inv",
    np.linalg.inv,
    lambda t, y, a: -product(product(y, t), y),
    lambda g, y, a: -product(product(mT(y), g), mT(y)),
)


def _tensorinv(a: Any, ind: int = 2) -> Any:
    shape = np.shape(a)
    return np.reshape(inverse(np.reshape(a, (math.prod(shape[:ind]), -1))), (*shape[ind:], *shape[:ind]))


def _matrix_power(a: Any, n: int) -> Any:
    """Multiply by squaring: log₂ n products."""
    if n < 0:
        a, n = inverse(a), -n
    if n == 0:
        return np.broadcast_to(np.eye(np.shape(a)[-1], dtype=plain(a).dtype), np.shape(a))
    y = None
    while n:
        if n % 2:
            y = a if y is None else matmul(y, a)
        n //= 2
        if n:
            a = matmul(a, a)
    return y


# -- Determinants ------------------------------------------------------------------------------------------------------


def _cofactors_of(a: Any) -> Any:
    """Compute the cofactors from A = U S Vᵀ: det(U) det(V) U diag(∏ⱼ≠ᵢ sⱼ) Vᵀ, without division by what may be zero."""
    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., None, None] * ((u * others(s)[..., None, :]) @ vh)


def _cofactors_change(t: Any, y: Any, a: Any) -> Any:
    """Differentiate the cofactors along t: the map is symmetric, so that both modes share it.

    In the axes of the singular vectors, with T = Uᵀ t V and pᵢⱼ the product of all singular values but two, entry (i, j) is
    −pᵢⱼ Tⱼᵢ off the diagonal, and Σⱼ pᵢⱼ Tⱼⱼ on it. A tracer, for third derivatives, has no decomposition at hand; there,
    (⟨C, t⟩ C − C tᵀ C) / det A serves, which needs A to be invertible.
    """
    if isinstance(a, Tracer):
        inner = np.sum(y * t, axis=(-1, -2), keepdims=True)
        return (inner * y - product(product(y, mT(t)), y)) / np.expand_dims(np.linalg.det(a), (-1, -2))
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    one = np.eye(n, dtype=bool)
    pairs = np.where(one, 0, others(np.where(one, 1, s[..., None, :]))).astype(s.dtype)
    sign = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    t = product(product(mT(u), t), mT(vh))
    diagonal = np.sum(t * np.eye(n, dtype=s.dtype), axis=-1)
    change = np.eye(n, dtype=s.dtype) * matvec(pairs, diagonal)[..., None] - pairs * mT(t)
    return sign * product(product(u, change), vh)


_cofactors: Primitive = stackable("cofactors", _cofactors_of, _cofactors_change, _cofactors_change)
_det = stackable(
    "det",
    np.linalg.det,
    lambda t, y, a: np.sum(_cofactors(a) * t, axis=(-1, -2)),
    lambda g, y, a: np.expand_dims(g, (-1, -2)) * _cofactors(a),
)
_log_determinant = stackable(
    "slogdet",
    lambda a: np.linalg.slogdet(a)[1],
    lambda t, y, a: np.sum(mT(inverse(a)) * t, axis=(-1, -2)),
    lambda g, y, a: np.expand_dims(g, (-1, -2)) * mT(inverse(a)),
)
_Slogdet = type(np.linalg.slogdet(np.eye(1)))  # the named tuple that NumPy returns


def _slogdet(a: Any) -> Any:
    return _Slogdet(np.linalg.slogdet(plain(a))[0], _log_determinant(a))


FUNCTIONS.update(
    {
        np.linalg.solve: _solve_vector,
        np.linalg.tensorsolve: _tensorsolve,
        np.linalg.inv: inverse,
        np.linalg.tensorinv: _tensorinv,
        np.linalg.matrix_power: _matrix_power,
        np.linalg.det: _det,
        np.linalg.slogdet: _slogdet,
    }
)
CONSTANT.add(np.linalg.matrix_rank)
