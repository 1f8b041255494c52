"""Parameters as one vector, observations as rows: the forms in which likelihoods and estimators compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide import autodiff
from calcguide._results import plain
from calcguide._typing import Array, Function
from calcguide._validation import as_float_array
from calcguide.autodiff._containers import flatten, settle


@dataclass(frozen=True)
class Parameters:
    """A vector of numbers, and the way back to the array or container that they came in."""

    vector: Array
    restore: Callable[[Any], Any]
    """Takes a vector, traced or not, or a stack of vectors along the first axis."""

    @classmethod
    def of(cls, name: str, tree: Any) -> Parameters:
        """Take an array, or nested tuples, lists and dicts of arrays, apart."""
        leaves, rebuild = flatten(tree)
        arrays = [as_float_array(name, leaf) for leaf in leaves]
        if not arrays:
            raise ValueError(f"`{name}` must not be empty, got {tree!r}")
        ends = np.cumsum([array.size for array in arrays]).tolist()

        def restore(vector: Any) -> Any:
            stack = np.shape(vector)[:-1]
            parts: list[Any] = [
                np.reshape(vector[..., end - array.size : end], stack + array.shape)
                for array, end in zip(arrays, ends, strict=True)
            ]
            return rebuild([plain(part) if isinstance(part, np.ndarray) else part for part in parts])

        return cls(np.concatenate([array.ravel() for array in arrays]), restore)


def as_observations(name: str, tree: Any) -> tuple[Any, int]:
    """Return data as arrays with one observation a row, in the form they came in, and how many there are.

    Integers stay integers: a label may be an index. The arrays can be read only.
    """
    leaves, rebuild = flatten(tree)
    if not leaves:
        raise ValueError(f"`{name}` must not be empty, got {tree!r}")
    arrays = [_as_data(name, leaf) for leaf in leaves]
    lengths = {len(array) for array in arrays}
    if len(lengths) != 1:
        raise ValueError(f"the arrays of `{name}` must have one length, got {[len(a) for a in arrays]}")
    return rebuild(arrays), lengths.pop()


def _as_data(name: str, leaf: Any) -> Any:
    try:
        array = np.asarray(leaf)
    except ValueError:
        raise ValueError(f"`{name}` must be a regular array, got rows of different lengths") from None
    checked = as_float_array(name, array.astype(np.uint8) if array.dtype.kind == "b" else array)
    if not array.ndim:
        raise ValueError(f"`{name}` must hold observations along its first axis, got one number")
    kept = (checked if array.dtype.kind == "f" else array).view()
    kept.flags.writeable = (
        False  # it may be the caller's, and a function that writes into it would spoil the next call
    )
    return kept


def one_each(name: str, values: Any, count: int) -> Any:
    """Insist that a function returned one number for each of so many observations."""
    values = settle(values)
    if np.shape(values) != (count,):
        raise ValueError(
            f"`{name}` must return one number for each of {count} observations, shape ({count},); "
            f"got shape {np.shape(values)}"
        )
    return values


def slopes(fun: Function, theta: Array, count: int) -> Array:
    """Return the gradient of each of so many values by a vector of parameters, of shape (count, p)."""
    mode = "forward" if theta.size <= count else "reverse"
    return np.asarray(autodiff.jacobian(fun, mode=mode)(theta))
