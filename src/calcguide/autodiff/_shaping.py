"""Primitives that move elements without changing them: shapes, indices, selections, joins.

They are linear, so their jvp is the function itself, applied to the tangent; their vjp puts each cotangent back where its
element came from, and adds where an element was used more than once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive, unbroadcast
from calcguide.autodiff._tracer import CONSTANT, FUNCTIONS, INSTEAD, plain


def linear(
    name: str,
    fun: Callable[..., Any],
    transpose: Callable[..., Any],
    batched: Callable[..., Any] | None = None,
    into: Callable[..., None] | None = None,
) -> Primitive:
    """Declare a linear function of one array: ``transpose(g, y, x, **options)`` is its vjp.

    ``batched(t, y, x, **options)`` applies it to a stack of tangents.
    """

    def push(t: Any, y: Any, x: Any, **options: Any) -> Any:
        del y, x
        return primitive(t, **options)

    def push_stack(k: int, t: Any, y: Any, x: Any, **options: Any) -> Any:
        del k
        assert batched is not None  # noqa: S101  # else this is not called
        return batched(t, y, x, **options)

    primitive = Primitive(name, fun, [push], [transpose], batched=push_stack if batched else None, into=into)
    return primitive


class Each:
    """As many rules as there are operands: ``rule(k, t, operands, **options)`` for the k-th."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.rule = rule

    def __getitem__(self, k: int) -> Callable[..., Any]:
        return lambda t, y, *operands, **options: self.rule(k, t, operands, **options)


def unset(option: Any) -> bool:
    """Tell whether an option was left out, as NumPy's dispatch shows it."""
    return option is None or option is np._NoValue  # noqa: SLF001  # it has no public name


def _lead(t: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with the axis of stacked tangents before it."""
    return (np.shape(t)[0], *shape)


# -- Indices -----------------------------------------------------------------------------------------------------------


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
        return scatter(t, index=(slice(None), *parts), shape=_lead(t, shape))
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


# -- Shapes ------------------------------------------------------------------------------------------------------------


def _reshape_stack(t: Any, y: Any, x: Any, *, shape: Any, order: str) -> Any:
    del x, shape
    if order == "C":
        return np.reshape(t, _lead(t, np.shape(y)))
    return np.stack([np.reshape(one, np.shape(y), order=order) for one in t])  # type: ignore[call-overload]


reshape = linear(
    "reshape",
    lambda x, *, shape, order: np.reshape(x, shape, order=order),
    lambda g, y, x, *, shape, order: np.reshape(g, np.shape(x), order=order),
    _reshape_stack,
)
transpose = linear(
    "transpose",
    lambda x, *, axes: np.transpose(x, axes),
    lambda g, y, x, *, axes: np.transpose(g, np.argsort(axes)),
    lambda t, y, x, *, axes: np.transpose(t, (0, *(a + 1 for a in axes))),
)
broadcast = linear(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, y, x, *, shape: unbroadcast(g, np.shape(x)),
    lambda t, y, x, *, shape: np.broadcast_to(
        np.reshape(t, (len(t), *(1,) * (len(shape) - np.ndim(x)), *np.shape(x))), _lead(t, shape)
    ),
)


def _transpose(a: Any, axes: Any = None) -> Any:
    n = np.ndim(a)
    order = tuple(range(n))[::-1] if axes is None else tuple(axis % n for axis in axes)
    return transpose(a, axes=order)


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    n = np.ndim(a)
    origin = [i % n for i in np.atleast_1d(source).tolist()]
    target = [i % n for i in np.atleast_1d(destination).tolist()]
    order = [i for i in range(n) if i not in origin]
    for to, axis in sorted(zip(target, origin, strict=True)):
        order.insert(to, axis)
    return transpose(a, axes=tuple(order))


def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(np.ndim(a)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(a, axes=tuple(order))


def _reshape(a: Any, shape: Any = None, order: str = "C", **options: Any) -> Any:
    return reshape(a, shape=options.get("newshape", shape), order=order)


def _to(shape_of: Callable[..., tuple[int, ...]]) -> Callable[..., Any]:
    """Return a function that reshapes as another one would reshape a plain array."""
    return lambda a, *args, **options: reshape(a, shape=shape_of(a, *args, **options), order="C")


def _like(function: Callable[..., Any]) -> Callable[..., tuple[int, ...]]:
    """Tell which shape a function gives an array of this shape."""
    return lambda a, *args, **options: np.shape(function(np.broadcast_to(0.0, np.shape(a)), *args, **options))


def _flip(m: Any, axis: Any = None) -> Any:
    axes = range(np.ndim(m)) if axis is None else [i % np.ndim(m) for i in np.atleast_1d(axis).tolist()]
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(np.ndim(m)))]


def _numbers(a: Any) -> Any:
    """Return the elements' numbers, counted from zero, in their shape."""
    return np.arange(np.size(plain(a))).reshape(np.shape(a))


def _rearranged(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that moves or repeats elements as another one does with their numbers."""

    def select(a: Any, *args: Any, **options: Any) -> Any:
        return np.ravel(a)[function(_numbers(a), *args, **options)]

    return select


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


def _masked(keep: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that keeps a triangle and sets the rest to zero."""
    return lambda m, k=0: np.where(keep(np.ones(np.shape(m)[-2:]), k) > 0, m, 0)


def _diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 2:
        return _diagonal(v, k)
    n = np.shape(v)[0]
    rows = np.arange(n) + max(-k, 0)
    return scatter(v, index=(rows, rows + k), shape=(n + abs(k), n + abs(k)))


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = _moveaxis(a, (axis1, axis2), (-2, -1))
    m, n = np.shape(a)[-2:]
    rows = np.arange(max(min(m + min(offset, 0), n - max(offset, 0)), 0)) + max(-offset, 0)
    return a[..., rows, rows + offset]


# -- Selections and joins ----------------------------------------------------------------------------------------------

_choose = Primitive(
    "where",
    np.where,
    [None, lambda t, y, c, a, b: np.where(c, t, 0), lambda t, y, c, a, b: np.where(c, 0, t)],
    [None, lambda t, y, c, a, b: np.where(c, t, 0), lambda t, y, c, a, b: np.where(c, 0, t)],
    elementwise=True,
)


def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        return np.where(plain(condition))
    return _choose(plain(condition), *branches)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    """Clip by selection: the derivative is 0 from the bounds on, where the value no longer follows `a`."""
    bounds = [options.pop(name, bound) for name, bound in (("min", a_min), ("max", a_max))]
    if options:
        raise TypeError(f"clip with {', '.join(sorted(options))}= is not covered by autodiff: use np.where")
    low, high = (None if unset(bound) else bound for bound in bounds)
    if low is not None:
        a = np.where(_outside(a, low, np.less_equal), low, a)
    if high is not None:
        a = np.where(_outside(a, high, np.greater_equal), high, a)
    return a


def _outside(a: Any, bound: Any, beyond: Any) -> Any:
    """Tell where a bound holds; a NaN goes through, as in np.clip."""
    return beyond(np.asarray(plain(a)), np.asarray(plain(bound)))


def _concatenate(arrays: Any, axis: int | None = 0, **options: Any) -> Any:
    """Join along an axis: the sum of the parts, each scattered into zeros of its own, as one primitive."""
    if options.get("dtype") is not None:
        raise TypeError("concatenate with dtype= is not covered by autodiff: convert the result with astype")
    parts = list(arrays) if axis is not None else [np.ravel(part) for part in arrays]
    return join(*parts, axis=axis or 0)


class _Join(Primitive):
    """Concatenation of any number of arrays: rule k is about the k-th of them."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(
            "concatenate", lambda *parts, axis: np.concatenate(parts, axis), Each(_padded), Each(_cut)
        )


def _place(k: int, parts: tuple[Any, ...], axis: int) -> tuple[Any, ...]:
    """Return the index of part k in the whole."""
    axis = axis % np.ndim(parts[0])
    start = sum(np.shape(part)[axis] for part in parts[:k])
    return (*(slice(None),) * axis, slice(start, start + np.shape(parts[k])[axis]))


def _cut(k: int, g: Any, parts: tuple[Any, ...], *, axis: int) -> Any:
    return g[_place(k, parts, axis)]


def _padded(k: int, t: Any, parts: tuple[Any, ...], *, axis: int) -> Any:
    axis = axis % np.ndim(parts[0])
    shape = list(np.shape(parts[0]))
    shape[axis] = sum(np.shape(part)[axis] for part in parts)
    return scatter(t, index=_place(k, parts, axis), shape=tuple(shape))


join = _Join()


def _stack(arrays: Any, axis: int = 0, **options: Any) -> Any:
    shape = np.shape(arrays[0])
    if any(np.shape(part) != shape for part in arrays):
        raise ValueError("all input arrays must have the same shape")
    axis = axis % (len(shape) + 1)
    return _concatenate(
        [np.reshape(part, (*shape[:axis], 1, *shape[axis:])) for part in arrays], axis, **options
    )


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Split along an axis, by slices."""
    numbers = np.split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    before = (slice(None),) * (axis % np.ndim(ary))
    return [ary[(*before, slice(part[0], part[-1] + 1) if part.size else slice(0, 0))] for part in numbers]


def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    numbers = np.array_split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    return _split(ary, np.cumsum([part.size for part in numbers])[:-1], axis)


def _stacked(at_least: Callable[..., Any], axis: int) -> Callable[..., Any]:
    """Return a function that joins arrays of at least so many dimensions."""
    return lambda tup, **options: _concatenate([_to(_like(at_least))(part) for part in tup], axis, **options)


def _hstack(tup: Any, **options: Any) -> Any:
    parts = [_to(_like(np.atleast_1d))(part) for part in tup]
    return _concatenate(parts, 0 if np.ndim(parts[0]) == 1 else 1, **options)


def _column_stack(tup: Any) -> Any:
    return _concatenate([part if np.ndim(part) > 1 else np.reshape(part, (-1, 1)) for part in tup], 1)


def _at_least(function: Callable[..., Any]) -> Callable[..., Any]:
    def convert(*arrays: Any) -> Any:
        parts = tuple(_to(_like(function))(array) for array in arrays)
        return parts[0] if len(parts) == 1 else parts

    return convert


def _pieces(ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    if axis == 1 and np.ndim(ary) == 1:
        axis = 0
    return _split(ary, indices_or_sections, axis)


def _broadcast_arrays(*arrays: Any, subok: bool = False) -> tuple[Any, ...]:
    del subok
    shape = np.broadcast_shapes(*map(np.shape, arrays))
    return tuple(np.broadcast_to(array, shape) for array in arrays)


def _meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Put each vector along its own axis."""
    del copy
    if indexing not in ("xy", "ij"):
        raise ValueError(f"`indexing` must be 'xy' or 'ij', got {indexing!r}")
    n = len(xi)
    places = [1 - i if indexing == "xy" and i < 2 <= n else i for i in range(n)]
    grids = tuple(
        np.reshape(x, (*(1,) * i, -1, *(1,) * (n - 1 - i))) for i, x in zip(places, xi, strict=True)
    )
    return grids if sparse else _broadcast_arrays(*grids)


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Choose by the first condition that holds."""
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(np.asarray(plain(condition)), choice, y)
    return y


def _choose_of(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """Choose element by element among arrays."""
    del out
    places = np.choose(plain(a), [np.full((), k) for k in range(len(choices))], mode=mode)  # type: ignore[call-overload]
    return _select([places == k for k in range(len(choices))], choices)


def _compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    return _rearranged(lambda numbers: np.compress(plain(condition), numbers, axis=axis))(a)


def _extract(condition: Any, arr: Any) -> Any:
    return np.ravel(arr)[np.flatnonzero(plain(condition))]


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


def _diagflat(v: Any, k: int = 0) -> Any:
    return _diag(np.ravel(v), k)


def _linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Space evenly between two traced ends."""
    if retstep or dtype is not None or axis != 0:
        raise TypeError(
            "linspace with retstep=, dtype= or axis= is not covered by autodiff: multiply an np.arange"
        )
    spread = stop - start
    steps = np.linspace(0, 1, num, endpoint=endpoint).astype(plain(spread).dtype)
    return start + np.reshape(steps, (-1, *(1,) * np.ndim(spread))) * spread


def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """Repeat a number, which may be traced."""
    del order, subok
    y = np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)
    return astype(y, plain(a).dtype if dtype is None else dtype)


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Add weights by index."""
    x = np.asarray(plain(x))
    if weights is None:
        return np.bincount(x, minlength=minlength)
    return scatter(weights, index=x, shape=(max(minlength, int(x.max(initial=-1)) + 1),))


def _nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace what is not finite by constants."""
    del copy
    value = plain(x)
    constant = np.nan_to_num(value, nan=nan, posinf=posinf, neginf=neginf)
    return np.where(np.isfinite(value), x, constant)


convert = linear(
    "astype",
    lambda x, *, dtype: np.asarray(x, dtype),
    lambda g, y, x, *, dtype: astype(g, np.asarray(plain(x)).dtype),
)


def astype(x: Any, dtype: Any, **options: Any) -> Any:
    """Change the floating-point type of the elements."""
    del options
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"a traced array cannot become {np.dtype(dtype)}: its derivative would be lost")
    return convert(x, dtype=np.dtype(dtype))


FUNCTIONS.update(
    {
        "getitem": lambda x, index: getitem(x, index=plain(index)),
        "astype": astype,
        np.take: _take,
        np.take_along_axis: _take_along_axis,
        np.sort: _sort,
        np.reshape: _reshape,
        np.ravel: lambda a, order="C": reshape(a, shape=-1, order=order),
        np.transpose: _transpose,
        np.permute_dims: _transpose,
        np.matrix_transpose: lambda x: _swapaxes(x, -1, -2),
        np.swapaxes: _swapaxes,
        np.moveaxis: _moveaxis,
        np.squeeze: _to(_like(np.squeeze)),
        np.expand_dims: _to(_like(np.expand_dims)),
        np.atleast_1d: _at_least(np.atleast_1d),
        np.atleast_2d: _at_least(np.atleast_2d),
        np.atleast_3d: _at_least(np.atleast_3d),
        np.broadcast_to: lambda array, shape, subok=False: broadcast(
            array, shape=(shape,) if isinstance(shape, int) else tuple(shape)
        ),
        np.roll: _rearranged(np.roll),
        np.tile: _rearranged(np.tile),
        np.repeat: _rearranged(np.repeat),
        np.rot90: _rearranged(np.rot90),
        np.resize: _rearranged(np.resize),
        np.delete: _rearranged(np.delete),
        np.rollaxis: _rearranged(np.rollaxis),
        np.partition: _partition,
        np.meshgrid: _meshgrid,
        np.broadcast_arrays: _broadcast_arrays,
        np.select: _select,
        np.choose: _choose_of,
        np.compress: _compress,
        np.extract: _extract,
        np.insert: _insert,
        np.block: _block,
        np.diagflat: _diagflat,
        np.linspace: _linspace,
        np.nan_to_num: _nan_to_num,
        np.full_like: _full_like,
        np.bincount: _bincount,
        np.hsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 1),
        np.vsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 0),
        np.dsplit: lambda ary, indices_or_sections: _pieces(ary, indices_or_sections, 2),
        np.real: lambda val: val,
        np.real_if_close: lambda a, tol=100: a,
        np.flip: _flip,
        np.fliplr: lambda m: _flip(m, 1),
        np.flipud: lambda m: _flip(m, 0),
        np.pad: _pad,
        np.tril: _masked(np.tril),
        np.triu: _masked(np.triu),
        np.diag: _diag,
        np.diagonal: _diagonal,
        np.where: _where,
        np.clip: _clip,
        np.concatenate: _concatenate,
        np.stack: _stack,
        np.vstack: _stacked(np.atleast_2d, 0),
        np.hstack: _hstack,
        np.dstack: _stacked(np.atleast_3d, 2),
        np.column_stack: _column_stack,
        np.split: _split,
        np.array_split: _array_split,
        np.append: lambda arr, values, axis=None: _concatenate((arr, values), axis),
        np.copy: lambda a, **_: a,
    }
)
CONSTANT |= {
    np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.argmax, np.argmin,
    np.nanargmax, np.nanargmin, np.argsort, np.argwhere, np.nonzero, np.flatnonzero, np.searchsorted, np.digitize,
    np.count_nonzero, np.any, np.all, np.isclose, np.allclose, np.array_equal, np.array_str, np.array_repr,
    np.array2string, np.iscomplexobj, np.isrealobj, np.result_type, np.may_share_memory, np.shares_memory, np.round,
    np.around, np.fix, np.broadcast_shapes, np.unique_counts, np.common_type, np.can_cast,
    np.min_scalar_type, np.isposinf, np.isneginf, np.lexsort, np.argpartition, np.imag, np.iscomplex, np.isreal,
    np.array_equiv, np.isin, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
}  # fmt: skip
# Functions that came after NumPy 2.0.
LATER: dict[str, Callable[..., Any]] = {
    "unstack": lambda x, *, axis=0: tuple(_moveaxis(x, axis, 0)),
    "astype": lambda x, dtype, copy=True, device=None: astype(x, dtype),
}
FUNCTIONS.update({getattr(np, name): function for name, function in LATER.items() if hasattr(np, name)})

_WRITES = "it would change a value that the derivative needs; build a new array with np.where, np.concatenate or np.stack"
INSTEAD.update(
    {
        **dict.fromkeys(
            (np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal), _WRITES
        ),
        np.unique: "which elements are equal is no smooth question; use np.sort, or np.unique on plain values",
        np.piecewise: "use np.where or np.select",
        np.apply_along_axis: "use np.stack over the rows, or operations with axis=",
        np.apply_over_axes: "use operations with axis=",
        np.ix_: "use plain indices",
        np.geomspace: "use np.exp of np.linspace",
        np.logspace: "use 10.0 ** np.linspace(…)",
        np.histogram: "use np.digitize and np.bincount",
        np.angle: "it is for complex numbers; use np.arctan2",
        np.unwrap: "add the multiples of 2π yourself, as constants",
    }
)
