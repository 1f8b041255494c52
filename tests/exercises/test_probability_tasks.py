"""The tasks of probability: other ways to the answers are accepted, and wrong ones get a reply that helps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy import stats

from calcguide import exercises


class TestFromShapeToDensity:
    task = exercises.get("C8t")

    def test_reference_by_symbols(self):
        x = sympy.Symbol("x")
        f = x**2 * (3 - x)
        z = sympy.integrate(f, (x, 0, 3))
        exact = (z, sympy.integrate(f, (x, 0, 1)) / z, sympy.integrate(x * f, (x, 0, 3)) / z)
        assert exact == (sympy.Rational(27, 4), sympy.Rational(1, 9), sympy.Rational(9, 5))
        assert self.task.reference == pytest.approx([float(part) for part in exact], rel=1e-15)

    def test_median_of_the_reply(self):
        # X / 3 has the beta density with the exponents 2 and 1.
        assert 3 * stats.beta(3, 2).median() == pytest.approx(1.8428, abs=5e-5)

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param([6.75, 0.111, 1.8], id="three digits"),
            pytest.param([Fraction(27, 4), Fraction(1, 9), Fraction(9, 5)], id="fractions"),
            pytest.param(np.array([6.75, stats.beta(3, 2).cdf(1 / 3), 3 * 3 / 5]), id="beta distribution"),
            pytest.param((6.75, 1 - 8 / 9, 12.15 / 6.75), id="tuple"),
        ],
    )
    def test_accepted(self, answer):
        assert self.task.check([float(part) for part in answer])

    def test_by_counting_samples(self):
        samples = 3 * stats.beta(3, 2).rvs(size=4_000_000, random_state=np.random.default_rng(0))
        # The share has a standard error of 1.6e-4, the mean one of 3e-4: a seventh and a tenth of the tolerance or less.
        assert self.task.check([6.75, np.mean(samples < 1), samples.mean()])

    @pytest.mark.parametrize("answer", [[6.75, 0.1, 1.8], [6.75, 0.111, 1.84], [1.0, 0.111, 1.8]], ids=str)
    def test_refused(self, answer):
        assert not self.task.check(answer)


class TestHowManyPoints:
    task = exercises.get("C8u")

    def test_reference_by_symbols(self):
        x = sympy.Symbol("x")
        mean, square = (sympy.integrate(x**k, (x, 0, 3)) / 3 for k in (2, 4))
        variance = square - mean**2
        assert variance == sympy.Rational(36, 5)
        error = 3 * sympy.sqrt(variance / 100)
        assert self.task.reference[0] == pytest.approx(float(error), rel=1e-14)
        assert self.task.reference[1] == pytest.approx(648_000, rel=1e-12)

    def test_error_is_the_spread_of_many_runs(self):
        points = np.random.default_rng(4).uniform(0, 3, size=(40_000, 100))
        spread = np.std(3 * np.mean(points**2, axis=1))
        # A standard deviation from 40 000 runs is known to 1 / sqrt(80 000) = 0.35 per cent.
        assert spread == pytest.approx(self.task.reference[0], rel=0.011)

    @pytest.mark.parametrize("answer", [[0.8, 648_000], [0.81, 650_000.0], (0.805, 6.48e5)], ids=str)
    def test_one_per_cent_will_do(self, answer):
        assert self.task.check(answer)

    @pytest.mark.parametrize("answer", [[0.9, 648_000], [0.805, 640], [0.805, 6480]], ids=str)
    def test_less_will_not(self, answer):
        assert not self.task.check(answer)
