"""What the lesson on integrals by chance says in its prose, against what its code computes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats

from calcguide import exercises


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/06_integrals_by_chance.py")


class TestErrorBar:
    def test_deviation_of_one_value(self, lesson):
        mean, square = (integrate.quad(lambda x, k=k: np.exp(k * x) / 2, 0, 2)[0] for k in (1, 2))
        assert lesson["sigma"] == pytest.approx(np.sqrt(square - mean**2), rel=1e-12)
        assert lesson["exact"] == pytest.approx(2 * mean, rel=1e-12)

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_own_sum_is_the_package(self, lesson, seed):
        value, error = lesson["by_chance"](np.exp, 0, 2, 1000, seed)
        found = lesson["integrate"].monte_carlo(np.exp, 0, 2, 1000, rng=seed)
        assert (found.value, found.error) == (
            pytest.approx(value, rel=1e-12),
            pytest.approx(error, rel=1e-12),
        )
        assert abs(value - lesson["exact"]) < error

    def test_four_times_the_points_for_half_the_error(self, lesson):
        # Each of 11 root mean squares of 200 runs is known to 1 / sqrt(400) = 5 per cent; over 7 natural logarithms of n the
        # slope then scatters by 0.05 / sqrt(11) / 2.2 = 0.007.
        assert lesson["slope"] == pytest.approx(-0.5, abs=0.025)
        expected = 2 * lesson["sigma"] / np.sqrt(lesson["sizes"])
        assert lesson["measured"] == pytest.approx(expected, rel=0.2)

    @pytest.mark.parametrize(("k", "share"), [(1, 0.683), (2, 0.954), (3, 0.997)])
    def test_coverage(self, lesson, k, share):
        covered = np.mean(np.abs(lesson["values"] - lesson["exact"]) <= k * lesson["bars"])
        # A share of 1000, and a little for bars that are estimates themselves.
        assert covered == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 1000) + 0.002)

    def test_misses_in_the_figure(self, lesson):
        wrong = np.abs(lesson["values"][:60] - lesson["exact"]) > 2 * lesson["bars"][:60]
        assert lesson["missed"].tolist() == wrong.tolist()
        assert 1 <= wrong.sum() <= 6


class TestDimensions:
    @pytest.mark.parametrize("d", [1, 2, 4, 8, 16])
    def test_integral_is_a_product(self, lesson, d):
        assert lesson["true_bump"](d) == pytest.approx((np.sqrt(np.pi) / 2 * special.erf(1)) ** d, rel=1e-13)

    @pytest.mark.parametrize(("d", "k"), [(1, 5), (2, 4), (3, 3)])
    def test_product_of_sums_is_the_sum_over_the_grid(self, lesson, d, k):
        axis = (np.arange(k) + 0.5) / k
        points = np.stack(np.meshgrid(*[axis] * d), axis=-1)
        error = abs(lesson["bump"](points).mean() / lesson["true_bump"](d) - 1)
        assert lesson["grid_error"](d, k) == pytest.approx(error, rel=1e-9)

    @pytest.mark.parametrize(("d", "grid_wins"), [(1, True), (2, True), (4, True), (8, False), (16, False)])
    def test_who_wins(self, lesson, d, grid_wins):
        k = round(65536 ** (1 / d))
        assert k**d == 65536
        # The root mean square error on paper: the variance of one value relative to the squared mean, over n.
        ratio = np.sqrt(np.pi / 8) * special.erf(np.sqrt(2)) / (np.sqrt(np.pi) / 2 * special.erf(1)) ** 2
        chance = np.sqrt((ratio**d - 1) / 65536)
        assert (lesson["grid_error"](d, k) < chance) == grid_wins
        if d == 4:
            assert chance / lesson["grid_error"](d, k) == pytest.approx(3, abs=0.5)
        if d <= 4:
            # From 20 seeds a root mean square is known to 1 / sqrt(40) = 16 per cent.
            assert lesson["chance_error"](d, 65536) == pytest.approx(chance, rel=0.5)

    def test_losses_that_the_prose_names(self, lesson):
        assert f"{lesson['grid_error'](16, 2):.0%}" == "18%"
        ratio = np.sqrt(np.pi / 8) * special.erf(np.sqrt(2)) / (np.sqrt(np.pi) / 2 * special.erf(1)) ** 2
        assert 5 < np.sqrt((ratio**16 - 1) / (ratio - 1)) < 9

    @pytest.mark.parametrize("d", [1, 2, 4, 8])
    def test_slopes(self, lesson, d):
        grid, chance = lesson["slopes"][d]
        # Two, three and four points are not yet many: the next term of the error bends the line of d = 8.
        assert grid == pytest.approx(-2 / d, rel=0.06)
        # 6 root mean squares of 20 seeds, each known to 16 per cent, over 7 natural logarithms of n: 0.027.
        assert chance == pytest.approx(-0.5, abs=0.08)

    def test_mirrored_digits(self, lesson):
        assert [lesson["mirrored"](i) for i in range(8)] == [
            0,
            1 / 2,
            1 / 4,
            3 / 4,
            1 / 8,
            5 / 8,
            3 / 8,
            7 / 8,
        ]
        found = [lesson["mirrored"](i) for i in range(64)]
        assert found == stats.qmc.Halton(1, scramble=False).random(64).ravel().tolist()

    def test_gaps(self, lesson):
        # 256 scrambled points put one into each of 16 x 16 cells; independent ones leave out exp(-1) of them.
        assert lesson["empty"][1] == 0
        assert lesson["empty"][0] == pytest.approx(256 / np.e, abs=30)

    def test_evenly_spread_points_get_better_faster(self, lesson):
        assert lesson["order"][0] == pytest.approx(-0.5, abs=0.1)
        assert lesson["order"][1] < -1
        assert lesson["plain"][-1] / lesson["quasi"][-1] > 100


class TestWeights:
    def test_plain_sampling_hits_hardly_ever(self, lesson):
        # Poisson with the mean 3.2.
        assert lesson["truth"] == pytest.approx(special.ndtr(-4), rel=1e-12)
        assert all(1 <= hits <= 8 for hits in lesson["hits"])

    @pytest.mark.parametrize("mean", [2.0, 4.0, 6.0])
    def test_shifted_points_find_the_rare_event(self, lesson, mean):
        found = lesson["from_normal"](lesson["rare"], mean)
        assert found.value == pytest.approx(special.ndtr(-4), abs=3 * found.error)

    def test_gain_of_the_shift(self, lesson):
        # The second moment of the terms is ∫ p² / q = exp(16) ndtr(-8) for a shift by 4.
        p = special.ndtr(-4)
        error = np.sqrt((np.exp(16) * special.ndtr(-8) - p**2) / 100_000)
        assert lesson["shifted"].error == pytest.approx(error, rel=0.02)
        assert f"{error / p:.1%}" == f"{lesson['shifted'].error / lesson['truth']:.1%}" == "0.7%"
        assert f"{lesson['plain_error'] / lesson['truth']:.0%}" == "56%"
        assert p / error**2 == pytest.approx(7e8, rel=0.05)

    def test_weights_of_a_narrow_density(self, lesson):
        x = np.linspace(-4, 4, 9)
        weights = lesson["normal"](x) / lesson["normal"](x, 0.0, 0.5)
        assert weights == pytest.approx(np.exp(3 / 2 * x**2) / 2, rel=1e-12)

    def test_light_tails_deceive(self, lesson):
        light = lesson["light"]
        wrong = [found.status == 0 and 1 - found.value > 2 * found.error for found in light]
        assert sum(wrong) == 4
        assert sum(found.status == 1 for found in light) == 1
        worst = max(light, key=lambda found: abs(found.value - 1))
        assert worst.status == 0
        assert [
            round((1 - found.value) / found.error) for found, off in zip(light, wrong, strict=True) if off
        ] == [pytest.approx(3, abs=1)] * 4
        assert all(found.effective_sample_size < 0.01 * 100_000 for found in light)

    def test_wide_density_does_not(self, lesson):
        heavy = lesson["heavy"]
        assert heavy.value == pytest.approx(1, abs=3 * heavy.error)
        assert heavy.effective_sample_size == pytest.approx(2 / 3 * 100_000, rel=0.03)

    def test_quarter_of_the_integral_is_hardly_seen(self, lesson):
        exact = 2 * integrate.quad(lambda x: x**2 * stats.norm.pdf(x), 2, np.inf)[0]
        assert lesson["beyond"] == pytest.approx(exact, abs=1e-10)
        assert f"{exact:.2f}" == "0.26"
        assert lesson["far"] == pytest.approx(2 * special.ndtr(-4), rel=1e-12)
        assert lesson["far"] < 1e-4

    def test_doubt_is_reported(self, lesson):
        assert (lesson["none"].value, lesson["none"].error, lesson["none"].status) == (0, 0, 1)


class TestLessNoise:
    def test_errors_of_the_two_tricks(self, lesson):
        # On paper: pairs have the covariance E[exp(x) exp(2 − x)] − mean² = e² − mean²; the best line through exp leaves
        # the variance times 1 − r².
        mean, variance = (np.exp(2) - 1) / 2, lesson["sigma"] ** 2
        pair = (variance + np.exp(2) - mean**2) / 2
        # E[x exp(x)] on [0, 2] is (e² + 1) / 2, and x has the mean 1 and the variance 1/3.
        r2 = ((np.exp(2) + 1) / 2 - mean) ** 2 / (variance / 3)
        wanted = {
            "plain": variance / 10_000,
            "antithetic pairs": pair / 5000,
            "control variate": variance * (1 - r2) / 10_000,
        }
        for name, terms in lesson["reduced"].items():
            error = 2 * np.std(terms, ddof=1) / np.sqrt(len(terms))
            assert error == pytest.approx(2 * np.sqrt(wanted[name]), rel=0.05)
            assert 2 * np.mean(terms) == pytest.approx(lesson["exact"], abs=3 * error)
        assert np.sqrt(wanted["plain"] / wanted["control variate"]) == pytest.approx(4, abs=0.2)

    def test_average_of_the_gradients_is_the_gradient(self, lesson):
        assert lesson["each"].mean(axis=0) == pytest.approx(lesson["gradient"], rel=1e-12)

    def test_variance_falls_with_the_batch(self, lesson):
        b = lesson["batches"]
        # A variance of 4000 nearly normal values is known to sqrt(2 / 4000) = 2.2 per cent.
        assert lesson["with_repetition"] == pytest.approx(lesson["single"] / b, rel=0.09)
        assert lesson["without"] == pytest.approx(lesson["single"] / b * (400 - b) / 399, rel=0.09)


class TestMistakes:
    def test_attempt_is_answered(self, lesson):
        verdict = exercises.get("C8u").check(lesson["answer"])
        assert not verdict
        assert "average times the length 3" in str(verdict).replace("\n", " ")

    def test_same_seed_is_the_same_run(self, lesson):
        assert lesson["same"][0] == lesson["same"][1] == lesson["fresh"][0]
        assert lesson["fresh"][0] != lesson["fresh"][1]

    def test_dependent_numbers_are_worth_less(self, lesson):
        lags = np.arange(1, 1000)
        inflation = 1 + 2 * np.sum((1 - lags / 1000) * 0.95**lags)
        # A spread of 2000 runs is known to 1.6 per cent.
        assert lesson["true_spread"] == pytest.approx(np.sqrt(inflation / 1000), rel=0.05)
        assert lesson["true_spread"] / lesson["claimed"] > 6
        assert 1000 / inflation == pytest.approx(26, abs=1)
