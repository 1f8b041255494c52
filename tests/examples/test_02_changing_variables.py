"""What the lesson on changing variables says in its prose, against what can be computed without it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate as quadrature
from scipy import stats

from calcguide import differences


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/07_changing_variables.py")


def test_substitution_keeps_the_integral_only_with_new_limits(lesson):
    exact = 1 - np.exp(-4.0)
    # The midpoint rule errs by h² |f'(b) − f'(a)| / 24: h = 2/1000 in x and 4/1000 in u, slopes of at most 2.
    assert lesson["strips"](lesson["in_x"], 0, 2) == pytest.approx(exact, abs=4e-7)
    assert lesson["strips"](lesson["in_u"], 0, 4) == pytest.approx(exact, abs=7e-7)
    assert lesson["strips"](lesson["in_u"], 0, 2) == pytest.approx(1 - np.exp(-2.0), abs=2e-7)


def test_strips_stretch_by_the_slope_and_keep_their_areas(lesson):
    stretch = np.diff(lesson["u_ends"]) / np.diff(lesson["x_ends"])
    assert stretch.tolist() == [0.5, 1.5, 2.5, 3.5] == (2 * lesson["middles"]).tolist()
    exact = -np.diff(np.exp(-lesson["u_ends"]))
    assert lesson["in_x_areas"] == pytest.approx(exact, abs=1e-7)
    assert lesson["in_u_areas"] == pytest.approx(exact, abs=1e-7)


class TestLogNormal:
    def test_strip_from_minus_2_to_minus_1_becomes_the_highest(self):
        ends = np.arange(-3.0, 3.0)
        areas, widths = np.diff(stats.norm.cdf(ends)), np.diff(np.exp(ends))
        assert np.argmax(areas / widths) == 1
        assert areas[2] > 2 * areas[1]
        assert widths[1] == pytest.approx(0.25, abs=0.05)

    def test_forgotten_factor_gives_the_root_of_e(self, lesson):
        assert lesson["right_area"] == pytest.approx(1, abs=1e-8)
        # Above 1000 the curve still has the area √e P(X > ln 1000 − 1).
        rest = np.exp(0.5) * stats.norm.sf(np.log(1000) - 1)
        assert lesson["wrong_area"] == pytest.approx(np.exp(0.5) - rest, abs=1e-8)
        assert f"{lesson['wrong_area']:.2f}" == "1.65"

    def test_wrong_curve_is_too_low_below_1_and_too_high_above(self, lesson):
        for y in (0.1, 0.5, 2.0, 5.0):
            truth = stats.lognorm.pdf(y, 1)
            assert lesson["log_normal"](y) == pytest.approx(truth, rel=1e-13)
            assert lesson["right_density"](y) == pytest.approx(truth, rel=1e-13)
            assert (lesson["forgotten"](y) > truth) == (y > 1)

    def test_histogram_agrees_with_the_right_curve_alone(self, lesson):
        ends, heights = lesson["bar_ends"], lesson["bar_heights"]
        areas = np.diff(stats.lognorm.cdf(ends, 1))
        error = np.sqrt(areas * (1 - areas) / 100_000) / np.diff(ends)
        # 60 bars: five standard errors leave one seed in ten thousand.
        assert (np.abs(heights - areas / np.diff(ends)) < 5 * error).all()
        middles = (ends[:-1] + ends[1:]) / 2
        far = np.abs(heights - lesson["forgotten"](middles)) > 5 * error
        assert far.mean() > 0.9

    def test_peak_moves_and_median_does_not(self, lesson):
        y = np.linspace(0.2, 0.6, 4001)
        assert y[np.argmax(stats.lognorm.pdf(y, 1))] == pytest.approx(np.exp(-1), abs=1e-4)
        assert stats.lognorm.median(1) == pytest.approx(1, abs=1e-14)
        assert np.mean(np.exp(lesson["x"]) < 1) == pytest.approx(0.5, abs=0.008)


def test_falling_map_makes_a_uniform(lesson):
    assert lesson["uniform"]([0.1, 0.5, 0.9]) == pytest.approx(np.ones(3), abs=1e-14)
    assert lesson["uniform"]([-0.5, 1.5]).tolist() == [0, 0]
    # Five standard errors of a share of a quarter.
    assert np.abs(lesson["shares"] - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 100_000)


def test_a_fold_needs_both_roots(lesson):
    y = np.array([0.05, 0.5, 3.0])
    assert lesson["chi_square"](y) == pytest.approx(stats.chi2.pdf(y, 1), rel=1e-13)
    assert lesson["one_root"](y) == pytest.approx(stats.chi2.pdf(y, 1) / 2, rel=1e-13)
    inside = stats.chi2.cdf(4, 1) - stats.chi2.cdf(0.1, 1)
    assert f"{inside:.3f} {inside / 2:.3f}" == "0.706 0.353"


class TestPlane:
    @pytest.mark.parametrize(("r", "phi"), [(0.5, 0.3), (2.0, 4.0), (1e-3, 1.0)])
    def test_polar_determinant_is_the_radius(self, lesson, r, phi):
        J = differences.jacobian(lesson["from_polar"], [r, phi])
        assert abs(np.linalg.det(J)) == pytest.approx(r, abs=1e-9)

    def test_cells_become_larger_by_their_middle_radius(self, lesson):
        angle = np.pi / 6
        ratios = []
        for inner, outer in lesson["cells"].values():
            patch = quadrature.dblquad(lambda _phi, r: r, inner, outer, 0, angle)[0]
            ratios.append(patch / ((outer - inner) * angle))
        assert ratios == pytest.approx([0.75, 1.75], rel=1e-12)

    def test_gaussian_integral(self, lesson):
        # Below 1e-27 beyond 8; for such functions the midpoint rule is as good as rounding permits.
        assert lesson["line_integral"] ** 2 == pytest.approx(np.pi, rel=1e-14)
        # With the factor r the slope at 0 is 1, and the rule errs by h²/24 times 2π.
        assert lesson["with_r"] == pytest.approx(np.pi, abs=2e-5)
        assert f"{lesson['with_r']:.4f}" == f"{np.pi:.4f}" == "3.1416"
        assert lesson["without_r"] == pytest.approx(np.pi**1.5, rel=1e-13)

    def test_linear_map(self, lesson):
        x, y = lesson["image"].T
        assert abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2 == 2
        books = stats.multivariate_normal(cov=[[4, 2], [2, 2]])
        points = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [-3.0, 1.0]])
        assert lesson["leaning"](points) == pytest.approx(books.pdf(points), rel=1e-12)
        assert books.pdf([0, 0]) == pytest.approx(stats.norm.pdf(0) ** 2 / 2, rel=1e-14)


class TestFlow:
    points = np.random.default_rng(0).normal(size=(50, 2))

    def test_there_and_back(self, lesson):
        y, log_det = lesson["flow"](self.points)
        z, same = lesson["flow_back"](y)
        assert np.abs(z - self.points).max() < 1e-13
        assert same == pytest.approx(log_det, abs=1e-13)

    def test_layers_add_up_to_the_whole_jacobian(self, lesson):
        for z in self.points[:10]:
            J = differences.jacobian(lambda z: lesson["flow"](z)[0], z)
            assert lesson["flow"](z)[1] == pytest.approx(np.linalg.slogdet(J).logabsdet, abs=1e-8)

    def test_is_a_density_and_agrees_with_the_package(self, lesson):
        assert np.sum(lesson["heights"]) * lesson["width"] ** 2 == pytest.approx(1, abs=1e-6)
        y = lesson["flow"](self.points)[0]
        assert np.exp(lesson["log_density"](y)) == pytest.approx(lesson["by_package"](y), rel=1e-10)


def test_eight_bits_for_nothing(lesson):
    grey = lesson["grey"]
    bits = [-np.mean(stats.norm.logpdf(x, x.mean(), x.std())) / np.log(2) for x in (grey, grey / 256)]
    assert bits[0] - bits[1] == pytest.approx(8, abs=1e-12)
    assert bits[1] < 0


def test_common_mistakes(lesson):
    upside_down = quadrature.quad(lambda x: stats.norm.pdf(x) * np.exp(2 * x), -15, 15)[0]
    assert upside_down == pytest.approx(np.exp(2.0), rel=1e-10)
    # Above 5000 the curve still has the area e² P(X > ln 5000 − 2).
    cut = upside_down - np.exp(2.0) * stats.norm.sf(np.log(5000) - 2)
    assert lesson["upside_down"] == pytest.approx(cut, abs=1e-6)
    assert np.sum(1 / 6 / (2 * lesson["faces"])) < 0.25
    y = np.exp(lesson["x"])
    # The variance of a log-normal is e (e − 1).
    assert y.mean() == pytest.approx(np.exp(0.5), abs=5 * np.sqrt(np.e * (np.e - 1) / 100_000))
    assert np.linalg.det(lesson["J"]) == 0
    assert np.linalg.slogdet(lesson["J"]).logabsdet == pytest.approx(-400 * np.log(10), rel=1e-14)


def test_attempt_is_answered(lesson):
    verdict = lesson["exercises"].get("D3t").check(lesson["answer"])
    assert not verdict
    assert "a factor is missing" in " ".join(verdict.message.split())
