"""Verdicts: right gradients pass, planted faults do not, and kinks and noise are neither."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, special

from calcguide import autodiff, functions
from calcguide.gradcheck import gradcheck


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def sigmoid_slope(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


def waves(x: Any) -> Any:
    return np.sum(np.sin(x) * x)


def waves_gradient(x: Any) -> Any:
    return np.sin(x) + x * np.cos(x)


def pair(x: Any) -> Any:
    return np.stack([x[0] * x[1], x[0] ** 2 + np.sin(x[1])])


def pair_jacobian(x: Any) -> Any:
    return np.array([[x[1], x[0]], [2 * x[0], np.cos(x[1])]])


MATRIX = np.random.default_rng(5).standard_normal((4, 3))

SMOOTH = {
    "linear": (lambda x: MATRIX @ x, lambda x: MATRIX, np.ones(3)),
    "constant": (lambda x: 3.0, lambda x: np.zeros(2), np.ones(2)),
    "sine at 0": (lambda x: np.sum(np.sin(x)), np.cos, np.zeros(3)),
    "stationary point": (lambda x: np.sum(np.cos(x)), lambda x: -np.sin(x), np.zeros(3)),
    "quartic at its minimum": (lambda x: np.sum(x**4), lambda x: 4 * x**3, np.zeros(3)),
    "large values": (lambda x: 1e8 * waves(x), lambda x: 1e8 * waves_gradient(x), np.ones(3)),
    "small values": (lambda x: 1e-8 * waves(x), lambda x: 1e-8 * waves_gradient(x), np.ones(3)),
    "large points": (lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1e8, -3e8])),
    "large points, short waves": (lambda x: np.sum(np.sin(x)), np.cos, np.array([1e5, 2e5])),
    "small points": (lambda x: np.sum(np.sin(x)), np.cos, np.array([1e-9, 2e-9])),
    "large offset": (lambda x: 1e6 + np.sum(x**2), lambda x: 2 * x, np.ones(3)),
    "variables of many sizes": (
        lambda x: np.sum(np.sin(x / [1e6, 1, 1e-6])),
        lambda x: np.cos(x / [1e6, 1, 1e-6]) / [1e6, 1, 1e-6],
        np.array([1e6, 1.0, 1e-6]),
    ),
    "short waves": (lambda x: np.sum(np.sin(1e6 * x)), lambda x: 1e6 * np.cos(1e6 * x), np.array([0.3, 0.4])),
    "exponential at 100": (lambda x: np.exp(x), np.exp, 100.0),
    "logarithm near its edge": (lambda x: np.log(x), lambda x: 1 / x, 1e-12),
    "tiny point": (lambda x: np.log(x), lambda x: 1 / x, 1e-20),
    "function that refuses": (lambda x: math.log(x), lambda x: 1 / x, 0.1),
    "cancellation inside": (
        lambda x: np.sum((1e4 + x) ** 2 - 1e8 - 2e4 * x),
        lambda x: 2 * x,
        np.array([-0.15, 0.2, 0.15]),
    ),
    "single precision": (
        lambda x: np.sum(np.sin(x.astype(np.float32))),
        np.cos,
        np.array([0.3, -1.2]),
    ),
    "matrix": (lambda x: np.linalg.det(x), lambda x: np.linalg.det(x) * np.linalg.inv(x).T, MATRIX[:3]),
    "vector": (pair, pair_jacobian, np.array([1.0, 2.0])),
    "sparse": (
        lambda x: x**3,
        lambda x: sparse.diags_array(3 * x**2),
        np.array([1.0, 2.0, 3.0]),
    ),
    "erf": (lambda x: special.erf(x), lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2)), 0.4),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("seed", range(5))
def test_right_derivatives_pass(name: str, seed: int) -> None:
    fun, jac, x = SMOOTH[name]
    result = gradcheck(fun, x, jac=jac, rng=seed)
    assert result.status == 0, result.message
    assert result.slope >= 1.9


@pytest.mark.parametrize("name", functions.catalogue)
@pytest.mark.parametrize("given_jac", [True, False], ids=["analytic", "automatic"])
def test_the_whole_catalogue_passes(name: str, given_jac: bool) -> None:
    fun = functions.catalogue[name]
    x = 0.3 if fun.dimension == 1 else [0.3, -0.7]
    for seed in range(3):
        result = gradcheck(fun, x, jac=fun.jac if given_jac else None, rng=seed)
        assert result.status == 0, result.message
        assert result.label == ("analytic" if given_jac else "automatic")


@pytest.mark.parametrize("name", set(SMOOTH) - {"constant", "stationary point", "quartic at its minimum"})
@pytest.mark.parametrize("factor", [2.0, 0.5, -1.0, 0.0, 1.1])
def test_a_factor_is_found(name: str, factor: float) -> None:
    fun, jac, x = SMOOTH[name]
    result = gradcheck(fun, x, jac=lambda x: factor * jac(x), rng=1)
    assert result.status == 1, result.message
    assert not result


class TestFaults:
    def test_sigmoid_with_a_two_in_front(self) -> None:
        result = gradcheck(sigmoid, 0.5, jac=lambda x: 2 * sigmoid_slope(x), rng=0)
        assert result.slope == pytest.approx(1, abs=0.05)
        assert result.worst.ratio == pytest.approx(2, abs=1e-9)
        assert "it is 2 times the numeric one" in result.message

    def test_a_factor_of_all_entries_is_pointed_out(self) -> None:
        A, b = np.random.default_rng(0).standard_normal((5, 3)), np.arange(5.0)
        result = gradcheck(
            lambda w: np.mean((A @ w - b) ** 2), np.ones(3), jac=lambda w: A.T @ (A @ w - b) / 5, rng=0
        )
        assert "it is 0.5 times the numeric one throughout" in result.message

    def test_a_sign_is_pointed_out(self) -> None:
        result = gradcheck(waves, [1.0, 2.0], jac=lambda x: -waves_gradient(x), rng=0)
        assert "opposite sign throughout" in result.message

    def test_a_transpose_is_pointed_out(self) -> None:
        result = gradcheck(pair, [1.0, 2.0], jac=lambda x: pair_jacobian(x).T, rng=0)
        assert result.status == 1
        assert "transpose" in result.message

    def test_one_entry_among_a_thousand_is_named(self) -> None:
        def gradient(x: Any) -> Any:
            g = waves_gradient(x)
            g[613] *= 1.001
            return g

        result = gradcheck(waves, np.linspace(-2, 2, 1000), jac=gradient, points=1, rng=0)
        assert result.status == 1
        assert result.worst.index == (613,)
        assert result.worst.ratio == pytest.approx(1.001, abs=1e-6)
        assert int(np.argmax(result.errors)) == 613

    def test_one_entry_among_more_than_are_compared_is_named(self) -> None:
        def gradient(x: Any) -> Any:
            g = waves_gradient(x)
            g[4321] = -g[4321]
            return g

        x = np.linspace(-2, 2, 10_000)
        result = gradcheck(waves, x, jac=gradient, points=1, directions=1, entries=10, rng=0)
        assert result.worst.index == (4321,)
        assert result.worst.ratio == pytest.approx(-1, abs=1e-3)
        assert np.isfinite(result.errors).sum() <= 10

    def test_an_entry_of_a_jacobian_is_named(self) -> None:
        def jacobian(x: Any) -> Any:
            J = pair_jacobian(x)
            J[1, 0] = x[0]
            return J

        result = gradcheck(pair, [1.0, 2.0], jac=jacobian, rng=0)
        assert result.worst.index == (1, 0)
        assert result.worst.place == "J[1, 0]"
        assert "worst at J[1, 0]" in result.message

    @pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
    @pytest.mark.parametrize("seed", range(4))
    def test_a_millionth_is_found(self, size: float, seed: int) -> None:
        result = gradcheck(
            lambda x: size * waves(x),
            [0.4, 1.0, -0.8],
            jac=lambda x: size * waves_gradient(x) * (1 + 1e-6),
            rng=seed,
        )
        assert result.status == 1, result.message

    def test_a_fault_beyond_the_point_is_found(self) -> None:
        # tanh' = 1 - tanh²; 1 - x² has the same value at 0.
        assert gradcheck(np.tanh, 0.0, jac=lambda x: 1 - x**2, points=1, rng=0).status == 0
        assert gradcheck(np.tanh, 0.0, jac=lambda x: 1 - x**2, rng=0).status == 1

    def test_an_entry_too_small_for_a_random_direction(self) -> None:
        def fun(x: Any) -> Any:
            return 1e5 * x[0] ** 2 + 1e-5 * np.sin(x[1])

        result = gradcheck(fun, [1e-3, 1.0], jac=lambda x: np.array([2e5 * x[0], 2e-5 * np.cos(x[1])]), rng=0)
        assert result.status == 1, result.message
        assert result.worst.index == (1,)

    def test_what_only_the_automatic_derivative_can_see_is_no_verdict(self) -> None:
        def fun(x: Any) -> Any:
            return 1e8 * x[0] ** 2 + 1e-8 * x[1] ** 2

        result = gradcheck(fun, [1.0, 2.0], jac=lambda x: np.array([2e8 * x[0], 4e-8 * x[1]]), rng=0)
        assert result.status == 2
        assert "the automatic one 4e-08 differ" in result.message

    def test_two_against_one(self) -> None:
        # At 1e-9 the gradient of the cosine is smaller than what curvature does to any remainder.
        result = gradcheck(lambda x: np.sum(np.cos(x)), [1e-8, 2e-8], jac=lambda x: -2 * np.sin(x), rng=0)
        assert result.status == 1
        assert "the numeric and the automatic one agree on other values" in result.message

    @given(
        factor=st.floats(-10, 10).filter(lambda factor: abs(factor - 1) > 1e-5),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_any_factor_but_one(self, factor: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        x = rng.standard_normal(3)
        options: dict[str, Any] = {"points": 1, "rng": rng}
        assert gradcheck(waves, x, jac=lambda x: factor * waves_gradient(x), **options).status == 1
        assert gradcheck(waves, x, jac=waves_gradient, **options).status == 0

    @given(data=st.data())
    def test_any_entry_of_any_matrix(self, data: st.DataObject) -> None:
        m, n = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
        i, j = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, n - 1))
        rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
        A = rng.standard_normal((m, n))
        wrong = A.copy()
        wrong[i, j] += 0.1

        def jacobian(B: Any) -> Any:
            return lambda x: np.cos(A @ x)[:, np.newaxis] * B

        x = rng.uniform(-0.3, 0.3, n)
        assert gradcheck(lambda x: np.sin(A @ x), x, jac=jacobian(A), rng=rng).status == 0
        result = gradcheck(lambda x: np.sin(A @ x), x, jac=jacobian(wrong), rng=rng)
        assert result.status == 1
        assert result.worst.index == (i, j)


class TestKinks:
    @pytest.mark.parametrize(
        ("fun", "jac"),
        [
            pytest.param(np.abs, np.sign, id="abs"),
            pytest.param(lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0), id="relu"),
            pytest.param(lambda x: np.maximum(x, 0), lambda x: 1.0 * (x >= 0), id="relu, other side"),
            pytest.param(lambda x: np.abs(x) + x**2, lambda x: np.sign(x) + 2 * x, id="abs and a square"),
        ],
    )
    def test_at_the_point(self, fun: Any, jac: Any) -> None:
        # An elementwise function of one variable has the derivative's own shape.
        alone = gradcheck(fun, 0.0, jac=jac, points=1, rng=0)
        assert alone.status == 2
        assert "kink near x=0, along" in alone.message
        around = gradcheck(fun, 0.0, jac=jac, rng=0)
        assert around.status == 0
        assert len(around.kinks) == 2
        kink = around.kinks[0]
        assert kink.left != pytest.approx(kink.right, abs=0.1)

    def test_slopes_of_the_two_sides(self) -> None:
        kink = gradcheck(lambda x: np.maximum(x, 0), 0.0, jac=lambda x: 0.0, points=1, rng=0).kinks[0]
        slopes = sorted([kink.left / kink.direction, kink.right / kink.direction])
        assert slopes == pytest.approx([0, 1], abs=1e-6)

    def test_a_kink_beside_the_point(self) -> None:
        result = gradcheck(lambda x: np.sum(np.abs(x)), [1e-9, 0.4], jac=np.sign, points=1, rng=0)
        assert result.status == 0
        assert result.kinks

    def test_a_maximum_with_two_winners(self) -> None:
        result = gradcheck(np.max, [1.0, 1.0, 0.3], jac=lambda x: np.eye(3)[np.argmax(x)], rng=0)
        assert result.status == 0
        assert result.kinks

    def test_a_derivative_outside_the_two_slopes_is_wrong(self) -> None:
        assert gradcheck(np.abs, 0.0, jac=lambda x: 3.0, points=1, rng=0).status == 1

    def test_a_wrong_derivative_is_not_excused_by_a_kink(self) -> None:
        assert gradcheck(np.abs, 0.0, jac=lambda x: 2 * np.sign(x), rng=0).status == 1

    @pytest.mark.parametrize("seed", range(10))
    def test_networks_with_kinks_everywhere(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        W, v = rng.standard_normal((100, 4)), rng.standard_normal(100)

        def network(x: Any) -> Any:
            return np.tanh(v @ np.maximum(W @ x, 0) / 10)

        x = rng.standard_normal(4)
        assert gradcheck(network, x, rng=seed).status == 0
        wrong = autodiff.grad(lambda x: np.tanh(v @ (W @ x) / 10))
        assert gradcheck(network, x, jac=wrong, rng=seed).status == 1

    @pytest.mark.parametrize(
        ("fun", "message"),
        [
            pytest.param(lambda x: np.sqrt(np.abs(x)), "slope 0.50", id="vertical tangent"),
            pytest.param(lambda x: np.abs(x) ** 1.5, "slope 1.50", id="no second derivative"),
            pytest.param(np.sign, "slope 0.00", id="jump"),
            pytest.param(np.sqrt, "not finite on both sides", id="edge of the domain"),
        ],
    )
    def test_other_points_without_a_series(self, fun: Any, message: str) -> None:
        result = gradcheck(fun, 0.0, jac=lambda x: 0.0, points=1, rng=0)
        assert result.status == 2
        assert message in result.message


class TestNoise:
    @pytest.mark.parametrize("noise", [1e-12, 1e-9, 1e-6, 1e-3, 1e-1])
    @pytest.mark.parametrize("seed", range(5))
    def test_is_never_a_wrong_gradient(self, noise: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        result = gradcheck(
            lambda x: waves(x) + noise * rng.standard_normal(), [1.0, 2.0], jac=waves_gradient, rng=seed
        )
        assert result.status != 1
        assert "different values at the same point" in result.message

    @pytest.mark.parametrize("noise", [1e-9, 1e-6])
    def test_does_not_hide_a_factor(self, noise: float) -> None:
        rng = np.random.default_rng(0)
        result = gradcheck(
            lambda x: waves(x) + noise * rng.standard_normal(),
            [1.0, 2.0],
            jac=lambda x: 2 * waves_gradient(x),
            rng=0,
        )
        assert result.status == 1

    def test_that_hides_everything_is_no_verdict(self) -> None:
        rng = np.random.default_rng(0)
        result = gradcheck(lambda x: waves(x) + rng.standard_normal(), [1.0, 2.0], jac=waves_gradient, rng=0)
        assert result.status == 2
        assert result.hidden > 0.1
        assert "above the noise" in result.message

    @pytest.mark.parametrize("seed", range(10))
    def test_of_single_precision_in_one_term(self, seed: int) -> None:
        # Between the jumps of the first term, the function has the slope of the second one alone.
        def fun(x: Any) -> Any:
            return np.sum(x.astype(np.float32).astype(np.float64) ** 2 + np.sin(x))

        def gradient(x: Any) -> Any:
            return 2 * x + np.cos(x)

        assert gradcheck(fun, [0.3, -1.2], jac=gradient, rng=seed).status != 1
        assert gradcheck(fun, [0.3, -1.2], jac=lambda x: 2 * gradient(x), rng=seed).status == 1

    def test_is_what_hidden_measures(self) -> None:
        # About the square root of the noise: rounding in f, then rounding to single precision.
        double = gradcheck(waves, [1.0, 2.0], jac=waves_gradient, rng=0)
        single = gradcheck(lambda x: waves(x.astype(np.float32)), [1.0, 2.0], jac=waves_gradient, rng=0)
        assert 1e-9 < double.hidden < 1e-6
        assert 1e-4 < single.hidden < 1e-1


class TestResult:
    def test_reads_like_a_table(self) -> None:
        text = repr(gradcheck(pair, [1.0, 2.0], jac=lambda x: 2 * pair_jacobian(x), rng=0))
        head, table = text.split("\n\n")
        assert [line.split(":")[0].strip() for line in head.splitlines()] == [
            "success", "status", "message", "slope", "hidden", "nfev",
        ]  # fmt: skip
        rows = [line.split() for line in table.splitlines()]
        assert rows[0] == ["entry", "analytic", "numeric", "automatic", "ratio"]
        assert len(rows) == 5
        assert {row[-1] for row in rows[1:]} == {"2.000000"}

    def test_counts_as_its_success(self) -> None:
        assert gradcheck(waves, [1.0], rng=0)
        assert not gradcheck(waves, [1.0], jac=lambda x: 0 * x, rng=0)

    def test_cannot_be_changed(self) -> None:
        result = gradcheck(waves, [1.0], rng=0)
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.status = 3

    def test_a_seed_repeats_it(self) -> None:
        first, second = (gradcheck(waves, [1.0, 2.0], rng=7) for _ in range(2))
        assert repr(first) == repr(second)
        assert np.array_equal(first.remainder, second.remainder, equal_nan=True)
        assert first.slope != gradcheck(waves, [1.0, 2.0], rng=8).slope
        assert repr(gradcheck(waves, [1.0, 2.0], rng=np.random.default_rng(7))) == repr(first)

    def test_the_remainder_has_the_slope(self) -> None:
        right = gradcheck(waves, [1.0, 2.0], jac=waves_gradient, rng=0)
        wrong = gradcheck(waves, [1.0, 2.0], jac=lambda x: 2 * waves_gradient(x), rng=0)
        middle = slice(8, 16)
        for result, slope in ((right, 2), (wrong, 1)):
            fitted = np.polyfit(np.log(result.h[middle]), np.log(result.remainder[middle]), 1)[0]
            assert fitted == pytest.approx(slope, abs=0.1)

    def test_counts_calls(self) -> None:
        calls: list[Any] = []

        def counted(x: Any) -> Any:
            calls.append(x)
            return waves(x)

        result = gradcheck(counted, [1.0, 2.0], jac=waves_gradient, rng=0)
        assert result.nfev == sum(isinstance(x, np.ndarray) for x in calls)

    def test_many_variables_are_compared_by_choice(self) -> None:
        result = gradcheck(waves, np.linspace(0.1, 1, 50), jac=waves_gradient, entries=10, points=1, rng=0)
        assert np.isfinite(result.errors).sum() == 10
        assert result.success

    def test_ratio_of_nothing(self) -> None:
        entry = gradcheck(lambda x: 3.0, 1.0, jac=lambda x: 0.0, rng=0).worst
        assert math.isnan(entry.ratio)

    def test_the_caller_keeps_what_is_his(self) -> None:
        x = np.array([1.0, 2.0])

        def careless(x: Any) -> Any:
            value = waves(x)
            x[:] = np.nan
            return value

        def careless_gradient(x: Any) -> Any:
            value = waves_gradient(x)
            x[:] = np.nan
            return value

        assert gradcheck(careless, x, jac=careless_gradient, rng=0)
        assert x.tolist() == [1.0, 2.0]


class TestBadInput:
    @pytest.mark.parametrize(
        ("fun", "x", "options", "error", "message"),
        [
            pytest.param(3, [1.0], {}, TypeError, "`fun` must be callable or a layer", id="no function"),
            pytest.param(waves, [1.0], {"jac": 3}, TypeError, "`jac` must be callable, got 3", id="no jac"),
            pytest.param(waves, [np.nan], {}, ValueError, r"`x` must be finite, got x\[0\]=nan", id="nan"),
            pytest.param(waves, [], {}, ValueError, "`x` must not be empty", id="empty"),
            pytest.param(waves, [1j], {}, TypeError, "`x` must be real", id="complex"),
            pytest.param(waves, [1.0], {"points": 0}, ValueError, "`points` must be at least 1", id="points"),
            pytest.param(
                waves, [1.0], {"directions": 0.5}, TypeError, "`directions` must be an int", id="directions"
            ),
            pytest.param(waves, [1.0], {"spread": 0}, ValueError, "`spread` must be positive", id="spread"),
            pytest.param(
                waves, [1.0], {"entries": 0}, ValueError, "`entries` must be at least 1", id="entries"
            ),
            pytest.param(
                np.log,
                -1.0,
                {"jac": lambda x: 1 / x},
                ValueError,
                "`fun` returned nan at x=-1",
                id="not finite",
            ),
            pytest.param(
                waves,
                [1.0],
                {"jac": lambda x: x * np.inf},
                ValueError,
                r"`jac` returned inf at x=\[1.\]",
                id="jac inf",
            ),
            pytest.param(
                pair,
                [1.0, 2.0],
                {"jac": lambda x: np.zeros(2)},
                ValueError,
                r"`jac` must return shape \(2, 2\), `fun\(x\).shape \+ x.shape`, got shape \(2,\)",
                id="shape",
            ),
            pytest.param(
                lambda x: MATRIX @ x,
                np.ones(3),
                {"jac": lambda x: MATRIX.T},
                ValueError,
                r"got shape \(3, 4\): its transpose",
                id="transposed shape",
            ),
            pytest.param(
                lambda x: "a", [1.0], {"jac": np.cos}, TypeError, "`fun` must return real numbers", id="text"
            ),
            pytest.param(
                waves,
                [1.0],
                {"jac": lambda x: x + 1j},
                TypeError,
                "`jac` must return real numbers",
                id="complex jac",
            ),
            pytest.param(
                lambda x: x[:0],
                [1.0],
                {"jac": np.cos},
                ValueError,
                "`fun` must return at least one",
                id="nothing",
            ),
        ],
    )
    def test_is_named(self, fun: Any, x: Any, options: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            gradcheck(fun, x, rng=0, **options)

    def test_what_cannot_be_traced_says_so(self) -> None:
        with pytest.raises(TypeError) as caught:
            gradcheck(lambda x: math.sin(x), 1.0, rng=0)
        assert "Without `jac`" in caught.value.__notes__[0]
        assert gradcheck(lambda x: math.sin(x), 1.0, jac=np.cos, rng=0).worst.automatic is None

    def test_a_value_that_changes_its_shape(self) -> None:
        with pytest.raises(
            ValueError, match=r"`fun` must return shape \(2,\) here, as at other points, got shape \(1,\)"
        ):
            gradcheck(
                lambda x: x if x[0] == 1 else x[:1], [1.0, 2.0], jac=lambda x: np.eye(2), points=1, rng=0
            )

    def test_a_domain_narrower_than_the_spread(self) -> None:
        def fun(x: Any) -> Any:
            return np.sum(np.sqrt(1 - x**2))

        result = gradcheck(fun, [0.999, -0.999], jac=lambda x: -x / np.sqrt(1 - x**2), points=6, rng=0)
        assert result.success, result.message

    def test_random_points_are_drawn_nearer_until_they_are_inside(self) -> None:
        seen = set()

        def jac(x: Any) -> Any:
            seen.add(float(x))
            return 1 / (x - 1)

        assert gradcheck(lambda x: np.log(x - 1), 1 + 1e-6, jac=jac, points=4, rng=0)
        assert len(seen) == 4
