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
        """Return ``φ_p(t_ip)`` of shape (nodes, lines, *value_shape), for t of shape (nodes, lines) or (nodes, 1)."""

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
        """Evaluate at the points moved by all t, in one call."""
        points = self.x[index] + t
        args = (np.broadcast_to(a[index], points.shape).ravel() for a in self.args)
        values = self.fun(points.ravel(), *args)
        return checked_values(values, (points.size,), points.dtype, "like its argument").reshape(points.shape)

    def name(self, p: int) -> str:
        """Say which point it is."""
        return f"x={self.x[p]}"


class OnePointLine(PointLines):
    """The line through a single point of a function that wants numbers, not arrays (`math.sin`, say)."""

    middle: Any = None

    def at(self, index: Index, t: Any) -> Any:
        """Evaluate step by step; a function that refuses to be evaluated at a moved point is not defined there."""
        return np.stack([self._moved(index, step) for step in t])

    def _moved(self, index: Index, step: Any) -> Any:
        if not step.any():
            return self._center(index)
        try:
            return self._value(self.x[index] + step, index)
        except (ArithmeticError, ValueError):
            self._center(index)  # a function that refuses at the point itself has another fault, and says it
            return np.array([np.nan])

    def _center(self, index: Index) -> Any:
        """Evaluate at the point itself, once."""
        if self.middle is None:
            self.middle = self._value(self.x[index], index)
        return self.middle

    def _value(self, points: Any, index: Index) -> Any:
        value = self.fun(points[0], *(a[index][0] for a in self.args))
        return checked_values(value, (), points.dtype, "like its argument").reshape(1)


class SpaceLines:
    """The lines ``φ_p(t) = f(x + t v_p)`` through one point; ``move(p, t)`` returns a fresh ``x + t v_p``."""

    def __init__(self, fun: Function, x: Array, move: Callable[[int, Any], Any], distance: Array) -> None:
        self.fun, self.move, self.distance, self.size = fun, move, distance, distance.size
        self.x, self.calls = x, 1
        with np.errstate(all="ignore"):
            value = np.asarray(fun(x.copy()))
        self.base = checked_values(value, value.shape, x.dtype, "as at other points")
        self.value_shape = self.base.shape

    def location(self, index: Index) -> Any:
        """Return what was given: only who chose the directions knows the unit of t."""
        return self.distance[index]

    def at(self, index: Index, t: Any) -> Any:
        """Evaluate node by node and line by line, but at the point itself only once."""
        numbers = np.arange(self.size)[index].tolist()
        steps = t if t.shape[1] == len(numbers) else np.broadcast_to(t, (len(t), len(numbers)))
        values = np.empty((*steps.shape, *self.value_shape), steps.dtype)
        for found, row in zip(values, steps, strict=True):
            for j, (p, step) in enumerate(zip(numbers, row, strict=True)):
                found[j] = self._moved(p, step) if step else self.base
        return values

    def _moved(self, p: int, step: Any) -> Any:
        """Evaluate at one moved point; a function that refuses to be evaluated there is not defined there."""
        self.calls += 1
        point = self.move(p, step)
        try:
            value = self.fun(point)
        except (ArithmeticError, ValueError):
            if np.iscomplexobj(point):
                raise
            return np.nan
        return checked_values(value, self.value_shape, point.dtype, "as at other points")

    def name(self, p: int) -> str:
        """Say which point it is; the lines of one point are not told apart."""
        del p
        return f"x={np.array2string(self.x, threshold=6, separator=', ')}"


def checked_values(values: Any, shape: tuple[int, ...], dtype: np.dtype[Any], why: str) -> Any:
    """Return what the caller's function returned as an array, or say what is wrong with it, and why that shape."""
    if type(values) is np.ndarray and values.dtype is dtype and values.shape == shape:
        return values  # as a rule
    array = np.asarray(values)
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"`fun` must return numbers, got dtype {array.dtype}")
    if array.dtype.kind == "c" and dtype.kind != "c":
        raise TypeError("`fun` must return real values for a real argument, got complex ones")
    if array.shape != shape:
        if array.ndim:
            raise ValueError(f"`fun` must return shape {shape} here, {why}, got shape {array.shape}")
        array = np.full(shape, array)  # a constant function may return its constant
    if dtype.kind == "c" and array.dtype.kind != "c":
        raise TypeError(
            "`fun` must carry complex arguments through to its values for method='complex', got real values: "
            "abs, maximum, real and comparisons lose the imaginary part; use another method"
        )
    return array if array.dtype == dtype else array.astype(dtype)
