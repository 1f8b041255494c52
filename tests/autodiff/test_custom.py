"""Rules of the user's own, constants, functions in blocks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff


def wave(x: Any) -> Any:
    return np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.sin(x) / (1 + x**2)


#: A function that has a rule for reverse mode alone, which cannot be traced.
STRANGE = autodiff.custom(np.cosh)
STRANGE.defvjp(
    lambda g, y, x: np.array([part * math.sinh(u) for part, u in zip(g.tolist(), x.tolist(), strict=True)])
)


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

    def test_values_and_parts_in_any_form(self) -> None:
        """Plain numbers and lists serve as well as arrays, in both modes."""
        number = autodiff.custom(math.sin)
        number.defvjp(lambda g, y, x: math.cos(x) * float(g))
        assert type(number(0.3)) is float
        for fun in (
            lambda sine, x: sine(x) * sine(x),
            lambda sine, x: 2 / sine(x),
            lambda sine, x: np.ones(3) @ (sine(x) * np.ones(3)),
        ):
            exact = autodiff.derivative(lambda x, fun=fun: fun(np.sin, x))(0.3)
            assert autodiff.grad(lambda x, fun=fun: fun(number, x))(0.3) == pytest.approx(exact, rel=1e-14)
        listed = autodiff.custom(lambda x: [math.sin(part) for part in x])
        listed.defvjp(lambda g, y, x: [part * math.cos(u) for part, u in zip(g, x, strict=True)])
        x = np.array([0.3, 0.7])
        np.testing.assert_allclose(
            autodiff.grad(lambda x: np.sum(listed(x) * listed(x)))(x), np.sin(2 * x), rtol=1e-14
        )
        np.testing.assert_allclose(autodiff.jvp(listed, x, np.ones(2))[1], np.cos(x), rtol=1e-15)
        listed.defvjp(lambda g, y, x: np.array([g[0] * math.cos(x[0]), g[1] * math.cos(x[1])]))
        np.testing.assert_allclose(autodiff.jvp(listed, x, np.ones(2))[1], np.cos(x), rtol=1e-15)

    def test_a_rule_of_a_function_that_changes_the_shape(self) -> None:
        for kind, rule in (("defvjp", lambda g, y, x: 2 * g * x), ("defjvp", lambda t, y, x: 2 * x @ t)):
            squares = autodiff.custom(lambda x: x @ x)
            getattr(squares, kind)(rule)
            x, v = np.array([1.0, 2.0]), np.array([3.0, -1.0])
            assert autodiff.jvp(squares, x, v) == (5.0, 2.0)
            assert autodiff.grad(squares)(x).tolist() == [2.0, 4.0]

    @pytest.mark.parametrize("kind", ["defvjp", "defjvp"])
    def test_a_rule_must_return_the_right_shape(self, kind: str) -> None:
        def apply(rule: Any) -> None:
            fun = autodiff.custom(lambda x: np.sin(x))
            getattr(fun, kind)(rule)
            for transform in (
                lambda fun, x: autodiff.vjp(fun, x)[1](np.ones(2)),
                lambda fun, x: autodiff.jvp(fun, x, np.ones(2)),
            ):
                transform(fun, np.ones(2))

        with pytest.raises(ValueError, match=r"rule 0 of `<lambda>` must return shape \(2,\), got \(\)"):
            apply(lambda g, y, x: np.sum(g))
        with pytest.raises(TypeError, match="rule 0 of `<lambda>` must return real numbers, got None"):
            apply(lambda g, y, x: None)

    @pytest.mark.parametrize("kind", ["defvjp", "defjvp"])
    def test_a_rule_may_write_into_what_it_maps(self, kind: str) -> None:
        def rule(t: Any, y: Any, x: Any) -> Any:
            if not isinstance(t, np.ndarray):
                return 2 * t
            t *= 2
            return t

        twice = autodiff.custom(lambda x: 2 * x)
        getattr(twice, kind)(rule)
        ones = np.ones(3)
        for _ in range(2):
            assert autodiff.grad(lambda x: np.sum(twice(x)))(ones).tolist() == [2.0] * 3
            assert autodiff.grad(lambda x: np.sum((twice(x) + x) * 1.0))(ones).tolist() == [3.0] * 3
        assert autodiff.grad(lambda a: np.sum(twice(a + ones)))(1.0) == 6.0

        def thrice(a: Any) -> Any:
            q = a * ones
            return np.sum(twice(q) + q)

        assert autodiff.grad(thrice)(1.0) == 9.0
        _, pullback = autodiff.vjp(twice, ones)
        assert [pullback(ones).tolist(), pullback(ones).tolist(), ones.tolist()] == [
            [2.0] * 3,
            [2.0] * 3,
            [1.0] * 3,
        ]

    def test_too_few_rules(self) -> None:
        power = autodiff.custom(lambda x, n: x**n)
        for define in (power.defvjp, power.defjvp):
            define(lambda t, y, x, n: t * n * x ** (n - 1))
            assert autodiff.grad(lambda x: power(x, 3))(2.0) == 12.0
            assert autodiff.jvp(lambda x: power(x, 3), 2.0, 1.0) == (8.0, 12.0)
        for transform in (autodiff.grad, autodiff.derivative):
            with pytest.raises(TypeError, match="`<lambda>` has 1 rules, but needs one for argument 1 too"):
                transform(lambda n: power(2.0, n))(3.0)

    def test_traced_values_from_outside(self) -> None:
        def outer(a: Any) -> Any:
            scaled = autodiff.custom(lambda x: a * x * x)
            scaled.defvjp(lambda g, y, x: g * 2 * a * x)
            return autodiff.grad(scaled)(3.0)

        assert autodiff.value_and_grad(outer)(2.0) == (12.0, 6.0)

    def test_integers_become_floats(self) -> None:
        rounded = autodiff.custom(lambda x: np.round(x).astype(int))
        rounded.defvjp(lambda g, y, x: g)
        x = np.arange(3.0)
        assert rounded(x).dtype == np.float64
        for fun in (lambda y: np.sum(y[:2] * 0.5), lambda y: y[0] * 0.5 + y[1] * 0.5):
            assert autodiff.grad(lambda x, fun=fun: fun(rounded(x)))(x).tolist() == [0.5, 0.5, 0.0]

    def test_around_another(self) -> None:
        """Each has the rules that were given to it, whatever it wraps."""
        square = autodiff.custom(lambda x: x * x)
        square.defvjp(lambda g, y, x: g * 2 * x)
        for inner in (square, autodiff.elementwise(lambda x: x * x)):
            outer = autodiff.custom(inner)
            outer.defvjp(lambda g, y, x: 100 * g)
            assert (autodiff.grad(inner)(3.0), autodiff.grad(outer)(3.0)) == (6.0, 100.0)
        declared = autodiff.elementwise(square)
        assert autodiff.grad(lambda x: np.sum(declared(x)))(np.array([3.0])).tolist() == [6.0]

    @pytest.mark.parametrize("kind", ["defvjp", "defjvp"])
    def test_complex_parts(self, kind: str) -> None:
        turned = autodiff.custom(lambda x: x)
        getattr(turned, kind)(lambda t, y, x: t * 1j)
        with pytest.raises(TypeError, match="rule 0 of `<lambda>` must return real numbers"):
            autodiff.grad(turned)(1.0)

    def test_bad_input(self) -> None:
        with pytest.raises(TypeError, match="`<lambda>` must return real numbers"):
            autodiff.grad(autodiff.custom(lambda x: x + 1j))(1.0)
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

    def test_an_operand_that_is_used_again(self) -> None:
        product, x, a = (
            autodiff.elementwise(lambda x, a: x * a),
            np.linspace(0, 1, 40_000),
            np.full(40_000, 2.0),
        )
        by_x, by_a = autodiff.grad(lambda x, a: np.sum(product(x, a) * a), argnums=(0, 1))(x, a)
        np.testing.assert_allclose(by_x, a * a, rtol=1e-14)
        np.testing.assert_allclose(by_a, 2 * x * a, rtol=1e-14)

    @pytest.mark.parametrize("n", [3, 40_000])
    @pytest.mark.parametrize(
        "fun",
        [
            lambda x: x,
            lambda x: 2 * x + 1,
            lambda x: np.where(x > 0, x * x, np.sin(x)),
            lambda x: np.maximum(np.abs(x), 0.5) ** 3,
            lambda x: x * STRANGE(x),
        ],
    )
    def test_by_one_operand(self, fun: Any, n: int) -> None:
        """The derivatives survive whatever a caller does with those that he got before."""
        declared, x, w = autodiff.elementwise(fun), np.linspace(-1, 1, n), np.linspace(1, 2, n)
        exact = autodiff.grad(lambda x: np.sum(w * fun(x)))(x)
        both = autodiff.grad(
            lambda x: np.sum(declared(x)) + np.sum(w * declared(x)) - np.sum(declared(x) * x)
        )
        plain = autodiff.grad(lambda x: np.sum(fun(x)) + np.sum(w * fun(x)) - np.sum(fun(x) * x))
        for _ in range(2):
            found = autodiff.grad(lambda x: np.sum(w * declared(x)))(x)
            np.testing.assert_allclose(found, exact, rtol=1e-13, atol=1e-15)
            found *= 0
            twice = autodiff.grad(lambda x: 2 * np.sum(declared(x)))(x)
            np.testing.assert_allclose(twice, 2 * autodiff.grad(lambda x: np.sum(fun(x)))(x), rtol=1e-13)
            np.testing.assert_allclose(both(x), plain(x), rtol=1e-12, atol=1e-13)
        y, pullback = autodiff.vjp(declared, x)
        for _ in range(2):
            np.testing.assert_allclose(pullback(w), exact, rtol=1e-13, atol=1e-15)
            y *= 0

    @pytest.mark.parametrize("n", [3, 40_000])
    def test_the_type_of_the_value_is_that_of_the_function(self, n: int) -> None:
        x = np.ones(n, np.float32)
        assert autodiff.elementwise(lambda x: x > 0)(x).dtype == bool
        assert autodiff.elementwise(lambda x: x * np.float64(2))(x).dtype == np.float64
        assert autodiff.elementwise(lambda x: np.exp(2 * x))(x).dtype == np.float32
        assert autodiff.grad(lambda x: np.sum(autodiff.elementwise(np.exp)(x)))(x).dtype == np.float32
        assert autodiff.jvp(autodiff.elementwise(np.exp), x, x)[1].dtype == np.float32
        y, tangent = autodiff.jvp(autodiff.elementwise(np.sign), x, x)
        assert y.dtype == tangent.dtype == np.float32

    def test_blocks_of_different_types(self) -> None:
        def positive(x: Any) -> Any:
            return 0 if np.all(x <= 0) else np.where(x > 0, 0.5 * x, 0)

        x = np.linspace(-1, 1, 70_000)
        np.testing.assert_array_equal(autodiff.elementwise(positive)(x), np.where(x > 0, 0.5 * x, 0))
        slope = autodiff.grad(lambda x: np.sum(autodiff.elementwise(positive)(x)))(x)
        np.testing.assert_array_equal(slope, np.where(x > 0, 0.5, 0))

    def test_rules_for_reverse_mode_only_are_met_once(self) -> None:
        calls = []

        def counted(x: Any) -> Any:
            calls.append(1)
            return x * STRANGE(x)

        declared = autodiff.elementwise(counted)
        for _ in range(2):
            autodiff.grad(lambda x: np.sum(declared(x)))(np.ones(3))
        assert len(calls) == 3

    def test_one_operand_beside_longer_ones(self) -> None:
        fun, long = autodiff.elementwise(lambda a, x: a * x), np.linspace(0, 1, 70_000)
        assert autodiff.grad(lambda a: np.sum(fun(a, long)))(2.0) == pytest.approx(35_000, rel=1e-12)
        column = np.array([[1.0], [2.0]])
        by_column = autodiff.grad(lambda a: np.sum(fun(a, long)))(column)
        np.testing.assert_allclose(by_column, [[35_000.0], [35_000.0]], rtol=1e-12)

        flat, corner = np.ones(40_000), np.full((1, 1), 3.0)
        scaled = autodiff.elementwise(lambda x, c: x * x * c)
        assert autodiff.grad(lambda x: np.sum(scaled(x, corner)))(flat).tolist() == [6.0] * 40_000
        assert autodiff.grad(lambda u: np.sum(scaled(u * flat, corner)))(1.0) == 240_000.0

    @pytest.mark.parametrize("n", [5, 40_000])
    def test_a_gradient_in_a_gradient(self, n: int) -> None:
        sine, w, x = autodiff.elementwise(np.sin), np.full(n, 10.0), np.full(n, 0.3)

        def first(x: Any) -> Any:
            return autodiff.grad(lambda x: np.sum(x * w) + np.sum(sine(x)))(x)

        exact = 10 + np.cos(0.3)
        np.testing.assert_allclose(first(x), exact, rtol=1e-14)
        np.testing.assert_allclose(autodiff.jvp(first, x, np.ones(n))[0], exact, rtol=1e-14)
        np.testing.assert_allclose(autodiff.vjp(first, x)[0], exact, rtol=1e-14)
        second = autodiff.grad(lambda x: np.sum(first(x) ** 2))(x)
        np.testing.assert_allclose(second, -2 * exact * np.sin(0.3), rtol=1e-14)

    @pytest.mark.parametrize("n", [5, 40_000])
    def test_traced_values_from_outside(self, n: int) -> None:
        def fun(a: Any) -> Any:
            return np.sum(autodiff.elementwise(lambda x: a * x)(np.ones(n)))

        assert autodiff.grad(fun)(2.0) == n
        both = autodiff.grad(
            lambda a: np.sum(
                autodiff.grad(lambda x: np.sum(autodiff.elementwise(lambda u: a * u * u)(x)))(np.ones(n))
            )
        )
        assert both(2.0) == 2 * n

    def test_a_derivative_that_the_user_owns(self) -> None:
        slopes = np.full(50_000, 3.0)
        tripled = autodiff.custom(lambda x: 3 * x)
        tripled.defjvp(lambda t, y, x: slopes[: len(x)])
        autodiff.grad(lambda x: np.sum(2 * autodiff.elementwise(tripled)(x)))(np.ones(50_000))
        autodiff.grad(lambda x: np.sum(2 * autodiff.elementwise(tripled)(x)))(np.ones(3))
        assert np.all(slopes == 3.0)

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
