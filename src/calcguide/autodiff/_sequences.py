"""Sequences: where the order of the elements counts.

Running totals and differences, convolutions, lines between points, polynomials by their coefficients.

    yₖ = Σ_{i≤k} xᵢ        ẏₖ = Σ_{i≤k} ẋᵢ        x̄ᵢ = Σ_{k≥i} ȳₖ
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive
from calcguide.autodiff._kinds import linear
from calcguide.autodiff._shaping import astype
from calcguide.autodiff._tracer import FUNCTIONS, INSTEAD, plain, unset

# -- Running totals, and differences -----------------------------------------------------------------------------------


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


# -- Convolutions ------------------------------------------------------------------------------------------------------


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


# -- Lines, and polynomials --------------------------------------------------------------------------------------------


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


FUNCTIONS.update(
    {
        np.cumsum: _cumsum, np.cumprod: _cumprod, np.diff: _diff, np.trapezoid: _trapezoid, np.convolve: _convolve,
        np.correlate: _correlate, np.linspace: _linspace, np.interp: _interp, np.polyval: _polyval,
        np.vander: _vander,
        (np.add, "accumulate"): lambda a, axis=0, **options: _cumsum(a, axis, **options),
        (np.multiply, "accumulate"): lambda a, axis=0, **options: _cumprod(a, axis, **options),
    }
)  # fmt: skip
for _name, _function in {
    "cumulative_sum": _running(_cumsum), "cumulative_prod": _running(_cumprod), "trapz": _trapezoid,
}.items():  # fmt: skip
    if hasattr(np, _name):
        FUNCTIONS[getattr(np, _name)] = _function
INSTEAD.update(
    {
        np.gradient: "use np.diff",
        np.polyfit: "use np.linalg.lstsq with np.vander",
        np.roots: "roots may be complex; use autodiff.root near one of them",
        **dict.fromkeys(
            (np.fft.fft, np.fft.ifft, np.fft.fft2, np.fft.fftn, np.fft.rfft, np.fft.irfft),
            "it is complex; write the sum with np.cos and np.sin",
        ),
    }
)
