"""Expectations: exact moments, moments that do not exist, and agreement with SciPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from calcguide import integrate
from calcguide.probability import expectation, mean, moment, variance


def mixture(x: Any) -> Any:
    return 0.3 * stats.norm.pdf(x, -2.0, 0.5) + 0.7 * stats.norm.pdf(x, 3.0, 1.5)


# name, density, range, mean, variance: from tables of the distributions.
KNOWN = [
    ("normal", stats.norm(1.5, 2.0).pdf, {}, 1.5, 4.0),
    ("exponential", stats.expon(scale=2.0).pdf, {"low": 0.0}, 2.0, 4.0),
    ("uniform", stats.uniform(2.0, 3.0).pdf, {"low": 2.0, "high": 5.0}, 3.5, 0.75),
    ("uniform with jumps", stats.uniform(2.0, 3.0).pdf, {"points": [2.0, 5.0]}, 3.5, 0.75),
    ("beta", stats.beta(2.0, 3.0).pdf, {"low": 0.0, "high": 1.0}, 0.4, 0.04),
    ("gamma", stats.gamma(2.5).pdf, {"low": 0.0}, 2.5, 2.5),
    ("Laplace", stats.laplace.pdf, {}, 0.0, 2.0),
    ("Student, 5", stats.t(5).pdf, {}, 0.0, 5 / 3),
    ("log-normal", stats.lognorm(0.5).pdf, {"low": 0.0}, math.exp(0.125), (math.exp(0.25) - 1) * math.exp(0.25)),
    ("mixture", mixture, {}, 1.5, 0.3 * (0.25 + 3.5**2) + 0.7 * (2.25 + 1.5**2)),
    ("logistic", stats.logistic.pdf, {}, 0.0, math.pi**2 / 3),
]  # fmt: skip
known = pytest.mark.parametrize(
    ("pdf", "options", "mu", "sigma2"), [case[1:] for case in KNOWN], ids=[case[0] for case in KNOWN]
)


class TestExact:
    @known
    def test_mean_and_variance(self, pdf: Any, options: dict[str, Any], mu: float, sigma2: float) -> None:
        # rtol is relative to E|X| and to the variance.
        first, second = (f(pdf, full_output=True, **options) for f in (mean, variance))
        assert first.success
        assert second.success
        assert first.value == pytest.approx(mu, abs=1e-10 * math.sqrt(sigma2 + mu**2))
        assert second.value == pytest.approx(sigma2, rel=1e-9)
        assert mean(pdf, **options) == first.value
        assert variance(pdf, **options) == second.value

    def test_an_end_that_is_singular(self) -> None:
        # beta(½, ½): beside 1 a float holds 1 − x to 1e-16, of which the root is 1e-8.
        pdf, options = stats.beta(0.5, 0.5).pdf, {"low": 0.0, "high": 1.0, "rtol": 1e-7}
        assert mean(pdf, **options) == pytest.approx(0.5, rel=1e-7)
        assert variance(pdf, **options) == pytest.approx(1 / 8, rel=1e-6)

    @pytest.mark.parametrize(("k", "exact"), [(0, 1), (1, 0), (2, 1), (3, 0), (4, 3), (6, 15), (8, 105)])
    def test_moments_of_a_normal_variable(self, k: int, exact: float) -> None:
        # E|X|ᵏ ≤ 1 + 105
        assert moment(stats.norm.pdf, k) == pytest.approx(exact, abs=1e-10 * max(1, exact) * 4)

    def test_central_moments(self) -> None:
        # of an exponential variable: the subfactorials 0, 1, 2, 9, 44
        found = [moment(stats.expon.pdf, k, about="mean", low=0.0) for k in range(1, 6)]
        assert found == pytest.approx([0, 1, 2, 9, 44], rel=1e-9, abs=1e-9)
        assert moment(stats.expon.pdf, 2, about=3.0, low=0.0) == pytest.approx(5.0, rel=1e-10)

    def test_a_variance_keeps_its_digits_far_from_zero(self) -> None:
        # As E X² − (E X)² it would be a difference of numbers near 1e8, and have an error near 1e-8.
        assert variance(stats.norm(1e4, 1.0).pdf, points=[1e4], rtol=1e-9) == pytest.approx(1.0, rel=1e-9)

    def test_several_values_at_once(self) -> None:
        found = expectation(lambda x: np.stack([[x, x**2], [np.ones_like(x), np.cos(x)]]).T, stats.norm.pdf)
        assert found.shape == (2, 2)
        exact = np.array([[0, 1], [1, math.exp(-0.5)]]).T
        assert found == pytest.approx(exact, abs=1e-10)

    def test_agrees_with_gauss_hermite(self) -> None:
        def g(x: Any) -> Any:
            return np.tanh(x) ** 2 + x

        peer = integrate.gauss_hermite(g, 200, mean=0.5, std=0.3)
        assert expectation(g, stats.norm(0.5, 0.3).pdf) == pytest.approx(peer, rel=1e-10)

    def test_where_the_density_is_zero_the_function_does_not_count(self) -> None:
        def logarithm(x: Any) -> Any:
            return np.log(x)  # NaN below 0

        euler = 0.5772156649015329
        assert expectation(logarithm, stats.expon.pdf, points=[0.0]) == pytest.approx(-euler, rel=1e-9)

    @settings(max_examples=25)
    @given(a=st.floats(-5, 5), b=st.floats(-5, 5))
    def test_linearity(self, a: float, b: float) -> None:
        found = expectation(lambda x: a * x + b * x**2, stats.norm(0.5).pdf)
        assert found == pytest.approx(a * 0.5 + b * 1.25, abs=1e-9 * (1 + abs(a) + abs(b)))


class TestExistence:
    @pytest.mark.parametrize(
        ("call", "value"),
        [
            pytest.param(lambda **o: mean(stats.cauchy.pdf, **o), np.nan, id="mean of Cauchy's"),
            pytest.param(lambda **o: mean(stats.cauchy(5.0).pdf, **o), np.nan, id="moved"),
            pytest.param(lambda **o: variance(stats.cauchy.pdf, **o), np.nan, id="variance without a mean"),
            pytest.param(
                lambda **o: moment(stats.cauchy.pdf, 2, **o), np.inf, id="second moment of Cauchy's"
            ),
            pytest.param(lambda **o: mean(lambda x: 1 / x**2, low=1.0, **o), np.inf, id="mean of Pareto's"),
            pytest.param(
                lambda **o: moment(stats.halfcauchy.pdf, 1, low=0.0, **o), np.inf, id="half of Cauchy's"
            ),
            pytest.param(
                lambda **o: expectation(lambda x: -1 / x, stats.uniform.pdf, low=0.0, high=1.0, **o),
                -np.inf,
                id="−1/x beside 0",
            ),
        ],
    )
    def test_what_does_not_exist_is_not_invented(self, call: Any, value: float) -> None:
        with pytest.raises(ValueError, match="does not exist"):
            call()
        found = call(full_output=True)
        assert (found.status, found.success) == (3, False)
        assert found.value == value or (np.isnan(found.value) and np.isnan(value))

    def test_where_the_density_underflows_first_the_tolerance_is_missed(self) -> None:
        # x² p is about 1/x, but p is no float beyond 1e108: the integral looks finite, and stays unsettled.
        found = variance(stats.t(2).pdf, full_output=True)
        assert not found.success

    def test_what_barely_exists_is_found(self) -> None:
        assert variance(stats.t(3).pdf) == pytest.approx(3.0, rel=1e-9)
        assert mean(lambda x: 1.5 * x**-2.5, low=1.0) == pytest.approx(3.0, rel=1e-9)


class TestArguments:
    def test_of_expectation(self) -> None:
        with pytest.raises(TypeError, match="`g` must be callable"):
            expectation(1.0, stats.norm.pdf)
        with pytest.raises(ValueError, match=r"`g` must return one value for each point.*got shape \(\)"):
            expectation(np.sum, stats.norm.pdf)
        with pytest.raises(ValueError, match=r"the expectation: the integrand returned nan at x="):
            expectation(np.sqrt, stats.norm.pdf)
        found = expectation(np.sqrt, stats.norm.pdf, full_output=True)
        assert (found.status, found.success) == (2, False)
        assert np.isnan(found.value)

    def test_of_moment(self) -> None:
        with pytest.raises(ValueError, match="`k` must be at least 0"):
            moment(stats.norm.pdf, -1)
        with pytest.raises(ValueError, match="`about` must be a number or 'mean', got 'median'"):
            moment(stats.norm.pdf, 2, about="median")

    def test_a_missed_tolerance_warns(self) -> None:
        noise = np.random.default_rng(0)

        def rough(x: Any) -> Any:
            return 1 + 1e-4 * noise.random(x.shape)

        with pytest.warns(integrate.AccuracyWarning, match="above the tolerance"):
            expectation(rough, stats.uniform.pdf, low=0.0, high=1.0)
