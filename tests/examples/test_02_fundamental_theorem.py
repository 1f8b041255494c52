"""What the lesson on the fundamental theorem says in its prose, against what its code computes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy import integrate as scipy_integrate
from scipy.special import erf

from calcguide import differences, exercises, integrate

GRID = np.linspace(-10, 10, 201)
H = Fraction(1, 10)


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/02_fundamental_theorem.py")


def running_sum(f, k):
    """Add the cells of width 0.1 from −10 on, up to and including the one at point k, without rounding."""
    return sum(f(-10 + i * H) * H for i in range(k + 1))


def test_sums_undo_differences_but_for_the_start(lesson):
    readings = lesson["readings"]
    assert np.cumsum(np.diff(readings)).tolist() == (readings[1:] - readings[0]).tolist()
    assert np.diff(readings).sum() == readings[-1] - readings[0] == 14


@pytest.mark.parametrize("x", [3.0, 8.0, 16.0], ids=str)
def test_rate_of_the_distance_is_the_speed(lesson, x):
    # Extrapolated differences of a value near 200 are good to 1e-9.
    assert differences.derivative(lesson["distance"], x) == pytest.approx(lesson["speed"](x), abs=1e-9)
    assert lesson["distance"](x) == pytest.approx(lesson["distance_by_formula"](x), rel=1e-12)


def test_strip_over_its_width_runs_to_the_speed(lesson):
    # The slope of v at 8 is 1.2, so the mean height of the strip is off by 0.6 h.
    for h in (0.1, 0.01, 0.001):
        strip = lesson["distance_by_formula"](8 + h) - lesson["distance_by_formula"](8)
        assert strip / h - 12.8 == pytest.approx(0.6 * h, rel=0.01)


def test_distance_does_not_depend_on_the_constant(lesson):
    for c in (0.0, 17.0):
        F = lesson["distance_by_formula"]
        assert F(20, c) - F(0, c) == pytest.approx(800 / 3)


def test_sign_is_flat_but_not_constant():
    slopes = [differences.derivative(np.sign, x) for x in (-2.0, -0.5, 0.5, 2.0)]
    assert slopes == [0, 0, 0, 0]
    assert np.sign(-2.0) != np.sign(2.0)


def test_log_with_a_step_is_an_antiderivative_of_the_reciprocal(lesson):
    for x in (-2.0, -0.5, 0.5, 2.0):
        assert differences.derivative(lesson["log_with_a_step"], x) == pytest.approx(1 / x, rel=1e-9)


def test_table_of_antiderivatives(lesson):
    for name, _, f, F in lesson["table"]:
        by_quadrature, _ = scipy_integrate.quad(lambda t, f=f: float(f(np.array(t))), 1, 2, epsabs=1e-13)
        assert F(2.0) - F(1.0) == pytest.approx(by_quadrature, abs=1e-12), name
        for x in (1.1, 1.5, 1.9):
            assert differences.derivative(F, x) == pytest.approx(f(x), abs=1e-8), name


@pytest.mark.parametrize("k", [0, 1, 50, 100, 150, 200])
def test_running_sum_of_the_line_is_off_by_a_cell(k):
    x = -10 + k * H
    y = running_sum(lambda t: 2 * t, k)
    assert y - (x**2 - 100) == x / 10 - 1
    # Two slips: the cell that is too much, and the error of a left sum.
    cell, left = 2 * x * H, H / 2 * (-20 - 2 * x)
    assert cell + left == x / 10 - 1


def test_gap_on_the_page(lesson):
    # Sums of 200 rounded numbers near 1.
    assert lesson["gap"] == pytest.approx(0.1 * GRID - 1, abs=1e-12)
    assert lesson["aligned"] - (GRID**2 - 100) == pytest.approx(-1 - 0.1 * GRID, abs=1e-12)
    assert lesson["trapezoids"] == pytest.approx(GRID**2 - 100, abs=1e-12)
    assert lesson["trapezoids"][0] == lesson["aligned"][0] == 0


def test_running_sum_lies_1200_above_and_a_little_more(lesson):
    F = lesson["F"]
    assert F(-10) == -1200
    sum_gap = lesson["running_sum"] - F(GRID)
    assert (f"{sum_gap.min():.0f}", f"{sum_gap.max():.0f}") == ("1217", "1234")
    for k in (0, 50, 100, 200):
        x = -10 + k * H
        exact = running_sum(lambda t: 3 * t**2 - 4 * t, k) - (x**3 - 2 * x**2)
        assert sum_gap[k] == pytest.approx(float(exact), abs=1e-9)
        half_a_cell = 0.05 * (340 + lesson["f"](float(x)))
        # The next term is h²/12 (f'(x) − f'(−10)), at most 0.1.
        assert 0 <= sum_gap[k] - 1200 - half_a_cell <= 0.1 + 1e-9


def test_running_integral_lies_1200_above(lesson):
    gap = lesson["running_integral"] - lesson["F"](GRID)
    assert gap == pytest.approx(1200 + 0.01 / 12 * (6 * GRID + 60), abs=1e-9)
    assert gap.max() == pytest.approx(1200.1)
    assert lesson["fourth"] == pytest.approx(lesson["F"](GRID) + 1200, abs=1e-9)


def test_running_sum_lies_above_the_trapezoids_by_half_of_both_ends(lesson):
    f = lesson["f"](GRID)
    excess = lesson["running_sum"] - lesson["running_integral"]
    # Sums of 200 rounded numbers near 100.
    assert excess == pytest.approx(0.05 * (f[0] + f), abs=1e-10)


@pytest.mark.parametrize("end", [-0.5, 0.0, 0.5, 2.0], ids=str)
def test_running_integral_of_the_step_is_the_relu(lesson, end):
    assert integrate.integral(lesson["step"], -1, end) == pytest.approx(max(end, 0), abs=1e-9)


def test_remaining_gap_is_about_two_line_widths(lesson):
    # 34 of a height of 3260 in 4 inches is 3 points; a line has 2.
    height = np.ptp([lesson["running_sum"].max(), lesson["F"](-10)])
    assert 1 < 34 / height * 4 * 72 / 2 < 2


def test_error_function(lesson):
    scale = np.sqrt(np.pi) / 2
    for end in (0.5, 1.0, 2.0):
        assert integrate.integral(lesson["bell"], 0, end) == pytest.approx(scale * erf(end), abs=5e-13)
    x = np.linspace(-3, 3, 121)
    assert lesson["from_zero"] == pytest.approx(scale * erf(x), abs=1e-12)


def test_leibniz(lesson):
    x, p = sympy.symbols("x p", positive=True)
    whole = sympy.integrate(sympy.exp(-p * x**2), (x, p / 2, 1 + p**2))
    exact = float(sympy.diff(whole, p).subs(p, sympy.Rational(4, 5)))
    assert lesson["upper"] + lesson["lower"] + lesson["inside"] == pytest.approx(exact, abs=1e-10)
    assert differences.derivative(lesson["integral_of_family"], 0.8) == pytest.approx(exact, abs=1e-9)


def test_no_integral_across_the_gap(lesson):
    assert lesson["result"].status == 3
    assert not lesson["result"].success


def test_library_knows_the_1200(lesson):
    assert lesson["polynomial"].integ(lbnd=-10).coef.tolist() == [1200, 0, -2, 1]


def test_attempt_is_answered(lesson):
    verdict = exercises.get("A2t").check(lesson["answer"])
    assert not verdict
    assert "1200 lower" in str(verdict).replace("\n", " ")
