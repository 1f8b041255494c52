"""Joins and splits: arrays side by side, and apart again.

    y = (a, b)        ẏ = (ȧ, ḃ)        (ā, b̄) = ȳ

Tangents are joined as the parts are; a part's cotangent is cut out again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive, add
from calcguide.autodiff._kinds import Each
from calcguide.autodiff._shaping import astype, reshape_to, shape_by
from calcguide.autodiff._tracer import FUNCTIONS, plain


def _place(k: int, parts: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """Return the index of part k in the whole."""
    axis = axis % np.ndim(parts[0])
    start = sum(np.shape(part)[axis] for part in parts[:k])
    return (*(slice(None),) * axis, slice(start, start + np.shape(parts[k])[axis]))


def _cut(k: int, g: Any, parts: tuple[Any, ...], *, axis: int) -> Any:
    return g[_place(k, parts, axis)]


def _side_by_side(tangents: list[Any], parts: list[Any], lead: int, *, axis: int) -> Any:
    """Join the tangents as the parts are joined; those of constants are zero."""
    moving = [t for t in tangents if t is not None]
    stack, kind = np.shape(moving[0])[:lead], np.result_type(*(t.dtype for t in moving))
    full = [
        np.zeros(stack + np.shape(part), kind) if t is None else t
        for t, part in zip(tangents, parts, strict=True)
    ]
    return np.concatenate(full, axis + lead if axis >= 0 else axis)


def _back_join(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Cut the cotangent into those of the parts, from the first to the last."""
    _, _, _, places, parts, options = entry
    axis = options["axis"] % np.ndim(parts[0])
    stop = 0
    for place, part in zip(places, parts, strict=True):
        start, stop = stop, stop + np.shape(part)[axis]
        if place is not None:
            add(g[(*(slice(None),) * axis, slice(start, stop))], place, cotangents, owned)


class _Join(Primitive):
    """Concatenation of any number of arrays: rule k cuts out the cotangent of the k-th of them."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(
            "concatenate",
            lambda *parts, axis: np.concatenate(parts, axis),
            [],
            Each(_cut),
            joint=_side_by_side,
        )
        self.back = _back_join


join = _Join()


def _concatenate(arrays: Any, axis: int | None = 0, **options: Any) -> Any:
    """Join along an axis."""
    if options.get("dtype") is not None:
        raise TypeError("concatenate with dtype= is not covered by autodiff: convert the result with astype")
    parts = list(arrays) if axis is not None else [np.ravel(part) for part in arrays]
    return join(*parts, axis=axis or 0)


def _stack(arrays: Any, axis: int = 0, **options: Any) -> Any:
    shape = np.shape(arrays[0])
    if any(np.shape(part) != shape for part in arrays):
        raise ValueError("all input arrays must have the same shape")
    axis = axis % (len(shape) + 1)
    return _concatenate(
        [np.reshape(part, (*shape[:axis], 1, *shape[axis:])) for part in arrays], axis, **options
    )


def _stacked(at_least: Callable[..., Any], axis: int) -> Callable[..., Any]:
    """Return a function that joins arrays of at least so many dimensions."""
    return lambda tup, **options: _concatenate(
        [reshape_to(shape_by(at_least))(part) for part in tup], axis, **options
    )


def _hstack(tup: Any, **options: Any) -> Any:
    parts = [reshape_to(shape_by(np.atleast_1d))(part) for part in tup]
    return _concatenate(parts, 0 if np.ndim(parts[0]) == 1 else 1, **options)


def _column_stack(tup: Any) -> Any:
    return _concatenate([part if np.ndim(part) > 1 else np.reshape(part, (-1, 1)) for part in tup], 1)


def _block(arrays: Any) -> Any:
    """Join nested lists: the innermost along the last axis."""

    def depth(part: Any) -> int:
        return 1 + depth(part[0]) if isinstance(part, list) else 0

    def dimensions(part: Any) -> int:
        return max(map(dimensions, part)) if isinstance(part, list) else np.ndim(part)

    ndim = max(depth(arrays), dimensions(arrays))

    def build(part: Any, level: int) -> Any:
        if isinstance(part, list):
            return _concatenate([build(piece, level - 1) for piece in part], -level)
        return np.reshape(part, (*(1,) * (ndim - np.ndim(part)), *np.shape(part)))

    return build(arrays, depth(arrays))


def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Insert before an index, as a join of three parts."""
    if not isinstance(obj, int | np.integer):
        raise TypeError("insert at several places is not covered by autodiff: use np.concatenate")
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis, n = axis % np.ndim(arr), np.shape(arr)[axis]
    values = astype(values, plain(arr).dtype)
    before = (slice(None),) * axis
    start = obj + n if obj < 0 else obj
    if not np.ndim(values):
        values = np.reshape(values, (1,) * np.ndim(arr))
    elif np.ndim(values) < np.ndim(arr):  # one number, one row, or as many numbers as a vector is to take
        values = np.reshape(values, -1) if np.ndim(arr) == 1 else np.expand_dims(values, axis)
    lengths = np.shape(arr)[:axis], np.shape(arr)[axis + 1 :]
    values = np.broadcast_to(values, (*lengths[0], np.shape(values)[axis - np.ndim(arr)], *lengths[1]))
    return _concatenate(
        [arr[(*before, slice(None, start))], values, arr[(*before, slice(start, None))]], axis
    )


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Split along an axis, by slices."""
    numbers = np.split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    before = (slice(None),) * (axis % np.ndim(ary))
    return [ary[(*before, slice(part[0], part[-1] + 1) if part.size else slice(0, 0))] for part in numbers]


def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    numbers = np.array_split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    return _split(ary, np.cumsum([part.size for part in numbers])[:-1], axis)


def _pieces(ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    if axis == 1 and np.ndim(ary) == 1:
        axis = 0
    return _split(ary, indices_or_sections, axis)


FUNCTIONS.update(
    {
        np.concatenate: _concatenate,
        np.stack: _stack,
        np.vstack: _stacked(np.atleast_2d, 0),
        np.hstack: _hstack,
        np.dstack: _stacked(np.atleast_3d, 2),
        np.column_stack: _column_stack,
        np.block: _block,
        np.insert: _insert,
        np.append: lambda arr, values, axis=None: _concatenate((arr, values), axis),
        np.split: _split,
        np.array_split: _array_split,
        np.hsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 1),
        np.vsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 0),
        np.dsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 2),
    }
)
