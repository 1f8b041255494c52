"""The one place where integrands are called, and where results are handed over."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from calcguide._results import NOT_CONVERGED, NOT_FINITE, deliver
from calcguide.integrate import AccuracyWarning, integral
from calcguide.integrate._integrand import Integrand, Tolerance, concluded, judged, weigh


class TestIntegrand:
    def test_counts_and_remembers_the_shape(self) -> None:
        integrand = Integrand(lambda x: np.stack([x, x], axis=-1))
        integrand(np.zeros(3))
        integrand(np.zeros(4))
        assert (integrand.nfev, integrand.value_shape) == (7, (2,))

    def test_points_in_several_dimensions(self) -> None:
        integrand = Integrand(lambda x: x.sum(axis=1))
        assert integrand(np.ones((4, 3))).tolist() == [3.0] * 4
        assert integrand.trouble(np.eye(2), np.array([1.0, np.inf])) == "`fun` returned inf at x=[0., 1.]"

    def test_names_another_function(self) -> None:
        with pytest.raises(TypeError, match=r"`lower` must be callable"):
            Integrand(3, "lower")
        with pytest.raises(ValueError, match=r"`lower` must return one value for each of the 2 points"):
            Integrand(lambda x: 1.0, "lower")(np.zeros(2))

    def test_trouble_is_the_first(self) -> None:
        integrand = Integrand(np.log)
        x = np.array([1.0, 0.0, -1.0])
        assert integrand.trouble(x, integrand(x)) == "`fun` returned -inf at x=0.0"
        assert integrand.trouble(x[:1], integrand(x[:1])) == ""

    def test_warnings_of_numpy_stay_inside(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            Integrand(lambda x: 1 / x)(np.zeros(1))

    def test_weigh(self) -> None:
        w, values = np.array([1.0, 2.0]), np.arange(12.0).reshape(2, 2, 3)
        assert weigh(w, values).tolist() == (values[0] + 2 * values[1]).tolist()
        assert weigh(w, values[:, 0]).tolist() == (values[0, 0] + 2 * values[1, 0]).tolist()


class TestResults:
    integrand = Integrand(np.exp)

    def test_tolerance(self) -> None:
        tolerance = Tolerance.checked(1e-3, 0.5)
        assert tolerance(100.0, 0.0) == 0.5
        assert tolerance(-1000.0, 0.0) == 1.0
        assert tolerance(0.0, 1.0) == 8.0  # what rounding leaves within reach
        assert tolerance.times(0.1) == Tolerance(1e-4, 0.05)

    def test_judged(self) -> None:
        value, error, rounding = np.array([2.0]), np.array([1e-3]), np.array([0.0])
        assert judged(value, error, rounding, self.integrand, Tolerance(1e-2, 0)).success
        missed = judged(value, error, rounding, self.integrand, Tolerance(1e-4, 0), " after all")
        assert missed.status == NOT_CONVERGED
        assert (
            missed.message
            == "the integral is 2 with an estimated error of 0.001, above the tolerance after all"
        )
        assert not judged(value, np.array([np.nan]), rounding, self.integrand, Tolerance(1, 1)).success

    def test_not_finite_has_no_value(self) -> None:
        result = concluded(3.0, 0.1, self.integrand, NOT_FINITE, "trouble")
        assert math.isnan(result.value)
        assert result.error == math.inf
        with pytest.raises(ValueError, match=r"trouble; `full_output=True` returns what could be found"):
            deliver(result, full_output=False)
        assert deliver(result, full_output=True) is result

    def test_warnings_point_at_the_caller(self) -> None:
        with pytest.warns(AccuracyWarning, match="seems to diverge") as caught:
            integral(lambda x: 1 / x, 0, 1)
        assert caught[0].filename == __file__
