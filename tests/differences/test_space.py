"""Gradients, Jacobians and Hessians: agreement with known ones, among each other, and with their properties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from calcguide.differences import (
    AccuracyWarning,
    Coloring,
    color_columns,
    directional_derivative,
    gradient,
    hessian,
    jacobian,
    partial_derivative,
)
from calcguide.functions import beale, himmelblau, rosenbrock

METHODS = ("adaptive", "forward", "backward", "central", "complex")
VECTORS = arrays(np.float64, 3, elements=st.floats(-3, 3))
#: Accuracy of each method relative to the largest entry: ε^(p/(n+p)), times the growth of third derivatives.
FIRST = {"adaptive": 1e-10, "forward": 1e-6, "backward": 1e-6, "central": 1e-9, "complex": 1e-14}
SECOND = {"adaptive": 1e-9, "forward": 1e-3, "backward": 1e-3, "central": 1e-6, "complex": 1e-10}


def curve(p: Any) -> Any:
    """Map R³ to R², smoothly and analytically."""
    return np.stack([np.sin(p[0] * p[1]) + p[2], np.exp(p[0]) * p[2] ** 2])


def curve_jacobian(p: Any) -> Any:
    cosine = np.cos(p[0] * p[1])
    return np.array(
        [[p[1] * cosine, p[0] * cosine, 1.0], [np.exp(p[0]) * p[2] ** 2, 0.0, 2 * np.exp(p[0]) * p[2]]]
    )


def polynomial(p: Any) -> Any:
    """x² + y³, of the lesson on gradients."""
    return p[0] ** 2 + p[1] ** 3


class TestFirstDerivatives:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("fun", [rosenbrock, himmelblau, beale], ids=lambda f: f.name)
    def test_gradients_of_test_functions(self, fun: Any, method: str) -> None:
        x = np.array([-1.2, 1.7])
        exact = fun.jac(x)
        assert np.max(np.abs(gradient(fun, x, method=method) - exact)) <= FIRST[method] * np.max(
            np.abs(exact)
        )

    def test_reference_value(self) -> None:
        """COVERAGE A3: (4, 27) at (2, 3), of length √745."""
        found = gradient(polynomial, (2, 3))
        assert found == pytest.approx([4, 27], rel=1e-12)
        assert np.linalg.norm(found) == pytest.approx(np.sqrt(745), rel=1e-12)

    @pytest.mark.parametrize("method", METHODS)
    def test_jacobian_with_more_variables_than_values(self, method: str) -> None:
        x = np.array([0.4, -1.3, 2.1])
        found = jacobian(curve, x, method=method)
        assert found.shape == (2, 3)
        assert found == pytest.approx(curve_jacobian(x), rel=1e-6, abs=1e-6)

    def test_jacobian_of_any_shapes(self) -> None:
        x = np.arange(6.0).reshape(2, 3)
        found = jacobian(lambda p: np.outer(p[0], p[1]), x)
        assert found.shape == (3, 3, 2, 3)
        assert found[1, 2, 0, 1] == pytest.approx(x[1, 2])
        assert jacobian(lambda t: np.array([t, t**2]), 3.0) == pytest.approx([1.0, 6.0])
        assert jacobian(polynomial, [2.0, 3.0]) == pytest.approx([4.0, 27.0])

    def test_gradient_of_any_shape(self) -> None:
        matrix = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert gradient(lambda m: (m**2).sum(), matrix) == pytest.approx(2 * matrix)
        assert gradient(lambda t: t**2, 3.0) == pytest.approx(6.0)

    def test_known_mistakes(self) -> None:
        """B1c, integer arguments; and the field of x² + y³ drawn with 2y (A4a)."""
        integers = np.array([1000, 1000])
        found = gradient(lambda p: p[0] ** 2 + 10 * p[1] ** 2, integers)
        assert found == pytest.approx([2000.0, 20000.0], rel=1e-9)
        assert integers.dtype.kind == "i"
        assert gradient(polynomial, [2, 3])[1] != pytest.approx(6.0)

    @pytest.mark.parametrize("method", METHODS)
    @given(x=VECTORS, v=VECTORS)
    def test_directional_derivative_is_the_jacobian_times_the_direction(
        self, method: str, x: Any, v: Any
    ) -> None:
        found = directional_derivative(curve, x, v, method=method, full_output=True)
        exact = curve_jacobian(x) @ v
        scale = np.exp(3) * 9 * (1 + np.abs(v).max())
        assert np.all(np.abs(found.value - exact) <= 1e-5 * scale)
        if method == "adaptive":
            assert np.all(np.abs(found.value - exact) <= 10 * found.error + 1e-12 * scale)

    def test_the_direction_is_not_normalised(self) -> None:
        once = directional_derivative(polynomial, [2, 3], [3, 4])
        assert once == pytest.approx(3 * 4 + 4 * 27, rel=1e-12)
        assert directional_derivative(polynomial, [2, 3], [6, 8]) == pytest.approx(2 * once, rel=1e-12)
        assert directional_derivative(polynomial, [2, 3], [0, 0]) == 0.0
        assert directional_derivative(polynomial, [2, 3], [1e-200, 0]) == pytest.approx(4e-200)

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_partial_derivatives(self, n: int) -> None:
        exact = {1: 27.0, 2: 18.0, 3: 6.0}[n]
        assert partial_derivative(polynomial, [2, 3], 1, n=n) == pytest.approx(exact, rel=1e-7)
        matrix = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert partial_derivative(lambda m: m**3, matrix, (1, 0))[1, 0] == pytest.approx(27.0)
        assert partial_derivative(polynomial, [2, 3], -1) == pytest.approx(27.0)

    @pytest.mark.parametrize(
        ("method", "calls"),
        [("forward", 4), ("backward", 4), ("central", 7), ("complex", 4), ("adaptive", 19)],
    )
    def test_cost(self, method: str, calls: int) -> None:
        made = []
        fun = lambda p: made.append(1) or (p**2).sum() + p[0]  # counts and computes
        result = gradient(fun, np.array([0.3, 0.4, 0.5]), method=method, full_output=False)
        assert len(made) == calls
        assert result == pytest.approx([1.6, 0.8, 1.0], rel=1e-6)
        if method in ("adaptive", "complex"):
            assert gradient(fun, np.array([0.3, 0.4, 0.5]), method=method, full_output=True).nfev == calls

    def test_functions_that_write_into_their_argument_do_no_harm(self) -> None:
        def spiteful(p: Any) -> Any:
            p *= 2
            return (p**2).sum()

        x = np.array([1.0, 2.0])
        assert gradient(spiteful, x) == pytest.approx([8.0, 16.0])
        assert hessian(spiteful, x) == pytest.approx(np.diag([8.0, 8.0]), abs=1e-9)
        assert x.tolist() == [1.0, 2.0]

    def test_the_edge_of_a_domain(self) -> None:
        x = np.array([1e-5, 1.0])
        result = gradient(lambda p: np.log(p).sum(), x, full_output=True)
        assert result.success
        assert result.value == pytest.approx(1 / x, rel=1e-9)
        assert result.step[0] < 1e-5
        assert gradient(lambda p: math.log(p[0]) + p[1], x)[0] == pytest.approx(1e5, rel=1e-9)

    def test_kinks_and_holes(self) -> None:
        result = gradient(lambda p: np.abs(p).sum(), [0.0, 1.0], full_output=True)
        assert result.status.tolist() == [1, 0]
        with pytest.warns(AccuracyWarning, match=r"x=\[0., 1.\]"):
            gradient(lambda p: np.abs(p).sum(), [0.0, 1.0])
        with pytest.raises(ValueError, match=r"`fun` returned nan at x=\[0., 1.\]"):
            gradient(lambda p: p[1] * np.sin(p[0]) / p[0], [0.0, 1.0])
        undefined = gradient(lambda p: p[1] * np.sin(p[0]) / p[0], [0.0, 1.0], full_output=True)
        assert undefined.status.tolist() == [2, 2]

    def test_a_jacobian_keeps_the_entries_it_can_find(self) -> None:
        result = jacobian(lambda p: np.array([np.sqrt(p[0] - 1), p[0] ** 2]), [1.0], full_output=True)
        assert result.status.ravel().tolist() == [1, 0]
        assert result.value[1, 0] == pytest.approx(2.0)
        with pytest.raises(ValueError, match=r"`fun` is not finite within h=0.5 of x=\[1.25\]"):
            jacobian(lambda p: np.array([p[0] ** 2, np.sqrt(p[0] - 1)]), [1.25], method="central", h=0.5)
        partly = jacobian(lambda p: np.array([1 / p[0], p[0] ** 2]), [0.0], full_output=True)
        assert partly.status.ravel().tolist() == [2, 0]


class TestSparseJacobian:
    @staticmethod
    def chain(x: Any) -> Any:
        """Return x³ differenced twice: a tridiagonal Jacobian."""
        cubes = x * x * x
        inner = cubes[:-2] - 2 * cubes[1:-1] + cubes[2:]
        return np.concatenate([cubes[:1], inner, cubes[-1:]])

    @pytest.mark.parametrize("method", METHODS)
    def test_agrees_with_the_dense_one(self, method: str) -> None:
        x = np.linspace(-2, 30, 60)
        pattern = np.tri(60, 60, 1) - np.tri(60, 60, -2)
        coloring = color_columns(pattern)
        assert coloring.count == 3
        dense = jacobian(self.chain, x, method="complex")
        found = jacobian(self.chain, x, method=method, sparsity=coloring)
        assert sparse.issparse(found)
        assert found.toarray() == pytest.approx(dense, rel=1e-6, abs=1e-4)
        if method == "adaptive":
            assert found.toarray() == pytest.approx(dense, rel=1e-9, abs=1e-8)

    def test_a_pattern_serves_as_well_and_calls_are_few(self) -> None:
        made = []
        x = np.linspace(1, 2, 200)
        pattern = sparse.diags_array([np.ones(199), np.ones(200), np.ones(199)], offsets=[-1, 0, 1])
        result = jacobian(
            lambda p: made.append(1) or self.chain(p), x, method="central", sparsity=pattern, full_output=True
        )
        assert (
            len(made) == result.nfev == 13
        )  # the point, two nodes for three colours, again for the estimate
        assert result.value.shape == result.error.shape == (200, 200)
        assert result.success

    def test_the_matrix_belongs_to_the_caller(self) -> None:
        coloring = color_columns(np.ones((2, 2)))
        before = coloring.columns.tolist()
        first = jacobian(lambda p: p**2, [1.0, 2.0], sparsity=coloring)
        first.eliminate_zeros()  # in place: the two entries off the diagonal go
        assert first.nnz == 2
        assert coloring.columns.tolist() == before
        again = jacobian(lambda p: p**2, [1.0, 2.0], sparsity=coloring)
        np.testing.assert_allclose(again.toarray(), [[2, 0], [0, 4]], rtol=1e-9)

    def test_the_step_of_a_colour_suits_its_least_column(self) -> None:
        """Steps are relative to max(1, |x|) rounded down to a power of two, which leaves a factor below two."""
        x = np.array([1.0, 1.9, 64.0, 130.0, 1.9, 0.1])
        coloring = Coloring(np.array([0, 1, 0, 3, 3, 3]), (6, 6), np.arange(6), np.arange(6), np.arange(7))
        assert coloring.least(x).tolist()[:2] == [1.0, 1.9]
        assert coloring.least(x)[3] == 0.1
        found = jacobian(lambda p: p**2, x, method="central", sparsity=coloring, full_output=True)
        assert found.value.toarray().diagonal() == pytest.approx(2 * x, rel=1e-9)
        step = 2.0**-18  # ε^(1/3), rounded down
        assert found.step.toarray().diagonal().tolist() == [step, 2 * step, 64 * step, 128 * step, step, step]

    @pytest.mark.parametrize("full_output", [True, False])
    def test_holes_are_named(self, full_output: bool) -> None:
        pattern = np.eye(2)
        options = {"method": "central", "h": 0.5, "sparsity": pattern, "full_output": full_output}
        if full_output:
            result = jacobian(np.sqrt, [0.25, 4.0], **options)
            assert result.status.toarray().diagonal().tolist() == [2, 0]
            assert "is not finite within h=0.5 of x=[0.25, 4." in result.message
        else:
            with pytest.raises(ValueError, match=r"`fun` is not finite within h=0.5 of x=\[0.25, 4."):
                jacobian(np.sqrt, [0.25, 4.0], **options)

    def test_arguments_are_the_function_s_own(self) -> None:
        kept: list[np.ndarray] = []

        def greedy(p: np.ndarray) -> np.ndarray:
            kept.append(p)
            return p

        x = np.array([1.0, 2.0])
        jacobian(greedy, x, method="central", sparsity=np.eye(2))
        assert not any(np.shares_memory(a, b) for i, a in enumerate(kept) for b in [x, *kept[:i]])
        assert [p.tolist() for p in kept] == [
            [1, 2],
            [1 - 2.0**-18, 2 - 2.0**-17],
            [1 + 2.0**-18, 2 + 2.0**-17],
        ]

    def test_a_given_step_is_the_same_for_all_columns(self) -> None:
        found = jacobian(lambda p: p**2, [1.0, 100.0], method="forward", h=0.5, sparsity=np.eye(2))
        assert found.toarray().diagonal().tolist() == [2.5, 200.5]

    @given(
        rows=st.integers(1, 12),
        columns=st.integers(1, 12),
        density=st.floats(0, 1),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_no_two_columns_of_a_colour_share_a_row(
        self, rows: int, columns: int, density: float, seed: int
    ) -> None:
        pattern = np.random.default_rng(seed).random((rows, columns)) < density
        found = color_columns(pattern)
        assert found.colors.shape == (columns,)
        for color in range(found.count):
            assert pattern[:, found.colors == color].sum(axis=1).max(initial=0) <= 1
        rebuilt = np.zeros(pattern.shape, bool)
        rebuilt[found.rows, found.columns] = True
        assert (rebuilt == pattern).all()

    @pytest.mark.parametrize("width", [1, 3, 5, 9])
    def test_a_band_needs_as_many_colours_as_it_is_wide(self, width: int) -> None:
        half = width // 2
        pattern = np.tri(50, 50, half) - np.tri(50, 50, -half - 1)
        assert color_columns(pattern).count == width

    def test_bad_patterns(self) -> None:
        with pytest.raises(ValueError, match=r"`pattern` must have two dimensions, .*, got shape \(3,\)"):
            color_columns([1, 0, 1])
        with pytest.raises(ValueError, match=r"neither of them empty, got shape \(0, 3\)"):
            color_columns(np.zeros((0, 3)))
        with pytest.raises(ValueError, match=r"`sparsity` has 3 columns, so `x` must have shape \(3,\)"):
            jacobian(lambda p: p, [1.0, 2.0], sparsity=np.eye(3))
        with pytest.raises(ValueError, match=r"`sparsity` has 2 rows, so `fun` must return shape \(2,\)"):
            jacobian(lambda p: p[:1], [1.0, 2.0], sparsity=np.eye(2))


class TestHessian:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("fun", [rosenbrock, himmelblau, beale], ids=lambda f: f.name)
    def test_hessians_of_test_functions(self, fun: Any, method: str) -> None:
        x = np.array([-1.2, 1.7])
        exact, found = fun.hess(x), hessian(fun, x, method=method)
        assert (found == found.T).all()
        assert np.max(np.abs(found - exact)) <= SECOND[method] * np.max(np.abs(exact))

    def test_orders_and_full_output(self) -> None:
        x = np.array([0.3, -0.7, 1.1])
        exact = rosenbrock.hess(x)
        for order in (2, 4, 6):
            result = hessian(rosenbrock, x, method="central", order=order, full_output=True)
            assert np.all(np.abs(result.value - exact) <= 3 * result.error)
        assert result.error.shape == result.step.shape == result.status.shape == (3, 3)

    def test_reference_condition_number(self) -> None:
        """B6b: x² + 10 y² at (1000, 1000), where a forward difference with h = 1e-5 gives 2.0 for 10."""
        bowl = lambda p: p[0] ** 2 + 10 * p[1] ** 2
        for method in ("adaptive", "central", "complex"):
            assert np.linalg.cond(hessian(bowl, [1000, 1000], method=method)) == pytest.approx(10, rel=1e-5)

    def test_variables_of_very_different_size(self) -> None:
        scales = np.array([1e-6, 1.0, 1e6])
        found = hessian(lambda p: np.prod(p) + (p**2).sum(), scales)
        exact = np.array([[2, 1e6, 1.0], [1e6, 2, 1e-6], [1.0, 1e-6, 2]])
        assert found == pytest.approx(exact, rel=1e-4, abs=1e-4)

    def test_shapes(self) -> None:
        assert hessian(lambda t: t**4, 2.0) == pytest.approx(48.0)
        matrix = np.eye(2)
        assert hessian(lambda m: (m**2).sum(), matrix).shape == (2, 2, 2, 2)

    @given(a=arrays(np.float64, (3, 3), elements=st.floats(-2, 2)), x=VECTORS)
    def test_quadratic_forms(self, a: Any, x: Any) -> None:
        result = hessian(lambda p: p @ a @ p / 2, x, full_output=True)
        assert np.all(np.abs(result.value - (a + a.T) / 2) <= 10 * result.error + 1e-9)


class TestBadInput:
    @pytest.mark.parametrize("routine", [gradient, jacobian, hessian])
    @pytest.mark.parametrize(
        ("arguments", "options", "error", "message"),
        [
            (("f", [1.0]), {}, TypeError, r"`fun` must be callable, got 'f' of type str"),
            ((polynomial, ["a", "b"]), {}, TypeError, r"`x` must hold real numbers"),
            ((polynomial, [1j, 1.0]), {}, TypeError, r"`x` must be real"),
            ((polynomial, [np.nan, 1.0]), {}, ValueError, r"`x` must be finite, got x\[0\]=nan"),
            ((polynomial, []), {}, ValueError, r"`x` must not be empty"),
            ((polynomial, [1.0, 2.0]), {"h": -1}, ValueError, r"`h` must be positive, got h=-1.0"),
            ((polynomial, [1.0, 2.0]), {"method": "x"}, ValueError, r"`method` must be one of"),
            (
                (polynomial, [1.0, 2.0]),
                {"method": "central", "order": 5},
                ValueError,
                r"`order` must be one of 2, 4, 6",
            ),
            ((lambda p: "no", [1.0]), {}, TypeError, r"`fun` must return numbers, got dtype <U2"),
            ((lambda p: p[0] * 1j, [1.0]), {}, TypeError, r"`fun` must return real values"),
            ((lambda p: p.missing, [1.0]), {}, AttributeError, "missing"),
        ],
    )
    def test_arguments(self, routine: Any, arguments: Any, options: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            routine(*arguments, **options)

    def test_the_message_names_the_function_that_fits(self) -> None:
        with pytest.raises(
            ValueError, match=r"`fun` returned shape \(3,\); a gradient needs a scalar: use `jacobian`"
        ):
            gradient(lambda p: p, [1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match=r"a Hessian needs a scalar: use the `jacobian` of its gradient"):
            hessian(lambda p: p, [1.0, 2.0])

    def test_complex_step_refuses_functions_that_drop_the_imaginary_part(self) -> None:
        for routine in (gradient, hessian):
            with pytest.raises(TypeError, match=r"must carry complex arguments through"):
                routine(lambda p: np.abs(p).sum(), [1.0, 2.0], method="complex")

    def test_a_function_whose_shape_changes(self) -> None:
        with pytest.raises(
            ValueError, match=r"`fun` must return shape \(2,\) here, as at other points, got shape \(1,\)"
        ):
            jacobian(lambda p: p[p > 0], [0.001, 1.0])

    def test_directions_and_indices(self) -> None:
        with pytest.raises(ValueError, match=r"`v` must have the shape of `x`, \(2,\), got shape \(3,\)"):
            directional_derivative(polynomial, [1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match=r"`v` must be finite, got v\[1\]=inf"):
            directional_derivative(polynomial, [1, 2], [1, np.inf])
        with pytest.raises(
            IndexError, match=r"`index` must be an index into `x` of shape \(2,\), got index=2"
        ):
            partial_derivative(polynomial, [1, 2], 2)
        with pytest.raises(ValueError, match=r"`index` must name one variable"):
            partial_derivative(lambda m: m.sum(), np.eye(2), 0)
