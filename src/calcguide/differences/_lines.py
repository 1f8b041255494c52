"""A function seen along lines: the one form in which every derivative here is taken.

Each line p is a function of one variable, ``φ_p(t) = f(x_p + t v_p)``, and a derivative of `f` is a derivative of
φ_p at t = 0. `PointLines` pass through many points of an elementwise function of one variable; `SpaceLines`
pass through one point of a function of several variables, in many directions. The rules that differentiate
(`_adaptive`, `_fixed`) know only what the two share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from calcguide._typing import Array, Function

#: Which lines: a slice where they are consecutive (and nothing need be copied), else their numbers.
Index: TypeAlias = "slice | np.ndarray[Any, np.dtype[np.intp]]"


class Lines(Protocol):
    """Functions of one variable, ``φ_p(t)`` for p = 0, …, size − 1, each with values of one shape."""

    size: int
    value_shape: tuple[int, ...]

    def location(self, index: Index) -> Any:
        """Return |x_p| / |v_p|: how far from the origin the lines start, in the unit of t. A hint of scale."""

    def at(self, index: Index, t: Any) -> Any:
        """Return ``φ_p(t_p)`` for the lines in `index`, stacked along axis 0."""

    def center(self, index: Index) -> Any:
        """Return ``φ_p(0)`` for the lines in `index`, in a shape that broadcasts against `at`."""

    def name(self, p: int) -> str:
        """Say where line p starts, for messages."""


class PointLines:
    """The lines ``φ_p(t) = f(x_p + t)`` through many points of an elementwise function."""

    value_shape: tuple[int, ...] = ()

    def __init__(self, fun: Function, x: Array, args: tuple[Array, ...] = ()) -> None:
        self.fun, self.x, self.args = fun, x, args
        self.size = x.size

    def location(self, index: Index) -> Any:
        """Return the size of the points."""
        return np.abs(self.x[index])

    def at(self, index: Index, t: Any) -> Any:
        """Evaluate at the points, moved by t."""
        points = self.x[index] + t
        values = self.fun(points, *(a[index] for a in self.args))
        return checked_values(values, points.shape, points.dtype)

    def center(self, index: Index) -> Any:
        """Evaluate at the points themselves."""
        return self.at(index, 0.0)

    def name(self, p: int) -> str:
        """Say which point it is."""
        return f"x={self.x[p]}"


class OnePointLine(PointLines):
    """The line through a single point of a function that wants numbers, not arrays (`math.sin`, say)."""

    middle: Any = None

    def at(self, index: Index, t: Any) -> Any:
        """Evaluate at the moved point; a function that refuses to be evaluated there is not defined there."""
        try:
            return self._value(self.x[index] + t, index)
        except (ArithmeticError, ValueError):
            self.center(index)  # a function that refuses at the point itself has another fault, and says it
            return np.array([np.nan])

    def center(self, index: Index) -> Any:
        """Evaluate at the point itself, once."""
        if self.middle is None:
            self.middle = self._value(self.x[index], index)
        return self.middle

    def _value(self, points: Any, index: Index) -> Any:
        value = self.fun(points[0], *(a[index][0] for a in self.args))
        return checked_values(value, (), points.dtype).reshape(1)


class SpaceLines:
    """The lines ``φ_p(t) = f(x + t v_p)`` through one point; ``move(p, t)`` returns a fresh ``x + t v_p``."""

    def __init__(self, fun: Function, x: Array, move: Callable[[int, Any], Any], distance: Array) -> None:
        self.fun, self.move, self.distance, self.size = fun, move, distance, distance.size
        self.x, self.calls = x, 1
        with np.errstate(all="ignore"):
            value = np.asarray(fun(x.copy()))
        self.base = checked_values(value, value.shape, x.dtype)
        self.value_shape = self.base.shape

    def location(self, index: Index) -> Any:
        """Return what was given: only who chose the directions knows the unit of t."""
        return self.distance[index]

    def at(self, index: Index, t: Any) -> Any:
        """Evaluate line by line; a function that refuses to be evaluated somewhere is not defined there."""
        numbers = np.arange(self.size)[index]
        steps = np.broadcast_to(t, numbers.shape)
        values = np.empty((numbers.size, *self.value_shape), steps.dtype)
        self.calls += numbers.size
        for row, p, step in zip(range(numbers.size), numbers.tolist(), steps, strict=True):
            point = self.move(p, step)
            try:
                value = self.fun(point)
            except (ArithmeticError, ValueError):
                if steps.dtype.kind == "c":
                    raise
                value = np.full(self.value_shape, np.nan)
            values[row] = checked_values(value, self.value_shape, steps.dtype)
        return values

    def center(self, index: Index) -> Any:
        """Return the value at the point: one for all lines, since all start there."""
        del index
        return self.base[np.newaxis]

    def name(self, p: int) -> str:
        """Say which point it is; the lines of one point are not told apart."""
        del p
        return f"x={np.array2string(self.x, threshold=6, separator=', ')}"


def checked_values(values: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Return what the caller's function returned as an array, or say what is wrong with it."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"`fun` must return numbers, got dtype {array.dtype}")
    if array.dtype.kind == "c" and dtype.kind != "c":
        raise TypeError("`fun` must return real values for a real argument, got complex ones")
    if array.shape != shape:
        if array.ndim:
            raise ValueError(f"`fun` must return shape {shape} for such an argument, got shape {array.shape}")
        array = np.full(shape, array)  # a constant function may return its constant
    if dtype.kind == "c" and array.dtype.kind != "c":
        raise TypeError(
            "`fun` must carry complex arguments through to its values for method='complex', got real values: "
            "abs, maximum, real and comparisons lose the imaginary part; use another method"
        )
    return array if array.dtype == dtype else array.astype(dtype)
