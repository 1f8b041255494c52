"""Solutions of equations: found, differentiated by the implicit function theorem, and honest about failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calcguide import autodiff, differences
from calcguide.autodiff import ConvergenceWarning, fixed_point, root


def square_root(a: Any) -> Any:
    return root(lambda x, a: x * x - a, 1.0, a)


class TestRoot:
    @pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
    def test_derivatives_of_the_square_root(self, n: int) -> None:
        exact = autodiff.derivative(np.sqrt, n=n)(2.0)
        assert autodiff.derivative(square_root, n=n)(2.0) == pytest.approx(exact, rel=1e-13)

    def test_reverse_mode(self) -> None:
        assert autodiff.grad(square_root)(4.0) == pytest.approx(0.25, rel=1e-15)
        assert autodiff.grad(autodiff.grad(square_root))(4.0) == pytest.approx(-1 / 32, rel=1e-14)

    def test_linear_system(self) -> None:
        rng = np.random.default_rng(0)
        a, b = rng.normal(size=(3, 3)) + 3 * np.eye(3), rng.normal(size=3)
        found = root(lambda x, a, b: a @ x - b, np.zeros(3), a, b)
        np.testing.assert_allclose(found, np.linalg.solve(a, b), rtol=1e-13)
        by_b = autodiff.jacobian(lambda b: root(lambda x: a @ x - b, np.zeros(3)))(b)
        np.testing.assert_allclose(by_b, np.linalg.inv(a), rtol=1e-12)
        by_a = autodiff.grad(lambda a: np.sum(root(lambda x: a @ x - b, np.zeros(3)) ** 2))(a)
        np.testing.assert_allclose(
            by_a, differences.gradient(lambda a: np.sum(np.linalg.solve(a, b) ** 2), a), rtol=1e-9
        )

    def test_does_not_depend_on_the_start(self) -> None:
        def fun(start: Any) -> Any:
            return root(lambda x: x**3 - 8, start)

        assert autodiff.grad(fun)(1.0) == 0.0

    def test_steps_are_halved_where_newton_overshoots(self) -> None:
        assert root(np.arctan, 3.0) == pytest.approx(
            0.0, abs=1e-12
        )  # the plain method diverges from |x| > 1.39

    @pytest.mark.parametrize(
        ("fun", "start", "options", "status", "message"),
        [
            (lambda x: x * x + 1, 0.0, {}, 4, "singular"),
            (lambda x: x * x + 1, 0.3, {}, 1, "no step makes"),
            (lambda x: np.exp(x) - 2, 5.0, {"maxiter": 2}, 2, "limit"),
            (np.log, -1.0, {}, 3, "not finite"),
        ],
    )
    def test_failures_are_a_status(
        self, fun: Any, start: float, options: Any, status: int, message: str
    ) -> None:
        found = root(fun, start, full_output=True, **options)
        assert found.status == status
        assert not found.success
        assert message in found.message
        assert "success: False" in repr(found)
        with pytest.warns(ConvergenceWarning, match=message):
            root(fun, start, **options)

    def test_stops_at_a_step_small_beside_x_within_the_limit(self) -> None:
        x, steps = 3e6, 0
        while True:  # Newton's method for x² = a²: x ← (x + a²/x) / 2
            step = (1e12 / x - x) / 2
            small, x, steps = abs(step) <= 1e-3 * x, x + step, steps + 1
            if small:
                break
        found = root(lambda x: x * x - 1e12, 3e6, rtol=1e-3, maxiter=steps, full_output=True)
        assert (found.nit, found.status) == (steps, 0)
        assert found.x == pytest.approx(x, rel=1e-15)
        assert root(lambda x: x * x - 1e12, 3e6, rtol=1e-3, maxiter=steps - 1, full_output=True).status == 2

    def test_success_is_said(self) -> None:
        found = root(lambda x: x**2 - 4, 3.0, full_output=True)
        assert found.success
        assert found.status == 0
        assert abs(found.fun) < 1e-14
        assert found.x == pytest.approx(2.0)


class TestFixedPoint:
    def test_cosine(self) -> None:
        def solution(a: Any) -> Any:
            return fixed_point(lambda x, a: np.cos(a * x), 0.5, a)

        x = solution(1.0)
        assert np.cos(x) == pytest.approx(x, rel=1e-12)
        assert autodiff.grad(solution)(1.0) == pytest.approx(-np.sin(x) * x / (1 + np.sin(x)), rel=1e-12)
        second = differences.derivative(lambda a: autodiff.derivative(solution)(float(a)), 1.0)
        assert autodiff.derivative(solution, n=2)(1.0) == pytest.approx(second, rel=1e-7)

    def test_equilibrium_of_a_layer(self) -> None:
        rng = np.random.default_rng(3)
        w, u = 0.2 * rng.normal(size=(4, 4)), rng.normal(size=4)

        def loss(w: Any) -> Any:
            return np.sum(fixed_point(lambda z, w: np.tanh(w @ z + u), np.zeros(4), w) ** 2)

        np.testing.assert_allclose(
            autodiff.grad(loss)(w), differences.gradient(loss, w), rtol=1e-8, atol=1e-10
        )

    def test_stops_at_a_step_small_beside_x_within_the_limit(self) -> None:
        def halfway(x: Any) -> Any:
            return (x + 1e6) / 2

        # From 0, step k is 10⁶ 2⁻ᵏ: at most a thousandth of x = 10⁶ (1 − 2⁻ᵏ) from k = 10 on.
        found = fixed_point(halfway, 0.0, rtol=1e-3, maxiter=10, full_output=True)
        assert (found.nit, found.status, found.x) == (10, 0, 1e6 * (1 - 2.0**-10))
        assert fixed_point(halfway, 0.0, rtol=1e-3, maxiter=9, full_output=True).status == 2

    @pytest.mark.parametrize(("factor", "status"), [(2.0, 3), (-1.0, 2)])
    def test_failures_are_a_status(self, factor: float, status: int) -> None:
        found = fixed_point(lambda x: factor * x + 1, 1.0, maxiter=3000, full_output=True)
        assert found.status == status
        assert not found.success
        with pytest.warns(ConvergenceWarning):
            fixed_point(lambda x: factor * x + 1, 1.0, maxiter=3000)


@pytest.mark.parametrize("solve", [root, fixed_point])
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda solve: solve(1, 1.0), TypeError, "`fun` must be callable"),
        (lambda solve: solve(np.sin, np.nan), ValueError, "`x0` must be finite"),
        (lambda solve: solve(np.sin, "a"), TypeError, "`x0` must hold real numbers"),
        (lambda solve: solve(np.sin, 1.0, rtol=0), ValueError, "`rtol` must be positive"),
        (lambda solve: solve(np.sin, 1.0, maxiter=0), ValueError, "`maxiter` must be at least 1"),
        (
            lambda solve: solve(lambda x: np.ones(2), 1.0),
            ValueError,
            r"must return the shape of `x`, \(\), got \(2,\)",
        ),
    ],
)
def test_bad_input(solve: Any, call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call(solve)
