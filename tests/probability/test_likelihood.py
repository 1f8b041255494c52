"""Likelihoods: their derivatives, their maxima, and maxima that do not exist."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from calcguide import differences
from calcguide.probability import (
    change_of_variables,
    log_likelihood,
    maximum_likelihood,
    newton_step,
    observed_information,
    score,
)

RNG = np.random.default_rng(11)
X = RNG.normal(3.0, 2.0, size=60)
COUNTS = RNG.poisson(4.0, size=50)
WAITS = RNG.gamma(2.5, 1.5, size=200)
FEATURES = np.column_stack([np.ones(120), RNG.normal(size=(120, 2))])
LABELS = (RNG.random(120) < special.expit(FEATURES @ [0.3, 1.0, -0.7])).astype(int)


def normal(x: Any, theta: Any) -> Any:
    mean, std = theta
    return -(((x - mean) / std) ** 2) / 2 - np.log(std) - np.log(2 * np.pi) / 2


def normal_in_logs(x: Any, theta: Any) -> Any:
    return normal(x, (theta[0], np.exp(theta[1])))


def poisson(k: Any, log_rate: Any) -> Any:
    return k * log_rate - np.exp(log_rate) - special.gammaln(k + 1)


def gamma(x: Any, theta: Any) -> Any:
    shape, rate = theta["shape"], theta["rate"]
    return shape * np.log(rate) + (shape - 1) * np.log(x) - rate * x - special.gammaln(shape)


def logistic(data: Any, weights: Any) -> Any:
    features, labels = data
    return special.log_expit((2 * labels - 1) * (features @ weights))


def cauchy(x: Any, location: Any) -> Any:
    return -np.log(np.pi * (1 + (x - location) ** 2))


class TestDerivatives:
    def test_sum_of_logarithms(self) -> None:
        assert log_likelihood(normal, [3.0, 2.0], X) == pytest.approx(
            stats.norm.logpdf(X, 3, 2).sum(), rel=1e-14
        )
        assert log_likelihood(poisson, np.log(4.0), COUNTS) == pytest.approx(
            stats.poisson.logpmf(COUNTS, 4.0).sum(), rel=1e-13
        )

    def test_an_impossible_observation_makes_it_minus_infinite(self) -> None:
        with np.errstate(divide="ignore"):
            assert log_likelihood(lambda x, t: np.log((x < t) / t), 2.0, [1.0, 3.0]) == -np.inf

    def test_of_a_normal_variable(self) -> None:
        mean, std, m = 2.5, 1.5, len(X)
        r = X - mean
        exact = [r.sum() / std**2, (r**2).sum() / std**3 - m / std]
        cross = 2 * r.sum() / std**3
        matrix = [[m / std**2, cross], [cross, 3 * (r**2).sum() / std**4 - m / std**2]]
        assert score(normal, [mean, std], X) == pytest.approx(exact, rel=1e-13)
        assert observed_information(normal, [mean, std], X) == pytest.approx(np.array(matrix), rel=1e-13)

    @pytest.mark.parametrize(
        ("logpdf", "theta", "data"),
        [
            pytest.param(normal, [2.0, 1.3], X, id="normal"),
            pytest.param(logistic, [0.1, 0.2, 0.3], (FEATURES, LABELS), id="logistic"),
            pytest.param(cauchy, 1.0, X, id="Cauchy"),
        ],
    )
    def test_agree_with_differences(self, logpdf: Any, theta: Any, data: Any) -> None:
        def total(vector: Any) -> Any:
            return log_likelihood(logpdf, vector if np.ndim(theta) else vector[0], data)

        point = np.atleast_1d(theta)
        # The promise of `differences`: some nine digits of a gradient, seven of a Hessian.
        assert np.atleast_1d(score(logpdf, theta, data)) == pytest.approx(
            differences.gradient(total, point), rel=1e-8, abs=1e-8
        )
        assert np.atleast_2d(observed_information(logpdf, theta, data)) == pytest.approx(
            -differences.hessian(total, point), rel=1e-5, abs=1e-5
        )

    def test_come_in_the_form_of_the_parameters(self) -> None:
        theta = {"shape": 2.0, "rate": 1.0}
        found = score(gamma, theta, WAITS)
        assert list(found) == ["shape", "rate"]
        m = len(WAITS)
        assert found["rate"] == pytest.approx(2 * m - WAITS.sum(), rel=1e-13)
        assert found["shape"] == pytest.approx(np.log(WAITS).sum() - m * special.digamma(2), rel=1e-12)
        matrix = observed_information(gamma, theta, WAITS)
        assert matrix == pytest.approx(np.array([[special.polygamma(1, 2), -1], [-1, 2]]) * m, rel=1e-12)
        assert type(score(poisson, 1.0, COUNTS)) is type(observed_information(poisson, 1.0, COUNTS)) is float
        step = newton_step(gamma, theta, WAITS)
        solved = np.linalg.solve(matrix, [found["shape"], found["rate"]])
        assert [step["shape"], step["rate"]] == pytest.approx(solved.tolist(), rel=1e-12)

    def test_a_newton_step_solves_a_parabola_at_once(self) -> None:
        start = 40.0
        assert start + newton_step(lambda x, t: -((x - t) ** 2), start, X) == pytest.approx(
            X.mean(), rel=1e-14
        )

    @given(units=st.floats(-150, 150))
    def test_a_newton_step_does_not_depend_on_units(self, units: float) -> None:
        u = 10.0**units
        step = newton_step(lambda x, t: normal(x, (t[0], t[1] / u)), [3.0, 2.0 * u], X)
        assert step / [1, u] == pytest.approx(newton_step(normal, [3.0, 2.0], X), rel=1e-10)


class TestMaximum:
    """A search that ends within 1e-8 standard errors is, by quadratic convergence, at the maximum to round-off."""

    @pytest.mark.parametrize(
        ("logpdf", "start"),
        [(normal, [0.0, 1.0]), (normal, [100.0, 30.0]), (normal, [3.0, 1e-2]), (normal_in_logs, [0.0, 0.0])],
    )
    def test_normal(self, logpdf: Any, start: Any) -> None:
        found = maximum_likelihood(logpdf, start, X)
        m, std = len(X), X.std()
        logs = logpdf is normal_in_logs
        assert found.success, found.message
        assert found.theta == pytest.approx([X.mean(), np.log(std) if logs else std], rel=1e-12)
        errors = [std / np.sqrt(m), (1 if logs else std) / np.sqrt(2 * m)]
        assert found.standard_error == pytest.approx(errors, rel=1e-10)
        assert found.covariance == pytest.approx(np.diag(np.square(errors)), rel=1e-9, abs=1e-15)
        assert found.log_likelihood == pytest.approx(stats.norm.logpdf(X, X.mean(), std).sum(), rel=1e-13)

    def test_poisson(self) -> None:
        found = maximum_likelihood(poisson, 0.0, COUNTS)
        assert found.theta == pytest.approx(np.log(COUNTS.mean()), rel=1e-14)
        # I = m e^θ = Σk
        assert found.standard_error == pytest.approx(1 / np.sqrt(COUNTS.sum()), rel=1e-12)
        assert type(found.theta) is type(found.standard_error) is type(found.score) is float
        assert found.covariance.shape == (1, 1)

    def test_gamma(self) -> None:
        found = maximum_likelihood(gamma, {"shape": 1.0, "rate": 1.0}, WAITS)
        shape, _, scale = stats.gamma.fit(WAITS, floc=0)
        assert found.success
        # SciPy solves log k − ψ(k) = log x̄ − mean log x by bisection, to its default tolerance of 1e-12 or so.
        assert found.theta["shape"] == pytest.approx(shape, rel=1e-9)
        assert found.theta["rate"] == pytest.approx(1 / scale, rel=1e-9)
        k, r, m = found.theta["shape"], found.theta["rate"], len(WAITS)
        exact = np.linalg.inv(m * np.array([[special.polygamma(1, k), -1 / r], [-1 / r, k / r**2]]))
        assert found.covariance == pytest.approx(exact, rel=1e-10)
        assert found.standard_error["rate"] == pytest.approx(np.sqrt(exact[1, 1]), rel=1e-10)

    def test_logistic_regression(self) -> None:
        data = (FEATURES, LABELS)
        found = maximum_likelihood(logistic, np.zeros(3), data)
        peer = optimize.minimize(lambda w: -log_likelihood(logistic, w, data), np.zeros(3), tol=1e-10)
        assert found.success
        assert found.theta == pytest.approx(peer.x, abs=1e-5)  # BFGS with differences for a gradient
        assert found.log_likelihood >= -peer.fun - 1e-12
        p = special.expit(FEATURES @ found.theta)
        assert FEATURES.T @ (LABELS - p) == pytest.approx(np.zeros(3), abs=1e-12)
        exact = np.linalg.inv((FEATURES.T * (p * (1 - p))) @ FEATURES)
        assert found.covariance == pytest.approx(exact, rel=1e-10)

    def test_standard_errors_cover_the_truth_as_often_as_they_say(self) -> None:
        # 95 % of 400 intervals, give or take 5 standard deviations of a binomial count, √(400 · 0.95 · 0.05) = 4.4.
        data = np.random.default_rng(2).poisson(5.0, size=(400, 40))
        fits = [maximum_likelihood(poisson, 1.0, row) for row in data]
        hits = sum(abs(fit.theta - np.log(5.0)) <= 1.96 * fit.standard_error for fit in fits)
        assert abs(hits - 380) <= 22

    def test_where_the_information_is_negative_the_search_still_climbs(self) -> None:
        # Far from the data a Cauchy likelihood is convex, and Newton's step leads away; at distance 1 it is flat.
        x = np.array([-0.5, 0.1, 0.2, 0.3, 1.4])
        centre = optimize.brentq(lambda t: np.sum(2 * (x - t) / (1 + (x - t) ** 2)), -0.5, 1.4, xtol=1e-14)
        for start in (-30.0, -3.0, 1.2, 50.0):
            assert observed_information(cauchy, start, x) < 0 or abs(start) < 2
            found = maximum_likelihood(cauchy, start, x)
            assert found.success
            assert found.theta == pytest.approx(centre, abs=1e-12)
        assert maximum_likelihood(cauchy, 0.0, [1.0, 1.0]).theta == pytest.approx(1.0, abs=1e-12)

    def test_the_path_leads_from_the_start_uphill_to_the_end(self) -> None:
        found = maximum_likelihood(gamma, {"shape": 1.0, "rate": 1.0}, WAITS)
        points = [dict(zip(found.path, pair, strict=True)) for pair in zip(*found.path.values(), strict=True)]
        assert points[0] == {"shape": 1.0, "rate": 1.0}
        assert repr(found).endswith(f"path: {len(points)} points")
        assert points[-1] == found.theta
        assert len(points) == found.nit + 1
        values = [log_likelihood(gamma, point, WAITS) for point in points]
        assert np.all(np.diff(values) >= -1e-13 * abs(values[0]))

    def test_convergence_is_quadratic(self) -> None:
        path = maximum_likelihood(poisson, 0.5, COUNTS).path
        error = np.abs(path - np.log(COUNTS.mean()))
        # Newton on e^θ: the next error is half the square, to the order of the error itself.
        small = (error[:-1] < 0.3) & (error[1:] > 1e-13)
        assert small.sum() >= 2
        assert error[1:][small] == pytest.approx(error[:-1][small] ** 2 / 2, rel=0.2)

    def test_units_do_not_matter(self) -> None:
        found = maximum_likelihood(
            lambda x, t: normal(x, (t[0] * 1e-9, t[1] * 1e12)), [2e9, 3e-12], X, tol=1e-6
        )
        assert found.success
        assert found.theta == pytest.approx([X.mean() * 1e9, X.std() * 1e-12], rel=1e-10)

    @pytest.mark.parametrize("offset", [1e8, -1e9])
    def test_a_maximum_between_neighbouring_floats_is_found(self, offset: float) -> None:
        # The mean is known to half a float's spacing, more than 1e-8 standard errors.
        found = maximum_likelihood(normal, [offset, 1.0], X + offset)
        assert found.success
        assert found.theta[0] == pytest.approx((X + offset).mean(), rel=4e-16)

    def test_infinite_values_of_both_signs_shorten_the_step(self) -> None:
        """Outside its domain a uniform density on [0, θ] gives −∞ for some data and +∞ at θ = 0."""
        found = maximum_likelihood(
            lambda x, theta: np.where(x < theta, -np.log(np.abs(theta)), -np.inf), 1.0, np.array([-1.0, 0.5])
        )
        assert not found.success

    def test_parameters_of_a_transformation(self) -> None:
        # A small normalising flow: the density is that of e^(a + b Z), its parameters are fitted through the map.
        def flow(y: Any, theta: Any) -> Any:
            density = change_of_variables(
                lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
                lambda y: (np.log(y) - theta[0]) / theta[1],
                low=0.0,
            )
            return np.log(density(y))

        found = maximum_likelihood(flow, [0.0, 1.0], WAITS)
        logs = np.log(WAITS)
        assert found.theta == pytest.approx([logs.mean(), logs.std()], rel=1e-12)


class TestNoMaximum:
    def test_separable_data(self) -> None:
        x = np.array([-2.0, -1.0, 0.5, 1.0, 3.0])
        found = maximum_likelihood(
            logistic, np.zeros(2), (np.column_stack([np.ones(5), x]), (x > 0).astype(int))
        )
        assert (found.status, found.success) == (5, False)
        assert "separable" in found.message
        assert np.isnan(found.standard_error).all()
        assert np.isnan(found.covariance).all()

    @pytest.mark.parametrize("start", [0.0, 10.0, 50.0])
    @pytest.mark.parametrize("tol", [1e-2, 1e-8, 1e-12])
    def test_separable_data_whose_score_rounds_to_zero(self, start: float, tol: float) -> None:
        """By symmetry the scores of the two classes cancel to the last digit once the weight is about 37."""
        x, labels = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1])

        def logits(data: Any, weight: Any) -> Any:
            x, y = data
            return y * x * weight - np.logaddexp(0, x * weight)

        found = maximum_likelihood(logits, start, (x, labels), tol=tol)
        assert (found.status, found.success) == (5, False)

    def test_a_top_without_curvature_is_no_tail(self) -> None:
        found = maximum_likelihood(lambda x, theta: -((x - theta) ** 4), 0.0, [1.0, 1.0])
        assert found.status == 4
        assert found.theta == pytest.approx(1.0, abs=1e-4)

    def test_data_separable_in_one_direction_only(self) -> None:
        # The second feature tells one class apart where it is not 0; the first does not separate.
        first = np.array([0.0, 1, 2, 3, 4, 5, 1, 2])
        second = np.array([0.0, 0, 0, 0, 0, 0, 1, 1])
        labels = np.array([0, 1, 0, 1, 0, 1, 1, 1])
        found = maximum_likelihood(
            logistic, np.zeros(3), (np.column_stack([np.ones(8), first, second]), labels)
        )
        assert found.status == 5

    def test_a_column_twice_leaves_its_weights_undetermined(self) -> None:
        twice = np.column_stack([FEATURES, FEATURES[:, 1]])
        found = maximum_likelihood(logistic, np.zeros(4), (twice, LABELS))
        assert found.status == 4
        assert np.isnan(found.standard_error).all()
        # What the data do determine is found all the same.
        once = maximum_likelihood(logistic, np.zeros(3), (FEATURES, LABELS))
        assert found.theta[1] + found.theta[3] == pytest.approx(once.theta[1], rel=1e-7)
        assert found.log_likelihood == pytest.approx(once.log_likelihood, rel=1e-12)
        with pytest.raises(ValueError, match="singular"):
            newton_step(logistic, np.zeros(4), (twice, LABELS))

    def test_a_saddle_is_no_maximum(self) -> None:
        # Halfway between two far groups the score of a Cauchy location is 0 and its likelihood least.
        found = maximum_likelihood(cauchy, 0.0, [-5.0, 5.0])
        assert found.status == 4

    def test_one_observation_of_a_normal_variable(self) -> None:
        # The likelihood grows like −log σ without end.
        found = maximum_likelihood(normal, [1.0, 1.0], [1.0])
        assert (found.status, found.theta[1] < 1e-20) == (1, True)

    def test_a_limit_of_iterations(self) -> None:
        found = maximum_likelihood(poisson, 0.0, COUNTS, maxiter=2)
        assert (found.status, found.nit, found.success) == (1, 2, False)

    def test_a_kink_stalls(self) -> None:
        # The median, a Laplace location: at the kink every step leads down, and the slope is not zero on the left.
        found = maximum_likelihood(lambda x, t: -np.abs(x - t) - 1e-3 * t**2, 0.7, [0.0, 1.0, 2.0])
        assert found.status == 2

    def test_a_start_outside_the_domain(self) -> None:
        assert maximum_likelihood(normal, [0.0, -1.0], X).status == 3
        assert maximum_likelihood(lambda x, t: np.sqrt(t) - t + 0 * x, 0.0, X).status == 3


class TestArguments:
    @pytest.mark.parametrize(
        "function", [log_likelihood, score, observed_information, newton_step, maximum_likelihood]
    )
    @pytest.mark.parametrize(
        ("logpdf", "theta", "data", "error", "message"),
        [
            (1, 1.0, X, TypeError, "`logpdf` must be callable"),
            (poisson, np.nan, X, ValueError, "`theta0?` must be finite"),
            (poisson, 1j, X, TypeError, "`theta0?` must be real"),
            (poisson, 1.0, [1.0, np.nan], ValueError, r"`data` must be finite, got data\[1\]=nan"),
            (poisson, 1.0, 3.0, ValueError, "`data` must hold observations along its first axis"),
            (poisson, 1.0, [[1.0, 2.0], [3.0]], ValueError, "`data` must be a regular array, got rows of different lengths"),
            (poisson, 1.0, [], ValueError, "`data` must not be empty"),
            (logistic, np.zeros(3), (FEATURES, LABELS[1:]), ValueError, r"one length, got \[120, 119\]"),
            (lambda x, t: np.sum(x) * t, 1.0, X, ValueError, r"`logpdf` must return.*shape \(60,\); got shape \(\)"),
        ],
    )  # fmt: skip
    def test_are_checked(
        self, function: Any, logpdf: Any, theta: Any, data: Any, error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            function(logpdf, theta, data)

    def test_options(self) -> None:
        with pytest.raises(ValueError, match="`tol` must be positive"):
            maximum_likelihood(poisson, 0.0, COUNTS, tol=0)
        with pytest.raises(ValueError, match="`maxiter` must be at least 1"):
            maximum_likelihood(poisson, 0.0, COUNTS, maxiter=0)

    def test_data_cannot_be_written_into(self) -> None:
        def careless(x: Any, theta: Any) -> Any:
            x -= theta
            return -(x**2)

        x = np.array([1.0, 2.0])
        with pytest.raises(ValueError, match="read-only"):
            log_likelihood(careless, 0.5, x)
        assert x.tolist() == [1.0, 2.0]
        x += 1.0  # the caller still can

    def test_the_observation_at_fault_is_named(self) -> None:
        with pytest.raises(ValueError, match="`logpdf` returned nan for observation 1"):
            log_likelihood(gamma, {"shape": 1.0, "rate": 1.0}, [1.0, -1.0])
        with pytest.raises(ValueError, match="the score is not finite here"):
            score(lambda x, t: np.sqrt(t) * x, 0.0, X)

    def test_labels_stay_integers_and_truth_values_count(self) -> None:
        # The frequencies of a categorical variable: labels are indices.
        def categorical(k: Any, scores: Any) -> Any:
            logits = np.concatenate([np.zeros(1), scores])
            return logits[k] - np.log(np.sum(np.exp(logits)))

        k = np.array([0, 0, 1, 2, 2, 2])
        found = maximum_likelihood(categorical, [0.0, 0.0], k)
        assert found.theta == pytest.approx([np.log(1 / 2), np.log(3 / 2)], abs=1e-12)
        coin = maximum_likelihood(lambda x, t: special.log_expit(np.where(x, t, -t)), 0.0, k == 2)
        assert coin.theta == pytest.approx(0.0, abs=1e-14)
