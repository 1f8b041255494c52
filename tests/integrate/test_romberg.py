"""Romberg's method: the table, its orders, its honesty."""

from __future__ import annotations

import math
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcguide.integrate import AccuracyWarning, RombergResult, gauss_legendre, romberg, simpson, trapezoid


class TestTable:
    def test_columns_are_the_rules_they_should_be(self) -> None:
        table = romberg(np.exp, 0, 2, full_output=True).table
        for level in range(len(table)):
            assert table[level, 0] == pytest.approx(trapezoid(np.exp, 0, 2, 2**level), rel=1e-14)
            if level:
                assert table[level, 1] == pytest.approx(simpson(np.exp, 0, 2, 2**level), rel=1e-14)
        assert np.isnan(table[np.triu_indices(len(table), 1)]).all()
        assert np.isfinite(table[np.tril_indices(len(table))]).all()

    @pytest.mark.parametrize("column", [0, 1, 2, 3])
    def test_order_of_each_column(self, column: int) -> None:
        fun, exact = (lambda x: 1 / (1 + x)), math.log(2)
        result = romberg(fun, 0, 1, rtol=1e-300, max_level=column + 4, full_output=True)
        levels = np.arange(column + 2, column + 5)
        error = np.abs(result.table[levels, column] - exact)
        slope = np.polyfit(levels, np.log2(error), 1)[0]
        assert slope == pytest.approx(-(2 * column + 2), rel=0.08)

    @given(degree=st.integers(0, 7), a=st.floats(-2, 2), b=st.floats(-2, 2))
    def test_polynomials_are_exact_after_few_levels(self, degree: int, a: float, b: float) -> None:
        result = romberg(lambda x: x**degree, a, b, full_output=True)
        assert result.success
        assert len(result.table) <= 6
        assert result.value == pytest.approx(
            gauss_legendre(lambda x: x**degree, a, b, 5), rel=1e-12, abs=1e-13
        )

    def test_cost(self) -> None:
        calls = []
        result = romberg(lambda x: calls.append(len(x)) or np.exp(x), 0, 1, full_output=True)
        assert calls == [2, 1, 2, 4, 8, 16]
        assert result.nfev == 33
        assert isinstance(result, RombergResult)

    def test_several_values(self) -> None:
        result = romberg(lambda x: np.stack([np.exp(x), np.cos(x)], axis=-1), 0, 1, full_output=True)
        assert result.table.shape[2:] == (2,)
        assert (np.abs(result.value - [math.expm1(1), math.sin(1)]) <= result.error).all()


class TestHonesty:
    @pytest.mark.parametrize(
        ("fun", "exact"),
        [
            pytest.param(np.sqrt, 2 / 3, id="√x"),
            pytest.param(lambda x: (x > 0.3) * 1.0, 0.7, id="jump"),
            pytest.param(lambda x: np.cos(3e5 * x), math.sin(3e5) / 3e5, id="oscillation"),
        ],
    )
    def test_a_missed_tolerance(self, fun: Any, exact: float) -> None:
        result = romberg(fun, 0, 1, full_output=True)
        assert (result.status, result.success) == (1, False)
        assert abs(result.value - exact) <= 10 * result.error  # the order of magnitude is right
        with pytest.warns(AccuracyWarning, match="above the tolerance after 16 levels"):
            romberg(fun, 0, 1)

    def test_a_periodic_function_is_not_taken_for_a_constant(self) -> None:
        result = romberg(lambda x: np.cos(2 * np.pi * x) ** 2, 0, 1, full_output=True)
        assert result.value == pytest.approx(0.5)

    def test_not_finite(self) -> None:
        result = romberg(lambda x: 1 / x, 0, 1, full_output=True)
        assert (result.status, result.message) == (2, "`fun` returned inf at x=0.0")
        with pytest.raises(ValueError, match=r"`fun` returned inf at x=0.0"):
            romberg(lambda x: 1 / x, 0, 1)
        assert (
            romberg(lambda x: 1 / (x - 0.5), 0, 1, full_output=True).message == "`fun` returned inf at x=0.5"
        )

    def test_estimates_cover(self) -> None:
        for fun, exact in ((np.exp, math.expm1(1)), (lambda x: 1 / (1 + x), math.log(2))):
            for rtol in (1e-3, 1e-6, 1e-12):
                result = romberg(fun, 0, 1, rtol=rtol, full_output=True)
                assert result.success
                assert abs(result.value - exact) <= result.error


class TestConventions:
    def test_limits(self) -> None:
        assert romberg(np.exp, 1, 0) == pytest.approx(-math.expm1(1))
        assert romberg(np.exp, 1, 1) == 0.0
        assert romberg(np.exp, 0, 1, max_level=1, rtol=0.1) == pytest.approx(simpson(np.exp, 0, 1, 2))

    @pytest.mark.parametrize(
        ("arguments", "options", "error", "message"),
        [
            ((None, 0, 1), {}, TypeError, r"`fun` must be callable"),
            ((np.exp, 0, inf), {}, ValueError, r"`b` must be finite"),
            ((np.exp, 0, 1), {"rtol": 0}, ValueError, r"`rtol` must be positive"),
            (
                (np.exp, 0, 1),
                {"max_level": 25},
                ValueError,
                r"`max_level` must be from 1 to 24, got max_level=25",
            ),
            ((lambda x: 1.0, 0, 1), {}, ValueError, r"got a single number"),
        ],
    )
    def test_messages(self, arguments: Any, options: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            romberg(*arguments, **options)
