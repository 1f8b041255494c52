"""One formula, one step: forward, backward and central differences, and the complex step."""

from __future__ import annotations

from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_FINITE
from calcguide.differences._adaptive import BLOCK, Estimate
from calcguide.differences._lines import Lines
from calcguide.differences._stencils import Stencil
from calcguide.differences._steps import COMPLEX_STEP, EPS, default_step

#: A default step that leaves the domain of the function is divided by 16 until it does not, and once more to be well
#: within, this often at most.
SHRINKS = 13


def fixed(lines: Lines, formula: Stencil, h: float | None, *, judged: bool) -> Estimate:
    """Apply a formula to every line; `judged` asks for error estimates, at twice the evaluations.

    The error is estimated by halving the step: for a formula of order p, ``D(h) − D(h/2)`` is the fraction
    1 − 2⁻ᵖ of the truncation error, and it feels the round-off of both.
    """
    steps = (
        default_step(lines.location(slice(None)), formula.n, formula.order)
        if h is None
        else np.full(lines.size, h)
    )
    with np.errstate(all="ignore"):
        value, _ = _apply(lines, slice(None), formula, steps)
        evaluations = np.full(lines.size, len(formula.nodes))
        finite = np.isfinite(value)
        everywhere = finite.all()
        outside = np.arange(0) if everywhere or h is not None else np.flatnonzero(~_all(finite))
        for _ in range(SHRINKS):
            if not outside.size:
                break
            steps[outside] /= 16
            inside = _all(finite[outside])
            value[outside], _ = _apply(lines, outside, formula, steps[outside])
            finite[outside] = np.isfinite(value[outside])
            evaluations[outside] += len(formula.nodes)
            outside = outside[~inside]
        status = np.full(value.shape, CONVERGED)
        step, error = _column(steps, value), np.array(np.nan)
        if judged:
            step = np.broadcast_to(step, value.shape)
            half, values = _apply(lines, slice(None), formula, steps / 2)
            evaluations += len(formula.nodes)
            roundoff = EPS * _weighted(np.abs(formula.weights), np.abs(values)) / step**formula.n
            error = np.abs(value - half) / (1 - 0.5**formula.order) + roundoff
            error[~finite] = np.inf
    if not everywhere:
        value[~finite], status[~finite] = np.nan, NOT_FINITE
    return Estimate(value, error, step, status, evaluations)


def complex_step(lines: Lines) -> Estimate:
    """Return ``Im f(x + ih) / h`` for every line: a first derivative without subtraction."""
    value = np.empty((lines.size, *lines.value_shape))
    length = max(1, BLOCK // max(1, int(np.prod(lines.value_shape))))
    with np.errstate(all="ignore"):
        for start in range(0, lines.size, length):
            block = slice(start, min(start + length, lines.size))
            moved = lines.at(block, np.array([[1j * COMPLEX_STEP]]))[0]
            value[block] = np.where(np.isfinite(moved), moved.imag / COMPLEX_STEP, np.nan)
    status = np.where(np.isfinite(value), CONVERGED, NOT_FINITE)
    value[status == NOT_FINITE] = np.nan
    error = np.where(status == CONVERGED, 2 * EPS * np.abs(value), np.inf)
    return Estimate(value, error, np.full(value.shape, COMPLEX_STEP), status, np.full(lines.size, 1))


def _apply(lines: Lines, index: Any, formula: Stencil, h: Any) -> tuple[Any, Any]:
    """Return h⁻ⁿ Σ w_i φ(t_i h) for the lines in `index`, and the values φ(t_i h)."""
    values = lines.at(index, np.multiply.outer(formula.nodes, h))
    value = _weighted(formula.weights, values)
    value /= _column(h, value) ** formula.n
    return value, values


def _weighted(weights: Any, values: Any) -> Any:
    """Return Σ w_i values[i]."""
    return (weights @ values.reshape(len(weights), -1)).reshape(values.shape[1:])


def _column(h: Any, values: Any) -> Any:
    """Shape one number a line so that it broadcasts against values of shape (lines, *value_shape)."""
    return h.reshape(-1, *(1,) * (values.ndim - 1))


def _all(finite: Any) -> Any:
    """Tell for each line whether all its entries are finite."""
    return finite.reshape(len(finite), -1).all(axis=1)
