"""The tasks on approximation: other ways to the answer are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.integrate import newton_cotes

from calcguide import exercises
from calcguide.exercises import _approximation

TASKS = _approximation.TASKS


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.id)
class TestEachTask:
    def test_is_registered(self, task):
        assert exercises.get(task.id) is task

    def test_solution_is_accepted(self, task, check_solution):
        check_solution(task)

    def test_each_mistake_gets_its_own_reply(self, task):
        replies = [task.check(mistake.answer).message for mistake in task.mistakes]
        assert replies == [exercises._exercise.plain(mistake.reply) for mistake in task.mistakes]
        assert len(set(replies)) == len(replies) >= 3


class TestFourPoints:
    task = exercises.get("A2v")

    def test_reference_is_that_of_newton_and_cotes(self):
        assert self.task.reference == pytest.approx(newton_cotes(3)[0], rel=1e-14)

    def test_exact_to_degree_three_and_no_further(self):
        nodes, weights = np.arange(4.0), np.array(self.task.reference)
        errors = [weights @ nodes**k - 3.0 ** (k + 1) / (k + 1) for k in range(5)]
        assert errors[:4] == pytest.approx([0, 0, 0, 0], abs=1e-14)
        assert errors[4] == pytest.approx(0.9)

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param([Fraction(3, 8), Fraction(9, 8), Fraction(9, 8), Fraction(3, 8)], id="fractions"),
            pytest.param(np.array([1, 3, 3, 1]) * 3 / 8, id="array"),
            pytest.param([sympy.Rational(n, 8) for n in (3, 9, 9, 3)], id="sympy"),
        ],
    )
    def test_equal_answers_are_accepted(self, answer):
        assert self.task.check(answer)

    def test_values_in_the_replies(self):
        squares = np.arange(4.0) ** 2
        replies = {m.answer: m.reply for m in self.task.mistakes}
        for answer, value in (((0.5, 1, 1, 0.5), 9.5), ((0.75, 0.75, 0.75, 0.75), 10.5)):
            assert squares @ answer == value
            assert f"{value} instead of 9" in replies[answer]

    def test_three_weights_are_too_few(self):
        assert "shape" in self.task.check([1, 4, 1]).message
