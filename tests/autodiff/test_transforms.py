"""Gradients, Jacobians and Hessians: against each other, closed forms and differences; containers and bad input."""

from __future__ import annotations

import math
import tracemalloc
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcguide import autodiff, differences, functions


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def vectors(x: Any) -> Any:
    """Three variables to two values."""
    return np.stack([x[0] * x[1] ** 2, np.sin(x[2]) * x[0]])


class Pair(NamedTuple):
    w: Any
    b: Any


class TestGradients:
    @pytest.mark.parametrize("n", [2, 5, 30])
    def test_against_the_complex_step(self, n: int) -> None:
        x = np.random.default_rng(n).uniform(-2, 2, n)
        exact = differences.gradient(rosenbrock, x, method="complex")
        np.testing.assert_allclose(autodiff.grad(rosenbrock)(x), exact, rtol=1e-12)

    def test_value_comes_along(self) -> None:
        value, gradient = autodiff.value_and_grad(rosenbrock)(np.ones(4))
        assert value == 0
        np.testing.assert_array_equal(gradient, np.zeros(4))

    def test_numbers_in_numbers_out(self) -> None:
        value, slope = autodiff.value_and_grad(lambda x: x * x)(3)
        assert (value, slope) == (9.0, 6.0)
        assert type(value) is type(slope) is float

    def test_lists_of_numbers_are_arrays(self) -> None:
        gradient = autodiff.grad(lambda p: p[0] ** 2 * p[1])([1, 2])
        assert isinstance(gradient, np.ndarray)
        assert gradient.tolist() == [4.0, 1.0]

    def test_a_constant_has_gradient_zero(self) -> None:
        np.testing.assert_array_equal(autodiff.grad(lambda x: 3.0)(np.ones(2)), np.zeros(2))
        np.testing.assert_array_equal(autodiff.grad(lambda x: np.sum(np.sign(x)))(np.ones(2)), np.zeros(2))

    @pytest.mark.parametrize("k", [0, 1, 2])
    def test_a_variable_is_a_function_too(self, k: int) -> None:
        found = autodiff.grad(lambda *xs: xs[k], argnums=(0, 1, 2))(1.0, 2.0, 3.0)
        assert found == tuple(float(i == k) for i in range(3))
        x = np.ones(2)
        y, pullback = autodiff.vjp(lambda xs: xs[k], (x, x, x))
        assert [g.tolist() for g in pullback(2 * y)] == [[2.0 * (i == k)] * 2 for i in range(3)]

    def test_the_function_runs_once(self) -> None:
        calls = []

        def counted(x: Any) -> Any:
            calls.append(1)
            return 2.0 if len(calls) > 1 else np.sum(x)

        autodiff.grad(counted)(np.ones(2))
        autodiff.grad(counted)(np.ones(2))
        assert len(calls) == 2

    def test_several_arguments(self) -> None:
        def fun(a: Any, x: Any, *, scale: float) -> Any:
            return scale * a * np.sum(x**2)

        first, second = autodiff.grad(fun, argnums=(0, 1))(2.0, np.array([1.0, 2.0]), scale=3.0)
        assert first == 15.0
        assert second.tolist() == [12.0, 24.0]
        assert autodiff.grad(fun, argnums=-1)(2.0, np.array([1.0, 2.0]), scale=3.0).tolist() == [12.0, 24.0]

    def test_containers_in_containers_out(self) -> None:
        params = {"layers": [Pair(np.ones((2, 3)), np.zeros(3)), (np.ones(3), 1.0)], "scale": 2.0}

        def fun(p: Any) -> Any:
            hidden = np.tanh(np.array([1.0, -2.0]) @ p["layers"][0].w + p["layers"][0].b)
            return p["scale"] * (hidden @ p["layers"][1][0] + p["layers"][1][1])

        gradient = autodiff.grad(fun)(params)
        assert list(gradient) == ["layers", "scale"]
        assert isinstance(gradient["layers"], list)
        assert isinstance(gradient["layers"][0], Pair)
        assert isinstance(gradient["layers"][1], tuple)
        assert gradient["layers"][1][1] == 2.0
        assert gradient["scale"] == pytest.approx(3 * np.tanh(-1) + 1)
        np.testing.assert_allclose(gradient["layers"][0].b, 2 / np.cosh(1) ** 2)

    def test_single_precision_stays(self) -> None:
        x = np.ones(3, np.float32)
        value, gradient = autodiff.value_and_grad(lambda x: np.sum(np.exp(2 * x) / 3))(x)
        assert gradient.dtype == np.float32
        assert np.asarray(value).dtype == np.float32
        assert autodiff.hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
        assert autodiff.grad(lambda x: np.sum(x * np.arange(3.0)))(x).dtype == np.float32

    def test_gradients_share_no_memory(self) -> None:
        x, y = np.ones(3), np.arange(3.0)
        first, second = autodiff.grad(lambda a, b: np.sum(a + b), argnums=(0, 1))(x, y)
        assert not np.shares_memory(first, second)
        only = autodiff.grad(lambda a: np.sum(a * y))(x)
        assert not np.shares_memory(only, y)
        assert not np.shares_memory(autodiff.vjp(lambda a: a, x)[1](y), y)
        assert not np.shares_memory(autodiff.jvp(lambda a: a, x, y)[1], y)

    def test_nor_do_tangents(self) -> None:
        x, v = np.array([1.0, 2.0]), np.array([3.0, 4.0])
        y, tangent = autodiff.jvp(lambda p: [p, p, p[:1], p + np.zeros((2, 1))], x, v)
        arrays = [*y, *tangent, x, v]
        for k, one in enumerate(arrays):
            assert one.flags.writeable
            assert not any(np.shares_memory(one, other) for other in arrays[k + 1 :])
        for fun in (lambda x: x, lambda x: np.broadcast_to(np.sum(x), x.shape)):
            assert autodiff.derivative(fun)(x).flags.writeable
        assert autodiff.jacobian(lambda x: x + np.zeros((3, 2)), mode="forward")(x).flags.writeable
        constant = np.ones(2)
        assert not np.shares_memory(
            autodiff.jvp(lambda s: (constant, s * constant), 2.0, 1.0)[0][0], constant
        )

    def test_what_the_caller_writes_into_does_not_reach_the_pullback(self) -> None:
        x = np.array([1.0, 2.0])
        exact = np.exp(x) + 2 * x
        y, pullback = autodiff.vjp(lambda x: np.exp(x), x)
        _, square = autodiff.vjp(lambda p: p["a"] ** 2, {"a": x})
        y *= 0
        x *= 0
        np.testing.assert_array_equal(pullback(np.ones(2)) + square(np.ones(2))["a"], exact)

    def test_arguments_are_not_changed(self) -> None:
        x = np.arange(4.0)
        autodiff.grad(lambda x: np.sum(x[1:] * x[:-1]) + x[0])(x)
        assert x.tolist() == [0, 1, 2, 3]
        x.flags.writeable = False
        assert autodiff.grad(rosenbrock)(x).shape == (4,)


class TestGradientsByANumber:
    """Forward mode finds them; whoever asks cannot tell, but by the memory."""

    @pytest.mark.parametrize(
        "x", [2, 2.0, np.float64(2), np.array(2.0), np.float32(2), np.array(2)], ids=repr
    )
    def test_kinds_of_numbers(self, x: Any) -> None:
        value, slope = autodiff.value_and_grad(lambda x: np.sum(x**3 * np.arange(3.0)))(x)
        assert (value, slope) == (24.0, 36.0)
        single = getattr(x, "dtype", None) == np.float32
        assert type(slope) is (np.float32 if single else float)

    @pytest.mark.parametrize(
        "fun",
        [
            lambda x: np.sum(np.tanh(x * np.arange(4.0))),
            lambda x: np.linalg.det(np.eye(3) + x * np.arange(9.0).reshape(3, 3) ** 0.5),
            lambda x: np.array([x, 2 * x]) @ np.stack([np.sin(x), x]),
            lambda x: np.reshape(x * x, (1, 1)),
            lambda x: np.array([np.exp(x)]),
            lambda x: np.maximum(x, 0.7) + np.where(x > 0, x, 2 * x),
            lambda x: autodiff.grad(lambda u: u**3 * x)(x),
            lambda x: autodiff.grad(lambda u: np.sum(u**3 * x))(np.stack([x, x])) @ np.ones(2),
            lambda x: autodiff.fixed_point(lambda u, a: np.cos(a * u), 0.5, x),
            lambda x: autodiff.stop_gradient(x) * x,
        ],
    )
    def test_reverse_mode_agrees(self, fun: Any) -> None:
        value, slope = autodiff.value_and_grad(fun)(0.7)
        y, pullback = autodiff.vjp(fun, 0.7)
        assert value == pytest.approx(float(np.sum(y)), rel=1e-15)
        assert slope == pytest.approx(pullback(np.ones(np.shape(y))[()]), rel=1e-13)
        assert type(value) is type(slope) is float

    def test_any_argument_and_any_order(self) -> None:
        def fun(w: Any, x: Any, *, n: int) -> Any:
            return np.sum(w * x**n)

        w = np.array([1.0, 2.0])
        assert autodiff.grad(fun, argnums=1)(w, 2.0, n=3) == 36.0
        assert autodiff.grad(fun, argnums=-1)(w, 2.0, n=3) == 36.0
        assert autodiff.grad(fun, argnums=np.int64(1))(w, 2.0, n=3) == 36.0
        assert autodiff.jacobian(fun, argnums=np.int64(1))(w, 2.0, n=3) == 36.0
        third = autodiff.grad(autodiff.grad(autodiff.grad(lambda x: fun(w, x, n=5))))
        assert third(2.0) == 3 * 60 * 4.0
        constant = autodiff.value_and_grad(lambda x: 3.0)(1)
        assert (constant, type(constant[1])) == ((3.0, 0.0), float)
        with pytest.raises(ValueError, match="`argnums` must name one of the 2 arguments by position, got 2"):
            autodiff.grad(fun, argnums=2)(w, 2.0)

    def test_a_rule_for_reverse_mode_alone(self) -> None:
        calls = []

        def rule(g: Any, y: Any, x: Any) -> Any:
            return float(g) * math.cos(x)  # this can be evaluated, but not traced

        sine = autodiff.custom(math.sin)
        sine.defvjp(rule)

        def fun(x: Any) -> Any:
            calls.append(1)
            return sine(x) * x

        def caught(x: Any) -> Any:
            try:
                return sine(x) * x
            except TypeError:
                return x

        def renamed(x: Any) -> Any:
            try:
                return sine(x) * x
            except TypeError as error:
                raise ValueError("no sine") from error

        slope = autodiff.grad(fun)
        exact = math.cos(2.0) * 2 + math.sin(2.0)
        assert [slope(2.0), slope(2.0)] == pytest.approx([exact, exact], rel=1e-15)
        assert len(calls) == 3  # the attempt is made once
        assert autodiff.grad(caught)(2.0) == pytest.approx(exact, rel=1e-15)
        assert autodiff.grad(renamed)(2.0) == pytest.approx(exact, rel=1e-15)
        nested = autodiff.grad(lambda a: a * autodiff.grad(lambda x: sine(x) * x)(2.0))
        assert nested(1.0) == pytest.approx(exact, rel=1e-15)

    def test_a_rule_that_depends_on_an_outer_variable(self) -> None:
        def outer(a: Any) -> Any:
            lying = autodiff.custom(np.sin)
            lying.defjvp(lambda t, y, x: t * a)
            return autodiff.grad(lying)(0.3)

        assert autodiff.value_and_grad(outer)(2.0) == (2.0, 1.0)

    def test_a_slope_that_nobody_needs(self) -> None:
        def fun(x: Any) -> Any:
            with np.errstate(all="raise"):
                np.sqrt(x)
                return 2 * x

        assert autodiff.grad(fun)(0.0) == 2.0

    def test_a_function_without_any_slope(self) -> None:
        constant = autodiff.custom(lambda x: x * x)
        constant.defvjp(None)
        calls = []

        def fun(x: Any) -> Any:
            calls.append(1)
            return constant(x) + x

        assert autodiff.value_and_grad(fun)(2.0) == (6.0, 1.0)
        assert len(calls) == 1

    def test_joins_of_many_parts(self) -> None:
        """Each part is joined once, not added to zeros as long as all of them."""

        def fun(x: Any) -> Any:
            parts = np.stack([np.sin(k * x) for k in range(40)])
            return parts @ np.concatenate([np.ones(10), x * np.ones(20), parts[:10]])

        assert autodiff.grad(fun)(0.3) == pytest.approx(autodiff.vjp(fun, 0.3)[1](1.0), rel=1e-13)
        assert autodiff.grad(autodiff.grad(fun))(0.3) == pytest.approx(
            autodiff.derivative(fun, n=2)(0.3), rel=1e-12
        )

    def test_errors_of_the_function_are_its_own(self) -> None:
        with pytest.raises(TypeError, match="float"):
            autodiff.grad(math.sin)(1.0)
        with pytest.raises(ZeroDivisionError):
            autodiff.grad(lambda x: x * (1 // 0))(1.0)

    def test_no_values_of_the_past_are_kept(self) -> None:
        def fun(a: Any) -> Any:
            x = np.ones(100_000)
            for _ in range(50):
                x = np.sin(a * x)
            return np.sum(x)

        tracemalloc.start()
        try:
            autodiff.grad(fun)(0.9)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 12 * 8 * 100_000  # a tape would hold a hundred arrays


class TestJacobians:
    X = np.array([1.0, 2.0, 0.5])
    EXACT = np.array([[4.0, 4.0, 0.0], [np.sin(0.5), 0.0, np.cos(0.5)]])

    @pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
    def test_modes_agree(self, mode: str) -> None:
        np.testing.assert_allclose(autodiff.jacobian(vectors, mode=mode)(self.X), self.EXACT, rtol=1e-15)

    @pytest.mark.parametrize("mode", ["forward", "reverse"])
    def test_shape_is_that_of_the_value_and_that_of_the_argument(self, mode: str) -> None:
        x = np.arange(6.0).reshape(2, 3)
        found = autodiff.jacobian(lambda x: np.stack([x.T, x.T**2]), mode=mode)(x)
        assert found.shape == (2, 3, 2, 2, 3)
        assert found[1, 2, 1, 1, 2] == 10.0
        assert autodiff.jacobian(lambda t: t * np.ones(2), mode=mode)(1.0).shape == (2,)
        assert autodiff.jacobian(lambda x: np.sum(x), mode=mode)(x).shape == (2, 3)

    @pytest.mark.parametrize("mode", ["forward", "reverse"])
    def test_of_an_array_of_traced_numbers(self, mode: str) -> None:
        found = autodiff.jacobian(lambda p: np.array([[p[0] * p[1]], [1.0]]), mode=mode)(np.array([2.0, 3.0]))
        np.testing.assert_array_equal(found, [[[3.0, 2.0]], [[0.0, 0.0]]])

    @pytest.mark.parametrize("mode", ["forward", "reverse"])
    def test_for_each_array_of_a_container(self, mode: str) -> None:
        found = autodiff.jacobian(lambda p: p["a"] * p["b"], mode=mode)({"a": 2.0, "b": np.arange(3.0)})
        np.testing.assert_array_equal(found["a"], [0, 1, 2])
        np.testing.assert_array_equal(found["b"], 2 * np.eye(3))

    def test_in_blocks_of_columns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        x = np.linspace(-1, 1, 7)
        whole = autodiff.hessian(rosenbrock)(x)
        monkeypatch.setattr("calcguide.autodiff._jacobians.STACK", 21)
        np.testing.assert_array_equal(autodiff.hessian(rosenbrock)(x), whole)

    @given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 5))
    def test_transposes_of_each_other(self, seed: int, m: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        a, x, v, u = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=n), rng.normal(size=m)

        def fun(x: Any) -> Any:
            return np.tanh(a @ x) * np.exp(x[0])

        left = u @ autodiff.jvp(fun, x, v)[1]
        right = autodiff.vjp(fun, x)[1](u) @ v
        size = np.exp(x[0]) * (1 + np.abs(a).sum()) * np.abs(u).sum() * np.abs(v).sum()
        assert abs(left - right) <= 1e-15 * size * (m + n)

    def test_a_number_and_an_array(self) -> None:
        """The tangent of a number moves all elements of an array, and has their shape at the end."""
        for fun in (
            lambda s: s + np.ones((2, 3)),
            lambda s: np.ones((2, 3)) + s,
            lambda s: np.ones((2, 3)) - -s,
        ):
            assert autodiff.jvp(fun, 2.0, 0.5)[1].tolist() == [[0.5] * 3] * 2
        both = autodiff.jvp(lambda p: p[0] - p[1], (2.0, np.ones(2)), (0.5, np.zeros(2)))
        assert [part.tolist() for part in both] == [[1.0, 1.0], [0.5, 0.5]]

    def test_traced_tangents_are_broadcast_too(self) -> None:
        x = np.array([1.0, 2.0])
        for fun in (lambda u, w: u + w, lambda u, w: w - u, lambda u, w: u + (w + 0 * np.sum(u))):
            inner = autodiff.jacobian(
                lambda x, fun=fun: autodiff.jvp(lambda u: fun(u, np.ones((3, 2))), np.ones(2), x)[1]
            )
            sign = 1.0 if fun(0, 1) == fun(1, 0) else -1.0
            assert inner(x).tolist() == [(sign * np.eye(2)).tolist()] * 3

    @pytest.mark.parametrize(
        "transform", [autodiff.derivative, lambda f: lambda x: autodiff.vjp(f, x)[1](np.ones(2))]
    )
    def test_arrays_beside_them(self, transform: Any) -> None:
        x = np.array([1.0, 2.0])
        for fun in (lambda x: x * np.array([1j, 1.0]), lambda x: np.array([1j, 1.0]) * x):
            with pytest.raises(TypeError, match="complex numbers are out of autodiff's scope"):
                transform(fun)(x)
        for fun in (lambda x: x * np.array([x[0], x[1]]), lambda x: np.array([x[0], x[1]]) * x):
            assert autodiff.jvp(fun, x, np.ones(2))[1].tolist() == [2.0, 4.0]

    def test_products_of_containers(self) -> None:
        y, pullback = autodiff.vjp(lambda p: {"s": p[0] + p[1], "d": p[0] - 2 * p[1]}, (np.ones(2), 3.0))
        assert y["d"].tolist() == [-5.0, -5.0]
        first, second = pullback({"s": np.ones(2), "d": np.ones(2)})
        assert first.tolist() == [2.0, 2.0]
        assert second == -2.0
        value, tangent = autodiff.jvp(lambda p: (p[0] * p[1], 1.0), (2.0, np.ones(2)), (1.0, np.zeros(2)))
        assert value[0].tolist() == [2.0, 2.0]
        assert tangent[0].tolist() == [1.0, 1.0]
        assert tangent[1] == 0


class TestSecondDerivatives:
    @pytest.mark.parametrize("name", functions.catalogue)
    def test_catalogue(self, name: str) -> None:
        function = functions.catalogue[name]
        rng = np.random.default_rng(1)
        for _ in range(3):
            x = (
                rng.uniform(0.5, 1.5, function.dimension or 3)
                if function.dimension != 1
                else rng.uniform(0.5, 1.5)
            )
            close = {"rtol": 1e-12, "atol": 1e-11}
            np.testing.assert_allclose(autodiff.grad(function)(x), function.jac(x), **close)
            np.testing.assert_allclose(autodiff.hessian(function)(x), function.hess(x), **close)

    def test_hessian_is_symmetric(self) -> None:
        h = autodiff.hessian(rosenbrock)(np.linspace(-1, 2, 9))
        np.testing.assert_allclose(h, h.T, rtol=1e-14)

    def test_product_with_a_vector(self) -> None:
        x, v = np.random.default_rng(0).normal(size=(2, 12))
        exact = autodiff.hessian(rosenbrock)(x) @ v
        np.testing.assert_allclose(autodiff.hvp(rosenbrock)(x, v), exact, rtol=1e-12)
        np.testing.assert_allclose(
            autodiff.grad(lambda x: autodiff.grad(rosenbrock)(x) @ v)(x), exact, rtol=1e-12
        )

    def test_product_with_a_container(self) -> None:
        product = autodiff.hvp(lambda p: p["a"] * np.sum(p["x"] ** 2))
        found = product({"a": 2.0, "x": np.ones(2)}, {"a": 1.0, "x": np.zeros(2)})
        assert found["a"] == 0
        assert found["x"].tolist() == [2.0, 2.0]


class TestDerivative:
    @pytest.mark.parametrize("n", range(7))
    def test_orders_of_the_sine(self, n: int) -> None:
        x = np.linspace(-3, 3, 11)
        np.testing.assert_allclose(autodiff.derivative(np.sin, n=n)(x), np.sin(x + n * np.pi / 2), atol=1e-14)

    def test_further_arguments(self) -> None:
        assert autodiff.derivative(lambda x, a: a * x**2)(3.0, 2.0) == 12.0

    def test_reverse_mode_agrees(self) -> None:
        def fun(x: Any) -> Any:
            return np.exp(-x * x) * np.sin(3 * x)

        third = autodiff.grad(autodiff.grad(autodiff.grad(fun)))(0.7)
        assert third == pytest.approx(autodiff.derivative(fun, n=3)(0.7), rel=1e-13)

    def test_functions_that_are_not_elementwise(self) -> None:
        with pytest.raises(ValueError, match=r"one number for an argument of shape \(3,\).*use `grad`"):
            autodiff.derivative(np.sum)(np.ones(3))
        with pytest.raises(ValueError, match=r"returned shape \(2, 3\) .*use `jacobian`"):
            autodiff.derivative(lambda x: np.stack([x, x]))(np.ones(3))

    def test_constants(self) -> None:
        assert autodiff.derivative(lambda x: 2.0)(1.0) == 0.0
        assert autodiff.derivative(lambda x: 2.0)(np.ones(2)).tolist() == [0.0, 0.0]


class TestBadInput:
    @pytest.mark.parametrize("number", [Fraction(1, 2), Decimal("0.5"), 1j, True])
    def test_numbers_of_other_kinds(self, number: Any) -> None:
        with pytest.raises(TypeError, match=r"`argument 0` must (hold real numbers|be real)"):
            autodiff.grad(lambda x: x * x)(number)

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: autodiff.grad(3), TypeError, "`fun` must be callable, got 3"),
            (lambda: autodiff.grad(np.sum, argnums=1.5), TypeError, "`argnums` must be an integer"),
            (lambda: autodiff.grad(np.sum, argnums=()), ValueError, "`argnums` must not be empty"),
            (lambda: autodiff.grad(np.sum, argnums=1)(1.0), ValueError, "one of the 1 arguments .* got 1"),
            (lambda: autodiff.grad(np.sum)(np.ones(2) * 1j), TypeError, "must be real, got complex"),
            (lambda: autodiff.grad(np.sum)("x"), TypeError, "must hold real numbers, got 'x'"),
            (lambda: autodiff.grad(np.sum)(np.array([True])), TypeError, "must hold real numbers"),
            (
                lambda: autodiff.grad(lambda x: 2 * x)(np.ones(3)),
                ValueError,
                r"shape \(3,\); .*use `jacobian`",
            ),
            (
                lambda: autodiff.grad(lambda x: (x, x))(1.0),
                TypeError,
                "returned a tuple; a gradient needs a scalar",
            ),
            (lambda: autodiff.grad(lambda x: "a")(1.0), TypeError, "must return a real number"),
            (lambda: autodiff.grad(lambda x: 1j * 2.0)(1.0), TypeError, "must return a real number"),
            (lambda: autodiff.jacobian(np.sin, mode="back"), ValueError, "`mode` must be one of 'auto'"),
            (lambda: autodiff.derivative(np.sin, n=-1), ValueError, "`n` must be at least 0, got n=-1"),
            (
                lambda: autodiff.jvp(np.sin, np.ones(2), np.ones(3)),
                ValueError,
                r"tangent must have shape \(2,\)",
            ),
            (
                lambda: autodiff.vjp(np.sin, np.ones(2))[1](1.0),
                ValueError,
                r"cotangent must have shape \(2,\), got \(\)",
            ),
            (
                lambda: autodiff.hvp(np.sum)(np.ones(2)),
                TypeError,
                "the arguments of `fun` and, last, the vector",
            ),
            (lambda: autodiff.jacobian(lambda x: np.array([x, None]))(1.0), TypeError, "must return numbers"),
        ],
    )
    def test_says_what_is_wrong(self, call: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            call()
