"""Local models: agreement with the function to their order, the Newton step, and Hessians that allow none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calcguide import functions
from calcguide.series import LocalModel, local_model, taylor


def quadratic(H: Any, g: Any) -> Any:
    """Return ½ xᵀHx + gᵀx."""
    H, g = np.asarray(H, dtype=float), np.asarray(g, dtype=float)
    return lambda x: x @ (H @ x) / 2 + g @ x


class TestModel:
    @pytest.mark.parametrize("order", [1, 2])
    @pytest.mark.parametrize("fun", [functions.rosenbrock, functions.himmelblau], ids=repr)
    def test_parts_are_the_derivatives(self, fun: Any, order: int) -> None:
        x0 = np.array([-0.4, 1.3])
        model = local_model(fun, x0, order=order)
        assert model.value == pytest.approx(float(fun(x0)))
        np.testing.assert_allclose(model.gradient, fun.jac(x0), rtol=1e-13)
        assert model.order == order
        if order == 2:
            np.testing.assert_allclose(model.hessian, fun.hess(x0), rtol=1e-13)
        else:
            assert model.hessian is None

    @pytest.mark.parametrize("order", [1, 2])
    def test_the_error_has_slope_order_plus_one(self, order: int) -> None:
        x0, v = np.array([0.5, 0.7]), np.array([0.8, -0.6])
        model = local_model(functions.rosenbrock, x0, order=order)
        h = 2.0 ** -np.arange(4.0, 10.0)
        x = x0 + h[:, np.newaxis] * v
        slopes = np.diff(np.log2(np.abs(functions.rosenbrock(x) - model(x)))) / np.diff(np.log2(h))
        assert slopes[-1] == pytest.approx(order + 1, abs=0.05)

    def test_it_is_the_taylor_polynomial(self) -> None:
        x0 = [0.5, 0.7]
        x = np.random.default_rng(0).standard_normal((3, 4, 2))
        for order in (1, 2):
            model = local_model(functions.rosenbrock, x0, order=order)
            np.testing.assert_allclose(model(x), taylor(functions.rosenbrock, x0, order)(x), rtol=1e-12)

    def test_one_variable(self) -> None:
        model = local_model(np.cos, 0.5)
        assert [type(part) for part in (model.x0, model.value, model.gradient, model.hessian)] == [float] * 4
        x = np.array([[0.4, 0.5, 0.6]])
        np.testing.assert_allclose(model(x), taylor(np.cos, 0.5, 2)(x), rtol=1e-14)
        assert type(model(0.1)) is float
        step = model.step()
        assert step.step == pytest.approx(-np.tan(0.5))  # −f'/f'' = −sin/cos
        assert type(step.step) is type(step.x) is type(step.reduction) is float
        assert not step.success  # the cosine bends downwards there: a maximum

    def test_shapes(self) -> None:
        model = local_model(functions.rosenbrock, [0.0, 0.0])
        assert model(np.zeros((3, 5, 2))).shape == (3, 5)
        assert model.reduction(np.zeros((3, 2))).tolist() == [0.0] * 3
        assert type(model.reduction([0.1, 0.2])) is float

    def test_the_callers_array_is_its_own(self) -> None:
        x0 = np.array([1.0, 2.0])
        model = local_model(functions.rosenbrock, x0)
        x0[:] = 9.0
        assert model.x0.tolist() == [1.0, 2.0]

    def test_shown_part_by_part(self) -> None:
        assert repr(local_model(np.exp, 0.0)).split() == [
            "x0:",
            "0.0",
            "value:",
            "1.0",
            "gradient:",
            "1.0",
            "hessian:",
            "1.0",
        ]


class TestStep:
    def test_rosenbrock_from_minus_one(self) -> None:
        """Newton from (−1, 1): to (1, −3), then to the minimiser (1, 1)."""
        first = local_model(functions.rosenbrock, [-1.0, 1.0]).step()
        assert first.success
        assert first.x == pytest.approx([1.0, -3.0])
        assert local_model(functions.rosenbrock, first.x).step().x == pytest.approx([1.0, 1.0])

    @given(arrays(float, (3, 3), elements=st.floats(-2, 2)), arrays(float, 3, elements=st.floats(-2, 2)))
    def test_a_definite_quadratic_is_minimised_in_one_step(self, A: Any, g: Any) -> None:
        H = A @ A.T + np.eye(3)
        model = local_model(quadratic(H, g), [1.0, -1.0, 0.5])
        step = model.step()
        assert step.success
        assert step.status == 0
        np.testing.assert_allclose(H @ step.x, -g, atol=1e-12 * np.linalg.norm(H))
        assert step.reduction == pytest.approx(
            model.value - model(step.x), abs=1e-12 * np.linalg.norm(H) + 1e-12
        )
        assert step.reduction >= 0

    def test_reduction_keeps_its_digits_beside_a_large_value(self) -> None:
        model = LocalModel(0.0, 1e20, -2e-3, 2.0)
        assert model.step().reduction == pytest.approx(1e-6, rel=1e-14)

    @pytest.mark.parametrize(
        ("H", "g", "status", "step", "message"),
        [
            ([[2, 0], [0, 4]], [2, 4], 0, [-1, -1], "to the minimiser"),
            ([[2, 0], [0, 0]], [2, 0], 1, [-1, 0], "shortest of many"),
            ([[1, 1], [1, 1]], [2, 2], 1, [-1, -1], "shortest of many"),
            ([[0, 0], [0, 0]], [0, 0], 1, [0, 0], "shortest of many"),
            ([[2, 0], [0, 0]], [2, 1], 2, [-1, 0], "no curvature"),
            ([[0, 0], [0, 0]], [1, 0], 2, [0, 0], "no curvature"),
            ([[2, 0], [0, -4]], [2, 4], 3, [-1, 1], "no minimiser"),
            ([[-2, 0], [0, -4]], [2, 4], 3, [1, 1], "no minimiser"),
            ([[0, 1], [1, 0]], [1, 1], 3, [-1, -1], "no minimiser"),
            ([[-2, 0], [0, 0]], [2, 1], 2, [1, 0], "no curvature"),
            ([[-2, 0], [0, 0]], [2, 0], 3, [1, 0], "no minimiser"),
        ],
        ids=["definite", "flat", "flat and turned", "constant", "slope", "linear", "saddle", "maximum", "turned saddle", "sloping ridge", "ridge"],
    )  # fmt: skip
    def test_what_the_hessian_allows(self, H: Any, g: Any, status: int, step: Any, message: str) -> None:
        found = local_model(quadratic(H, g), [0.0, 0.0]).step()
        assert found.status == status
        assert found.success == (status == 0)
        assert message in found.message
        np.testing.assert_allclose(found.step, step, atol=1e-15)
        np.testing.assert_allclose(found.eigenvalues, np.linalg.eigvalsh(H), atol=1e-15)

    def test_a_step_to_a_saddle_may_rise(self) -> None:
        found = local_model(quadratic([[2, 0], [0, -4]], [0, 4]), [0.0, 0.0]).step()
        assert found.reduction == pytest.approx(-2.0)  # from 0 up to the saddle's 2

    @pytest.mark.parametrize(("curvature", "status"), [(1e-12, 0), (-1e-12, 3), (1e-17, 2)])
    def test_small_curvature_counts_until_rounding(self, curvature: float, status: int) -> None:
        found = local_model(quadratic([[1, 0], [0, curvature]], [1, 1]), [0.0, 0.0]).step()
        assert found.status == status

    def test_a_linear_model_has_no_step(self) -> None:
        with pytest.raises(ValueError, match="a linear model has no stationary point: use order=2"):
            local_model(np.exp, 0.0, order=1).step()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: local_model(1.0, 0.0), TypeError, r"`fun` must be callable"),
        (lambda: local_model(np.exp, 0.0, order=3), ValueError, r"`order` must be from 1 to 2, got order=3"),
        (lambda: local_model(np.exp, float("nan")), ValueError, r"`x0` must be finite"),
        (lambda: local_model(np.sum, np.eye(2)), ValueError, r"`x0` must be a number or a vector, got shape \(2, 2\)"),
        (lambda: local_model(np.exp, [0.0, 1.0]), ValueError, r"`fun` returned shape \(2,\); a gradient needs a scalar"),
        (lambda: local_model(np.log, 0.0), ValueError, r"`fun` has no local model at x0=0.0: its value is -inf"),
        (lambda: local_model(np.sqrt, 0.0), ValueError, r"its gradient is inf"),
        (lambda: local_model(lambda x: x**1.5, 0.0), ValueError, r"its Hessian is inf"),
        (lambda: local_model(functions.rosenbrock, [0.0, 0.0])([1.0, 2.0, 3.0]), ValueError, r"`x` must have its 2 coordinates along the last axis, got shape \(3,\)"),
        (lambda: local_model(functions.rosenbrock, [0.0, 0.0])(1.0), ValueError, r"`x` must have its 2 coordinates"),
        (lambda: local_model(functions.rosenbrock, [0.0, 0.0]).reduction([1.0]), ValueError, r"`step` must have its 2 coordinates"),
        (lambda: local_model(np.exp, 0.0)(float("inf")), ValueError, r"`x` must be finite, got x=inf"),
    ],
)  # fmt: skip
def test_bad_arguments(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
