"""What the lesson on Taylor series says in its prose, against what its code computes."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from calcguide import exercises, series

EPS = np.finfo(float).eps


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/04_taylor_series.py")


def partial_sum(x, degree):
    """Add the terms of the exponential series without rounding."""
    return sum(Fraction(x) ** k / math.factorial(k) for k in range(degree + 1))


@pytest.mark.parametrize(("degree", "error"), [(0, 6.38905609893), (2, 2.38905609893), (4, 0.38905609893)])
def test_largest_errors_of_the_exponential(lesson, degree, error):
    assert math.exp(2) - float(partial_sum(2, degree)) == pytest.approx(error, rel=1e-11)
    assert lesson["worst"][degree] == pytest.approx(error, rel=1e-11)


def test_bound_is_two_to_seven_times_the_error(lesson):
    ratios = (lesson["bounds"] / lesson["worst"])[:17]
    assert lesson["bounds"] == pytest.approx(lesson["formula"], rel=1e-12)
    assert 2 < ratios.min() < ratios.max() < 7


def test_twenty_derivatives(lesson):
    t = sympy.Symbol("t")
    expected = [sympy.diff(sympy.exp(sympy.sin(t)), t, k).subs(t, 0) for k in range(9)]
    found = [c * math.factorial(k) for k, c in enumerate(lesson["ours"][:9])]
    assert found == pytest.approx([float(value) for value in expected], abs=1e-12)
    # Number 20 of the sequence with the generating function exp(sin x).
    assert round(lesson["ours"][20] * math.factorial(20)) == 20058390573
    assert lesson["ours"] == pytest.approx(lesson["jet"], abs=1e-15)
    assert lesson["gap"] < 1e-14


def test_bell_stops_at_one():
    def geometric(x, n):
        return sum((-1) ** k * x ** (2 * k) for k in range(n // 2 + 1))

    for n in (10, 20, 40, 80):
        assert series.taylor(lambda x: 1 / (1 + x**2), 0.0, n)(0.9) == pytest.approx(
            geometric(0.9, n), rel=1e-12
        )
    # The rest of a geometric series is its next term times the sum.
    assert [0.9 ** (n + 2) / 1.81 for n in (10, 80)] == pytest.approx([0.16, 9.8e-5], rel=0.05)
    assert [1.1 ** (n + 2) / 2.21 for n in (10, 80)] == pytest.approx([1.4, 1.1e3], rel=0.05)


def test_radius_is_the_distance_to_trouble(lesson):
    for _, f, x0, distance in lesson["cases"]:
        assert series.radius_of_convergence(f, x0=x0).value == pytest.approx(distance, rel=1e-3)


def test_flat_function_has_no_series():
    x = sympy.Symbol("x", positive=True)
    derivatives = [sympy.diff(sympy.exp(-1 / x**2), x, k) for k in range(5)]
    assert [sympy.limit(d, x, 0) for d in derivatives] == [0] * 5


def test_difference_quotients_err_by_taylor_terms(lesson):
    h, c = lesson["h"], lesson["c"]
    slope = math.cos(1) * math.exp(math.sin(1))
    assert c[1] == pytest.approx(slope, rel=1e-15)
    # What follows is smaller by the factor h and h², times coefficients of size 1.
    assert (lesson["forward"] - slope) / h == pytest.approx(c[2], abs=2 * h)
    assert (lesson["central"] - slope) / h**2 == pytest.approx(c[3], abs=1e-5)


def test_models_err_in_second_and_third_order(lesson):
    valley, x0, d = lesson["valley"], lesson["x0"], lesson["direction"]
    gradient, hessian = lesson["gradient"], lesson["hessian"]
    errors = []
    for length in (0.0125, 0.00625):
        s = length * d
        linear = lesson["value"] + gradient @ s
        errors.append([abs(valley(x0 + s) - model) for model in (linear, linear + s @ hessian @ s / 2)])
    quotients = np.array(errors[0]) / errors[1]
    assert quotients == pytest.approx([4, 8], rel=0.05)
    assert errors[0][0] / errors[0][1] == pytest.approx(90, rel=0.1)
    assert series.taylor(valley, x0, 2)(x0 + 0.1 * d) == pytest.approx(
        lesson["value"] + 0.1 * gradient @ d + 0.005 * d @ hessian @ d, rel=1e-13
    )


def test_promises(lesson):
    valley, x0, gradient, value = (lesson[name] for name in ("valley", "x0", "gradient", "value"))
    quotients = {}
    for eta in (0.003, 0.01, 0.05):
        kept = value - valley(x0 - eta * gradient)
        quotients[eta] = kept / (eta * gradient @ gradient)
    assert [f"{q:.2f}" for q in quotients.values()] == ["0.91", "0.71", "-0.03"]
    newton = -np.linalg.solve(lesson["hessian"], gradient)
    assert lesson["newton"].step == pytest.approx(newton, rel=1e-12)
    promised = -gradient @ newton - newton @ lesson["hessian"] @ newton / 2
    assert f"{promised:.1f}" == "3.1"
    assert f"{value - valley(x0 + newton):.1f}" == "3.8"


def test_newton_arrives(lesson):
    minimum = lesson["minimum"]
    assert np.linalg.norm(series.local_model(lesson["valley"], minimum, order=1).gradient) < 1e-14
    assert lesson["point"] == pytest.approx(minimum, abs=1e-12)


def test_exponential_of_minus_twenty_is_lost(lesson):
    # Rounded terms: the sum is off by something like the rounding of the largest, more than the result itself.
    assert float(partial_sum(-20, 120)) == pytest.approx(math.exp(-20), rel=1e-13)
    assert abs(lesson["exp_series"](-20.0, 120) / math.exp(-20) - 1) > 0.1
    assert lesson["noise"] > math.exp(-20)
    assert 1 / lesson["exp_series"](20.0, 80) == pytest.approx(math.exp(-20), rel=20 * EPS)


def test_small_arguments():
    assert abs((np.exp(1e-12) - 1) / 1e-12 - 1) > 1e-5
    assert np.expm1(1e-12) == pytest.approx(1e-12 + 0.5e-24, rel=2 * EPS)
    assert np.log1p(1e-12) == pytest.approx(1e-12 - 0.5e-24, rel=2 * EPS)


def test_mistakes(lesson):
    assert not hasattr(np, "math")
    assert math.exp(2) - lesson["four_terms"] == pytest.approx(1.0557, abs=1e-4)
    assert not lesson["step"].success
    assert math.cos(lesson["step"].x) + lesson["step"].x / 2 > math.cos(0.1) + 0.05
    assert lesson["near"] < 1e-15
    assert lesson["far"] > 1e9


def test_first_try_at_the_task_is_answered(lesson):
    verdict = exercises.get("C9t").check(lesson["answer"])
    assert not verdict
    assert "derivatives themselves" in verdict.message
