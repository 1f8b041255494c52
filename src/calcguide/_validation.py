"""Argument checks with one voice: the name, the rule, the value.

Each helper returns the argument in the form the library computes with, and never changes what it was
given. A wrong type is a `TypeError`, a wrong value a `ValueError`.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable
from math import isnan
from typing import Any

import numpy as np

from calcguide._typing import Array, ArrayLike, Function

#: The largest finite number.
LARGEST = sys.float_info.max


def check_callable(name: str, value: Any) -> Function:
    """Return `value` if it can be called."""
    if not callable(value):
        raise TypeError(f"`{name}` must be callable, got {_shown(value)}")
    return value  # type: ignore[no-any-return]  # `callable` narrows to `(...) -> object`


def check_one_of(name: str, value: Any, allowed: Iterable[Any]) -> Any:
    """Return `value` if it is one of the allowed choices."""
    choices = tuple(allowed)
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        listed = ", ".join(map(repr, choices))
        raise ValueError(f"`{name}` must be one of {listed}, got {_shown(value)}")
    return value


def as_int(name: str, value: Any, *, low: int | None = None, high: int | None = None) -> int:
    """Return `value` as an integer within ``low <= value <= high``."""
    if type(value) is not int and isinstance(value, bool | np.bool_):
        raise TypeError(f"`{name}` must be an integer, got {_shown(value)}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` must be an integer, got {_shown(value)}") from None
    if (low is not None and number < low) or (high is not None and number > high):
        rule = (
            f"at least {low}"
            if high is None
            else f"at most {high}"
            if low is None
            else f"from {low} to {high}"
        )
        raise ValueError(f"`{name}` must be {rule}, got {name}={number}")
    return number


def as_float(name: str, value: Any, *, finite: bool = True) -> float:
    """Return `value` as one real number; the usual ones without the cost of looking at them as arrays."""
    if type(value) in (float, int) and -LARGEST <= value <= LARGEST:
        return float(value)
    array = as_float_array(name, value, finite=finite)
    if array.ndim:
        raise ValueError(f"`{name}` must be one number, got an array of shape {array.shape}")
    return float(array)


def as_limit(name: str, value: Any, *, finite: bool = True) -> float:
    """Return a limit of integration as a number."""
    if type(value) is float and -LARGEST <= value <= LARGEST:
        return value  # every rule asks twice: not even a further call is free
    number = as_float(name, value, finite=finite)
    if isnan(number):
        raise ValueError(f"`{name}` must be a number or infinite, got {name}=nan")
    return number


def as_positive(name: str, value: Any) -> float:
    """Return `value` as one real number greater than zero."""
    number = as_float(name, value)
    if number <= 0:
        raise ValueError(f"`{name}` must be positive, got {name}={number}")
    return number


def check_below(name: str, low: float, other: str, high: float) -> None:
    """Insist that one number is less than another."""
    if not low < high:
        raise ValueError(f"`{name}` must be less than `{other}`, got {name}={low}, {other}={high}")


def as_float_array(
    name: str, value: ArrayLike, *, ndim: int | None = None, finite: bool = True, empty: bool = False
) -> Array:
    """Return `value` as a float64 array: integers become floats, anything that is not real is refused.

    The result may share memory with `value`; callers do not write into it.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"`{name}` must be a regular array, got rows of different lengths") from None
    if array.dtype.kind == "c":
        raise TypeError(f"`{name}` must be real, got complex values")
    if array.dtype.kind not in "fiu":
        raise TypeError(f"`{name}` must hold real numbers, got {_shown(value)}")
    if not empty and array.size == 0:
        raise ValueError(f"`{name}` must not be empty, got shape {array.shape}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"`{name}` must have {ndim} dimension{'s' * (ndim != 1)}, got shape {array.shape}")
    array = array.astype(np.float64, copy=False)
    if finite and not np.isfinite(array).all():
        raise ValueError(f"`{name}` must be finite, got {_first_not_finite(name, array)}")
    return array


def _first_not_finite(name: str, array: Array) -> str:
    """Point at the first NaN or infinity in `array`."""
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    index = f"[{', '.join(map(str, where))}]" if where else ""
    return f"{name}{index}={array[where]}"


def _shown(value: Any) -> str:
    """Show a value in an error message without flooding it."""
    text = repr(value)
    if len(text) > 60:
        text = f"{text[:57]}..."
    return f"{text} of type {type(value).__name__}"
