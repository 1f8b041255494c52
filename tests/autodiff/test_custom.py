"""Rules of the user's own, constants, functions in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calcguide import autodiff


def wave(x: Any) -> Any:
    return np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.sin(x) / (1 + x**2)


class TestStopGradient:
    def test_is_a_constant_for_every_differentiation(self) -> None:
        def fun(x: Any) -> Any:
            return x**2 * autodiff.stop_gradient(x)

        assert autodiff.grad(fun)(3.0) == 18.0
        assert autodiff.derivative(fun, n=2)(3.0) == 6.0

    def test_keeps_containers(self) -> None:
        found = autodiff.stop_gradient({"a": [np.ones(2), 1.0]})
        assert found["a"][0].tolist() == [1.0, 1.0]
        assert found["a"][1] == 1.0


class TestCustom:
    @staticmethod
    def product(**rules: Any) -> Any:
        """Return x² y, traced by nothing but its rules."""
        function = autodiff.custom(lambda x, y: np.asarray(x) ** 2 * np.asarray(y))
        for name, parts in rules.items():
            getattr(function, name)(*parts)
        return function

    VJP = (lambda g, z, x, y: g * 2 * x * y, lambda g, z, x, y: g * x**2)
    JVP = (lambda t, z, x, y: t * 2 * x * y, lambda t, z, x, y: t * x**2)

    @pytest.mark.parametrize(
        "rules", [{"defvjp": VJP}, {"defjvp": JVP}, {"defjvp": JVP, "defvjp": VJP}], ids=str
    )
    def test_one_kind_of_rule_is_enough(self, rules: Any) -> None:
        fun = self.product(**rules)
        x, y = np.array([1.0, 2.0]), np.array([3.0, -1.0])
        first, second = autodiff.grad(lambda x, y: np.sum(fun(x, y)), argnums=(0, 1))(x, y)
        assert first.tolist() == [6.0, -4.0]
        assert second.tolist() == [1.0, 4.0]
        assert autodiff.jvp(lambda p: fun(p[0], p[1]), (x, y), (x, x))[1].tolist() == [7.0, 0.0]
        assert autodiff.hessian(lambda x: np.sum(fun(x, y)))(x).tolist() == [[6.0, 0.0], [0.0, -2.0]]

    def test_a_rule_may_lie(self) -> None:
        straight_through = autodiff.custom(np.round)
        straight_through.defvjp(lambda g, y, x: g)
        assert autodiff.grad(straight_through)(0.7) == 1.0

    def test_an_argument_without_a_rule_is_a_constant(self) -> None:
        power = autodiff.custom(lambda x, n: x**n)
        power.defvjp(lambda g, y, x, n: g * n * x ** (n - 1), None)
        assert autodiff.grad(power, argnums=(0, 1))(2.0, 3.0) == (12.0, 0.0)

    def test_without_rules(self) -> None:
        lonely = autodiff.custom(np.sinc)
        assert lonely(0.0) == 1.0
        with pytest.raises(TypeError, match="`sinc` has no rules yet"):
            autodiff.grad(lonely)(0.5)
        with pytest.raises(TypeError, match="`sinc` has no rules yet"):
            autodiff.derivative(lonely)(0.5)

    def test_bad_input(self) -> None:
        with pytest.raises(TypeError, match="`fun` must be callable"):
            autodiff.custom(3)
        with pytest.raises(TypeError, match="`rules` must be callable"):
            autodiff.custom(np.sin).defvjp(2)


class TestElementwise:
    FUN = staticmethod(autodiff.elementwise(wave))

    @pytest.mark.parametrize("shape", [(), (3,), (2, 3), (40_000,), (3, 20_000)], ids=str)
    def test_changes_nothing(self, shape: tuple[int, ...]) -> None:
        x = np.random.default_rng(0).normal(size=shape)[()]
        np.testing.assert_allclose(self.FUN(x), wave(x), rtol=1e-15)
        plain = autodiff.value_and_grad(lambda x: np.sum(np.sin(wave(x))))(x)
        declared = autodiff.value_and_grad(lambda x: np.sum(np.sin(self.FUN(x))))(x)
        assert declared[0] == pytest.approx(plain[0], rel=1e-14)
        np.testing.assert_allclose(declared[1], plain[1], rtol=1e-13, atol=1e-15)

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_derivatives_of_any_order(self, n: int) -> None:
        x = np.linspace(-1, 1, 5)
        exact = autodiff.derivative(wave, n=n)(x)
        np.testing.assert_allclose(autodiff.derivative(self.FUN, n=n)(x), exact, rtol=1e-12)
        third = autodiff.grad(lambda x: np.sum(autodiff.derivative(self.FUN, n=n - 1)(x)))(x)
        np.testing.assert_allclose(third, exact, rtol=1e-12)
        np.testing.assert_allclose(
            autodiff.hessian(lambda x: np.sum(self.FUN(x)))(x),
            np.diag(autodiff.derivative(wave, n=2)(x)),
            rtol=1e-12,
            atol=1e-15,
        )

    def test_several_arguments_broadcast(self) -> None:
        fun = autodiff.elementwise(lambda x, a: np.exp(a * x) + a)
        x, a = np.linspace(0, 1, 40_000), 2.0
        by_x, by_a = autodiff.grad(lambda x, a: np.sum(fun(x, a)), argnums=(0, 1))(x, a)
        np.testing.assert_allclose(by_x, 2 * np.exp(2 * x), rtol=1e-14)
        assert by_a == pytest.approx(np.sum(x * np.exp(2 * x) + 1), rel=1e-12)
        assert fun(np.ones((2, 1)), np.ones(3)).shape == (2, 3)

    def test_constants(self) -> None:
        fun = autodiff.elementwise(lambda x: 2.0)
        assert fun(np.zeros(2)).tolist() == [2.0, 2.0]
        assert autodiff.grad(lambda x: np.sum(fun(x)))(np.ones(2)).tolist() == [0.0, 0.0]

    @pytest.mark.parametrize(
        ("fun", "message"),
        [(np.sum, "returned one number"), (lambda x: x[:1], r"returned shape \(1,\)")],
    )
    def test_functions_that_are_not(self, fun: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            autodiff.grad(lambda x: np.sum(autodiff.elementwise(fun)(x)))(np.ones(3))

    def test_bad_input(self) -> None:
        with pytest.raises(TypeError, match="`fun` must be callable"):
            autodiff.elementwise("tanh")
        with pytest.raises(TypeError, match="`argument 0` must hold real numbers"):
            self.FUN("x")
