"""Indices: which elements are taken, and where what comes back is added.

    y = x[i]        ẏ = ẋ[i]        x̄[i] += ȳ

An element that was taken more than once gets the sum. Sorting, repeating and padding are indices too, once it is known which
element goes where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._kinds import lead, linear
from calcguide.autodiff._shaping import astype, moveaxis
from calcguide.autodiff._tracer import FUNCTIONS, plain


def _is_basic(index: Any) -> bool:
    """Tell whether an index selects each element at most once: integers and slices."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or isinstance(part, int | np.integer | slice) for part in parts
    )


def _add_at(total: Any, g: Any, *, index: Any) -> None:
    """Add g to the elements that an index selects, in place."""
    if index.__class__ is slice or _is_basic(index):
        total[index] += g
    else:
        np.add.at(total, index, g)


def _scattered(g: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    """Return zeros with g added at an index."""
    total = np.zeros(shape, np.asarray(g).dtype)
    _add_at(total, g, index=index)
    return total


def _put_back(g: Any, y: Any, x: Any, *, index: Any) -> Any:
    del y
    return scatter(g, index=index, shape=np.shape(x))


def _getitem_stack(t: Any, y: Any, x: Any, *, index: Any) -> Any:
    del y, x
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [p for p in parts if not (p is None or p is Ellipsis or isinstance(p, slice))]
    if _is_basic(index) or (len(arrays) == 1 and not isinstance(arrays[0], int | np.integer)):
        return getitem(t, index=(slice(None), *parts))
    return np.stack([getitem(one, index=index) for one in t])


def _scatter_stack(t: Any, y: Any, g: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    del y, g
    parts = index if isinstance(index, tuple) else (index,)
    if _is_basic(index):
        return scatter(t, index=(slice(None), *parts), shape=lead(t, shape))
    return np.stack([scatter(one, index=index, shape=shape) for one in t])


getitem = linear("getitem", lambda x, index: x[index], _put_back, _getitem_stack, _add_at)
scatter = linear(
    "scatter", _scattered, lambda g, y, x, *, index, shape: getitem(g, index=index), _scatter_stack
)


def _take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Select along an axis, as an index."""
    if mode != "raise":
        raise TypeError(f"take with mode={mode!r} is not covered by autodiff: use np.clip on the indices")
    if axis is None:
        return np.ravel(a)[plain(indices)]
    return a[(*(slice(None),) * (axis % np.ndim(a)), np.asarray(plain(indices)))]


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Select along an axis, row by row, as an index."""
    if axis is None:
        return np.ravel(arr)[plain(indices)]
    indices, axis = np.asarray(plain(indices)), axis % np.ndim(arr)
    shape = np.shape(arr)
    where = [np.arange(n).reshape(*(1,) * i, n, *(1,) * (len(shape) - i - 1)) for i, n in enumerate(shape)]
    where[axis] = indices
    return arr[tuple(np.broadcast_arrays(*where)) if np.ndim(arr) > 1 else indices]


def _flip(m: Any, axis: Any = None) -> Any:
    axes = range(np.ndim(m)) if axis is None else [i % np.ndim(m) for i in np.atleast_1d(axis).tolist()]
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(np.ndim(m)))]


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = moveaxis(a, (axis1, axis2), (-2, -1))
    m, n = np.shape(a)[-2:]
    rows = np.arange(max(min(m + min(offset, 0), n - max(offset, 0)), 0)) + max(-offset, 0)
    return a[..., rows, rows + offset]


def _diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 2:
        return _diagonal(v, k)
    n = np.shape(v)[0]
    rows = np.arange(n) + max(-k, 0)
    return scatter(v, index=(rows, rows + k), shape=(n + abs(k), n + abs(k)))


def _diagflat(v: Any, k: int = 0) -> Any:
    return _diag(np.ravel(v), k)


def _extract(condition: Any, arr: Any) -> Any:
    return np.ravel(arr)[np.flatnonzero(plain(condition))]


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Add weights by index."""
    x = np.asarray(plain(x))
    if weights is None:
        return np.bincount(x, minlength=minlength)
    return scatter(weights, index=x, shape=(max(minlength, int(x.max(initial=-1)) + 1),))


# -- Orders ------------------------------------------------------------------------------------------------------------


def _arranged(order: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that sorts, given one that tells the order: equal elements each keep their own derivative."""

    def sort(a: Any, *args: Any, axis: int | None = -1, **options: Any) -> Any:
        if axis is None:
            a, axis = np.ravel(a), -1
        return _take_along_axis(a, order(plain(a), *args, axis=axis, **options), axis)

    return sort


def _stable_order(a: Any, **options: Any) -> Any:
    return np.argsort(a, axis=options["axis"], kind="stable")


_sorted = _arranged(_stable_order)


def _sort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """Sort, keeping the order of equal elements, which every kind of sorting permits."""
    del kind, order, stable
    return _sorted(a, axis=axis)


def _partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    del kind, order
    return _arranged(np.argpartition)(a, kth, axis=axis)


# -- Elements by their numbers -----------------------------------------------------------------------------------------


def _numbers(a: Any) -> Any:
    """Return the elements' numbers, counted from zero, in their shape."""
    return np.arange(np.size(plain(a))).reshape(np.shape(a))


def _rearranged(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that moves or repeats elements as another one does with their numbers."""

    def select(a: Any, *args: Any, **options: Any) -> Any:
        return np.ravel(a)[function(_numbers(a), *args, **options)]

    return select


def _compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    return _rearranged(lambda numbers: np.compress(plain(condition), numbers, axis=axis))(a)


def _pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    """Pad with a constant, or with elements of the array."""
    numbers = _numbers(array)
    if mode != "constant":
        if mode not in ("edge", "reflect", "symmetric", "wrap"):
            raise TypeError(f"pad with mode={mode!r} is not covered by autodiff: pad with np.concatenate")
        return np.ravel(array)[np.pad(numbers, pad_width, mode=mode, **options)]  # type: ignore[call-overload]
    where = np.pad(numbers, pad_width, constant_values=-1)
    values = options.get("constant_values", 0)
    if not isinstance(values, int | float | np.number):
        raise TypeError(
            "pad with several constants or traced ones is not covered by autodiff: use np.concatenate"
        )
    return np.where(where < 0, astype(values, array.dtype), np.ravel(array)[where])


FUNCTIONS.update(
    {
        "getitem": lambda x, index: getitem(x, index=plain(index)),
        np.take: _take,
        np.take_along_axis: _take_along_axis,
        np.flip: _flip,
        np.fliplr: lambda m: _flip(m, 1),
        np.flipud: lambda m: _flip(m, 0),
        np.diagonal: _diagonal,
        np.diag: _diag,
        np.diagflat: _diagflat,
        np.extract: _extract,
        np.bincount: _bincount,
        np.sort: _sort,
        np.partition: _partition,
        np.roll: _rearranged(np.roll),
        np.tile: _rearranged(np.tile),
        np.repeat: _rearranged(np.repeat),
        np.rot90: _rearranged(np.rot90),
        np.resize: _rearranged(np.resize),
        np.delete: _rearranged(np.delete),
        np.rollaxis: _rearranged(np.rollaxis),
        np.compress: _compress,
        np.pad: _pad,
    }
)
