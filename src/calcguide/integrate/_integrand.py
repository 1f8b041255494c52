"""The one place where the caller's function is called: its shape checked, its evaluations counted.

Every rule of this room hands nodes over, gets values back, and weighs them,

    ∫ f(x) dx ≈ Σ_i w_i f(x_i),

with the nodes on axis 0 of both: x of shape (m,), or (m, d) in d dimensions, and f(x) of shape (m,), or (m, ...) where
`f` has several values. Values that are not finite are handed on, and `trouble` says where the first was met: a
rule for singular ends expects some, the others give up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_CONVERGED, NOT_FINITE, IntegralResult, plain
from calcguide._typing import DOUBLE, Array, Function
from calcguide._validation import as_float, as_positive, check_callable

EPS = float(np.finfo(np.float64).eps)
#: Rounding of the values and of their sum, in units of ε ∫ |f|.
ROUND_OFF = 16 * EPS
#: Errors up to this multiple of the rounding count as rounding, which inside `fun` is larger than one can see.
FLOOR = 8


class Integrand:
    """A function of the caller, checked and counted.

    Attributes
    ----------
    nfev : int
        Points at which the function was evaluated.
    value_shape : tuple of int or None
        Shape of the function's value at one point, known after the first call.
    """

    __slots__ = ("fun", "name", "nfev", "value_shape")

    def __init__(self, fun: Function, name: str = "fun") -> None:
        self.fun, self.name = check_callable(name, fun), name
        self.nfev = 0
        self.value_shape: tuple[int, ...] | None = None

    @np.errstate(all="ignore")  # as a decorator, at half the cost of a `with` block
    def __call__(self, x: Array) -> Array:
        """Evaluate at all nodes in one call, `x` being an array that is not used again: the function may write into it."""
        values = np.asarray(self.fun(x))
        m, kind = len(x), values.dtype
        self.nfev += m
        if kind is not DOUBLE and kind.kind not in "fiub":
            raise TypeError(self._not_real(values))
        if values.shape == (m,) and not self.value_shape:
            self.value_shape = ()
        else:
            self._check_shape(values, x)
        return values if kind is DOUBLE else values.astype(np.float64)

    def _check_shape(self, values: Any, x: Array) -> None:
        """Accept several values a node, as many as on the first call; explain any other shape."""
        m = len(x)
        if values.ndim and values.shape[0] == m and self.value_shape in (None, values.shape[1:]):
            self.value_shape = values.shape[1:]
            return
        if not values.ndim:
            raise ValueError(
                f"`{self.name}` must return one value for each of the {m} points it gets, got a single number; "
                "for a constant c, return `np.full(len(x), c)`"
            )
        expected = (
            f"({m},) or ({m}, ...)"
            if self.value_shape is None
            else f"{(m, *self.value_shape)}, as at other points"
        )
        raise ValueError(
            f"`{self.name}` must return shape {expected} for points of shape {x.shape}, got shape {values.shape}"
        )

    def _not_real(self, values: Any) -> str:
        """Explain why values of this type cannot be summed."""
        if values.dtype.kind == "c":
            return f"`{self.name}` must return real values, got complex ones: integrate real and imaginary part apart"
        return f"`{self.name}` must return real numbers, got dtype {values.dtype}"

    def trouble(self, x: Array, values: Array) -> str:
        """Say where the first value that is not finite was met; an empty text if all of them are finite."""
        if np.isfinite(values).all():
            return ""
        where = tuple(np.argwhere(~np.isfinite(values))[0])
        place = np.array2string(x[where[0]], separator=", ") if x.ndim > 1 else f"{float(x[where[0]])!r}"
        return f"`{self.name}` returned {values[where]} at x={place}"


def weigh(w: Array, values: Array) -> Any:
    """Add up w_i f(x_i) over the nodes, axis 0."""
    if values.ndim == 1:
        return float(w.dot(values))
    return w.dot(values) if values.ndim == 2 else np.tensordot(w, values, 1)


@dataclass(frozen=True)
class Tolerance:
    """How large an error may be: ``max(atol, rtol |value|)``, or what rounding leaves within reach."""

    rtol: float
    atol: float

    @classmethod
    def checked(cls, rtol: float, atol: float) -> Tolerance:
        """Check what the caller asks for."""
        absolute = as_float("atol", atol)
        if absolute < 0:
            raise ValueError(f"`atol` must not be negative, got atol={absolute}")
        return cls(as_positive("rtol", rtol), absolute)

    def times(self, share: float) -> Tolerance:
        """Return a part of the tolerance."""
        return Tolerance(share * self.rtol, share * self.atol)

    def __call__(self, value: Any, rounding: Any) -> Any:
        """Return the largest error that is good enough. An integral of zero has no relative error: rounding is its scale."""
        return np.maximum(np.maximum(self.atol, self.rtol * np.abs(value)), FLOOR * rounding)


def concluded(
    value: Any, error: Any, integrand: Integrand, status: int = CONVERGED, message: str = ""
) -> IntegralResult:
    """Put a result together, in the shape of one value of the integrand; where it is not finite there is no value."""
    shape = integrand.value_shape or ()
    if status == NOT_FINITE:
        value, error = np.full(shape, np.nan), np.full(shape, np.inf)
    value, error = (plain(np.reshape(part, shape)) for part in (value, error))
    found = message or "the integral was found"
    return IntegralResult(value, error, integrand.nfev, status, status == CONVERGED, found)


def judged(
    value: Any, error: Any, rounding: Any, integrand: Integrand, tolerance: Tolerance, advice: str = ""
) -> IntegralResult:
    """Conclude whether the tolerance is met; if not, say by how much, and what may help."""
    missed = ~(error <= tolerance(value, rounding))
    if not missed.any():
        return concluded(value, error, integrand)
    worst = int(np.argmax(np.where(missed, error, -1.0)))
    message = f"the integral is {value[worst]:.6g} with an estimated error of {error[worst]:.1g}, above the tolerance"
    return concluded(value, error, integrand, NOT_CONVERGED, f"{message}{advice}")


def nothing(integrand: Integrand, a: float) -> IntegralResult:
    """Integrate from a to a: zero, in the shape that the integrand has there."""
    integrand(np.array([a if isfinite(a) else 0.0]))
    zero = np.zeros(integrand.value_shape or ())
    return concluded(zero, zero, integrand)
