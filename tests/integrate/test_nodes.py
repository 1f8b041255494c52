"""Nodes and weights of Gauss's and Kronrod's rules, against high precision."""

from __future__ import annotations

from math import factorial

import mpmath
import numpy as np
import pytest
from scipy import special

from calcguide.integrate._adaptive import GAUSS, KRONROD, NODES
from calcguide.integrate._nodes import hermite, laguerre, legendre

EPS = np.finfo(float).eps


def exact_legendre(n: int, guess: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Polish a node by Newton's iteration with 40 digits, and compute its weight."""
    with mpmath.workdps(40):
        x = mpmath.mpf(guess)
        for _ in range(5):
            before, p = mpmath.mpf(1), x
            for k in range(2, n + 1):
                before, p = p, ((2 * k - 1) * x * p - (k - 1) * before) / k
            slope = n * (x * p - before) / (x * x - 1)
            x -= p / slope
        return x, 2 / ((1 - x * x) * slope**2)


@pytest.mark.parametrize("n", [2, 3, 10, 101, 500])
def test_legendre_nodes_and_weights_are_good_to_the_last_digits(n: int) -> None:
    x, w = legendre(n)
    assert len(x) == len(w) == n
    assert (np.diff(x) > 0).all()
    for i in {0, 1, n // 4, n // 2, n - 1}:
        node, weight = exact_legendre(n, float(x[i]))
        assert abs(float(x[i] - node)) <= EPS
        # The recurrence takes n steps, whose roundings add up like √n.
        assert abs(float(w[i] / weight) - 1) <= 2 * EPS * (1 + np.sqrt(n))


def test_legendre_agrees_with_scipy() -> None:
    x, w = legendre(30)
    nodes, weights = special.roots_legendre(30)
    assert x == pytest.approx(nodes, abs=2 * EPS)
    assert w == pytest.approx(weights, abs=1e-14)


def test_legendre_is_symmetric_with_zero_in_the_middle() -> None:
    x, w = legendre(7)
    assert (x == -x[::-1]).all()
    assert (w == w[::-1]).all()
    assert str(x[3]) == "0.0"
    assert legendre(1)[1] == pytest.approx([2.0])


@pytest.mark.parametrize("n", [1, 2, 5, 50, 300])
def test_moments_of_the_normal_distribution(n: int) -> None:
    x, w = hermite(n)
    for power in range(min(2 * n, 13)):
        exact = 0 if power % 2 else factorial(power) / (2 ** (power // 2) * factorial(power // 2))
        assert w @ x**power == pytest.approx(exact, rel=1e-12, abs=1e-12 * factorial(power))


@pytest.mark.parametrize("n", [1, 2, 5, 50, 300])
def test_moments_of_the_exponential_distribution(n: int) -> None:
    x, w = laguerre(n)
    for power in range(min(2 * n, 9)):
        assert w @ x**power == pytest.approx(factorial(power), rel=1e-12)


def test_kronrod_is_exact_to_degree_22_and_gauss_to_13() -> None:
    """Odd powers vanish by symmetry; the first even one that is missed tells the degree."""
    for degree in range(0, 23, 2):
        assert KRONROD @ NODES**degree == pytest.approx(2 / (degree + 1), rel=8 * EPS)
    assert abs(KRONROD @ NODES**24 - 2 / 25) > 1e-10
    for degree in range(0, 13, 2):
        assert GAUSS @ NODES**degree == pytest.approx(2 / (degree + 1), rel=8 * EPS)
    assert abs(GAUSS @ NODES**14 - 2 / 15) > 1e-6


def test_what_is_kept_cannot_be_written_into() -> None:
    for rule in (legendre, hermite, laguerre):
        for part in rule(4):
            with pytest.raises(ValueError, match="read-only"):
                part[0] = 0.0
