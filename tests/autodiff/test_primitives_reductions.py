"""Reductions: one table, one checker; then ties, zeros and numbers that are not there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff

RNG = np.random.default_rng(9)
V, W = RNG.normal(size=5), RNG.normal(size=3)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(2, 3))
C = RNG.permutation(np.linspace(-2, 2, 24)).reshape(2, 3, 4)
POSITIVE = np.abs(A) + 0.5
X = np.sort(RNG.normal(size=5))

# id, function, arguments.
CASES = [
    ("average", np.average, A),
    ("average along an axis", lambda a: np.average(a, axis=1), A),
    ("average with weights", lambda a, w: np.average(a, weights=w), A, POSITIVE),
    ("average with weights of rows", lambda a, w: np.average(a, axis=0, weights=w), A, np.abs(W) + 0.5),
    ("var with one degree less", lambda a: np.var(a, axis=1, ddof=1), A),
    ("var with a correction", lambda a: np.var(a, correction=1), A),
    ("std with one degree less", lambda a: a.std(axis=0, ddof=1), A),
    ("var about a mean", lambda a, m: np.var(a, axis=0, mean=m), A, A[:1]),
    ("cumsum", np.cumsum, V),
    ("cumsum flat", np.cumsum, A),
    ("cumsum along columns", lambda a: a.cumsum(axis=0), A),
    ("cumprod", np.cumprod, V),
    ("cumprod along rows", lambda a: a.cumprod(axis=-1), A),
    ("diff", np.diff, V),
    ("second diff along columns", lambda a: np.diff(a, n=2, axis=0), A),
    ("diff between ends", lambda a: np.diff(a, prepend=0.0, append=1.0), A),
    ("trapezoid", np.trapezoid, V),
    ("trapezoid over points", lambda y, x: np.trapezoid(y, x), V, X),
    ("trapezoid with a step", lambda a: np.trapezoid(a, dx=0.1, axis=0), A),
    ("median", np.median, V),
    ("median of an even number", lambda a: np.median(a, axis=1), A),
    ("median kept", lambda a: np.median(a, axis=(0, 2), keepdims=True), C),
    ("quantile", lambda a: np.quantile(a, 0.3), A),
    ("quantiles", lambda a: np.quantile(a, [0.1, 0.5, 1.0], axis=1), C),
    ("quantiles kept", lambda a: np.quantile(a, [0.1, 0.5], axis=(0, 1), keepdims=True), C),
    ("percentile", lambda a: np.percentile(a, 30, axis=0), A),
    ("nansum", lambda a: np.nansum(a, axis=0), A),
    ("nanmean", lambda a: np.nanmean(a, axis=0, keepdims=True), A),
    ("nanprod", lambda a: np.nanprod(a, axis=0), A),
    ("nanmax and nanmin", lambda a: (np.nanmax(a, axis=0), np.nanmin(a)), A),
    ("cov", np.cov, A),
    ("cov of one variable", np.cov, V),
    ("cov of columns", lambda a: np.cov(a, rowvar=False, bias=True), A),
    ("cov of two", lambda a, b: np.cov(a, b, ddof=0), V, V**2),
    ("corrcoef", np.corrcoef, A),
    ("corrcoef of two", lambda a, b: np.corrcoef(a, b), V, V**2),
    ("convolve", np.convolve, V, W),
    ("convolve, valid", lambda a, b: np.convolve(a, b, "valid"), V, W),
    ("convolve, same", lambda a, b: np.convolve(a, b, "same"), V, W),
    ("convolve, the shorter first", lambda a, b: np.convolve(a, b, "same"), B[0, :2], V),
    ("correlate", np.correlate, V, W),
    ("correlate, full", lambda a, b: np.correlate(a, b, "full"), V, W),
    ("correlate, same", lambda a, b: np.correlate(a, b, "same"), V, W),
    ("correlate, the shorter first", lambda a, b: np.correlate(a, b, "full"), W, V),
    ("correlate, same, the shorter first", lambda a, b: np.correlate(a, b, "same"), W, V),
    ("interp", lambda x, f: np.interp(x, [0.0, 1.0, 3.0], f), np.array([0.4, 0.7, 1.5, 2.5]), W),
    ("interp outside", lambda x, f: np.interp(x, [0.0, 1.0, 3.0], f, left=7.0), np.array([-1.0, 4.0]), W),
    ("interp between points that move", lambda p: np.interp(0.5, p, [1.0, 2.0, 0.0]), np.array([0.0, 1.0, 3.0])),
    ("polyval", np.polyval, W, V),
    ("vander", np.vander, V),
    ("vander, increasing", lambda a: np.vander(a, 3, increasing=True), V),
    ("add.reduce", lambda a: np.add.reduce(a), A),
    ("multiply.reduce", lambda a: np.multiply.reduce(a, axis=1), A),
    ("maximum.reduce", lambda a: np.maximum.reduce(a), A),
    ("minimum.reduce", lambda a: np.minimum.reduce(a, axis=None), A),
    ("logaddexp.reduce", lambda a: np.logaddexp.reduce(a), A),
    ("add.accumulate", lambda a: np.add.accumulate(a), A),
    ("multiply.accumulate", lambda a: np.multiply.accumulate(a, axis=1), A),
    ("logsumexp along axes", lambda a: autodiff.logsumexp(a, axis=(0, 2), keepdims=True), C),
    ("softmax of all", lambda a: autodiff.softmax(a, axis=None), A),
    ("sum of squares by methods", lambda a: (a * a).sum(axis=0).mean() + a.max() - a.min() + a.var(), A),
]  # fmt: skip
CASES.extend(
    (name, lambda a, name=name: getattr(np, name)(a, axis=1), A)
    for name in ("cumulative_sum", "cumulative_prod")
    if hasattr(np, name)
)
REDUCTIONS = {
    f.__name__: f
    for f in (np.sum, np.mean, np.prod, np.var, np.std, np.max, np.min, np.amax, np.amin, np.ptp)
}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_reductions(case: Any, check_derivatives: Callable[..., None]) -> None:
    _, fun, *args = case
    check_derivatives(fun, *args)


@pytest.mark.parametrize("keepdims", [False, True], ids=["dropped", "kept"])
@pytest.mark.parametrize("axis", [None, 0, 2, -1, (0, 2), (-2, -1), (1,), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("fun", REDUCTIONS.values(), ids=REDUCTIONS)
def test_axes(fun: Any, axis: Any, keepdims: bool, check_derivatives: Callable[..., None]) -> None:
    check_derivatives(lambda a: fun(a, axis=axis, keepdims=keepdims), C + 0.05)


@pytest.mark.parametrize("fun", REDUCTIONS.values(), ids=REDUCTIONS)
def test_of_a_vector(fun: Any, check_derivatives: Callable[..., None]) -> None:
    check_derivatives(fun, V)


class TestTies:
    def test_equal_extremes_share(self) -> None:
        assert autodiff.grad(np.max)([3.0, 1.0, 3.0]).tolist() == [0.5, 0.0, 0.5]
        assert autodiff.grad(np.min)([1.0, 1.0, 1.0, 2.0]) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
        assert autodiff.jvp(np.max, [3.0, 1.0, 3.0], [1.0, 5.0, 0.0])[1] == 0.5

    def test_along_an_axis(self) -> None:
        x = np.array([[1.0, 1.0], [0.0, 2.0]])
        assert autodiff.grad(lambda x: np.sum(np.max(x, axis=1)))(x).tolist() == [[0.5, 0.5], [0.0, 1.0]]

    def test_ptp_of_equal_numbers(self) -> None:
        assert autodiff.grad(np.ptp)([2.0, 2.0]).tolist() == [0.0, 0.0]


class TestZeros:
    @pytest.mark.parametrize(
        ("x", "expected"),
        [
            ([2.0, 0.0, 3.0], [0, 6, 0]),
            ([0.0, 0.0, 3.0], [0, 0, 0]),
            ([1.0, 2.0, 3.0], [6, 3, 2]),
            ([0.0], [1]),
        ],
        ids=["one zero", "two zeros", "none", "alone"],
    )
    def test_product(self, x: list[float], expected: list[float]) -> None:
        assert autodiff.grad(np.prod)(np.array(x)).tolist() == expected
        assert autodiff.jacobian(np.prod, mode="forward")(np.array(x)).tolist() == expected

    def test_second_derivatives_of_a_product_with_two_zeros(self) -> None:
        assert autodiff.hessian(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [
            [0, 3, 0],
            [3, 0, 0],
            [0, 0, 0],
        ]

    def test_running_product(self) -> None:
        J = autodiff.jacobian(np.cumprod)(np.array([2.0, 0.0, 3.0]))
        assert J.tolist() == [[1, 0, 0], [0, 2, 0], [0, 6, 0]]

    def test_spread_of_equal_numbers(self) -> None:
        assert autodiff.grad(np.std)(np.ones(3)).tolist() == [0.0, 0.0, 0.0]
        assert autodiff.grad(lambda x: np.sum(np.std(x, axis=0)))(np.ones((2, 3))).tolist() == [[0.0] * 3] * 2


class TestNumbersThatAreNotThere:
    def test_are_passed_over(self) -> None:
        x = np.array([1.0, np.nan, 3.0])
        assert autodiff.grad(np.nansum)(x).tolist() == [1.0, 0.0, 1.0]
        assert autodiff.grad(np.nanmean)(x).tolist() == [0.5, 0.0, 0.5]
        assert autodiff.grad(np.nanprod)(x).tolist() == [3.0, 0.0, 1.0]
        assert autodiff.grad(np.nanmax)(x).tolist() == [0.0, 0.0, 1.0]
        assert autodiff.grad(np.nanmin)(x).tolist() == [1.0, 0.0, 0.0]

    def test_show_elsewhere(self) -> None:
        x = np.array([1.0, np.nan, 3.0])
        for fun in (np.sum, np.max, np.median, np.mean):
            assert math.isnan(autodiff.value_and_grad(fun)(x)[0])

    def test_no_elements(self) -> None:
        assert autodiff.value_and_grad(np.sum)(np.zeros(0))[0] == 0.0
        assert autodiff.value_and_grad(np.prod)(np.zeros(0))[0] == 1.0
        assert autodiff.value_and_grad(lambda x: np.sum(np.cumprod(x)))(np.zeros(0))[1].shape == (0,)


class TestExponentials:
    def test_no_overflow(self) -> None:
        x = np.array([1000.0, 1000.0, 0.0])
        assert autodiff.logsumexp(x) == pytest.approx(1000 + math.log(2), rel=1e-15)
        assert autodiff.grad(autodiff.logsumexp)(x).tolist() == [0.5, 0.5, 0.0]
        assert autodiff.logsumexp([-np.inf, 0.0]) == 0.0
        assert autodiff.softmax([1000, 1000]).tolist() == [0.5, 0.5]

    def test_hessian_is_that_of_the_softmax(self) -> None:
        p = autodiff.softmax(V)
        np.testing.assert_allclose(
            autodiff.hessian(autodiff.logsumexp)(V), np.diag(p) - np.outer(p, p), atol=1e-15
        )

    def test_of_an_object_array(self) -> None:
        expected = autodiff.softmax(V[:2])
        for fun in (
            lambda x: autodiff.logsumexp(np.array([x[0], x[1]])),
            lambda x: autodiff.logsumexp([x[0], x[1]]),
        ):
            np.testing.assert_allclose(autodiff.grad(fun)(V[:2]), expected, rtol=1e-15)

    def test_single_precision_stays(self) -> None:
        assert autodiff.softmax(V.astype(np.float32)).dtype == np.float32
        assert autodiff.logsumexp(V.astype(np.float32)).dtype == np.float32


def test_slope_of_interp_at_a_point_is_that_to_its_right() -> None:
    assert autodiff.derivative(lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 5.0]))(1.0) == 4.0
    assert autodiff.derivative(lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 5.0]))(
        np.array([-1.0, 3.0])
    ).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sum_in_another_precision(dtype: Any) -> None:
    y, pullback = autodiff.vjp(lambda x: np.sum(x, dtype=dtype), V)
    assert np.result_type(y) == dtype
    assert pullback(np.ones((), dtype)).tolist() == [1.0] * 5
