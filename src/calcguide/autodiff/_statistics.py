"""Statistics: means, variances, quantiles, covariances.

    mean x = Σ xᵢ / n        var x = Σ (xᵢ − mean x)² / (n − ddof)

They are made of sums and sorted elements, whose derivatives are known. The standard deviation of equal numbers has
derivative 0, like a norm at the zero vector.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from calcguide.autodiff._reductions import count_along, nansum, prepared, root_of_squares, sum_of
from calcguide.autodiff._shaping import astype
from calcguide.autodiff._tracer import FUNCTIONS, INSTEAD, plain, unset


def _mean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    a, axes = prepared(a, axis, dtype, options)
    return sum_of(a, axes, keepdims=keepdims) / count_along(np.shape(a), axes)


def _nanmean(a: Any, axis: Any = None, *, keepdims: Any = False, **options: Any) -> Any:
    count = np.sum(~np.isnan(plain(a)), axis=axis, keepdims=keepdims is True)
    return nansum(a, axis, keepdims=keepdims, **options) / count.astype(plain(a).dtype)


def _average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, **options: Any) -> Any:
    if returned:
        raise TypeError("average with returned= is not covered by autodiff: sum the weights with np.sum")
    if weights is None:
        return _mean(a, axis, **options)
    if np.ndim(weights) == 1 and np.ndim(a) > 1:
        weights = np.reshape(weights, tuple(-1 if i == axis % np.ndim(a) else 1 for i in range(np.ndim(a))))
        weights = np.broadcast_to(weights, np.shape(a))
    return np.sum(a * weights, axis=axis, **options) / np.sum(weights, axis=axis, **options)


def _var(
    a: Any, axis: Any = None, dtype: Any = None, *, ddof: Any = 0, correction: Any = None, keepdims: Any = False,
    mean: Any = None, **options: Any,
) -> Any:  # fmt: skip
    a, axes = prepared(a, axis, dtype, options)
    if unset(mean):
        mean = _mean(a, axes, keepdims=True)
    away = a - mean
    free = correction if isinstance(correction, int | float) else ddof
    return sum_of(away * away, axes, keepdims=keepdims) / (count_along(np.shape(a), axes) - free)


# -- Quantiles: elements in order, and straight lines between them -----------------------------------------------------


def _quantile(
    a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: Any = False, **options: Any
) -> Any:
    """Interpolate between the sorted elements."""
    options.pop("overwrite_input", None)
    if hasattr(q, "scope"):
        raise TypeError(
            "the derivative of a quantile with respect to `q` is not covered by autodiff: use np.interp"
        )
    a, axes = prepared(a, axis, None, {k: v for k, v in options.items() if v is not False})
    if method != "linear":
        raise TypeError(f"quantile with method={method!r} is not covered by autodiff: use np.sort")
    shape = np.shape(a)
    rest = [i for i in range(len(shape)) if i not in axes]
    n = count_along(shape, axes)
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


# -- Covariance --------------------------------------------------------------------------------------------------------


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


FUNCTIONS.update(
    {
        np.mean: _mean, np.nanmean: _nanmean, np.average: _average, np.var: _var,
        np.std: lambda *args, **options: root_of_squares(_var(*args, **options)), np.median: _median,
        np.quantile: _quantile, np.percentile: _percentile, np.cov: _cov, np.corrcoef: _corrcoef,
    }
)  # fmt: skip
INSTEAD.update(
    dict.fromkeys(
        (np.nanvar, np.nanstd, np.nanmedian, np.nanquantile, np.nanpercentile, np.nancumsum, np.nancumprod),
        "select the numbers with a boolean index first",
    )
)
