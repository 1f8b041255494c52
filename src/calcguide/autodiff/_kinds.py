"""Kinds of primitives, by what their rules have in common.

A linear function moves a tangent as it moves its operand, and a cotangent by its transpose:

    y = A x        ẏ = A ẋ        x̄ = Aᵀ ȳ

A function of matrices, which are in the last two axes, takes a stack of tangents as more matrices. One of any number of
operands has a rule for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive


def linear(
    name: str,
    fun: Callable[..., Any],
    transpose: Callable[..., Any],
    batched: Callable[..., Any] | None = None,
    into: Callable[..., None] | None = None,
) -> Primitive:
    """Declare a linear function of one array: ``transpose(g, y, x, **options)`` is its vjp.

    ``batched(t, y, x, **options)`` applies it to a stack of tangents.
    """

    def push(t: Any, y: Any, x: Any, **options: Any) -> Any:
        del y, x
        return primitive(t, **options)

    def push_stack(k: int, t: Any, y: Any, x: Any, **options: Any) -> Any:
        del k
        assert batched is not None  # noqa: S101  # else this is not called
        return batched(t, y, x, **options)

    primitive = Primitive(name, fun, [push], [transpose], batched=push_stack if batched else None, into=into)
    return primitive


def stackable(name: str, fun: Any, jvp: Any, vjp: Any) -> Primitive:
    """Declare a function of matrices whose jvp takes any axes before those of the matrix, hence also a stack."""
    return Primitive(name, fun, [jvp], [vjp], batched=lambda k, *args: jvp(*args))


class Each:
    """As many rules as there are operands: ``rule(k, t, operands, **options)`` for the k-th."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.rule = rule

    def __getitem__(self, k: int) -> Callable[..., Any]:
        return lambda t, y, *operands, **options: self.rule(k, t, operands, **options)


def lead(t: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with the axis of stacked tangents before it."""
    return (np.shape(t)[0], *shape)


def unset(option: Any) -> bool:
    """Tell whether an option was left out, as NumPy's dispatch shows it."""
    return option is None or option is np._NoValue  # noqa: SLF001  # it has no public name
