"""Linear algebra: products, solutions, determinants, decompositions.

The rules are those of matrix calculus, with matrices in the last two axes and any number of axes before them.

Three choices, where a derivative is not unique or does not exist:

- `cholesky` and `eigh` read one triangle of a symmetric matrix; they are differentiated as functions of (A + Aᵀ)/2, so that
  their gradients are symmetric.
- An eigenvector, or a singular vector, has no derivative where its eigenvalue, or singular value, is a repeated one: it is NaN.
  Derivatives of the eigenvalues themselves remain; they are right for functions that treat equal eigenvalues alike.
- A norm has derivative 0 at the zero vector.

References: Giles, M. B. (2008). Collected matrix derivative results for forward and reverse mode algorithmic
differentiation. In: Advances in Automatic Differentiation, 35-44. https://doi.org/10.1007/978-3-540-68942-3_4
"""

from __future__ import annotations

import math
import string
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive, unbroadcast
from calcguide.autodiff._reductions import others, root_of_squares
from calcguide.autodiff._shaping import Each, scatter
from calcguide.autodiff._tracer import CONSTANT, FUNCTIONS, INSTEAD, UFUNCS, Tracer, plain


def _mT(a: Any) -> Any:  # NumPy's name
    return np.swapaxes(a, -1, -2)


# -- Products ----------------------------------------------------------------------------------------------------------


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = Ȳ Bᵀ."""
    del y
    return unbroadcast(product(g, _mT(b)), np.shape(a))


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """B̄ = Aᵀ Ȳ."""
    del y
    return unbroadcast(product(_mT(a), g), np.shape(b))


def _lifted(t: Any, operand: Any, y: Any) -> Any:
    """Give a stack of tangents of an operand the axes along which the operand is broadcast."""
    shape, missing = np.shape(t), np.ndim(y) - np.ndim(operand)
    return np.reshape(t, (shape[0], *(1,) * missing, *shape[1:])) if missing else t


def _push_product(k: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    """Multiply a stack of tangents of one factor by the other factor."""
    t = _lifted(t, (a, b)[k], y)
    return product(t, b) if k == 0 else product(a, t)


def _stackable(name: str, fun: Any, jvp: Any, vjp: Any) -> Primitive:
    """Declare a function of matrices whose jvp takes any axes before those of the matrix, hence also a stack."""
    return Primitive(name, fun, [jvp], [vjp], batched=lambda k, *args: jvp(*args))


product: Primitive = Primitive(
    "matmul",
    np.matmul,
    [lambda t, y, a, b: product(t, b), lambda t, y, a, b: product(a, t)],
    [_left, _right],
    batched=_push_product,
)


def _matmul(a: Any, b: Any) -> Any:
    """Multiply as np.matmul does: a vector counts as a row on the left, as a column on the right."""
    if not np.ndim(a) or not np.ndim(b):
        raise ValueError("matmul needs arrays with at least one dimension; use `*` for numbers")
    if np.ndim(a) == np.ndim(b) == 1:
        if np.shape(a) != np.shape(b):
            raise ValueError(f"matmul needs vectors of one length, got {len(a)} and {len(b)}")
        return np.sum(a * b)
    if np.ndim(a) > 2 and np.ndim(b) <= 2:  # one product of matrices is quicker than many
        y = _matmul(np.reshape(a, (-1, np.shape(a)[-1])), b)
        return np.reshape(y, (*np.shape(a)[:-1], *np.shape(b)[1:]))
    y = product(
        np.reshape(a, (1, -1)) if np.ndim(a) == 1 else a, np.reshape(b, (-1, 1)) if np.ndim(b) == 1 else b
    )
    if np.ndim(a) == 1:
        return y[..., 0, :]
    return y[..., 0] if np.ndim(b) == 1 else y


def _dot(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return _matmul(a, b)
    return _tensordot(a, b, ([np.ndim(a) - 1], [max(np.ndim(b) - 2, 0)]))


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


def _inner(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    return _tensordot(a, b, ([np.ndim(a) - 1], [np.ndim(b) - 1]))


def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


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


def _vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    if axis != -1:
        x1, x2 = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    return np.sum(x1 * x2, axis=-1)


def _matvec(x1: Any, x2: Any) -> Any:
    return _matmul(x1, np.expand_dims(x2, -1))[..., 0]


def _vecmat(x1: Any, x2: Any) -> Any:
    return _matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


def _multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """Multiply from the side where the vector is, if there is one."""
    del out
    arrays = list(arrays)
    if np.ndim(arrays[-1]) == 1:
        y = arrays[-1]
        for array in arrays[-2::-1]:
            y = _matmul(array, y)
        return y
    y = arrays[0]
    for array in arrays[1:]:
        y = _matmul(y, array)
    return y


def _matrix_power(a: Any, n: int) -> Any:
    """Multiply by squaring: log₂ n products."""
    if n < 0:
        a, n = _inverse(a), -n
    if n == 0:
        return np.broadcast_to(np.eye(np.shape(a)[-1], dtype=plain(a).dtype), np.shape(a))
    y = None
    while n:
        if n % 2:
            y = a if y is None else _matmul(y, a)
        n //= 2
        if n:
            a = _matmul(a, a)
    return y


# -- einsum ------------------------------------------------------------------------------------------------------------


class _Einsum(Primitive):
    """Sums of products with named axes.

    The sum is linear in each operand. Its transpose is again such a sum: operand k and the result exchange their names.
    """

    __slots__ = ()

    def __init__(self) -> None:
        rules = Each(self.push), Each(self.pull)
        super().__init__("einsum", self.evaluate, *rules, batched=self.push_stack)

    @staticmethod
    def evaluate(*operands: Any, names: tuple[str, ...], result: str) -> Any:
        return np.einsum(f"{','.join(names)}->{result}", *operands, optimize=len(operands) > 2)

    def push(self, k: int, t: Any, operands: tuple[Any, ...], names: tuple[str, ...], result: str) -> Any:
        return self(*operands[:k], t, *operands[k + 1 :], names=names, result=result)

    def push_stack(self, k: int, t: Any, y: Any, *operands: Any, names: tuple[str, ...], result: str) -> Any:
        del y
        new = _unused(names)[0]
        names = (*names[:k], new + names[k], *names[k + 1 :])
        return self.push(k, t, operands, names, new + result)

    def pull(self, k: int, g: Any, operands: tuple[Any, ...], names: tuple[str, ...], result: str) -> Any:
        others, other_names = (*operands[:k], *operands[k + 1 :]), (*names[:k], *names[k + 1 :])
        mine, shape = names[k], np.shape(operands[k])
        sizes = dict(zip(mine, shape, strict=True))
        single = "".join(dict.fromkeys(mine))
        # A name of length one here that is longer elsewhere was broadcast; its terms are summed.
        lengths = dict(zip(result, np.shape(g), strict=True))
        for other, its in zip(others, other_names, strict=True):
            for name, length in zip(its, np.shape(other), strict=True):
                lengths[name] = max(lengths.get(name, 1), length)
        kept = "".join(name for name in single if lengths.get(name) == sizes[name])
        g = self(g, *others, names=(result, *other_names), result=kept)
        # Names that occur in this operand alone were summed over; a repeated name reads a diagonal.
        g = np.reshape(g, tuple(sizes[name] if name in kept else 1 for name in single))
        g = np.broadcast_to(g, tuple(sizes[name] for name in single))
        if single == mine:
            return g
        grids = np.meshgrid(*(np.arange(sizes[name]) for name in single), indexing="ij")
        return scatter(g, index=tuple(grids[single.index(name)] for name in mine), shape=shape)


def _unused(names: Any) -> list[str]:
    """Return the letters that no operand uses."""
    return [letter for letter in string.ascii_letters if not any(letter in part for part in names)]


_einsum_of = _Einsum()


def _einsum(subscripts: Any, *operands: Any, optimize: Any = False, **options: Any) -> Any:
    """Bring the subscripts into the form with an arrow and without dots."""
    del optimize
    if not isinstance(subscripts, str) or options:
        raise TypeError("einsum is covered by autodiff with a string of subscripts and no further options")
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    names = inputs.split(",")
    if len(names) != len(operands):
        raise ValueError(f"the subscripts name {len(names)} operands, got {len(operands)}")
    if not arrow:
        result = "".join(sorted(name for name in set(inputs) - {",", "."} if inputs.count(name) == 1))
        result = "..." * ("..." in inputs) + result
    if "..." in subscripts:  # give the axes that the dots stand for names of their own, counted from the last
        spare = _unused(names)
        counts = [
            np.ndim(x) - len(part.replace("...", "")) if "..." in part else 0
            for x, part in zip(operands, names, strict=True)
        ]
        most = max(counts)
        names = [
            part.replace("...", "".join(spare[most - n : most]))
            for part, n in zip(names, counts, strict=True)
        ]
        result = result.replace("...", "".join(spare[:most]))
    return _einsum_of(*operands, names=tuple(names), result=result)


# -- Solutions, inverses, determinants ---------------------------------------------------------------------------------


def _solve_vector(a: Any, b: Any) -> Any:
    if np.ndim(b) == 1:
        return _solve(a, np.reshape(b, (-1, 1)))[..., 0]
    return _solve(a, b)


def _push_solution(k: int, t: Any, y: Any, a: Any, b: Any) -> Any:
    """Solve with a stack of tangents: Ȧ X + A Ẋ = Ḃ."""
    t = _lifted(t, (a, b)[k], y)
    return -_solve(a, product(t, y)) if k == 0 else _solve(a, t)


_solve: Primitive = Primitive(
    "solve",
    np.linalg.solve,
    [lambda t, y, a, b: -_solve(a, product(t, y)), lambda t, y, a, b: _solve(a, t)],
    [
        lambda g, y, a, b: unbroadcast(-product(_solve(_mT(a), g), _mT(y)), np.shape(a)),
        lambda g, y, a, b: unbroadcast(_solve(_mT(a), g), np.shape(b)),
    ],
    batched=_push_solution,
)
_inverse: Primitive = _stackable(
    "inv",
    np.linalg.inv,
    lambda t, y, a: -product(product(y, t), y),
    lambda g, y, a: -product(product(_mT(y), g), _mT(y)),
)


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
        return (inner * y - product(product(y, _mT(t)), y)) / np.expand_dims(np.linalg.det(a), (-1, -2))
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    one = np.eye(n, dtype=bool)
    pairs = np.where(one, 0, others(np.where(one, 1, s[..., None, :]))).astype(s.dtype)
    sign = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    t = product(product(_mT(u), t), _mT(vh))
    diagonal = np.sum(t * np.eye(n, dtype=s.dtype), axis=-1)
    change = np.eye(n, dtype=s.dtype) * _matvec(pairs, diagonal)[..., None] - pairs * _mT(t)
    return sign * product(product(u, change), vh)


_cofactors: Primitive = _stackable("cofactors", _cofactors_of, _cofactors_change, _cofactors_change)
_det = _stackable(
    "det",
    np.linalg.det,
    lambda t, y, a: np.sum(_cofactors(a) * t, axis=(-1, -2)),
    lambda g, y, a: np.expand_dims(g, (-1, -2)) * _cofactors(a),
)
_log_determinant = _stackable(
    "slogdet",
    lambda a: np.linalg.slogdet(a)[1],
    lambda t, y, a: np.sum(_mT(_inverse(a)) * t, axis=(-1, -2)),
    lambda g, y, a: np.expand_dims(g, (-1, -2)) * _mT(_inverse(a)),
)
# The named tuples that NumPy returns.
_Slogdet, _Eigh = type(np.linalg.slogdet(np.eye(1))), type(np.linalg.eigh(np.eye(1)))
_Svd, _Qr = type(np.linalg.svd(np.eye(1))), type(np.linalg.qr(np.eye(1)))


def _slogdet(a: Any) -> Any:
    return _Slogdet(np.linalg.slogdet(plain(a))[0], _log_determinant(a))


# -- Norms -------------------------------------------------------------------------------------------------------------


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
        y = reduce(_svdvals(x), axis=-1)
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
        s = _svdvals(x)
        return s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
    return _norm(x, p, (-2, -1)) * _norm(_inverse(x), p, (-2, -1))


# -- Decompositions ----------------------------------------------------------------------------------------------------

# The factors of a decomposition are computed together, and held in one array, one below the other, so that a decomposition is
# one primitive with one value.


def _lower_half(a: Any) -> Any:
    """Return the lower triangle with half of the diagonal."""
    n = np.shape(a)[-1]
    return a * (np.tri(n, n, -1) + np.eye(n) / 2).astype(plain(a).dtype)


def _cholesky_push(t: Any, y: Any, a: Any) -> Any:
    """L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)."""
    del a
    t = (t + _mT(t)) / 2
    inner = _solve(y, _mT(_solve(y, t)))
    return product(y, _lower_half(inner))


def _cholesky_pull(g: Any, y: Any, a: Any) -> Any:
    """Ā = ½ L⁻ᵀ (P + Pᵀ) L⁻¹ with P = Φ(Lᵀ L̄)."""
    del a
    p = _lower_half(product(_mT(y), g))
    p = (p + _mT(p)) / 2
    return _solve(_mT(y), _mT(_solve(_mT(y), p)))


_cholesky_of = _stackable("cholesky", np.linalg.cholesky, _cholesky_push, _cholesky_pull)


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return _mT(_cholesky_of(_mT(a))) if upper else _cholesky_of(a)


def _eigen(a: Any, *, lower: bool) -> Any:
    """Hold the eigenvalues in the first row, the eigenvectors in the columns below."""
    values, vectors = np.linalg.eigh(a, "L" if lower else "U")
    return np.concatenate([values[..., None, :], vectors], axis=-2)


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


def _eigen_push(t: Any, y: Any, a: Any, *, lower: bool) -> Any:
    """Λ̇ = diag(Vᵀ Ȧ V), V̇ = V (F ∘ Vᵀ Ȧ V)."""
    del a, lower
    values, vectors = y[..., 0, :], y[..., 1:, :]
    inner = product(product(_mT(vectors), (t + _mT(t)) / 2), vectors)
    turned = product(vectors, _inverse_gaps(values) * inner)
    return np.concatenate([_diagonal_of(inner)[..., None, :], turned], axis=-2)


def _eigen_pull(g: Any, y: Any, a: Any, *, lower: bool) -> Any:
    """Ā = V (diag λ̄ + F ∘ Vᵀ V̄) Vᵀ, made symmetric."""
    del a, lower
    values, vectors = y[..., 0, :], y[..., 1:, :]
    inner, turned = _on_diagonal(g[..., 0, :]), g[..., 1:, :]
    if not _unused_cotangent(turned):
        inner = inner + _inverse_gaps(values) * product(_mT(vectors), turned)
    a = product(product(vectors, inner), _mT(vectors))
    return (a + _mT(a)) / 2


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


def _singular(a: Any) -> Any:
    """Hold the left singular vectors, the singular values in one row, and the right singular vectors, all in columns."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], _mT(vh)], axis=-2)


def _factors(y: Any, a: Any) -> tuple[Any, Any, Any]:
    m = np.shape(a)[-2]
    return y[..., :m, :], y[..., m, :], y[..., m + 1 :, :]


def _singular_push(t: Any, y: Any, a: Any) -> Any:
    """Turn the singular vectors among themselves by F, and where they span no more than a part, out of it."""
    u, s, v = _factors(y, a)
    f, row, column = _inverse_gaps(s * s), s[..., None, :], s[..., :, None]
    inner = product(product(_mT(u), t), v)
    left = product(u, f * (inner * row + column * _mT(inner)))
    right = product(v, f * (column * inner + _mT(inner) * row))
    m, n = np.shape(a)[-2:]
    if m > n:
        left = left + (product(t, v) - product(u, inner)) / row
    if m < n:
        right = right + (product(_mT(t), u) - product(v, _mT(inner))) / row
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
        turned = _inverse_gaps(s * s) * product(_mT(u), left)
        inner = inner + (turned + _mT(turned)) * row
        if m > n:
            outside.append(product((left - product(u, product(_mT(u), left))) / row, _mT(v)))
    if not _unused_cotangent(right):
        turned = _inverse_gaps(s * s) * product(_mT(v), right)
        inner = inner + column * (turned + _mT(turned))
        if m < n:
            outside.append(product(u, _mT((right - product(v, product(_mT(v), right))) / row)))
    return sum(outside, product(product(u, inner), _mT(v)))


_singular_of = _stackable("svd", _singular, _singular_push, _singular_pull)


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    del hermitian
    u, s, v = _factors(_singular_of(a), a)
    if not compute_uv:
        return s
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise TypeError("svd with full_matrices=True of a matrix that is not square is not covered by autodiff: its last "
                        "vectors are not unique; use full_matrices=False")  # fmt: skip
    return _Svd(u, s, _mT(v))


def _svdvals(x: Any, /) -> Any:
    return _factors(_singular_of(x), x)[1]


def _orthogonal(a: Any) -> Any:
    """Hold the orthogonal factor above the triangular one."""
    return np.concatenate(np.linalg.qr(a), axis=-2)


def _orthogonal_push(t: Any, y: Any, a: Any) -> Any:
    """With C = Ȧ R⁻¹ and M = Qᵀ C: Q̇ = C − Q (M − Ω), Ṙ = (M − Ω) R, where Ω is M's lower triangle made antisymmetric."""
    m = np.shape(a)[-2]
    q, r = y[..., :m, :], y[..., m:, :]
    c = _mT(_solve(_mT(r), _mT(t)))
    inner = product(_mT(q), c)
    lower = np.tril(inner, -1)
    upper = inner - lower + _mT(lower)
    return np.concatenate([c - product(q, upper), product(upper, r)], axis=-2)


def _orthogonal_pull(g: Any, y: Any, a: Any) -> Any:
    """Ā = (Q̄ + Q copy(M)) R⁻ᵀ, M = R R̄ᵀ − Q̄ᵀ Q, where copy(M) repeats the lower triangle above the diagonal."""
    m = np.shape(a)[-2]
    q, r = y[..., :m, :], y[..., m:, :]
    gq, gr = g[..., :m, :], g[..., m:, :]
    inner = product(r, _mT(gr)) - product(_mT(gq), q)
    copied = np.tril(inner) + _mT(np.tril(inner, -1))
    return _mT(_solve(r, _mT(gq + product(q, copied))))


_orthogonal_of = _stackable("qr", _orthogonal, _orthogonal_push, _orthogonal_pull)


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
        r = np.concatenate([r, product(_mT(q), a[..., m:])], axis=-1)
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
        return _mT(_pinv(_mT(a)))
    q, r = _qr(a)
    return _solve(r, _mT(q))


def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Solve by the orthogonal factor: in the least-squares sense if tall, for the shortest solution if wide."""
    rank, s = np.linalg.lstsq(plain(a), plain(b), rcond)[2:]
    _check_rank("lstsq", a)
    m, n = np.shape(a)
    if m >= n:
        q, r = np.linalg.qr(a)
        x = np.linalg.solve(r, _mT(q) @ b)
    else:
        q, r = np.linalg.qr(_mT(a))
        x = q @ np.linalg.solve(_mT(r), b)
    if m <= n:
        return x, np.zeros(0, plain(x).dtype), rank, s
    away = b - a @ x
    return x, np.atleast_1d(np.sum(away * away, axis=0)), rank, s


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        rest = [i for i in range(np.ndim(a)) if i not in axes]
        a = np.transpose(a, (*rest, *axes))
    shape = np.shape(a)[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (-1, math.prod(shape))), np.ravel(b)), shape)


def _tensorinv(a: Any, ind: int = 2) -> Any:
    shape = np.shape(a)
    return np.reshape(_inverse(np.reshape(a, (math.prod(shape[:ind]), -1))), (*shape[ind:], *shape[:ind]))


def _outer_of(ufunc: Any) -> Any:
    """Return a ufunc of all pairs of elements."""
    return lambda a, b: ufunc(np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))), b)


FUNCTIONS.update(
    {
        np.dot: _dot, np.inner: _inner, np.outer: _outer, np.vdot: _vdot, np.tensordot: _tensordot,
        np.einsum: _einsum, np.kron: _kron, np.trace: _trace, np.cross: _cross, np.linalg.solve: _solve_vector,
        np.linalg.inv: _inverse, np.linalg.det: _det, np.linalg.slogdet: _slogdet, np.linalg.norm: _norm,
        np.linalg.cholesky: _cholesky, np.linalg.eigh: _eigh, np.linalg.svd: _svd, np.linalg.qr: _qr,
        np.linalg.eigvalsh: lambda a, UPLO="L": _eigh(a, UPLO)[0], np.linalg.svdvals: _svdvals,
        np.linalg.pinv: _pinv, np.linalg.lstsq: _lstsq, np.linalg.cond: _cond, np.linalg.multi_dot: _multi_dot,
        np.linalg.matrix_power: _matrix_power, np.linalg.matrix_norm: _matrix_norm,
        np.linalg.vector_norm: _vector_norm, np.linalg.matmul: _matmul, np.linalg.outer: _outer,
        np.linalg.tensordot: lambda x1, x2, /, *, axes=2: _tensordot(x1, x2, axes),
        np.linalg.vecdot: lambda x1, x2, /, *, axis=-1: _vecdot(x1, x2, axis),
        np.linalg.cross: lambda x1, x2, /, *, axis=-1: _cross(x1, x2, axis=axis),
        np.linalg.matrix_transpose: _mT,
        np.linalg.trace: lambda x, /, *, offset=0, dtype=None: _trace(x, offset, -2, -1, dtype),
        np.linalg.diagonal: lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1),
        np.linalg.tensorsolve: _tensorsolve, np.linalg.tensorinv: _tensorinv,
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
CONSTANT.add(np.linalg.matrix_rank)
UFUNCS[np.matmul] = _matmul
# Functions that came after NumPy 2.0, or with it.
for _name, _function in (("vecdot", _vecdot), ("matvec", _matvec), ("vecmat", _vecmat)):
    if hasattr(np, _name):
        UFUNCS[getattr(np, _name)] = _function
INSTEAD.update(
    {
        np.linalg.eig: "its eigenvectors may be complex; use np.linalg.eigh for symmetric matrices",
        np.linalg.eigvals: "they may be complex; use np.linalg.eigvalsh for symmetric matrices",
        np.einsum_path: "call np.einsum: the order of its products is found there",
    }
)
