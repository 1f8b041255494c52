"""Rules with fixed nodes: exact cases, orders as slopes, estimates, conventions, arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate as peer

from calcguide.functions import cubic
from calcguide.integrate import (
    gauss_hermite,
    gauss_laguerre,
    gauss_legendre,
    riemann_sum,
    simpson,
    trapezoid,
)

EPS = np.finfo(float).eps
COMPOSITE = {
    "left": (lambda f, a, b, n, **o: riemann_sum(f, a, b, n, rule="left", **o), 1),
    "right": (lambda f, a, b, n, **o: riemann_sum(f, a, b, n, rule="right", **o), 1),
    "midpoint": (lambda f, a, b, n, **o: riemann_sum(f, a, b, n, rule="midpoint", **o), 2),
    "trapezoid": (trapezoid, 2),
    "simpson": (simpson, 4),
}
RULES = {**COMPOSITE, "gauss_legendre": (gauss_legendre, None)}
each_composite = pytest.mark.parametrize(("rule", "order"), COMPOSITE.values(), ids=COMPOSITE)
each_rule = pytest.mark.parametrize("rule", [rule for rule, _ in RULES.values()], ids=RULES)


class TestExact:
    def test_the_left_sum_of_2x_is_minus_two(self) -> None:
        """A2c, A2d: the integral over [-10, 10] is 0; each rectangle of width 0.1 misses 0.01."""
        assert riemann_sum(lambda x: 2 * x, -10, 10, 200) == pytest.approx(-2.0, abs=1e-12)
        assert riemann_sum(lambda x: 2 * x, -10, 10, 200, rule="right") == pytest.approx(2.0, abs=1e-12)
        assert riemann_sum(lambda x: 2 * x, -10, 10, 200, rule="midpoint") == pytest.approx(0.0, abs=1e-12)

    @pytest.mark.parametrize(
        ("rule", "degree"),
        [
            (RULES["left"][0], 0),
            (RULES["right"][0], 0),
            (RULES["midpoint"][0], 1),
            (trapezoid, 1),
            (simpson, 3),
        ],
        ids=["left", "right", "midpoint", "trapezoid", "simpson"],
    )
    def test_degree_of_exactness(self, rule: Any, degree: int) -> None:
        a, b, n = -0.5, 2.0, 2
        for power in range(degree + 2):
            found = rule(lambda x, p=power: x**p, a, b, n)
            exact = (b ** (power + 1) - a ** (power + 1)) / (power + 1)
            if power <= degree:
                assert found == pytest.approx(exact, rel=8 * EPS)
            else:
                assert abs(found - exact) > 1e-2

    @pytest.mark.parametrize("n", [1, 2, 5, 20])
    def test_gauss_is_exact_to_degree_2n_minus_1(self, n: int) -> None:
        for power in range(2 * n):
            found = gauss_legendre(lambda x, p=power: x**p, 0, 1, n)
            assert found == pytest.approx(1 / (power + 1), rel=20 * EPS)
        if n < 20:  # for n = 20 the error is below round-off
            miss = gauss_legendre(lambda x: x ** (2 * n), 0, 1, n) - 1 / (2 * n + 1)
            # ∫ P_n(2x − 1)² dx over the square of its leading coefficient, by the error term of Gauss's rule
            leading = math.comb(2 * n, n)
            assert miss == pytest.approx(-1 / ((2 * n + 1) * leading**2), rel=1e-6)

    def test_area_task(self) -> None:
        """A2t: the integral of 3x² − 4x over [-10, 10] is 2000."""
        assert simpson(lambda x: 3 * x**2 - 4 * x, -10, 10, 2) == pytest.approx(2000, rel=8 * EPS)

    def test_nodes_are_where_they_should_be(self) -> None:
        seen: list[list[float]] = []
        for rule in ("left", "midpoint", "right"):
            riemann_sum(lambda x: seen.append(x.tolist()) or x, 1, 3, 2, rule=rule)
        trapezoid(lambda x: seen.append(x.tolist()) or x, 1, 3, 2)
        assert seen == [[1, 2], [1.5, 2.5], [2, 3], [1, 2, 3]]

    def test_limits_are_hit_to_the_last_bit(self) -> None:
        # One unit beyond 0.3 and the root would be NaN.
        found = trapezoid(lambda x: np.sqrt((x - 0.1) * (0.3 - x)), 0.1, 0.3, 7)
        assert found > 0

    def test_expectations(self) -> None:
        assert gauss_hermite(lambda x: x**2, 2, mean=3.0, std=2.0) == pytest.approx(13.0, rel=8 * EPS)
        assert gauss_hermite(lambda x: np.cos(x), 30) == pytest.approx(math.exp(-0.5), rel=1e-14)
        assert gauss_laguerre(lambda x: x**3, 2, rate=2.0) == pytest.approx(6 / 8, rel=8 * EPS)
        assert gauss_laguerre(lambda x: np.exp(-x), 30, rate=3.0) == pytest.approx(0.75, rel=1e-14)


class TestOrder:
    @each_composite
    def test_slope(self, rule: Any, order: int) -> None:
        n = np.array([16, 32, 64, 128])
        error = [abs(rule(np.exp, 0, 1, int(m)) - math.expm1(1)) for m in n]
        slope = np.polyfit(np.log(n), np.log(error), 1)[0]
        assert slope == pytest.approx(-order, abs=0.05)

    def test_first_terms_of_the_errors(self) -> None:
        n, h = 64, 1 / 64
        rise = math.expm1(1)  # f(b) − f(a), and f'(b) − f'(a)
        exact = math.expm1(1)
        assert riemann_sum(np.exp, 0, 1, n) - exact == pytest.approx(-h / 2 * rise, rel=1e-2)
        assert trapezoid(np.exp, 0, 1, n) - exact == pytest.approx(h**2 / 12 * rise, rel=1e-3)
        assert riemann_sum(np.exp, 0, 1, n, rule="midpoint") - exact == pytest.approx(
            -(h**2) / 24 * rise, rel=1e-3
        )
        assert simpson(np.exp, 0, 1, n) - exact == pytest.approx(h**4 / 180 * rise, rel=1e-3)

    def test_trapezoid_of_a_periodic_function_converges_geometrically(self) -> None:
        exact = 2 * math.pi * float(np.i0(1.0))
        error = [abs(trapezoid(lambda t: np.exp(np.cos(t)), 0, 2 * np.pi, n) - exact) for n in (4, 8, 12)]
        assert error[1] < 1e-3 * error[0]
        assert error[2] < 1e-3 * error[1]

    def test_gauss_converges_by_the_ellipse_of_analyticity(self) -> None:
        """1/(1 + 16 x²) has poles at ±i/4: the error falls by ρ² = (1/4 + √(1 + 1/16))² with each node."""
        exact = math.atan(4) / 2
        n = np.arange(10, 60, 2)
        error = [abs(gauss_legendre(lambda x: 1 / (1 + 16 * x**2), -1, 1, int(m)) - exact) for m in n]
        rho = 0.25 + math.sqrt(1 + 1 / 16)
        assert np.polyfit(n, np.log(error), 1)[0] == pytest.approx(-2 * math.log(rho), rel=0.02)


class TestEstimates:
    @each_composite
    @pytest.mark.parametrize("n", [10, 14, 100])
    def test_error_to_leading_order(self, rule: Any, order: int, n: int) -> None:
        result = rule(np.exp, 0, 1, n, full_output=True)
        wrong = abs(result.value - math.expm1(1))
        assert result.error == pytest.approx(wrong, rel=0.2)
        assert (result.status, result.success, result.message) == (0, True, "the integral was found")

    @pytest.mark.parametrize("n", [3, 6, 10, 40])
    def test_gauss_is_covered(self, n: int) -> None:
        result = gauss_legendre(np.exp, 0, 1, n, full_output=True)
        assert abs(result.value - math.expm1(1)) <= result.error
        assert result.nfev == 2 * n - 1
        result = gauss_hermite(np.exp, n, full_output=True)
        assert abs(result.value - math.exp(0.5)) <= result.error
        result = gauss_laguerre(lambda x: np.cos(x / 4), n, full_output=True)
        assert abs(result.value - 16 / 17) <= result.error

    def test_cost(self) -> None:
        assert (
            trapezoid(np.exp, 0, 1, 8, full_output=True).nfev == 9
        )  # the coarse grid is part of the fine one
        assert simpson(np.exp, 0, 1, 8, full_output=True).nfev == 9
        assert riemann_sum(np.exp, 0, 1, 8, full_output=True).nfev == 8
        assert riemann_sum(np.exp, 0, 1, 8, rule="right", full_output=True).nfev == 8
        assert riemann_sum(np.exp, 0, 1, 8, rule="midpoint", full_output=True).nfev == 12
        assert trapezoid(np.exp, 0, 1, 9, full_output=True).nfev == 10 + 5

    @each_rule
    def test_the_estimate_does_not_change_the_value(self, rule: Any) -> None:
        assert rule(np.exp, 0, 2, 6, full_output=True).value == rule(np.exp, 0, 2, 6)

    def test_nothing_to_compare_with(self) -> None:
        assert riemann_sum(np.exp, 0, 1, 1, full_output=True).error == math.inf
        assert simpson(np.exp, 0, 1, 2, full_output=True).error == math.inf
        assert gauss_legendre(np.exp, 0, 1, 1, full_output=True).error == math.inf


class TestConventions:
    @each_rule
    def test_reversed_and_equal_limits(self, rule: Any) -> None:
        swap = {RULES["left"][0]: RULES["right"][0], RULES["right"][0]: RULES["left"][0]}
        there = rule(cubic, 0.5, 2, 4)
        assert swap.get(rule, rule)(cubic, 2, 0.5, 4) == pytest.approx(-there, rel=8 * EPS)
        assert rule(np.exp, 1.5, 1.5, 4) == 0
        assert rule(np.exp, 1.5, 1.5, 4, full_output=True).value == 0

    @each_rule
    def test_several_values(self, rule: Any) -> None:
        def fun(x: np.ndarray) -> np.ndarray:
            return np.multiply.outer(np.sin(x), np.arange(6.0).reshape(2, 3))

        result = rule(fun, 0, 1, 4, full_output=True)
        assert result.value == pytest.approx(rule(np.sin, 0, 1, 4) * np.arange(6.0).reshape(2, 3))
        assert result.error.shape == (2, 3)
        assert rule(lambda x: np.stack([x, x**2], axis=-1), 0, 1, 4).shape == (2,)

    @each_rule
    def test_types(self, rule: Any) -> None:
        assert type(rule(np.exp, 0, 1, 4)) is float
        assert type(rule(np.exp, np.float64(0), np.int64(1), 4)) is float
        assert rule(lambda x: np.ones(len(x), dtype=int), 0, 2, 4) == pytest.approx(2.0)
        assert rule(lambda x: x > -1, 0, 2, 4) == pytest.approx(2.0)
        result = rule(np.exp, 0, 1, 4, full_output=True)
        assert [type(p) for p in (result.value, result.error, result.nfev, result.status)] == [
            float,
            float,
            int,
            int,
        ]

    @each_rule
    def test_an_integrand_that_writes_into_its_argument(self, rule: Any) -> None:
        def spiteful(x: np.ndarray) -> np.ndarray:
            x *= 2
            return x

        for _ in range(2):
            assert rule(spiteful, 0, 1, 4, full_output=True).value == pytest.approx(
                rule(lambda x: 2 * x, 0, 1, 4)
            )

    @given(
        a=st.floats(-3, 3),
        width=st.floats(0.01, 5),
        n=st.integers(1, 20),
        coefficients=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    )
    def test_linearity(self, a: float, width: float, n: int, coefficients: tuple[float, float]) -> None:
        p, q = coefficients
        for rule, _ in RULES.values():
            both = rule(lambda x: p * np.sin(x) + q * np.exp(x), a, a + width, 2 * n)
            apart = p * rule(np.sin, a, a + width, 2 * n) + q * rule(np.exp, a, a + width, 2 * n)
            assert both == pytest.approx(apart, rel=1e-12, abs=1e-10)

    @given(n=st.integers(1, 50), a=st.floats(-2, 2), b=st.floats(-2, 2))
    def test_relations_between_the_rules(self, n: int, a: float, b: float) -> None:
        left, right, middle = (riemann_sum(np.cos, a, b, n, rule=r) for r in ("left", "right", "midpoint"))
        assert trapezoid(np.cos, a, b, n) == pytest.approx((left + right) / 2, abs=1e-14)
        assert simpson(np.cos, a, b, 2 * n) == pytest.approx(
            (trapezoid(np.cos, a, b, n) + 2 * middle) / 3, abs=1e-14
        )

    def test_samples_of_scipy(self) -> None:
        x = np.linspace(0.2, 3, 33)
        assert trapezoid(np.log, 0.2, 3, 32) == pytest.approx(peer.trapezoid(np.log(x), x), rel=1e-13)
        assert simpson(np.log, 0.2, 3, 32) == pytest.approx(peer.simpson(np.log(x), x=x), rel=1e-13)
        assert gauss_legendre(np.log, 0.2, 3, 5) == pytest.approx(
            peer.fixed_quad(np.log, 0.2, 3, n=5)[0], rel=1e-13
        )


class TestKeptNodes:
    """Nodes of small rules are kept for the next call with the same limits."""

    @each_rule
    @pytest.mark.parametrize("n", [4, 1000, 1002], ids=["small", "the largest kept", "not kept"])
    def test_other_limits_and_functions(self, rule: Any, n: int) -> None:
        if rule is gauss_legendre:
            n = min(n, 1000)
        for a, b in [(0, 1), (0, 2), (1, 0), (0, 1)]:
            seen: list[np.ndarray] = []
            found = rule(lambda x, seen=seen: seen.append(x.copy()) or 1 + 0 * x, a, b, n)
            assert found == pytest.approx(b - a, rel=1e-13)
            assert min(a, b) <= seen[0].min() < seen[0].max() <= max(a, b)

    def test_negative_zero_is_zero_whoever_comes_first(self) -> None:
        for b in (0.0, -0.0, 0.0):
            assert trapezoid(lambda x: 1 / x, -1, b, 4, full_output=True).message == (
                "`fun` returned inf at x=0.0"
            )

    def test_a_grid_that_is_part_of_another_backwards(self) -> None:
        assert trapezoid(np.exp, 1, 0, 8, full_output=True).nfev == 9
        assert riemann_sum(np.exp, 1, 0, 8, rule="right", full_output=True).nfev == 8


class TestBadInput:
    @each_rule
    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ((1.0, 0, 1, 4), TypeError, r"`fun` must be callable, got 1.0 of type float"),
            ((np.exp, "0", 1, 4), TypeError, r"`a` must hold real numbers, got '0' of type str"),
            ((np.exp, 0, 1j, 4), TypeError, r"`b` must be real"),
            ((np.exp, math.nan, 1, 4), ValueError, r"`a` must be finite, got a=nan"),
            ((np.exp, 0, math.inf, 4), ValueError, r"`b` must be finite, got b=inf"),
            ((np.exp, [0, 1], 1, 4), ValueError, r"`a` must be one number, got an array of shape \(2,\)"),
            ((np.exp, 0, 1, 4.0), TypeError, r"`n` must be an integer, got 4.0 of type float"),
            ((np.exp, 0, 1, 0), ValueError, r"`n` must be"),
            (
                (lambda x: 3.0, 0, 1, 4),
                ValueError,
                r"got a single number; for a constant c, return `np.full\(len\(x\), c\)`",
            ),
            (
                (lambda x: x[:-1], 0, 1, 4),
                ValueError,
                r"`fun` must return shape \(\d,\) or \(\d, ...\).*got shape",
            ),
            ((lambda x: x[np.newaxis], 0, 1, 4), ValueError, r"got shape \(1, \d\)"),
            ((lambda x: x + 1j, 0, 1, 4), TypeError, r"integrate real and imaginary part apart"),
            (
                (lambda x: np.array(["a"] * len(x)), 0, 1, 4),
                TypeError,
                r"`fun` must return real numbers, got dtype <U1",
            ),
        ],
    )
    def test_messages(self, rule: Any, arguments: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            rule(*arguments)

    def test_what_belongs_to_one_rule(self) -> None:
        with pytest.raises(
            ValueError, match=r"`rule` must be one of 'left', 'right', 'midpoint', got 'center'"
        ):
            riemann_sum(np.exp, 0, 1, 4, rule="center")
        with pytest.raises(ValueError, match=r"`n` must be even, a parabola spans two cells; got n=5"):
            simpson(np.exp, 0, 1, 5)
        with pytest.raises(ValueError, match=r"`n` must be from 1 to 1000, got n=1001"):
            gauss_legendre(np.exp, 0, 1, 1001)
        with pytest.raises(ValueError, match=r"`n` must be from 1 to 300, got n=301"):
            gauss_laguerre(np.exp, 301)
        with pytest.raises(ValueError, match=r"`std` must be positive, got std=0"):
            gauss_hermite(np.exp, 3, std=0)
        with pytest.raises(ValueError, match=r"`rate` must be positive, got rate=-1"):
            gauss_laguerre(np.exp, 3, rate=-1)

    def test_a_function_that_is_not_finite(self) -> None:
        for rule in (RULES["left"][0], trapezoid, simpson):
            with pytest.raises(
                ValueError, match=r"`fun` returned inf at x=0.0; `full_output=True` returns what"
            ):
                rule(lambda x: 1 / x, 0, 1, 4)
        result = trapezoid(lambda x: np.stack([1 / x, x], axis=-1), 0, 1, 4, full_output=True)
        assert (result.status, result.success, result.message) == (2, False, "`fun` returned inf at x=0.0")
        assert np.isnan(result.value).all()
        assert np.isinf(result.error).all()
        assert trapezoid(lambda x: x * 1e308, 0, 1e10, 4, full_output=True).status == 2
