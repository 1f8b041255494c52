"""Densities of functions of a random variable: one branch, several, several variables, and their faults."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from calcguide import autodiff
from calcguide.probability import change_of_variables

EPS = np.finfo(float).eps
Y = np.array([1e-3, 0.2, 0.7, 1.0, 2.5, 9.0])


def standard_normal(x: Any) -> Any:
    return np.exp(-np.sum(x**2, axis=-1) / 2) / (2 * np.pi) ** (x.shape[-1] / 2)


def cartesian(p: Any) -> Any:
    r, angle = p[..., 0], p[..., 1]
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=-1)


class TestOneVariable:
    # A handful of roundings each in p, in h and in its derivative.
    @pytest.mark.parametrize(
        ("pdf", "inverse", "low", "exact"),
        [
            pytest.param(
                stats.norm.pdf, np.log, 0.0, stats.lognorm(s=1).pdf, id="exp of a normal: log-normal"
            ),
            pytest.param(
                stats.norm.pdf,
                [np.sqrt, lambda y: -np.sqrt(y)],
                0.0,
                stats.chi2(df=1).pdf,
                id="its square: chi²",
            ),
            pytest.param(
                lambda u: np.where((u > 0) & (u < 1), 1.0, 0.0),
                lambda y: np.exp(-3 * y),
                0.0,
                stats.expon(scale=1 / 3).pdf,
                id="−log(U)/3: exponential, by a decreasing map",
            ),
            pytest.param(
                stats.expon.pdf, lambda y: y**1.5, 0.0, stats.weibull_min(c=1.5).pdf, id="a root: Weibull"
            ),
            pytest.param(
                stats.norm.pdf,
                lambda y: (y - 3) / 2,
                -math.inf,
                stats.norm(3, 2).pdf,
                id="moved and stretched",
            ),
            pytest.param(
                lambda u: np.where((u > -np.pi / 2) & (u < np.pi / 2), 1 / np.pi, 0.0),
                np.arctan,
                -math.inf,
                stats.cauchy.pdf,
                id="the tangent of a uniform angle: Cauchy",
            ),
        ],
    )
    def test_known_distributions(self, pdf: Any, inverse: Any, low: float, exact: Any) -> None:
        density = change_of_variables(pdf, inverse, low=low)
        assert density(Y) == pytest.approx(exact(Y), rel=50 * EPS)

    def test_is_zero_outside_and_calls_nothing_there(self) -> None:
        def root(y: Any) -> Any:
            assert np.all(np.asarray(autodiff.stop_gradient(y) > 0))
            return np.sqrt(y)

        density = change_of_variables(stats.norm.pdf, [root, lambda y: -root(y)], low=0.0, high=5.0)
        assert density([[-1.0, 0.0, 1.0], [5.0, 6.0, 2.0]]) == pytest.approx(
            np.array([[0, 0, stats.chi2.pdf(1.0, 1)], [0, 0, stats.chi2.pdf(2.0, 1)]])
        )
        assert density([-1.0, -2.0]).tolist() == [0.0, 0.0]
        assert density(-1.0) == 0.0

    def test_a_number_gives_a_number(self) -> None:
        density = change_of_variables(stats.norm.pdf, np.log, low=0.0)
        assert type(density(2)) is float
        assert density(np.ones((2, 3))).shape == (2, 3)

    @given(a=st.floats(-50, 50).filter(lambda a: abs(a) > 1e-3), b=st.floats(-50, 50))
    def test_a_linear_map_there_and_back(self, a: float, b: float) -> None:
        y = np.linspace(-2, 2, 7)
        there = change_of_variables(stats.norm.pdf, lambda y: (y - b) / a)
        back = change_of_variables(there, lambda x: a * x + b)
        # y − b loses the digits of y that b covers: an error ε |b| / |a| in x, times the slope of the density.
        assert back(y) == pytest.approx(stats.norm.pdf(y), rel=20 * EPS * (1 + abs(b) / abs(a)))

    def test_keeps_the_probability_one(self) -> None:
        density = change_of_variables(stats.norm.pdf, np.log, low=0.0)
        assert integrate.quad(density, 0, np.inf)[0] == pytest.approx(1.0, abs=1e-8)

    def test_parameters_of_the_map_can_be_differentiated(self) -> None:
        y = np.array([-1.0, 0.5, 1.0, 4.0])

        def total(theta: Any) -> Any:
            # log-normal with location θ₀ and scale θ₁; its log-density is summed over the positive points
            density = change_of_variables(
                lambda x: np.exp(-(x**2) / 2), lambda y: (np.log(y) - theta[0]) / theta[1], low=0.0
            )
            return np.sum(density(y))

        def by_hand(theta: Any) -> Any:
            z = (np.log(y[1:]) - theta[0]) / theta[1]
            return np.sum(np.exp(-(z**2) / 2) / (y[1:] * theta[1]))

        theta = [0.3, 0.8]
        assert autodiff.grad(total)(theta) == pytest.approx(autodiff.grad(by_hand)(theta), rel=1e-13)


class TestSeveralVariables:
    def test_polar_coordinates_have_the_radius_as_determinant(self) -> None:
        density = change_of_variables(
            standard_normal, cartesian, dim=2, low=[0, -np.pi], high=[np.inf, np.pi]
        )
        r, angle = np.meshgrid([0.1, 1.0, 3.0], [-3.0, 0.4], indexing="ij")
        points = np.stack([r, angle], axis=-1)
        assert density(points) == pytest.approx(r * np.exp(-(r**2) / 2) / (2 * np.pi), rel=50 * EPS)
        assert density([[-1.0, 0.0], [1.0, 4.0]]).tolist() == [0.0, 0.0]

    def test_box_muller_makes_normals_of_uniforms(self) -> None:
        def uniforms(z: Any) -> Any:
            turn = np.arctan2(z[..., 1], z[..., 0]) / (2 * np.pi)
            return np.stack([np.exp(-np.sum(z**2, axis=-1) / 2), turn + (turn < 0)], axis=-1)

        def unit_square(u: Any) -> Any:
            return np.where(((u >= 0) & (u <= 1)).all(axis=-1), 1.0, 0.0)

        density = change_of_variables(unit_square, uniforms, dim=2)
        z = np.random.default_rng(1).normal(size=(50, 2))
        assert density(z) == pytest.approx(standard_normal(z), rel=100 * EPS)

    def test_a_linear_map_gives_its_covariance(self) -> None:
        L = np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [-1.0, 0.3, 0.7]])
        mean = np.array([1.0, -2.0, 0.5])
        inverse = np.linalg.inv(L)
        density = change_of_variables(standard_normal, lambda y: (y - mean) @ inverse.T, dim=3)
        y = np.random.default_rng(0).normal(size=(4, 5, 3))
        exact = stats.multivariate_normal(mean, L @ L.T).pdf(y)
        assert density(y) == pytest.approx(exact, rel=1e-13)
        assert density(y[0, 0]) == pytest.approx(exact[0, 0], rel=1e-13)
        assert type(density(y[0, 0])) is float

    def test_a_shear_changes_no_volume(self) -> None:
        # Coupling layers are of this kind: one coordinate moved by a function of the other.
        def unsheared(y: Any) -> Any:
            return np.stack([y[..., 0], y[..., 1] - np.sin(3 * y[..., 0])], axis=-1)

        y = np.random.default_rng(2).normal(size=(20, 2))
        density = change_of_variables(standard_normal, unsheared, dim=2)
        assert density(y) == pytest.approx(standard_normal(unsheared(y)), rel=20 * EPS)

    def test_branches_add_up(self) -> None:
        # (|X₁|, X₂) folds the plane: twice the density on one half.
        unfolded = [lambda y: y, lambda y: y * np.array([-1.0, 1.0])]
        density = change_of_variables(standard_normal, unfolded, dim=2, low=[0.0, -np.inf])
        assert density([1.0, 2.0]) == pytest.approx(2 * standard_normal(np.array([1.0, 2.0])), rel=10 * EPS)


class TestFaults:
    def test_a_missing_range_is_named_with_the_point(self) -> None:
        density = change_of_variables(stats.norm.pdf, np.log)
        with pytest.raises(ValueError, match=r"not finite at y=-1\.0.*`low` and `high`"):
            density([2.0, -1.0])

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"pdf": 1.0}, TypeError, "`pdf` must be callable"),
            ({"inverse": []}, ValueError, "at least one function"),
            ({"inverse": [np.log, 2]}, TypeError, "`inverse` must be callable"),
            ({"dim": 0}, ValueError, "`dim` must be at least 1"),
            ({"dim": 2.0}, TypeError, "`dim` must be an integer"),
            ({"low": 1.0, "high": 0.0}, ValueError, "`low` must be less than `high`, got low=1.0, high=0.0"),
            ({"dim": 2, "low": [0.0, 1.0], "high": 1.0}, ValueError, "`low` must be less than `high`"),
            ({"low": np.nan}, ValueError, "`low` must be one number, got nan"),
            ({"dim": 2, "high": [1.0, 2.0, 3.0]}, ValueError, "`high` must be one number for each variable"),
        ],
    )
    def test_arguments(self, options: dict[str, Any], error: type[Exception], message: str) -> None:
        arguments = {"pdf": stats.norm.pdf, "inverse": np.log} | options
        with pytest.raises(error, match=message):
            change_of_variables(arguments.pop("pdf"), arguments.pop("inverse"), **arguments)

    @pytest.mark.parametrize(
        ("pdf", "inverse", "dim", "y", "message"),
        [
            (stats.norm.pdf, np.log, None, [1.0, np.nan], "`y` must be finite"),
            (
                standard_normal,
                lambda y: y,
                2,
                [1.0, 2.0, 3.0],
                r"`y` must have shape \(\.\.\., 2\), got \(3,\)",
            ),
            (standard_normal, lambda y: y, 2, 3.0, r"`y` must have shape \(\.\.\., 2\), got \(\)"),
            (standard_normal, lambda y: y[..., :1], 2, [1.0, 2.0], "`inverse` must return the shape"),
            (
                lambda x: np.sum(x),
                lambda y: y,
                None,
                [1.0, 2.0],
                r"`pdf` must return.*\(2,\); got shape \(\)",
            ),
            (
                lambda x: -stats.norm.pdf(x),
                lambda y: 2 * y,
                None,
                [1.0],
                r"`pdf` must not be negative, got -0\.05.* at x=2\.0, where y=1\.0",
            ),
            (lambda x: x, lambda y: np.sum(y), None, [1.0, 2.0], r"`inverse` must return the shape.*\(2,\)"),
        ],
    )
    def test_what_functions_return(self, pdf: Any, inverse: Any, dim: Any, y: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            change_of_variables(pdf, inverse, dim=dim)(y)
