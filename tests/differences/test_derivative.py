"""Derivatives of functions of one variable: accuracy, honesty, domains, kinks, arguments."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from calcguide.differences import AccuracyWarning, derivative
from calcguide.differences._adaptive import FIRST_STEP, RTOL, RULES, _evaluate, _look, _skim
from calcguide.differences._lines import PointLines
from calcguide.functions import cubic, ripple

TINY = np.finfo(float).tiny
EPS = np.finfo(float).eps

# name, function, derivative, interval: the list on which accuracy is promised.
PROMISED = [
    ("exp near 0", np.exp, np.exp, -1, 1),
    ("exp far out", np.exp, np.exp, 0, 100),
    ("sin", np.sin, np.cos, -1.2, 1.2),
    ("cubic", lambda x: x**3 - 2 * x**2 + 1, lambda x: 3 * x**2 - 4 * x, 1.5, 10),
    ("tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2, -2, 2),
    ("log", np.log, lambda x: 1 / x, 1e-3, 100),
    ("reciprocal", lambda x: 1 / x, lambda x: -1 / x**2, 1e-8, 1e-3),
]
SMOOTH = [("exp", np.exp), ("sin", np.sin), ("erf", special.erf), ("cubic", cubic), ("ripple", ripple)]
T = sympy.symbols("t")
SYMBOLIC = {
    "exp": sympy.exp(T),
    "sin": sympy.sin(T),
    "erf": sympy.erf(T),
    "cubic": T**3 - 2 * T**2 + 1,
    "ripple": T**2 + 5 * sympy.sin(T),
}


def points(low: float, high: float, count: int = 3001) -> np.ndarray:
    """Cover an interval evenly, and its small values evenly in size where it has a positive lower end."""
    even = np.linspace(low, high, count)
    return even if low <= 0 else np.concatenate([even, np.geomspace(low, high, count)])


class TestAccuracy:
    @pytest.mark.parametrize(
        ("fun", "exact", "low", "high"), [p[1:] for p in PROMISED], ids=[p[0] for p in PROMISED]
    )
    def test_default_keeps_ten_digits(self, fun: Any, exact: Any, low: float, high: float) -> None:
        x = points(low, high)
        result = derivative(fun, x, full_output=True)
        assert result.success
        assert np.max(np.abs(result.value / exact(x) - 1)) <= 1e-10

    @pytest.mark.parametrize(
        ("fun", "exact", "low", "high"), [p[1:] for p in PROMISED], ids=[p[0] for p in PROMISED]
    )
    def test_error_estimate_covers_the_error(self, fun: Any, exact: Any, low: float, high: float) -> None:
        x = points(low, high)
        result = derivative(fun, x, full_output=True)
        # The estimate cannot see rounding inside `fun`, where numbers are as large as |x f'|: a few units of it.
        inside = 3 * RULES[1].amplification * EPS * np.abs(x * exact(x)) / result.step
        assert np.all(np.abs(result.value - exact(x)) <= result.error + inside)
        assert np.median(result.error / np.abs(exact(x))) <= 1e-10

    @pytest.mark.parametrize(
        ("fun", "exact", "low", "high"), [p[1:] for p in PROMISED], ids=[p[0] for p in PROMISED]
    )
    def test_complex_step_is_exact_to_round_off(self, fun: Any, exact: Any, low: float, high: float) -> None:
        x = points(low, high)
        relative = np.abs(derivative(fun, x, method="complex") / exact(x) - 1)
        # The cubic's derivative, 0.75 at 1.5, is a difference of numbers near 6: eight units in the last place.
        assert np.max(relative) <= (8 * EPS if fun is PROMISED[3][1] else 1e-15) + EPS

    @pytest.mark.parametrize(("name", "fun"), SMOOTH)
    @pytest.mark.parametrize(("n", "tolerance"), [(1, 1e-11), (2, 1e-9), (3, 1e-7), (4, 1e-5)])
    def test_orders_against_sympy(self, name: str, fun: Any, n: int, tolerance: float) -> None:
        x = np.linspace(-2.3, 2.9, 53)
        exact = sympy.lambdify(T, sympy.diff(SYMBOLIC[name], T, n), "numpy")(x)
        result = derivative(fun, x, n=n, full_output=True)
        scale = 1 + np.abs(exact)
        assert np.max(np.abs(result.value - exact) / scale) <= tolerance
        slope = sympy.lambdify(T, sympy.diff(SYMBOLIC[name], T), "numpy")(x)
        inside = 8 * RULES[n].amplification * EPS * np.abs(x * slope) / result.step**n
        assert np.all(np.abs(result.value - exact) <= result.error + inside)

    @pytest.mark.parametrize(
        ("options", "tolerance"),
        [
            # ε^(p/(n+p)) for the order p, times a few.
            ({"method": "forward"}, 1e-7),
            ({"method": "backward"}, 1e-7),
            ({"method": "forward", "order": 4}, 1e-11),
            ({"method": "backward", "order": 6}, 1e-12),
            ({"method": "central"}, 1e-9),
            ({"method": "central", "order": 4}, 1e-11),
            ({"method": "central", "order": 6}, 1e-12),
            ({"method": "central", "n": 2}, 1e-6),
            ({"method": "central", "n": 3, "order": 6}, 1e-7),
            ({"method": "forward", "n": 2, "order": 3}, 1e-6),
        ],
    )
    def test_fixed_formulas_reach_their_balance(self, options: dict[str, Any], tolerance: float) -> None:
        x = np.linspace(-1, 1, 41)
        result = derivative(np.exp, x, full_output=True, **options)
        error = np.abs(result.value / np.exp(x) - 1)
        assert np.max(error) <= tolerance
        assert (
            np.max(error) >= tolerance * 1e-6
        )  # a formula that does better than its theory is another formula
        assert np.mean(np.abs(result.value - np.exp(x)) <= result.error) > 0.9  # a statistical estimate

    def test_one_sided_formulas_look_to_their_own_side(self) -> None:
        assert derivative(abs, 0.0, method="forward") == 1.0
        assert derivative(abs, 0.0, method="backward") == -1.0
        assert derivative(np.sqrt, [4.0], method="backward", h=1.0)[0] == 2 - math.sqrt(3)

    def test_a_given_step_is_the_textbook_quotient(self) -> None:
        x, h = 10.0, 1e-4
        assert derivative(lambda t: t**2, x, method="forward", h=h) == ((x + h) ** 2 - x**2) / h

    @pytest.mark.parametrize(("method", "order"), [("forward", 1), ("backward", 2), ("central", 2)])
    def test_the_error_of_a_long_step_is_its_truncation(self, method: str, order: int) -> None:
        found = derivative(np.exp, 1.0, method=method, order=order, h=1e-3, full_output=True)
        wrong = abs(found.value - np.e)
        assert (
            wrong * (1 - 1e-3) <= found.error <= 1.01 * wrong
        )  # the next term of the series is h times smaller

    def test_a_look_at_one_point_agrees_with_a_look_at_many(self) -> None:
        x = np.linspace(0.1, 3, 20)
        for n in (1, 2, 3, 4):
            many = derivative(np.sin, x, n=n)
            one = [derivative(np.sin, float(t), n=n) for t in x]
            assert one == pytest.approx(many.tolist(), rel=1e-6, abs=1e-7)
        assert derivative(np.exp, 0.3) == pytest.approx(math.exp(0.3), rel=1e-12)

    def test_a_look_at_one_point_is_as_wary(self) -> None:
        """Beside a faint kink, where the nodes on either side of it disagree, all ways go on to the same shorter step."""

        def fun(t: Any) -> Any:
            return t + 1e-9 * abs(t - 0.25)

        x = 0.25 + np.linspace(-1, 1, 200) / 256
        many = derivative(fun, x, full_output=True).value
        np.testing.assert_allclose([derivative(fun, float(t)) for t in x], many, rtol=1e-14)
        np.testing.assert_allclose(derivative(fun, x), many, rtol=1e-14)


class TestSearch:
    """Points for which the first step does not serve."""

    @pytest.mark.parametrize(
        ("fun", "x", "exact"),
        [
            pytest.param(np.log, 1e-30, 1e30, id="log at a tiny point"),
            pytest.param(np.sqrt, 1e-12, 5e5, id="sqrt near its edge"),
            pytest.param(lambda t: np.sqrt(1 - t), 1 - 1e-6, -500.0, id="an edge that is not zero"),
            pytest.param(lambda t: t * t, 1e6, 2e6, id="a large point"),
            pytest.param(lambda t: np.sin(1000 * t), 0.3, 1000 * math.cos(300), id="a fast oscillation"),
            pytest.param(lambda t: 1 / (t - 1), 1 + 2.0**-26, -(2.0**52), id="close to a pole"),
            pytest.param(lambda t: np.tanh(1000 * t), 0.0, 1000.0, id="a narrow step"),
            pytest.param(lambda t: np.exp(-t * t / 2e-8), 1e-4, -1e4 * math.exp(-0.5), id="a narrow bump"),
            pytest.param(lambda t: np.sin(t * t), 300.0, 600 * math.cos(90000), id="oscillation with phase"),
            pytest.param(math.log, 1e-3, 1e3, id="math.log, which raises outside its domain"),
        ],
    )
    def test_finds_a_step(self, fun: Any, x: float, exact: float) -> None:
        result = derivative(fun, x, full_output=True)
        assert result.success, result.message
        assert abs(result.value - exact) <= result.error
        assert result.value == pytest.approx(exact, rel=1e-6)

    def test_counts_evaluations_point_by_point(self) -> None:
        x = np.array([1.0, 1e-6])
        result = derivative(np.log, x, full_output=True)
        assert result.nfev[0] < result.nfev[1]

        calls = []
        derivative(lambda t: calls.append(1) or math.log(t), 1e-6, full_output=True)
        assert len(calls) == derivative(np.log, 1e-6, full_output=True).nfev

    def test_first_look_costs_seven_evaluations(self) -> None:
        calls = []
        derivative(lambda t: calls.append(t) or math.exp(t), 0.5)
        assert len(calls) == 7

    def test_blocks_do_not_show(self) -> None:
        x = np.linspace(1e-3, 9, 40_000)  # several blocks, with points to search in the first
        assert np.max(np.abs(derivative(np.log, x) * x - 1)) < 1e-10

    @pytest.mark.parametrize("method", ["backward", "central"])
    def test_default_steps_shrink_at_the_edge_of_the_domain(self, method: str) -> None:
        result = derivative(np.log, [1e-9, 1.0], method=method, full_output=True)
        assert result.status.tolist() == [0, 0]
        assert result.step[0] < 1e-9 / 16
        assert result.step[1] > 1e-9
        assert result.value[0] == pytest.approx(1e9, rel=0.05)  # h/2x for the backward difference

    @given(
        frequency=st.floats(0.01, 300),
        phase=st.floats(-3, 3),
        x=st.floats(-5, 5),
        size=st.sampled_from([1e-8, 1, 1e9]),
    )
    @example(frequency=300.0, phase=0.0, x=5.0, size=1.0)
    def test_waves_of_any_frequency(self, frequency: float, phase: float, x: float, size: float) -> None:
        result = derivative(lambda t: size * np.sin(frequency * t + phase), x, full_output=True)
        exact = size * frequency * math.cos(frequency * x + phase)
        # Rounding inside sin's argument, of size ε frequency |x|, is beyond the estimate's knowledge.
        inner = size * frequency * EPS * (frequency * abs(x) + 4) / result.step
        assert abs(result.value - exact) <= 5 * result.error + 10 * inner

    @given(a=st.floats(-10, 10), b=st.floats(-10, 10), x=st.floats(-3, 3))
    @example(a=0.0, b=2e-323, x=0.0)  # below the smallest normal number, values have few digits or none
    def test_linearity(self, a: float, b: float, x: float) -> None:
        both = derivative(lambda t: a * np.sin(t) + b * np.exp(t), x, full_output=True)
        apart = a * math.cos(x) + b * math.exp(x)
        assert abs(both.value - apart) <= 5 * both.error + (1e-14 * (abs(a) + abs(b)) + TINY) / both.step


class TestSkim:
    """The bound that spares most points the full error estimate never accepts what the estimate would not."""

    @staticmethod
    def sure_and_met(fun: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rule, h, lines = RULES[1], FIRST_STEP[1], PointLines(fun, x)
        with np.errstate(all="ignore"):
            values = _evaluate(lines, slice(None), np.append(rule.both_sides, 0.0), h)
            value, sure = _skim(rule, values, h, np.abs(x).max(), RTOL[1])
            look = _look(rule, values, h, np.abs(x), values[-1])
        np.testing.assert_allclose(value[sure], look.value[sure], rtol=1e-14)
        return sure[:, 0], ~look.beyond(rule, RTOL[1])[:, 0]

    @pytest.mark.parametrize(
        ("fun", "low", "high"),
        [
            *(pytest.param(*p[1:2], *p[3:], id=p[0]) for p in PROMISED),
            pytest.param(lambda t: np.full(t.shape, 3.0), -1, 1, id="constant"),
            pytest.param(lambda t: 2 * t + 1, -1e5, 1e5, id="straight line"),
            pytest.param(np.sin, -1e3, 1e3, id="wave far out"),
            pytest.param(np.sin, 1024 - 2.0**-8, 1024, id="wave where nodes slip"),
            pytest.param(lambda t: 1e4 + np.sin(t), -3, 3, id="wave on a pedestal"),
            pytest.param(lambda t: np.sin(300 * t), -3, 3, id="fast wave"),
            pytest.param(lambda t: t + 1e-9 * np.abs(t - 0.25), 0.2, 0.3, id="faint kink"),
            pytest.param(lambda t: np.abs(t) * t, -0.01, 0.01, id="jump of the second derivative"),
            pytest.param(np.sign, -0.01, 0.01, id="jump"),
            pytest.param(lambda t: t + 1e-10 * np.sin(1e6 * t), -1, 1, id="noise"),
            pytest.param(lambda t: np.round(t, 12), -1, 1, id="rounding"),
            pytest.param(lambda t: np.where(t > 0, np.sqrt(np.abs(t)), np.nan), -0.01, 0.01, id="edge"),
            pytest.param(lambda t: 1e308 * np.exp(t), -3, 3, id="overflow"),
            pytest.param(lambda t: 1 / t, -1, 1, id="pole"),
            pytest.param(lambda t: np.where(t > 0.5, np.inf, t), -1, 1, id="infinite on one side"),
            pytest.param(lambda t: np.maximum(t, 0), -1, 1, id="zero on one side"),
        ],
    )
    def test_what_is_sure_meets_the_tolerance(self, fun: Any, low: float, high: float) -> None:
        sure, met = self.sure_and_met(fun, points(low, high))
        assert not np.any(sure & ~met)

    def test_a_kink_at_the_point_is_not_missed(self) -> None:
        # The odd part of the function, which the derivative is taken from, does not see |t| at all.
        sure, _ = self.sure_and_met(lambda t: t + 1e-9 * np.abs(t), np.zeros(1))
        assert not sure.any()

    def test_a_kink_beside_the_point_is_not_missed(self) -> None:
        # Where the kink of t + ε |t − a| lies between the nodes at h/2 and h, the error is ε (h − a) / 90 h.
        h = FIRST_STEP[1]
        x = np.linspace(-h, -h / 2, 102)[1:-1]
        sure, met = self.sure_and_met(lambda t: t + 1e-8 * np.abs(t), x)
        assert not np.any(sure & ~met)

    @pytest.mark.parametrize(("fun", "low", "high"), [(p[1], *p[3:]) for p in PROMISED[:5]])
    def test_most_points_of_smooth_functions_are_sure(self, fun: Any, low: float, high: float) -> None:
        sure, _ = self.sure_and_met(fun, points(low, high))
        assert np.mean(sure) > 0.8

    def test_the_value_is_that_of_the_full_result(self) -> None:
        x = np.linspace(-3, 3, 40_001)
        for fun in (np.sin, np.expm1, lambda t: t * np.abs(t), lambda t: np.log(t + 3.1)):
            full = derivative(fun, x, full_output=True)
            assert full.success
            np.testing.assert_allclose(derivative(fun, x), full.value, rtol=1e-13, atol=1e-15)


class TestKinks:
    """Where there is no derivative, the result says so."""

    @pytest.mark.parametrize(
        ("fun", "n"),
        [
            pytest.param(np.abs, 1, id="kink"),
            pytest.param(lambda t: np.maximum(t, 0), 1, id="relu"),
            pytest.param(np.sign, 1, id="jump"),
            pytest.param(np.cbrt, 1, id="vertical tangent"),
            pytest.param(lambda t: t * abs(t), 2, id="jump of the second derivative"),
            pytest.param(lambda t: abs(t) ** 3, 3, id="jump of the third derivative"),
            pytest.param(lambda t: t**3 * abs(t), 4, id="jump of the fourth derivative"),
        ],
    )
    def test_status_and_warning(self, fun: Any, n: int) -> None:
        result = derivative(fun, 0.0, n=n, full_output=True)
        assert not result.success
        assert result.status == 1
        assert "x=0.0" in result.message
        with pytest.warns(AccuracyWarning, match="above the tolerance"):
            derivative(fun, 0.0, n=n)

    def test_the_error_at_a_kink_is_half_the_jump_of_the_slope(self) -> None:
        result = derivative(np.abs, 0.0, full_output=True)
        assert (result.value, result.error) == pytest.approx((0.0, 1.0))

    def test_smooth_functions_with_an_abs_inside_pass(self) -> None:
        result = derivative(lambda t: t * abs(t), 0.0, full_output=True)
        assert result.success
        assert abs(result.value) <= result.error

    def test_a_hole_is_not_a_point_of_the_function(self) -> None:
        result = derivative(lambda t: np.sin(t) / t, [0.0, 1.0], full_output=True)
        assert result.status.tolist() == [2, 0]
        assert np.isnan(result.value[0])
        assert np.isinf(result.error[0])
        assert result.message == "`fun` returned nan at x=0.0"
        with pytest.raises(ValueError, match=r"`fun` returned nan at x=0.0; `full_output=True` returns what"):
            derivative(lambda t: np.sin(t) / t, 0.0)

    @pytest.mark.parametrize("x", [0.0, [0.0], [0.0, 1.0]])
    def test_a_pole_has_no_derivative(self, x: Any) -> None:
        with pytest.raises(ValueError, match=r"`fun` returned inf at x=0.0"):
            derivative(lambda t: np.float64(1) / t, x)

    def test_the_end_of_a_domain(self) -> None:
        result = derivative(lambda t: t * np.sqrt(t), 0.0, full_output=True)
        assert result.status == 1
        assert "use method='forward' or 'backward'" in result.message
        assert derivative(lambda t: t * np.sqrt(t), 0.0, method="forward") == pytest.approx(0.0, abs=1e-3)

    def test_constants_and_straight_lines_are_exact(self) -> None:
        assert derivative(lambda _: 3.0, 1.0) == 0.0
        assert derivative(lambda t: 3.0, [1.0, 2.0]).tolist() == [0.0, 0.0]
        assert derivative(lambda t: 2 * t, 0.5) == pytest.approx(2.0, rel=4 * EPS)


class TestRegressions:
    """Faulty forms that circulate, held against the numbers they produce."""

    def test_the_quotient_is_not_the_derivative(self) -> None:
        x = np.linspace(-10, 10, 81)
        gap = derivative(lambda t: t**2, x, method="forward", h=1e-4) - 2 * x
        assert gap == pytest.approx(
            np.full(81, 1e-4), rel=1e-2
        )  # A1a: exactly h, plus round-off of 1e-8 / 1e-4
        assert derivative(cubic, -10.0, method="forward", h=1e-4) - 340 == pytest.approx(-3.2e-3, rel=1e-3)

    @pytest.mark.parametrize(("h", "error"), [(1e-7, 3.4e-7), (1e-10, 1.4e-4), (1e-15, 26), (1e-16, 20)])
    def test_smaller_steps_are_not_better(self, h: float, error: float) -> None:
        """A1b, and the cure."""
        worst = max(
            abs(derivative(lambda t: t**2, x, method="forward", h=h) - 2 * x)
            for x in np.linspace(-10, 10, 201)
        )
        assert worst >= error / 3
        assert derivative(lambda t: t**2, 10.0) == pytest.approx(20, rel=1e-12)

    @pytest.mark.parametrize(("x", "relative"), [(1e6, 2.4e-4), (5e8, 0.28), (1e10, 1.0)])
    def test_a_fixed_step_fails_at_large_x(self, x: float, relative: float) -> None:
        """B1b: relative errors of the central difference of x² with h = 1e-7; scaled steps keep nine digits."""
        faulty = derivative(lambda t: t**2, x, method="central", h=1e-7)
        assert abs(faulty / (2 * x) - 1) >= relative / 10
        assert derivative(lambda t: t**2, x, method="central") == pytest.approx(2 * x, rel=1e-9)

    def test_integers_do_not_truncate_the_step(self) -> None:
        """B1c."""
        assert derivative(lambda t: t**2, np.array([1, 2])).tolist() == pytest.approx([2.0, 4.0])
        assert derivative(lambda t: t**2, 3) == pytest.approx(6.0)

    def test_exp_at_100_is_no_catastrophe(self) -> None:
        """The absolute error is large because the function is; the relative one is about h / 2."""
        quotient = derivative(np.exp, 100.0, method="forward", h=1e-4)
        assert quotient / math.exp(100) - 1 == pytest.approx(5e-5, rel=1e-2)
        assert derivative(np.exp, 100.0, method="forward", h=7e-15) == 0.0  # below half the spacing of floats
        assert derivative(np.exp, 100.0) == pytest.approx(math.exp(100), rel=1e-11)


class TestCalls:
    def test_shapes_types_and_the_caller_s_array(self) -> None:
        x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        kept = x.copy()

        def spiteful(t: np.ndarray) -> np.ndarray:
            t *= 2
            return t**2

        assert derivative(spiteful, x).shape == (2, 3)
        assert derivative(spiteful, x) == pytest.approx(8 * kept)
        assert (x == kept).all()
        assert type(derivative(np.sin, 1.0)) is float
        assert type(derivative(np.sin, np.float64(1.0))) is float
        assert type(derivative(np.sin, np.array(1.0))) is float
        assert derivative(np.sin, (1, 2)).shape == (2,)
        result = derivative(np.sin, 1, full_output=True)
        assert [type(v) for v in (result.value, result.error, result.step, result.nfev, result.status)] == [
            float,
            float,
            float,
            int,
            int,
        ]

    def test_parameters_vary_from_point_to_point(self) -> None:
        frequency = np.array([1.0, 10.0, 1000.0])
        found = derivative(lambda t, w: np.sin(w * t), 0.3, args=(frequency,))
        assert found == pytest.approx(frequency * np.cos(0.3 * frequency), rel=1e-9)
        assert derivative(lambda t, w: np.sin(w * t), 0.0, args=(2.0,)) == pytest.approx(2.0)
        assert derivative(math.pow, 3.0, args=(2.0,)) == pytest.approx(6.0)

    def test_rtol_is_asked_for(self) -> None:
        strict = derivative(np.tanh, 0.4, rtol=1e-14, full_output=True)
        assert strict.nfev > derivative(np.tanh, 0.4, full_output=True).nfev

    def test_a_first_step_may_be_given(self) -> None:
        narrow = derivative(
            lambda t: np.exp(-((t - 1e-3) ** 2) / 2e-12), 1e-3 + 1e-6, h=1e-7, full_output=True
        )
        assert narrow.value == pytest.approx(-1e6 * math.exp(-0.5), rel=1e-8)

    def test_a_given_first_step_keeps_the_search_from_longer_ones_that_deceive(self) -> None:
        """A ripple of period 2⁻¹⁰ vanishes at nodes that are multiples of it: without `h` it is not seen."""

        def rippled(t: Any) -> Any:
            return t + np.sin(2 * np.pi * 1024 * t) / 1024

        exact = 1 + 2 * np.pi
        assert derivative(rippled, 0.25) == pytest.approx(1.0)
        result = derivative(rippled, 0.25, h=1e-5, full_output=True)
        assert result.value == pytest.approx(exact, rel=1e-9)
        assert abs(result.value - exact) <= result.error

    def test_a_longer_step_that_disagrees_is_not_believed(self) -> None:
        # At x = 1024 the step of the point's own size is 64: all its nodes lie on multiples of the period, and the
        # function seems constant. The first look, shorter, knows better.
        found = derivative(lambda t: 1e6 + np.sin(np.pi / 4 * t), 1024.0, full_output=True)
        assert abs(found.value - np.pi / 4) <= found.error < 1e-5

    def test_nested_and_threaded_calls(self) -> None:
        second = derivative(lambda t: derivative(np.sin, t, method="complex"), [0.5], method="central")
        assert second[0] == pytest.approx(-math.sin(0.5), rel=1e-8)
        found: list[float] = []
        threads = [threading.Thread(target=lambda: found.append(derivative(np.exp, 0.5))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1

    def test_the_caller_s_error_state_survives(self) -> None:
        with np.errstate(divide="raise"):
            derivative(np.log, 1e-3)
            assert np.geterr()["divide"] == "raise"


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "options", "error", "message"),
        [
            ((3.0, 1.0), {}, TypeError, r"`fun` must be callable, got 3.0 of type float"),
            ((np.sin, "1"), {}, TypeError, r"`x` must hold real numbers, got '1' of type str"),
            ((np.sin, None), {}, TypeError, r"`x` must hold real numbers"),
            ((np.sin, 1 + 1j), {}, TypeError, r"`x` must be real, got complex values"),
            ((np.sin, float("nan")), {}, ValueError, r"`x` must be finite, got x=nan"),
            ((np.sin, [0.0, float("inf")]), {}, ValueError, r"`x` must be finite, got x\[1\]=inf"),
            ((np.sin, []), {}, ValueError, r"`x` must not be empty, got shape \(0,\)"),
            ((np.sin, [[1.0], [1.0, 2.0]]), {}, ValueError, r"`x` must be a regular array"),
            ((np.sin, 1.0), {"h": 0}, ValueError, r"`h` must be positive, got h=0.0"),
            ((np.sin, 1.0), {"h": -0.1}, ValueError, r"`h` must be positive, got h=-0.1"),
            ((np.sin, 1.0), {"h": float("nan")}, ValueError, r"`h` must be finite"),
            ((np.sin, 1.0), {"h": "small"}, TypeError, r"`h` must hold real numbers"),
            (
                (np.sin, 1.0),
                {"h": [0.1, 0.2]},
                ValueError,
                r"`h` must be one number, got an array of shape \(2,\)",
            ),
            ((np.sin, 1.0), {"rtol": 0.0}, ValueError, r"`rtol` must be positive"),
            (
                (np.sin, 1.0),
                {"method": "sideways"},
                ValueError,
                r"`method` must be one of 'adaptive', 'forward'",
            ),
            (
                (np.sin, 1.0),
                {"method": "central", "order": 3},
                ValueError,
                r"`order` must be one of 2, 4, 6, got 3",
            ),
            ((np.sin, 1.0), {"method": "forward", "order": 7}, ValueError, r"`order` must be one of 1, 2"),
            ((np.sin, 1.0), {"order": 2}, ValueError, r"`order` belongs to forward, backward and central"),
            (
                (np.sin, 1.0),
                {"method": "central", "rtol": 1e-3},
                ValueError,
                r"`rtol` belongs to method='adaptive'",
            ),
            ((np.sin, 1.0), {"method": "complex", "n": 2}, ValueError, r"first derivatives only, got n=2"),
            (
                (np.sin, 1.0),
                {"method": "complex", "h": 0.1},
                ValueError,
                r"`h` has no use with method='complex'",
            ),
            ((np.sin, 1.0), {"method": "complex", "order": 2}, ValueError, r"`order` belongs to"),
            ((np.sin, 1.0), {"n": 0}, ValueError, r"`n` must be from 1 to 4, got n=0"),
            ((np.sin, 1.0), {"n": 1.5}, TypeError, r"`n` must be an integer"),
            ((np.sin, 1.0), {"n": True}, TypeError, r"`n` must be an integer"),
            (
                (np.sin, [1.0, 2.0]),
                {"args": ([1.0, 2.0, 3.0],)},
                ValueError,
                r"`args` must broadcast against `x`",
            ),
            ((np.sin, 1.0), {"args": ("w",)}, TypeError, r"`args\[0\]` must hold real numbers"),
        ],
    )
    def test_arguments(self, arguments: Any, options: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            derivative(*arguments, **options)

    @pytest.mark.parametrize(
        ("fun", "error", "message"),
        [
            (
                lambda t: np.sum(t) * np.ones(3),
                ValueError,
                r"`fun` must return shape \(\d+,\) here, like its argument, got shape \(3,\)",
            ),
            (
                lambda t: t[:1],
                ValueError,
                r"`fun` must return shape \(\d+,\) here, like its argument, got shape \(1,\)",
            ),
            (lambda t: t + 1j, TypeError, r"`fun` must return real values for a real argument"),
            (lambda t: np.array(["a", "b"]), TypeError, r"`fun` must return numbers, got dtype <U1"),
            (lambda t: None, TypeError, r"`fun` must return numbers, got dtype object"),
            (lambda t: t.missing, AttributeError, "missing"),
        ],
    )
    @pytest.mark.parametrize("method", ["adaptive", "central"])
    def test_functions_at_many_points(self, fun: Any, error: Any, message: str, method: str) -> None:
        with pytest.raises(error, match=message):
            derivative(fun, [1.0, 2.0], method=method)

    @pytest.mark.parametrize(
        ("fun", "error", "message"),
        [
            (lambda t: np.ones(3), ValueError, r"`fun` must return shape \(\)"),
            (lambda t: complex(t, 1), TypeError, r"real values"),
            (lambda t: "text", TypeError, r"`fun` must return numbers"),
            (lambda t: math.log(-1.0), ValueError, r"math domain error|nonnegative|positive"),
            (lambda t: 1 / 0, ZeroDivisionError, "division"),
        ],
    )
    @pytest.mark.parametrize("method", ["adaptive", "forward", "central"])
    def test_functions_at_one_point(self, fun: Any, error: Any, message: str, method: str) -> None:
        with pytest.raises(error, match=message):
            derivative(fun, 1.0, method=method)

    @pytest.mark.parametrize("fun", [np.abs, lambda t: np.real(t) ** 2, lambda t: 3.0 * np.ones(t.shape)])
    def test_complex_step_refuses_functions_that_drop_the_imaginary_part(self, fun: Any) -> None:
        with pytest.raises(TypeError, match=r"must carry complex arguments through"):
            derivative(fun, [1.0, 2.0], method="complex")

    def test_a_given_step_that_leaves_the_domain(self) -> None:
        with pytest.raises(ValueError, match=r"`fun` is not finite within h=0.1 of x=0.05"):
            derivative(np.log, 0.05, method="central", h=0.1)
        result = derivative(np.log, [0.05, 1.0], method="central", h=0.1, full_output=True)
        assert result.status.tolist() == [2, 0]

    def test_complex_step_where_the_function_is_not_finite(self) -> None:
        result = derivative(
            lambda t: t * np.where(t.real > 0, 1.0, np.nan), [0.0, 1.0], method="complex", full_output=True
        )
        assert result.status.tolist() == [2, 0]
