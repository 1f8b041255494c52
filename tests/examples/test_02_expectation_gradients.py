"""What the lesson on differentiating an expectation says in its prose, against what can be computed without it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calcguide import autodiff

MU = 1.5
# Gauss and Hermite's nodes: exact for polynomials of degree 119 against the standard normal density.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def moments(one_each):
    mean = WEIGHTS @ one_each
    return mean, WEIGHTS @ one_each**2 - mean**2


@pytest.fixture(scope="module")
def lesson(run_lesson):
    return run_lesson("02_integration/08_differentiating_an_expectation.py")


def test_samples_do_not_know_the_knob(lesson):
    assert autodiff.derivative(lesson["average"])(MU) == 0


def test_derivative_lands_on_the_density(lesson):
    grid, by_mu = lesson["grid"], lesson["by_mu"]
    assert by_mu == pytest.approx(stats.norm.pdf(grid, MU) * (grid - MU), abs=1e-15)
    # A smooth function that vanishes at the ends: sums are as good as rounding permits.
    assert np.sum(grid**2 * by_mu) * 0.01 == pytest.approx(3, abs=1e-12)
    assert np.sum(by_mu) * 0.01 == pytest.approx(0, abs=1e-12)
    assert by_mu.min() < 0


def test_fresh_noise_is_divided_by_the_step(lesson):
    # Var(above) + Var(below) = 2 (4μ² + 4h² + 2) / n for fresh noise; 4 / n for the same noise, whatever h.
    rng = np.random.default_rng(99)
    for h in (1.0, 0.1, 0.01):
        one, other = rng.normal(size=(2, 300, 1000))
        fresh = np.sqrt((8 * MU**2 + 8 * h**2 + 4) / 1000) / (2 * h)
        # The scatter of 300 repetitions is known to 1/√600 = 4 %.
        assert lesson["quotient"](h, one, other).std() == pytest.approx(fresh, rel=0.2)
        assert lesson["quotient"](h, one, one).std() == pytest.approx(np.sqrt(4 / 1000), rel=0.2)


@pytest.mark.parametrize("result", ["found", "weighted"])
def test_both_ways_agree_with_the_truth(run_lesson, lesson, result):
    rng = np.random.default_rng(5)
    eps = rng.normal(size=40_000)
    theta = {"mu": MU, "sigma": 1.0}
    package = lesson["probability"]
    if result == "found":
        estimate = package.reparameterised_gradient(lesson["f"], lesson["move"], theta, eps)
    else:
        estimate = package.score_function_gradient(lesson["f"], lesson["log_density"], theta, MU + eps)
    for name, exact in (("mu", 3), ("sigma", 2)):
        assert abs(estimate.value[name] - exact) < 4 * estimate.error[name]


def test_means_and_variances_by_hand(lesson):
    z = MU + NODES
    found = {name: moments(estimate(z)) for name, (estimate, _) in lesson["estimates"].items()}
    assert [mean for mean, _ in found.values()] == pytest.approx([3] * 4, rel=1e-12)
    by_hand = [value for _, value in lesson["estimates"].values()]
    assert [variance for _, variance in found.values()] == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == [4, 51.5625, 28, 24]
    assert round(by_hand[1] / by_hand[0]) == 13
    assert by_hand[3] / by_hand[0] == 6


@pytest.mark.parametrize("mu", [-3.0, 0.0, 0.7, 3.0])
def test_best_baseline_is_the_best(lesson, mu):
    squares, score = (mu + NODES) ** 2, NODES
    best = (WEIGHTS @ (squares * score**2)) / (WEIGHTS @ score**2)
    assert best == pytest.approx(mu**2 + 3, rel=1e-12)
    lowest = moments((squares - best) * score)[1]
    assert lowest == pytest.approx(8 * mu**2 + 6, rel=1e-12)
    assert all(moments((squares - best - shift) * score)[1] > lowest for shift in (-0.1, 0.1))
    curves = {name: curve(mu) for name, curve, *_ in lesson["curves"]}
    assert list(curves.values()) == pytest.approx([moments(squares * score)[1], lowest, 4], rel=1e-12)


def test_measured_variances_lie_on_the_curves(lesson):
    places = np.linspace(-3, 3, 13)
    for name, curve, *_ in lesson["curves"]:
        # The squares have heavy tails: with 20000 samples a variance is known to a few per cent.
        assert lesson["measured"][name] == pytest.approx(curve(places), rel=0.15)


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_errors_fall_with_the_root_of_n(n):
    eps = np.random.default_rng(8).normal(size=(1000, n))
    for one_each, variance in ((2 * (MU + eps), 4), ((MU + eps) ** 2 * eps, 51.5625)):
        # The scatter of 1000 repetitions is known to 1/√2000 = 2 %, more for heavy tails.
        assert one_each.mean(axis=1).std() == pytest.approx(np.sqrt(variance / n), rel=0.12)


def test_variances_over_dimensions(lesson):
    # Of the other entries' sum of squares only mean and variance matter: m = 2 (d − 1), v = 6 (d − 1).
    square = (1 + NODES) ** 2
    for k, d in enumerate(lesson["dimensions"]):
        m, v = 2 * (d - 1), 6 * (d - 1)
        for name, baseline in (("weighted, no baseline", 0), ("weighted, mean as baseline", 2 * d)):
            second = WEIGHTS @ (NODES**2 * ((square + m - baseline) ** 2 + v))
            assert lesson["by_hand"][name][k] == pytest.approx(second - 4, rel=1e-12)
        for name, values in lesson["seen"].items():
            assert values[k] == pytest.approx(lesson["by_hand"][name][k], rel=0.15)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_moving_pays_for_slopes(lesson, k):
    # cos² and sin² in terms of cos 2kz, whose mean is exp(−2k²).
    moved = k**2 * ((1 + np.exp(-2.0 * k**2)) / 2 - np.exp(-(k**2)))
    mean = k * np.exp(-(k**2) / 2)
    weighted = (1 - (1 - 4 * k**2) * np.exp(-2.0 * k**2)) / 2 - mean**2
    grid, variance = lesson["grid"], lesson["grid_variance"]
    weight = stats.norm.pdf(grid) * 0.01
    assert variance(k * np.cos(k * grid), weight) == pytest.approx(moved, rel=1e-10)
    assert variance(np.sin(k * grid) * grid, weight) == pytest.approx(weighted, rel=1e-10)
    assert (moved > weighted) == (k > 1)


class TestJump:
    exact = stats.norm.pdf(0.5)

    def test_moving_is_sure_of_zero_and_weighting_is_right(self, lesson):
        moved, weighted = lesson["moved"], lesson["weighted"]
        assert (moved.value, moved.error) == (0, 0)
        assert abs(weighted.value - self.exact) < 4 * weighted.error
        assert lesson["moved_values"] == [0] * 13
        truth = stats.norm.pdf(lesson["places"])
        gaps = np.abs(np.array(lesson["weighted_values"]) - truth)
        # Two standard errors are drawn; the 13 points share their noise, so allow four.
        assert (gaps <= 2 * np.array(lesson["weighted_errors"])).all()

    def test_temperature_trades_bias_for_variance(self):
        z = np.linspace(-12, 12, 240_001)
        weight = stats.norm.pdf(z, 0.5) * (z[1] - z[0])
        rows = []
        for tau in (1.0, 0.3, 0.1, 0.03):
            s = stats.logistic.cdf(z / tau)
            slopes = s * (1 - s) / tau
            mean = np.sum(slopes * weight)
            rows.append((mean, np.sum(slopes**2 * weight) - mean**2))
        assert [f"{mean:.4f}" for mean, _ in rows] == ["0.1990", "0.3196", "0.3478", "0.3517"]
        assert [f"{variance:.3f}" for _, variance in rows] == ["0.003", "0.086", "0.463", "1.831"]
        # A slope of height 1/τ over a width of τ: φ(0.5) ∫ s² (1 − s)² dt / τ = φ(0.5) / (6 τ), less the mean's square.
        assert rows[3][1] == pytest.approx(self.exact / (6 * 0.03) - self.exact**2, rel=0.02)


class TestMachines:
    def test_policy_gradient_has_the_right_mean(self, lesson):
        theta, means = np.array([0.5, 0.0, -0.5]), lesson["means"]
        policy = np.exp(theta) / np.exp(theta).sum()
        average = policy @ means
        by_autodiff = autodiff.grad(lambda t: np.exp(t) @ means / np.sum(np.exp(t)))(theta)
        assert policy * (means - average) == pytest.approx(by_autodiff, abs=1e-14)
        assert lesson["exact"] == pytest.approx(by_autodiff, abs=1e-14)
        rng = np.random.default_rng(3)
        for baseline in (True, False):
            batches = [
                lesson["policy_gradient"](theta, *lesson["play"](theta, 5, rng), baseline=baseline)
                for _ in range(4000)
            ]
            error = np.std(batches, axis=0) / np.sqrt(4000)
            assert (np.abs(np.mean(batches, axis=0) - by_autodiff) < 4 * error).all()

    def test_own_code_is_the_package(self, lesson):
        own = lesson["policy_gradient"](
            np.array([0.5, 0.0, -0.5]), lesson["machine"], lesson["win"], baseline=True
        )
        assert own == pytest.approx(lesson["found"].value, abs=1e-12)

    def test_without_a_baseline_most_runs_miss_the_best_machine(self, lesson):
        ends = {on: paths[:, -1] for on, paths in lesson["runs"].items()}
        assert (ends[True] > 10.7).all()
        assert np.mean(ends[False] > 10.7) < 0.75
        assert all(np.allclose(paths[:, 0], 10.5) for paths in lesson["runs"].values())


class TestCommonMistakes:
    def test_half_of_the_derivative(self, lesson):
        # The mean of 10000 samples has the error 0.01.
        assert lesson["half"] == pytest.approx(1.5, abs=0.04)
        assert lesson["both"] == pytest.approx(3.0, abs=0.08)

    def test_own_baseline_takes_a_quarter(self, lesson):
        wins, eps = lesson["wins"], lesson["eps"]
        assert eps.shape == (100_000, 4)
        assert np.mean((wins - lesson["own"]) * eps) == pytest.approx(3 * 3 / 4, abs=0.06)
        assert np.mean((wins - lesson["others"]) * eps) == pytest.approx(3, abs=0.06)

    def test_border_that_moves(self, lesson):
        theta, u = lesson["theta"], lesson["u"]
        assert np.mean(u) == pytest.approx(0.5, abs=0.015)
        assert np.mean(theta * u * (-1 / theta)) == pytest.approx(-0.5, abs=0.015)

    def test_old_samples(self, lesson):
        estimate, ratio = lesson["estimate"], lesson["ratio"]
        z = MU + NODES
        assert WEIGHTS @ (z**2 * (z - 1)) == pytest.approx(4.625, rel=1e-12)
        assert np.mean(estimate) == pytest.approx(4.625, abs=0.4)
        assert np.mean(estimate * ratio) == pytest.approx(2, abs=0.3)

    def test_attempt_is_answered(self, lesson):
        verdict = lesson["exercises"].get("D4t").check(lesson["answer"])
        assert "The second uses the score for" in " ".join(verdict.message.split())
