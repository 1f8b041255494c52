"""Unsigned area: sign changes found, kinks avoided."""

from __future__ import annotations

import math
from math import inf, pi
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import integrate as peer

from calcguide.functions import cubic
from calcguide.integrate import area, integral
from calcguide.integrate._area import EVEN


@pytest.mark.parametrize(
    ("fun", "a", "b", "exact"),
    [
        pytest.param(lambda x: 2 * x, -10, 10, 200.0, id="2x"),
        pytest.param(lambda x: 3 * x**2 - 4 * x, -10, 10, 54064 / 27, id="task"),
        pytest.param(np.sin, 0, 10 * pi, 20.0, id="sine"),
        pytest.param(lambda x: x * np.exp(-x * x / 2), -inf, inf, 2.0, id="the line"),
        pytest.param(
            lambda x: np.sin(x) * np.exp(-x), 0, inf, 0.5 / math.tanh(pi / 2), id="infinitely many changes"
        ),
        pytest.param(lambda x: np.log(x), 0, 2, 2 * math.log(2), id="singular end"),
        pytest.param(lambda x: x, 0, 3, 4.5, id="none"),
        pytest.param(np.zeros_like, 0, 1, 0.0, id="zero"),
        pytest.param(lambda x: (x - 0.5) ** 2, 0, 1, 1 / 12, id="touches the axis"),
    ],
)
def test_closed_forms(fun: Any, a: float, b: float, exact: float) -> None:
    result = area(fun, a, b, full_output=True)
    assert result.success, result.message
    assert abs(result.value - exact) <= result.error + 1e-14


def test_a_pair_of_changes_between_two_samples() -> None:
    # The roots are 0.5 and 0.504: between them the integral loses 0.004³/6, and the area gains as much.
    found = area(lambda x: (x - 0.5) * (x - 0.504), 0, 1)
    assert found == pytest.approx(
        integral(lambda x: (x - 0.5) * (x - 0.504), 0, 1) + 2 * 0.004**3 / 6, rel=1e-9
    )


def test_signed_and_unsigned() -> None:
    """A2c: the integral of 2x over [-10, 10] is 0, the area 200."""
    assert integral(lambda x: 2 * x, -10, 10) == pytest.approx(0.0, abs=1e-12)
    assert area(lambda x: 2 * x, -10, 10) == pytest.approx(200.0)
    assert area(lambda x: 2 * x, 10, -10) == pytest.approx(-200.0)
    assert area(cubic, 1, 1) == 0.0


def test_sign_changes_spare_the_search_for_kinks() -> None:
    def fun(x: np.ndarray) -> np.ndarray:
        return np.cos(3 * x)

    found = area(fun, 0, 2, full_output=True)
    direct = integral(lambda x: np.abs(fun(x)), 0, 2, full_output=True)
    assert abs(found.value - direct.value) <= found.error + direct.error
    assert found.error < 1e-13


@pytest.mark.parametrize(("low", "high"), [(0.0, 2.0), (0.0, math.inf)], ids=["finite", "infinite"])
@pytest.mark.parametrize("depth", [1e-3, 1e-5])
def test_a_dip_between_two_samples_is_found(low: float, high: float, depth: float) -> None:
    # (x − 1.2345)² − depth crosses the axis twice, 2 √depth apart: below it lies 4/3 depth^(3/2).
    def fun(x: np.ndarray) -> np.ndarray:
        return ((x - 1.2345) ** 2 - depth) * np.exp(-(x**2))

    found = area(fun, low, high, full_output=True)
    signed = integral(fun, low, high, full_output=True)
    below = -integral(fun, 1.2345 - math.sqrt(depth), 1.2345 + math.sqrt(depth), rtol=1e-12)
    assert below > 0.2 * depth**1.5
    assert abs(found.value - (signed.value + 2 * below)) <= found.error + signed.error + 1e-14


@given(shift=st.floats(-1, 1), frequency=st.floats(0.1, 30))
@example(shift=0.998046875, frequency=19.0)
def test_agrees_with_scipy_and_exceeds_the_integral(shift: float, frequency: float) -> None:
    def fun(x: Any) -> Any:
        return np.sin(frequency * x) + shift

    found = area(fun, 0, 2, full_output=True)
    x = np.linspace(0, 2, 20001)
    assert found.value == pytest.approx(peer.trapezoid(np.abs(fun(x)), x), abs=1e-5)
    assert found.value >= abs(integral(fun, 0, 2)) - found.error - 1e-12


def test_several_values_and_counting() -> None:
    counted = [0]

    def fun(x: np.ndarray) -> np.ndarray:
        counted[0] += len(x)
        return np.stack([x, x - 0.3], axis=-1)

    result = area(fun, -1, 1, full_output=True)
    assert result.value == pytest.approx([1.0, 1.09])
    assert result.nfev == counted[0]


def test_trouble() -> None:
    assert area(lambda x: 1 / x, -1, 1, points=[0], full_output=True).status == 3
    with pytest.raises(ValueError, match=r"`fun` returned nan at x="):
        area(np.sqrt, -1, 1)
    with pytest.raises(TypeError, match="got complex ones"):
        area(lambda x: x + 1j, 0, 1)
    with pytest.raises(ValueError, match="got a single number"):
        area(lambda x: -1.0, 0, 1)
    with pytest.raises(ValueError, match="`points` must lie between"):
        area(np.sin, 0, 1, points=[2])


@pytest.mark.parametrize(
    ("fun", "nfev"),
    [
        pytest.param(lambda x: 1 + 2 * x - x * x, 200 + 136, id="above the axis"),
        pytest.param(lambda x: np.maximum(x - 1, 0) ** 4, 200 + 136, id="zero on a stretch"),
        # In the first of the two pieces, whose length is 1.
        pytest.param(lambda x: x - EVEN[25], 200 + 2 * 136, id="a change of sign at a sample"),
    ],
)
def test_what_the_samples_show_costs_no_more(fun: Any, nfev: int) -> None:
    assert area(fun, 0, 2, full_output=True).nfev == nfev


def test_a_sign_change_far_out() -> None:
    # The antiderivative is 5001/(2u²) − 1/u with u = x + 1: −1/10002 at the change of sign, where x = 5000.
    found = area(lambda x: (x - 5000) / (x + 1) ** 3, 0, inf)
    assert found == pytest.approx(2499.5 + 2 / 10002, rel=1e-10)


def test_samples_that_are_not_finite_lead_to_no_point_outside() -> None:
    seen = []

    def fun(x: np.ndarray) -> np.ndarray:
        seen.append(x.copy())
        return np.where((x == EVEN[24]) | (x == EVEN[26]), inf, 1.0)

    assert area(fun, 0, 2) == pytest.approx(2.0)
    points = np.concatenate(seen)
    assert ((points > 0) & (points < 2)).all()
