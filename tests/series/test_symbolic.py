"""Formulas: which functions have one, limits where a value is 0/0, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from scipy import special

from calcguide.series import taylor
from calcguide.series._symbolic import _names


def test_every_formula_is_that_of_its_function() -> None:
    for ufunc, formula in _names().items():
        places = [2.5, 0.75][: ufunc.nin] if ufunc is np.arccosh else [0.75, 0.5][: ufunc.nin]
        found = sympy.N(formula(*map(sympy.Rational, places)), 20)
        assert float(found) == pytest.approx(float(ufunc(*places)), rel=1e-14), ufunc


@pytest.mark.parametrize(
    ("fun", "expected"),
    [
        (lambda x: np.sin(x) / x, [1, 0, -1 / 6, 0, 1 / 120]),
        (lambda x: np.expm1(x) / x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120]),
        (lambda x: np.log1p(x) / x, [1, -1 / 2, 1 / 3, -1 / 4, 1 / 5]),
    ],
    ids=["sin x / x", "(exp x − 1)/x", "log(1 + x)/x"],
)
def test_a_removable_singularity_has_a_series(fun: Any, expected: list[float]) -> None:
    np.testing.assert_allclose(taylor(fun, 0.0, 4, method="symbolic").coefficients, expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("fun", "x0", "message"),
    [
        (lambda x: 1 / x, 0.0, "the coefficient of order 0 is"),
        (np.log, 0.0, "the coefficient of order 0 is"),
        (np.sqrt, 0.0, "the coefficient of order 1 is"),
        (np.sqrt, -1.0, "the coefficient of order 0 is nan"),
        (lambda x: np.arctan(1 / x), 0.0, "the coefficient of order 0 is"),
        (lambda x: np.exp(-1 / x), 0.0, "the coefficient of order 0 is"),
        (lambda x: x * np.log(x * x), 0.0, "the coefficient of order 0 is"),
        (np.abs, 0.0, "has a kink there"),
        (lambda x: np.abs(x) / x, 0.0, "has a kink there"),
        (lambda x: np.abs(x - 1) * x, 1.0, "has a kink there"),
    ],
)
def test_places_without_a_polynomial(fun: Any, x0: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        taylor(fun, x0, 3, method="symbolic")


def test_smooth_sides_of_a_kink() -> None:
    assert taylor(np.abs, -2.0, 2, method="symbolic").coefficients.tolist() == [2.0, -1.0, 0.0]


def test_numbers_keep_their_digits() -> None:
    found = taylor(lambda x: 0.1 * x**2.0 + np.float64(0.3) * x + np.array(2) ** x, 0.0, 2, method="symbolic")
    np.testing.assert_allclose(
        found.coefficients, [1.0, 0.3 + math.log(2), 0.1 + math.log(2) ** 2 / 2], rtol=1e-15
    )
    assert taylor(lambda x: 7, 0.0, 2, method="symbolic").coefficients.tolist() == [7.0, 0.0, 0.0]


def test_vectors_as_numpy_writes_them() -> None:
    def fun(x: Any) -> Any:
        return np.sum(np.exp(x) * np.array([1.0, 2.0])) + x @ x + special.expit(x[0]) - np.sin(x)[1]

    found, expected = (taylor(fun, [0.3, -0.2], 3, method=method) for method in ("symbolic", "autodiff"))
    for a, b in zip(found.coefficients, expected.coefficients, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("fun", "error", "message"),
    [
        (np.floor, TypeError, r"floor has no formula here: use method='autodiff'"),
        (lambda x: np.exp(x, where=True), TypeError, r"exp has no formula here"),
        (lambda x: x if x > 0 else -x, TypeError, r"greater has no formula here|cannot decide a branch"),
        (lambda x: x if x else 0, TypeError, r"cannot decide a branch"),
        (math.sin, TypeError, r"a formula cannot become a plain number"),
        (lambda x: x.cumsum(), AttributeError, r"a formula has no attribute cumsum"),
        (lambda x: x * np.ones(2), ValueError, r"`fun` returned shape \(2,\)"),
    ],
)
def test_refusals(fun: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        taylor(fun, 1.0, 2, method="symbolic")
