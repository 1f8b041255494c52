"""The tasks on approximation: other ways to the answer are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.integrate import newton_cotes

from calcguide import exercises, series


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


class TestPolynomialForTheRoot:
    task = exercises.get("C9t")

    def test_reference_by_symbols(self):
        x = sympy.Symbol("x")
        polynomial = sympy.series(sympy.sqrt(1 + x), x, 0, 4).removeO()
        assert self.task.reference == tuple(float(polynomial.coeff(x, k)) for k in range(4))

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param([1, Fraction(1, 2), Fraction(-1, 8), Fraction(1, 16)], id="fractions"),
            pytest.param(series.taylor(lambda x: np.sqrt(1 + x), 0.0, 3).coefficients, id="taylor"),
            pytest.param(series.jet(lambda x: (1 + x) ** 0.5, 0.0, 3), id="jet"),
        ],
    )
    def test_equal_answers_are_accepted(self, answer):
        assert self.task.check(answer)

    def test_a_term_too_few_or_too_many(self):
        assert not self.task.check([1, 1 / 2, -1 / 8])
        assert not self.task.check([1, 1 / 2, -1 / 8, 1 / 16, -5 / 128])

    def test_accuracy_in_the_insight(self):
        error = np.polynomial.Polynomial(self.task.reference)(0.1) - 1.1**0.5
        assert error == pytest.approx(4e-6, rel=0.1)


class TestSafeDegree:
    task = exercises.get("C9u")

    @staticmethod
    def bound(n, radius=2, top=math.e**2):
        return top * radius ** (n + 1) / math.factorial(n + 1)

    def test_reference_is_the_first_that_is_guaranteed(self):
        assert self.bound(14) <= 1e-6 < self.bound(13)
        assert (f"{self.bound(13):.1e}", f"{self.bound(14):.1e}") == ("1.4e-06", "1.9e-07")
        assert self.task.reference == 14

    def test_true_error_of_the_degree_below(self):
        error = math.exp(2) - sum(2.0**k / math.factorial(k) for k in range(14))
        assert f"{error:.1e}" == "2.2e-07"

    @pytest.mark.parametrize("answer", [14, 14.0, np.int64(14), Fraction(14)], ids=repr)
    def test_accepted(self, answer):
        assert self.task.check(answer)

    @pytest.mark.parametrize(
        ("answer", "reply"),
        [
            (15, "number of terms"),
            (13, "cannot know it"),
            (9, "distance of 1"),
            (20, "length of the interval"),
            (13.5, "whole number"),
            (12, "too small"),
            (16, "too large"),
        ],
    )
    def test_replies(self, answer, reply):
        assert reply in " ".join(self.task.check(answer).message.split())

    def test_wrong_radii_lead_to_the_mistakes(self):
        assert self.bound(9, 1, math.e) <= 1e-6 < self.bound(8, 1, math.e)
        assert self.bound(20, 4) <= 1e-6 < self.bound(19, 4)
        # Without e²: the derivative taken as 1 on all of the interval.
        assert self.bound(13, top=1) <= 1e-6 < self.bound(12, top=1)
