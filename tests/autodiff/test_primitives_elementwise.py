"""Elementwise primitives: one table, one checker; then the points where a formula is easy to get wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from calcguide import autodiff
from calcguide.autodiff._tracer import CONSTANT, UFUNCS

EPS = np.finfo(float).eps
RNG = np.random.default_rng(3)
#: Two shapes with m ≠ n, for functions of one array.
SHAPES = {"vector": (5,), "matrix": (2, 3), "number": ()}
#: Shapes that broadcast, for functions of two.
PAIRS = {
    "same": ((2, 3), (2, 3)),
    "row": ((2, 3), (3,)),
    "outer": ((4, 1), (3,)),
    "numbers": ((), ()),
    "column": ((2, 1), (2, 3)),
}

# Ufuncs of one operand, by the interval of their argument and whether NumPy has them for complex numbers too.
NAMED = {
    (-2, 2, True): [
        np.negative, np.positive, np.square, np.exp, np.exp2, np.expm1, np.sin, np.cos, np.arctan, np.sinh, np.cosh,
        np.arcsinh,
    ],
    (0.5, 2, True): [np.reciprocal, np.sqrt, np.log, np.log2, np.log10],
    (-0.5, 2, True): [np.log1p],
    (-1, 1, True): [np.tan],
    (-0.8, 0.8, True): [np.arcsin, np.arccos, np.arctanh],
    (0.2, 2, True): [np.tanh],
    (1.5, 3, True): [np.arccosh],
    (-2, 2, False): [np.conjugate, np.radians, np.deg2rad],
    (0.5, 2, False): [np.cbrt, np.absolute],
    (-2, -0.5, False): [np.fabs],
    (-0.02, 0.02, False): [np.degrees, np.rad2deg],
}  # fmt: skip
# name, function, interval of the argument, whether NumPy has it for complex numbers too.
ONE = [
    *((ufunc.__name__, ufunc, *how) for how, ufuncs in NAMED.items() for ufunc in ufuncs),
    ("real", np.real, -2, 2, False),
    ("absolute of negatives", np.absolute, -2, -0.5, False),
    ("sinc", np.sinc, 0.3, 2.3, False),
    ("sinc near 0", np.sinc, -0.2, 0.2, False),
    ("modf", np.modf, 1.2, 1.8, False),
    ("frexp", np.frexp, 1.2, 1.8, False),
    ("ldexp", lambda x: np.ldexp(x, 3), 1.2, 1.8, False),
    ("nan_to_num", np.nan_to_num, 1, 2, False),
    ("a power of two", lambda x: x**2, -2, 2, True),
    ("a power of three", lambda x: x**3, -2, 2, True),
    ("a negative power", lambda x: x**-2, 0.5, 2, True),
    ("a broken power", lambda x: x**1.5, 0.5, 2, True),
    ("a power of a number", lambda x: 2**x, -2, 2, True),
    ("remainder of a number", lambda x: np.remainder(x, 0.7), 0.8, 1.3, False),
    ("remainder by an array", lambda x: 7 % x, 2.5, 3.4, False),
    ("fmod", lambda x: np.fmod(x, 0.7), 0.8, 1.3, False),
    ("divmod", lambda x: np.divmod(x, 0.7)[1], 0.8, 1.3, False),
    ("floor, ceil, rint, trunc, sign and heaviside", lambda x: x * (
        np.floor(x) + np.ceil(x) + np.rint(x) + np.trunc(x) + np.sign(x) + np.heaviside(x, 0.5)
    ), 1.6, 1.9, False),
    ("copysign", lambda x: np.copysign(x, -1.0), 0.5, 2, False),
    ("nextafter", lambda x: np.nextafter(x, 9), 0.5, 2, False),
    ("round", lambda x: x + np.round(x), 1.6, 1.9, False),
]  # fmt: skip
# name, function, intervals of both arguments, whether NumPy has it for complex numbers too.
TWO = [
    ("add", np.add, (-2, 2), (-2, 2), True),
    ("subtract", np.subtract, (-2, 2), (-2, 2), True),
    ("multiply", np.multiply, (-2, 2), (-2, 2), True),
    ("divide", np.divide, (-2, 2), (0.5, 2), True),
    ("power", np.power, (0.5, 2), (-2, 2), True),
    ("float_power", np.float_power, (0.5, 2), (-2, 2), True),
    ("remainder", np.remainder, (1.1, 1.3), (0.75, 0.8), False),
    ("fmod", np.fmod, (1.1, 1.3), (0.75, 0.8), False),
    ("logaddexp", np.logaddexp, (-2, 2), (-2, 2), False),
    ("logaddexp2", np.logaddexp2, (-2, 2), (-2, 2), False),
    ("hypot", np.hypot, (0.5, 2), (-2, -0.5), False),
    ("arctan2", np.arctan2, (0.5, 2), (-2, -0.5), False),
    ("maximum", np.maximum, (-2, 2.6), (-0.32, -0.3), False),
    ("minimum", np.minimum, (-2, 2.6), (-0.32, -0.3), False),
    ("fmax", np.fmax, (-2, 2.6), (-0.32, -0.3), False),
    ("fmin", np.fmin, (-2, 2.6), (-0.32, -0.3), False),
    ("where", lambda a, b: np.where(a > 0.1, a * b, b), (-2, 2.6), (-2, 2), False),
    ("clip", lambda a, b: np.clip(a, 0.3 * b, 0.6 + b), (0, 1), (0.1, 0.2), False),
    ("operators", lambda a, b: (a + b - 1) * (2 - a) / (3 / b) - (-b) ** 2 + abs(a), (0.5, 2), (0.5, 2), False),
]  # fmt: skip
# name, function, intervals of the arguments: scipy.special.
SPECIAL = [
    ("expit", special.expit, (-3, 3)),
    ("logit", special.logit, (0.1, 0.9)),
    ("log_expit", special.log_expit, (-3, 3)),
    ("erf", special.erf, (-2, 2)),
    ("erfc", special.erfc, (-2, 2)),
    ("erfcx", special.erfcx, (-1, 2)),
    ("erfi", special.erfi, (-1, 1)),
    ("dawsn", special.dawsn, (-2, 2)),
    ("erfinv", special.erfinv, (-0.8, 0.8)),
    ("erfcinv", special.erfcinv, (0.2, 1.8)),
    ("ndtr", special.ndtr, (-2, 2)),
    ("ndtri", special.ndtri, (0.1, 0.9)),
    ("log_ndtr", special.log_ndtr, (-3, 2)),
    ("gamma", special.gamma, (0.7, 3)),
    ("rgamma", special.rgamma, (0.7, 3)),
    ("gammaln", special.gammaln, (0.7, 3)),
    ("loggamma", special.loggamma, (0.7, 3)),
    ("digamma", special.digamma, (0.7, 3)),
    ("psi", special.psi, (0.7, 3)),
    ("beta", special.beta, (0.7, 3), (0.7, 3)),
    ("betaln", special.betaln, (0.7, 3), (0.7, 3)),
    ("gammainc", lambda x: special.gammainc(2.5, x), (0.7, 3)),
    ("gammaincc", lambda x: special.gammaincc(2.5, x), (0.7, 3)),
    ("betainc", lambda x: special.betainc(2.5, 1.5, x), (0.2, 0.8)),
    ("xlogy", special.xlogy, (-2, 2), (0.5, 2)),
    ("xlog1py", special.xlog1py, (-2, 2), (-0.5, 2)),
    ("entr", special.entr, (0.2, 2)),
    ("rel_entr", special.rel_entr, (0.2, 2), (0.2, 2)),
    ("kl_div", special.kl_div, (0.2, 2), (0.2, 2)),
    ("huber", special.huber, (1, 1.1), (-2, 2)),
    ("pseudo_huber", special.pseudo_huber, (0.5, 1.5), (-2, 2)),
    ("expm1", special.expm1, (-2, 2)),
    ("log1p", special.log1p, (-0.5, 2)),
    ("exp2", special.exp2, (-2, 2)),
    ("exp10", special.exp10, (-1, 1)),
    ("cbrt", special.cbrt, (0.5, 2)),
    ("cosm1", special.cosm1, (-2, 2)),
    ("sindg", special.sindg, (-90, 90)),
    ("cosdg", special.cosdg, (-90, 90)),
    ("expi", special.expi, (0.5, 2)),
    ("exp1", special.exp1, (0.5, 2)),
    ("j0", special.j0, (-4, 4)),
    ("j1", special.j1, (-4, 4)),
    ("jv", lambda x: special.jv(1.5, x), (0.5, 4)),
    ("y0", special.y0, (0.7, 4)),
    ("y1", special.y1, (0.7, 4)),
    ("yv", lambda x: special.yv(1.5, x), (0.7, 4)),
    ("i0", special.i0, (-2, 2)),
    ("i1", special.i1, (-2, 2)),
    ("iv", lambda x: special.iv(1.5, x), (0.5, 2)),
    ("k0", special.k0, (0.7, 4)),
    ("k1", special.k1, (0.7, 4)),
    ("kv", lambda x: special.kv(1.5, x), (0.7, 4)),
    ("i0e", special.i0e, (0.5, 2)),
    ("i1e", special.i1e, (-2, -0.5)),
    ("ive", lambda x: special.ive(1.5, x), (0.5, 2)),
    ("softmax", autodiff.softmax, (-2, 2)),
    ("logsumexp", autodiff.logsumexp, (-2, 2)),
]  # fmt: skip


def numbers(low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
    return (
        np.random.default_rng(11)
        .permutation(np.linspace(low, high, math.prod(shape) + 2)[1:-1])
        .reshape(shape)
    )


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    ("fun", "low", "high", "analytic"), [case[1:] for case in ONE], ids=[case[0] for case in ONE]
)
def test_one_operand(
    fun: Any,
    low: float,
    high: float,
    analytic: bool,
    shape: tuple[int, ...],
    check_derivatives: Callable[..., None],
) -> None:
    check_derivatives(fun, numbers(low, high, shape), analytic=analytic)


@pytest.mark.parametrize("shapes", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize(
    ("fun", "first", "second", "analytic"), [c[1:] for c in TWO], ids=[c[0] for c in TWO]
)
def test_two_operands(
    fun: Any, first: Any, second: Any, analytic: bool, shapes: Any, check_derivatives: Callable[..., None]
) -> None:
    args = numbers(*first, shapes[0]), numbers(*second, shapes[1])
    check_derivatives(fun, *args, analytic=analytic, single=fun is not np.float_power)


@pytest.mark.parametrize("shapes", [((2, 3), (3,)), ((4,), (4, 1))], ids=str)
@pytest.mark.parametrize("case", SPECIAL, ids=[case[0] for case in SPECIAL])
def test_scipy_special(case: Any, shapes: Any, check_derivatives: Callable[..., None]) -> None:
    _, fun, *intervals = case
    args = (numbers(*interval, shape) for interval, shape in zip(intervals, shapes, strict=False))
    check_derivatives(fun, *args)


def test_every_ufunc_of_numpy_for_real_numbers_has_a_rule() -> None:
    bits = {"bitwise_and", "bitwise_count", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or",
            "bitwise_right_shift", "bitwise_xor", "gcd", "lcm", "invert", "left_shift", "right_shift"}  # fmt: skip
    ufuncs = {name: f for name, f in vars(np).items() if isinstance(f, np.ufunc)}
    assert {name for name, f in ufuncs.items() if f not in UFUNCS and f not in CONSTANT} <= bits


@pytest.mark.parametrize(
    "ufunc", sorted((f for f in CONSTANT if isinstance(f, np.ufunc)), key=lambda f: f.__name__)
)
def test_constants_give_plain_arrays(ufunc: np.ufunc) -> None:
    x = np.array([0.3, 1.7])
    args = (2 * x,) * (ufunc.nin - 1)

    def fun(x: Any) -> Any:
        y = ufunc(x, *args)
        assert isinstance(y, np.ndarray)
        np.testing.assert_array_equal(y, ufunc(np.array([0.3, 1.7]), *args))
        return np.sum(x)

    if ufunc is not np.isnat:
        assert autodiff.grad(fun)(x).tolist() == [1.0, 1.0]


class TestAccuracy:
    """Closed forms without cancellation, computed in another way, at 1e-12 relative."""

    @pytest.mark.parametrize(
        ("fun", "exact", "x"),
        [
            (np.tanh, lambda x: 1 / np.cosh(x) ** 2, [-15.0, -1.0, 1e-3, 1.0, 15.0, 300.0]),
            (np.log1p, lambda x: 1 / (1 + x), [-1 + 2**-30, 1e-18, 1e-3, 1e15]),
            (np.expm1, np.exp, [-700.0, -30.0, 1e-18, 1.0, 700.0]),
            (np.exp, np.exp, [-700.0, -30.0, 1e-18, 1.0, 700.0]),
            (np.arctanh, lambda x: 1 / -np.expm1(2 * np.log(np.abs(x))), [0.5, 1 - 2**-40]),
            (special.expit, lambda x: 1 / (2 * np.cosh(x / 2)) ** 2, [-40.0, 0.5, 40.0, 700.0]),
            (special.log_expit, lambda x: np.exp(-x) / (1 + np.exp(-x)), [-30.0, 0.5, 40.0, 700.0]),
            (special.erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x), [0.0, 5.0, 20.0]),
            (special.log_ndtr, lambda x: np.exp(-x * x / 2 - special.log_ndtr(x)) / math.sqrt(2 * math.pi), [-10.0, 0.3, 20.0]),
            (lambda x: np.logaddexp(x, 0), lambda x: np.exp(x) / (1 + np.exp(x)), [-40.0, 0.3, 40.0]),
            (lambda x: np.logaddexp(0, -x), lambda x: -np.exp(-x) / (1 + np.exp(-x)), [40.0, 300.0]),
            (np.sinc, lambda x: (np.cos(np.pi * x) - np.sinc(x)) / x, [1.5, 20.2]),
            (np.sinc, lambda x: -(np.pi**2) * x / 3, [1e-9, -1e-12]),
        ],
    )  # fmt: skip
    def test_full_relative_accuracy(self, fun: Any, exact: Any, x: list[float]) -> None:
        points = np.array(x)
        np.testing.assert_allclose(autodiff.derivative(fun)(points), exact(points), rtol=1e-12)
        np.testing.assert_allclose(autodiff.grad(lambda x: np.sum(fun(x)))(points), exact(points), rtol=1e-12)

    def test_no_overflow_far_out(self) -> None:
        assert autodiff.grad(lambda x: np.logaddexp(x, 0.0))(2000.0) == 1.0
        assert autodiff.grad(lambda x: np.logaddexp(x, 0.0))(-2000.0) == 0.0
        assert autodiff.derivative(np.tanh)(-2000.0) == 0.0
        assert autodiff.derivative(lambda x: np.arctan2(x, 1e200))(1e200) == pytest.approx(5e-201)
        assert autodiff.derivative(lambda x: np.hypot(x, 3e200))(4e200) == pytest.approx(0.8)

    @pytest.mark.parametrize("n", range(9))
    def test_derivatives_of_sinc_at_zero(self, n: int) -> None:
        # sin πx / πx = 1 − (πx)²/3! + (πx)⁴/5! − …
        exact = 0.0 if n % 2 else (-1) ** (n // 2) * np.pi**n / (n + 1)
        assert autodiff.derivative(np.sinc, n=n)(0.0) == pytest.approx(exact, rel=1e-13, abs=1e-13)

    @pytest.mark.parametrize("n", [1, 2, 3, 4])
    def test_sinc_is_smooth_where_its_two_formulas_meet(self, n: int) -> None:
        x = (n + 1) / np.pi
        below, above = (autodiff.derivative(np.sinc, n=n)(x * (1 + side)) for side in (-1e-13, 1e-13))
        assert abs(below - above) <= 1e-11 * np.pi**n

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_polygamma_is_the_derivative_of_digamma(self, n: int) -> None:
        x = np.array([0.5, 2.0, 30.0])
        np.testing.assert_allclose(
            autodiff.derivative(special.digamma, n=n)(x), special.polygamma(n, x), rtol=1e-14
        )


class TestPowers:
    @pytest.mark.parametrize(
        ("n", "slope", "curvature"),
        [(0, 0, 0), (1, 1, 0), (2, 0, 2), (3, 0, 0), (0.0, 0, 0), (1.0, 1, 0), (2.0, 0, 2)],
    )
    def test_at_zero(self, n: float, slope: float, curvature: float) -> None:
        for exponent in (n, np.float64(n), np.array([n])):

            def power(x: Any, n: Any = exponent) -> Any:
                return np.sum(x**n)

            assert autodiff.grad(power)(0.0) == slope
            assert autodiff.derivative(power)(0.0) == slope
            assert autodiff.grad(autodiff.grad(power))(0.0) == curvature
            assert autodiff.derivative(power, n=2)(0.0) == curvature

    def test_zero_to_the_zero_is_constant_in_the_base(self) -> None:
        assert autodiff.value_and_grad(lambda x: x**0)(0.0) == (1.0, 0.0)

    def test_negative_base_with_integer_exponents(self) -> None:
        x, n = np.array([-2.0, -2.0, -2.0]), np.array([2, 3, -1])
        assert autodiff.grad(lambda x: np.sum(x**n))(x).tolist() == [-4.0, 12.0, -0.25]
        assert autodiff.grad(lambda x: np.sum(x ** n.astype(float)))(x).tolist() == [-4.0, 12.0, -0.25]
        assert autodiff.hessian(lambda x: np.sum(x**n))(x).diagonal().tolist() == [2.0, -12.0, -0.25]

    def test_exponent_beside_a_base_that_is_not_positive(self) -> None:
        assert autodiff.grad(lambda n: np.array([0.0, 1.0])[0] ** n)(2.0) == 0.0
        assert autodiff.grad(lambda n: 0**n)(2.0) == 0.0
        assert math.isnan(autodiff.grad(lambda p: p[0] ** p[1])([-2.0, 2.0])[1])
        assert autodiff.grad(lambda p: p[0] ** p[1])([-2.0, 2.0])[0] == -4.0
        assert autodiff.grad(lambda p: p[0] ** p[1])([0.0, 2.0]).tolist() == [0.0, 0.0]

    def test_base_given_as_a_plain_number(self) -> None:
        assert autodiff.grad(lambda n: 2**n)(3.0) == pytest.approx(8 * math.log(2), rel=2 * EPS)
        assert autodiff.grad(lambda n: np.power(2, n))(np.float32(3)).dtype == np.float32


class TestTypeAskedFor:
    def test_operands_are_converted_first(self) -> None:
        x = np.array([0.3, 2.1])
        slope = autodiff.derivative(lambda x: np.exp(x, dtype=np.float32))(x)
        assert slope.tolist() == np.exp(x.astype(np.float32)).tolist()
        assert autodiff.grad(lambda x: np.sum(np.multiply(x, 3, dtype=np.float32)))(x).dtype == np.float64

    def test_one_that_cannot_carry_a_derivative_is_refused(self) -> None:
        with pytest.raises(TypeError, match="cannot become int64"):
            autodiff.grad(lambda x: np.add(x, 1, dtype=np.int64))(1.0)


class TestKinks:
    def test_abs_at_zero(self) -> None:
        assert autodiff.grad(abs)(0.0) == 0.0
        assert autodiff.derivative(np.abs)(np.array([-1.0, 0.0, 2.0])).tolist() == [-1.0, 0.0, 1.0]

    @pytest.mark.parametrize("fun", [np.maximum, np.minimum, np.fmax, np.fmin])
    def test_ties_are_shared(self, fun: Any) -> None:
        assert autodiff.grad(lambda p: fun(p[0], p[1]))([1.0, 1.0]).tolist() == [0.5, 0.5]

    @pytest.mark.parametrize(("fun", "expected"), [(np.maximum, [0.0, 1.0]), (np.minimum, [1.0, 0.0])])
    def test_the_larger_takes_all(self, fun: Any, expected: list[float]) -> None:
        assert autodiff.grad(lambda p: fun(p[0], p[1]))([1.0, 2.0]).tolist() == expected

    def test_a_missing_number_gives_way(self) -> None:
        assert autodiff.grad(lambda x: np.fmax(x, np.nan))(1.0) == 1.0
        assert autodiff.grad(lambda x: np.fmin(np.nan, x))(1.0) == 1.0
        assert autodiff.grad(lambda x: np.sum(np.fmax(x, 3.0)))(np.array([np.nan, 4.0])).tolist() == [
            0.0,
            1.0,
        ]

    def test_relu(self) -> None:
        assert autodiff.derivative(lambda x: np.maximum(x, 0))(np.array([-1.0, 0.0, 2.0])).tolist() == [
            0.0,
            0.5,
            1.0,
        ]

    def test_hypot_at_the_origin(self) -> None:
        assert autodiff.grad(lambda p: np.hypot(p[0], p[1]))([0.0, 0.0]).tolist() == [0.0, 0.0]

    def test_clip_is_flat_from_its_bounds_on(self) -> None:
        x = np.array([-2.0, -1.0, 0.5, 1.0, 2.0])
        assert autodiff.derivative(lambda x: np.clip(x, -1, 1))(x).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
        assert autodiff.derivative(lambda x: x.clip(max=1))(x).tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
        assert math.isnan(autodiff.value_and_grad(lambda x: np.sum(np.clip(x, -1, 1)))(np.array([np.nan]))[0])

    def test_outcomes_that_do_not_happen(self) -> None:
        assert autodiff.grad(lambda p: special.xlogy(0.0, p))(0.0) == 0.0
        assert autodiff.grad(lambda p: special.rel_entr(0.0, p))(0.0) == 0.0
        assert autodiff.grad(lambda p: special.kl_div(0.0, p))(0.0) == 1.0
        cross = autodiff.hessian(lambda p: special.xlogy(p[0], p[1]))([0.0, 2.0])
        assert cross.tolist() == [[0.0, 0.5], [0.5, 0.0]]


class TestObjectArrays:
    """`np.array` of traced numbers is an object array; what is done to it counts."""

    def test_elementwise_functions(self) -> None:
        for ufunc in (np.sin, np.exp, np.sqrt, np.log1p, np.tanh, np.square, np.abs, np.negative, np.degrees):
            found = autodiff.grad(lambda x, f=ufunc: np.sum(f(np.array([x[0], x[1]]))))(np.array([0.5, 0.7]))
            expected = autodiff.grad(lambda x, f=ufunc: np.sum(f(x)))(np.array([0.5, 0.7]))
            np.testing.assert_array_equal(found, expected)
        assert autodiff.grad(lambda x: np.sum(x * np.floor(np.array([x[0], x[1]]))))([1.5, 2.5]).tolist() == [
            1.0,
            2.0,
        ]
        assert autodiff.grad(lambda x: np.sum(np.hypot(np.array([x[0]]), np.array([x[1]]))))(
            [3.0, 4.0]
        ).tolist() == [0.6, 0.8]

    @pytest.mark.parametrize(
        "fun",
        [
            lambda x: np.sum(x * np.array([x[0], x[1]])),
            lambda x: np.sum(np.array([x[0], x[1]]) * x),
            lambda x: np.sum(x * [x[0], x[1]]),
            lambda x: np.sum([x[0], x[1]] * x),
            lambda x: x @ np.array([x[0], x[1]]),
            lambda x: np.dot([x[0], x[1]], x),
            lambda x: np.sum(np.concatenate([x, np.array([x[0] + x[1]])])[:2] ** 2),
            lambda x: np.sum(np.where([True, True], np.array([x[0], x[1]]), x) ** 2),
            lambda x: np.einsum("i,i", x, np.array([x[0], x[1]])),
            lambda x: np.sum(np.asarray(x) ** 2),
            lambda x: np.sum(np.array([x, x]) ** 2) / 2,
            lambda x: np.linalg.norm(np.array([x[0], x[1]])) ** 2,
            lambda x: np.max(np.array([x[0] * 0, x @ x])),
        ],
        ids=["left", "right", "list", "list first", "matmul", "dot", "concatenate", "where", "einsum", "asarray", "vectors", "norm", "max"],
    )  # fmt: skip
    def test_beside_traced_arrays(self, fun: Any) -> None:
        x = np.array([1.0, 2.0])
        assert autodiff.grad(fun)(x).tolist() == [2.0, 4.0]
        assert autodiff.hessian(fun)(x).tolist() == [[2.0, 0.0], [0.0, 2.0]]
        assert autodiff.jvp(fun, x, np.array([1.0, 0.0]))[1] == 2.0
        assert autodiff.grad(autodiff.grad(lambda t: fun(t * x)))(1.0) == 10.0
