"""Read what was handed in as real values, or say in plain words why that is impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calcguide._validation import as_float_array

if TYPE_CHECKING:
    from calcguide._typing import Array, Function

_WANTED = {
    "number": "One real number is wanted",
    "vector": "A vector of real numbers is wanted",
    "function": "A function is wanted, something to call with x",
}


class UnfitError(Exception):
    """The answer cannot be compared; the message says why."""


def read(kind: str, answer: Any, shape: tuple[int, ...], points: tuple[float, ...]) -> Array:
    """Return a number, a vector's entries, or a function's values at the points."""
    if kind == "function":
        function = _function(answer)
        return np.array([_value(function, x) for x in points])
    if callable(answer) and not hasattr(answer, "__array__"):
        raise UnfitError(f"{_WANTED[kind]}, got a function: hand in its value.")
    values = _real(answer, _WANTED[kind])
    if values.shape != shape:
        wanted = f"{_WANTED[kind]}, shape {shape}" if shape else _WANTED[kind]
        raise UnfitError(f"{wanted}, got {'one number' if not values.shape else f'shape {values.shape}'}.")
    return values


def read_on_array(function: Function, points: tuple[float, ...]) -> Array:
    """Return the values of a function that is called once with all points."""
    x = np.array(points)
    value = _call(function, x, "Right for single numbers. Called with an array")
    values = _real(
        value, f"Right for single numbers. Called with an array of shape {x.shape}, real numbers are wanted"
    )
    if values.shape != x.shape:
        raise UnfitError(
            f"Right for single numbers. Called with an array of shape {x.shape}, your function must return "
            f"one value for each entry, got shape {values.shape}."
        )
    return values


def _function(answer: Any) -> Function:
    # A SymPy symbol can be called, which makes it the name of an unknown function.
    if getattr(answer, "free_symbols", None):
        raise UnfitError("That is a SymPy expression: make it a function with sympy.lambdify(x, expression).")
    if not callable(answer):
        raise UnfitError(f"{_WANTED['function']}, got {_named(answer)}.")
    function: Function = answer
    return function


def _value(function: Function, x: float) -> float:
    """Call a function with one number and insist on one number."""
    value = _real(_call(function, x, f"Called with x = {x:.6g}"), f"At x = {x:.6g} one real number is wanted")
    if value.ndim:
        raise UnfitError(
            f"At x = {x:.6g} one real number is wanted, your function returned shape {value.shape}."
        )
    return float(value)


def _call(function: Function, x: Any, when: str) -> Any:
    """Call the reader's function; what it raises is an answer too."""
    try:
        with np.errstate(all="ignore"):
            value = function(x)
    except Exception as error:  # the reader's function may raise anything
        more = " NumPy's functions, such as np.sin, take arrays." if isinstance(x, np.ndarray) else ""
        raise UnfitError(f"{when}, your function raised {type(error).__name__}: {error}.{more}") from error
    if value is None:
        raise UnfitError(f"{when}, your function returned nothing: it needs a return statement.")
    return value


def _real(answer: Any, wanted: str) -> Array:
    """Return `answer` as finite float64 values; fractions and symbolic numbers are welcome."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind == "O":
            array = np.array([_exact(entry) for entry in array.flat]).reshape(array.shape)
        values = as_float_array("answer", array, finite=False, empty=True)
    except Exception:  # noqa: BLE001  # an unknown object may raise anything when it is made an array
        raise UnfitError(f"{wanted}, got {_named(answer)}.") from None
    if not np.isfinite(values).all():
        raise UnfitError(f"{wanted}, got {values[~np.isfinite(values)].flat[0]}.")
    return values.copy()


def _exact(entry: Any) -> float:
    if isinstance(entry, str | bytes | bool):
        raise TypeError(entry)
    return float(entry)


def _named(answer: Any) -> str:
    """Show an answer in a message without flooding it."""
    text = repr(answer)
    return f"{text if len(text) <= 40 else text[:37] + '...'} of type {type(answer).__name__}"
