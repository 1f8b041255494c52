"""Decompositions: a matrix as a product of factors of a simpler kind.

    A = L Lᵀ        A = V Λ Vᵀ        A = U S Vᵀ        A = Q R

The factors are computed together, and held in one array, one below the other, so that a decomposition is one primitive with
one value. Two choices, where a derivative is not unique or does not exist:

- `cholesky` and `eigh` read one triangle of a symmetric matrix; they are differentiated as functions of (A + Aᵀ)/2, so that
  their gradients are symmetric.
- An eigenvector, or a singular vector, has no derivative where its eigenvalue, or singular value, is a repeated one: it is NaN.
  Derivatives of the eigenvalues themselves remain; they are right for functions that treat equal eigenvalues alike.

References: Giles, M. B. (2008). Collected matrix derivative results for forward and reverse mode algorithmic
differentiation. In: Advances in Automatic Differentiation, 35-44. https://doi.org/10.1007/978-3-540-68942-3_4
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive
from calcguide.autodiff._kinds import stackable
from calcguide.autodiff._linalg import solve
from calcguide.autodiff._products import mT, product
from calcguide.autodiff._tracer import FUNCTIONS, INSTEAD, Tracer, plain

# The named tuples that NumPy returns.
_Eigh, _Svd = type(np.linalg.eigh(np.eye(1))), type(np.linalg.svd(np.eye(1)))
_Qr = type(np.linalg.qr(np.eye(1)))

# -- A = L Lᵀ ----------------------------------------------------------------------------------------------------------


def _lower_half(a: Any) -> Any:
    """Return the lower triangle with half of the diagonal."""
    n = np.shape(a)[-1]
    return a * (np.tri(n, n, -1) + np.eye(n) / 2).astype(plain(a).dtype)


def _cholesky_push(t: Any, y: Any, a: Any) -> Any:
    """L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)."""
    del a
    t = (t + mT(t)) / 2
    inner = solve(y, mT(solve(y, t)))
    return product(y, _lower_half(inner))


def _cholesky_pull(g: Any, y: Any, a: Any) -> Any:
    """Ā = ½ L⁻ᵀ (P + Pᵀ) L⁻¹ with P = Φ(Lᵀ L̄)."""
    del a
    p = _lower_half(product(mT(y), g))
    p = (p + mT(p)) / 2
    return solve(mT(y), mT(solve(mT(y), p)))


_cholesky_of = stackable("cholesky", np.linalg.cholesky, _cholesky_push, _cholesky_pull)


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return mT(_cholesky_of(mT(a))) if upper else _cholesky_of(a)


# -- A = V Λ Vᵀ --------------------------------------------------------------------------------------------------------


def _inverse_gaps(squares: Any) -> Any:
    """Return 1 / (λⱼ − λᵢ) for i ≠ j, and NaN where the two agree to rounding: their vectors have no derivative."""
    value = plain(squares)
    n = value.shape[-1]
    one = np.eye(n, dtype=bool)
    small = n * np.finfo(value.dtype).eps * np.max(np.abs(value), axis=-1, keepdims=True)[..., None]
    gaps = squares[..., None, :] - squares[..., :, None]
    close = np.abs(plain(gaps)) <= small
    return np.where(one, 0, 1 / np.where(one, 1, np.where(close, np.nan, gaps)))


def _unused_cotangent(g: Any) -> bool:
    """Tell whether nothing depends on a factor, so that its derivative, which may not exist, does not matter."""
    return not isinstance(g, Tracer) and not np.any(g)


def _diagonal_of(a: Any) -> Any:
    return np.diagonal(a, axis1=-2, axis2=-1)


def _on_diagonal(a: Any) -> Any:
    """Return diagonal matrices."""
    return np.eye(np.shape(a)[-1], dtype=plain(a).dtype) * a[..., None, :]


def _eigen(a: Any, *, lower: bool) -> Any:
    """Hold the eigenvalues in the first row, the eigenvectors in the columns below."""
    values, vectors = np.linalg.eigh(a, "L" if lower else "U")
    return np.concatenate([values[..., None, :], vectors], axis=-2)


def _eigen_push(t: Any, y: Any, a: Any, *, lower: bool) -> Any:
    """Λ̇ = diag(Vᵀ Ȧ V), V̇ = V (F ∘ Vᵀ Ȧ V)."""
    del a, lower
    values, vectors = y[..., 0, :], y[..., 1:, :]
    inner = product(product(mT(vectors), (t + mT(t)) / 2), vectors)
    turned = product(vectors, _inverse_gaps(values) * inner)
    return np.concatenate([_diagonal_of(inner)[..., None, :], turned], axis=-2)


def _eigen_pull(g: Any, y: Any, a: Any, *, lower: bool) -> Any:
    """Ā = V (diag λ̄ + F ∘ Vᵀ V̄) Vᵀ, made symmetric."""
    del a, lower
    values, vectors = y[..., 0, :], y[..., 1:, :]
    inner, turned = _on_diagonal(g[..., 0, :]), g[..., 1:, :]
    if not _unused_cotangent(turned):
        inner = inner + _inverse_gaps(values) * product(mT(vectors), turned)
    a = product(product(vectors, inner), mT(vectors))
    return (a + mT(a)) / 2


_eigen_of = Primitive(
    "eigh",
    _eigen,
    [_eigen_push],
    [_eigen_pull],
    batched=lambda k, *args, **options: _eigen_push(*args, **options),
)


def _eigh(a: Any, UPLO: str = "L") -> Any:
    y = _eigen_of(a, lower=UPLO.upper() == "L")
    return _Eigh(y[..., 0, :], y[..., 1:, :])


# -- A = U S Vᵀ --------------------------------------------------------------------------------------------------------


def _singular(a: Any) -> Any:
    """Hold the left singular vectors, the singular values in one row, and the right singular vectors, all in columns."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], mT(vh)], axis=-2)


def _factors(y: Any, a: Any) -> tuple[Any, Any, Any]:
    m = np.shape(a)[-2]
    return y[..., :m, :], y[..., m, :], y[..., m + 1 :, :]


def _singular_push(t: Any, y: Any, a: Any) -> Any:
    """Turn the singular vectors among themselves by F, and where they span no more than a part, out of it."""
    u, s, v = _factors(y, a)
    f, row, column = _inverse_gaps(s * s), s[..., None, :], s[..., :, None]
    inner = product(product(mT(u), t), v)
    left = product(u, f * (inner * row + column * mT(inner)))
    right = product(v, f * (column * inner + mT(inner) * row))
    m, n = np.shape(a)[-2:]
    if m > n:
        left = left + (product(t, v) - product(u, inner)) / row
    if m < n:
        right = right + (product(mT(t), u) - product(v, mT(inner))) / row
    return np.concatenate([left, _diagonal_of(inner)[..., None, :], right], axis=-2)


def _singular_pull(g: Any, y: Any, a: Any) -> Any:
    """Transpose each term of the tangent."""
    u, s, v = _factors(y, a)
    left, values, right = _factors(g, a)
    m, n = np.shape(a)[-2:]
    row, column = s[..., None, :], s[..., :, None]
    inner = _on_diagonal(values)
    outside: list[Any] = []
    if not _unused_cotangent(left):
        turned = _inverse_gaps(s * s) * product(mT(u), left)
        inner = inner + (turned + mT(turned)) * row
        if m > n:
            outside.append(product((left - product(u, product(mT(u), left))) / row, mT(v)))
    if not _unused_cotangent(right):
        turned = _inverse_gaps(s * s) * product(mT(v), right)
        inner = inner + column * (turned + mT(turned))
        if m < n:
            outside.append(product(u, mT((right - product(v, product(mT(v), right))) / row)))
    return sum(outside, product(product(u, inner), mT(v)))


_singular_of = stackable("svd", _singular, _singular_push, _singular_pull)


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    del hermitian
    u, s, v = _factors(_singular_of(a), a)
    if not compute_uv:
        return s
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise TypeError("svd with full_matrices=True of a matrix that is not square is not covered by autodiff: its last "
                        "vectors are not unique; use full_matrices=False")  # fmt: skip
    return _Svd(u, s, mT(v))


def svdvals(x: Any, /) -> Any:
    """Return the singular values."""
    return _factors(_singular_of(x), x)[1]


# -- A = Q R, and least squares ----------------------------------------------------------------------------------------


def _orthogonal(a: Any) -> Any:
    """Hold the orthogonal factor above the triangular one."""
    return np.concatenate(np.linalg.qr(a), axis=-2)


def _orthogonal_push(t: Any, y: Any, a: Any) -> Any:
    """With C = Ȧ R⁻¹ and M = Qᵀ C: Q̇ = C − Q (M − Ω), Ṙ = (M − Ω) R, where Ω is M's lower triangle made antisymmetric."""
    m = np.shape(a)[-2]
    q, r = y[..., :m, :], y[..., m:, :]
    c = mT(solve(mT(r), mT(t)))
    inner = product(mT(q), c)
    lower = np.tril(inner, -1)
    upper = inner - lower + mT(lower)
    return np.concatenate([c - product(q, upper), product(upper, r)], axis=-2)


def _orthogonal_pull(g: Any, y: Any, a: Any) -> Any:
    """Ā = (Q̄ + Q copy(M)) R⁻ᵀ, M = R R̄ᵀ − Q̄ᵀ Q, where copy(M) repeats the lower triangle above the diagonal."""
    m = np.shape(a)[-2]
    q, r = y[..., :m, :], y[..., m:, :]
    gq, gr = g[..., :m, :], g[..., m:, :]
    inner = product(r, mT(gr)) - product(mT(gq), q)
    copied = np.tril(inner) + mT(np.tril(inner, -1))
    return mT(solve(r, mT(gq + product(q, copied))))


_orthogonal_of = stackable("qr", _orthogonal, _orthogonal_push, _orthogonal_pull)


def _qr(a: Any, mode: str = "reduced") -> Any:
    """Decompose the leading columns; what is to their right is a product with them."""
    m, n = np.shape(a)[-2:]
    if mode not in ("reduced", "r", "complete") or (mode == "complete" and m > n):
        raise TypeError(
            f"qr with mode={mode!r} is not covered by autodiff for shape {(m, n)}: use mode='reduced'"
        )
    y = _orthogonal_of(a[..., :m] if m < n else a)
    q, r = y[..., :m, :], y[..., m:, :]
    if m < n:
        r = np.concatenate([r, product(mT(q), a[..., m:])], axis=-1)
    return r if mode == "r" else _Qr(q, r)


def _check_rank(name: str, a: Any) -> None:
    """Refuse a matrix of less than full rank: there, the result jumps."""
    full = min(np.shape(a)[-2:])
    if np.any(np.linalg.matrix_rank(plain(a)) < full):
        raise np.linalg.LinAlgError(f"{name} has no derivative at a matrix of less than full rank, {full}")


def _pinv(a: Any, rcond: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """Compute R⁻¹ Qᵀ of a tall matrix; a wide one is the transpose of a tall one."""
    del rcond, hermitian, options
    _check_rank("pinv", a)
    if np.shape(a)[-2] < np.shape(a)[-1]:
        return mT(_pinv(mT(a)))
    q, r = _qr(a)
    return solve(r, mT(q))


def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Solve by the orthogonal factor: in the least-squares sense if tall, for the shortest solution if wide."""
    rank, s = np.linalg.lstsq(plain(a), plain(b), rcond)[2:]
    _check_rank("lstsq", a)
    m, n = np.shape(a)
    if m >= n:
        q, r = np.linalg.qr(a)
        x = np.linalg.solve(r, mT(q) @ b)
    else:
        q, r = np.linalg.qr(mT(a))
        x = q @ np.linalg.solve(mT(r), b)
    if m <= n:
        return x, np.zeros(0, plain(x).dtype), rank, s
    away = b - a @ x
    return x, np.atleast_1d(np.sum(away * away, axis=0)), rank, s


FUNCTIONS.update(
    {
        np.linalg.cholesky: _cholesky,
        np.linalg.eigh: _eigh,
        np.linalg.eigvalsh: lambda a, UPLO="L": _eigh(a, UPLO)[0],
        np.linalg.svd: _svd,
        np.linalg.svdvals: svdvals,
        np.linalg.qr: _qr,
        np.linalg.pinv: _pinv,
        np.linalg.lstsq: _lstsq,
    }
)
INSTEAD.update(
    {
        np.linalg.eig: "its eigenvectors may be complex; use np.linalg.eigh for symmetric matrices",
        np.linalg.eigvals: "they may be complex; use np.linalg.eigvalsh for symmetric matrices",
    }
)
