"""Arguments as nested tuples, lists and dicts of arrays: taken apart into leaves, and put together again.

A list or tuple that holds nothing but numbers, at any depth, is an array, as everywhere in NumPy; one that
holds an array, a traced value or a dict is a container.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Number
from typing import Any

import numpy as np

from calcguide.autodiff._tracer import Tracer, primal

#: Puts leaves together in the form they came in.
Rebuild = Callable[[Sequence[Any]], Any]


def _alone(leaves: Sequence[Any]) -> Any:
    return leaves[0]


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """Return the leaves of a container, and how to put others in their places."""
    if isinstance(tree, np.ndarray | Tracer | Number) or _is_array(tree):
        return [tree], _alone
    if isinstance(tree, dict):
        keys, parts = list(tree), list(tree.values())
        leaves, rebuild = _flatten_all(parts)
        return leaves, lambda new: dict(zip(keys, rebuild(new), strict=True))
    if isinstance(tree, list | tuple):
        leaves, rebuild = _flatten_all(tree)
        kind = type(tree)
        if hasattr(kind, "_fields"):  # a named tuple takes its parts one by one
            return leaves, lambda new: kind(*rebuild(new))
        return leaves, lambda new: kind(rebuild(new))
    return [tree], _alone


def _is_array(tree: Any) -> bool:
    """Tell whether a list or tuple is an array written out."""
    if isinstance(tree, list | tuple):
        return bool(tree) and all(_is_array(part) for part in tree)
    return isinstance(tree, Number)


def _flatten_all(parts: Sequence[Any]) -> tuple[list[Any], Callable[[Sequence[Any]], list[Any]]]:
    pieces = [flatten(part) for part in parts]
    leaves = [leaf for piece, _ in pieces for leaf in piece]

    def rebuild(new: Sequence[Any]) -> list[Any]:
        values = iter(new)
        return [build([next(values) for _ in piece]) for piece, build in pieces]

    return leaves, rebuild


def as_leaf(name: str, leaf: Any) -> Any:
    """Return a leaf in the form that is traced: an array or a NumPy number of floating-point type, or a tracer."""
    if isinstance(leaf, Tracer):
        return leaf
    array = np.asarray(leaf)
    kind = array.dtype.kind
    if kind == "O" and isinstance(traced := settle(array), Tracer):
        return traced
    if kind == "c":
        raise TypeError(
            f"`{name}` must be real, got complex values: complex numbers are out of autodiff's scope"
        )
    if kind not in "fiu":
        raise TypeError(f"`{name}` must hold real numbers, got {leaf!r:.60} of type {type(leaf).__name__}")
    if kind != "f":
        array = array.astype(np.float64)
    return array if array.ndim else array[()]


def settle(y: Any) -> Any:
    """Turn what a function returned into one traced array or a plain one: `np.array` of traced numbers is neither."""
    if isinstance(y, Tracer):
        return y
    array = np.asarray(y)
    if array.dtype.kind != "O":
        return y
    parts = array.ravel().tolist()
    if not parts or not all(isinstance(part, Tracer | Number) for part in parts):
        raise TypeError(
            f"`fun` must return numbers or arrays of them, got {y!r:.60} of type {type(y).__name__}"
        )
    return np.reshape(np.stack(parts), array.shape) if array.ndim else parts[0]


def number(y: Any) -> Any:
    """Return a number of double precision as a plain one; an array of no axes is a number, all else stays as it is."""
    if type(y) is np.ndarray and not y.ndim:
        y = y[()]
    return float(y) if type(y) is np.float64 else y


def matching(name: str, tree: Any, like: Sequence[Any]) -> list[Any]:
    """Return the leaves of a tangent or cotangent, of the shapes that they must have."""
    leaves = [as_leaf(name, leaf) for leaf in flatten(tree)[0]]
    shapes, wanted = [np.shape(leaf) for leaf in leaves], [np.shape(value) for value in like]
    if shapes != wanted:
        got, rule = (s[0] if len(s) == 1 else s for s in (shapes, wanted))
        raise ValueError(f"the {name} must have shape {rule}, got {got}")
    return leaves


def zero_like(value: Any) -> Any:
    """Return a zero of the shape and type of a value."""
    plain = primal(value)
    return np.zeros(np.shape(plain), plain.dtype)[()]


def one_like(value: Any) -> Any:
    """Return a one of the shape and type of a value."""
    plain = np.asarray(primal(value))
    return np.ones(plain.shape, plain.dtype if plain.dtype.kind == "f" else np.float64)[()]


def copied(value: Any) -> Any:
    """Copy an array that somebody else may have, or write into."""
    return value.copy() if isinstance(value, np.ndarray) else value


def unshared(arrays: Sequence[Any]) -> list[Any]:
    """Copy those of some fresh arrays that share memory with others, or with themselves."""
    seen: set[int] = set()
    result = []
    for array in arrays:
        shared = isinstance(array, np.ndarray) and (id(array) in seen or array.base is not None)
        seen.add(id(array))
        result.append(array.copy() if shared else array)
    return result
