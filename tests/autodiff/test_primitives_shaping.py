"""Primitives that move elements: each is linear, so its second derivatives are tested beneath a square."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff

RNG = np.random.default_rng(5)
V, W = RNG.normal(size=5), RNG.normal(size=3)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(2, 4))
C = RNG.normal(size=(2, 3, 2))
S = RNG.normal(size=(4, 4))
ROWS, COLUMNS = np.array([2, 0, 2]), np.array([1, 1, 3])
MASK = A > 0

# id, function, arguments.
CASES = [
    ("reshape", lambda a: np.reshape(a, (2, 6)), A),
    ("reshape to what fits", lambda a: a.reshape(2, -1), A),
    ("reshape by columns", lambda a: np.reshape(a, (6, 2), order="F"), A),
    ("ravel", np.ravel, A),
    ("ravel by columns", lambda a: np.ravel(a, order="F"), A),
    ("flatten", lambda a: a.flatten(), A),
    ("transpose", np.transpose, C),
    ("transpose with axes", lambda a: np.transpose(a, (2, 0, 1)), C),
    ("transpose with negative axes", lambda a: a.transpose(-1, 0, 1), C),
    ("T", lambda a: a.T, A),
    ("mT", lambda a: a.mT, C),
    ("permute_dims", lambda a: np.permute_dims(a, (1, 2, 0)), C),
    ("matrix_transpose", np.matrix_transpose, C),
    ("swapaxes", lambda a: np.swapaxes(a, 0, -1), C),
    ("moveaxis", lambda a: np.moveaxis(a, 0, -1), C),
    ("moveaxis of two", lambda a: np.moveaxis(a, (0, 2), (1, 0)), C),
    ("rollaxis", lambda a: np.rollaxis(a, 2), C),
    ("squeeze", lambda a: np.squeeze(a[None, :, :, None]), A),
    ("squeeze one axis", lambda a: np.squeeze(a[None, :, :, None], axis=0), A),
    ("expand_dims", lambda a: np.expand_dims(a, (0, -1)), A),
    ("atleast_1d", lambda a: np.atleast_1d(a[0], a[1, 1]), A),
    ("atleast_2d", np.atleast_2d, V),
    ("atleast_3d", np.atleast_3d, A),
    ("broadcast_to", lambda a: np.broadcast_to(a, (2, 3)), W),
    ("broadcast_to a column", lambda a: np.broadcast_to(a[:, None], (2, 3, 4)), W),
    ("broadcast_arrays", lambda a, b: np.broadcast_arrays(a, b[:, None]), W, V),
    ("meshgrid", lambda a, b: np.meshgrid(a, b), V, W),
    ("meshgrid by index, sparse", lambda a, b: np.meshgrid(a, b, indexing="ij", sparse=True), V, W),
    ("meshgrid of three", lambda a, b: np.meshgrid(a, b, a[:2]), V, W),
    ("flip", np.flip, A),
    ("flip an axis", lambda a: np.flip(a, axis=-1), A),
    ("fliplr and flipud", lambda a: (np.fliplr(a), np.flipud(a)), A),
    ("roll", lambda a: np.roll(a, 2), A),
    ("roll along axes", lambda a: np.roll(a, (1, 2), axis=(0, 1)), A),
    ("rot90", np.rot90, A),
    ("tile", lambda a: np.tile(a, (2, 3)), A),
    ("repeat", lambda a: np.repeat(a, 2), A),
    ("repeat along an axis", lambda a: a.repeat([1, 0, 2], axis=0), A),
    ("resize", lambda a: np.resize(a, (2, 4)), V),
    ("pad", lambda a: np.pad(a, 2), V),
    ("pad with a constant", lambda a: np.pad(a, ((1, 0), (0, 2)), constant_values=3.0), A),
    ("pad by reflection", lambda a: np.pad(a, 2, mode="reflect"), V),
    ("pad by the edge", lambda a: np.pad(a, 1, mode="edge"), A),
    ("pad by wrapping", lambda a: np.pad(a, 1, mode="wrap"), A),
    ("concatenate", lambda a, b: np.concatenate([a, b]), A, B),
    ("concatenate along columns", lambda a, b: np.concatenate([a, b, a], axis=-1), A, A + 1),
    ("concatenate flat", lambda a, b: np.concatenate([a, b], axis=None), A, V),
    ("stack", lambda a, b: np.stack([a, b]), V, V + 1),
    ("stack along the last axis", lambda a, b: np.stack([a, b, a], axis=-1), A, A + 1),
    ("vstack", lambda a, b: np.vstack([a, b]), A, A[0]),
    ("hstack", lambda a, b: np.hstack([a, b]), V, W),
    ("hstack of matrices", lambda a, b: np.hstack([a, b]), B, B + 1),
    ("dstack", lambda a, b: np.dstack([a, b]), B, B + 1),
    ("column_stack", lambda a, b: np.column_stack([a, b]), W, A),
    ("append", lambda a, b: np.append(a, b), V, W),
    ("block", lambda a, b: np.block([[a, b], [b[:, ::-1], 2 * a]]), S, S + 1),
    ("block of vectors", lambda a, b: np.block([a, b]), V, W),
    ("split", lambda a: tuple(np.split(a, 2, axis=1)), A),
    ("split at places", lambda a: tuple(np.split(a, [1, 3])), V),
    ("array_split", lambda a: tuple(np.array_split(a, 2)), V),
    ("hsplit", lambda a: tuple(np.hsplit(a, 2)), A),
    ("vsplit", lambda a: tuple(np.vsplit(a, 2)), S),
    ("dsplit", lambda a: tuple(np.dsplit(a, 2)), C),
    ("delete", lambda a: np.delete(a, 1, axis=1), A),
    ("insert", lambda a, b: np.insert(a, 2, b), V, W),
    ("insert a row", lambda a, b: np.insert(a, 1, b, axis=0), A, B[0]),
    ("insert numbers", lambda a: np.insert(a, -1, 7.0, axis=1), A),
    ("take", lambda a: np.take(a, [2, 0, 2]), A),
    ("take along columns", lambda a: a.take(np.array([[1, 3], [1, 0]]), axis=1), A),
    ("take_along_axis", lambda a: np.take_along_axis(a, np.argsort(A, axis=1), axis=1), A),
    ("take_along_axis of rows", lambda a: np.take_along_axis(a, np.array([[1, 0, 2, 2]]), axis=0), A),
    ("sort", np.sort, V),
    ("sort along columns", lambda a: np.sort(a, axis=0), A),
    ("sort flat", lambda a: np.sort(a, axis=None), A),
    ("partition", lambda a: np.partition(a, 2), V),
    ("compress", lambda a: np.compress([True, False, True], a, axis=0), A),
    ("extract", lambda a: np.extract(MASK, a), A),
    ("select", lambda a: np.select([a > 0.5, a > 0], [a, 2 * a], 3 * a), A),
    ("choose", lambda a: np.choose([0, 1, 1, 0, 2], [a, 2 * a, 3 * a]), V),
    ("where", lambda a, b: np.where(MASK, a, b[0]), A, B),
    ("diag", np.diag, V),
    ("diag above", lambda a: np.diag(a, 1), W),
    ("diag below", lambda a: np.diag(a, -2), W),
    ("diag of a matrix", lambda a: np.diag(a, 1), A),
    ("diagflat", lambda a: np.diagflat(a, -1), B),
    ("diagonal", np.diagonal, A),
    ("diagonal of a stack", lambda a: np.diagonal(a, 1, 1, 2), C),
    ("diagonal below", lambda a: a.diagonal(-1), A),
    ("tril", np.tril, A),
    ("triu of a stack", lambda a: np.triu(a, 1), C),
    ("linspace", lambda a, b: np.linspace(a, b, 4), W, W + 1),
    ("linspace without the end", lambda a: np.linspace(0.0, a[0], 4, endpoint=False), W),
    ("copy", lambda a: np.copy(a), A),
    ("full_like", lambda a: np.full_like(a, a[1]), V),
    ("full", lambda a: autodiff.stop_gradient(a) * 0 + np.full(5, a[1]) * a, V),
    ("bincount with weights", lambda a: np.bincount([0, 1, 1, 3, 0], weights=a, minlength=5), V),
    ("iteration", lambda a: tuple(row * k for k, row in enumerate(a)), A),
    # Indices.
    ("an integer", lambda a: a[1], A),
    ("a negative integer", lambda a: a[-1, 2], A),
    ("a NumPy integer", lambda a: a[np.int64(1)], A),
    ("a slice", lambda a: a[1:3], V),
    ("a slice with a negative step", lambda a: a[::-2], V),
    ("an empty slice and a full one", lambda a: (a[3:2], a[:]), V),
    ("an ellipsis", lambda a: a[..., 1], C),
    ("an ellipsis between", lambda a: a[0, ..., ::-1], C),
    ("a new axis", lambda a: a[:, None, 1:], A),
    ("an integer array", lambda a: a[ROWS], A),
    ("a list", lambda a: a[[1, 1, 0]], V),
    ("two integer arrays", lambda a: a[ROWS, COLUMNS], A),
    ("integer arrays that broadcast", lambda a: a[ROWS[:, None], COLUMNS], A),
    ("an integer array and a slice", lambda a: a[1:, ROWS], A),
    ("an integer array and a number", lambda a: a[ROWS, 1], A),
    ("a number before a slice and an array", lambda a: a[1, :, np.array([0, 1, 0])], C),
    ("an array after a new axis", lambda a: a[None, ROWS], A),
    ("an array after an ellipsis", lambda a: a[..., np.array([1, 0, 1])], C),
    ("booleans", lambda a: a[MASK], A),
    ("booleans for rows", lambda a: a[np.array([True, False, True])], A),
    ("booleans for columns", lambda a: a[:, [True, False, True, True]], A),
    ("a condition", lambda a: a[a > 0], A),
    ("places of a condition", lambda a: a[np.nonzero(a > 0)], A),
]  # fmt: skip
if hasattr(np, "unstack"):
    CASES.append(("unstack", lambda a: np.unstack(a, axis=1), A))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_moves(case: Any, check_derivatives: Callable[..., None]) -> None:
    name, fun, *args = case
    check_derivatives(fun, *args, single="bincount" not in name)  # which NumPy has in double precision only


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_curvature_passes_through(case: Any, check_derivatives: Callable[..., None]) -> None:
    _, fun, *args = case

    def squares(*args: Any) -> Any:
        y = fun(*(a * a for a in args))
        return tuple(part * part for part in y) if isinstance(y, tuple | list) else y * y

    # Signs decide where there is a condition: squares keep none of them, so the conditions hold everywhere.
    check_derivatives(squares, *(np.abs(a) + 0.1 for a in args), single=False)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_astype(dtype: Any) -> None:
    x = np.array([1.0, 2.0])
    y, pullback = autodiff.vjp(lambda x: x.astype(dtype) ** 2, x)
    assert y.dtype == dtype
    g = pullback(np.ones(2, dtype))
    assert g.dtype == np.float64
    assert g.tolist() == [2.0, 4.0]
    assert autodiff.jvp(lambda x: x.astype(dtype) ** 2, x, x)[1].dtype == dtype
    assert autodiff.hessian(lambda x: np.sum(x.astype(dtype) ** 2))(x).tolist() == [[2.0, 0.0], [0.0, 2.0]]


def test_equal_elements_keep_their_own_derivatives_when_sorted() -> None:
    x = np.array([2.0, 1.0, 1.0])
    assert autodiff.jacobian(np.sort)(x).tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_repeated_indices_add_up() -> None:
    assert autodiff.grad(lambda x: np.sum(x[[0, 0, 0, 1]]))(np.zeros(3)).tolist() == [3.0, 1.0, 0.0]


def test_join_of_traced_and_plain() -> None:
    x = np.array([1.0, 2.0])
    assert autodiff.grad(lambda x: np.sum(np.concatenate([[5.0], x, [x[0]]]) ** 2))(x).tolist() == [4.0, 4.0]
    assert autodiff.grad(lambda x: np.sum(np.stack([x[0], 3, x[1]]) ** 2))(x).tolist() == [2.0, 4.0]


def test_stack_of_different_shapes_is_refused() -> None:
    with pytest.raises(ValueError, match="same shape"):
        autodiff.grad(lambda x: np.sum(np.stack([x, x[:1]])))(np.ones(2))


def test_meshgrid_refuses_another_indexing() -> None:
    with pytest.raises(ValueError, match="`indexing` must be 'xy' or 'ij', got 'yx'"):
        autodiff.grad(lambda x: np.sum(np.meshgrid(x, x, indexing="yx")[0]))(np.ones(2))  # type: ignore[call-overload]


def test_nan_to_num_is_flat_where_it_replaces() -> None:
    x = np.array([np.nan, np.inf, 2.0])
    y, pullback = autodiff.vjp(lambda x: np.nan_to_num(x, nan=7.0, posinf=9.0), x)
    assert y.tolist() == [7.0, 9.0, 2.0]
    assert pullback(np.ones(3)).tolist() == [0.0, 0.0, 1.0]
