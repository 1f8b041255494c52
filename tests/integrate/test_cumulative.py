"""Running integrals: alignment, exactness, order at every entry, uneven spacing, shapes, arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.integrate import cumulative_simpson, cumulative_trapezoid

from calcguide.integrate import cumulative, cumulative_integral
from calcguide.integrate._cumulative import BLOCK

EPS = np.finfo(float).eps
# name, function, antiderivative
SMOOTH = [
    ("exp", np.exp, np.exp),
    ("cos", lambda x: np.cos(3 * x), lambda x: np.sin(3 * x) / 3),
    ("bell of Agnesi", lambda x: 1 / (1 + x**2), np.arctan),
]
NAMES = [row[0] for row in SMOOTH]


def uneven(n: int) -> np.ndarray:
    """Return n points on [-1, 2], the cells at one end six times as wide as those at the other."""
    t = np.linspace(0, 1, n)
    return -1 + 3 * (t + 2.5 * t**2) / 3.5


def slopes(errors: list[np.ndarray]) -> np.ndarray:
    """Return the orders that errors show as the number of cells doubles."""
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


class TestAlignment:
    def test_starts_at_zero_and_ends_with_the_whole(self) -> None:
        # The running integral of 2x from -10 is x² - 100: 100 below x², and no cell off.
        x = np.linspace(-10, 10, 201)
        running = cumulative(2 * x, x)
        assert running[0] == 0
        assert running.shape == x.shape
        np.testing.assert_allclose(running, x**2 - 100, atol=1e-12)

    def test_the_offset_of_the_course(self) -> None:
        # f = 3x² - 4x on [-10, 10]: F = x³ - 2x² has F(-10) = -1200, so the running integral lies 1200 above it.
        x = np.linspace(-10, 10, 41)
        running = cumulative(3 * x**2 - 4 * x, x, order=4)
        np.testing.assert_allclose(running - (x**3 - 2 * x**2), 1200, rtol=1e-14)
        assert running[-1] == pytest.approx(2000, rel=1e-14)

    @pytest.mark.parametrize("order", [2, 4])
    def test_right_to_left_changes_the_sign(self, order: int) -> None:
        x = uneven(9)
        forth = cumulative(np.exp(x), x, order=order)
        back = cumulative(np.exp(x[::-1]), x[::-1], order=order)
        np.testing.assert_allclose(back, (forth - forth[-1])[::-1], rtol=1e-13, atol=1e-14)
        even = cumulative([1, 2, 4, 8, 16], dx=-0.5, order=order)
        np.testing.assert_array_equal(even, -cumulative([1, 2, 4, 8, 16], dx=0.5, order=order))


class TestExactness:
    @pytest.mark.parametrize("n", [4, 5, 6, 7, 50])
    @pytest.mark.parametrize("degree", range(4))
    @pytest.mark.parametrize("spacing", ["dx", "x", "uneven"])
    def test_cubics(self, n: int, degree: int, spacing: str) -> None:
        x = uneven(n) if spacing == "uneven" else np.linspace(-1, 2, n)
        exact = (x ** (degree + 1) - x[0] ** (degree + 1)) / (degree + 1)
        where: Any = [] if spacing == "dx" else [x]
        found = cumulative(x**degree, *where, order=4, dx=1.0 if where else 3 / (n - 1))
        # Values up to 8, over a length of 3, with weights whose sizes add up to less than 20.
        np.testing.assert_allclose(found, exact, rtol=0, atol=8 * 3 * 20 * EPS)

    def test_quartics_are_not_exact(self) -> None:
        x = np.linspace(0, 1, 9)
        assert np.all(np.abs(cumulative(x**4, x, order=4) - x**5 / 5)[1:] > 1e-7)

    def test_the_weights_of_an_even_grid(self) -> None:
        # The cubic through four samples, integrated by hand: 9, 19, -5, 1 and -1, 13, 13, -1 over 24.
        found = np.diff(cumulative(np.eye(5), order=4), axis=1) * 24
        expected = [[9, -1, 0, 0], [19, 13, -1, 1], [-5, 13, 13, -5], [1, -1, 13, 19], [0, 0, -1, 9]]
        np.testing.assert_allclose(found, expected, atol=200 * EPS)

    @given(
        widths=hnp.arrays(float, st.integers(3, 12), elements=st.floats(0.1, 1)),
        coefficients=hnp.arrays(float, 4, elements=st.integers(-10, 10)),
        start=st.floats(-3, 3),
    )
    def test_cubics_on_any_grid(self, widths: np.ndarray, coefficients: np.ndarray, start: float) -> None:
        x = start + np.concatenate([[0], np.cumsum(widths)])
        p = np.polynomial.Polynomial(coefficients)
        scale = np.max(np.abs(coefficients)) * max(1, np.abs(x).max()) ** 4
        # A cell may be ten times as wide as the next: rounding is multiplied by up to 10² in the first and the last.
        np.testing.assert_allclose(
            cumulative(p(x), x, order=4), p.integ()(x) - p.integ()(x[0]), rtol=0, atol=1e4 * EPS * scale
        )


class TestOrder:
    @pytest.mark.parametrize(("fun", "F"), [row[1:] for row in SMOOTH], ids=NAMES)
    @pytest.mark.parametrize("order", [2, 4])
    @pytest.mark.parametrize("grid", ["even", "uneven"])
    def test_every_entry(self, fun: Any, F: Any, order: int, grid: str) -> None:
        common, odd, even = [], [], []
        for refine in (8, 16, 32):
            n = 32 * refine + 1
            x = uneven(n) if grid == "uneven" else np.linspace(-1, 2, n)
            wrong = np.abs(cumulative(fun(x), x, order=order) - (F(x) - F(x[0])))
            common.append(wrong[::refine][1:])
            odd.append(wrong[1::2].max(keepdims=True))
            even.append(wrong[2::2].max(keepdims=True))
        # Where the error changes its sign along x it shows any slope: leave out what is near zero.
        clear = common[-1] > 0.2 * common[-1].max()
        assert np.all(np.abs(slopes(common)[-1, clear] - order) < 0.25)
        for errors in (odd, even):
            assert slopes(errors)[-1] == pytest.approx(order, abs=0.1)

    @pytest.mark.parametrize("grid", ["even", "uneven"])
    @pytest.mark.parametrize("k", [1, 2, -1, -2])
    def test_the_ends(self, grid: str, k: int) -> None:
        # The first entry is one cell, of error O(h⁵); the last carries all of them, O(h⁴).
        errors = []
        for n in (33, 65, 129, 257):
            x = uneven(n) if grid == "uneven" else np.linspace(-1, 2, n)
            errors.append(np.abs(cumulative(np.exp(x), x, order=4) - (np.exp(x) - np.exp(x[0])))[[k]])
        # The series of the error has all powers of h from there on; the finest grids are closest to its first term.
        assert slopes(errors)[-1] == pytest.approx(5 if k > 0 else 4, abs=0.2)

    def test_a_random_grid(self) -> None:
        rng = np.random.default_rng(0)
        errors = []
        for n in (50, 100, 200, 400):
            # Cells that differ by a factor of up to four, in no order.
            x = np.cumsum(np.append(0, rng.uniform(0.25, 1, n)))
            x *= 3 / x[-1]
            errors.append(np.abs(cumulative(np.cos(x), x, order=4) - np.sin(x)).max(keepdims=True))
        assert np.mean(slopes(errors)) == pytest.approx(4, abs=0.4)

    def test_the_leading_error_of_the_trapezoids(self) -> None:
        x = np.linspace(0, 1, 101)
        wrong = cumulative(np.exp(x), x) - (np.exp(x) - 1)
        np.testing.assert_allclose(wrong, 0.01**2 / 12 * (np.exp(x) - 1), rtol=1e-4)  # next: h² / 60 of it


class TestAgreement:
    @pytest.mark.parametrize("n", [2, 63, 64, 65, 66, 67, 1000, BLOCK, BLOCK + 1, BLOCK + 2, 2 * BLOCK + 3])
    def test_trapezoids_with_scipy(self, n: int) -> None:
        rng = np.random.default_rng(n)
        y, x = rng.normal(size=n), np.cumsum(rng.uniform(0.5, 1.5, n))
        # Sums of n numbers of size 1, rounded in different ways.
        tolerance: Any = {"rtol": 0, "atol": n * EPS}
        np.testing.assert_allclose(
            cumulative(y, dx=0.5), cumulative_trapezoid(y, dx=0.5, initial=0), **tolerance
        )
        np.testing.assert_allclose(cumulative(y, x), cumulative_trapezoid(y, x, initial=0), **tolerance)

    def test_cubics_near_simpson(self) -> None:
        x = np.linspace(0, 10, 100_001)
        ours, theirs = cumulative(np.cos(x), x, order=4), cumulative_simpson(np.cos(x), x=x, initial=0)
        np.testing.assert_allclose(ours, theirs, atol=1e-13)

    @pytest.mark.parametrize("order", [2, 4])
    def test_blocks_do_not_show(self, order: int) -> None:
        n = 2 * BLOCK + 5
        x = np.linspace(0, 10, n)
        exact = np.sin(x)
        limit = 1e-14 if order == 4 else (10 / n) ** 2 / 12 * 2 + 1e-14
        assert np.abs(cumulative(np.cos(x), x, order=order) - exact).max() <= limit
        assert np.abs(cumulative(np.cos(x), dx=x[1], order=order) - exact).max() <= limit

    def test_rounds_less_than_a_plain_sum(self) -> None:
        x = np.linspace(0, 10, 10**6)
        ours = np.abs(cumulative(np.cos(x), x, order=4) - np.sin(x)).max()
        plain = np.abs(cumulative_simpson(np.cos(x), x=x, initial=0) - np.sin(x)).max()
        assert ours <= plain / 3

    @pytest.mark.parametrize("order", [2, 4])
    @given(data=st.data())
    def test_linear_and_additive(self, order: int, data: st.DataObject) -> None:
        n = data.draw(st.integers(4, 30))
        values = hnp.arrays(float, n, elements=st.floats(-1, 1))
        f, g, a = data.draw(values), data.draw(values), data.draw(st.floats(-2, 2))
        both = cumulative(f + a * g, order=order)
        apart = cumulative(f, order=order) + a * cumulative(g, order=order)
        np.testing.assert_allclose(both, apart, atol=100 * n * EPS)


class TestShapes:
    @pytest.mark.parametrize("order", [2, 4])
    @pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
    @pytest.mark.parametrize("layout", ["C", "F"])
    def test_axes(self, order: int, axis: int, layout: Any) -> None:
        y = np.asarray(np.random.default_rng(0).normal(size=(5, 70, 6)), order=layout)
        x = uneven(y.shape[axis])
        found = cumulative(y, x, order=order, axis=axis)
        expected = np.apply_along_axis(cumulative, axis, y, x, order=order)
        assert found.shape == y.shape
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)

    def test_other_types(self) -> None:
        assert cumulative([0, 1, 2]).tolist() == [0.0, 0.5, 2.0]
        single = cumulative(np.ones(3, np.float32), np.arange(3, dtype=np.float32))
        assert single.dtype == np.float64
        assert single.tolist() == [0.0, 1.0, 2.0]
        assert cumulative([5.0]).tolist() == [0.0]
        assert cumulative([[5.0], [6.0]], [1.0]).tolist() == [[0.0], [0.0]]

    @pytest.mark.parametrize("order", [2, 4])
    def test_arguments_stay_as_they_are(self, order: int) -> None:
        y, x = np.arange(6.0) ** 2, uneven(6)
        before = y.copy(), x.copy()
        y.flags.writeable = x.flags.writeable = False
        cumulative(y, x, order=order)
        cumulative(y, order=order)
        np.testing.assert_array_equal(y, before[0])
        np.testing.assert_array_equal(x, before[1])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cumulative(3.0), ValueError, "`y` must have at least one dimension"),
        (lambda: cumulative([]), ValueError, "`y` must not be empty"),
        (lambda: cumulative([1, np.nan, 2]), ValueError, r"`y` must be finite, got y\[1\]=nan"),
        (lambda: cumulative([np.nan]), ValueError, r"`y` must be finite, got y\[0\]=nan"),
        (lambda: cumulative([[1, 2], [np.inf, 0]]), ValueError, r"`y` must be finite, got y\[1, 0\]=inf"),
        (lambda: cumulative([1, 2, np.inf, 3], order=4), ValueError, r"`y` must be finite, got y\[2\]=inf"),
        (lambda: cumulative([1j, 2]), TypeError, "`y` must be real"),
        (
            lambda: cumulative([1, 2, 3], [0, 1]),
            ValueError,
            "an entry for each sample, 3 along axis -1, got 2",
        ),
        (lambda: cumulative([1, 2, 3], [[0, 1, 2]]), ValueError, "`x` must have 1 dimension"),
        (
            lambda: cumulative([1, 2, 3], [0, 1, 1]),
            ValueError,
            r"strictly increasing or strictly decreasing, got x\[1\]=1.0 and x\[2\]=1.0",
        ),
        (lambda: cumulative([1, 2, 3], [3, 1, 2]), ValueError, r"got x\[1\]=1.0 and x\[2\]=2.0"),
        (lambda: cumulative([1, 2, 3], [0, 0, 2]), ValueError, r"got x\[0\]=0.0 and x\[1\]=0.0"),
        (lambda: cumulative([1, 2, 3], [0, np.nan, 2]), ValueError, r"`x` must be finite, got x\[1\]=nan"),
        (lambda: cumulative([1, 2], [0, np.inf]), ValueError, r"`x` must be finite, got x\[1\]=inf"),
        (lambda: cumulative([1, 2], [-np.inf, 0]), ValueError, r"`x` must be finite, got x\[0\]=-inf"),
        (lambda: cumulative([1], [np.nan]), ValueError, r"`x` must be finite, got x\[0\]=nan"),
        (lambda: cumulative([1, 2], [0, 1], dx=0.5), ValueError, "`dx` has no use where `x` says"),
        (lambda: cumulative([1, 2], dx=0), ValueError, "`dx` must not be zero"),
        (lambda: cumulative([1, 2], dx=np.inf), ValueError, "`dx` must be finite"),
        (lambda: cumulative([1, 2], order=3), ValueError, "`order` must be one of 2, 4"),
        (
            lambda: cumulative([1, 2, 3], order=4),
            ValueError,
            "through 4 samples, got 3 along axis -1: use `order=2`",
        ),
        (lambda: cumulative([1, 2], axis=1), ValueError, "`axis` must be from -1 to 0, got axis=1"),
        (lambda: cumulative([1, 2], axis=0.5), TypeError, "`axis` must be an integer"),
        (lambda: cumulative([1e308, 1e308, 1e308]), ValueError, "`y` adds up to more than a float can hold$"),
        (
            lambda: cumulative([1, 2, 3, 4], [-1, 0, 1e-300, 2e-300], order=4),
            ValueError,
            "or `x` is too uneven for `order=4`",
        ),
        (lambda: cumulative_integral("exp", [0, 1]), TypeError, "`fun` must be callable"),
        (lambda: cumulative_integral(np.exp, 1.0), ValueError, "`x` must have 1 dimension"),
        (lambda: cumulative_integral(np.exp, [0, np.inf]), ValueError, "`x` must be finite"),
        (lambda: cumulative_integral(np.exp, [0, 1], n=0), ValueError, "`n` must be from 1 to 256"),
        (lambda: cumulative_integral(np.sum, [0, 1]), ValueError, "one value for each of the 10 points"),
        (
            lambda: cumulative_integral(lambda x: np.log(x - 0.5), [0, 1]),
            ValueError,
            "`fun` returned nan at x=0.0130",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_arguments(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


class TestOfAFunction:
    @pytest.mark.parametrize(("fun", "F"), [row[1:] for row in SMOOTH], ids=NAMES)
    def test_points_in_any_order(self, fun: Any, F: Any) -> None:
        x = np.array([0.5, 2.0, -1.0, 0.5, 0.5, 1.0])
        found = cumulative_integral(fun, x, n=40)  # the bell's poles, at ±i, are close to cells of width 3
        np.testing.assert_allclose(found, F(x) - F(0.5), rtol=0, atol=1e-10)
        assert found[0] == 0
        assert abs(found[3]) < 1e-10

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_degree(self, n: int) -> None:
        x = np.array([0.0, 0.3, 1.0, 1.5])
        for degree in range(2 * n):
            exact = x ** (degree + 1) / (degree + 1)
            np.testing.assert_allclose(
                cumulative_integral(lambda t, k=degree: t**k, x, n=n), exact, rtol=1e-14
            )
        beyond = cumulative_integral(lambda t: t ** (2 * n), x, n=n)
        assert np.all(np.abs(beyond - x ** (2 * n + 1) / (2 * n + 1))[1:] > 1e-8)

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_order(self, n: int) -> None:
        # O(h^(2n + 1)) in a cell is O(h^2n) over all of them.
        errors = []
        for cells in (4, 8, 16):
            x = np.linspace(0, 2, cells + 1)
            errors.append(np.abs(cumulative_integral(np.exp, x, n=n) - (np.exp(x) - 1))[[-1]])
        assert np.all(np.abs(slopes(errors) - 2 * n) < 0.1)

    def test_several_values(self) -> None:
        x = np.linspace(0, 1, 4)
        found = cumulative_integral(lambda t: np.stack([t, t**2], axis=-1)[:, np.newaxis], x)
        assert found.shape == (4, 1, 2)
        np.testing.assert_allclose(found[:, 0], np.stack([x**2 / 2, x**3 / 3], axis=-1), atol=1e-15)
        assert cumulative_integral(lambda t: np.stack([t, t], axis=-1), [3.0]).tolist() == [[0.0, 0.0]]

    def test_full_output(self) -> None:
        x = np.linspace(0, 3, 4)
        calls: list[int] = []
        found = cumulative_integral(lambda t: calls.append(t.size) or np.cos(t), x, n=3, full_output=True)
        wrong = np.abs(found.value - np.sin(x))
        assert np.all(wrong <= found.error)
        assert wrong[-1] > 0
        assert found.nfev == sum(calls) == 3 * (3 + 2)
        assert (found.status, found.success, found.message) == (0, True, "every cell was integrated")

    def test_not_finite(self) -> None:
        # Singular at a point of x: never evaluated there. Inside a cell: said, with the point.
        assert cumulative_integral(lambda t: t**-0.5, [0, 1], n=200)[-1] == pytest.approx(2, abs=0.01)
        found = cumulative_integral(lambda t: 1 / (t - 0.5), [0, 1, 2], n=3, full_output=True)
        assert (found.status, found.success, found.message) == (2, False, "`fun` returned inf at x=0.5")
        assert np.isnan(found.value).all()
        assert np.isinf(found.error).all()
