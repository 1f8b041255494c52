"""What the lesson on sums says in its prose, against what its code computes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from calcguide import exercises, integrate

SPOTS = {"left": 0, "midpoint": Fraction(1, 2), "right": 1}


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/01_area_as_a_sum.py")


def exact_sum(f, a, b, n, spot):
    """Add n rectangles without rounding."""
    width = Fraction(b - a, n)
    return sum(f(a + (i + spot) * width) for i in range(n)) * width


@pytest.mark.parametrize(("rule", "metres"), [("left", 224), ("right", 304), ("midpoint", 268)])
def test_distance_of_the_train(lesson, rule, metres):
    assert exact_sum(lesson["speed"], 0, 20, 5, SPOTS[rule]) == metres
    assert lesson["rectangles"](lesson["speed"], 0, 20, 5, float(SPOTS[rule])) == pytest.approx(metres)
    assert integrate.riemann_sum(lesson["speed"], 0, 20, 5, rule=rule) == pytest.approx(metres)


def test_loop_adds_up_to_the_left_sum(lesson):
    assert lesson["distance"] == pytest.approx(224)


@pytest.mark.parametrize("n", [1, 2, 5, 8, 10, 100])
def test_gap_between_the_sums_is_one_column(n):
    left, right = (exact_sum(lambda x: x**2, 0, 1, n, spot) for spot in (0, 1))
    assert right - left == Fraction(1, n)
    assert left < Fraction(1, 3) < right
    assert left == Fraction((n - 1) * (2 * n - 1), 6 * n**2)
    assert left == Fraction(1, 3) - Fraction(1, 2 * n) + Fraction(1, 6 * n**2)


def test_error_of_the_left_sum_is_predicted_to_half_a_percent(lesson):
    for name, f, a, b, exact in lesson["cases"]:
        h = (b - a) / 100
        x = a + h * np.arange(100)
        error = h * sum(f(x)) - exact
        predicted = h / 2 * (f(a) - f(b))
        if name == "sin x":
            # f(a) = f(b), and the next term is h²/12 (f'(b) − f'(a)) with f' = cos.
            assert error == pytest.approx(h**2 / 12 * (-1 - 1), rel=1e-3)
        else:
            assert error == pytest.approx(predicted, rel=5e-3)


@pytest.mark.parametrize(("rule", "factor"), [("left", 10), ("trapezoid", 100), ("midpoint", 100)])
def test_ten_times_the_cells(lesson, rule, factor):
    errors = [lesson["rules"][rule](n) - (np.e - 1) for n in (10, 100, 1000)]
    # The next term of the error is smaller by a factor n or n².
    assert errors[0] / errors[1] == pytest.approx(factor, rel=0.03)
    assert errors[1] / errors[2] == pytest.approx(factor, rel=0.003)


def test_trapezoid_errs_twice_as_much_as_midpoint_to_the_other_side(lesson):
    trapezoid, midpoint = (lesson["rules"][rule](100) - (np.e - 1) for rule in ("trapezoid", "midpoint"))
    assert trapezoid / midpoint == pytest.approx(-2, rel=1e-4)


def test_three_numbers_that_are_called_the_area(lesson):
    sums = {rule: exact_sum(lesson["line"], -10, 10, 200, spot) for rule, spot in SPOTS.items()}
    assert sums == {"left": -2, "midpoint": 0, "right": 2}
    assert integrate.integral(lesson["line"], -10, 10) == pytest.approx(0, abs=1e-10)
    assert integrate.area(lesson["line"], -10, 10) == pytest.approx(200, rel=1e-10)


def test_sums_of_the_reciprocal_grow_like_the_logarithm(lesson):
    # Sums of 1/i: each factor 10 adds log 10, up to 1/(2n).
    n = np.array(lesson["sizes"])
    assert lesson["gains"][:, 0] == pytest.approx(np.full(5, np.log(10)), abs=0.05)
    assert lesson["gains"][-1, 0] == pytest.approx(np.log(10), abs=1e-5)
    # Sums of 1/√i have the limit 2 and the error ζ(1/2)/√n.
    assert lesson["sums"][:, 1] == pytest.approx(2 - 1.4603545 / np.sqrt(n), abs=0.06)
    # So each gain is 1/√10 of the one before, about a third.
    roots = lesson["gains"][:, 1]
    assert roots[1:] / roots[:-1] == pytest.approx(np.full(4, 10**-0.5), rel=0.15)


def test_only_the_reciprocal_is_reported(lesson):
    root = integrate.integral(lesson["reciprocal_root"], 0, 1, full_output=True)
    assert root.success
    assert root.value == pytest.approx(2, abs=1e-9)
    assert integrate.integral(lesson["reciprocal"], 0, 1, full_output=True).status == 3


def test_energy_of_the_heater(lesson):
    hours, power = lesson["hours"], lesson["power"]
    cells = [
        (t1 - t0) * (p0 + p1) / 2 for t0, t1, p0, p1 in zip(hours, hours[1:], power, power[1:], strict=False)
    ]
    assert sum(cells) == pytest.approx(3.7)
    assert lesson["pieces"] == pytest.approx(cells)
    assert lesson["running"] == pytest.approx(np.append(0, np.cumsum(cells)))
    assert np.mean(power) * 8 / 3.7 == pytest.approx(1.6)
    assert f"{lesson['share']:.0%}" == "52%"
    assert np.sum((hours >= 2) & (hours <= 4)) > len(hours) / 2


def test_means_come_near_a_third(lesson):
    assert np.mean(lesson["middles"] ** 2) == pytest.approx(1 / 3, abs=1e-8)
    # The standard deviation of x² is 0.3; that of a mean of 10 000 is a hundredth of it.
    random = np.mean(lesson["random"] ** 2)
    assert random == pytest.approx(1 / 3, abs=3 * 0.003)
    assert abs(random - 1 / 3) > 1e-5


def test_one_point_too_many_is_seen_with_a_constant_only():
    points = [Fraction(i, 10) for i in range(11)]
    for f, faulty, left, right in ((lambda x: x**2, 385, 285, 385), (lambda x: 1, 1100, 1000, 1000)):
        assert sum(f(x) for x in points) * 100 == faulty
        assert exact_sum(f, 0, 1, 10, 0) * 1000 == left
        assert exact_sum(f, 0, 1, 10, 1) * 1000 == right


def test_area_under_the_roc_curve_is_the_share_of_pairs_in_order(lesson):
    won = [
        1.0 if p > n else 0.5 if p == n else 0.0
        for p, a in zip(lesson["scores"], lesson["labels"], strict=True)
        for n, b in zip(lesson["scores"], lesson["labels"], strict=True)
        if a == 1 and b == 0
    ]
    assert np.mean(won) == pytest.approx(0.76)
    assert lesson["area"] == pytest.approx(0.76)
    assert lesson["wins"] == pytest.approx(0.76)


def test_attempt_is_answered(lesson):
    verdict = exercises.get("A2u").check(lesson["answer"])
    assert not verdict
    assert "integral without its sign" in str(verdict).replace("\n", " ")
