"""Reductions and running totals: along axes, many elements become one.

Kinks: where several elements share the maximum (or minimum), each takes an equal part of the cotangent. The standard
deviation of equal numbers has derivative 0, like a norm at the zero vector.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calcguide.autodiff._containers import number
from calcguide.autodiff._core import Primitive
from calcguide.autodiff._shaping import astype, linear, unset
from calcguide.autodiff._tracer import FUNCTIONS, INSTEAD, PLAIN, gathered, plain

#: Elements up to which it is quicker to fill an array than to make a view that repeats one number.
SHORT = 2**12


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes to reduce, counted from the front."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple | list) else (axis,)))


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


def _finish(y: Any, shape: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> Any:
    """Put back the reduced axes with length one, if they are to be kept."""
    return np.reshape(y, tuple(1 if i in axis else n for i, n in enumerate(shape))) if keepdims else y


def _prepared(a: Any, axis: Any, dtype: Any, options: dict[str, Any]) -> tuple[Any, tuple[int, ...]]:
    """Check what all reductions share."""
    options = {name: value for name, value in options.items() if not unset(value)}
    if options:
        raise TypeError(
            f"a reduction with {', '.join(sorted(options))}= is not covered by autodiff: use np.where"
        )
    if dtype is not None:
        a = astype(a, dtype)
    return a, _axes(axis, np.ndim(a))


def _sum(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    a, axes = _prepared(a, axis, dtype, options)
    return _finish(total(a, axis=axes), np.shape(a), axes, keepdims is True)


def _count(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    return int(np.prod([shape[i] for i in axes], dtype=int))


def _mean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    a, axes = _prepared(a, axis, dtype, options)
    return _sum(a, axes, keepdims=keepdims) / _count(np.shape(a), axes)


def _var(
    a: Any, axis: Any = None, dtype: Any = None, *, ddof: Any = 0, correction: Any = None, keepdims: Any = False,
    mean: Any = None, **options: Any,
) -> Any:  # fmt: skip
    a, axes = _prepared(a, axis, dtype, options)
    if unset(mean):
        mean = _mean(a, axes, keepdims=True)
    away = a - mean
    free = correction if isinstance(correction, int | float) else ddof
    return _sum(away * away, axes, keepdims=keepdims) / (_count(np.shape(a), axes) - free)


# -- Products: where a factor is zero the others still count ------------------------------------------------------------


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
    a, axes = _prepared(a, axis, dtype, options)
    shape = np.shape(a)
    rest = [i for i in range(len(shape)) if i not in axes]
    moved = np.transpose(a, (*rest, *axes))
    y = _product(np.reshape(moved, (*(shape[i] for i in rest), _count(shape, axes))))
    return _finish(y, shape, axes, keepdims is True)


def _cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """Multiply up, one factor after the other: the derivative needs no division."""
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis)
    if dtype is not None:
        a = astype(a, dtype)
    rows = np.moveaxis(a, axis, 0)
    if not len(rows):
        return a
    running = [rows[0]]
    for row in rows[1:]:
        running.append(running[-1] * row)
    return np.moveaxis(np.stack(running), 0, axis)


# -- Running sums ------------------------------------------------------------------------------------------------------


def _reversed_cumsum(g: Any, y: Any, x: Any, *, axis: int) -> Any:
    del y, x
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


running_sum = linear(
    "cumsum",
    lambda x, *, axis: np.cumsum(x, axis=axis),
    _reversed_cumsum,
    lambda t, y, x, *, axis: np.cumsum(t, axis=axis + 1),
)


def _cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis % np.ndim(a))
    return running_sum(a if dtype is None else astype(a, dtype), axis=axis)


def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Subtract neighbours, as slices."""
    axis = axis % np.ndim(a)
    shape = (*np.shape(a)[:axis], 1, *np.shape(a)[axis + 1 :])
    ends = [
        part if np.ndim(part) else np.broadcast_to(part, shape)
        for part in (prepend, a, append)
        if not unset(part)
    ]
    y = np.concatenate(ends, axis) if len(ends) > 1 else a
    before = (slice(None),) * axis
    for _ in range(n):
        y = y[(*before, slice(1, None))] - y[(*before, slice(None, -1))]
    return y


def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Sum the trapezoids: width times the mean of the ends."""
    rows = np.moveaxis(y, axis, -1)
    if x is not None:
        dx = np.diff(x) if np.ndim(x) == 1 else np.moveaxis(np.diff(x, axis=axis), axis, -1)
    return np.sum(dx * (rows[..., 1:] + rows[..., :-1]) / 2, axis=-1)


# -- Square roots of sums of squares ---------------------------------------------------------------------------------------


def _half_inverse(t: Any, y: Any, x: Any) -> Any:
    """1 / 2√x, and 0 at 0: there, squares have no slope, and their root a kink."""
    del x
    return t * 0.5 / np.where(y == 0, math.inf, y)


#: √x as the last step of a norm or of a standard deviation.
root_of_squares = Primitive("sqrt", np.sqrt, [_half_inverse], [_half_inverse], elementwise=True)

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
        a, axes = _prepared(a, axis, None, options)
        return _finish(primitive(a, axis=axes), np.shape(a), axes, keepdims is True)

    return reduce


_max, _min = _extreme(np.max), _extreme(np.min)


def _ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return _max(a, axis, keepdims=keepdims) - _min(a, axis, keepdims=keepdims)


def _average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, **options: Any) -> Any:
    if returned:
        raise TypeError("average with returned= is not covered by autodiff: sum the weights with np.sum")
    if weights is None:
        return _mean(a, axis, **options)
    if np.ndim(weights) == 1 and np.ndim(a) > 1:
        weights = np.reshape(weights, tuple(-1 if i == axis % np.ndim(a) else 1 for i in range(np.ndim(a))))
        weights = np.broadcast_to(weights, np.shape(a))
    return np.sum(a * weights, axis=axis, **options) / np.sum(weights, axis=axis, **options)


# -- Quantiles: elements in order, and straight lines between them -------------------------------------------------------


def _quantile(
    a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: Any = False, **options: Any
) -> Any:
    """Interpolate between the sorted elements."""
    options.pop("overwrite_input", None)
    if hasattr(q, "scope"):
        raise TypeError(
            "the derivative of a quantile with respect to `q` is not covered by autodiff: use np.interp"
        )
    a, axes = _prepared(a, axis, None, {k: v for k, v in options.items() if v is not False})
    if method != "linear":
        raise TypeError(f"quantile with method={method!r} is not covered by autodiff: use np.sort")
    shape = np.shape(a)
    rest = [i for i in range(len(shape)) if i not in axes]
    n = _count(shape, axes)
    rows = np.sort(np.reshape(np.transpose(a, (*rest, *axes)), (*(shape[i] for i in rest), n)), axis=-1)
    place = np.asarray(plain(q), dtype=np.float64) * (n - 1)
    kind = plain(a).dtype if isinstance(q, int | float) else np.result_type(plain(a), np.float64)
    low = np.clip(np.floor(place), 0, max(n - 2, 0)).astype(int)
    part = (place - low).astype(kind)
    first, second = rows[..., low], rows[..., np.minimum(low + 1, n - 1)]
    y = first + part * (second - first)
    y = np.where(
        np.any(np.isnan(plain(rows)), axis=-1).reshape(np.shape(y)[: len(rest)] + (1,) * place.ndim),
        math.nan,
        y,
    )
    y = np.moveaxis(y, range(len(rest), len(rest) + place.ndim), range(place.ndim)) if place.ndim else y
    if keepdims is not True:
        return y
    return np.reshape(y, (*place.shape, *(1 if i in axes else m for i, m in enumerate(shape))))


def _median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    del out, overwrite_input
    return _quantile(a, 0.5, axis, keepdims=keepdims)


def _percentile(a: Any, q: Any, axis: Any = None, **options: Any) -> Any:
    return _quantile(
        a,
        q / 100 if hasattr(q, "scope") or isinstance(q, int | float) else np.divide(q, 100),
        axis,
        **options,
    )


# -- Reductions that pass over NaN ---------------------------------------------------------------------------------------


def _passing_over(reduce: Any, filler: float) -> Any:
    """Return a reduction that sees a constant in the place of each NaN."""
    return lambda a, axis=None, **options: reduce(np.where(np.isnan(plain(a)), filler, a), axis, **options)


_nansum = _passing_over(_sum, 0.0)


def _nanmean(a: Any, axis: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    count = np.sum(~np.isnan(plain(a)), axis=axis, keepdims=keepdims is True)
    return _nansum(a, axis, keepdims=keepdims, **options) / count.astype(plain(a).dtype)


# -- Covariance ----------------------------------------------------------------------------------------------------------


def _cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """Multiply deviations from the mean: rows are variables, columns observations."""
    if fweights is not None or aweights is not None or dtype is not None:
        raise TypeError("cov with weights or dtype= is not covered by autodiff: multiply deviations with @")

    def rows(part: Any) -> Any:
        part = np.atleast_2d(astype(part, np.float64))  # at least that, as in NumPy
        return part if rowvar or len(part) == 1 else np.transpose(part)

    x = rows(m) if y is None else np.concatenate([rows(m), rows(y)])
    free = ddof if ddof is not None else 0 if bias else 1
    away = x - np.mean(x, axis=1, keepdims=True)
    return np.squeeze(away @ np.transpose(away) / (np.shape(x)[1] - free))


def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, **options: Any) -> Any:
    """Divide the covariances by the standard deviations."""
    if options.get("dtype") is not None:
        raise TypeError("corrcoef with dtype= is not covered by autodiff: convert the data with astype")
    c = np.cov(x, y, rowvar)
    if not np.ndim(c):
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    return c / deviation[:, None] / deviation


# -- Products of polynomials, and values between points ------------------------------------------------------------------


def _turned(g: Any, other: Any, size: int) -> Any:
    """Return the transpose of a convolution: sums of products at every offset."""
    return _convolution(g, other[::-1])[np.shape(other)[0] - 1 :][:size]


_convolution: Primitive = Primitive(
    "convolve",
    np.convolve,
    [lambda t, y, a, v: _convolution(t, v), lambda t, y, a, v: _convolution(a, t)],
    [
        lambda g, y, a, v: _turned(g, v, np.shape(a)[0]),
        lambda g, y, a, v: _turned(g, a, np.shape(v)[0]),
    ],
)


def _convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Cut the mode out of the full convolution."""
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    longer, shorter = max(len(a), len(v)), min(len(a), len(v))
    y = _convolution(a, v)
    if mode == "full":
        return y
    if mode == "valid":
        return y[shorter - 1 : longer]
    if mode != "same":
        raise ValueError(f"`mode` must be 'full', 'same' or 'valid', got {mode!r}")
    start = (shorter - 1) // 2
    return y[start : start + longer]


def _correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if len(v) > len(a):  # the lags run the other way
        return _convolve(v, a[::-1], mode)[::-1]
    return _convolve(a, v[::-1], mode)


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Go along straight lines between points; at a point, the line to its right counts."""
    if period is not None:
        raise TypeError("interp with period= is not covered by autodiff: repeat the points")
    xp, fp = (part if hasattr(part, "scope") else np.asarray(part, dtype=float) for part in (xp, fp))
    at, points = np.asarray(plain(x), dtype=float), plain(xp)
    if len(points) < 2:
        raise TypeError("interp with one point is not covered by autodiff: its value is a constant")
    i = np.clip(np.searchsorted(points, at, side="right") - 1, 0, len(points) - 2)
    y = fp[i] + (x - xp[i]) * ((fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i]))
    y = np.where(at < points[0], fp[0] if left is None else left, y)
    return np.where(at > points[-1], fp[-1] if right is None else right, y)


def _polyval(p: Any, x: Any) -> Any:
    """Evaluate by Horner's scheme."""
    y = 0 * x
    for coefficient in p:
        y = y * x + coefficient
    return y


def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    powers = np.arange(np.shape(x)[0] if N is None else N)
    return x[:, None] ** (powers if increasing else powers[::-1])


def logsumexp(a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    r"""Return the logarithm of the sum of exponentials, without overflow, traced or not.

    .. math:: \log \sum_i e^{a_i} = m + \log \sum_i e^{a_i - m}, \qquad m = \max_i a_i

    Parameters
    ----------
    a : array_like
        The exponents.
    axis : int or tuple of int, optional
        Axes to sum over; all of them by default.
    keepdims : bool, default: False
        Keep those axes, with length one.

    Returns
    -------
    float or ndarray
        The logarithms. Their derivative is `softmax`.

    See Also
    --------
    softmax : The derivative.

    Notes
    -----
    The largest exponent is taken out, so that the largest term is 1. It counts as a constant in the derivative, to which
    it contributes nothing: whatever is taken out is put back.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.logsumexp([1000.0, 1000.0])
    1000.6931
    >>> autodiff.grad(autodiff.logsumexp)([1000.0, 1000.0, 0.0]).tolist()
    [0.5, 0.5, 0.0]
    """
    a = _array(a)
    top = np.max(plain(a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    y = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    if keepdims:
        return y
    return number(
        np.reshape(y, tuple(n for i, n in enumerate(np.shape(y)) if i not in _axes(axis, np.ndim(a))))[()]
    )


def softmax(a: Any, *, axis: Any = -1) -> Any:
    r"""Return exponentials divided by their sum, without overflow, traced or not.

    .. math:: \mathrm{softmax}(a)_i = \frac{e^{a_i}}{\sum_j e^{a_j}}

    Parameters
    ----------
    a : array_like
        The exponents.
    axis : int or tuple of int or None, default: -1
        Axes along which the results sum to one; None for all.

    Returns
    -------
    ndarray
        Numbers in [0, 1], of the shape of `a`.

    See Also
    --------
    logsumexp : The function that this is the gradient of.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.softmax([0.0, 0.0, 1000.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    a = _array(a)
    e = np.exp(a - np.max(plain(a), axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _array(a: Any) -> Any:
    """Return plain input as an array of floats, traced input as it is."""
    if hasattr(a, "scope"):
        return a
    a = gathered(a)
    return a if hasattr(a, "scope") or a.dtype.kind == "f" else a.astype(float)


FUNCTIONS.update(
    {
        np.sum: _sum, np.mean: _mean, np.var: _var,
        np.std: lambda *args, **options: root_of_squares(_var(*args, **options)), np.median: _median,
        np.quantile: _quantile, np.percentile: _percentile, np.nansum: _nansum, np.nanmean: _nanmean,
        np.nanprod: _passing_over(_prod, 1.0), np.nanmax: _passing_over(_max, -math.inf),
        np.nanmin: _passing_over(_min, math.inf), np.cov: _cov, np.corrcoef: _corrcoef, np.convolve: _convolve,
        np.correlate: _correlate, np.interp: _interp, np.polyval: _polyval, np.vander: _vander,
        np.prod: _prod, np.cumsum: _cumsum, np.cumprod: _cumprod, np.max: _max, np.min: _min, np.amax: _max,
        np.amin: _min, np.ptp: _ptp, np.average: _average, np.diff: _diff, np.trapezoid: _trapezoid,
        (np.add, "reduce"): lambda a, axis=0, **options: _sum(a, axis, **options),
        (np.multiply, "reduce"): lambda a, axis=0, **options: _prod(a, axis, **options),
        (np.maximum, "reduce"): lambda a, axis=0, **options: _max(a, axis, **options),
        (np.minimum, "reduce"): lambda a, axis=0, **options: _min(a, axis, **options),
        (np.add, "accumulate"): lambda a, axis=0, **options: _cumsum(a, axis, **options),
        (np.multiply, "accumulate"): lambda a, axis=0, **options: _cumprod(a, axis, **options),
        (np.logaddexp, "reduce"): lambda a, axis=0, *, keepdims=False, **options: logsumexp(
            _prepared(a, axis, None, options)[0], axis=axis, keepdims=keepdims
        ),
    }
)  # fmt: skip


def _running(run: Any) -> Any:
    """Return the form of a running total that came with NumPy 2.1."""

    def total_of(
        x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False, **_: Any
    ) -> Any:
        if include_initial:
            raise TypeError("include_initial= is not covered by autodiff: use np.concatenate")
        if axis is None and np.ndim(x) != 1:
            raise ValueError(f"`axis` must be given for an array of {np.ndim(x)} dimensions")
        return run(x, 0 if axis is None else axis, dtype)

    return total_of


for _name, _function in {
    "cumulative_sum": _running(_cumsum), "cumulative_prod": _running(_cumprod), "trapz": _trapezoid,
}.items():  # fmt: skip
    if hasattr(np, _name):
        FUNCTIONS[getattr(np, _name)] = _function

INSTEAD.update(
    {
        **dict.fromkeys(
            (
                np.nanvar,
                np.nanstd,
                np.nanmedian,
                np.nanquantile,
                np.nanpercentile,
                np.nancumsum,
                np.nancumprod,
            ),
            "select the numbers with a boolean index first",
        ),
        np.gradient: "use np.diff",
        np.polyfit: "use np.linalg.lstsq with np.vander",
        np.roots: "roots may be complex; use autodiff.root near one of them",
        **dict.fromkeys(
            (np.fft.fft, np.fft.ifft, np.fft.fft2, np.fft.fftn, np.fft.rfft, np.fft.irfft),
            "it is complex; write the sum with np.cos and np.sin",
        ),
    }
)
