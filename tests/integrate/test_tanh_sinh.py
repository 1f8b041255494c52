"""The tanh-sinh rule: singular ends, convergence, honesty about the rest beyond the outermost node."""

from __future__ import annotations

import math
from math import inf, pi
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from calcguide.integrate import AccuracyWarning, integral, tanh_sinh
from calcguide.integrate._double_exponential import Side, double_exponential

EPS = np.finfo(float).eps
# name: function, limits, exact value
SINGULAR = {
    "exp": (np.exp, 0, 1, math.expm1(1)),
    "√x": (np.sqrt, 0, 1, 2 / 3),
    "1/√x": (lambda x: x**-0.5, 0, 1, 2.0),
    "x^-0.99": (lambda x: x**-0.99, 0, 1, 100.0),
    "log x": (np.log, 0, 1, -1.0),
    "log³x/√x": (lambda x: np.log(x) ** 3 / np.sqrt(x), 0, 1, -96.0),
    "1/√(1-x)": (lambda x: (1 - x) ** -0.5, 0, 1, 2.0),
    "1/√(1-x²)": (lambda x: (1 - x * x) ** -0.5, -1, 1, pi),
    "log(1-x)": (lambda x: np.log1p(-x), 0, 1, -1.0),
    "(x-5)^-0.3": (lambda x: (x - 5) ** -0.3, 5, 7, 2**0.7 / 0.7),
    "beta": (lambda x: x**-0.7 * (1 - x) ** -0.2, 0, 1, float(special.beta(0.3, 0.8))),
    "cos 100x": (lambda x: np.cos(100 * x), 0, 1, math.sin(100) / 100),
    "zero": (np.zeros_like, 0, 1, 0.0),
    "odd": (np.sin, -1, 1, 0.0),
}


class TestAccuracy:
    @pytest.mark.parametrize(("fun", "a", "b", "exact"), SINGULAR.values(), ids=SINGULAR)
    def test_within_the_claimed_error(self, fun: Any, a: float, b: float, exact: float) -> None:
        result = tanh_sinh(fun, a, b, full_output=True)
        assert result.success, result.message
        assert abs(result.value - exact) <= result.error
        assert result.error <= 1e-10 * abs(exact) + 128 * EPS

    @given(alpha=st.floats(-0.98, 3), end=st.sampled_from([0.0, 1.0, -7.0]), log=st.booleans())
    def test_powers_at_either_end(self, alpha: float, end: float, log: bool) -> None:
        def fun(x: np.ndarray) -> np.ndarray:
            d = np.abs(x - end)
            return d**alpha * (np.log(d) if log else 1.0)

        exact = (-1 / (alpha + 1) ** 2) if log else 1 / (alpha + 1)
        for b in (end + 1, end - 1):
            result = tanh_sinh(fun, end, b, full_output=True)
            assert abs(result.value - (b - end) * exact) <= 3 * result.error  # an estimate, not a bound
            if end == 0 and not (
                log and alpha < -0.5
            ):  # a logarithm is no power, which shows where much is continued
                assert result.success, result.message

    def test_agrees_with_mpmath(self) -> None:
        exact = float(mpmath.quad(lambda u: 4 * mpmath.log(u) * mpmath.cos(u**2), [0, 1]))  # x = u²
        found = tanh_sinh(lambda x: np.log(x) * np.cos(x) / np.sqrt(x), 0, 1)
        assert found == pytest.approx(exact, rel=1e-12)

    def test_digits_double_when_the_step_is_halved(self) -> None:
        """The errors of steps 1/2, 1/4, 1/8: each has about twice as many digits as the one before, not four times the factor."""

        def error(h: float) -> float:
            side = [Side(lambda _, q: q[:, np.newaxis] ** -0.5, 0, 1e-290, 0.0)]
            side.append(Side(lambda _, q: (1 - q[:, np.newaxis]) ** -0.5, 1, 1e-18, 0.0))
            for one in side:
                one.refine(h, everything=True)
            return abs(float(sum(h * one.terms.sum() + one.rest(h).value[0] for one in side)) - 2)

        digits = [-math.log10(error(h)) for h in (1.0, 0.5, 0.25)]
        assert digits[1] > 1.7 * digits[0]
        assert digits[2] > 1.7 * digits[1]

    def test_cost(self) -> None:
        calls = []
        result = tanh_sinh(lambda x: calls.append(x) or x**-0.5, 0, 1, full_output=True)
        assert result.nfev == sum(map(len, calls)) < 100
        assert min(x.min() for x in calls) > 0
        assert max(x.max() for x in calls) < 1

    def test_several_values(self) -> None:
        result = tanh_sinh(lambda x: np.stack([x**-0.5, np.log(x), x**2], axis=-1), 0, 1, full_output=True)
        assert (np.abs(result.value - [2, -1, 1 / 3]) <= result.error).all()

    def test_the_rest_beyond_the_outermost_node(self) -> None:
        """Without it x^-0.99 would lack 1e-290^0.01 = 0.13 % of its integral."""
        side = Side(lambda _, q: q[:, np.newaxis] ** -0.99, 0, 1e-290, 0.0)
        side.refine(0.125, everything=True)
        rest = side.rest(0.125)
        assert rest.value[0] == pytest.approx(100 * side.q.min() ** 0.01, rel=0.5)
        assert rest.like_a_power
        assert not rest.divergent.any()

    def test_oscillation_is_not_taken_for_a_power(self) -> None:
        side = Side(lambda _, q: (np.sin(1 / q) / q)[:, np.newaxis], 0, 1e-290, 0.0)
        side.refine(0.125, everything=True)
        rest = side.rest(0.125)
        assert not rest.like_a_power
        assert rest.value == [0.0]
        assert rest.error > 1e-3

    def test_agreement_of_the_core_with_a_sum_by_hand(self) -> None:
        found = double_exponential(
            lambda _, q: (q * (1 - q))[:, np.newaxis], (1e-20, 1e-20), (0, 0), lambda *_: 1e-12
        )
        assert found.value[0] == pytest.approx(1 / 6, rel=1e-14)


class TestHonesty:
    @pytest.mark.parametrize(
        ("fun", "a", "b", "value", "place"),
        [
            pytest.param(lambda x: 1 / x, 0, 1, inf, "0.0", id="1/x"),
            pytest.param(lambda x: -(x**-3.0), 0, 1, -inf, "0.0", id="-1/x³"),
            pytest.param(lambda x: 1 / (x - 1), 0, 1, -inf, "1.0", id="at the upper limit"),
            pytest.param(lambda x: 1 / x, 1, 0, -inf, "0.0", id="reversed"),
        ],
    )
    def test_divergence(self, fun: Any, a: float, b: float, value: float, place: str) -> None:
        result = tanh_sinh(fun, a, b, full_output=True)
        assert (result.status, result.value, result.error) == (3, value, inf)
        assert result.message == f"the integral seems to diverge at x={place}"
        with pytest.warns(AccuracyWarning, match="seems to diverge"):
            tanh_sinh(fun, a, b)

    @pytest.mark.parametrize(
        ("fun", "exact"),
        [
            pytest.param(lambda x: np.abs(x - 0.3), 0.29, id="kink"),
            pytest.param(lambda x: (x > 0.3) * 1.0, 0.7, id="jump"),
            pytest.param(lambda x: 1 / (x * np.log(x / 2) ** 2), 1 / math.log(2), id="1/(x log²x)"),
            pytest.param(lambda x: (1 - x) ** -0.9, 10.0, id="(1-x)^-0.9"),
        ],
    )
    def test_a_missed_tolerance(self, fun: Any, exact: float) -> None:
        result = tanh_sinh(fun, 0, 1, full_output=True)
        assert (result.status, result.success) == (1, False)
        assert abs(result.value - exact) <= result.error
        with pytest.warns(AccuracyWarning, match="above the tolerance"):
            tanh_sinh(fun, 0, 1)

    def test_not_finite_inside(self) -> None:
        result = tanh_sinh(lambda x: np.sin(x) / x, -1, 1, full_output=True)
        assert (result.status, result.message) == (2, "`fun` returned nan at x=0.0")
        assert math.isnan(result.value)
        with pytest.raises(ValueError, match=r"`fun` returned nan at x=0.0; `full_output=True` returns"):
            tanh_sinh(lambda x: np.sin(x) / x, -1, 1)

    def test_a_range_of_few_roundings(self) -> None:
        result = tanh_sinh(lambda x: (x - 1) ** -0.5, 1, 1 + 2.0**-40, full_output=True)
        assert not result.success
        assert integral(lambda x: (x - 1) ** -0.5, 1, 1 + 2.0**-40, full_output=True).status in (1, 2)


class TestConventions:
    def test_reversed_and_equal_limits(self) -> None:
        assert tanh_sinh(np.sqrt, 1, 0) == -tanh_sinh(np.sqrt, 0, 1)
        assert tanh_sinh(np.sqrt, 1, 1) == 0.0

    @pytest.mark.parametrize(
        ("arguments", "options", "error", "message"),
        [
            ((3.0, 0, 1), {}, TypeError, r"`fun` must be callable"),
            ((np.exp, 0, inf), {}, ValueError, r"`b` must be finite, got b=inf"),
            ((np.exp, math.nan, 1), {}, ValueError, r"`a` must be finite, got a=nan"),
            ((np.exp, 0, 1), {"rtol": -1}, ValueError, r"`rtol` must be positive"),
            ((np.exp, 0, 1), {"atol": -1}, ValueError, r"`atol` must not be negative"),
            ((lambda x: 1.0, 0, 1), {}, ValueError, r"got a single number"),
        ],
    )
    def test_messages(self, arguments: Any, options: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            tanh_sinh(*arguments, **options)
