"""Probabilities, distribution functions and quantiles: exact values, tails, SciPy, and each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from calcguide import integrate
from calcguide.probability import _distribution, cdf, probability, quantile


def mixture(x: Any) -> Any:
    return 0.5 * stats.norm.pdf(x, -3.0, 0.2) + 0.5 * stats.norm.pdf(x, 4.0, 1.0)


def mixture_cdf(x: Any) -> Any:
    return 0.5 * stats.norm.cdf(x, -3.0, 0.2) + 0.5 * stats.norm.cdf(x, 4.0, 1.0)


# name, density, its cdf, range
KNOWN = [
    ("normal", stats.norm.pdf, stats.norm.cdf, {}),
    ("moved normal", stats.norm(30.0, 2.0).pdf, stats.norm(30.0, 2.0).cdf, {}),
    ("exponential", stats.expon.pdf, stats.expon.cdf, {"low": 0.0}),
    ("uniform", stats.uniform.pdf, stats.uniform.cdf, {"low": 0.0, "high": 1.0}),
    ("uniform with jumps", stats.uniform.pdf, stats.uniform.cdf, {"points": [0.0, 1.0]}),
    ("beta", stats.beta(2.0, 3.0).pdf, stats.beta(2.0, 3.0).cdf, {"low": 0.0, "high": 1.0}),
    ("singular ends", stats.beta(0.5, 0.5).pdf, stats.beta(0.5, 0.5).cdf, {"low": 0.0, "high": 1.0}),
    ("Cauchy", stats.cauchy.pdf, stats.cauchy.cdf, {}),
    ("gamma", stats.gamma(0.3).pdf, stats.gamma(0.3).cdf, {"low": 0.0}),
    ("mixture", mixture, mixture_cdf, {}),
    ("reflected", lambda x: np.exp(x), lambda x: np.exp(np.minimum(x, 0)), {"high": 0.0}),
]
known = pytest.mark.parametrize(
    ("pdf", "exact", "options"), [case[1:] for case in KNOWN], ids=[case[0] for case in KNOWN]
)


class TestProbability:
    def test_within_one_standard_deviation(self) -> None:
        # erf(1/√2)
        assert probability(stats.norm.pdf, -1, 1) == pytest.approx(0.682689492137085897, rel=1e-14)

    @known
    def test_of_an_interval(self, pdf: Any, exact: Any, options: dict[str, Any]) -> None:
        for a, b in [(0.2, 0.7), (-4.0, 0.5), (0.1, math.inf), (-math.inf, 0.4)]:
            expected = exact(b) - exact(a)
            assert probability(pdf, a, b, **options) == pytest.approx(expected, rel=1e-9, abs=1e-15)

    @pytest.mark.parametrize("z", [2.0, 5.0, 10.0, 20.0, 37.0])
    def test_a_tail_keeps_its_digits(self, z: float) -> None:
        assert probability(stats.norm.pdf, z, math.inf) == pytest.approx(stats.norm.sf(z), rel=1e-10)
        assert probability(stats.norm.pdf, -math.inf, -z) == pytest.approx(stats.norm.cdf(-z), rel=1e-10)

    def test_beyond_the_range_and_of_one_point(self) -> None:
        options: dict[str, Any] = {"low": 0.0, "high": 1.0}
        assert probability(stats.uniform.pdf, -3, 5, **options) == pytest.approx(1.0, rel=1e-14)
        assert probability(stats.uniform.pdf, 2, 5, **options) == 0.0
        assert probability(stats.norm.pdf, 0.3, 0.3) == 0.0

    def test_the_result_counts_and_estimates(self) -> None:
        calls = []

        def pdf(x: Any) -> Any:
            calls.append(len(x))
            return stats.norm.pdf(x)

        found = probability(pdf, -1, 1, full_output=True)
        assert found.success
        assert abs(found.value - math.erf(math.sqrt(0.5))) <= found.error < 1e-10

    def test_limits_are_in_order(self) -> None:
        with pytest.raises(ValueError, match=r"`b` must be at least a=1\.0, got b=0\.0"):
            probability(stats.norm.pdf, 1, 0)
        with pytest.raises(ValueError, match="`a` must be a number or infinite, got a=nan"):
            probability(stats.norm.pdf, np.nan, 0)

    @settings(max_examples=25)
    @given(a=st.floats(-40, 40), b=st.floats(-40, 40), c=st.floats(-40, 40))
    def test_neighbouring_intervals_add_up(self, a: float, b: float, c: float) -> None:
        a, b, c = sorted([a, b, c])
        parts = probability(stats.norm.pdf, a, b) + probability(stats.norm.pdf, b, c)
        assert probability(stats.norm.pdf, a, c) == pytest.approx(parts, rel=1e-9, abs=1e-200)


class TestCdf:
    @known
    def test_against_scipy(self, pdf: Any, exact: Any, options: dict[str, Any]) -> None:
        x = np.random.default_rng(3).uniform(-6, 8, size=(20, 5))
        # Beside a singular end other than 0 the tolerance of the outermost cell decides.
        assert cdf(pdf, x, **options) == pytest.approx(exact(x), abs=1e-10)

    def test_a_thousand_points(self) -> None:
        x = np.linspace(-5, 5, 1001)
        found = cdf(stats.norm.pdf, x, full_output=True)
        assert found.success
        assert np.max(np.abs(found.value - stats.norm.cdf(x))) < 1e-13
        assert found.nfev < 200_000

    @pytest.mark.parametrize("x", [[-1e6, 1e6], [-3e4, 0.0, 3e4], [-100.0, 5000.0], [1e9]])
    def test_points_far_away_do_not_hide_the_middle(self, x: list[float]) -> None:
        assert cdf(stats.norm.pdf, x) == pytest.approx(stats.norm.cdf(x), abs=1e-12)

    def test_cells_that_miss_a_peak_are_reported(self) -> None:
        narrow = stats.norm(1000.0, 1e-3)
        with pytest.raises(ValueError, match="must integrate to 1"):
            cdf(narrow.pdf, [0.0, 2000.0])
        x = [999.999, 1000.0, 1000.002]
        # x − 1000 is rounded to 1e-13, a part of 1e-10 of the standard deviation
        assert cdf(narrow.pdf, x, points=[1000.0], rtol=1e-7) == pytest.approx(narrow.cdf(x), abs=1e-8)

    def test_shape_and_order_of_the_points(self) -> None:
        assert type(cdf(stats.norm.pdf, 0.3)) is float
        x = np.array([[1.0, -2.0], [1.0, 0.0]])
        found = cdf(stats.norm.pdf, x)
        assert found.shape == (2, 2)
        assert found[0, 0] == found[1, 0]
        assert cdf(stats.uniform.pdf, [-1.0, 0.0, 1.0, 7.0], low=0.0, high=1.0).tolist() == pytest.approx(
            [0, 0, 1, 1]
        )

    @settings(max_examples=25)
    @given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
    def test_never_falls(self, x: list[float]) -> None:
        found = cdf(mixture, np.sort(x))
        assert np.all(np.diff(found) >= 0)
        assert found[0] >= 0
        assert found[-1] <= 1

    def test_points_are_numbers(self) -> None:
        with pytest.raises(ValueError, match="`x` must hold numbers, finite or not, got nan"):
            cdf(stats.norm.pdf, [0.0, np.nan])

    def test_the_ends_of_the_line(self) -> None:
        assert cdf(stats.norm.pdf, [np.inf, -np.inf]).tolist() == [pytest.approx(1.0, rel=1e-15), 0.0]
        np.testing.assert_array_equal(
            cdf(stats.uniform.pdf, [np.inf, -np.inf], low=0.0, high=1.0), [1.0, 0.0]
        )

    def test_far_out_in_a_heavy_tail(self) -> None:
        x = np.array([-1e10, 1e3, 1e10])
        np.testing.assert_allclose(cdf(stats.cauchy.pdf, x), np.arctan2(1, -x) / np.pi, rtol=1e-9)


class TestQuantile:
    @pytest.mark.parametrize(
        ("pdf", "exact", "options"),
        [
            pytest.param(stats.norm.pdf, stats.norm.ppf, {}, id="normal"),
            pytest.param(stats.norm(30.0, 2.0).pdf, stats.norm(30.0, 2.0).ppf, {}, id="moved normal"),
            pytest.param(stats.expon.pdf, stats.expon.ppf, {"low": 0.0}, id="exponential"),
            pytest.param(stats.beta(2, 3).pdf, stats.beta(2, 3).ppf, {"low": 0.0, "high": 1.0}, id="beta"),
            pytest.param(stats.cauchy.pdf, lambda q: -1 / np.tan(np.pi * q), {}, id="Cauchy"),
            pytest.param(lambda x: np.exp(x), np.log, {"high": 0.0}, id="reflected"),
        ],
    )
    def test_against_scipy(self, pdf: Any, exact: Any, options: dict[str, Any]) -> None:
        q = np.array([[1e-9, 0.001, 0.3], [0.5, 0.77, 0.999]])
        assert quantile(pdf, q, **options) == pytest.approx(exact(q), rel=1e-9, abs=1e-12)

    def test_a_singular_end(self) -> None:
        q = np.linspace(0.01, 0.99, 9)
        found = quantile(stats.beta(0.5, 0.5).pdf, q, low=0.0, high=1.0, rtol=1e-8)
        assert found == pytest.approx(stats.beta(0.5, 0.5).ppf(q), abs=1e-8)

    @pytest.mark.parametrize("shape", [0.1, 0.02])
    def test_a_quantile_beside_a_singular_end(self, shape: float) -> None:
        """F is about xᵃ/Γ(a + 1) near 0: of 1e-3 with a = 0.02 the quantile is 1e-151, beyond any halving from 1."""
        q = np.array([1e-5, 1e-3, 0.5]) if shape > 0.05 else np.array([1e-3, 0.5])
        found = quantile(stats.gamma(shape).pdf, q, low=0.0)
        np.testing.assert_allclose(found, stats.gamma(shape).ppf(q), rtol=1e-9)

    def test_a_search_that_ends_too_early_warns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_distribution, "STEPS", 1)
        with pytest.warns(integrate.AccuracyWarning, match=r"up to the quantile .* is off by"):
            quantile(stats.norm.pdf, 0.3)

    @pytest.mark.parametrize("q", [1e-20, 1e-100, 1e-280])
    def test_far_in_the_tail(self, q: float) -> None:
        assert quantile(stats.norm.pdf, q) == pytest.approx(stats.norm.ppf(q), rel=1e-10)

    def test_the_ends(self) -> None:
        assert quantile(stats.norm.pdf, [0.0, 1.0]).tolist() == [-math.inf, math.inf]
        assert quantile(stats.uniform.pdf, [0.0, 1.0], low=0.0, high=1.0).tolist() == [0.0, 1.0]
        assert type(quantile(stats.norm.pdf, 0.4)) is float

    def test_a_gap_has_some_point_of_it(self) -> None:
        def two_blocks(x: Any) -> Any:
            return np.where((np.abs(x) > 1) & (np.abs(x) < 2), 0.5, 0.0)

        found = quantile(two_blocks, [0.25, 0.5, 0.75], points=[-2.0, -1.0, 1.0, 2.0])
        assert found[[0, 2]] == pytest.approx([-1.5, 1.5], rel=1e-12)
        assert -1 - 1e-9 <= found[1] <= 1 + 1e-9

    @settings(max_examples=25)
    @given(q=st.floats(1e-6, 1 - 1e-6))
    def test_undoes_the_cdf(self, q: float) -> None:
        assert cdf(mixture, quantile(mixture, q)) == pytest.approx(q, abs=1e-12)

    def test_arguments(self) -> None:
        with pytest.raises(ValueError, match=r"`q` must lie between 0 and 1, got 1\.5"):
            quantile(stats.norm.pdf, [0.5, 1.5])
        with pytest.raises(ValueError, match="lies beyond"):
            quantile(stats.cauchy.pdf, 1e-25)

    def test_a_missed_tolerance_warns(self) -> None:
        noise = np.random.default_rng(0)
        with pytest.warns(integrate.AccuracyWarning, match="above the tolerance"):
            quantile(lambda x: 1 + 1e-7 * noise.normal(size=x.shape), 0.5, low=0.0, high=1.0)
