"""Integrals by chance: standard errors that cover, slopes, boxes, weights, arguments.

Every test has its seeds fixed. Bounds on counts are four standard deviations of the binomial distribution: a right
routine would fail with one choice of seeds in ten thousand, and the seeds are not chosen again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate as scipy_integrate
from scipy import stats

from calcguide.integrate import SampledResult, importance_sampling, monte_carlo, quasi_monte_carlo
from calcguide.integrate._monte_carlo import BLOCK, _blocks, _Tally

EPS = np.finfo(float).eps


def within(covered: int, runs: int, share: float) -> bool:
    """Tell whether a count of successes is one that this share explains."""
    return abs(covered - runs * share) <= 4 * np.sqrt(runs * share * (1 - share))


def normal_pdf(x: Any, std: float = 1.0) -> Any:
    return np.exp(-((x / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


class TestCoverage:
    @pytest.mark.parametrize("z", [1.0, 2.0])
    @pytest.mark.parametrize(
        ("fun", "low", "high", "exact"),
        [
            pytest.param(np.exp, 0, 1, np.e - 1, id="exp"),
            pytest.param(np.exp, 1, 0, 1 - np.e, id="exp, from right to left"),
            pytest.param(lambda x: x > 0.3, 0, 1, 0.7, id="a jump"),
            pytest.param(
                lambda p: p[:, 0] * p[:, 1] ** 2, [0, 0], [2, 3], 18.0, id="a box of two dimensions"
            ),
        ],
    )
    def test_monte_carlo(self, fun: Any, low: Any, high: Any, exact: float, z: float) -> None:
        # Means of 500 values of little skewness are normal within a part in a hundred.
        runs = [monte_carlo(fun, low, high, 500, rng=seed) for seed in range(800)]
        covered = sum(abs(run.value - exact) <= z * run.error for run in runs)
        assert within(covered, len(runs), 2 * stats.norm.cdf(z) - 1)

    @pytest.mark.parametrize("level", [0.5, 0.95])
    def test_importance_sampling(self, level: float) -> None:
        z = stats.norm.ppf((1 + level) / 2)
        runs = [
            importance_sampling(
                lambda x: x**2 * normal_pdf(x),
                lambda rng, n: rng.normal(0, 2, n),
                lambda x: normal_pdf(x, 2.0),
                500,
                rng=seed,
            )
            for seed in range(800)
        ]
        covered = sum(abs(run.value - 1) <= z * run.error for run in runs)
        assert within(covered, len(runs), level)

    @pytest.mark.parametrize("replicates", [4, 8])
    def test_quasi_monte_carlo(self, replicates: int) -> None:
        # Scramblings are means of many values, near normal; the error of R of them follows Student's t.
        t = stats.t.ppf(0.975, replicates - 1)
        runs = [
            quasi_monte_carlo(
                lambda p: np.sin(5 * p[:, 0]) * np.exp(p[:, 1]) * p[:, 2] ** 2,
                [0, 0, 0],
                [1, 1, 1],
                64,
                rng=seed,
                replicates=replicates,
            )
            for seed in range(200)
        ]
        exact = (1 - np.cos(5)) / 5 * (np.e - 1) / 3
        covered = sum(abs(run.value - exact) <= t * run.error for run in runs)
        assert within(covered, len(runs), 0.95)

    def test_no_bias(self) -> None:
        runs = np.array([quasi_monte_carlo(np.exp, 0, 1, 16, rng=seed).value for seed in range(100)])
        error = runs.std(ddof=1) / np.sqrt(runs.size)
        assert abs(runs.mean() - (np.e - 1)) <= 4 * error

    def test_fine_scramblings_are_not_shifted(self) -> None:
        # Points of 30 bits would lie 2⁻³¹ too far left on average, and the integral of x be as much too small.
        result = quasi_monte_carlo(lambda x: x, 0, 1, 2**14, rng=0)
        assert abs(result.value - 0.5) < 2**-33


class TestSlope:
    COUNTS = 2 ** np.arange(5, 14, 2)

    def spread(self, estimate: Any, exact: float, runs: int) -> Any:
        """Return the root mean square of the error, and of the standard error, for each count."""
        found = [[estimate(int(n), seed) for seed in range(runs)] for n in self.COUNTS]
        errors = [np.sqrt(np.mean([(run.value - exact) ** 2 for run in row])) for row in found]
        claimed = [np.sqrt(np.mean([run.error**2 for run in row])) for row in found]
        return np.array(errors), np.array(claimed)

    def test_monte_carlo(self) -> None:
        errors, claimed = self.spread(lambda n, seed: monte_carlo(np.exp, 0, 1, n, rng=seed), np.e - 1, 100)
        exact = np.sqrt(((np.e**2 - 1) / 2 - (np.e - 1) ** 2) / self.COUNTS)
        # A root mean square of 100 has a standard deviation of 7 %, that of the slope over 8 octaves is 0.015.
        assert np.polyfit(np.log(self.COUNTS), np.log(errors), 1)[0] == pytest.approx(-0.5, abs=0.06)
        np.testing.assert_allclose(errors, exact, rtol=0.28)
        np.testing.assert_allclose(claimed, exact, rtol=0.05)

    def test_in_ten_dimensions_too(self) -> None:
        low, high = np.zeros(10), np.ones(10)
        errors, _ = self.spread(
            lambda n, seed: monte_carlo(lambda p: np.sum(p, axis=1), low, high, n, rng=seed), 5, 100
        )
        assert np.polyfit(np.log(self.COUNTS), np.log(errors), 1)[0] == pytest.approx(-0.5, abs=0.06)

    @pytest.mark.parametrize("d", [2, 4])
    def test_quasi_monte_carlo(self, d: int) -> None:
        def fun(p: Any) -> Any:
            return np.exp(np.sum(p, axis=1))

        errors, _ = self.spread(
            lambda n, seed: quasi_monte_carlo(fun, [0] * d, [1] * d, n, rng=seed, replicates=2),
            (np.e - 1) ** d,
            40,
        )
        slope = np.polyfit(np.log(self.COUNTS), np.log(errors), 1)[0]
        # Between 1 (bounded variation) and 3/2 (smooth, and n large), up to powers of log n.
        assert -1.8 < slope < -1.0


class TestAgreement:
    def test_with_scipy(self) -> None:
        def fun(x: Any, y: Any) -> Any:
            return np.cos(x * y) * np.exp(-x)

        exact, _ = scipy_integrate.dblquad(fun, 0, 2, -1, 3)
        for how in (monte_carlo, quasi_monte_carlo):
            result = how(lambda p: fun(p[:, 1], p[:, 0]), [0, -1], [2, 3], 2**13, rng=0)
            assert abs(result.value - exact) <= 4 * result.error
            assert result.error < 0.06

    def test_chance_of_a_tail(self) -> None:
        # P(X > 4) of a standard normal variable: one point in 30 000 falls there, with weights every point does.
        exact = stats.norm.sf(4)
        result = importance_sampling(
            normal_pdf,
            lambda rng, n: 4 + rng.exponential(0.25, n),
            lambda x: 4 * np.exp(-4 * (x - 4)),
            4000,
            rng=0,
        )
        assert abs(result.value - exact) <= 4 * result.error
        assert result.error < 0.01 * exact

    def test_a_density_in_two_dimensions(self) -> None:
        def pdf(p: Any) -> Any:
            return normal_pdf(p[:, 0], 1.5) * normal_pdf(p[:, 1], 1.5)

        result = importance_sampling(
            lambda p: np.exp(-np.sum(p**2, axis=1)),
            lambda rng, n: rng.normal(0, 1.5, (n, 2)),
            pdf,
            20_000,
            rng=0,
        )
        assert abs(result.value - np.pi) <= 4 * result.error

    def test_the_same_points_whatever_the_blocks(self) -> None:
        n = 2 * BLOCK + 1000
        result = monte_carlo(np.exp, 0, 2, n, rng=5)
        values = np.exp(2 * np.random.default_rng(5).random(n))
        assert result.value == pytest.approx(2 * values.mean(), rel=1e-14)
        assert result.error == pytest.approx(2 * values.std(ddof=1) / np.sqrt(n), rel=1e-12)
        assert result.effective_sample_size == pytest.approx(values.sum() ** 2 / np.sum(values**2), rel=1e-12)
        assert result.nfev == n

    @pytest.mark.parametrize(("n", "d"), [(1, 1), (BLOCK, 1), (BLOCK + 1, 1), (10**5, 7), (5000, 10**4)])
    def test_blocks(self, n: int, d: int) -> None:
        sizes = list(_blocks(n, d))
        assert sum(sizes) == n
        assert all(size & (size - 1) == 0 for size in sizes[:-1])
        assert max(sizes) * d <= max(BLOCK, 1024 * d)


class TestVariance:
    @given(
        values=hnp.arrays(float, st.integers(4, 40), elements=st.floats(-1, 1)),
        offset=st.sampled_from([0.0, 1.0, 1e6]),
        cut=st.integers(1, 3),
    )
    def test_joined_is_as_good_as_whole(self, values: np.ndarray, offset: float, cut: int) -> None:
        moved = values + offset
        tally = _Tally.of(moved[:cut]).joined(_Tally.of(moved[cut:]))
        n = len(values)
        assert tally.n == n
        assert tally.mean == pytest.approx(moved.mean(), abs=n * EPS * (1 + offset))
        exact = np.sum((moved - moved.mean()) ** 2)
        # Distances from the mean carry its rounding: no squares of the offset, which would be 1e12 times as much.
        slack = n * EPS * (1 + offset)
        assert tally.squares == pytest.approx(exact, abs=4 * slack * (1 + slack))
        assert tally.size == pytest.approx(np.abs(moved).sum(), rel=n * EPS)

    def test_large_offset(self) -> None:
        # Σ f² − n (mean)² would have lost all its digits: 1e16 · 2e-16 is 2, and the variance is 1/12.
        result = monte_carlo(lambda x: 1e8 + x, 0, 1, 3 * BLOCK, rng=0)
        assert result.error == pytest.approx(np.sqrt(1 / 12 / (3 * BLOCK)), rel=0.01)

    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_no_variance(self, how: Any) -> None:
        result = how(lambda x: np.full(len(x), 0.1), 0, 3, 128, rng=0)
        assert result.value == pytest.approx(0.3, rel=1e-15)
        assert result.error <= 1e-16
        assert result.effective_sample_size == pytest.approx(result.nfev)
        assert result.success

    def test_the_best_density_has_no_variance(self) -> None:
        # q proportional to f: all ratios are the integral itself.
        result = importance_sampling(
            lambda x: 3 * np.exp(-x), lambda rng, n: rng.exponential(1, n), lambda x: np.exp(-x), 100, rng=0
        )
        assert result.value == pytest.approx(3, rel=1e-15)
        assert result.error <= 1e-16
        assert result.success


class TestDoubt:
    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_nothing_was_hit(self, how: Any) -> None:
        result = how(lambda x: abs(x - 0.1234567) < 1e-9, 0, 1, 1024, rng=0)
        assert (result.value, result.error, result.effective_sample_size) == (0, 0, 0)
        assert (result.status, result.success) == (1, False)
        assert "was 0 at all" in result.message

    def test_a_peak_that_few_points_hit(self) -> None:
        result = monte_carlo(lambda x: np.exp(-(((x - 0.5) / 1e-4) ** 2)), 0, 1, 10_000, rng=0)
        assert 0 < result.effective_sample_size < 30
        assert (result.status, result.success) == (1, False)
        assert f"only {result.effective_sample_size:.2g} of 10000 points carry the sum" in result.message

    def test_tails_that_are_too_light(self) -> None:
        # N(0, 1) from N(0, 0.5²): the ratio grows like exp(1.5 x²), and its variance is infinite.
        d = 50
        result = importance_sampling(
            lambda p: np.prod(normal_pdf(p), axis=1),
            lambda rng, n: rng.normal(0, 0.5, (n, d)),
            lambda p: np.prod(normal_pdf(p, 0.5), axis=1),
            10_000,
            rng=0,
        )
        assert result.value < 0.5  # of 1, and the standard error would not say so
        assert result.value + 4 * result.error < 1
        assert (result.status, result.success) == (1, False)

    def test_effective_sample_size_counts_equal_terms(self) -> None:
        # An indicator: as many points as fell where it is 1.
        p = np.random.default_rng(3).random(1000)
        result = monte_carlo(lambda x: x < 0.2, 0, 1, 1000, rng=3)
        assert result.effective_sample_size == pytest.approx(np.sum(p < 0.2))
        result = monte_carlo(lambda x: np.where(x < 0.2, -1.0, 0.0), 0, 1, 1000, rng=3)
        assert result.effective_sample_size == pytest.approx(np.sum(p < 0.2))

    def test_one_of_several_values(self) -> None:
        result = monte_carlo(lambda x: np.stack([x, 0 * x], axis=-1), 0, 1, 100, rng=0)
        assert result.status == 1
        assert result.effective_sample_size[0] > 30
        assert result.effective_sample_size[1] == 0

    def test_few_points(self) -> None:
        assert monte_carlo(np.exp, 0, 1, 29, rng=0).status == 1
        assert monte_carlo(np.exp, 0, 1, 40, rng=0).status == 0

    def test_squares_that_overflow(self) -> None:
        result = monte_carlo(lambda x: 1e200 * x, 0, 1, 3 * BLOCK, rng=0)
        assert result.value == pytest.approx(5e199, rel=0.01)
        assert result.status == 1
        assert "too large for their squares" in result.message

    @pytest.mark.parametrize(
        "result",
        [
            monte_carlo(lambda x: np.log(x - 0.5), 0, 1, 100, rng=0),
            quasi_monte_carlo(lambda x: np.log(x - 0.5), 0, 1, 128, rng=0),
            importance_sampling(
                lambda x: np.log(x - 0.5), lambda rng, n: rng.random(n), np.ones_like, 100, rng=0
            ),
        ],
        ids=["chance", "quasi", "importance"],
    )
    def test_not_finite(self, result: SampledResult) -> None:
        assert (result.status, result.success) == (2, False)
        assert np.isnan(result.value)
        assert result.error == np.inf
        assert "`fun` returned nan at x=0." in result.message

    def test_not_finite_in_a_later_block(self) -> None:
        seen: list[int] = []

        def fun(x: Any) -> Any:
            seen.append(len(x))
            return np.full((len(x), 2), np.nan if len(seen) == 2 else 1.0)

        result = monte_carlo(fun, 0, 1, 10 * BLOCK, rng=0)
        assert result.nfev == sum(seen) == 2 * BLOCK
        assert np.isnan(result.value).tolist() == [True, True]


class TestBoxes:
    def test_shapes_that_the_integrand_gets(self) -> None:
        shapes: list[Any] = []

        def fun(p: Any) -> Any:
            shapes.append(p.shape)
            return np.zeros(len(p)) + 1

        monte_carlo(fun, 0, 1, 20)
        monte_carlo(fun, [0], [1], 20)
        monte_carlo(fun, [0, 0, 0], 1, 20)
        quasi_monte_carlo(fun, 0, [1, 2], 16, replicates=2)
        assert shapes == [(20,), (20, 1), (20, 3), (16, 2), (16, 2)]

    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_points_lie_in_the_box_and_fill_it(self, how: Any) -> None:
        seen: list[Any] = []
        how(lambda p: seen.append(p) or p[:, 0], [1, -2], [3, 5], 256, rng=0)
        points = np.concatenate(seen)
        assert np.all((points >= [1, -2]) & (points <= [3, 5]))
        assert np.all(np.ptp(points, axis=0) > 0.95 * np.array([2, 7]))

    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_signs(self, how: Any) -> None:
        def fun(p: Any) -> Any:
            return np.full(len(p), 2.0)

        assert how(fun, 1, 0, 64).value == -2
        assert how(fun, [1, 0], [0, 3], 64).value == -6
        assert how(fun, [1, 3], [0, 0], 64).value == 6
        assert how(fun, 1, 1, 64).value == 0
        assert how(fun, 1, 0, 64).error >= 0

    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_several_values(self, how: Any) -> None:
        def fun(x: Any) -> Any:
            return np.stack([x, x**2, x**3], axis=-1)[:, np.newaxis]

        result = how(fun, 0, 1, 4096, rng=0)
        exact = np.array([[1 / 2, 1 / 3, 1 / 4]])
        assert result.value.shape == result.error.shape == result.effective_sample_size.shape == (1, 3)
        assert np.all(np.abs(result.value - exact) <= 4 * result.error)
        alone = how(lambda x: x**2, 0, 1, 4096, rng=0)
        assert alone.value == pytest.approx(result.value[0, 1], rel=1e-13)
        assert isinstance(alone.value, float)
        assert isinstance(alone.effective_sample_size, float)

    def test_weights_of_several_values(self) -> None:
        result = importance_sampling(
            lambda x: np.stack([np.ones_like(x), x], axis=-1) * normal_pdf(x)[:, np.newaxis],
            lambda rng, n: rng.normal(0, 1.5, n),
            lambda x: normal_pdf(x, 1.5),
            5000,
            rng=0,
        )
        assert np.all(np.abs(result.value - [1, 0]) <= 4 * result.error)

    @pytest.mark.parametrize("how", [monte_carlo, quasi_monte_carlo])
    def test_seeds(self, how: Any) -> None:
        one, same, other = (
            how(np.exp, 0, 1, 64, rng=seed).value for seed in (1, np.random.default_rng(1), 2)
        )
        assert one == same != other
        source = np.random.default_rng(1)
        assert how(np.exp, 0, 1, 64, rng=source).value != how(np.exp, 0, 1, 64, rng=source).value

    def test_points_that_the_caller_owns(self) -> None:
        mine = np.random.default_rng(0).random(50)
        kept = mine.copy()

        def careless(x: Any) -> Any:
            x *= 2
            return np.ones(len(x))

        importance_sampling(careless, lambda rng, n: mine, careless, 50)
        np.testing.assert_array_equal(mine, kept)


def unit(rng: np.random.Generator, n: int) -> Any:
    return rng.random(n)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: monte_carlo("exp", 0, 1, 10), TypeError, "`fun` must be callable"),
        (lambda: monte_carlo(np.exp, 0, 1, 1), ValueError, "`n` must be at least 2, got n=1"),
        (lambda: monte_carlo(np.exp, 0, 1, 10.0), TypeError, "`n` must be an integer"),
        (lambda: monte_carlo(np.exp, 0, np.inf, 10), ValueError, "`high` must be finite"),
        (lambda: monte_carlo(np.exp, np.nan, 1, 10), ValueError, "`low` must be finite"),
        (lambda: monte_carlo(np.exp, [[0]], 1, 10), ValueError, "`low` must be a number or one-dimensional"),
        (
            lambda: monte_carlo(np.exp, [0, 0], [1, 1, 1], 10),
            ValueError,
            "as many coordinates, got 2 and 3",
        ),
        (lambda: monte_carlo(np.exp, [0, 0], [1], 10), ValueError, "as many coordinates, got 2 and 1"),
        (lambda: monte_carlo(np.sum, 0, 1, 10), ValueError, "one value for each of the 10 points"),
        (lambda: monte_carlo(np.ravel, [0, 0], 1, 10), ValueError, r"got shape \(20,\)"),
        (lambda: monte_carlo(lambda x: x * 1j, 0, 1, 10), TypeError, "`fun` must return real values"),
        (lambda: monte_carlo(np.exp, 0, 1, 10, rng=-1), TypeError, "`rng` must be a seed"),
        (lambda: monte_carlo(np.exp, 0, 1, 10, rng="seed"), TypeError, "`rng` must be a seed"),
        (
            lambda: quasi_monte_carlo(np.exp, 0, 1, 1000),
            ValueError,
            "`n` must be a power of two.*got n=1000: use 512 or 1024",
        ),
        (
            lambda: quasi_monte_carlo(np.exp, 0, 1, 8, replicates=1),
            ValueError,
            "`replicates` must be at least 2",
        ),
        (
            lambda: quasi_monte_carlo(np.exp, [0] * 21202, 1, 8),
            ValueError,
            "at most 21201 coordinates, got 21202",
        ),
        (lambda: importance_sampling(np.exp, 3, np.ones_like, 10), TypeError, "`sample` must be callable"),
        (lambda: importance_sampling(np.exp, unit, 3, 10), TypeError, "`pdf` must be callable"),
        (lambda: importance_sampling(3, unit, np.ones_like, 10), TypeError, "`fun` must be callable"),
        (
            lambda: importance_sampling(np.exp, lambda rng, n: rng.random(n + 1), np.ones_like, 10),
            ValueError,
            r"`sample` must return shape \(10,\) or \(10, d\), got shape \(11,\)",
        ),
        (
            lambda: importance_sampling(np.exp, lambda rng, n: np.full(n, np.nan), np.ones_like, 10),
            ValueError,
            r"`sample\(rng, n\)` must be finite",
        ),
        (
            lambda: importance_sampling(np.exp, unit, lambda x: x - x, 10, rng=0),
            ValueError,
            "`pdf` must be positive and finite where `sample` draws, got 0.0 at x=0.6369",
        ),
        (
            lambda: importance_sampling(np.exp, unit, lambda x: x - 0.5, 10, rng=0),
            ValueError,
            "`pdf` must be positive and finite where `sample` draws, got -0.2",
        ),
        (
            lambda: importance_sampling(np.exp, unit, lambda x: x / 0, 10, rng=0),
            ValueError,
            "`pdf` must be positive and finite where `sample` draws, got inf",
        ),
        (
            lambda: importance_sampling(lambda x: 1e300 + x, unit, lambda x: 1e-20 + 0 * x, 10, rng=0),
            ValueError,
            "`pdf` is too small beside `fun`, got 1e-20",
        ),
        (
            lambda: importance_sampling(np.exp, unit, lambda x: np.ones((len(x), 1)), 10),
            ValueError,
            r"`pdf` must return shape \(10,\), got shape \(10, 1\)",
        ),
        (
            lambda: importance_sampling(np.exp, unit, np.sum, 10),
            ValueError,
            "`pdf` must return one value for each of the 10 points",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_arguments(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
