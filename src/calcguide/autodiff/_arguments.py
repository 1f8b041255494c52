"""Which arguments: f(x₁, …, xₙ) as a function of some of its arguments, named by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calcguide._validation import as_int


def as_argnums(argnums: Any) -> int | list[int]:
    """Return a position, or several."""
    if isinstance(argnums, tuple | list):
        if not argnums:
            raise ValueError("`argnums` must not be empty")
        return [as_int("argnums", part) for part in argnums]
    return as_int("argnums", argnums)


def pick(argnums: int | Sequence[int], args: tuple[Any, ...]) -> tuple[list[int], list[Any]]:
    """Return the places of the arguments to differentiate by, and the arguments."""
    places = [argnums] if isinstance(argnums, int) else list(argnums)
    for place in places:
        if not -len(args) <= place < len(args):
            raise ValueError(f"`argnums` must name one of the {len(args)} arguments by position, got {place}")
    places = [place % len(args) for place in places]
    return places, [args[place] for place in places]


def replaced(args: tuple[Any, ...], places: list[int], new: Sequence[Any]) -> list[Any]:
    """Return the arguments with some of them replaced."""
    result = list(args)
    for place, value in zip(places, new, strict=True):
        result[place] = value
    return result
