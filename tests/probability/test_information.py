"""Entropies and divergences: closed forms, zeros of either density, underflow, and two variables."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate as peer
from scipy import stats

from calcguide.probability import cross_entropy, entropy, expectation, kl_divergence, mutual_information

EULER = 0.5772156649015329


def kl_of_normals(m1: float, s1: float, m2: float, s2: float) -> float:
    return math.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - 0.5


def bivariate(rho: float) -> Any:
    s = 1 - rho**2

    def density(x: Any, y: Any) -> Any:
        return np.exp(-(x**2 - 2 * rho * x * y + y**2) / (2 * s)) / (2 * np.pi * np.sqrt(s))

    return density


class TestEntropy:
    # Closed forms from Lazo and Rathie (1978), On the entropy of continuous probability distributions.
    @pytest.mark.parametrize(
        ("pdf", "options", "exact"),
        [
            pytest.param(stats.norm(3.0, 2.0).pdf, {}, math.log(2 * math.pi * math.e * 4) / 2, id="normal"),
            pytest.param(stats.expon(scale=2.0).pdf, {"low": 0.0}, 1 + math.log(2), id="exponential"),
            pytest.param(stats.uniform(0, 0.5).pdf, {"points": [0.0, 0.5]}, -math.log(2), id="uniform, negative"),
            pytest.param(stats.cauchy.pdf, {}, math.log(4 * math.pi), id="Cauchy"),
            pytest.param(stats.laplace.pdf, {}, 1 + math.log(2), id="Laplace"),
            pytest.param(stats.logistic.pdf, {}, 2.0, id="logistic"),
            pytest.param(stats.gumbel_r.pdf, {}, EULER + 1, id="Gumbel"),
            pytest.param(lambda x: 6 * x * (1 - x), {"low": 0.0, "high": 1.0}, 5 / 3 - math.log(6), id="beta(2, 2)"),
        ],
    )  # fmt: skip
    def test_closed_forms(self, pdf: Any, options: dict[str, Any], exact: float) -> None:
        found = entropy(pdf, full_output=True, **options)
        assert found.success
        # rtol is relative to ∫ |p log p|, here at most 4
        assert found.value == pytest.approx(exact, abs=4e-10)

    def test_singular_ends(self) -> None:
        # beta(½, ½) is log(π/4); x near 1 has 1 − x to 1e-16 only.
        arcsine = stats.beta(0.5, 0.5).pdf
        assert entropy(arcsine, low=0.0, high=1.0, rtol=1e-5) == pytest.approx(
            math.log(math.pi / 4), abs=1e-5
        )

    def test_of_a_mixture_against_scipy(self) -> None:
        def pdf(x: Any) -> Any:
            return 0.3 * stats.norm.pdf(x, -2.0, 0.5) + 0.7 * stats.norm.pdf(x, 3.0, 1.5)

        exact, _ = peer.quad(lambda x: -pdf(x) * np.log(pdf(x)), -15, 20, epsabs=1e-12, limit=200)
        assert entropy(pdf) == pytest.approx(exact, abs=1e-10)

    @settings(max_examples=25)
    @given(c=st.floats(0.05, 20), mu=st.floats(-5, 5))
    def test_a_unit_adds_its_logarithm(self, c: float, mu: float) -> None:
        stretched = entropy(lambda x: stats.logistic.pdf((x - mu) / c) / c)
        assert stretched == pytest.approx(2 + math.log(c), abs=1e-9)


class TestDivergence:
    @pytest.mark.parametrize("second", [(0.0, 1.0), (1.0, 2.0), (-3.0, 0.7), (0.2, 5.0)])
    @pytest.mark.parametrize("first", [(0.0, 1.0), (0.5, 1.5)])
    def test_of_two_normals(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        p, q = stats.norm(*first), stats.norm(*second)
        exact = kl_of_normals(*first, *second)
        assert kl_divergence(p.pdf, q.pdf) == pytest.approx(exact, rel=1e-9, abs=1e-14)
        assert kl_divergence(p.logpdf, q.logpdf, log=True) == pytest.approx(exact, rel=1e-9, abs=1e-14)
        surprise = exact + math.log(2 * math.pi * math.e * first[1] ** 2) / 2
        assert cross_entropy(p.pdf, q.pdf) == pytest.approx(surprise, rel=1e-9)
        assert cross_entropy(p.logpdf, q.logpdf, log=True) == pytest.approx(surprise, rel=1e-9)

    @pytest.mark.parametrize(
        ("p", "q", "options", "exact"),
        [
            # log(a/b) + b/a − 1 for rates a and b
            (stats.expon.pdf, stats.expon(scale=0.5).pdf, {"low": 0.0}, 1 - math.log(2)),
            (stats.uniform.pdf, stats.uniform(-1, 4).pdf, {"points": [-1, 0, 1, 3]}, math.log(4)),
            (stats.uniform.pdf, stats.norm.pdf, {"points": [0, 1]}, math.log(2 * math.pi) / 2 + 1 / 6),
            # E log(p/q) with p/q = 1/(5 x (1 − x)): −log 5 − 2 E log x, E log x = ψ(2) − ψ(4) = −5/6
            (stats.beta(2, 2).pdf, stats.beta(3, 3).pdf, {"low": 0.0, "high": 1.0}, 5 / 3 - math.log(5)),
        ],
        ids=["exponential", "uniform in uniform", "uniform in normal", "beta"],
    )
    def test_of_other_densities(self, p: Any, q: Any, options: dict[str, Any], exact: float) -> None:
        assert kl_divergence(p, q, **options) == pytest.approx(exact, rel=1e-9)

    def test_a_small_divergence_keeps_its_digits(self) -> None:
        # δ²/2 for means δ apart; rounding leaves 1e-15 or so.
        assert kl_divergence(stats.norm(1e-5).pdf, stats.norm.pdf) == pytest.approx(5e-11, rel=1e-4)
        assert kl_divergence(stats.norm.pdf, stats.norm.pdf) == 0.0

    @settings(max_examples=25)
    @given(mu=st.floats(-3, 3), sigma=st.floats(0.3, 3))
    def test_cross_entropy_is_entropy_and_divergence(self, mu: float, sigma: float) -> None:
        p, q = stats.norm(mu, sigma).pdf, stats.logistic.pdf
        both = entropy(p) + kl_divergence(p, q)
        assert kl_divergence(p, q) >= 0
        assert cross_entropy(p, q) == pytest.approx(both, rel=1e-8)

    def test_an_expectation_of_the_ratio(self) -> None:
        p, q = stats.norm(0.5, 1.2), stats.laplace
        by_hand = expectation(lambda x: p.logpdf(x) - q.logpdf(x), p.pdf)
        assert kl_divergence(p.pdf, q.pdf) == pytest.approx(by_hand, rel=1e-8)

    def test_normalise_both(self) -> None:
        found = kl_divergence(
            lambda x: 3 * stats.norm.pdf(x), lambda x: 5 * stats.norm.pdf(x, 1.0, 2.0), normalise=True
        )
        assert found == pytest.approx(kl_of_normals(0, 1, 1, 2), rel=1e-9)
        shifted = kl_divergence(
            lambda x: stats.norm.logpdf(x) + 2,
            lambda x: stats.norm.logpdf(x, 1, 2) - 1,
            log=True,
            normalise=True,
        )
        assert shifted == pytest.approx(kl_of_normals(0, 1, 1, 2), rel=1e-9)


class TestZeros:
    @pytest.mark.parametrize(
        ("p", "q", "points"),
        [
            pytest.param(stats.norm.pdf, stats.uniform.pdf, [0.0, 1.0], id="outside an interval"),
            pytest.param(stats.uniform(0, 2).pdf, stats.uniform.pdf, [0.0, 1.0, 2.0], id="on one half"),
            pytest.param(stats.norm.pdf, stats.expon.pdf, [0.0], id="on a half-line"),
            pytest.param(
                stats.norm.pdf,
                lambda x: np.where(np.abs(x) < 7, (np.maximum(49 - x * x, 0)) ** 3 / (32 * 7**7 / 35), 0.0),
                [-7.0, 7.0],
                id="in a far tail, reached smoothly",
            ),
        ],
    )
    def test_where_q_is_zero_and_p_is_not_it_is_infinite(self, p: Any, q: Any, points: list[float]) -> None:
        assert kl_divergence(p, q, points=points) == math.inf
        found = cross_entropy(p, q, points=points, full_output=True)
        assert (found.value, found.status, found.message) == (math.inf, 0, "it is infinite")

        def logarithm(pdf: Any) -> Any:
            return lambda x: np.log(pdf(x))

        assert kl_divergence(logarithm(p), logarithm(q), points=points, log=True) == math.inf

    def test_underflow_is_no_zero(self) -> None:
        wide, narrow = stats.norm(0, 100), stats.norm
        with pytest.raises(ValueError, match=r"`q` underflows to 0 at x=-?3\d\.\d+.*`log=True`"):
            kl_divergence(wide.pdf, narrow.pdf)
        exact = kl_of_normals(0, 100, 0, 1)
        assert kl_divergence(wide.logpdf, narrow.logpdf, log=True) == pytest.approx(exact, rel=1e-10)
        # Where q underflows p may have died out as well, without having become 0.
        assert kl_divergence(stats.norm(0, 3).pdf, narrow.pdf) == pytest.approx(
            kl_of_normals(0, 3, 0, 1), rel=1e-9
        )

    def test_a_divergence_may_be_infinite_in_the_tails(self) -> None:
        """Cauchy's distribution has no second moment, and the normal log-density is a parabola."""
        for taker in (kl_divergence, cross_entropy):
            found = taker(stats.cauchy.logpdf, stats.norm.logpdf, log=True, full_output=True)
            assert (found.status, found.value) == (0, math.inf)
            assert "its integral seems to diverge" in found.message
            assert taker(stats.cauchy.logpdf, stats.norm.logpdf, log=True) == math.inf

    @pytest.mark.parametrize("scale", [1e-250, 1e-200, 1e200])
    def test_an_underflow_that_the_normalisation_hides_is_no_zero(self, scale: float) -> None:
        found = kl_divergence(
            lambda x: np.exp(-(x**2) / 2), lambda x: scale * np.exp(-((x - 1) ** 2) / 2), normalise=True
        )
        assert found == pytest.approx(0.5, rel=1e-9)

    def test_q_has_to_be_a_density_too(self) -> None:
        with pytest.raises(ValueError, match=r"`q` must integrate to 1: .* it integrates to 3"):
            kl_divergence(stats.norm.pdf, lambda x: 3 * stats.norm.pdf(x))
        with pytest.raises(ValueError, match="`q` must not be negative"):
            cross_entropy(stats.norm.pdf, lambda x: -stats.norm.pdf(x))
        with pytest.raises(TypeError, match="`q` must be callable"):
            kl_divergence(stats.norm.pdf, 1.0)


class TestMutualInformation:
    @pytest.mark.parametrize("rho", [0.0, 0.3, -0.8, 0.95])
    def test_of_normals(self, rho: float) -> None:
        found = mutual_information(bivariate(rho), full_output=True)
        assert found.success
        # rtol relative to entropies of about 1.4
        assert found.value == pytest.approx(-math.log(1 - rho**2) / 2, abs=3e-8)
        assert found.value >= 0

    def test_of_densities_on_a_rectangle(self) -> None:
        # x + y on the unit square, whose margins are x + ½ and y + ½
        def term(y: float, x: float) -> float:
            return (x + y) * math.log((x + y) / ((x + 0.5) * (y + 0.5)))

        exact, _ = peer.dblquad(term, 0, 1, 0, 1, epsabs=1e-11)
        assert mutual_information(np.add, low=0.0, high=1.0) == pytest.approx(exact, abs=1e-8)

    def test_ranges_of_their_own(self) -> None:
        # Independent: exponential, and uniform on [−1, 1]
        def joint(x: Any, y: Any) -> Any:
            return np.exp(-x) / 2 + 0 * y

        assert mutual_information(joint, low=[0.0, -1.0], high=[np.inf, 1.0]) == pytest.approx(0.0, abs=1e-8)

        # p(x) = e^(−x) on x > 0, and y given x is exponential with rate 1 + x:
        # I = E log p(y|x) − E log p(y), and p(y) = (2 + y)/(1 + y)² e^(−y)
        def linked(x: Any, y: Any) -> Any:
            return (1 + x) * np.exp(-x - (1 + x) * y)

        first = peer.quad(lambda x: math.exp(-x) * (math.log(1 + x) - 1), 0, np.inf, epsabs=1e-12)[0]

        def margin(y: float) -> float:
            return (2 + y) / (1 + y) ** 2 * math.exp(-y)

        second = peer.quad(lambda y: margin(y) * math.log(margin(y)), 0, 200, epsabs=1e-12)[0]
        assert mutual_information(linked, low=0.0) == pytest.approx(first - second, abs=3e-8)

    def test_exchange_and_units_change_nothing(self) -> None:
        def joint(x: Any, y: Any) -> Any:
            return bivariate(0.6)(x, y / 3) / 3

        assert mutual_information(joint) == pytest.approx(-math.log(0.64) / 2, abs=3e-8)
        assert mutual_information(lambda x, y: joint(y, x)) == pytest.approx(-math.log(0.64) / 2, abs=3e-8)

    def test_normalise(self) -> None:
        def four_times(x: Any, y: Any) -> Any:
            return 4 * bivariate(0.6)(x, y)

        with pytest.raises(ValueError, match="`joint` must integrate to 1: it integrates to 4"):
            mutual_information(four_times)
        assert mutual_information(four_times, normalise=True) == pytest.approx(-math.log(0.64) / 2, abs=3e-8)

    @pytest.mark.parametrize(
        ("joint", "options", "error", "message"),
        [
            (1.0, {}, TypeError, "`joint` must be callable"),
            (lambda x, y: 1.0, {}, ValueError, r"`joint` must return one number for each point.*got shape \(\)"),
            (lambda x, y: x + y, {"low": -1.0, "high": 1.0}, ValueError, "`joint` must not be negative"),
            (lambda x, y: np.sqrt(x - 0.5), {"low": 0.0, "high": 1.0}, ValueError, "`joint` must be finite, got nan"),
            (np.add, {"low": [0.0, 1.0, 2.0]}, ValueError, "`low` must be one number or two"),
            (np.add, {"high": np.nan}, ValueError, "`high` must be one number or two"),
            (np.add, {"rtol": 0.0}, ValueError, "`rtol` must be positive"),
            (np.add, {"low": 1.0, "high": 0.0}, ValueError, "`low` must be less than `high`, got low=1.0, high=0.0"),
        ],
    )  # fmt: skip
    def test_arguments(
        self, joint: Any, options: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            mutual_information(joint, **options)

    def test_a_density_that_jumps_where_no_node_is_warns_or_is_right(self) -> None:
        # Uniform on a triangle: 1 − log 2
        found = mutual_information(
            lambda x, y: np.where(x + y < 1, 2.0, 0.0), low=0.0, high=1.0, rtol=1e-4, full_output=True
        )
        assert found.value == pytest.approx(1 - math.log(2), abs=1e-3)
