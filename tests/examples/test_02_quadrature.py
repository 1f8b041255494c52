"""What the lesson on quadrature says in its prose, against what its code computes."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate as scipy_integrate

from calcguide import exercises, integrate

LOG4 = math.log(4)


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/03_quadrature.py")


def f(x):
    return 1 / (1 + x)


def test_shapes_on_the_whole_interval():
    f0, f1, f2 = Fraction(1), Fraction(2, 5), Fraction(1, 4)
    areas = {
        "left": 3 * f0,
        "midpoint": 3 * f1,
        "trapezoid": 3 * (f0 + f2) / 2,
        "Simpson": (f0 + 4 * f1 + f2) / 2,
    }
    errors = {name: f"{float(area) - LOG4:+.3f}" for name, area in areas.items()}
    assert errors == {"left": "+1.614", "midpoint": "-0.186", "trapezoid": "+0.489", "Simpson": "+0.039"}


def test_by_hand_is_the_package(lesson):
    for name, rule in lesson["composite"].items():
        assert lesson["by_hand"][name] == pytest.approx(rule(f, 0, 3, 16), rel=1e-14)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([-1, 1], [1, 1]),
        ([-1, 0, 1], [1 / 3, 4 / 3, 1 / 3]),
        ([-1, -1 / 3, 1 / 3, 1], [1 / 4, 3 / 4, 3 / 4, 1 / 4]),
    ],
    ids=["trapezoid", "Simpson", "three-eighths"],
)
def test_weights_by_exactness(lesson, nodes, expected):
    assert lesson["weights"](np.array(nodes)) == pytest.approx(expected, rel=1e-14)


def test_simpson_is_exact_for_cubes_and_not_beyond():
    assert integrate.simpson(lambda x: x**3, -1, 2, 2) == pytest.approx(15 / 4, rel=1e-15)
    assert integrate.simpson(lambda x: x**4, -1, 1, 2) == pytest.approx(2 / 3, rel=1e-15)


def test_fitted_orders_agree_with_theory_to_a_percent(lesson):
    for name, p in lesson["theory"].items():
        # From 32 to 512 cells.
        order = lesson["fitted_order"](2.0 ** np.arange(5, 10), lesson["errors"][name][4:])
        assert order == pytest.approx(p, rel=0.01)


def test_cost_of_ten_digits():
    # The first terms of the errors: h/2, h²/24 and h²/12 times f or f' between the ends; h⁴/180 times f''' for Simpson.
    first, second, fourth = abs(f(3) - f(0)), abs(1 / 16 - 1), abs(6 / 256 - 6)
    assert 3 * first / 2 / 1e-10 == pytest.approx(1.1e10, rel=0.03)
    assert 3 * math.sqrt(second / 24 / 1e-10) == pytest.approx(5.9e4, rel=0.01)
    assert 3 * math.sqrt(second / 12 / 1e-10) == pytest.approx(8.4e4, rel=0.01)
    assert 3 * (fourth / 180 / 1e-10) ** 0.25 == pytest.approx(4.0e2, rel=0.02)


def gauss_error(n):
    t, w = np.polynomial.legendre.leggauss(n)
    return abs(1.5 * w @ f(1.5 + 1.5 * t) - LOG4)


def test_eleven_nodes_give_ten_digits_and_each_gains_a_factor_nine(lesson):
    assert gauss_error(10) > 1e-10 > gauss_error(11)
    assert gauss_error(17) < 1e-14
    assert f"{lesson['lefts']:.0e}" == "7e-02"
    assert gauss_error(9) / gauss_error(10) == pytest.approx(9, rel=0.01)
    assert all(8 < ratio < 9.1 for ratio in lesson["ratios"])


def test_gauss_with_two_nodes(lesson):
    found = [lesson[name] for name in ("x1", "x2", "w1", "w2")]
    assert found == pytest.approx([-1 / math.sqrt(3), 1 / math.sqrt(3), 1, 1], rel=1e-12)


def test_three_ways_to_simpson(lesson):
    simpson = scipy_integrate.simpson(f(np.linspace(0, 3, 17)), dx=3 / 16)
    for way in ("mean", "extrapolated"):
        assert lesson[way] == pytest.approx(simpson, rel=1e-14)


def test_romberg_table(lesson):
    table = lesson["table"]
    assert table.shape == (6, 6)
    assert f"{abs(table[-1, 0] - LOG4):.0e}" == "7e-04"
    assert f"{abs(table[-1, -1] - LOG4):.0e}" == "3e-08"
    # The second column is Simpson's rule, by another route.
    assert table[-1, 1] == pytest.approx(integrate.simpson(f, 0, 3, 32), rel=1e-14)


def test_a_kink_at_one_third_is_luck():
    lucky = [integrate.simpson(lambda x: abs(x - 1 / 3), 0, 1, n) for n in range(2, 300, 2)]
    assert lucky == pytest.approx([5 / 18] * 149, rel=1e-14)
    unlucky = integrate.simpson(lambda x: abs(x - 0.35), 0, 1, 250)
    assert abs(unlucky - (0.35**2 + 0.65**2) / 2) > 1e-7


@pytest.mark.parametrize(
    ("name", "orders"),
    [
        ("left", (1, 1, 1, 1)),
        ("midpoint", (2, 1.5, 2, 1)),
        ("trapezoid", (2, 1.5, 2, 1)),
        ("Simpson", (4, 1.5, 2, 1)),
        ("Gauss", (None, 3, 2, 1)),
    ],
)
def test_orders_that_are_left(lesson, name, orders):
    for case, order in zip(("smooth", "root", "kink", "jump"), orders, strict=True):
        # 200 random places fix a root mean square to 5 %, a slope over four doublings to less than 0.05.
        assert lesson["orders"].get((name, case)) == (order and pytest.approx(order, abs=0.06))


def test_pieces_cure_the_kink(lesson):
    assert sum(lesson["halves"]) == pytest.approx(lesson["bent_area"], abs=1e-15)
    assert abs(lesson["whole"] - lesson["bent_area"]) > 1e-4


def test_periodic_function_is_the_trapezoids(lesson):
    true = 2 * math.pi * float(np.i0(1.0))
    x = np.arange(14) * 2 * math.pi / 14
    assert 2 * math.pi / 14 * np.exp(np.cos(x)).sum() == pytest.approx(true, abs=3e-14)
    assert f"{abs(integrate.simpson(lesson['wave'], 0, 2 * math.pi, 14) - true):.0e}" == "7e-06"


def test_adaptive_spends_an_eighth(lesson):
    true = scipy_integrate.quad(lesson["peak"], 0, 1, points=[0.3], epsabs=1e-13)[0]
    assert lesson["peak_area"] == pytest.approx(true, abs=1e-12)
    assert abs(lesson["value"] - true) < 1e-8
    assert 4 * len(lesson["pieces"]) + 1 < lesson["equal"][0] / 7
    # The narrowest pieces lie within the peak.
    ends, widths = lesson["ends"], lesson["widths"]
    assert np.abs(ends[widths == widths.min()] - 0.3).max() < 0.003


def test_spike_is_missed_in_good_conscience(lesson):
    assert lesson["missed"].success
    assert lesson["missed"].value == pytest.approx(1, abs=1e-12)
    assert lesson["told"].value == pytest.approx(2, abs=1e-9)


def test_tanh_sinh_doubles_its_digits(lesson):
    errors = [abs(lesson["tanh_sinh"](lesson["upright"], n) - 2) for n in (8, 16, 32)]
    assert errors[1] < errors[0] ** 2
    assert errors[2] < 1e-13
    halved = [abs(lesson["composite"]["midpoint"](lesson["upright"], 0, 1, n) - 2) for n in (16, 64)]
    assert halved[0] / halved[1] == pytest.approx(2, rel=0.01)


def test_what_lies_beyond_twenty_is_lost(lesson):
    beyond = (20**2 + 2 * 20 + 2) * math.exp(-20)
    assert integrate.integral(lesson["tail"], 0, 20) == pytest.approx(2 - beyond, rel=1e-12)
    assert integrate.integral(lesson["tail"], 0, math.inf) == pytest.approx(2, rel=1e-12)


def test_costs_in_the_table(lesson):
    table = lesson["table_of_costs"]
    assert all(row[4] != "-" for row in table.values())
    assert min(table["periodic"][:3]) == table["periodic"][0] == 16
    assert table["smooth"][2] == 16
    assert table["1/sqrt(x)"][:3] == ["-", "-", "-"]
    assert table["1/sqrt(x)"][3] < table["1/sqrt(x)"][4]
    # A dash in the last columns is a refusal, not a wrong answer.
    for name in ("peak", "kink"):
        g, a, b, _ = lesson["problems"][name]
        assert not integrate.tanh_sinh(g, a, b, rtol=1e-8, full_output=True).success


def test_mistakes(lesson):
    assert lesson["weights"](np.linspace(-1, 1, 9)).min() < 0 < lesson["weights"](np.linspace(-1, 1, 5)).min()
    assert f"{lesson['faulty'] - LOG4:+.3f}" == "+0.050"


def test_first_try_at_the_task_is_answered(lesson):
    verdict = exercises.get("A2v").check(lesson["answer"])
    assert not verdict
    assert "the weights must add up" in verdict.message
