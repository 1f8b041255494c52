"""Taylor polynomials of functions: reference values, three ways that agree, the remainder's slope, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from calcguide import functions
from calcguide.series import taylor


def test_largest_error_of_exp() -> None:
    """The course's picture: exp on [−2, 2] by polynomials of degree 0, 2 and 4, which have 1, 3 and 5 terms."""
    x = np.linspace(-2, 2, 401)
    errors = [float(np.max(np.abs(np.exp(x) - taylor(np.exp, 0.0, n)(x)))) for n in (0, 2, 4)]
    assert errors == pytest.approx([6.38905609893, 2.38905609893, 0.38905609893], abs=1e-11)
    assert [len(taylor(np.exp, 0.0, n).coefficients) for n in (0, 2, 4)] == [1, 3, 5]


@pytest.mark.parametrize(
    ("fun", "expected"),
    [
        (np.exp, [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120]),
        (np.sin, [0, 1, 0, -1 / 6, 0, 1 / 120]),
        (np.cos, [1, 0, -1 / 2, 0, 1 / 24, 0]),
        (np.log1p, [0, 1, -1 / 2, 1 / 3, -1 / 4, 1 / 5]),
        (np.tan, [0, 1, 0, 1 / 3, 0, 2 / 15]),
        (lambda x: 1 / (1 - x), [1, 1, 1, 1, 1, 1]),
        (lambda x: np.sqrt(1 + x), [1, 1 / 2, -1 / 8, 1 / 16, -5 / 128, 7 / 256]),
        (special.expit, [1 / 2, 1 / 4, 0, -1 / 48, 0, 1 / 480]),
    ],
    ids=["exp", "sin", "cos", "log1p", "tan", "geometric", "root", "logistic"],
)
@pytest.mark.parametrize("method", ["jet", "autodiff", "symbolic"])
def test_series_of_the_textbook(fun: Any, expected: list[float], method: str) -> None:
    found = taylor(fun, 0.0, 5, method=method).coefficients
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def test_degree_and_terms_of_a_polynomial() -> None:
    p = taylor(lambda x: 3 * x**2 - 4 * x, 2.0, 5)
    assert p.coefficients.tolist() == [4.0, 8.0, 3.0, 0.0, 0.0, 0.0]
    assert p([-10.0, 10.0]).tolist() == [340.0, 260.0]


@pytest.mark.parametrize("x0", [0.0, 0.4, -1.1])
def test_three_ways_agree(x0: float) -> None:
    def fun(x: Any) -> Any:
        return np.exp(-x) * np.sqrt(2 + x) / (1 + x**2) + np.tanh(x) * np.arctan(2 * x)

    ways = [taylor(fun, x0, 5, method=method).coefficients for method in ("jet", "autodiff", "symbolic")]
    for other in ways[1:]:
        np.testing.assert_allclose(ways[0], other, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("n", range(6))
@pytest.mark.parametrize(
    ("fun", "x0"), [(np.exp, 0.3), (np.sin, 0.7), (np.log, 1.5), (np.sqrt, 2.0), (np.arctan, -0.4)]
)
def test_the_remainder_has_slope_n_plus_one(fun: Any, x0: float, n: int) -> None:
    """|f(x0 + h) − p(x0 + h)| ~ |c_{n+1}| h^{n+1}, on logarithmic axes a line of slope n + 1."""
    h = (
        2.0 ** -np.arange(1.0, 5.0) / 4
    )  # the largest remainders are 1e-2, the smallest 1e-13: both well above rounding
    error = np.abs(fun(x0 + h) - taylor(fun, x0, n)(x0 + h))
    slopes = np.diff(np.log2(error)) / np.diff(np.log2(h))
    # The next term is smaller by h c_{n+2}/c_{n+1}, and halves with h: the last slope is the best.
    ratio = abs(taylor(fun, x0, n + 2).coefficients[-1] / taylor(fun, x0, n + 1).coefficients[-1])
    assert abs(slopes[-1] - (n + 1)) <= 2 * ratio * h[-2] + 0.01


@given(st.floats(-2, 2), st.floats(-1, 1), st.integers(0, 6))
def test_moving_the_function_moves_the_polynomial(x0: float, shift: float, n: int) -> None:
    here = taylor(lambda x: np.exp(x - shift) * np.cos(x - shift), x0 + shift, n).coefficients
    there = taylor(lambda x: np.exp(x) * np.cos(x), x0, n).coefficients
    np.testing.assert_allclose(here, there, rtol=1e-12, atol=1e-13)


class TestSeveralVariables:
    def exact(self, expression: Any, symbols: Any, x0: list[float], alpha: tuple[int, ...]) -> float:
        derivative = expression
        for symbol, power in zip(symbols, alpha, strict=True):
            derivative = derivative.diff(symbol, power)
        place = dict(zip(symbols, x0, strict=True))
        return float(derivative.subs(place)) / math.prod(map(math.factorial, alpha))

    @pytest.mark.parametrize("method", [None, "autodiff", "symbolic"])
    def test_every_coefficient_agrees_with_sympy(self, method: str | None) -> None:
        x, y = sympy.symbols("x y")
        expression = sympy.exp(x * y) * sympy.sin(x) / (1 + y**2)
        x0 = [0.4, -0.3]
        n = 3 if method == "symbolic" else 4
        p = taylor(lambda x: np.exp(x[0] * x[1]) * np.sin(x[0]) / (1 + x[1] ** 2), x0, n, method=method)
        for alpha in np.ndindex(n + 1, n + 1):
            if sum(alpha) <= n:
                expected = self.exact(expression, (x, y), x0, alpha)
                assert p.coefficient(*alpha) == pytest.approx(expected, rel=1e-12, abs=1e-14)

    def test_gradient_and_hessian(self) -> None:
        x0 = np.array([-1.2, 1.0])
        p = taylor(functions.rosenbrock, x0, 4)
        assert p.coefficients[1].tolist() == pytest.approx(functions.rosenbrock.jac(x0).tolist())
        np.testing.assert_allclose(2 * p.coefficients[2], functions.rosenbrock.hess(x0), rtol=1e-14)
        # A polynomial of degree 4 is its own.
        assert p([3.0, -2.0]) == pytest.approx(functions.rosenbrock([3.0, -2.0]), rel=1e-13)

    def test_tensors_are_symmetric(self) -> None:
        c = taylor(
            lambda x: np.log(np.sum(np.exp(x * np.arange(1.0, 4.0)))), [0.1, 0.2, 0.3], 3
        ).coefficients[3]
        for axes in ((1, 0, 2), (2, 1, 0), (0, 2, 1)):
            np.testing.assert_allclose(c, c.transpose(axes), atol=1e-14)

    @pytest.mark.parametrize("n", range(4))
    def test_the_remainder_has_slope_n_plus_one(self, n: int) -> None:
        def fun(x: Any) -> Any:
            return np.exp(x[..., 0]) * np.sin(x[..., 1] + 1) + np.sqrt(2 + x[..., 0] * x[..., 1])

        x0, v = np.array([0.2, 0.5]), np.array([0.6, -0.8])
        h = 2.0 ** -np.arange(3.0, 7.0)
        x = x0 + h[:, np.newaxis] * v
        slopes = np.diff(np.log2(np.abs(fun(x) - taylor(fun, x0, n)(x)))) / np.diff(np.log2(h))
        assert slopes[-1] == pytest.approx(n + 1, abs=0.1)

    def test_a_constant(self) -> None:
        p = taylor(lambda x: 3.0, [0.0, 1.0], 2)
        assert p([5.0, 5.0]) == 3.0


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "options", "error", "message"),
        [
            ((1.0, 0.0, 2), {}, TypeError, r"`fun` must be callable"),
            ((np.sin, float("inf"), 2), {}, ValueError, r"`x0` must be finite, got x0=inf"),
            ((np.sin, 0.0, -1), {}, ValueError, r"`degree` must be at least 0, got degree=-1"),
            ((np.sin, 0.0, 1.5), {}, TypeError, r"`degree` must be an integer"),
            ((np.sin, 0.0, 2), {"method": "magic"}, ValueError, r"`method` must be one of 'jet', 'autodiff', 'symbolic'"),
            ((np.sum, [[1.0]], 2), {}, ValueError, r"`x0` must be a number or a vector, got shape \(1, 1\)"),
            ((np.sum, [1.0, 2.0], 2), {"method": "jet"}, ValueError, r"`method` must be 'autodiff' or 'symbolic' in several"),
            ((np.sum, np.ones(100), 3), {}, ValueError, r"at most 100000 derivatives of the highest order, got 100\*\*3"),
            ((np.sin, 0.0, 11), {"method": "autodiff"}, ValueError, r"`degree` must be at most 10, got degree=11"),
            ((np.sin, [0.0], 11), {}, ValueError, r"`degree` must be at most 10, got degree=11"),
            ((np.exp, [0.0, 1.0], 2), {}, ValueError, r"a gradient needs a scalar"),
            ((np.log, 0.0, 2), {"method": "autodiff"}, ValueError, r"`fun` is not finite at x0=0.0: it is -inf"),
            ((np.sqrt, 0.0, 2), {"method": "autodiff"}, ValueError, r"the coefficient of order 1 is not finite"),
            ((lambda x: np.log(x[0]), [0.0], 2), {}, ValueError, r"`fun` is not finite at x0=\[0.\]"),
        ],
    )  # fmt: skip
    def test_arguments(self, arguments: Any, options: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            taylor(*arguments, **options)

    def test_functions_that_a_jet_does_not_cover_have_another_way(self) -> None:
        with pytest.raises(
            TypeError, match=r"numpy.sinc has no rule for power series: use method='autodiff'"
        ):
            taylor(np.sinc, 0.3, 3)
        assert taylor(np.sinc, 0.3, 3, method="autodiff")(0.31) == pytest.approx(np.sinc(0.31), abs=1e-7)


@pytest.mark.parametrize("fun", [lambda x: np.stack([x, 2 * x]), lambda x: [x]], ids=["array", "list"])
def test_several_values_are_refused_by_autodiff_too(fun: Any) -> None:
    with pytest.raises(
        ValueError, match=r"`fun` returned shape \(\d,\); a Taylor polynomial needs one value"
    ):
        taylor(fun, 0.0, 2, method="autodiff")
