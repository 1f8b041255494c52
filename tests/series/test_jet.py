"""The series as a number: what takes part in NumPy's protocols, what is refused, and in which words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff
from calcguide.series import jet, taylor
from calcguide.series._jet import Jet, general_power, product, quotient


class TestArithmetic:
    def test_products_and_quotients_undo_each_other(self) -> None:
        u, w = [2.0, -1.0, 0.5, 3.0], [4.0, 1.0, 0.0, -2.0]
        assert product(u, w) == np.convolve(u, w)[:4].tolist()
        assert quotient(product(u, w), w) == pytest.approx(u, rel=1e-15)

    def test_the_square_of_a_root(self) -> None:
        u = [4.0, 1.0, -0.5, 0.25, 2.0]
        root = general_power(u, 0.5, 2.0)
        assert product(root, root) == pytest.approx(u, rel=1e-15)

    @pytest.mark.parametrize(
        ("fun", "expected"),
        [
            (lambda x: x + 1, [3, 1, 0]),
            (lambda x: 1 + x, [3, 1, 0]),
            (lambda x: x - 1, [1, 1, 0]),
            (lambda x: 1 - x, [-1, -1, 0]),
            (lambda x: x - x * x, [-2, -3, -1]),
            (lambda x: 3 * x, [6, 3, 0]),
            (lambda x: x * np.float64(3), [6, 3, 0]),
            (lambda x: np.array(3) * x, [6, 3, 0]),
            (lambda x: x / 2, [1, 0.5, 0]),
            (lambda x: 4 / x, [2, -1, 0.5]),
            (lambda x: (x * x) / x, [2, 1, 0]),
            (lambda x: -x, [-2, -1, 0]),
            (lambda x: +x, [2, 1, 0]),
            (lambda x: x**2, [4, 4, 1]),
            (lambda x: 7.0, [7, 0, 0]),
            (lambda x: x if x > 1 else -x, [2, 1, 0]),
            (lambda x: x * (x >= 2) + (x < 2) + (x == 3) + (x != 2) + (x <= 1), [2, 1, 0]),
            (lambda x: x * (x > 1.0), [2, 1, 0]),
            (lambda x: x - (x > 1.0), [1, 1, 0]),
            (lambda x: (x > 1.0) - x, [-1, -1, 0]),
            (lambda x: x * np.isfinite(x) * np.ones_like(x), [2, 1, 0]),
            (lambda x: x if x else 0.0, [2, 1, 0]),
            (
                lambda x: x * (x.shape == () and x.ndim == 0 and x.size == 1 and x.dtype == np.float64),
                [2, 1, 0],
            ),
            (lambda x: x * (np.shape(x) == () and np.ndim(x) == 0), [2, 1, 0]),
        ],
    )
    def test_operators(self, fun: Any, expected: list[float]) -> None:
        assert jet(fun, 2.0, 2).tolist() == expected

    def test_many_points_at_once(self) -> None:
        x = np.linspace(0.5, 3, 6).reshape(2, 3)
        together = jet(lambda x: np.exp(-x) * np.sqrt(x) / (1 + x), x, 7)
        assert together.shape == (8, 2, 3)
        for i, at in np.ndenumerate(x):
            alone = jet(lambda x: np.exp(-x) * np.sqrt(x) / (1 + x), at, 7)
            np.testing.assert_allclose(together[(slice(None), *i)], alone, rtol=1e-14)

    def test_parameters_differ_from_point_to_point(self) -> None:
        a = np.array([1.0, 2.0])
        assert jet(lambda x: a * x**2, [1.0, 1.0], 2).tolist() == [[1.0, 2.0], [2.0, 4.0], [1.0, 2.0]]

    def test_the_function_is_called_once(self) -> None:
        calls = []
        jet(lambda x: calls.append(1) or np.exp(x), 0.0, 50)
        assert len(calls) == 1

    def test_high_degrees(self) -> None:
        # 1/(2 − x) at 0 has the coefficients 2^(−k−1), and no rounding at all.
        assert jet(lambda x: 1 / (2 - x), 0.0, 300).tolist() == [2.0 ** (-k - 1) for k in range(301)]

    def test_what_is_given_stays_as_it_is(self) -> None:
        x = np.array([1.0, 2.0])
        jet(lambda x: x * x, x, 3)
        assert x.tolist() == [1.0, 2.0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("fun", "name"),
        [
            (np.floor, "floor"),
            (np.sinc, "numpy.sinc"),
            (np.linalg.norm, "numpy.linalg.norm"),
            (lambda x: np.add.reduce(x), "add.reduce"),
            (lambda x: np.exp(x, where=True), "exp with where="),
            (lambda x: np.stack([x, x]), "numpy.stack"),
            (lambda x: np.sin(x, x), "sin with out="),
        ],
    )
    def test_functions_without_a_rule_are_named(self, fun: Any, name: str) -> None:
        with pytest.raises(TypeError, match=rf"^{name} has no rule for power series: use method='autodiff'"):
            jet(fun, 1.0, 2)

    @pytest.mark.parametrize(
        ("fun", "wanted"),
        [
            (math.sin, "a plain number"),
            (float, "a plain number"),
            (int, "a plain number"),
            (complex, "a plain number"),
            (lambda x: [1, 2][x], "an index"),
            (lambda x: np.array([x, 1.0]), "a plain array"),
            (lambda x: x.item(), "a plain number"),
            (lambda x: x.tolist(), "a list"),
        ],
    )
    def test_what_would_lose_the_coefficients(self, fun: Any, wanted: str) -> None:
        with pytest.raises(TypeError, match=rf"a power series cannot become {wanted}"):
            jet(fun, 1.0, 2)

    def test_methods_of_arrays(self) -> None:
        with pytest.raises(
            AttributeError, match="the method cumsum has no rule for power series: use method='autodiff'"
        ):
            jet(lambda x: x.cumsum(), [1.0], 2)

    def test_writing_into_series(self) -> None:
        def fun(x: Any) -> Any:
            x[0] = 1.0
            return x

        with pytest.raises(TypeError, match="cannot become part of an array"):
            jet(fun, [1.0], 2)

    def test_writing_a_series_into_an_array(self) -> None:
        def fun(x: Any) -> Any:
            total = np.zeros(())
            total += x
            return total

        with pytest.raises(TypeError, match=r"add with out= has no rule"):
            jet(fun, 1.0, 2)

    def test_an_expansion_inside_another(self) -> None:
        def inside(x: Any) -> Any:
            return jet(lambda y: x * y, 1.0, 2)[1]

        with pytest.raises(TypeError, match="power series of two expansions met"):
            jet(inside, 1.0, 2)
        with pytest.raises(TypeError, match="cannot become a plain array"):
            jet(lambda x: taylor(np.sin, x, 2)(1.0), 1.0, 2)

    def test_traced_numbers_are_not_coefficients(self) -> None:
        with pytest.raises(TypeError):
            autodiff.grad(lambda a: jet(lambda x: x * a, 1.0, 2)[1])(2.0)
        with pytest.raises(TypeError):
            autodiff.grad(lambda a: jet(lambda x: a * x, 1.0, 2)[1])(2.0)

    @pytest.mark.parametrize("constant", [1j, "a", None, np.array([1j])])
    def test_constants_are_real(self, constant: Any) -> None:
        with pytest.raises(TypeError, match=r"a power series must meet real numbers, got"):
            jet(lambda x: x * constant, 1.0, 2)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ((3.0, 1.0, 2), TypeError, r"`fun` must be callable, got 3.0"),
            ((np.sin, float("nan"), 2), ValueError, r"`x0` must be finite, got x0=nan"),
            ((np.sin, 1j, 2), TypeError, r"`x0` must be real"),
            ((np.sin, "0", 2), TypeError, r"`x0` must hold real numbers"),
            ((np.sin, 0.0, -1), ValueError, r"`degree` must be at least 0, got degree=-1"),
            ((np.sin, 0.0, 2.0), TypeError, r"`degree` must be an integer"),
            (
                (lambda x: x * np.ones(2), 0.0, 2),
                ValueError,
                r"`fun` returned shape \(2,\) for an argument of shape \(\)",
            ),
            (
                (np.sum, [0.0, 1.0], 2),
                ValueError,
                r"`fun` returned shape \(\) for an argument of shape \(2,\)",
            ),
            ((lambda x: "text", 0.0, 2), TypeError, r"must meet real numbers"),
            ((lambda x: np.nan * x, 0.0, 2), ValueError, r"`fun` is not finite at x0=0.0: it is nan"),
            ((np.log, [1.0, 0.0], 2), ValueError, r"`fun` is not finite at x0=0.0: it is -inf"),
            (
                (np.sqrt, [[1.0], [0.0]], 2),
                ValueError,
                r"no Taylor polynomial of degree 2 at x0=0.0: .* order 1",
            ),
        ],
    )
    def test_arguments(self, arguments: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            jet(*arguments)

    def test_the_callers_error_state_survives(self) -> None:
        with np.errstate(divide="raise"):
            with pytest.raises(ValueError, match="not finite"):
                jet(np.log, 0.0, 2)
            assert np.geterr()["divide"] == "raise"

    def test_a_series_shows_its_coefficients(self) -> None:
        assert repr(Jet([1.0, 2.0], None)) == "power series [1.0, 2.0]"


@pytest.mark.parametrize("n", [1, 3, 10, 50])
def test_negative_powers_do_not_cancel(n: int) -> None:
    """(1 − x)⁻ⁿ has the coefficients C(n + k − 1, k); (1 − x)ⁿ, of alternating signs, would cost all their digits."""
    expected = [float(math.comb(n + k - 1, k)) for k in range(41)]
    np.testing.assert_allclose(jet(lambda x: (1 - x) ** -n, 0.0, 40), expected, rtol=1e-13)


def test_a_negative_power_of_a_large_number_does_not_overflow_on_the_way() -> None:
    np.testing.assert_allclose(jet(lambda x: x**-300, 10.0, 2), [1e-300, -3e-299, 4.515e-298], rtol=1e-13)


def test_a_series_of_another_expansion_is_not_taken_for_its_own() -> None:
    """The inner function is constant by its own variable: its slope is 0, not the 2 of the outer one."""
    with pytest.raises(TypeError, match="power series of two expansions met"):
        jet(lambda x: jet(lambda _: 2 * x, 0.0, 3)[1] * x, 1.0, 3)


@pytest.mark.parametrize(
    ("fun", "message"),
    [
        (lambda x: x % 2, "the operator % has no rule"),
        (lambda x: 2 % x, "the operator % has no rule"),
        (lambda x: x // 2, "the operator // has no rule"),
        (lambda x: x[0], "indexing has no rule"),
    ],
)
def test_operators_without_a_rule_say_so(fun: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        jet(fun, 1.5, 2)


def test_division_by_the_integer_zero_is_a_pole() -> None:
    with pytest.raises(ValueError, match=r"`fun` is not finite at x0=1.0: it is inf"):
        jet(lambda x: x / 0, 1.0, 2)
