"""The product with a Hessian on complex numbers: where it may be taken, and that it is right there."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from calcguide import autodiff
from calcguide.autodiff import _analytic
from calcguide.autodiff._analytic import EPSILON, SHORT, ComplexTape, NotAnalytic, product_with_hessian
from calcguide.autodiff._core import Tangents
from calcguide.autodiff._forward import jvp

A = np.random.default_rng(0).normal(size=(6, 6))
X, V = np.random.default_rng(1).uniform(0.2, 1.8, (2, 6))
X[2:4] *= -1


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def by_dual_numbers(fun: Callable[..., Any], x: Any, v: Any) -> Any:
    """Multiply the Hessian by a vector in the way that has no limits."""
    return jvp(autodiff.grad(fun), x, v)[1]


def named(*functions: Callable[..., Any]) -> list[Any]:
    return [pytest.param(fun, id=f"{i}") for i, fun in enumerate(functions)]


ANALYTIC = named(
    rosenbrock,
    lambda x: np.sum(x**4 - 3 * x * x + x**0 + x**1) / 2,
    lambda x: (x[0] * x[1] - x[2] ** 3 * x[-1]) ** 2,
    lambda x: np.sum(np.exp(-x * x / 2) * np.sin(x) - np.cos(2 * x) * np.sinh(x) + np.cosh(x)),
    lambda x: np.sum(np.tanh(x) ** 2 + np.square(x)),
    lambda x: np.sum(1 / x + x**-3 + np.reciprocal(x - 5.0) + x / (1 + x * x)),
    lambda x: np.sum(np.log(4 + x) * np.sqrt(x * x + 1) - +x),
    lambda x: np.log(np.sum(np.exp(x))),
    lambda x: x @ A @ x,
    lambda x: np.dot(x, A @ x) + np.sum((A @ x) ** 3),
    lambda x: np.sum(np.outer(x, x) ** 2 * A),
    lambda x: np.sum(np.stack([x, 2 * x**2]) ** 3) + np.sum(np.concatenate([x[:2], x[4:] ** 2]) ** 2),
    lambda x: np.sum(np.array([x[0] ** 2, x[1] * x[2], np.sin(x[3])]) ** 2),
    lambda x: np.sum(np.reshape(x, (2, 3)).T[1:] ** 3 * A[:2, :2]),
    lambda x: np.sum(x[np.array([0, 0, 3])] ** 3 * np.arange(3.0)),
    lambda x: np.sum(np.broadcast_to(x, (4, 6)) ** 2) + x.sum() ** 2 + np.mean(x**3),
    lambda x: np.sum((A * x + x[:, None]) ** 2) + len(x) * np.sum(x.reshape(3, 2)[1] ** 3),
    lambda x: sum(xi**3 for xi in x) * np.var(x),
    lambda x: np.sum(np.multiply(A, x) ** 2) + np.sum(np.float64(3.0) * x**2) - np.sum(2.0**2 * -x),
)

#: Functions that are not analytic, and those that look at what is traced.
OTHERS = named(
    lambda x: np.sum(np.abs(x) ** 3),
    lambda x: np.sum(np.maximum(x, 0.5) ** 2),
    lambda x: np.sum(np.where(x > 0, x**2, x**3)),
    lambda x: x[0] ** 2 if x[0] > x[1] else x[1] ** 3 * x[0],
    lambda x: np.sum(np.log1p(x * x)),
    lambda x: np.sum(expit(x)),
    lambda x: np.sum(x * x * autodiff.stop_gradient(x)),
    lambda x: np.sum(autodiff.elementwise(lambda u: np.sin(u) * u)(x)),
    lambda x: autodiff.logsumexp(x),
    lambda x: np.sum(autodiff.grad(lambda u: np.sum(u**3))(x) ** 2),
    lambda x: np.linalg.norm(x) ** 3,
    lambda x: np.sum(np.sort(x) ** 2 * np.arange(6)),
    lambda x: np.sum(x ** np.arange(1, 7)),
    lambda x: np.sum((x * x) ** 2.5),
    lambda x: np.sum(x**100),
    lambda x: np.sum(2**x),
)


@pytest.mark.parametrize("fun", ANALYTIC)
def test_agrees_with_dual_numbers(fun: Callable[..., Any]) -> None:
    found = product_with_hessian(fun, X, V)
    np.testing.assert_allclose(found, by_dual_numbers(fun, X, V), rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(autodiff.hvp(fun)(X, V), found)


@pytest.mark.parametrize("fun", OTHERS)
def test_leaves_the_rest_to_dual_numbers(fun: Callable[..., Any]) -> None:
    with pytest.raises(NotAnalytic):
        product_with_hessian(fun, X, V)
    np.testing.assert_array_equal(autodiff.hvp(fun)(X, V), by_dual_numbers(fun, X, V))


def test_agrees_with_closed_form_in_several_dimensions() -> None:
    x, v = X.reshape(2, 3), V.reshape(2, 3)
    np.testing.assert_allclose(
        product_with_hessian(lambda x: np.sum(x**3), x, v), 6 * x * v, rtol=1e-15, atol=0
    )


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1.0, 1e140])
def test_the_vector_may_have_any_size(scale: float) -> None:
    found = product_with_hessian(rosenbrock, X, V * scale)
    np.testing.assert_allclose(found / scale, by_dual_numbers(rosenbrock, X, V), rtol=1e-13)


@pytest.mark.parametrize("size", [1e-80, 1e-9, 1e9])
def test_the_point_may_have_any_size(size: float) -> None:
    found = product_with_hessian(lambda x: np.sum(x**3) + np.sum(x * x), X * size, V)
    np.testing.assert_allclose(found, (6 * size * X + 2) * V, rtol=1e-14)


@given(
    point=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    vector=st.lists(st.floats(-2, 2).filter(lambda t: t == 0 or abs(t) > 1e-6), min_size=3, max_size=3),
    powers=st.lists(st.integers(0, 5), min_size=3, max_size=3),
)
def test_agrees_with_dual_numbers_at_random(point: Any, vector: Any, powers: Any) -> None:
    x, v = np.array(point), np.array(vector)

    def fun(x: Any) -> Any:
        terms = [x[i] ** n * np.exp(x[(i + 1) % 3] / 2) * np.cos(x[i]) for i, n in enumerate(powers)]
        return sum(terms) / (1 + np.sum(x * x))

    exact = by_dual_numbers(fun, x, v)
    found = autodiff.hvp(fun)(x, v)
    np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-11 * (1 + np.max(np.abs(exact))))


class TestSingularities:
    """A tangent must not hide a zero, nor a side of zero."""

    @pytest.mark.parametrize(
        "fun",
        named(
            lambda x: np.sum(1 / x),
            lambda x: np.sum(1 / (x * x)),
            lambda x: np.sum(x * x / (x * x)),
            lambda x: np.sum(np.reciprocal(x * x)),
            lambda x: np.sum(x**-2),
            lambda x: np.sum(np.log(x)),
            lambda x: np.sum(np.log(x - 1)),
            lambda x: np.sum(np.sqrt(x)),
            lambda x: np.sum(np.sqrt(x - 1)),
            lambda x: np.sum(np.exp(1000 + x)),
            lambda x: np.sum(x * np.inf),
        ),
    )
    def test_is_left_to_dual_numbers(self, fun: Callable[..., Any]) -> None:
        x, v = np.array([0.0, 2.0]), np.array([1.0, 1.0])
        with pytest.raises(NotAnalytic) as refusal:
            product_with_hessian(fun, x, v)
        assert not refusal.value.anywhere
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            np.testing.assert_array_equal(autodiff.hvp(fun)(x, v), by_dual_numbers(fun, x, v))

    @pytest.mark.parametrize("fun", [np.reciprocal, lambda x: 1 / x, lambda x: x**-1])
    def test_nor_a_number_of_its_own_size(self, fun: Callable[..., Any]) -> None:
        x = np.array([1e-95, 1.0])
        found = autodiff.hvp(lambda x: np.sum(fun(x)))(x, np.ones(2))
        np.testing.assert_allclose(found, 2 / x**3, rtol=1e-14)

    def test_nor_lose_a_tangent_that_is_too_small(self) -> None:
        x, v = np.array([25.0, 26.0]), np.array([1.0, 1.0])
        found = autodiff.hvp(lambda x: np.sum(np.exp(-(x**2))))(x, v)
        np.testing.assert_allclose(found, (4 * x**2 - 2) * np.exp(-(x**2)), rtol=1e-12)
        assert (found > 0).all()

    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_what_overflows_on_the_way_is_seen(self) -> None:
        x, v = np.array([1000.0, 1.0]), np.array([1.0, 1.0])
        for fun in (lambda x: np.sum(np.exp(-np.exp(x))), lambda x: np.sum(1 / np.exp(x))):
            np.testing.assert_array_equal(autodiff.hvp(fun)(x, v), by_dual_numbers(fun, x, v))

    def test_no_warning_is_lost(self) -> None:
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            autodiff.hvp(lambda x: np.sum(1 / x))(np.array([0.0, 2.0]), np.array([1.0, 1.0]))

    def test_a_flat_tanh_keeps_its_digits(self) -> None:
        x, v = np.array([15.0, 0.5]), np.array([1.0, 1.0])
        exact = -2 * np.tanh(x) / np.cosh(x) ** 2
        np.testing.assert_allclose(autodiff.hvp(lambda x: np.sum(np.tanh(x)))(x, v), exact, rtol=1e-12)


class TestWhichWayIsTaken:
    """Seen from the function: how often it is called, and on what."""

    @staticmethod
    def counted(fun: Callable[..., Any]) -> tuple[Callable[..., Any], list[Any]]:
        seen: list[Any] = []

        def counting(x: Any) -> Any:
            seen.append(type(x.scope))
            return fun(x)

        return counting, seen

    def test_analytic(self) -> None:
        fun, seen = self.counted(lambda x: np.sum(x**3))
        product = autodiff.hvp(fun)
        for _ in range(3):
            product(X, V)
        assert seen == [ComplexTape] * 3

    def test_not_analytic_is_remembered(self) -> None:
        fun, seen = self.counted(lambda x: np.sum(np.abs(x)))
        product = autodiff.hvp(fun)
        for _ in range(3):
            product(X, V)
        assert len(seen) == 4
        assert seen.count(ComplexTape) == 1

    def test_a_broken_power_is_remembered(self) -> None:
        fun, seen = self.counted(lambda x: np.sum(x**1.5))
        product = autodiff.hvp(fun)
        for _ in range(2):
            product(np.abs(X), V)
        assert seen.count(ComplexTape) == 1

    def test_a_singular_point_is_not_remembered(self) -> None:
        fun, seen = self.counted(lambda x: np.sum(np.log(x)))
        product = autodiff.hvp(fun)
        with np.errstate(all="ignore"):
            product(np.array([0.0, 1.0]), np.ones(2))
        product(np.array([2.0, 1.0]), np.ones(2))
        assert len(seen) == 3
        assert seen[-1] is ComplexTape

    @pytest.mark.parametrize(
        ("x", "v"),
        [
            (np.ones(SHORT + 1), np.ones(SHORT + 1)),
            (np.ones(3, np.float32), np.ones(3, np.float32)),
            (np.ones(3), np.zeros(3)),
            (1.5, 2.0),
            ([1.0, 2.0], [1.0, 0.0]),
        ],
        ids=["long", "single", "zero", "number", "list"],
    )
    def test_dual_numbers(self, x: Any, v: Any) -> None:
        fun, seen = self.counted(lambda x: np.sum(x**3))
        found = autodiff.hvp(fun)(x, v)
        assert ComplexTape not in seen
        np.testing.assert_allclose(found, 6 * np.multiply(x, v))

    def test_precision_is_kept(self) -> None:
        x = np.ones(3, np.float32)
        assert autodiff.hvp(lambda x: np.sum(x**3))(x, x).dtype == np.float32

    def test_what_the_function_catches_is_refused_all_the_same(self) -> None:
        def fun(x: Any) -> Any:
            try:
                return np.sum(np.log1p(x) * x)
            except Exception:  # noqa: BLE001
                return np.sum(x * x)

        x = np.abs(X)
        np.testing.assert_array_equal(autodiff.hvp(fun)(x, V), by_dual_numbers(fun, x, V))

    def test_nothing_is_seen(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fun(x: Any) -> Any:
            print(x[0])  # noqa: T201
            return np.sum(x**2)

        np.testing.assert_array_equal(autodiff.hvp(fun)(X, V), 2 * V)
        assert "j" not in capsys.readouterr().out
        tape = ComplexTape()
        node = tape.variable(X + 1j)
        assert node.dtype == np.float64
        assert len(node) == 6
        for look in (repr, bool, str, lambda x: x > 0, lambda x: x.argmax(), np.sign, np.isfinite):
            with pytest.raises(NotAnalytic):
                look(node)

    def test_errors_are_those_of_dual_numbers(self) -> None:
        for fun, message in [
            (lambda x: x, "a gradient needs a scalar"),
            (lambda x: np.sum(x * (1 + 2j)), "complex numbers are out of autodiff's scope"),
            (lambda x: math.sin(x[0]), "cannot become a plain number"),
            (lambda x: np.fft.fft(x), "numpy.fft.fft is not covered"),
        ]:
            with pytest.raises((TypeError, ValueError), match=message):
                autodiff.hvp(fun)(X, V)
        with pytest.raises(ValueError, match="the tangent must have shape"):
            autodiff.hvp(np.sum)(X, V[:2])


class TestNesting:
    """Other differentiations may be in progress, around it or in the function."""

    def test_gradient_of_a_product(self) -> None:
        def quadratic(x: Any) -> Any:
            return V @ autodiff.hvp(lambda u: np.sum(u**4))(x, V)

        np.testing.assert_allclose(autodiff.grad(quadratic)(X), 24 * X * V * V, rtol=1e-14)

    def test_gradient_by_something_that_the_function_encloses(self) -> None:
        def scaled(a: Any) -> Any:
            return np.sum(autodiff.hvp(lambda u: a * np.sum(u**3))(X, V))

        assert autodiff.grad(scaled)(2.0) == pytest.approx(np.sum(6 * X * V), rel=1e-14)
        assert autodiff.derivative(scaled)(2.0) == pytest.approx(np.sum(6 * X * V), rel=1e-14)

    def test_a_traced_constant_on_either_side_of_an_operator(self) -> None:
        for fun in (lambda a, u: np.multiply(a, u), lambda a, u: u - a, lambda a, u: u[0] ** a):
            found = autodiff.derivative(
                lambda a, fun=fun: np.sum(autodiff.hvp(lambda u: np.sum(fun(a, u) ** 2))(np.abs(X), V))
            )(1.5)
            assert math.isfinite(found)

    def test_complex_nodes_are_refused_in_another_scope(self) -> None:
        tape, other = ComplexTape(), ComplexTape()
        x, y = tape.variable(X + 0j), other.variable(X + 0j)
        with pytest.raises(NotAnalytic):
            x * y
        with pytest.raises(NotAnalytic):
            tape.taken([x])
        assert tape.level < other.level
        assert not isinstance(tape, Tangents)


def test_the_square_of_the_imaginary_part_is_lost() -> None:
    assert 1 + EPSILON**2 == 1
    assert _analytic.NEAR_ZERO > 1e30 * EPSILON
