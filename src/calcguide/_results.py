"""The frozen result objects that numeric routines return, and how they reach the caller."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields
from typing import Any

#: What a status says.
CONVERGED, NOT_CONVERGED, NOT_FINITE, DIVERGENT = 0, 1, 2, 3


class AccuracyWarning(RuntimeWarning):
    """A value is returned although its error estimate exceeds the tolerance."""


class Result:
    """A result of several parts, one attribute each; the dataclasses below and in the rooms are of this kind."""

    def __repr__(self) -> str:
        """Show one attribute a line, as SciPy's results do."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # a dataclass
        return "\n".join(f"{name:>8}: {value}" for name, value in parts.items())


@dataclass(frozen=True, repr=False)
class DifferenceResult(Result):
    """A derivative from function values, with what is known about its quality.

    Attributes
    ----------
    value : float or ndarray
        The derivative.
    error : float or ndarray
        Estimate of the absolute error of `value`, of the same shape: truncation plus round-off.
    step : float or ndarray
        The step that gave `value`: the largest one where steps were extrapolated.
    nfev : int or ndarray of int
        Evaluations of the function: for each point where the function works point by point, in all otherwise.
    status : int or ndarray of int
        0: the tolerance is met; 1: it is not, `error` says how far off; 2: the function is not finite there.
    success : bool
        Whether the tolerance is met everywhere.
    message : str
        The status in words; where statuses differ, the worst one, with the first point that has it.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.differences import derivative
    >>> result = derivative(np.tanh, 0.5, full_output=True)
    >>> result.value, 1 - float(np.tanh(0.5)) ** 2
    (0.7864477, 0.7864477)
    >>> result.nfev, result.status, result.message
    (7, 0, 'the derivative was found')
    """

    value: Any
    error: Any
    step: Any
    nfev: Any
    status: Any
    success: bool
    message: str


@dataclass(frozen=True, repr=False)
class IntegralResult(Result):
    """An integral from function values, with what is known about its quality.

    Attributes
    ----------
    value : float or ndarray
        The integral: an array where the integrand has several values.
    error : float or ndarray
        Estimate of the absolute error of `value`, of the same shape: truncation plus round-off.
    nfev : int
        Points at which the integrand was evaluated.
    status : int
        0: the tolerance is met; 1: it is not, `error` says how far off; 2: the integrand is not finite at a point
        inside; 3: the integral seems to diverge.
    success : bool
        Whether the status is 0.
    message : str
        The status in words.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.integrate import integral
    >>> result = integral(np.cos, 0, 1, full_output=True)
    >>> result.value, float(np.sin(1.0))
    (0.84147098480790, 0.84147098480790)
    >>> result.error < 1e-13, result.nfev, result.status, result.message
    (True, 136, 0, 'the integral was found')
    """

    value: Any
    error: Any
    nfev: int
    status: int
    success: bool
    message: str


def deliver(result: IntegralResult, *, full_output: bool, stacklevel: int = 3) -> Any:
    """Hand over the value alone, or everything that is known about it.

    A value alone must be one that can be trusted: where the integrand is not finite it is an error, where the tolerance
    is missed or the integral seems to diverge a warning. With `full_output` all of them are a status.
    """
    if full_output:
        return result
    if result.status == NOT_FINITE:
        raise ValueError(f"{result.message}; `full_output=True` returns what could be found")
    if result.status != CONVERGED:
        warnings.warn(
            f"{result.message}; `full_output=True` returns the estimates",
            AccuracyWarning,
            stacklevel=stacklevel,
        )
    return result.value


def plain(array: Any) -> Any:
    """Turn an array of one number without dimensions into that number."""
    return array.item() if array.ndim == 0 else array
