"""Reductions: along axes, many elements become one.

    y = Σ xᵢ        ẏ = Σ ẋᵢ        x̄ᵢ = ȳ
    y = ∏ xᵢ        ẏ = Σ ẋᵢ ∏ⱼ≠ᵢ xⱼ        x̄ᵢ = ȳ ∏ⱼ≠ᵢ xⱼ

Kinks: where several elements share the maximum (or minimum), each takes an equal part of the cotangent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive
from calcguide.autodiff._kinds import linear
from calcguide.autodiff._shaping import astype
from calcguide.autodiff._tracer import FUNCTIONS, PLAIN, plain, unset

#: Elements up to which it is quicker to fill an array than to make a view that repeats one number.
SHORT = 2**12


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes to reduce, counted from the front."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple | list) else (axis,)))


def finish(y: Any, shape: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> Any:
    """Put back the reduced axes with length one, if they are to be kept."""
    return np.reshape(y, tuple(1 if i in axis else n for i, n in enumerate(shape))) if keepdims else y


def prepared(a: Any, axis: Any, dtype: Any, options: dict[str, Any]) -> tuple[Any, tuple[int, ...]]:
    """Check what all reductions share."""
    options = {name: value for name, value in options.items() if not unset(value)}
    if options:
        raise TypeError(
            f"a reduction with {', '.join(sorted(options))}= is not covered by autodiff: use np.where"
        )
    if dtype is not None:
        a = astype(a, dtype)
    return a, axes_of(axis, np.ndim(a))


def count_along(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """Return how many elements become one."""
    return int(np.prod([shape[i] for i in axes], dtype=int))


# -- Sums --------------------------------------------------------------------------------------------------------------


def _spread(g: Any, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
    """Give each element what its sum was given: the transpose of a sum over axes."""
    if len(axis) == len(shape) and math.prod(shape) <= SHORT and g.__class__ in PLAIN:
        return np.full(shape, g)
    kept = tuple(1 if i in axis else n for i, n in enumerate(shape))
    return np.broadcast_to(np.reshape(g, kept), shape)


total = linear(
    "sum",
    lambda x, *, axis: np.sum(x, axis=axis),
    lambda g, y, x, *, axis: _spread(g, np.shape(x), axis),
    lambda t, y, x, *, axis: np.sum(t, axis=tuple(a + 1 for a in axis)),
)


def sum_of(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    """Sum over axes, as np.sum does."""
    a, axes = prepared(a, axis, dtype, options)
    return finish(total(a, axis=axes), np.shape(a), axes, keepdims is True)


def _half_inverse(t: Any, y: Any, x: Any) -> Any:
    """1 / 2√x, and 0 at 0: there, squares have no slope, and their root a kink."""
    del x
    return t * 0.5 / np.where(y == 0, math.inf, y)


#: √x as the last step of a norm or of a standard deviation.
root_of_squares = Primitive("sqrt", np.sqrt, [_half_inverse], [_half_inverse], elementwise=True)

# -- Products: where a factor is zero the others still count -----------------------------------------------------------


def others(x: Any) -> Any:
    """Return for each element of the last axis the product of all the others, without division."""
    if not np.shape(x)[-1]:
        return x
    ones = np.ones((*np.shape(x)[:-1], 1), plain(x).dtype)
    before = np.concatenate([ones, np.cumprod(x[..., :-1], axis=-1)], axis=-1)
    after = np.concatenate([np.cumprod(x[..., :0:-1], axis=-1)[..., ::-1], ones], axis=-1)
    return before * after


def _prod_push(t: Any, y: Any, x: Any) -> Any:
    del y
    return np.sum(t * others(x), axis=-1)


_product = Primitive(
    "prod",
    lambda x: np.prod(x, axis=-1),
    [_prod_push],
    [lambda g, y, x: np.expand_dims(g, -1) * others(x)],
    batched=lambda k, t, y, x: _prod_push(t, y, x),
)


def _prod(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    a, axes = prepared(a, axis, dtype, options)
    shape = np.shape(a)
    rest = [i for i in range(len(shape)) if i not in axes]
    moved = np.transpose(a, (*rest, *axes))
    y = _product(np.reshape(moved, (*(shape[i] for i in rest), count_along(shape, axes))))
    return finish(y, shape, axes, keepdims is True)


# -- Extremes ----------------------------------------------------------------------------------------------------------


def _shares(x: Any, y: Any, axis: tuple[int, ...]) -> Any:
    """Return the part that each element has in the extreme: all of it, or equal parts of a tie."""
    x, y = np.asarray(plain(x)), np.asarray(plain(y))
    y = np.reshape(y, tuple(1 if i in axis else n for i, n in enumerate(x.shape)))
    hit = (x == y) | np.isnan(x)  # a NaN is the extreme of what holds it
    return (hit / np.maximum(hit.sum(axis=axis, keepdims=True), 1)).astype(x.dtype)


def _extreme(function: Any) -> Any:
    primitive = Primitive(
        function.__name__,
        lambda x, *, axis: function(x, axis=axis),
        [lambda t, y, x, *, axis: np.sum(t * _shares(x, y, axis), axis=axis)],
        [lambda g, y, x, *, axis: _spread(g, np.shape(x), axis) * _shares(x, y, axis)],
        batched=lambda k, t, y, x, *, axis: np.sum(t * _shares(x, y, axis), axis=tuple(a + 1 for a in axis)),
    )

    def reduce(a: Any, axis: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
        a, axes = prepared(a, axis, None, options)
        return finish(primitive(a, axis=axes), np.shape(a), axes, keepdims is True)

    return reduce


_max, _min = _extreme(np.max), _extreme(np.min)


def _ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return _max(a, axis, keepdims=keepdims) - _min(a, axis, keepdims=keepdims)


# -- Reductions that pass over NaN -------------------------------------------------------------------------------------


def _passing_over(reduce: Any, filler: float) -> Any:
    """Return a reduction that sees a constant in the place of each NaN."""
    return lambda a, axis=None, **options: reduce(np.where(np.isnan(plain(a)), filler, a), axis, **options)


nansum = _passing_over(sum_of, 0.0)

FUNCTIONS.update(
    {
        np.sum: sum_of, np.prod: _prod, np.max: _max, np.min: _min, np.amax: _max, np.amin: _min, np.ptp: _ptp,
        np.nansum: nansum, np.nanprod: _passing_over(_prod, 1.0), np.nanmax: _passing_over(_max, -math.inf),
        np.nanmin: _passing_over(_min, math.inf),
        (np.add, "reduce"): lambda a, axis=0, **options: sum_of(a, axis, **options),
        (np.multiply, "reduce"): lambda a, axis=0, **options: _prod(a, axis, **options),
        (np.maximum, "reduce"): lambda a, axis=0, **options: _max(a, axis, **options),
        (np.minimum, "reduce"): lambda a, axis=0, **options: _min(a, axis, **options),
    }
)  # fmt: skip
