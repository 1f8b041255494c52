"""The weights of difference formulas are exact, and the formulas have the order they claim."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from calcguide.differences._stencils import moment_weights, stencil

FORMULAS = [("central", n, order) for n in (1, 2, 3, 4) for order in (2, 4, 6)] + [
    (method, n, order) for method in ("forward", "backward") for n in (1, 2, 3, 4) for order in range(1, 7)
]


@pytest.mark.parametrize(
    ("method", "n", "order", "nodes", "weights"),
    [
        # Fornberg (1988), tables 1 and 3, and Abramowitz and Stegun 25.3.
        ("forward", 1, 1, [0, 1], [-1, 1]),
        ("forward", 1, 2, [0, 1, 2], [-3 / 2, 2, -1 / 2]),
        ("backward", 1, 1, [0, -1], [1, -1]),
        ("central", 1, 2, [-1, 1], [-1 / 2, 1 / 2]),
        ("central", 1, 4, [-2, -1, 1, 2], [1 / 12, -2 / 3, 2 / 3, -1 / 12]),
        ("central", 1, 6, [-3, -2, -1, 1, 2, 3], [-1 / 60, 3 / 20, -3 / 4, 3 / 4, -3 / 20, 1 / 60]),
        ("central", 2, 2, [-1, 0, 1], [1, -2, 1]),
        ("central", 2, 4, [-2, -1, 0, 1, 2], [-1 / 12, 4 / 3, -5 / 2, 4 / 3, -1 / 12]),
        ("central", 3, 2, [-2, -1, 1, 2], [-1 / 2, 1, -1, 1 / 2]),
        ("central", 4, 2, [-2, -1, 0, 1, 2], [1, -4, 6, -4, 1]),
        ("forward", 2, 1, [0, 1, 2], [1, -2, 1]),
    ],
)
def test_known_formulas(method: str, n: int, order: int, nodes: list[float], weights: list[float]) -> None:
    found = stencil(method, n, order)
    pairs = dict(zip(found.nodes.tolist(), found.weights.tolist(), strict=True))
    assert pairs == pytest.approx(dict(zip(nodes, weights, strict=True)), rel=1e-15)


@pytest.mark.parametrize(("method", "n", "order"), FORMULAS)
def test_exact_for_polynomials_up_to_their_order_and_no_further(method: str, n: int, order: int) -> None:
    formula = stencil(method, n, order)
    for power in range(n + order):
        exact = factorial(n) if power == n else 0
        terms = formula.weights * formula.nodes**power
        assert terms.sum() == pytest.approx(exact, abs=1e-14 * np.abs(terms).sum())
    assert abs(formula.weights @ formula.nodes ** (n + order)) > 1e-3


@pytest.mark.parametrize(("method", "n", "order"), FORMULAS)
def test_convergence_order(method: str, n: int, order: int) -> None:
    """The error of exp at 0 falls with the order-th power of h: the slope between two steps where it dominates."""
    formula = stencil(method, n, order)
    errors = [abs(formula.weights @ np.exp(formula.nodes * h) / h**n - 1) for h in (2.0**-3, 2.0**-4)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.75)


def test_moment_weights_find_a_pivot_below() -> None:
    # The first condition has a zero in front: the node 0 does not see the power 1.
    assert moment_weights([0, 1], [1, 0], 1) == [-1.0, 1.0]
