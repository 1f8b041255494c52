"""The tasks on the chain rule: other ways to the answer are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from calcguide import autodiff, differences, exercises


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class TestThreeLinks:
    task = exercises.get("B7t")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(autodiff.derivative(lambda x: sigmoid(2 * x - 1) ** 3), id="autodiff"),
            pytest.param(
                lambda x: differences.derivative(lambda t: sigmoid(2 * t - 1) ** 3, x), id="differences"
            ),
            pytest.param(
                sympy.lambdify(x := sympy.Symbol("x"), sympy.diff((1 + sympy.exp(1 - 2 * x)) ** -3, x)),
                id="sympy",
            ),
            pytest.param(lambda x: 6 * np.exp(1 - 2 * x) / (1 + np.exp(1 - 2 * x)) ** 4, id="as a power"),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        assert self.task.check(answer)

    def test_value_in_the_hint(self):
        assert self.task.reference(0.5) == 0.375


class TestDeeperWeight:
    task = exercises.get("C7t")

    def test_reference_by_differences(self):
        found = differences.derivative(lambda w: sigmoid(-3 * sigmoid(2 * w)), 0.5)
        # Extrapolated differences of a value below 1 are good to 1e-9.
        assert self.task.reference == pytest.approx(found, abs=1e-9)

    @pytest.mark.parametrize("answer", [-0.1065, -0.106495, -0.1066, np.float32(-0.1065)], ids=repr)
    def test_three_digits_will_do(self, answer):
        assert self.task.check(answer)

    @pytest.mark.parametrize("answer", [-0.108, -0.105, 0.0], ids=repr)
    def test_less_will_not(self, answer):
        assert not self.task.check(answer)


class TestUsedTwice:
    task = exercises.get("B7u")

    def test_reference_is_the_adjoint(self):
        def f(x):
            v1 = x**2
            return v1 * np.sin(v1)

        assert autodiff.explain(f, 1.0)["v1"].adjoint == pytest.approx(self.task.reference, rel=1e-15)
        assert autodiff.grad(f)(1.0) == pytest.approx(2 * self.task.reference, rel=1e-15)

    @pytest.mark.parametrize("answer", [1.38, 1.382, math.sqrt(2) * math.sin(1 + math.pi / 4)], ids=repr)
    def test_accepted(self, answer):
        assert self.task.check(answer)
