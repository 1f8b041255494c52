"""Shapes and types: the same elements, counted or stored in another way.

    y = reshape(x)        ẏ = reshape(ẋ)        x̄ = ȳ in the shape of x

What is broadcast is used more than once: its cotangent is the sum over the copies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import unbroadcast
from calcguide.autodiff._kinds import lead, linear
from calcguide.autodiff._tracer import FUNCTIONS, plain


def _reshape_stack(t: Any, y: Any, x: Any, *, shape: Any, order: str) -> Any:
    del x, shape
    if order == "C":
        return np.reshape(t, lead(t, np.shape(y)))
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
        np.reshape(t, (len(t), *(1,) * (len(shape) - np.ndim(x)), *np.shape(x))), lead(t, shape)
    ),
)


def _reshape(a: Any, shape: Any = None, order: str = "C", **options: Any) -> Any:
    return reshape(a, shape=options.get("newshape", shape), order=order)


def reshape_to(shape_of: Callable[..., tuple[int, ...]]) -> Callable[..., Any]:
    """Return a function that reshapes as another one would reshape a plain array."""
    return lambda a, *args, **options: reshape(a, shape=shape_of(a, *args, **options), order="C")


def shape_by(function: Callable[..., Any]) -> Callable[..., tuple[int, ...]]:
    """Tell which shape a function gives an array of this shape."""
    return lambda a, *args, **options: np.shape(function(np.broadcast_to(0.0, np.shape(a)), *args, **options))


def _at_least(function: Callable[..., Any]) -> Callable[..., Any]:
    def convert(*arrays: Any) -> Any:
        parts = tuple(reshape_to(shape_by(function))(array) for array in arrays)
        return parts[0] if len(parts) == 1 else parts

    return convert


def _transpose(a: Any, axes: Any = None) -> Any:
    n = np.ndim(a)
    order = tuple(range(n))[::-1] if axes is None else tuple(axis % n for axis in axes)
    return transpose(a, axes=order)


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to other places, the rest in their order."""
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


def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """Repeat a number, which may be traced."""
    del order, subok
    y = np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)
    return astype(y, plain(a).dtype if dtype is None else dtype)


FUNCTIONS.update(
    {
        np.reshape: _reshape,
        np.ravel: lambda a, order="C": reshape(a, shape=-1, order=order),
        np.squeeze: reshape_to(shape_by(np.squeeze)),
        np.expand_dims: reshape_to(shape_by(np.expand_dims)),
        np.atleast_1d: _at_least(np.atleast_1d),
        np.atleast_2d: _at_least(np.atleast_2d),
        np.atleast_3d: _at_least(np.atleast_3d),
        np.transpose: _transpose,
        np.permute_dims: _transpose,
        np.matrix_transpose: lambda x: _swapaxes(x, -1, -2),
        np.swapaxes: _swapaxes,
        np.moveaxis: moveaxis,
        np.broadcast_to: lambda array, shape, subok=False: broadcast(
            array, shape=(shape,) if isinstance(shape, int) else tuple(shape)
        ),
        np.broadcast_arrays: _broadcast_arrays,
        np.meshgrid: _meshgrid,
        np.full_like: _full_like,
        np.copy: lambda a, **_: a,
        np.real: lambda val: val,
        np.real_if_close: lambda a, tol=100: a,
        "astype": astype,
    }
)
# Functions that came after NumPy 2.0.
LATER: dict[str, Callable[..., Any]] = {
    "unstack": lambda x, *, axis=0: tuple(moveaxis(x, axis, 0)),
    "astype": lambda x, dtype, copy=True, device=None: astype(x, dtype),
}

FUNCTIONS.update({getattr(np, name): function for name, function in LATER.items() if hasattr(np, name)})
