"""The tasks on expectations: other ways to the answer are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy import integrate as quadrature
from scipy import stats

from calcguide import differences, exercises, probability


class TestRootOfAWaitingTime:
    task = exercises.get("D3t")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(
                probability.change_of_variables(lambda x: np.exp(-x), np.square, low=0.0), id="package"
            ),
            pytest.param(stats.rayleigh(scale=np.sqrt(0.5)).pdf, id="scipy"),
            pytest.param(
                lambda y: differences.derivative(lambda t: 1 - np.exp(-(t**2)), y), id="slope of the cdf"
            ),
            pytest.param(
                sympy.lambdify(y := sympy.Symbol("y"), -sympy.diff(sympy.exp(-(y**2)), y)), id="sympy"
            ),
            pytest.param(lambda y: np.abs(2 * y) / np.exp(y**2), id="as a quotient"),
        ],
    )
    def test_equal_functions_are_accepted(self, answer):
        assert self.task.check(answer)

    def test_reference_is_a_density_with_the_probabilities_of_the_waiting_time(self):
        assert quadrature.quad(self.task.reference, 0, np.inf)[0] == pytest.approx(1, abs=1e-8)
        # P(Y < 1) is P(X < 1), and P(1 < Y < 2) is P(1 < X < 4).
        for low, high in ((0, 1), (1, 2)):
            area = quadrature.quad(self.task.reference, low, high)[0]
            assert area == pytest.approx(np.exp(-(low**2)) - np.exp(-(high**2)), abs=1e-12)

    def test_areas_that_the_replies_name(self):
        areas = [quadrature.quad(self.task.mistakes[k].answer, 0, np.inf)[0] for k in (0, 2)]
        assert areas == pytest.approx([0.886, 0.5], abs=5e-4)

    def test_a_constant_factor_is_refused(self):
        assert not self.task.check(lambda y: 1.001 * self.task.reference(y))

    def test_distance_of_a_pair_of_normals_in_another_unit(self):
        # r exp(−r²/2) for the distance r; Y is r / √2, so its density is √2 times that at √2 y.
        y = np.array([0.3, 1.0, 2.0])
        r = np.sqrt(2) * y
        assert self.task.reference(y) == pytest.approx(np.sqrt(2) * r * np.exp(-(r**2) / 2), rel=1e-14)


class TestOneSampleTwoEstimates:
    task = exercises.get("D4t")

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param((6, -3), id="tuple"),
            pytest.param(np.array([6, -3]), id="integers"),
            pytest.param([Fraction(6), sympy.Rational(3, 8) * -8], id="exact numbers"),
            pytest.param([3 * 2**2 * 0.5, 2**3 * (0.5**2 - 1) / 2], id="computed"),
        ],
    )
    def test_accepted(self, answer):
        assert self.task.check(answer)

    def test_reference_by_symbols(self):
        mu, sigma, z = sympy.symbols("mu sigma z", positive=True)
        epsilon = sympy.Rational(1, 2)
        moved = sympy.diff((mu + sigma * epsilon) ** 3, sigma)
        log_density = -sympy.log(sigma) - (z - mu) ** 2 / (2 * sigma**2)
        weighted = z**3 * sympy.diff(log_density, sigma)
        at = {mu: 1, sigma: 2, z: 2}
        assert (float(moved.subs(at)), float(weighted.subs(at))) == self.task.reference

    def test_both_aim_at_twelve(self):
        nodes, weights = np.polynomial.hermite_e.hermegauss(20)
        weights = weights / weights.sum()
        z = 1 + 2 * nodes
        # Exact for polynomials of degree 39; rounding of terms of size 1e3.
        assert weights @ (3 * z**2 * nodes) == pytest.approx(12, abs=1e-10)
        assert weights @ (z**3 * (nodes**2 - 1) / 2) == pytest.approx(12, abs=1e-10)

    def test_rounded_answers_are_refused(self):
        assert self.task.check([6.0, -2.9]).message == "Entry 1 is not right: -2.9."
