"""Lagrange's bound: that it bounds, where it is attained, and that a sampled maximum says so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from calcguide.series import remainder_bound, taylor

CASES = {
    "exp": (np.exp, 0.0, 2.0),
    "sin": (np.sin, 0.5, 3.0),
    "log": (np.log, 1.0, 0.9),
    "root": (np.sqrt, 2.0, 1.5),
    "Runge": (lambda x: 1 / (1 + 25 * x**2), 0.3, 0.8),
    "logistic": (special.expit, -1.0, 4.0),
    "bell": (lambda x: np.exp(-(x**2)), 0.5, 2.0),
}


def named(cases: dict[str, Any]) -> Any:
    return pytest.mark.parametrize(("fun", "x0", "radius"), cases.values(), ids=cases)


@named(CASES)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 8])
def test_the_error_stays_below_the_bound(fun: Any, x0: float, radius: float, n: int) -> None:
    x = np.linspace(x0 - radius, x0 + radius, 101)
    error = np.abs(fun(x) - taylor(fun, x0, n)(x))
    bound = remainder_bound(fun, x0, n, x)
    # Both are rounded, in units of the largest term; the sampled maximum is off by 1e-6 of itself at most.
    rounding = (
        1e-14 * np.abs(taylor(fun, x0, n).coefficients) @ np.abs(x - x0) ** np.arange(n + 1)[:, np.newaxis]
    )
    assert (error <= bound * (1 + 1e-6) + rounding).all()


@pytest.mark.parametrize("n", range(6))
def test_it_is_attained_by_the_next_polynomial(n: int) -> None:
    """F = (x − 1)ⁿ⁺¹ has the remainder (x − 1)ⁿ⁺¹ itself."""
    x = np.array([-1.0, 0.5, 1.0, 3.0])
    found = remainder_bound(lambda x: 5 * (x - 1) ** (n + 1) + x**n, 1.0, n, x)
    np.testing.assert_allclose(found, 5 * np.abs(x - 1) ** (n + 1), rtol=1e-12)


def test_exp_has_its_maximum_at_the_end() -> None:
    """M = e² on [0, 2] and 1 on [−2, 0]: the bound of degree 4 is e² 2⁵/5!, five times the error."""
    found = remainder_bound(np.exp, 0.0, 4, [-2.0, 2.0], full_output=True)
    np.testing.assert_allclose(found.value, [32 / 120, math.exp(2) * 32 / 120], rtol=1e-14)
    np.testing.assert_allclose(found.derivative, [1.0, math.exp(2)], rtol=1e-14)
    assert found.point.tolist() == [0.0, 2.0]
    assert found.sampled
    assert found.nfev == 2 * (65 + 3 * 17)


def test_a_maximum_inside_is_found() -> None:
    # The second derivative of sin is −sin, largest at π/2, which is no sample.
    found = remainder_bound(np.sin, 0.0, 1, 3.0, full_output=True)
    assert found.derivative == pytest.approx(1.0, rel=1e-8)
    assert found.derivative <= 1.0
    assert found.point == pytest.approx(math.pi / 2, abs=1e-3)


@given(st.floats(-1, 1), st.floats(-2, 2), st.integers(0, 6), st.floats(0, 10))
def test_a_given_bound_is_taken_as_it_is(x0: float, x: float, n: int, M: float) -> None:
    def never(x: Any) -> Any:
        raise AssertionError

    found = remainder_bound(never, x0, n, x, bound=M, full_output=True)
    assert found.value == pytest.approx(M * abs(x - x0) ** (n + 1) / math.factorial(n + 1), rel=1e-14)
    assert (found.sampled, found.nfev, found.derivative) == (False, 0, M)
    assert math.isnan(found.point)


def test_a_narrow_peak_is_noticed_and_a_bound_helps() -> None:
    """The second derivative has a peak 1e-7 wide at 0.2; f' jumps there by 1. Samples lie beside it."""

    def fun(x: Any) -> Any:
        return 1e-7 * np.logaddexp(0, (x - 0.2) / 1e-7)

    error = abs(fun(1.0) - taylor(fun, 0.0, 1)(1.0))
    with pytest.raises(ValueError, match=r"with a peak that the samples miss.* give `bound`"):
        remainder_bound(fun, 0.0, 1, 1.0)
    assert remainder_bound(fun, 0.0, 1, 1.0, bound=2.5e6) >= error


@pytest.mark.parametrize(
    ("fun", "x0", "n", "x"),
    [
        (np.abs, 1.0, 1, -0.5),
        (np.abs, 1.0, 1, [2.0, -0.5]),
        (lambda x: np.maximum(x, 0.0) ** 2, 1.0, 2, -0.7),
        (lambda x: np.where(x > 1, x, -x), 0.5, 2, 2.2),
    ],
    ids=["kink", "kink on one side", "kink of the slope", "jump"],
)
def test_a_kink_between_the_samples_leaves_no_bound(fun: Any, x0: float, n: int, x: Any) -> None:
    with pytest.raises(ValueError, match=rf"no derivative of order {n + 1} somewhere between `x0` and"):
        remainder_bound(fun, x0, n, x)


@pytest.mark.parametrize("n", [0, 2, 5])
@pytest.mark.parametrize(("fun", "x"), [(lambda x: 1 / x, -0.77), (np.tan, 2.0), (lambda x: x**-3, -3.1)])
def test_a_pole_between_the_samples_leaves_no_bound(fun: Any, x: float, n: int) -> None:
    with pytest.raises(ValueError, match=r"seems to be singular near"):
        remainder_bound(fun, 1.0, n, x)


@pytest.mark.parametrize("n", [1, 3, 10])
@pytest.mark.parametrize("x", [-2.0, 1.0, 3.0])
@pytest.mark.parametrize(
    "fun",
    [
        lambda x: np.sin(x) ** 2 + np.cos(x) ** 2,
        lambda x: 3 * np.exp(x) * np.exp(-x),
        lambda x: np.log(np.exp(x)),
        lambda x: np.tan(np.arctan(x)),
    ],
    ids=["one", "three", "x", "x again"],
)
def test_rounding_errors_of_a_zero_are_no_singularity(fun: Any, x: float, n: int) -> None:
    # Amplified by |h/ρ|ⁿ with h up to 2.7 and ρ, the distance of a complex singularity, down to 1.
    assert remainder_bound(fun, 0.3, n, x) <= 1e-9


def test_high_degrees_far_out_neither_overflow_nor_underflow() -> None:
    """For exp on [0, 50] it is e⁵⁰ 50²⁰¹/201!, of which 50²⁰¹ is larger than any float and 1/201! smaller."""
    found = remainder_bound(np.exp, 0.0, 200, 50.0, full_output=True)
    expected = math.exp(50 + 201 * math.log(50) - math.lgamma(202))
    assert found.value == pytest.approx(expected, rel=1e-11)
    assert found.derivative == pytest.approx(math.exp(50), rel=1e-11)


def test_shapes_and_degrees() -> None:
    assert type(remainder_bound(np.exp, 0.0, 2, 1.0)) is float
    assert remainder_bound(np.exp, 0.0, 2, np.ones((2, 3))).shape == (2, 3)
    assert remainder_bound(np.exp, 1.0, 2, 1.0) == 0.0
    assert remainder_bound(np.sin, 0.0, 200, 1.0, bound=1.0) == 0.0  # 1/201! is below the smallest float
    assert remainder_bound(np.sin, 0.0, 169, 10.0, bound=1.0) == pytest.approx(
        10.0**170 / math.factorial(170)
    )
    assert remainder_bound(np.sin, 0.0, 170, 10.0, bound=1.0) == pytest.approx(
        10.0**171 / math.factorial(170) / 171, rel=1e-11
    )


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((1.0, 0.0, 2, 1.0), {}, TypeError, r"`fun` must be callable"),
        ((np.exp, [0.0], 2, 1.0), {}, ValueError, r"`x0` must be one number, got an array of shape \(1,\)"),
        ((np.exp, 0.0, -1, 1.0), {}, ValueError, r"`degree` must be at least 0"),
        ((np.exp, 0.0, 2, float("nan")), {}, ValueError, r"`x` must be finite, got x=nan"),
        ((np.exp, 0.0, 2, 1.0), {"bound": -1.0}, ValueError, r"`bound` must not be negative, got bound=-1.0"),
        ((np.exp, 0.0, 2, 1.0), {"bound": float("inf")}, ValueError, r"`bound` must be finite"),
        ((np.log, 1.0, 2, 0.0), {}, ValueError, r"`fun` is not finite at x0=0.0: it is -inf"),
        ((np.abs, -1.0, 2, 1.0), {}, ValueError, r"`fun` has no Taylor polynomial of degree 3 at x0=0.0"),
        ((np.sinc, 0.0, 2, 1.0), {}, TypeError, r"numpy.sinc has no rule for power series"),
    ],
)
def test_bad_arguments(arguments: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        remainder_bound(*arguments, **options)
