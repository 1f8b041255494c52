"""Finite-difference formulas, with exact weights.

A formula for the n-th derivative evaluates `f` at the points ``x + t_i h`` and adds

    f⁽ⁿ⁾(x) ≈ h⁻ⁿ Σ_i w_i f(x + t_i h),   where   Σ_i w_i t_iᵖ = n! if p = n, else 0,

for as many powers p as there are nodes t_i. Put the Taylor series of `f` into the sum to see it: the conditions
leave f⁽ⁿ⁾(x) and remove the other terms, up to the first power that is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import factorial

import numpy as np

from calcguide._typing import Array


@dataclass(frozen=True)
class Stencil:
    """The formula ``f⁽ⁿ⁾(x) = h⁻ⁿ Σ w_i f(x + t_i h) + O(h^order)``, without the nodes of weight zero."""

    n: int
    order: int
    nodes: Array
    weights: Array


def moment_weights(nodes: Iterable[float], powers: Sequence[int], n: int) -> list[float]:
    """Solve the conditions above for the weights, in fractions: rounding happens once, at the end."""
    exact = [Fraction(node) for node in nodes]
    rows = [[t**p for t in exact] + [Fraction(factorial(n) if p == n else 0)] for p in powers]
    for column in range(len(rows)):  # Gauss-Jordan elimination
        pivot = next(row for row in rows[column:] if row[column])
        rows.remove(pivot)
        rows.insert(column, [entry / pivot[column] for entry in pivot])
        for i, row in enumerate(rows):
            if i != column:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[column], strict=True)]
    return [float(row[-1]) for row in rows]


@lru_cache
def stencil(method: str, n: int, order: int) -> Stencil:
    """Return the shortest formula on equally spaced points with this order of accuracy.

    One-sided formulas need n + order points. Central ones gain an order from their symmetry, and reach
    ⌈n/2⌉ − 1 + order/2 points to either side.
    """
    if method == "central":
        reach = (n + 1) // 2 - 1 + order // 2
        nodes = list(range(-reach, reach + 1))
    else:
        sign = 1 if method == "forward" else -1
        nodes = [sign * i for i in range(n + order)]
    weights = moment_weights(nodes, range(len(nodes)), n)
    used = [(t, w) for t, w in zip(nodes, weights, strict=True) if w]
    return Stencil(n, order, np.array([float(t) for t, _ in used]), np.array([w for _, w in used]))
