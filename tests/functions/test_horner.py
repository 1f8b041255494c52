"""Horner's scheme against NumPy, SymPy, and the values that faulty versions print."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from calcguide.functions import horner

COEFFICIENTS = st.lists(st.integers(-9, 9), min_size=1, max_size=8)
POINTS = st.floats(-4, 4, allow_subnormal=False)
# Higham's bound: 2n round-offs times the polynomial of absolute values, below 9 · 4^7 · 8 · 7! here; values of
# exact size are compared with that scale, not with a result that may have cancelled.
SCALE = 1e-14


def magnitude(coefficients, x, k):
    return np.polyval(np.polyder(np.abs(coefficients), k), abs(x)) + 1


@given(COEFFICIENTS, POINTS, st.integers(0, 9))
@example([5], 2.0, 3)
def test_agrees_with_numpy(coefficients, x, derivatives):
    rows = horner(coefficients, x, derivatives=derivatives)
    assert len(rows) == derivatives + 1
    for k, row in enumerate(rows):
        wanted = np.polyval(np.polyder(coefficients, k), x)
        assert abs(row - wanted) <= 10 * SCALE * magnitude(coefficients, x, k)


@given(COEFFICIENTS, st.fractions(-3, 3, max_denominator=9))
def test_agrees_with_sympy(coefficients, x):
    t = sympy.Symbol("t")
    polynomial = sympy.Poly(coefficients, t)
    for k, row in enumerate(horner(coefficients, float(x), derivatives=3)):
        wanted = float(polynomial.as_expr().diff(t, k).subs(t, sympy.Rational(x.numerator, x.denominator)))
        assert abs(row - wanted) <= 10 * SCALE * magnitude(coefficients, float(x), k)


@given(COEFFICIENTS, COEFFICIENTS, st.integers(-9, 9), POINTS)
def test_is_linear_in_the_coefficients(p, q, factor, x):
    n = max(len(p), len(q))
    p = np.pad(p, (n - len(p), 0))
    q = np.pad(q, (n - len(q), 0))
    both = horner(factor * p + q, x, derivatives=2)
    apart = zip(horner(p, x, derivatives=2), horner(q, x, derivatives=2), strict=True)
    for k, (whole, (one, other)) in enumerate(zip(both, apart, strict=True)):
        size = 10 * magnitude(p, x, k) + magnitude(q, x, k)
        assert abs(whole - (factor * one + other)) <= 10 * SCALE * size


class TestFaultsOfOthers:
    """3x³ + 2x² - 5x + 1 has the derivative 9x² + 4x - 5."""

    coefficients = (3, 2, -5, 1)
    x = (0, 1, 2, 3)

    def test_highest_power_first_in_writing_and_in_fact(self):
        _, slope = horner(self.coefficients, self.x)
        assert slope.tolist() == [-5, 8, 39, 88]
        # Coefficients read from the wrong end belong to 3 + 2x - 5x² + x³.
        assert horner(self.coefficients[::-1], self.x)[1].tolist() == [2, -5, -6, -1]

    def test_the_slope_at_three_is_88(self):
        assert horner(self.coefficients, 3) == (85, 88)
        assert 81 + 12 - 5 == 88

    def test_nothing_is_divided_at_zero(self):
        # The power rule n x^(n-1) for the constant would be 0 · 0⁻¹.
        assert horner(self.coefficients, 0) == (1, -5)
        assert horner([7], 0, derivatives=2) == (7, 0, 0)


class Counted:
    """A number that counts what is done to it."""

    multiplications = additions = 0

    def __mul__(self, other):
        Counted.multiplications += 1
        return self

    def __rmul__(self, other):
        return self * other

    def __add__(self, other):
        Counted.additions += 1
        return self

    def __pow__(self, other):
        raise AssertionError("no powers are formed")


@pytest.mark.parametrize("degree", [0, 1, 5])
def test_cost_of_the_value(degree, monkeypatch):
    monkeypatch.setattr(Counted, "multiplications", 0)
    monkeypatch.setattr(Counted, "additions", 0)
    horner(range(1, degree + 2), np.array(Counted()), derivatives=0)
    # One more multiplication, by zero, makes the starting value.
    assert Counted.multiplications == degree + 2
    assert Counted.additions == degree + 1


def test_shapes_and_types():
    assert all(type(row) is float for row in horner([1, 2], 3))
    assert all(type(row) is complex for row in horner([1, 2], 3j))
    assert [row.shape for row in horner([1, 2], np.ones((2, 3)), derivatives=2)] == [(2, 3)] * 3
    assert horner((1, 2), [3])[0].dtype == np.float64
    assert horner(np.array([1, 0, 0]), 2) == (4, 4)
    assert horner([1, 2], np.empty(0))[0].shape == (0,)


def test_complex_step_gives_the_derivative_that_comes_with_the_value():
    value, _ = horner([3, 2, -5, 1], 3 + 1e-20j)
    assert value.imag / 1e-20 == pytest.approx(88, rel=1e-15)


def test_nothing_is_mutated():
    coefficients, x = np.array([3.0, 2.0]), np.array([1.0, 2.0])
    horner(coefficients, x, derivatives=3)
    assert coefficients.tolist() == [3, 2]
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "derivatives", "error", "message"),
    [
        pytest.param(([], 1), 1, ValueError, "`coefficients` must not be empty", id="empty"),
        pytest.param(([[1, 2]], 1), 1, ValueError, "`coefficients` must have 1 dimension", id="matrix"),
        pytest.param((3, 1), 1, ValueError, "`coefficients` must have 1 dimension", id="number"),
        pytest.param((["a"], 1), 1, TypeError, "`coefficients` must hold real numbers", id="text"),
        pytest.param(([1j], 1), 1, TypeError, "`coefficients` must be real", id="complex coefficients"),
        pytest.param(([1, np.nan], 1), 1, ValueError, r"coefficients\[1\]=nan", id="nan coefficient"),
        pytest.param(([1, 2], "x"), 1, TypeError, "`x` must hold real numbers", id="text point"),
        pytest.param(([1, 2], [0, np.inf]), 1, ValueError, r"x\[1\]=inf", id="infinite point"),
        pytest.param(([1, 2], complex(0, np.nan)), 1, ValueError, "`x` must be finite", id="complex nan"),
        pytest.param(([1, 2], 1), -1, ValueError, "`derivatives` must be at least 0", id="negative"),
        pytest.param(([1, 2], 1), 1.0, TypeError, "`derivatives` must be an integer", id="float"),
        pytest.param(([1, 2], 1), True, TypeError, "`derivatives` must be an integer", id="boolean"),
    ],
)
def test_bad_input(arguments, derivatives, error, message):
    with pytest.raises(error, match=message):
        horner(*arguments, derivatives=derivatives)
