"""Rules of power series: against mpmath to degree 20, against automatic differentiation, and against identities."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special

from calcguide import autodiff
from calcguide.series import jet
from calcguide.series._jet import RULES

DEGREE = 20
mp = mpmath.mp

#: Each function with what mpmath calls it, and points: near 0, on both sides, and near the edge of the domain.
FUNCTIONS: dict[str, tuple[Any, Any, tuple[float, ...]]] = {
    "exp": (np.exp, mp.exp, (0.0, -3.0, 2.5)),
    "expm1": (np.expm1, mp.expm1, (1e-9, -3.0, 2.5)),
    "exp2": (np.exp2, lambda x: mp.mpf(2) ** x, (0.0, -3.0, 2.5)),
    "exp10": (special.exp10, lambda x: mp.mpf(10) ** x, (0.0, -3.0, 2.5)),
    "log": (np.log, mp.log, (1e-3, 1.0, 50.0)),
    "log1p": (np.log1p, mp.log1p, (-0.99, 1e-9, 4.0)),
    "log2": (np.log2, lambda x: mp.log(x, 2), (0.5, 3.0)),
    "log10": (np.log10, lambda x: mp.log(x, 10), (0.5, 3.0)),
    "sqrt": (np.sqrt, mp.sqrt, (0.01, 1.0, 9.0)),
    "cbrt": (np.cbrt, lambda x: mp.sign(x) * abs(x) ** (mp.mpf(1) / 3), (0.125, -8.0)),
    "square": (np.square, lambda x: x**2, (0.0, -3.0)),
    "reciprocal": (np.reciprocal, lambda x: 1 / x, (0.5, -3.0)),
    "negative": (np.negative, lambda x: -x, (0.0, 2.0)),
    "positive": (np.positive, lambda x: x, (0.0, 2.0)),
    "absolute": (np.absolute, abs, (-0.5, 3.0)),
    "fabs": (np.fabs, abs, (-0.5, 3.0)),
    "degrees": (np.degrees, mp.degrees, (0.5,)),
    "radians": (np.radians, mp.radians, (0.5,)),
    "sin": (np.sin, mp.sin, (0.0, -2.0, 30.0)),
    "cos": (np.cos, mp.cos, (0.0, -2.0, 30.0)),
    "tan": (np.tan, mp.tan, (0.0, 1.5, -1.0)),
    "arcsin": (np.arcsin, mp.asin, (0.0, -0.5, 0.99)),
    "arccos": (np.arccos, mp.acos, (0.0, -0.5, 0.99)),
    "arctan": (np.arctan, mp.atan, (0.0, -2.0, 30.0)),
    "sinh": (np.sinh, mp.sinh, (0.0, -2.0, 5.0)),
    "cosh": (np.cosh, mp.cosh, (0.0, -2.0, 5.0)),
    "tanh": (np.tanh, mp.tanh, (0.0, -2.0, 18.0)),
    "arcsinh": (np.arcsinh, mp.asinh, (0.0, -2.0, 30.0)),
    "arccosh": (np.arccosh, mp.acosh, (1.01, 30.0)),
    "arctanh": (np.arctanh, mp.atanh, (0.0, -0.5, 0.99)),
    "expit": (special.expit, lambda x: 1 / (1 + mp.exp(-x)), (0.0, -30.0, 18.0)),
    "log_expit": (special.log_expit, lambda x: -mp.log1p(mp.exp(-x)), (0.0, -30.0, 18.0)),
    "logit": (special.logit, lambda x: mp.log(x / (1 - x)), (0.5, 0.01, 0.99)),
    "erf": (special.erf, mp.erf, (0.0, -1.0, 3.0)),
    "erfc": (special.erfc, mp.erfc, (0.0, -1.0, 3.0)),
    "erfi": (special.erfi, mp.erfi, (0.0, -1.0, 3.0)),
    "ndtr": (special.ndtr, mp.ncdf, (0.0, -5.0, 3.0)),
    "entr": (special.entr, lambda x: -x * mp.log(x), (0.1, 2.0)),
    "gammaln": (special.gammaln, mp.loggamma, (5.5,)),
    "gamma": (special.gamma, mp.gamma, (0.3, 5.5, -1.5)),
    "digamma": (special.digamma, mp.digamma, (5.5,)),
    "hypot": (lambda x: np.hypot(x, 2.0), lambda x: mp.hypot(x, 2), (0.0, -3.0)),
    "arctan2": (lambda x: np.arctan2(x, 1 - x), lambda x: mp.atan2(x, 1 - x), (0.0, 1.0, 3.0)),
    "logaddexp": (lambda x: np.logaddexp(x, -2 * x), lambda x: mp.log(mp.exp(x) + mp.exp(-2 * x)), (0.0, 9.0)),
    "xlogy": (lambda x: special.xlogy(x, 1 + x), lambda x: x * mp.log(1 + x), (0.0, 2.0)),
    "xlog1py": (lambda x: special.xlog1py(2.0, x), lambda x: 2 * mp.log1p(x), (0.0, 2.0)),
    "power": (lambda x: x**2.5, lambda x: x ** mp.mpf("2.5"), (0.01, 9.0)),
    "power of a negative exponent": (lambda x: x**-0.5, lambda x: x ** mp.mpf("-0.5"), (0.01, 9.0)),
    "whole power": (lambda x: x**7, lambda x: x**7, (0.0, -2.0, 3.0)),
    "negative whole power": (lambda x: (x - 1) ** -3, lambda x: (x - 1) ** -3, (0.0, -2.0, 3.0)),
    "exponent": (lambda x: 3.0**x, lambda x: mp.mpf(3) ** x, (0.0, -2.0)),
    "base and exponent": (lambda x: x ** np.sin(x), lambda x: x ** mp.sin(x), (0.5, 3.0)),
    "a composition": (
        lambda x: np.exp(-(x**2)) * np.cos(3 * x) / (2 + np.sin(x)),
        lambda x: mp.exp(-(x**2)) * mp.cos(3 * x) / (2 + mp.sin(x)),
        (0.0, 0.7),
    ),
}  # fmt: skip


def exact(function: Any, x0: float, degree: int) -> np.ndarray:
    """Compute Taylor coefficients by mpmath, whose differences carry digits for all degrees."""
    with mp.workdps(20):
        return np.array([float(c) for c in mpmath.taylor(function, mp.mpf(x0), degree)])


def envelope(c: np.ndarray) -> np.ndarray:
    """Return the size that coefficients have where some are near zero: the geometric mean of their neighbours."""
    size = np.sqrt(np.abs(c))
    around = [size[2 - k : len(c) - 2 - k] * size[2 + k : len(c) - 2 + k] for k in range(3)]
    return np.append(np.abs(c[:2]), np.max(around, axis=0))


CASES = [
    pytest.param(f, g, x0, id=f"{name} at {x0}")
    for name, (f, g, points) in FUNCTIONS.items()
    for x0 in points
]


@pytest.mark.parametrize(("fun", "reference", "x0"), CASES)
def test_coefficients_agree_with_mpmath(fun: Any, reference: Any, x0: float) -> None:
    expected = exact(reference, x0, DEGREE + 2)
    found = jet(fun, x0, DEGREE)
    # A coefficient is a sum of up to 20 products, in each of the two or three series behind a function: 2e-14.
    assert (np.abs(found - expected[:-2]) <= 2e-14 * envelope(expected)).all()


@pytest.mark.parametrize(("fun", "reference", "x0"), CASES)
def test_coefficients_agree_with_autodiff(fun: Any, reference: Any, x0: float) -> None:
    del reference
    expected = [autodiff.derivative(fun, n=k)(x0) / math.factorial(k) for k in range(5)]
    # Rules of nested differentiation cancel where the higher derivatives are small beside the value.
    np.testing.assert_allclose(jet(fun, x0, 4), expected, rtol=1e-12, atol=1e-12 * np.max(np.abs(expected)))


def test_every_rule_is_compared() -> None:
    compared = {fun for fun, _, _ in FUNCTIONS.values()}
    same_name = {getattr(fun, "__name__", "") for fun in compared}
    operators = {
        "add",
        "subtract",
        "multiply",
        "divide",
        "power",
        "float_power",
        "conjugate",
        "rad2deg",
        "deg2rad",
    }
    elsewhere = {"hypot", "arctan2", "logaddexp", "xlogy", "xlog1py"}  # under a name of their own above
    branches = {"sign", "maximum", "fmax", "minimum", "fmin", "where", "sum", "mean"}  # below
    others = {"psi", "softplus"}  # below
    assert {rule.__name__ for rule in RULES} <= same_name | operators | elsewhere | branches | others


class TestPowers:
    @pytest.mark.parametrize("x0", [0.0, -2.0, 3.0])
    @pytest.mark.parametrize("n", [0, 1, 2, 5, 5.0, np.int64(5), np.float64(5.0)])
    def test_whole_exponents_are_exact(self, x0: float, n: Any) -> None:
        expected = [math.comb(int(n), k) * x0 ** max(int(n) - k, 0) if k <= n else 0.0 for k in range(8)]
        assert jet(lambda x: x**n, x0, 7).tolist() == expected
        assert jet(lambda x: np.power(x, n), x0, 7).tolist() == expected
        assert jet(lambda x: np.float_power(x, n), x0, 7).tolist() == expected

    def test_zero_to_the_zero_is_one(self) -> None:
        assert jet(lambda x: x**0, 0.0, 3).tolist() == [1.0, 0.0, 0.0, 0.0]

    def test_exponents_may_differ_from_point_to_point(self) -> None:
        x = np.array([0.0, -2.0, 4.0, 2.0])
        r = np.array([3.0, -1.0, 0.5, 3.0])
        together = jet(lambda x: x**r, x, 5)
        alone = [jet(lambda x, p=p: x**p, at, 5) for at, p in zip(x, r.tolist(), strict=True)]
        np.testing.assert_allclose(together.T, alone, rtol=1e-15)

    def test_large_exponents_take_few_products(self) -> None:
        # (1 + t)^n: the binomial coefficients, whose relative error grows with log2 n squarings.
        n = 10**6
        expected = [float(math.comb(n, k)) for k in range(6)]
        np.testing.assert_allclose(jet(lambda x: x**n, 1.0, 5), expected, rtol=1e-13)

    @pytest.mark.parametrize(
        ("fun", "x0", "order"),
        [
            (lambda x: x**0.5, 0.0, 1),
            (lambda x: x**2.5, 0.0, 1),
            (np.sqrt, 0.0, 1),
            (np.cbrt, 0.0, 1),
            (np.arcsin, 1.0, 1),
        ],
    )
    def test_branch_points_have_no_polynomial(self, fun: Any, x0: float, order: int) -> None:
        with pytest.raises(
            ValueError, match=rf"no Taylor polynomial of degree 3 at x0={x0}: .* of order {order} is"
        ):
            jet(fun, x0, 3)
        assert jet(fun, x0, 0)[0] == fun(x0)

    @pytest.mark.parametrize(
        ("fun", "x0"),
        [
            (lambda x: 1 / x, 0.0),
            (np.log, 0.0),
            (lambda x: x**0.5, -1.0),
            (np.log, -1.0),
            (lambda x: x**-2, 0.0),
            (lambda x: np.sin(x) / x, 0.0),
            (np.exp, 800.0),
        ],
    )
    def test_points_outside_the_domain(self, fun: Any, x0: float) -> None:
        with pytest.raises(ValueError, match=rf"`fun` is not finite at x0={x0}: it is"):
            jet(fun, x0, 3)


class TestBranches:
    @pytest.mark.parametrize(
        "fun",
        [np.absolute, abs, np.fabs, np.sign, lambda x: np.maximum(x, 0), lambda x: np.minimum(-x, x), lambda x: np.fmax(x, 2 * x), lambda x: np.fmin(0.0, x)],
    )  # fmt: skip
    def test_a_kink_has_a_value_only(self, fun: Any) -> None:
        assert jet(fun, 0.0, 0).tolist() == [0.0]
        with pytest.raises(
            ValueError, match=r"no Taylor polynomial of degree 1 at x0=0.0: the coefficient of order 1"
        ):
            jet(fun, 0.0, 1)

    def test_either_side_is_smooth(self) -> None:
        x = np.array([-2.0, 3.0])
        assert jet(lambda x: np.maximum(x**2, 1 + x), x, 2).tolist() == [[4.0, 9.0], [-4.0, 6.0], [1.0, 1.0]]
        assert jet(lambda x: np.minimum(x**2, 1 + x), x, 2).tolist() == [[-1.0, 4.0], [1.0, 1.0], [0.0, 0.0]]
        assert jet(np.sign, x, 1).tolist() == [[-1.0, 1.0], [0.0, 0.0]]
        assert jet(abs, x, 1).tolist() == [[2.0, 3.0], [-1.0, 1.0]]

    def test_equal_series_are_no_kink(self) -> None:
        assert jet(lambda x: np.maximum(x * x, x**2), 1.0, 2).tolist() == [1.0, 2.0, 1.0]
        assert jet(lambda x: np.maximum(x, 2 * x - x), [1.0, 2.0], 1).tolist() == [[1.0, 2.0], [1.0, 1.0]]

    def test_where_takes_each_point_from_its_side(self) -> None:
        def fun(x: Any) -> Any:
            return np.where(x > 0, np.exp(x), 1.0)

        assert jet(fun, [-1.0, 0.0 + 1e-300], 1)[1].tolist() == [0.0, 1.0]
        assert jet(fun, 1.0, 1).tolist() == pytest.approx([math.e, math.e])
        assert jet(lambda x: np.where(True, x, 0), 1.0, 1).tolist() == [1.0, 1.0]
        assert jet(lambda x: x * np.where(x, 2.0, 3.0), 1.0, 1).tolist() == [2.0, 2.0]
        assert jet(lambda x: x * np.where(x > 0, 2.0, 3.0), -1.0, 1).tolist() == [-3.0, 3.0]

    def test_a_branch_that_is_not_taken_may_be_undefined(self) -> None:
        x = np.array([0.0, 2.0])
        found = jet(lambda x: np.where(x == 0, 1.0, np.sin(x) / x), x, 2)
        assert found[:, 0].tolist() == [1.0, 0.0, 0.0]  # the branch that was taken, whatever lies beside it
        assert found[0, 1] == pytest.approx(math.sin(2) / 2)

    def test_sums_and_means(self) -> None:
        w = np.array([1.0, 2.0, 3.0])
        expected = jet(lambda x: np.sin(x) + np.sin(2 * x) + np.sin(3 * x), 0.3, 5)
        np.testing.assert_allclose(jet(lambda x: np.sum(np.sin(w * x)), 0.3, 5), expected, rtol=1e-14)
        np.testing.assert_allclose(jet(lambda x: 3 * np.mean(np.sin(w * x)), 0.3, 5), expected, rtol=1e-14)

    @pytest.mark.parametrize("name", ["softplus", "psi"])
    def test_functions_with_another_name(self, name: str) -> None:
        same = {"softplus": lambda x: np.logaddexp(0.0, x), "psi": special.digamma}[name]
        if hasattr(special, name):
            np.testing.assert_allclose(jet(getattr(special, name), 0.7, 8), jet(same, 0.7, 8), rtol=1e-13)

    def test_xlogy_of_zero_is_zero(self) -> None:
        assert jet(lambda x: special.xlogy(0.0, x), 0.0, 2).tolist() == [0.0, 0.0, 0.0]
        assert jet(lambda x: special.xlog1py(0.0, x), -1.0, 2).tolist() == [0.0, 0.0, 0.0]
        assert jet(lambda x: special.xlogy(2.0, x), 1.0, 2).tolist() == [0.0, 2.0, -1.0]


# -- Identities --------------------------------------------------------------------------------------------------------

points = st.floats(-2, 2)
numbers = st.floats(-3, 3)
polynomials = st.lists(numbers, min_size=1, max_size=6)


def close(found: np.ndarray, expected: np.ndarray, size: float = 1.0) -> None:
    """Compare series whose coefficients are sums of numbers of some size."""
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * max(size, 1.0))


@given(points, polynomials, polynomials)
def test_product_rule(x0: float, p: list[float], q: list[float]) -> None:
    u, w = (jet(lambda x, c=c: np.exp(x) * sum(a * x**k for k, a in enumerate(c)), x0, 8) for c in (p, q))
    together = jet(
        lambda x: (
            np.exp(2 * x) * sum(a * x**k for k, a in enumerate(p)) * sum(a * x**k for k, a in enumerate(q))
        ),
        x0,
        8,
    )
    close(together, np.convolve(u, w)[:9], float(np.abs(u).max() * np.abs(w).max()))


@given(points, numbers, numbers)
def test_linearity(x0: float, a: float, b: float) -> None:
    found = jet(lambda x: a * np.sin(x) + np.exp(x) * b, x0, 12)
    close(found, a * jet(np.sin, x0, 12) + b * jet(np.exp, x0, 12), 10 * (abs(a) + abs(b)))


@given(st.floats(0.1, 10))
def test_exp_and_log_are_inverse(x0: float) -> None:
    found = jet(lambda x: np.exp(np.log(x)), x0, 10)
    # What cancels are coefficients of the size of those of the logarithm, x0^(1−k).
    np.testing.assert_allclose(found, [x0, 1.0, *[0.0] * 9], atol=1e-13 * max(x0, x0**-9))


@given(points)
def test_identities_of_pairs(x0: float) -> None:
    one = [1.0, *[0.0] * 10]
    close(jet(lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, x0, 10), np.array(one))
    close(jet(lambda x: np.cosh(x) ** 2 - np.sinh(x) ** 2, x0, 10), np.array(one), 20)
    close(jet(lambda x: special.expit(x) + special.expit(-x), x0, 10), np.array(one))
    close(jet(lambda x: special.erf(x) + special.erfc(x), x0, 10), np.array(one))
    close(jet(lambda x: np.tanh(x) - 2 * special.expit(2 * x), x0, 10), -np.array(one))


@given(st.floats(-1.2, 1.2))
def test_inverse_pairs(x0: float) -> None:
    identity = [x0, 1.0, *[0.0] * 7]
    size = (1.6 - abs(x0)) ** -9  # of the coefficients of the tangent, whose pole is at 1.57
    pairs = (
        (np.sin, np.arcsin),
        (np.tan, np.arctan),
        (np.sinh, np.arcsinh),
        (np.tanh, np.arctanh),
        (np.expm1, np.log1p),
    )
    for forth, back in pairs:
        close(jet(lambda x, f=forth, b=back: b(f(x)), x0, 8), np.array(identity), 10 * size)


@given(points, st.integers(0, 12), st.integers(0, 12))
def test_a_higher_degree_begins_with_the_lower_one(x0: float, n: int, more: int) -> None:
    def fun(x: Any) -> Any:
        return np.exp(np.sin(x)) / (3 + x) + np.sqrt(5 + x) * np.arctan(x) - special.erf(x) ** 3

    assert jet(fun, x0, n + more)[: n + 1].tolist() == jet(fun, x0, n).tolist()


@given(st.floats(0.2, 3), st.floats(-3, 3))
def test_powers_are_exponentials(x0: float, r: float) -> None:
    assume(abs(r) > 1e-3)
    found, expected = jet(lambda x: x**r, x0, 8), jet(lambda x: np.exp(r * np.log(x)), x0, 8)
    close(found, expected, float(np.max(np.abs(expected))))
