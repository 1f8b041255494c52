"""The engine: nesting, threads, exceptions, memory, and what it refuses."""

from __future__ import annotations

import gc
import math
import operator
import sys
import threading
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff
from calcguide.autodiff._core import Dual, Node, Tangents, Tape, unbroadcast


class TestNesting:
    def test_inner_and_outer_variables_are_not_confused(self) -> None:
        # d/dx [x · d/dy (x y³)] = d/dx [3 x² y²] at y = 2: 24 x
        assert autodiff.grad(lambda x: x * autodiff.grad(lambda y: x * y**3)(2.0))(3.0) == 72.0
        assert autodiff.derivative(lambda x: x * autodiff.derivative(lambda y: x + y)(1.0))(2.0) == 1.0

    def test_a_derivative_in_a_derivative_that_does_not_depend_on_it(self) -> None:
        def fun(x: Any) -> Any:
            return np.sum(x) * autodiff.grad(lambda t: t**2)(3.0)

        assert autodiff.grad(fun)(np.ones(2)).tolist() == [6.0, 6.0]

    @pytest.mark.parametrize("inner", [autodiff.grad, autodiff.derivative])
    @pytest.mark.parametrize("outer", [autodiff.grad, autodiff.derivative])
    def test_every_mode_in_every_mode(self, inner: Any, outer: Any) -> None:
        def fun(x: Any) -> Any:
            return np.exp(x) * np.tanh(x) / (1 + x * x)

        exact = autodiff.derivative(fun, n=2)(0.4)
        assert outer(inner(fun))(0.4) == pytest.approx(exact, rel=1e-14)

    def test_an_exception_leaves_nothing_behind(self) -> None:
        def broken(x: Any) -> Any:
            np.sum(np.sin(x))
            raise RuntimeError("inside")

        for transform in (autodiff.grad, autodiff.hessian, autodiff.jacobian):
            with pytest.raises(RuntimeError, match="inside"):
                transform(broken)(np.ones(2))
        assert autodiff.grad(lambda x: np.sum(x * x))(np.ones(2)).tolist() == [2.0, 2.0]

    def test_an_exception_in_a_gradient_within_a_gradient(self) -> None:
        def fun(x: Any) -> Any:
            try:
                autodiff.grad(lambda y: math.sin(x * y))(1.0)
            except TypeError:
                return x**2
            return x

        assert autodiff.grad(fun)(3.0) == 6.0

    def test_threads_do_not_meet(self) -> None:
        def fun(x: Any) -> Any:
            return np.sum(autodiff.grad(lambda y: np.sum(np.sin(y) * x))(x) ** 2)

        points = [np.linspace(0, i, 5) for i in range(1, 9)]
        alone = [autodiff.grad(fun)(x) for x in points]
        found: dict[int, Any] = {}

        def work(i: int) -> None:
            for _ in range(20):
                found[i] = autodiff.grad(fun)(points[i])

        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(points))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i, gradient in enumerate(alone):
            np.testing.assert_array_equal(found[i], gradient)


class TestMemory:
    def test_no_reference_cycles(self) -> None:
        gc.disable()
        try:
            x = np.ones(10)

            def fun(x: Any) -> Any:
                return np.sum(np.tanh(x) * x[::-1]) + np.linalg.norm(np.stack([x, x]))

            for transform in (autodiff.value_and_grad, autodiff.hessian, autodiff.jacobian, autodiff.hvp):
                gc.collect()
                transform(fun)(*([x, x] if transform is autodiff.hvp else [x]))
                assert gc.collect() == 0, transform
        finally:
            gc.enable()

    def test_a_long_loop_does_not_grow(self) -> None:
        gradient = autodiff.value_and_grad(lambda w: np.sum((w - 1) ** 2 * np.exp(-w)))

        def steps(n: int) -> None:
            w = np.zeros(50)
            for _ in range(n):
                w = w - 0.01 * gradient(w)[1]

        gc.disable()
        try:
            steps(100)
            before = sys.getallocatedblocks()
            steps(100_000)
            after = sys.getallocatedblocks()
        finally:
            gc.enable()
        assert after - before < 1000  # blocks of memory; one object that each step keeps would be 100 000

    def test_the_pullback_may_be_called_again(self) -> None:
        _, pullback = autodiff.vjp(lambda x: np.cumsum(x) * x, np.arange(3.0))
        first = pullback(np.ones(3))
        np.testing.assert_array_equal(pullback(np.ones(3)), first)


class TestRefusals:
    @pytest.mark.parametrize(
        ("fun", "message"),
        [
            (lambda x: float(x[0]), "cannot become a plain number"),
            (lambda x: math.sin(x[0]), "NumPy's function in place of math's"),
            (lambda x: int(x[0]), "cannot become a plain number"),
            (lambda x: complex(x[0]), "cannot become a plain number"),
            (lambda x: np.arange(3.0)[x[0]], "cannot become a plain number|only integers"),
            (lambda x: x[0].item(), "cannot become a plain number"),
            (lambda x: x.__setitem__(0, 1.0), "cannot be written into"),
            (lambda x: np.zeros(2).__setitem__(0, x[0]), "cannot become a plain number|setting an array"),
            (lambda x: np.add(x, 1, out=np.zeros(2)), "write a = a \\+ x"),
            (lambda x: np.ones(2).__iadd__(x), "write a = a \\+ x"),
            (lambda x: np.add(x, 1, where=[True, False]), "add with where= is not covered"),
            (lambda x: np.linalg.eig(np.outer(x, x))[0], "numpy.linalg.eig is not covered.*eigh"),
            (lambda x: np.fft.fft(x), "numpy.fft.fft is not covered"),
            (lambda x: x.astype(int), "cannot become int64"),
            (lambda x: np.sum(x, where=[True, False]), "where= is not covered"),
        ],
    )
    def test_names_the_call_and_the_way_out(self, fun: Any, message: str) -> None:
        with pytest.raises((TypeError, ValueError, IndexError), match=message):
            autodiff.grad(fun)(np.array([1.0, 2.0]))

    def test_iteration_over_a_number(self) -> None:
        with pytest.raises(TypeError, match="iteration over a 0-d array"):
            autodiff.grad(lambda x: sum(x))(1.0)


class TestTracers:
    def test_look_like_arrays(self) -> None:
        def fun(x: Any) -> Any:
            assert x.shape == (2, 3)
            assert x.ndim == 2
            assert x.size == 6
            assert len(x) == 2
            assert x.dtype == np.float64
            assert x.T.shape == x.mT.shape == (3, 2)
            assert repr(x).startswith("traced array(")
            assert f"{x[0, 0]:.1f}" == "1.0"
            assert bool(x[0, 0] > 0)
            assert (x >= 1).all()
            assert not (x != 1).any()
            return sum(row.sum() for row in x) + x.copy().mean() + (+x).flatten()[0]

        expected = np.full((2, 3), 1 + 1 / 6)
        expected[0, 0] += 1
        np.testing.assert_allclose(autodiff.grad(fun)(np.ones((2, 3))), expected)

    def test_branches_are_taken_by_the_value(self) -> None:
        slope = autodiff.grad(lambda x: x**2 if x > 0 else -x)
        assert (slope(2.0), slope(-2.0)) == (4.0, -1.0)

    def test_sums_in_place_are_sums(self) -> None:
        def fun(x: Any) -> Any:
            y = x
            y += x
            y *= 2
            return y

        assert autodiff.grad(fun)(1.5) == 4.0

    @pytest.mark.parametrize("mode", [autodiff.grad, autodiff.derivative])
    def test_every_operator_from_both_sides(self, mode: Any) -> None:
        def fun(x: Any) -> Any:
            y = (2 + x) * (x - 1) / (3 - x) - (1 / x) ** 2 + 2.0**x
            return y + np.float64(2) * x + abs(-x) + x % 0.75 + x // 0.75 + 5 // x + 7 % x

        by_differences = (fun(1.1 + 1e-6) - fun(1.1 - 1e-6)) / 2e-6
        assert mode(fun)(1.1) == pytest.approx(by_differences, rel=1e-8)

    def test_arrays_of_traced_numbers(self) -> None:
        def fun(x: Any) -> Any:
            parts = np.array([x[0], x[1] ** 2, 1.0], dtype=object)
            return np.sum(np.array([x[0] * x[1], x[1]])) + parts.sum()

        assert autodiff.grad(fun)(np.array([2.0, 3.0])).tolist() == [4.0, 9.0]


class TestUnbroadcast:
    @pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (1, 1)])
    def test_is_the_transpose_of_broadcasting(self, shape: tuple[int, ...]) -> None:
        rng = np.random.default_rng(0)
        g, x = rng.normal(size=(4, 2, 3)), rng.normal(size=shape)
        left = np.sum(g * np.broadcast_to(x, g.shape))
        back = unbroadcast(g, shape)
        assert np.shape(back) == shape
        assert np.sum(back * x) == pytest.approx(left, rel=1e-13)


class TestShortcuts:
    """The written-out operators do what the general way does."""

    @pytest.mark.parametrize("operation", ["__add__", "__sub__", "__mul__", "__truediv__", "__pow__"])
    @pytest.mark.parametrize(
        "other", [2, 2.0, np.float64(2), np.array([2.0, 3.0]), np.array([[2.0], [3.0]]), "same"]
    )
    def test_values_and_tangents(self, operation: str, other: Any) -> None:
        x, t = np.array([1.5, 2.5]), np.array([1.0, -2.0])
        for reflected in (False, True):
            name = operation.replace("__", "__r", 1) if reflected else operation

            def fun(x: Any, name: str = name) -> Any:
                return getattr(x, name)(x if isinstance(other, str) else other)

            tape, scope = Tape(), Tangents()
            node, dual = fun(tape.variable(x)), fun(Dual(scope, x, t))
            assert isinstance(node, Node)
            np.testing.assert_array_equal(node.value, dual.value)
            assert dual.mark.shape == dual.value.shape
            u = np.random.default_rng(0).normal(size=np.shape(node.value))
            (g,) = tape.pull(node, u)
            assert np.sum(u * dual.mark) == pytest.approx(g @ t, rel=1e-13)

    @pytest.mark.parametrize(
        "sign", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
    )
    @pytest.mark.parametrize(
        "shapes", [((2,), (2,)), ((2, 1), (3,)), ((), (2,)), ((2, 2), ()), ((), ())], ids=str
    )
    @pytest.mark.parametrize("alike", [(True, True), (True, False), (False, True), (False, False)])
    def test_two_traced_operands(
        self, sign: Any, shapes: tuple[tuple[int, ...], ...], alike: tuple[bool, ...]
    ) -> None:
        rng = np.random.default_rng(0)
        arrays = [rng.uniform(1, 2, shape)[()] for shape in shapes]
        tangents = [
            np.float64(0.5) if same else rng.normal(size=shape)[()]
            for shape, same in zip(shapes, alike, strict=True)
        ]
        scope = Tangents()
        short = sign(*(Dual(scope, a, t) for a, t in zip(arrays, tangents, strict=True)))
        full = [np.broadcast_to(t, a.shape)[()] for a, t in zip(arrays, tangents, strict=True)]
        a, b = arrays
        np.testing.assert_array_equal(short.value, sign(a, b))
        assert short.mark.shape == np.shape(short.value)
        exact = np.imag(sign(a + 1e-200j * full[0], b + 1e-200j * full[1])) / 1e-200
        np.testing.assert_allclose(short.mark, exact, rtol=1e-14, atol=1e-15)

    @pytest.mark.parametrize(
        "fun", [np.exp, np.tanh, np.sqrt, np.negative, np.square, np.sum, lambda x: x**2], ids=str
    )
    @pytest.mark.parametrize("x", [np.float64(0.3), np.array([0.3, 0.7]), np.array([[0.5]])], ids=str)
    def test_a_tangent_that_is_one_number_stands_for_all_elements(self, fun: Any, x: Any) -> None:
        short, full = (fun(Dual(Tangents(), x, t)) for t in (np.float64(2.0), np.full(np.shape(x), 2.0)[()]))
        np.testing.assert_array_equal(short.value, full.value)
        np.testing.assert_array_equal(short.mark, full.mark)
        assert np.shape(short.mark) == np.shape(short.value)

    def test_numbers_in_reverse_mode(self) -> None:
        def fun(x: Any) -> Any:
            return np.sum(np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.sin(x) / (1 + x**2) - x**3 / 7 + 2.0**x)

        y, pullback = autodiff.vjp(fun, 0.3)
        assert y == fun(np.float64(0.3))
        assert pullback(1.0) == pytest.approx(autodiff.derivative(fun)(0.3), rel=1e-15)

    @pytest.mark.parametrize("number", [3, 2.5, 0, 0.0, -0.0, np.inf, 10**20])
    def test_numbers_beside_arrays_are_what_they_were(self, number: float) -> None:
        x = np.array([1.5, 2.5])
        for fun in (lambda x: x * number, lambda x: number * x, lambda x: number - x, lambda x: number / x):
            y, _ = autodiff.vjp(fun, x)
            np.testing.assert_array_equal(y, fun(x))
            np.testing.assert_array_equal(np.signbit(y), np.signbit(fun(x)))

    def test_a_number_that_no_float_can_hold(self) -> None:
        with pytest.raises(OverflowError, match="too large"):
            autodiff.grad(lambda x: np.sum(x * 10**400))(np.ones(2))

    def test_single_precision_stays(self) -> None:
        x = np.ones(2, np.float32)
        assert autodiff.grad(lambda x: np.sum(2.5 * x / 3 - 1))(x).dtype == np.float32

    @pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide, np.power])
    @pytest.mark.parametrize("other", [2.0, np.float64(2), np.array([2.0, 3.0]), [2.0, 3.0]])
    def test_functions_are_operators(self, ufunc: Any, other: Any) -> None:
        x = np.array([1.5, 2.5])
        for fun in (lambda x: ufunc(x, other), lambda x: ufunc(other, x), lambda x: ufunc(x, x)):
            y, pullback = autodiff.vjp(fun, x)
            np.testing.assert_array_equal(y, fun(x))
            exact = np.imag(fun(x + 1e-200j)) / 1e-200
            np.testing.assert_allclose(pullback(np.ones(2)), exact, rtol=1e-14)

    def test_traced_and_plain_parts_of_a_cotangent_add_up(self) -> None:
        def inner(a: Any) -> Any:
            return autodiff.grad(lambda x: np.sum(2.0 * x + a * x + 3.0 * x + 4.0 * x))(np.ones(3))

        for transform in (autodiff.jacobian, lambda fun: autodiff.jacobian(fun, mode="forward")):
            assert transform(inner)(5.0).tolist() == [1.0, 1.0, 1.0]
        y, _ = autodiff.vjp(inner, 5.0)
        assert y.tolist() == [14.0, 14.0, 14.0]
