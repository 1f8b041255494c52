"""Integrals over regions of the plane."""

from __future__ import annotations

import math
from math import inf, pi
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate as peer

from calcguide.integrate import AccuracyWarning, double_integral

CASES = {
    "rectangle": (lambda x, y: x * y**2, 0, 2, 0, 1, 2 / 3),
    "triangle": (lambda x, y: np.exp(x + y), 0, 1, 0, lambda x: x, (math.e - 1) ** 2 / 2),
    "between curves": (lambda x, y: x * y, 0, 1, lambda x: x**2, np.sqrt, 1 / 12),
    "half disc": (lambda x, y: x**2 + y**2, -1, 1, 0, lambda x: np.sqrt(1 - x**2), pi / 4),
    "plane": (lambda x, y: np.exp(-(x**2) - y**2), -inf, inf, -inf, inf, pi),
    "quadrant": (lambda x, y: np.exp(-x - 2 * y), 0, inf, 0, inf, 0.5),
    "singular corner": (lambda x, y: (x * y) ** -0.5, 0, 1, 0, 1, 4.0),
    "odd": (lambda x, y: x * y**2, -1, 1, 0, 1, 0.0),
    "oscillating": (lambda x, y: np.cos(20 * x * y), 0, 1, 0, 1, 0.0775),
    "constant limits reversed": (lambda x, y: x * y**2, 0, 2, 1, 0, -2 / 3),
    "crossing limits": (lambda x, y: np.ones_like(x), 0, 2, lambda x: x, 1, 0.0),
}


@pytest.mark.parametrize(("fun", "a", "b", "lower", "upper", "exact"), CASES.values(), ids=CASES)
def test_closed_forms(fun: Any, a: float, b: float, lower: Any, upper: Any, exact: float) -> None:
    result = double_integral(fun, a, b, lower, upper, full_output=True)
    if exact == 0.0775:
        exact = peer.dblquad(lambda y, x: math.cos(20 * x * y), 0, 1, 0, 1, epsabs=1e-11)[0]
    assert result.success, result.message
    assert abs(result.value - exact) <= result.error + 1e-11 * (exact != 2 / 3)
    assert result.error <= 1e-8 * abs(exact) + 1e-12
    assert type(result.value) is float


@given(p=st.floats(-2, 2), q=st.floats(-2, 2))
def test_the_order_of_integration_does_not_matter(p: float, q: float) -> None:
    def fun(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp(p * x) * np.cos(q * x * y)

    one = double_integral(fun, 0, 1, 0, 2, full_output=True)
    other = double_integral(lambda y, x: fun(x, y), 0, 2, 0, 1, full_output=True)
    assert abs(one.value - other.value) <= one.error + other.error


def test_limits_and_signs() -> None:
    assert double_integral(lambda x, y: x + y, 1, 0, 0, 1) == pytest.approx(-1.0)
    assert double_integral(lambda x, y: x + y, 1, 1, 0, 1) == 0.0
    assert double_integral(lambda x, y: x + y, 0, 1, 2, 2) == 0.0
    assert double_integral(lambda x, y: x, 0, 2, 0, 1, points=[1]) == pytest.approx(2.0)


def test_calls_and_counting() -> None:
    sizes = []

    def fun(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        assert x.shape == y.shape == (x.size,)
        sizes.append(x.size)
        return x * y

    result = double_integral(fun, 0, 1, 0, 1, full_output=True)
    assert result.nfev == sum(sizes)
    assert len(sizes) < 5


def test_what_cannot_be_done_is_reported() -> None:
    result = double_integral(lambda x, y: 1 / y, 0, 1, 0, 1, full_output=True)
    assert (result.status, "the inner integral seems to diverge at x=" in result.message) == (3, True)
    with pytest.warns(AccuracyWarning, match="the inner integral seems to diverge"):
        double_integral(lambda x, y: 1 / y, 0, 1, 0, 1)
    result = double_integral(lambda x, y: 1 / x, 0, 1, 0, 1, full_output=True)
    assert (result.status, result.value) == (3, inf)
    result = double_integral(lambda x, y: np.where(y < x, np.nan, 1.0), 0, 1, 0, 1, full_output=True)
    assert result.status == 2
    with pytest.raises(ValueError, match=r"`fun` returned nan at x=0\.\d+, y=0\.\d+"):
        double_integral(lambda x, y: np.where(y < x, np.nan, 1.0), 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3.0, 0, 1, 0, 1), TypeError, r"`fun` must be callable, got 3.0"),
        ((lambda x, y: x, 0, math.nan, 0, 1), ValueError, r"`b` must be a number or infinite, got b=nan"),
        ((lambda x, y: x, 0, 1, "0", 1), TypeError, r"`lower` must hold real numbers"),
        ((lambda x, y: x, 0, 1, 0, math.nan), ValueError, r"`upper` must be a number or infinite"),
        ((lambda x, y: x, 0, 1, lambda x: x, inf), ValueError, r"may be infinite only if both are numbers"),
        ((lambda x, y: x, 0, 1, 0, lambda x: 1.0), ValueError, r"`upper` must return one value for each"),
        (
            (lambda x, y: x, 0, 1, 0, lambda x: x / 0),
            ValueError,
            r"`upper` returned inf|`upper` must return one finite",
        ),
        ((lambda x, y: 3.0, 0, 1, 0, 1), ValueError, r"got a single number"),
        ((lambda x, y: np.stack([x, y], axis=-1), 0, 1, 0, 1), ValueError, r"`fun` must return shape"),
    ],
)
def test_bad_input(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        double_integral(*arguments)
