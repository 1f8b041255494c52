"""The tasks on integration: other ways to the answer are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy import integrate as scipy_integrate

from calcguide import exercises


class TestThreeNumbers:
    task = exercises.get("A2u")

    def test_reference_is_exact(self):
        h = Fraction(1, 2)
        left_sum = sum((6 - 2 * (i * h)) * h for i in range(16))
        t = sympy.Symbol("t")
        v = 6 - 2 * t
        whole = sympy.integrate(v, (t, 0, 8))
        way = sympy.integrate(v, (t, 0, 3)) - sympy.integrate(v, (t, 3, 8))
        assert self.task.reference == (float(left_sum), float(whole), float(way))

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param((-12, -16, 34), id="integers"),
            pytest.param([Fraction(-12), sympy.Integer(-16), 34.0], id="exact numbers"),
            pytest.param(np.array([-12.0, -16.0 + 1e-7, 34.0 - 1e-7]), id="quadrature"),
        ],
    )
    def test_accepted(self, answer):
        assert self.task.check(answer)

    def test_wrong_entry_is_named(self):
        assert self.task.check([-12, -16, 9]).message == "Entry 2 is not right: 9."


class TestRunningIntegral:
    task = exercises.get("A2t")
    grid = np.linspace(-10, 10, 201)

    @staticmethod
    def f(x):
        return 3 * x**2 - 4 * x

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(np.poly1d([1, -2, 0, 1200]), id="poly1d"),
            pytest.param(np.poly1d([3, -4, 0]).integ(k=1200), id="poly1d integrated"),
            pytest.param(np.polynomial.Polynomial([0, -4, 3]).integ(lbnd=-10), id="Polynomial"),
            pytest.param(
                sympy.lambdify(
                    x := sympy.Symbol("x"),
                    sympy.integrate(3 * (t := sympy.Symbol("t")) ** 2 - 4 * t, (t, -10, x)),
                ),
                id="sympy",
            ),
            pytest.param(
                np.vectorize(
                    lambda x: scipy_integrate.quad(lambda t: 3 * t**2 - 4 * t, -10, x)[0], otypes=[float]
                ),
                id="quad",
            ),
            pytest.param(lambda x: (x + 10) * (x**2 - 12 * x + 120), id="factored"),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        assert self.task.check(answer)

    def test_running_sums_are_recognised(self):
        cells = self.f(self.grid) * 0.1
        for y in (np.cumsum(cells), np.append(0, np.cumsum(cells[:-1]))):
            verdict = self.task.check(lambda x, y=y: np.interp(x, self.grid, y))
            assert "running left sum" in verdict.message
            shifted = self.task.check(lambda x, y=y: np.interp(x, self.grid, y - 1200))
            assert "shifted to lie on an antiderivative" in shifted.message

    def test_trapezoids_are_recognised(self):
        x = np.sort(np.append(self.grid, 4 / 3))
        y = scipy_integrate.cumulative_trapezoid(self.f(x), x, initial=0)
        verdict = self.task.check(lambda at: np.interp(at, x, y))
        assert "running sum of trapezoids" in verdict.message

    @pytest.mark.parametrize("constant", [1.0, -17.0, 1100.0], ids=str)
    def test_any_other_constant_is_told_from_a_sum(self, constant):
        verdict = self.task.check(lambda x: x**3 - 2 * x**2 + constant)
        assert not verdict
        assert "with another constant" in verdict.message

    def test_numbers_in_the_solution(self):
        gap = np.cumsum(self.f(self.grid)) * 0.1 - (self.grid**3 - 2 * self.grid**2) - 1200
        assert gap.max() == pytest.approx(34, abs=1e-9)
        assert gap.min() > 0
        assert self.task.reference(-10) == 0
        assert self.task.reference(10) == 2000


class TestUnsignedArea:
    task = exercises.get("A2w")

    def test_reference_by_another_way(self):
        x = sympy.Symbol("x", real=True)
        exact = sympy.integrate(sympy.Abs(3 * x**2 - 4 * x), (x, -10, 10))
        assert exact == sympy.Rational(54064, 27)
        assert self.task.reference == float(exact)

    @pytest.mark.parametrize(
        "answer",
        [Fraction(54064, 27), sympy.Rational(54064, 27), 2002.37, 2002.3704, 2002.370370370],
        ids=repr,
    )
    def test_accepted(self, answer):
        assert self.task.check(answer)

    @pytest.mark.parametrize("points", [slice(None, -1), slice(None)], ids=["left", "one too many"])
    def test_sums_are_recognised(self, points):
        x = np.linspace(-10, 10, 201)[points]
        verdict = self.task.check(np.sum(np.abs(3 * x**2 - 4 * x)) * 0.1)
        assert "looks like a sum" in verdict.message

    def test_too_small(self):
        assert self.task.check(1500).message == "1500 is too small."
