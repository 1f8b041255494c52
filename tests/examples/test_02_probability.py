"""What the lesson on probability says in its prose, against what its code computes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from calcguide import exercises, probability


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/05_probability_is_area.py")


class TestDensities:
    def test_windows_settle_at_the_density(self, lesson):
        samples, exact = lesson["samples"], stats.norm.pdf(0.5)
        assert f"{exact:.2f}" == "0.35"
        for width in (0.5, 0.1, 0.02):
            share = np.mean(np.abs(samples - 0.5) < width / 2)
            # A window sees the curvature, p'' width² / 24; a share of a million has a standard error of sqrt(share) / 1000.
            assert share / width == pytest.approx(
                exact, abs=0.02 * width**2 + 4 * np.sqrt(share) / 1000 / width
            )

    def test_own_normal_is_the_normal(self, lesson):
        x = np.linspace(-5, 5, 11)
        assert lesson["normal"](x, 1.0, 2.0) == pytest.approx(stats.norm.pdf(x, 1.0, 2.0), rel=1e-14)

    def test_four_ways_to_the_shaded_area(self, lesson):
        exact = 0.682689492137086
        assert special.erf(np.sqrt(0.5)) == pytest.approx(exact, abs=1e-15)
        # The midpoint rule errs by h²/24 (p'(1) − p'(−1)) = −8e-8.
        assert lesson["strips"](lesson["normal"], -1, 1) == pytest.approx(exact, abs=1e-7)
        assert probability.probability(lesson["normal"], -1, 1) == pytest.approx(exact, abs=1e-10)
        # The standard error of a million counts is sqrt(0.68 * 0.32 / 1e6) = 4.7e-4.
        assert lesson["counted"] == pytest.approx(exact, abs=3 * 4.7e-4)

    @pytest.mark.parametrize(("std", "height"), [(0.1, "3.99"), (0.25, "1.60"), (0.001, "398.94")])
    def test_heights_of_narrow_bells(self, lesson, std, height):
        assert f"{lesson['normal'](0.0, 0.0, std):.2f}" == height

    def test_forgotten_constant_is_refused_with_its_value(self, lesson):
        with pytest.raises(ValueError, match=r"integrates to 2\.506628"):
            probability.probability(lesson["shape"], -1, 1)
        wrong = lesson["strips"](lesson["shape"], -1, 1)
        assert wrong == pytest.approx(np.sqrt(2 * np.pi) * special.erf(np.sqrt(0.5)), abs=1e-6)
        assert f"{wrong:.2f}" == "1.71"


class TestExpectations:
    def test_waits(self, lesson):
        assert lesson["below"] == pytest.approx(1 - np.exp(-1), rel=1e-10)
        assert lesson["median"] == pytest.approx(3 * np.log(2), rel=1e-9)
        found = [probability.expectation(g, lesson["wait"], low=0) for g in lesson["averaged"].values()]
        assert found == pytest.approx([3, 18, 9], rel=1e-9)

    @pytest.mark.parametrize("c", [10.0, 100.0, 1000.0])
    def test_truncated_means_depend_on_the_cut(self, lesson, c):
        def exact(right):
            return np.log((1 + right**2) / (1 + c**2)) / (2 * np.pi)

        for right in (c, 2 * c, c**2):
            assert lesson["truncated"](-c, right) == pytest.approx(exact(right), abs=1e-9)
        assert f"{exact(2 * c):.2f}" == "0.22"
        # Each factor of ten in c adds log(10) / pi to the last column.
        assert exact(c**2) == pytest.approx(np.log(c) / np.pi, abs=2e-3)

    def test_mean_of_cauchy_is_refused(self, lesson):
        with pytest.raises(ValueError, match="does not exist"):
            probability.mean(lesson["cauchy"])

    def test_one_average_settles_and_the_other_jumps(self, lesson):
        settling, jumping = lesson["settling"], lesson["jumping"]
        assert np.abs(settling[999:]).max() < 0.1
        # After the first hundred samples a single one still moves the average by more than 1, again and again.
        assert np.sum(np.abs(np.diff(jumping[99:])) > 1) >= 4


class TestDistributionFunctions:
    def test_slope_of_the_area_is_the_density(self, lesson):
        h, x = 1e-3, np.array([-1.0, 0.0, 0.5, 1.96])
        slope = (lesson["F"](x + h) - lesson["F"](x - h)) / (2 * h)
        # The central quotient errs by h² |p''| / 6 < 7e-8, and areas are good to 1e-10.
        assert slope == pytest.approx(stats.norm.pdf(x), abs=2e-7)
        assert lesson["F"](1.96) == pytest.approx(0.975, abs=5e-6)

    def test_made_waits(self, lesson):
        # A million waits with a standard deviation of 3.
        assert lesson["made"].mean() == pytest.approx(3, abs=4 * 0.003)
        assert stats.kstest(lesson["made"][:10_000], stats.expon(scale=3).cdf).pvalue > 0.01

    def test_equal_steps_land_under_both_humps(self, lesson):
        exact = 0.7 * stats.norm.cdf(lesson["landed"], -1.0, 0.6) + 0.3 * stats.norm.cdf(
            lesson["landed"], 2.0, 0.8
        )
        assert exact == pytest.approx(lesson["heights"], abs=1e-9)
        assert np.sum(lesson["landed"] < 0.5) == 7


class TestInformation:
    @pytest.mark.parametrize("std", [3.0, 1.0, 0.1])
    def test_entropy_of_a_bell(self, lesson, std):
        found = probability.entropy(lambda x: lesson["normal"](x, 0.0, std))
        assert found == pytest.approx(stats.norm(scale=std).entropy(), abs=1e-9)
        assert (found < 0) == (std < 0.2)

    def test_divergence_is_not_symmetric(self, lesson):
        p, q = lesson["normal"], lesson["wide"]
        forth, back = np.log(2) - 1 / 4, 2 - np.log(2)
        assert probability.kl_divergence(p, q) == pytest.approx(forth, rel=1e-9)
        assert probability.kl_divergence(q, p) == pytest.approx(back, rel=1e-9)
        assert lesson["excess"] == pytest.approx(forth, rel=1e-9)
        assert (f"{forth:.2f}", f"{back:.2f}") == ("0.44", "1.31")
        assert 2.9 < back / forth < 3

    def test_belief_that_rules_out_what_happens(self, lesson):
        assert probability.kl_divergence(lesson["normal"], lesson["uniform"], points=[0, 1]) == np.inf
        # E[x²]/2 + log(2 pi)/2 for a uniform number.
        assert lesson["other_way"] == pytest.approx(1 / 6 + np.log(2 * np.pi) / 2, rel=1e-9)

    def test_loss_estimates_the_cross_entropy(self, lesson):
        exact = np.log(2 * np.sqrt(2 * np.pi)) + (1 + 1) / 8
        terms = -stats.norm.logpdf(lesson["samples"], 1.0, 2.0)
        for n in (100, 10_000, 1_000_000):
            # Var[(X − 1)² / 8] = (2 + 4) / 64.
            assert np.mean(terms[:n]) == pytest.approx(exact, abs=4 * np.sqrt(6 / 64 / n))

    def test_least_loss_is_at_the_average(self, lesson):
        # The grid has steps of 0.01.
        assert lesson["best"] == pytest.approx(lesson["data"].mean(), abs=0.0051)
        assert lesson["m"][lesson["truth"].argmin()] == pytest.approx(0, abs=1e-12)
        assert lesson["truth"] == pytest.approx(lesson["entropy"] + lesson["m"] ** 2 / 2, rel=1e-9)


class TestLikelihood:
    def test_fit_is_average_and_spread(self, lesson):
        values, found = lesson["values"], lesson["found"]
        assert found.success
        assert found.theta == pytest.approx([values.mean(), values.std()], rel=1e-9)
        error = values.std() / np.sqrt(50)
        assert found.standard_error == pytest.approx([error, error / np.sqrt(2)], rel=1e-7)

    def test_three_ways_to_one_newton_step(self, lesson):
        assert lesson["machine"] == pytest.approx(lesson["by_hand"], rel=1e-12)
        step = probability.newton_step(lesson["log_normal"], lesson["theta"], lesson["values"])
        assert lesson["step"] == pytest.approx(step, rel=1e-10)

    def test_digits_double_near_the_maximum(self, lesson):
        path, end = lesson["found"].path, lesson["values"].std()
        errors = np.abs(np.array(path)[:, 1] - end)
        shown = errors[(errors < 0.2) & (errors > 1e-9)]
        assert len(shown) >= 3
        # Near the maximum an error e becomes 5 e² / (2 std): the third derivative over twice the second, 10 n / std³ over 4 n / std².
        assert shown[1:] == pytest.approx(5 / (2 * end) * shown[:-1] ** 2, rel=0.1)

    def test_bare_step_from_afar_is_lost_and_the_guarded_one_is_not(self, lesson):
        far, values = [19.0, 3.0], lesson["values"]
        information = probability.observed_information(lesson["log_normal"], far, values)
        assert np.sum(np.linalg.eigvalsh(information) < 0) == 1
        assert (far + probability.newton_step(lesson["log_normal"], far, values))[0] < 0
        found = probability.maximum_likelihood(lesson["log_normal"], far, values)
        assert found.theta == pytest.approx(lesson["found"].theta, rel=1e-9)

    def test_standard_errors_foretell_the_spread(self, lesson):
        # The errors of one data set hold the estimated 1.86 for the true 2, and 2000 runs know a spread to 1.6 per cent.
        assert np.array(lesson["spread"]) == pytest.approx(lesson["found"].standard_error, rel=0.12)

    def test_students(self, lesson):
        fit, hours, passed = lesson["fit"], lesson["hours"], lesson["passed"]
        chances = special.expit(fit.theta[0] + fit.theta[1] * hours)
        # The score of a logistic model: the residuals add up to 0, also when they are weighted by the hours.
        assert [np.sum(passed - chances), hours @ (passed - chances)] == pytest.approx([0, 0], abs=1e-9)
        assert fit.theta[1] < 2 * fit.standard_error[1]
        loss = -np.mean(np.log(np.where(passed == 1, chances, 1 - chances)))
        assert -fit.log_likelihood / 12 == pytest.approx(loss, rel=1e-12)

    def test_separated_students_have_no_fit(self, lesson):
        assert not lesson["runaway"].success
        assert lesson["runaway"].theta[1] > 100


class TestMistakes:
    def test_attempt_is_answered(self, lesson):
        verdict = exercises.get("C8t").check(lesson["answer"])
        assert not verdict
        assert "Divide the second and the third" in str(verdict).replace("\n", " ")

    def test_tail_matters_more_to_higher_moments(self, lesson):
        lost = [
            1 - special.gammainc(k + 1, 4)  # the share of E[X^k] beyond 12 minutes
            for k in (0, 1, 2)
        ]
        assert lost[0] < 0.02
        assert lost[2] > 0.2
        assert lesson["short"] == pytest.approx(1 - lost[0], abs=1e-5)

    def test_product_of_densities_vanishes(self, lesson):
        assert np.prod(lesson["normal"](lesson["thousand"])) == 0
        assert lesson["normal"](40.0) == 0
        exact = stats.norm.logpdf(lesson["thousand"]).sum()
        found = probability.log_likelihood(lesson["log_normal"], [0.0, 1.0], lesson["thousand"])
        assert found == pytest.approx(exact, rel=1e-12)
