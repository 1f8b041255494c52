"""Normalising constants, and what is refused because it is no density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from calcguide.probability import (
    cdf,
    cross_entropy,
    entropy,
    expectation,
    kl_divergence,
    mean,
    moment,
    mutual_information,
    normalising_constant,
    probability,
    quantile,
    score_function_gradient,
    variance,
)

#: Everything that takes one density.
TAKERS = {
    "probability": lambda pdf, **options: probability(pdf, 0.1, 0.6, **options),
    "expectation": lambda pdf, **options: expectation(np.cos, pdf, **options),
    "moment": lambda pdf, **options: moment(pdf, 3, **options),
    "mean": mean,
    "variance": variance,
    "cdf": lambda pdf, **options: cdf(pdf, [-0.5, 0.5], **options),
    "quantile": lambda pdf, **options: quantile(pdf, [0.3, 0.6], **options),
    "entropy": entropy,
    "cross_entropy": lambda pdf, **options: cross_entropy(pdf, stats.norm.pdf, **options),
    "kl_divergence": lambda pdf, **options: kl_divergence(pdf, stats.norm.pdf, **options),
}
takers = pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)


class TestConstant:
    @pytest.mark.parametrize(
        ("function", "options", "exact"),
        [
            pytest.param(lambda x: np.exp(-(x**2) / 2), {}, np.sqrt(2 * np.pi), id="Gauss"),
            pytest.param(lambda x: 1 / (1 + x**2), {}, np.pi, id="Cauchy"),
            pytest.param(lambda x: x**2.5 * np.exp(-x), {"low": 0.0}, special.gamma(3.5), id="gamma"),
            pytest.param(lambda x: (1 - x**2) ** 2, {"low": -1.0, "high": 1.0}, 16 / 15, id="polynomial"),
            pytest.param(lambda x: 1 / np.sqrt(x), {"low": 0.0, "high": 1.0}, 2.0, id="singular at an end"),
            pytest.param(lambda x: np.exp(x), {"high": 0.0}, 1.0, id="a half-line to the left"),
            pytest.param(lambda x: np.where(np.abs(x) < 1, 3.0, 0.0), {"points": [-1, 1]}, 6.0, id="jumps"),
            pytest.param(lambda x: 1 / np.cosh(x), {}, np.pi, id="hyperbolic secant"),
        ],
    )
    def test_exact(self, function: Any, options: dict[str, Any], exact: float) -> None:
        found = normalising_constant(function, full_output=True, **options)
        assert found.success
        assert abs(found.value - exact) <= max(found.error, 1e-15 * exact)
        assert found.value == pytest.approx(exact, rel=1e-10)  # the tolerance
        assert normalising_constant(function, **options) == found.value

    def test_the_error_names_the_callers_function(self) -> None:
        with pytest.raises(ValueError, match="`pdf` cannot be normalised: its integral seems to diverge"):
            normalising_constant(lambda x: 1 / x, low=1.0)
        assert normalising_constant(lambda x: 1 / x, low=1.0, full_output=True).status == 3
        with pytest.raises(ValueError, match=r"`pdf` returned nan at x="):
            normalising_constant(lambda x: np.where(x > 0.3, np.nan, 1.0), low=0.0, high=1.0)


class TestValues:
    @takers
    def test_complex_values_are_refused(self, taker: Any) -> None:
        with pytest.raises(TypeError, match="must return real numbers, got dtype complex128"):
            taker(lambda x: stats.norm.pdf(x) + 0j)

    @takers
    def test_points_may_be_none_at_all(self, taker: Any) -> None:
        np.testing.assert_array_equal(taker(stats.norm.pdf, points=[]), taker(stats.norm.pdf))

    def test_so_are_complex_values_of_other_functions(self) -> None:
        with pytest.raises(TypeError, match="`g` must return real numbers"):
            expectation(lambda x: np.exp(1j * x), stats.norm.pdf)
        with pytest.raises(TypeError, match="`joint` must return real numbers"):
            mutual_information(lambda x, y: x + y + 0j, low=0.0, high=1.0)
        with pytest.raises(TypeError, match="`f` must return real numbers"):
            score_function_gradient(lambda x: x + 1j, lambda x, mu: -((x - mu) ** 2), 0.0, [1.0, 2.0])


class TestArea:
    @takers
    def test_a_density_has_area_one(self, taker: Any) -> None:
        with pytest.raises(ValueError, match=r"must integrate to 1: over \[-inf, inf\] it integrates to 2"):
            taker(lambda x: 2 * stats.norm.pdf(x))

    @takers
    def test_normalise_divides(self, taker: Any) -> None:
        def twice(x: Any) -> Any:
            return 2 * stats.norm.pdf(x, 0.3, 1.2)

        right = taker(stats.norm(0.3, 1.2).pdf)
        assert taker(twice, normalise=True) == pytest.approx(right, rel=1e-9)

    @takers
    def test_a_peak_that_was_missed_is_reported(self, taker: Any) -> None:
        with pytest.raises(ValueError, match=r"it integrates to .* `points` says where it is"):
            taker(stats.norm(1000.0, 1e-3).pdf)

    @pytest.mark.parametrize(
        ("taker", "exact"),
        [
            ("mean", 1000.0),
            ("variance", 1e-6),
            ("entropy", np.log(2 * np.pi * np.e * 1e-6) / 2),
        ],
    )
    def test_a_peak_is_found_where_points_say(self, taker: str, exact: float) -> None:
        # x − 1000 is rounded to 1e-13, a part of 1e-10 of the standard deviation.
        found = TAKERS[taker](stats.norm(1000.0, 1e-3).pdf, points=[1000.0], rtol=1e-8)
        assert found == pytest.approx(exact, rel=1e-8)

    @settings(max_examples=25)
    @given(centre=st.floats(-1e4, 1e4), width=st.floats(-5, 4))
    def test_right_or_reported(self, centre: float, width: float) -> None:
        scale = 10.0**width
        try:
            found = mean(stats.norm(centre, scale).pdf, rtol=1e-6)
        except ValueError as error:
            assert "must integrate to 1" in str(error)  # noqa: PT017  # either outcome is right
        else:
            assert found == pytest.approx(centre, rel=1e-5, abs=1e-5 * scale)

    @takers
    def test_a_density_is_nowhere_negative(self, taker: Any) -> None:
        with pytest.raises(ValueError, match=r"must not be negative, got -.* at x="):
            taker(lambda x: (1 + np.sin(5 * x) * 2) * stats.norm.pdf(x))

    @takers
    def test_a_density_is_finite_inside(self, taker: Any) -> None:
        with pytest.raises(ValueError, match=r"returned nan at x=|does not exist|must integrate to 1"):
            taker(lambda x: np.where(np.abs(x - 0.3) < 0.1, np.nan, stats.norm.pdf(x)))
        with pytest.raises(ValueError, match=r"diverge|must integrate to 1"):
            taker(lambda x: 1 / np.abs(x))

    @takers
    def test_a_density_gives_one_number_for_each_point(self, taker: Any) -> None:
        with pytest.raises(ValueError, match=r"one number for each point, shape \(\d+,\); got shape \(\)"):
            taker(lambda x: 1.0)

    @takers
    def test_arguments(self, taker: Any) -> None:
        with pytest.raises(TypeError, match="must be callable"):
            taker(1.0)
        with pytest.raises(ValueError, match=r"`low` must be less than `high`, got low=1\.0, high=1\.0"):
            taker(stats.norm.pdf, low=1, high=1)
        with pytest.raises(ValueError, match="`low` must be a number or infinite, got low=nan"):
            taker(stats.norm.pdf, low=np.nan)
        with pytest.raises(ValueError, match="`rtol` must be positive"):
            taker(stats.norm.pdf, rtol=0.0)
        with pytest.raises(ValueError, match="`points` must be finite"):
            taker(stats.norm.pdf, points=[np.nan])

    def test_nothing_can_be_divided_by_an_area_of_zero(self) -> None:
        with pytest.raises(ValueError, match=r"`pdf` cannot be normalised: .* it integrates to 0"):
            mean(np.zeros_like, low=0.0, high=1.0, normalise=True)

    def test_seven_digits_of_a_constant_will_do(self) -> None:
        assert mean(lambda x: 0.3989423 * np.exp(-((x - 1) ** 2) / 2)) == pytest.approx(1.0, abs=1e-6)
        with pytest.raises(ValueError, match=r"integrates to 0\.99989"):
            mean(lambda x: 0.3989 * np.exp(-((x - 1) ** 2) / 2))

    @pytest.mark.parametrize("points", [[0.1, 1.1], [0.1, 1.1, 2.1], [-1.0, 0.0, 1.0], [0.3, 0.3]])
    def test_points_of_any_distance(self, points: list[float]) -> None:
        # A neighbour at a distance of 1 may coincide with a point but for rounding.
        assert variance(stats.norm(0.5).pdf, points=points) == pytest.approx(1.0, rel=1e-10)

    def test_the_function_may_write_into_its_argument(self) -> None:
        def pdf(x: Any) -> Any:
            x *= x
            return np.exp(-x / 2) / np.sqrt(2 * np.pi)

        assert variance(pdf) == pytest.approx(1.0, rel=1e-10)
