"""Gradients of expectations by samples: unbiased, of the variance that theory gives, and their faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from calcguide.probability import reparameterised_gradient, score_function_gradient

#: A right estimator strays further than so many standard errors once in a million seeds. The seeds are fixed.
K = stats.norm.isf(0.5e-6)
N = 200_000
NOISE = np.random.default_rng(20).normal(size=N)


def moved(noise: Any, theta: Any) -> Any:
    return theta + noise


def normal(x: Any, theta: Any) -> Any:
    return -((x - theta) ** 2) / 2


def is_within(found: float, exact: float, scatter: float) -> bool:
    return abs(found - exact) <= K * scatter


def scatter_of_variance(terms: np.ndarray) -> float:
    """Return the standard error of a sample variance: √((μ₄ − σ⁴)/n), from the samples that it is taken of."""
    centred = terms - terms.mean()
    return float(np.sqrt((np.mean(centred**4) - np.var(centred) ** 2) / len(terms)))


class TestSquare:
    """f(x) = x² under a normal of mean θ and standard deviation 1, whose expectation θ² + 1 has the derivative 2θ.

    With ε = x − θ one sample's gradient is 2 (θ + ε), of variance 4, when reparameterised. With a baseline b the score
    function gives ((θ + ε)² − b) ε; by E ε² = 1, E ε⁴ = 3, E ε⁶ = 15 its variance is
    (θ² − b)² + 6 (θ² − b) + 8 θ² + 15: least, 8 θ² + 6, at b = θ² + 3; with the mean, b = θ² + 1, it is 8 θ² + 10.
    """

    @pytest.mark.parametrize("theta", [-1.5, 0.0, 2.0])
    def test_reparameterised(self, theta: float) -> None:
        found = reparameterised_gradient(np.square, moved, theta, NOISE)
        assert is_within(found.value, 2 * theta, found.error)
        assert is_within(found.variance, 4.0, scatter_of_variance(2 * (theta + NOISE)))
        assert found.error == pytest.approx(np.sqrt(found.variance / N), rel=1e-14)
        assert found.n == N

    @pytest.mark.parametrize("theta", [-1.5, 0.0, 2.0])
    @pytest.mark.parametrize(
        ("baseline", "number"),
        [
            pytest.param(None, lambda t: 0.0, id="none"),
            pytest.param(1.0, lambda t: 1.0, id="a number"),
            pytest.param("mean", lambda t: t**2 + 1, id="mean"),
            pytest.param("optimal", lambda t: t**2 + 3, id="optimal"),
        ],
    )
    def test_score_function(self, theta: float, baseline: Any, number: Any) -> None:
        found = score_function_gradient(np.square, normal, theta, theta + NOISE, baseline=baseline)
        b = number(theta)
        exact = (theta**2 - b) ** 2 + 6 * (theta**2 - b) + 8 * theta**2 + 15
        assert is_within(found.value, 2 * theta, found.error)
        assert is_within(found.variance, exact, scatter_of_variance(((theta + NOISE) ** 2 - b) * NOISE))
        assert found.error == pytest.approx(np.sqrt(exact / N), rel=0.05)

    def test_a_baseline_reduces_the_variance_and_moving_samples_reduces_it_more(self) -> None:
        x = 2.0 + NOISE
        alone, mean, best = (
            score_function_gradient(np.square, normal, 2.0, x, baseline=b).variance
            for b in (None, "mean", "optimal")
        )
        assert alone > 1.5 * mean > 1.5 * best > 1.5 * 4  # 87, 42, 38 and 4

    @pytest.mark.parametrize("baseline", ["mean", "optimal"])
    def test_leaving_a_sample_out_keeps_the_mean_right(self, baseline: str) -> None:
        # With the sample left in, "mean" would shrink the gradient by 1/n, here a third.
        theta, repeats = 2.0, 20_000
        draws = theta + np.random.default_rng(3).normal(size=(repeats, 3))
        f, s = draws**2, draws - theta
        found = [
            score_function_gradient(np.square, normal, theta, row, baseline=baseline).value
            for row in draws[:40]
        ]
        w = s**2 if baseline == "optimal" else np.ones_like(s)
        out = np.array([[np.delete(a, i, 1).sum(1) for i in range(3)] for a in (w * f, w)])
        by_hand = np.mean((f - (out[0] / out[1]).T) * s, axis=1)
        assert found == pytest.approx(by_hand[:40].tolist(), rel=1e-9)
        assert is_within(by_hand.mean(), 2 * theta, by_hand.std() / np.sqrt(repeats))


class TestParameters:
    def test_a_vector(self) -> None:
        # E of a'x + x'x under N(μ, diag σ²), with θ = (μ, log σ): the gradient is (a + 2μ, 2σ²).
        a, mu, log_std = np.array([1.0, -2.0]), np.array([0.5, 1.0]), np.array([-0.3, 0.2])
        theta = np.concatenate([mu, log_std])
        exact = np.concatenate([a + 2 * mu, 2 * np.exp(2 * log_std)])
        noise = np.random.default_rng(5).normal(size=(100_000, 2))

        def made(e: Any, t: Any) -> Any:
            return t[:2] + np.exp(t[2:]) * e

        def logpdf(x: Any, t: Any) -> Any:
            return np.sum(-(((x - t[:2]) / np.exp(t[2:])) ** 2) / 2 - t[2:], axis=-1)

        def f(x: Any) -> Any:
            return x @ a + np.sum(x**2, axis=-1)

        moving = reparameterised_gradient(f, made, theta, noise)
        weighing = score_function_gradient(f, logpdf, theta, made(noise, theta), baseline="optimal")
        for found in (moving, weighing):
            assert found.value.shape == found.error.shape == found.variance.shape == (4,)
            assert np.all(np.abs(found.value - exact) <= K * found.error)
        assert np.all(moving.variance < weighing.variance)

    def test_a_container(self) -> None:
        theta = {"mean": 1.0, "spread": np.array([0.5, 2.0])}
        noise = {"a": NOISE[:50_000], "b": NOISE[50_000:100_000]}

        def made(e: Any, t: Any) -> Any:
            return t["mean"] + t["spread"][0] * e["a"] + t["spread"][1] * e["b"]

        found = reparameterised_gradient(np.square, made, theta, noise)
        assert list(found.value) == ["mean", "spread"]
        # E x² = mean² + s₀² + s₁²
        assert is_within(found.value["mean"], 2.0, found.error["mean"])
        assert np.all(np.abs(found.value["spread"] - [1.0, 4.0]) <= K * found.error["spread"])
        assert type(found.variance["mean"]) is float

    def test_more_parameters_than_samples(self) -> None:
        # Then the slopes come by reverse mode.
        e = np.arange(6.0).reshape(3, 2)
        found = reparameterised_gradient(lambda x: x**2, lambda e, t: e @ t[:2] + t[2] + t[3], np.ones(4), e)
        rows = 2 * (e.sum(axis=1) + 2)[:, None] * np.column_stack([e, np.ones((3, 2))])
        assert found.value == pytest.approx(rows.mean(axis=0), rel=1e-14)
        assert found.variance == pytest.approx(rows.var(axis=0, ddof=1), rel=1e-14)

    def test_a_discrete_variable_has_a_score_but_cannot_be_moved(self) -> None:
        # E f under Bernoulli(sigmoid(θ)): (f(1) − f(0)) p (1 − p)
        theta = 0.4
        p = special.expit(theta)
        x = (np.random.default_rng(8).random(100_000) < p).astype(int)
        table = np.array([3.0, -1.0])
        found = score_function_gradient(
            lambda x: table[x], lambda x, t: x * t - np.logaddexp(0, t), theta, x, baseline="mean"
        )
        assert is_within(found.value, -4 * p * (1 - p), found.error)


class TestFaults:
    def test_the_arguments_stay_as_they_are(self) -> None:
        theta, noise = np.ones(2), np.arange(6.0).reshape(3, 2)
        reparameterised_gradient(lambda x: np.sum(x, axis=-1), moved, theta, noise)
        assert theta.tolist() == [1.0, 1.0]
        assert noise.ravel().tolist() == list(range(6))

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: reparameterised_gradient(2, moved, 1.0, [0.0, 1.0]), TypeError, "`f` must be callable"),
            (lambda: reparameterised_gradient(np.square, 2, 1.0, [0.0]), TypeError, "`transform` must be callable"),
            (lambda: score_function_gradient(np.square, 2, 1.0, [0.0]), TypeError, "`logpdf` must be callable"),
            (lambda: reparameterised_gradient(np.square, moved, 1.0, [0.0]), ValueError, "at least 2 samples, got 1"),
            (lambda: reparameterised_gradient(np.square, moved, 1.0, 0.0), ValueError, "first axis, got one number"),
            (lambda: reparameterised_gradient(np.square, moved, np.nan, [0.0, 1.0]), ValueError, "`theta` must be finite"),
            (lambda: reparameterised_gradient(np.square, moved, {}, [0.0, 1.0]), ValueError, "`theta` must not be empty"),
            (lambda: reparameterised_gradient(np.square, moved, 1.0, [0.0, np.nan]), ValueError, r"`noise` must be finite, got noise\[1\]=nan"),
            (lambda: reparameterised_gradient(np.sum, moved, 1.0, [0.0, 1.0]), ValueError, r"`f` must return one number.*\(2,\); got shape \(\)"),
            (lambda: reparameterised_gradient(np.sqrt, moved, 0.0, [1.0, 0.0]), ValueError, "gradient of sample 1 is not finite"),
            (lambda: score_function_gradient(np.log, normal, 0.0, [1.0, -1.0]), ValueError, "gradient of sample 1 is not finite"),
            (lambda: score_function_gradient(np.square, normal, 0.0, [1.0, 2.0], baseline="best"), ValueError, "`baseline` must be a number, 'mean' or 'optimal', got 'best'"),
            (lambda: score_function_gradient(np.square, normal, 0.0, [1.0, 2.0], baseline=np.inf), ValueError, "`baseline` must be finite"),
            (lambda: score_function_gradient(np.square, normal, 0.0, (np.ones(2), np.ones(3))), ValueError, r"must have one length, got \[2, 3\]"),
        ],
    )  # fmt: skip
    def test_arguments(self, call: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            call()

    def test_a_baseline_without_weights_is_zero(self) -> None:
        # One score is zero, and leaving out the other leaves nothing to weight by.
        found = score_function_gradient(np.square, normal, 1.0, [1.0, 3.0], baseline="optimal")
        assert found.value == 0.5 * 9 * 2
