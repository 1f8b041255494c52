"""The tasks on the two modes and on the engine: right answers in other forms, wrong ones with a reply that helps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from calcguide import autodiff, differences, exercises


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class TestFromTheCheaperSide:
    task = exercises.get("D1t")

    def test_reference_is_the_cheaper_of_the_two_orders(self):
        def cost(A, B):
            return A[0] * A[1] * B[1]

        J1, J2, J3 = (128, 784), (10, 128), (1, 10)
        left = cost(J3, J2) + cost((1, 128), J1)
        right = cost(J2, J1) + cost(J3, (10, 784))
        assert min(left, right) == left == self.task.reference
        assert right == self.task.mistakes[0].answer
        assert f"{self.task.reference:.0f}" in self.task.insight
        assert f"{right}" in self.task.insight

    @pytest.mark.parametrize("answer", [101632, 101632.0, np.int64(101632), Fraction(101632)], ids=repr)
    def test_accepted(self, answer):
        assert self.task.check(answer)

    @given(st.integers(1, 10**6).filter(lambda count: count != 101632))
    def test_other_counts_are_refused(self, count):
        assert not self.task.check(count)

    def test_other_wrong_counts_are_compared(self):
        assert self.task.check(5).message == "5 is too small."


class TestDualNumberDivides:
    task = exercises.get("D1u")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda x: 1 / (1 + x**2) - 2 * x**2 / (1 + x**2) ** 2, id="two terms"),
            pytest.param(lambda x: (1 - x) * (1 + x) / (1 + 2 * x**2 + x**4), id="multiplied out"),
            pytest.param(lambda x: autodiff.derivative(lambda t: t / (1 + t**2))(x), id="autodiff"),
            pytest.param(lambda x: differences.derivative(lambda t: t / (1 + t**2), x), id="differences"),
            pytest.param(
                sympy.lambdify(x := sympy.Symbol("x"), sympy.diff(x / (1 + x**2))),
                id="sympy",
            ),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        verdict = self.task.check(answer)
        assert verdict, verdict.message

    def test_first_difference_is_named(self):
        assert "At x = -2 your function gives 1," in self.task.check(lambda x: 1 + 0.0 * x).message


class TestValueUsedTwice:
    task = exercises.get("D1v")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))), id="factored"),
            pytest.param(lambda x: sigmoid(x) + x * sigmoid(x) * sigmoid(-x), id="symmetric"),
            pytest.param(lambda x: autodiff.derivative(lambda t: t * sigmoid(t))(x), id="autodiff"),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        verdict = self.task.check(answer)
        assert verdict, verdict.message

    def test_the_two_edges_add_up_to_the_answer(self):
        direct, indirect = (mistake.answer for mistake in self.task.mistakes[:2])
        x = np.array(self.task.points)
        assert self.task.reference(x) == pytest.approx(direct(x) + indirect(x), rel=1e-14)
