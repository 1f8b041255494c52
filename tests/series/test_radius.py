"""Radii of convergence: known singularities, real and complex; honesty where the estimates do not agree."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from calcguide.series import jet, radius_of_convergence

#: Functions, points, and the distance of the nearest singularity.
KNOWN: dict[str, tuple[Any, float, float]] = {
    "poles at ±i, from 0": (lambda x: 1 / (1 + x**2), 0.0, 1.0),
    "poles at ±i, from 1": (lambda x: 1 / (1 + x**2), 1.0, math.sqrt(2)),
    "poles at ±i, from 2": (lambda x: 1 / (1 + x**2), 2.0, math.sqrt(5)),
    "log(1 + x)": (np.log1p, 0.0, 1.0),
    "log at 3": (np.log, 3.0, 3.0),
    "tan at 0": (np.tan, 0.0, math.pi / 2),
    "tan at π": (np.tan, math.pi, math.pi / 2),
    "tan at 1": (np.tan, 1.0, math.pi / 2 - 1),
    "root at 1": (np.sqrt, 1.0, 1.0),
    "root at 4": (np.sqrt, 4.0, 4.0),
    "a higher root": (lambda x: x**2.5, 1.0, 1.0),
    "tanh at 0": (np.tanh, 0.0, math.pi / 2),
    "tanh at 1": (np.tanh, 1.0, math.hypot(1, math.pi / 2)),
    "logistic at 0": (special.expit, 0.0, math.pi),
    "logistic at 5": (special.expit, 5.0, math.hypot(5, math.pi)),
    "arctan at 0": (np.arctan, 0.0, 1.0),
    "arctan at 1": (np.arctan, 1.0, math.sqrt(2)),
    "arcsinh at 2": (np.arcsinh, 2.0, math.sqrt(5)),
    "softplus": (lambda x: np.logaddexp(0, x), 0.0, math.pi),
    "gamma": (special.gamma, 1.5, 1.5),
    "log gamma": (special.gammaln, 2.0, 2.0),
    "log of a sine": (lambda x: np.log(2 + np.sin(x)), 0.0, math.hypot(math.pi / 2, math.acosh(2))),
}
ENTIRE: dict[str, tuple[Any, float]] = {
    "exp": (np.exp, 0.0),
    "exp at 3": (np.exp, 3.0),
    "sin": (np.sin, 0.0),
    "sin at 1": (np.sin, 1.0),
    "damped oscillation": (lambda x: np.exp(x) * np.cos(x), 0.0),
    "bell": (lambda x: np.exp(-(x**2)), 0.0),
    "bell at 1": (lambda x: np.exp(-(x**2)), 1.0),
    "error function": (special.erf, 0.0),
    "exp of exp": (lambda x: np.exp(np.exp(x)), 0.0),
    "a cubic": (lambda x: x**3 - x, 2.0),
    "a constant": (lambda x: 5.0, 2.0),
    "zero": (lambda x: 0 * x, 2.0),
}


@pytest.mark.parametrize("degree", [30, 40, 60])
@pytest.mark.parametrize(("fun", "x0", "radius"), KNOWN.values(), ids=KNOWN)
def test_known_singularities(fun: Any, x0: float, radius: float, degree: int) -> None:
    found = radius_of_convergence(fun, x0=x0, degree=degree)
    assert found.success
    assert found.value == pytest.approx(radius, rel=2e-2)
    assert abs(found.value - radius) <= found.error


@pytest.mark.parametrize("degree", [30, 40, 60])
@pytest.mark.parametrize(("fun", "x0"), ENTIRE.values(), ids=ENTIRE)
def test_functions_without_singularities(fun: Any, x0: float, degree: int) -> None:
    found = radius_of_convergence(fun, x0=x0, degree=degree)
    assert found.value == math.inf
    assert found.success


@pytest.mark.parametrize("n", [20, 40, 80])
def test_domb_and_sykes_error_is_of_second_order(n: int) -> None:
    # For x log(1 + x) the ratios are 1 − 1/(n − 1) = 1 − 1/n − 1/n² − …: the line through two of them misses 1 by −1/n².
    found = radius_of_convergence(lambda x: x * np.log1p(x), degree=n)
    assert found.domb_sykes - 1 == pytest.approx(-1 / n**2, rel=3 / n + 0.05)
    assert abs(found.domb_sykes - 1) <= found.error
    assert found.ratio - 1 == pytest.approx(1 / (n - 2))


@pytest.mark.parametrize("fun", [np.log1p, np.arctanh, np.arctan], ids=lambda fun: fun.__name__)
def test_ratios_that_lie_on_a_line_give_the_radius_to_all_digits(fun: Any) -> None:
    # 1 − 1/n for the first; counted in periods of two from the power zero, 1 − 1/m for the others, with m half an odd number.
    assert radius_of_convergence(fun).value == pytest.approx(1.0, rel=1e-13)


@given(st.floats(1e-3, 1e3), st.floats(-3, -0.25))
def test_scaling_the_variable_scales_the_radius(scale: float, q: float) -> None:
    found = radius_of_convergence(lambda x: (1 + x / scale) ** q, degree=30)
    assert found.success
    assert found.value == pytest.approx(scale, rel=1e-6)


@given(st.floats(0.3, 2.8), st.floats(0.1, 10))
def test_pairs_at_any_angle(angle: float, radius: float) -> None:
    # 1/(1 − 2 cos θ t + t²), the generating function of sin((n + 1)θ)/sin θ, with t = x/ρ.
    found = radius_of_convergence(lambda x: 1 / (1 - 2 * math.cos(angle) * (x / radius) + (x / radius) ** 2))
    assert found.success
    assert found.value == pytest.approx(radius, rel=1e-8)


class TestHonesty:
    @pytest.mark.parametrize(
        ("fun", "radius"),
        [
            (lambda x: 1 / ((1 - x) * (1 + x**2)), 1.0),
            (lambda x: 1 / (1 - x) + np.log1p(x), 1.0),
        ],
        ids=["three poles", "a pole and a branch point"],
    )
    def test_several_singularities_at_one_distance(self, fun: Any, radius: float) -> None:
        found = radius_of_convergence(fun)
        assert found.status == 1
        assert not found.success
        assert found.method == "root"
        assert "disagree" in found.message
        assert found.value == pytest.approx(radius, rel=0.1)  # the root test: 40^(1/40) is 1.1
        assert abs(found.value - radius) <= found.error

    def test_two_poles_on_one_side_are_no_pair(self) -> None:
        """Mercer and Roberts' quotients would give the geometric mean of 1 and 1.02."""
        found = radius_of_convergence(lambda x: 1 / (1 - x) + 1 / (1 - x / 1.02), degree=60)
        assert math.isnan(found.pair)
        assert abs(found.value - 1) <= 5e-3

    def test_gaps_that_grow(self) -> None:
        c = np.zeros(65)
        c[[1, 2, 4, 8, 16, 32, 64]] = 1.0
        found = radius_of_convergence(c)
        assert (found.value, found.status) == (1.0, 1)

    def test_a_series_that_converges_nowhere(self) -> None:
        found = radius_of_convergence([float(math.factorial(k)) for k in range(30)])
        assert (found.value, found.method, found.status) == (0.0, "growth", 0)
        assert "rise" in found.message

    def test_too_few_coefficients(self) -> None:
        found = radius_of_convergence([1.0, 2.0, 4.0])
        assert (found.value, found.error, found.status, found.success) == (0.5, math.inf, 2, False)

    def test_a_jagged_rise_is_no_verdict(self) -> None:
        found = radius_of_convergence([float(math.factorial(k)) if k % 2 else 1.0 for k in range(30)])
        assert (found.method, found.status) == ("root", 1)

    @pytest.mark.parametrize("degree", [20, 40, 80])
    def test_coefficients_that_are_rounding_errors(self, degree: int) -> None:
        """x/(eˣ − 1) next to its removable singularity: 0/0 nearly, and noise that grows as 1000ⁿ."""
        found = radius_of_convergence(lambda x: x / np.expm1(x), x0=1e-3, degree=degree)
        assert not found.success
        assert found.status == 3

    def test_noise_in_place_of_zeros_is_no_coefficient(self) -> None:
        c = jet(np.tan, 0.0, 40)
        noisy = np.where(c == 0, 1e-16 * (2 / math.pi) ** np.arange(41.0), c)
        assert radius_of_convergence(noisy).value == pytest.approx(math.pi / 2, rel=1e-10)


@pytest.mark.parametrize("scale", [1e-290, 1e-30, 1e30, 1e290])
def test_a_factor_of_the_function_does_not_matter(scale: float) -> None:
    found = radius_of_convergence(lambda x: scale * np.sqrt(3 + x))
    assert found.success
    assert found.value == pytest.approx(3.0, rel=1e-10)


def test_ratios_of_every_other_coefficient() -> None:
    # tan has poles at ±π/2 alone nearby, so that its ratios settle like 9⁻ⁿ.
    assert radius_of_convergence(np.tan).ratio == pytest.approx(math.pi / 2, rel=1e-12)


def test_functions_and_their_coefficients_agree() -> None:
    assert repr(radius_of_convergence(np.sqrt, x0=1.0)) == repr(radius_of_convergence(jet(np.sqrt, 1.0, 40)))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((np.exp,), {"degree": 5}, ValueError, r"`degree` must be at least 6, got degree=5"),
        ((np.exp,), {"x0": [0.0]}, ValueError, r"`x0` must be one number"),
        ((np.exp,), {"x0": float("inf")}, ValueError, r"`x0` must be finite"),
        ((np.log,), {}, ValueError, r"`fun` is not finite at x0=0.0: it is -inf"),
        (
            ([1.0, 2.0],),
            {"x0": 0.0},
            ValueError,
            r"`x0` belongs to a function; coefficients have none, got x0=0.0",
        ),
        (([[1.0, 2.0]],), {}, ValueError, r"`coefficients` must have 1 dimension, got shape \(1, 2\)"),
        (([1.0, float("nan")],), {}, ValueError, r"`coefficients` must be finite, got coefficients\[1\]=nan"),
        (([],), {}, ValueError, r"`coefficients` must not be empty"),
        (("text",), {}, TypeError, r"`coefficients` must hold real numbers"),
    ],
)
def test_bad_arguments(arguments: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        radius_of_convergence(*arguments, **options)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_a_factor_of_the_coefficients_does_not_matter(scale: float) -> None:
    found = radius_of_convergence([scale] * 20)
    assert (found.status, found.method) == (0, "domb_sykes")
    assert found.value == pytest.approx(1.0, rel=1e-12)


def test_a_pole_of_high_order_is_seen() -> None:
    # (1 − x)⁻²⁰ has the ratios (n + 19)/n: exactly a line in 1/n.
    found = radius_of_convergence(lambda x: (1 - x) ** -20)
    assert found.success
    assert found.value == pytest.approx(1.0, rel=1e-9)
