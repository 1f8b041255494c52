"""What the lesson on the rate of change says in its prose, against what its code computes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from calcguide import exercises

RANGE = np.linspace(-10, 10, 500)


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("01_differentiation/01_rate_of_change.py")


@pytest.mark.parametrize("x", [Fraction(3), Fraction(-7, 2), Fraction(0)], ids=str)
@pytest.mark.parametrize("h", [Fraction(1), Fraction(1, 10), Fraction(1, 10**6)], ids=str)
def test_error_for_the_square_is_the_step(lesson, x, h):
    assert lesson["quotient"](lesson["square"], x, h) - 2 * x == h
    assert lesson["quotient"](lesson["g"], x, h) - lesson["g_prime"](x) == h
    assert lesson["central_quotient"](lesson["square"], x, h) == 2 * x


def test_curves_do_not_coincide(lesson):
    h, cubic = 1e-4, lesson["cubic"]
    gap = lesson["quotient"](cubic, RANGE, h) - cubic.jac(RANGE)
    assert RANGE[np.argmax(np.abs(gap))] == -10
    assert f"{np.abs(gap).max():.1e}" == "3.2e-03"
    # What the second derivative leaves over is f'''(x) h² / 6 = h², and rounding of about 1000 ε / h = 2e-9.
    assert gap == pytest.approx(cubic.hess(RANGE) * h / 2, rel=0, abs=2 * h**2)


def test_central_gap_is_the_square_of_the_step(lesson):
    h, cubic = 1e-4, lesson["cubic"]
    gap = lesson["central_quotient"](cubic, RANGE, h) - cubic.jac(RANGE)
    # Rounding, as above.
    assert gap == pytest.approx(np.full_like(RANGE, h**2), rel=0, abs=4e-9)


@pytest.mark.parametrize(("h", "error"), [(1e-15, "2.6e+01"), (1e-16, "2.0e+01")], ids=str)
def test_smallest_steps_are_of_no_use(lesson, h, error):
    # Products and differences are rounded alike everywhere, so these digits are the same on every machine.
    slope = lesson["quotient"](lesson["square"], RANGE, h)
    assert f"{np.abs(slope - 2 * RANGE).max():.1e}" == error


def test_jump_kink_and_holes_are_told_apart(lesson):
    results = lesson["results"]
    statuses = {name: result.status for name, result in results.items()}
    assert statuses == {"jump": 1, "kink": 1, "filled hole": 0, "hole": 2}
    assert results["filled hole"].value == pytest.approx(0, abs=1e-10)
    assert lesson["central_quotient"](np.abs, 0.0, 1e-6) == 0


def test_rate_is_not_accepted_as_an_answer(lesson):
    verdict = exercises.get("A1t").check(lesson["answer"])
    assert not verdict
    assert "looks like the rate" in str(verdict)
