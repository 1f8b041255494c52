"""The derivatives and minima that the test functions claim, against SymPy, a complex step and SciPy."""

from __future__ import annotations

import re

import mpmath
import numpy as np
import pytest
import scipy.optimize
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    split_symbols,
    standard_transformations,
)

from calcguide import functions

FUNCTIONS = list(functions.catalogue.values())
LINE = [f for f in FUNCTIONS if f.dimension == 1]
SPACE = [f for f in FUNCTIONS if f.dimension != 1]
ANY = [f for f in FUNCTIONS if f.dimension is None]
X, Y = sympy.symbols("x y")
# Each derivative is a handful of rounded operations on terms that may cancel, at most 1e5 at these points.
ROUNDED = {"rtol": 1e-12, "atol": 1e-9}


def points(f, count=50):
    """Points spread over the box that is worth drawing; on the line, plain numbers."""
    low, high = np.transpose(f.bounds)
    sample = np.random.default_rng(1).uniform(low, high, (count, len(low)))
    return sample[:, 0] if f.dimension == 1 else sample


def symbols(f):
    return (X,) if f.dimension == 1 else (X, Y)


def expression(f):
    return sympy.sympify(f.expression, locals={"x": X, "y": Y})


def evaluate(f, formula):
    """Evaluate a formula of SymPy's at `points`, one by one."""
    return np.array([formula(*np.atleast_1d(p)) for p in points(f)], dtype=float)


@pytest.mark.parametrize("f", FUNCTIONS, ids=repr)
class TestAgainstSymPy:
    def test_value(self, f):
        assert np.allclose(f(points(f)), evaluate(f, sympy.lambdify(symbols(f), expression(f))), **ROUNDED)

    def test_gradient(self, f):
        gradient = [sympy.diff(expression(f), v) for v in symbols(f)]
        wanted = evaluate(f, sympy.lambdify(symbols(f), gradient))
        assert np.allclose(f.jac(points(f)).reshape(wanted.shape), wanted, **ROUNDED)

    def test_hessian(self, f):
        hessian = sympy.hessian(expression(f), symbols(f)).tolist()
        wanted = evaluate(f, sympy.lambdify(symbols(f), hessian))
        assert np.allclose(f.hess(points(f)).reshape(wanted.shape), wanted, **ROUNDED)

    def test_formula_shown_to_readers(self, f):
        text = f.formula
        if f.dimension is None:
            upper = 1 if "n-1" in text else 2
            summand = re.search(r"\\left\[(.*)\\right\]", text).group(1)
            terms = [
                summand.replace("x_{i+1}", f"p_{i + 1} ").replace("x_i", f"p_{i} ")
                for i in range(1, upper + 1)
            ]
            text = " + ".join(f"({term})" for term in terms)
        text = re.sub(r"\\frac\{(.+?)\}\{(.+?)\}", r"(\1)/(\2)", text)
        text = re.sub(r"\\(sin|cos) ((?:\d |\\pi )*[a-z](?:_\d)?)", r"\1(\2)", text).replace("\\", "")
        rules = (*standard_transformations, convert_xor, split_symbols, implicit_multiplication)
        names = {"p_1": X, "p_2": Y, "x": X, "y": Y}
        assert sympy.simplify(parse_expr(text, names, rules) - expression(f)) == 0


@pytest.mark.parametrize("f", FUNCTIONS, ids=repr)
class TestComplexStep:
    # Im f(x + ih)/h has no cancellation, and its truncation h² f'''/6 is far below one round-off at h = 1e-20.
    h = 1e-20

    def directions(self, f):
        return [1] if f.dimension == 1 else np.eye(len(f.bounds))

    def test_gradient(self, f):
        steps = [f(points(f) + 1j * self.h * e).imag / self.h for e in self.directions(f)]
        wanted = steps[0] if f.dimension == 1 else np.stack(steps, axis=-1)
        assert np.allclose(f.jac(points(f)), wanted, **ROUNDED)

    def test_hessian(self, f):
        steps = [f.jac(points(f) + 1j * self.h * e).imag / self.h for e in self.directions(f)]
        wanted = steps[0] if f.dimension == 1 else np.stack(steps, axis=-1)
        assert np.allclose(f.hess(points(f)), wanted, **ROUNDED)


STATIONARY = [
    pytest.param(f, p, id=f"{f.name}-{p.kind}-{i}") for f in FUNCTIONS for i, p in enumerate(f.stationary)
]
# Here the second derivatives vanish, and the third or fourth decide.
DEGENERATE = {"flat_bowl", "monkey_saddle"}


@pytest.mark.parametrize(("f", "point"), STATIONARY)
class TestStationary:
    def test_gradient_vanishes(self, f, point):
        # The coordinates carry half a unit in the last place, multiplied by the Hessian's norm of at most 2600.
        assert np.abs(f.jac(point.x)).max() < 1e-12

    def test_full_precision(self, f, point):
        if f.name in {"rastrigin", *DEGENERATE}:
            pytest.skip("the zeros are exact")
        variables = symbols(f)
        exact_text = sympy.nsimplify(expression(f))
        gradient = sympy.lambdify(variables, [sympy.diff(exact_text, v) for v in variables], "mpmath")
        with mpmath.workdps(30):
            start = np.atleast_1d(point.x).tolist()
            root = mpmath.findroot(gradient, start, solver="mdnewton")
            exact = [float(c) for c in root]
        # 1e-15 is a few units in the last place of coordinates between 0.03 and 4.
        assert np.allclose(np.atleast_1d(point.x), exact, rtol=0, atol=1e-15)

    def test_value(self, f, point):
        # The value is flat there: an error in x counts only squared.
        assert np.isclose(f(point.x), point.value, rtol=1e-14, atol=1e-14)

    def test_kind(self, f, point):
        if f.name in DEGENERATE:
            assert abs(np.linalg.det(f.hess(point.x))) == 0
            return
        curvatures = np.linalg.eigvalsh(np.reshape(f.hess(point.x), (len(f.bounds),) * 2))
        kinds = {1: "minimum", -1: "maximum"}
        signs = set(np.sign(curvatures))
        assert point.kind == (kinds[signs.pop()] if len(signs) == 1 else "saddle")


def test_degenerate_points_are_what_they_claim():
    circle = np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 99)), np.sin(t)], axis=-1) / 10
    assert (functions.flat_bowl(circle) > 0).all()
    signs = np.sign(np.round(functions.monkey_saddle(circle), 12))
    assert {-1.0, 1.0} <= set(signs)


def test_minima_are_the_stationary_points_of_that_kind():
    assert functions.cubic.minima == ((4 / 3, -5 / 27),)
    assert len(functions.himmelblau.minima) == 4
    assert functions.saddle.minima == ()
    assert functions.bowl.minima == (((-1.0, -1.5), 1.75),)


def test_ripple_has_one_stationary_point_and_a_shoulder():
    x = np.linspace(-5, 5, 100_001)
    assert (np.diff(np.sign(functions.ripple.jac(x))) != 0).sum() == 1
    right = x > 0
    shoulder = x[right][np.argmin(functions.ripple.jac(x[right]))]
    assert shoulder == pytest.approx(np.pi - np.arcsin(0.4), abs=1e-4)
    assert functions.ripple.jac(shoulder) == pytest.approx(
        2 * np.pi - 2 * np.arcsin(0.4) - np.sqrt(21), abs=1e-7
    )


@pytest.mark.parametrize(
    ("f", "wanted"),
    [
        pytest.param(functions.rosenbrock, 2508.0096, id="rosenbrock"),
        pytest.param(functions.elongated_bowl, 10, id="elongated_bowl"),
        pytest.param(functions.booth, 9, id="booth"),
    ],
)
def test_condition_number_at_the_minimum(f, wanted):
    assert np.linalg.cond(f.hess(f.minima[0][0])) == pytest.approx(wanted, rel=1e-8)


@given(arrays(float, st.tuples(st.integers(1, 3), st.integers(2, 7)), elements=st.floats(-3, 3)))
def test_rosenbrock_in_any_dimension_is_scipys(x):
    f = functions.rosenbrock
    for row, value, gradient, hessian in zip(x, f(x), f.jac(x), f.hess(x), strict=True):
        assert np.isclose(value, scipy.optimize.rosen(row), **ROUNDED)
        assert np.allclose(gradient, scipy.optimize.rosen_der(row), **ROUNDED)
        assert np.allclose(hessian, scipy.optimize.rosen_hess(row), **ROUNDED)


@pytest.mark.parametrize("f", ANY, ids=repr)
def test_any_dimension_by_complex_step(f):
    x = np.random.default_rng(2).uniform(-1, 1, 5)
    steps = x + 1e-20j * np.eye(5)
    assert np.allclose(f.jac(x), f(steps).imag / 1e-20, **ROUNDED)
    assert np.allclose(f.hess(x), f.jac(steps).imag / 1e-20, **ROUNDED)


@pytest.mark.parametrize("f", LINE, ids=repr)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)], ids=str)
def test_shapes_on_the_line(f, shape):
    x = np.ones(shape)
    assert np.shape(f(x)) == np.shape(f.jac(x)) == np.shape(f.hess(x)) == shape


@pytest.mark.parametrize("f", SPACE, ids=repr)
@pytest.mark.parametrize("batch", [(), (0,), (4,), (2, 3)], ids=str)
def test_shapes_of_batches(f, batch):
    n = f.dimension or 3
    x = np.ones((*batch, n))
    assert np.shape(f(x)) == batch
    assert f.jac(x).shape == (*batch, n)
    assert f.hess(x).shape == (*batch, n, n)


@pytest.mark.parametrize("f", FUNCTIONS, ids=repr)
def test_integers_become_floats_and_nothing_is_mutated(f):
    x = np.array(1) if f.dimension == 1 else np.array([1, 2])
    kept = x.copy()
    for part in (f, f.fun, f.jac, f.hess):
        value = part(x)
        assert np.asarray(value).dtype == np.float64
        assert np.array_equal(value, part(x.tolist()))
        assert np.array_equal(value, part(x.astype(float)))
    assert np.array_equal(x, kept)


def test_symbols_go_through():
    assert sympy.expand(functions.himmelblau([X, Y]) - expression(functions.himmelblau)) == 0
    assert functions.cubic(X) == expression(functions.cubic)


def test_foreign_arrays_are_used_as_they_are():
    class Foreign(np.lib.mixins.NDArrayOperatorsMixin):
        shape = ()

        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            calls.append(ufunc.__name__)
            return self

    calls: list[str] = []
    assert isinstance(functions.ripple(Foreign()), Foreign)
    assert "sin" in calls


def test_not_finite_passes_through():
    assert np.isnan(functions.cubic(np.nan))
    assert functions.bowl([np.inf, 0]) == np.inf


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        pytest.param("3", TypeError, "`x` must hold real numbers, got '3' of type str", id="text"),
        pytest.param(None, TypeError, "got None", id="none"),
        pytest.param([[1, 2], [3]], ValueError, "rows of different lengths", id="ragged"),
        pytest.param([True, False], TypeError, "must hold real numbers", id="booleans"),
        pytest.param(
            [1, 2, 3], ValueError, r"`bowl` takes points of 2 coordinates .* got shape \(3,\)", id="length"
        ),
        pytest.param(3.0, ValueError, r"got shape \(\)", id="number"),
    ],
)
def test_bad_input(x, error, message):
    with pytest.raises(error, match=message):
        functions.bowl(x)


def test_too_few_variables():
    with pytest.raises(ValueError, match="`rosenbrock` takes points of 2 or more coordinates"):
        functions.rosenbrock([1.0])


def test_catalogue_is_complete_and_read_only():
    named = {
        name for name in functions.__all__ if isinstance(getattr(functions, name), functions.TestFunction)
    }
    assert named == set(functions.catalogue)
    assert all(getattr(functions, name) is f for name, f in functions.catalogue.items())
    with pytest.raises(TypeError):
        functions.catalogue["mine"] = functions.bowl


def test_frozen_and_readable():
    assert repr(functions.bowl) == "calcguide.functions.bowl"
    with pytest.raises(AttributeError):
        functions.bowl.name = "other"
    assert all(f.source and f.formula for f in FUNCTIONS)


@pytest.mark.parametrize("f", FUNCTIONS, ids=repr)
def test_bounds_hold_the_stationary_points_each_once(f):
    low, high = np.transpose(f.bounds)
    assert (low < 0).all()
    for point in f.stationary:
        assert (low < point.x).all()
        assert (point.x < high).all()
    assert len({point.x for point in f.stationary}) == len(f.stationary)
