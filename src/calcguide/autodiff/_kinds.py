"""Kinds of primitives, by what their rules have in common.

A linear function moves a tangent as it moves its operand, and a cotangent by its transpose:

    y = A x        ẏ = A ẋ        x̄ = Aᵀ ȳ

A function of matrices, which are in the last two axes, takes a stack of tangents as more matrices. One of any number of
operands has a rule for each of them. And of a family of functions each is the derivative of the one before.
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


def family(name: str, derivative: Callable[..., Any]) -> Primitive:
    """Declare the derivatives of all orders of an elementwise function: ``derivative(x, n=n)`` is the n-th."""

    def rule(t: Any, y: Any, x: Any, *, n: int) -> Any:
        del y
        return t * primitive(x, n=n + 1)

    primitive = Primitive(name, derivative, [rule], [rule], elementwise=True)
    return primitive


class Each:
    """As many rules as there are operands: ``rule(k, t, operands, **options)`` for the k-th."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.rule = rule

    def __getitem__(self, k: int) -> Callable[..., Any]:
        return lambda t, y, *operands, **options: self.rule(k, t, operands, **options)


def lead(t: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with the axis of stacked tangents before it."""
    return (np.shape(t)[0], *shape)
