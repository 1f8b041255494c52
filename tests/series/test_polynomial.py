"""The Taylor polynomial as an object: evaluated, differentiated, truncated, shown, in one variable and in several."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcguide.series import TaylorPolynomial, taylor
from calcguide.series._polynomial import multiplicity


def several(x: Any) -> Any:
    return np.exp(x[0]) * np.sin(x[1]) + x[2] ** 3 * x[0]


PLACE = [0.3, -0.7, 1.2]


class TestOneVariable:
    @given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(-3, 3), st.floats(-3, 3))
    def test_values_are_those_of_numpy(self, c: list[float], x0: float, x: float) -> None:
        p = TaylorPolynomial(x0, np.array(c))
        expected = np.polynomial.Polynomial(c)(x - x0)
        # Horner's scheme is off by at most 2n roundings of the sum of the sizes of all terms.
        size = np.polynomial.Polynomial(np.abs(c))(abs(x - x0))
        assert abs(p(x) - expected) <= 1e-14 * size

    def test_shapes_and_types(self) -> None:
        p = taylor(np.exp, 0.0, 3)
        assert type(p(1)) is float
        assert p([[0.0, 1.0]]).shape == (1, 2)
        assert p(np.empty((0, 3))).shape == (0, 3)
        assert taylor(np.exp, 0.0, 0)([1.0, 2.0]).tolist() == [1.0, 1.0]
        assert (p.degree, p.dimension) == (3, 1)

    def test_a_derivative_is_the_polynomial_of_the_derivative(self) -> None:
        found = taylor(np.sin, 0.4, 9).derivative()
        np.testing.assert_allclose(found.coefficients, taylor(np.cos, 0.4, 8).coefficients, rtol=1e-14)
        assert found.x0 == 0.4
        assert taylor(np.sin, 0.4, 9).derivative(0).degree == 8
        assert taylor(np.exp, 0.0, 0).derivative()([1.0, 2.0]).tolist() == [0.0, 0.0]

    def test_truncated_is_the_polynomial_of_lower_degree(self) -> None:
        p = taylor(np.tan, 0.4, 9)
        for n in range(10):
            assert p.truncated(n).coefficients.tolist() == taylor(np.tan, 0.4, n).coefficients.tolist()

    def test_coefficients_by_their_power(self) -> None:
        p = taylor(np.exp, 0.0, 4)
        assert [p.coefficient(k) for k in range(5)] == p.coefficients.tolist()

    @pytest.mark.parametrize(
        ("polynomial", "text"),
        [
            (TaylorPolynomial(0.0, np.array([1.0, 1.0, 0.5])), "1 + x + 0.5*x**2 + O(x**3)"),
            (TaylorPolynomial(0.0, np.array([0.0, -1.0, 0.0, -2.0])), "-x - 2*x**3 + O(x**4)"),
            (TaylorPolynomial(2.0, np.array([-1.0, 0.0, 1 / 3])), "-1 + 0.333333*(x - 2)**2 + O((x - 2)**3)"),
            (TaylorPolynomial(-0.5, np.array([1.0, 1.0])), "1 + (x + 0.5) + O((x + 0.5)**2)"),
            (TaylorPolynomial(0.0, np.array([0.0])), "0 + O(x)"),
            (TaylorPolynomial(0.0, np.ones(12)), "1 + x + x**2 + x**3 + x**4 + x**5 + x**6 + x**7 + ... + O(x**12)"),
            (
                TaylorPolynomial(np.array([0.0, 1.0]), (np.array(2.0), np.array([0.0, -1.0]), np.array([[0.0, 1.5], [1.5, 4.0]]))),
                "2 - (x1 - 1) + 3*x0*(x1 - 1) + 4*(x1 - 1)**2 + O(|h|**3)",
            ),
        ],
        ids=["plain", "signs", "shifted", "shifted left", "zero", "long", "two variables"],
    )  # fmt: skip
    def test_shown_as_a_sum(self, polynomial: TaylorPolynomial, text: str) -> None:
        assert repr(polynomial) == text

    def test_nothing_of_it_changes(self) -> None:
        p = taylor(np.exp, 0.0, 2)
        with pytest.raises(AttributeError):
            p.x0 = 1.0  # type: ignore[misc]
        with pytest.raises(ValueError, match="read-only"):
            p.coefficients[0] = 2.0
        q = taylor(several, PLACE, 2)
        with pytest.raises(ValueError, match="read-only"):
            q.coefficients[1][0] = 2.0

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda p: p(float("nan")), ValueError, r"`x` must be finite, got x=nan"),
            (lambda p: p("1"), TypeError, r"`x` must hold real numbers"),
            (lambda p: p.truncated(4), ValueError, r"`degree` must be from 0 to 3, got degree=4"),
            (lambda p: p.truncated(-1), ValueError, r"`degree` must be from 0 to 3"),
            (
                lambda p: p.derivative(1),
                ValueError,
                r"`variable` must be 0 or left out in one variable, got variable=1",
            ),
            (lambda p: p.coefficient(4), ValueError, r"`sum of powers` must be at most 3"),
            (lambda p: p.coefficient(-1), ValueError, r"`powers` must be at least 0"),
            (lambda p: p.coefficient(1, 1), ValueError, r"`powers` must be 1, one for each variable, got 2"),
        ],
    )
    def test_bad_arguments(self, call: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            call(taylor(np.exp, 0.0, 3))


class TestSeveralVariables:
    def test_many_points_at_once(self) -> None:
        p = taylor(several, PLACE, 4)
        x = np.asarray(PLACE) + 0.1 * np.random.default_rng(0).standard_normal((4, 5, 3))
        together = p(x)
        assert together.shape == (4, 5)
        for index in np.ndindex(4, 5):
            assert together[index] == pytest.approx(p(x[index]), rel=1e-14)
        assert type(p(PLACE)) is float
        assert p(np.empty((0, 3))).shape == (0,)
        assert taylor(several, PLACE, 0)(x).shape == (4, 5)

    def test_the_sum_over_multi_indices(self) -> None:
        p = taylor(several, PLACE, 3)
        h = np.array([0.3, -0.2, 0.5])
        total = sum(
            p.coefficient(*alpha) * np.prod(h ** np.array(alpha))
            for alpha in np.ndindex(4, 4, 4)
            if sum(alpha) <= 3
        )
        assert p(PLACE + h) == pytest.approx(total, rel=1e-14)

    def test_coefficients_of_a_polynomial_are_its_own(self) -> None:
        p = taylor(lambda x: 5 * x[0] ** 2 * x[1] - 3 * x[1] ** 3 + x[0], [0.0, 0.0], 3)
        assert {a: p.coefficient(*a) for a in np.ndindex(4, 4) if sum(a) <= 3 and p.coefficient(*a)} == {
            (2, 1): 5.0,
            (0, 3): -3.0,
            (1, 0): 1.0,
        }

    def test_multiplicity_counts_the_orders(self) -> None:
        assert [multiplicity(index) for index in ((), (0,), (0, 1), (0, 0), (0, 1, 1), (0, 1, 2))] == [
            1,
            1,
            2,
            1,
            3,
            6,
        ]

    def test_partial_derivatives(self) -> None:
        p = taylor(several, PLACE, 4)
        q = p.derivative(1)
        expected = taylor(lambda x: np.exp(x[0]) * np.cos(x[1]), PLACE, 3)
        assert q.degree == 3
        for found, wanted in zip(q.coefficients, expected.coefficients, strict=True):
            np.testing.assert_allclose(found, wanted, atol=1e-14)
        assert taylor(several, PLACE, 0).derivative(2)(PLACE) == 0.0

    def test_truncated(self) -> None:
        p, q = taylor(several, PLACE, 4).truncated(2), taylor(several, PLACE, 2)
        assert p([0.0, 0.0, 0.0]) == q([0.0, 0.0, 0.0])
        assert p.degree == 2

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (
                lambda p: p([1.0, 2.0]),
                r"`x` must have its 3 coordinates along the last axis, got shape \(2,\)",
            ),
            (lambda p: p(1.0), r"`x` must have its 3 coordinates along the last axis, got shape \(\)"),
            (lambda p: p.derivative(), r"`variable` must say by which of the 3 variables"),
            (lambda p: p.derivative(3), r"`variable` must be from 0 to 2, got variable=3"),
            (lambda p: p.coefficient(1), r"`powers` must be 3, one for each variable, got 1"),
            (lambda p: p.coefficient(1, 1, 1), r"`sum of powers` must be at most 2"),
        ],
    )
    def test_bad_arguments(self, call: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            call(taylor(several, PLACE, 2))

    def test_one_variable_as_a_vector(self) -> None:
        p = taylor(lambda x: np.exp(x[0]), [0.0], 3)
        assert p([[1.0], [0.0]]).tolist() == pytest.approx([8 / 3, 1.0])
        assert p.coefficient(3) == pytest.approx(1 / math.factorial(3))
