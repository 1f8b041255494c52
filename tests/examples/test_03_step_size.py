"""What the lesson on the step says in its prose, against what its code computes."""

from __future__ import annotations

import numpy as np
import pytest

from calcguide import differences, exercises

EPS = np.finfo(float).eps


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("01_differentiation/03_step_size.py")


@pytest.mark.parametrize(
    ("h", "error"), [(1e-7, "3.4e-07"), (1e-10, "1.4e-04"), (1e-15, "2.6e+01"), (1e-16, "2.0e+01")]
)
def test_close_to_zero_is_far_off(lesson, h, error):
    # Squares and quotients are rounded alike everywhere, so these digits are the same on every machine.
    x = lesson["points"]
    assert f"{np.abs(lesson['forward'](lesson['square'], x, h) - 2 * x).max():.1e}" == error


def test_no_error_exceeds_the_sum_of_the_bounds():
    h = 2.0 ** -np.arange(3, 53)
    error = np.abs((np.exp(1 + h) - np.exp(1.0)) / h - np.e)
    # The bound is for values rounded to the nearest; an exponential that errs by a whole gap doubles it.
    assert (error <= h / 2 * np.exp(1 + h) + 2 * EPS * np.e / h).all()
    assert 1e-9 < error.min() < 2 * np.sqrt(2 * EPS) * np.e


def test_order_four_is_one_extrapolation(lesson):
    # The same four values, added in another order: rounding of size eps e, divided by the step of 0.1.
    assert lesson["by_hand"] == pytest.approx(lesson["package"], rel=0, abs=10 * EPS * np.e / 0.1)


def test_competition_is_won_as_told(lesson):
    best = {name: min(values) for name, values in lesson["errors"].items()}
    ranking = ["forward", "central", "central, order 4", "central, order 6", "complex step"]
    assert sorted(best, key=best.get, reverse=True) == ranking
    # All digits: a few roundings, no cancellation.
    assert best["complex step"] < 10 * EPS


def test_estimates_hold(lesson):
    for _, f, x, exact in lesson["cases"]:
        result = differences.derivative(f, x, full_output=True)
        assert result.success
        assert abs(result.value - exact) <= result.error


def test_ripples_between_the_points_deceive_the_default_only(lesson):
    rippled, exact = lesson["rippled"], 1 + 2 * np.pi
    deceived = differences.derivative(rippled, 0.25, full_output=True)
    assert deceived.success
    assert abs(deceived.value - exact) > 6
    assert differences.derivative(rippled, 0.25, **lesson["short"]) == pytest.approx(exact, abs=1e-8)


def test_step_below_half_the_gap_is_lost(lesson):
    forward, half_gap = lesson["forward"], lesson["half_gap"]
    assert forward(np.exp, 100.0, 0.99 * half_gap) == 0.0
    assert forward(np.exp, 100.0, 1.01 * half_gap) > 0.0


@pytest.mark.parametrize(("x", "error"), [(1e6, -2.44140625e-4), (5e8, 0.28), (1e10, -1.0)])
def test_fixed_step_fails_at_large_x(lesson, x, error):
    square = lesson["square"]
    assert lesson["forward"](square, x, 1e-7) / (2 * x) - 1 == pytest.approx(error, rel=1e-12)
    # A scaled step keeps half of the digits.
    assert differences.derivative(square, x, method="forward") == pytest.approx(2 * x, rel=5e-8)


def test_forward_step_wastes_a_central_quotient(lesson):
    central = lesson["central"]
    faulty, good = (abs(central(np.exp, 1.0, h) - np.e) for h in (1e-7, EPS ** (1 / 3)))
    assert good < 2e-11
    assert faulty > 5e-11


def test_integers_swallow_the_step(lesson):
    p = np.array([3, 4])
    assert lesson["gradient_by_hand"](lesson["bowl"], p).tolist() == [2.5e7, 3.5e7]
    assert differences.gradient(lesson["bowl"], p) == pytest.approx([6, 8], rel=1e-10)


def test_first_try_at_the_task_is_answered(lesson):
    verdict = exercises.get("B1t").check(lesson["answer"])
    assert not verdict
    assert "step_size" in verdict.message
