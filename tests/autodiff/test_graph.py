"""The recorded computation: its numbers against hand-made ones, its text, its graph, and its layout."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcguide import autodiff, differences
from calcguide.autodiff import explain, graph


def network(x, w1, b, w2, t):
    return (w2 * np.tanh(w1 * x + b) - t) ** 2


def twice(x):
    return x * x + np.sin(x) * np.exp(x * x)


POINT = (1.5, 0.8, -0.4, 2.0, 1.0)
CASES = {
    "network": (network, POINT),
    "used often": (twice, (0.7,)),
    "quotient": (lambda x, y: (x - y) / (x + 2 * y), (1.0, 3.0)),
    "powers": (lambda x, y: x**y + 2**x - abs(-y), (1.2, 0.5)),
    "extremes": (lambda x, y: np.maximum(x, y) * np.minimum(x, 0.1), (2.0, 1.0)),
    "dead end": (lambda x: (np.sin(x), 3 * x)[1], (0.4,)),
}
each = pytest.mark.parametrize(("fun", "args"), CASES.values(), ids=CASES)


def test_every_number_of_a_small_network_by_hand():
    x, w1, b, w2, t = POINT
    steps = explain(network, *POINT)
    h = math.tanh(w1 * x + b)
    error = w2 * h - t
    slope = 1 - h * h  # of tanh
    rows = {
        "v1": ("w1 * x", w1 * x, (x, w1), 2 * error * w2 * slope),
        "v2": ("v1 + b", w1 * x + b, (1, 1), 2 * error * w2 * slope),
        "v3": ("tanh(v2)", h, (slope,), 2 * error * w2),
        "v4": ("w2 * v3", w2 * h, (h, w2), 2 * error),
        "v5": ("v4 - t", error, (1, -1), 2 * error),
        "v6": ("v5**2", error**2, (2 * error,), 1),
    }
    assert [step.name for step in steps.steps] == ["x", "w1", "b", "w2", "t", *rows]
    for name, (operation, value, derivatives, adjoint) in rows.items():
        step = steps[name]
        assert step.operation == operation
        # A few operations in another order: a few units in the last place.
        assert step.value == pytest.approx(value, rel=1e-14)
        assert step.derivatives == pytest.approx(derivatives, rel=1e-14)
        assert step.adjoint == pytest.approx(adjoint, rel=1e-14)
    assert (steps.result, steps.value) == ("v6", steps["v6"].value)


@each
def test_adjoints_of_arguments_are_the_gradient(fun, args):
    steps = explain(fun, *args)
    gradient = autodiff.grad(fun, argnums=tuple(range(len(args))))(*args)
    assert [step.adjoint for step in steps.steps[: len(args)]] == [float(g) for g in gradient]
    assert steps.value == fun(*args)


@each
def test_adjoints_add_up_along_the_edges(fun, args):
    drawn = graph(fun, *args)
    adjoints = {node.name: node.adjoint for node in drawn.nodes}
    result = explain(fun, *args).result
    for node in drawn.nodes:
        total = sum(adjoints[e.end] * e.derivative for e in drawn.edges if e.start == node.name)
        # The same terms in the same order; only the constant 1 of the result comes on top.
        assert node.adjoint == pytest.approx(total + (node.name == result), rel=1e-14, abs=1e-300)


@each
def test_local_derivatives_are_those_of_the_operation(fun, args):
    # Central differences of one operation at a time: good to about ε^(2/3), and these are of size 1.
    steps = explain(fun, *args)
    known = {step.name: step.value for step in steps.steps}
    for step in steps.steps[len(args) :]:
        for operand, local in zip(step.operands, step.derivatives, strict=True):
            if step.operands.count(operand) > 1:
                continue

            def one(value, operand=operand, operation=step.operation):
                scope = {**known, operand: value, "sin": np.sin, "exp": np.exp, "tanh": np.tanh}
                scope |= {"maximum": np.maximum, "minimum": np.minimum}
                return eval(operation, scope)  # noqa: S307  # what the table says is Python

            assert local == pytest.approx(differences.derivative(one, known[operand]), rel=1e-8, abs=1e-8)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_sum_over_paths(x, y):
    def fun(x, y):
        return np.sin(x * y) * x + y * y

    drawn = graph(fun, x, y)

    def paths(name):
        if name == drawn.nodes[-1].name:
            return 1.0
        return sum(edge.derivative * paths(edge.end) for edge in drawn.edges if edge.start == name)

    # Terms of size up to 3 · 9, each with a handful of roundings.
    assert paths("x") == pytest.approx(np.sin(x * y) + x * y * np.cos(x * y), abs=1e-12)
    assert paths("y") == pytest.approx(x * x * np.cos(x * y) + 2 * y, abs=1e-12)


class TestText:
    def test_table(self):
        assert repr(explain(lambda x, w: np.sin(w * x) + x, 0.5, 2.0)).splitlines() == [
            "step  formula   value   local       adjoint",
            "x     argument  0.5                 2.081",
            "w     argument  2                   0.2702",
            "v1    w * x     1       ∂w 0.5      0.5403",
            "                        ∂x 2",
            "v2    sin(v1)   0.8415  ∂v1 0.5403  1",
            "v3    v2 + x    1.341   ∂v2 1       1",
            "                        ∂x 1",
        ]

    def test_narrow_enough_for_a_phone(self):
        assert max(map(len, repr(explain(network, *POINT)).splitlines())) <= 44

    @pytest.mark.parametrize(
        ("fun", "operation"),
        [
            pytest.param(lambda x: 2 * x[0], "2 * v1", id="constant first"),
            pytest.param(lambda x: (-2.0) ** x[1], "(-2)**v1", id="negative base"),
            pytest.param(lambda x: -x[0], "-v1", id="negative"),
            pytest.param(lambda x: abs(x[0]), "abs(v1)", id="absolute"),
            pytest.param(lambda x: x[1], "x[1]", id="index"),
            pytest.param(lambda x: x[::2][0], "v1[0]", id="index of a step"),
            pytest.param(lambda x: np.sum(x), "sum(x)", id="sum"),
            pytest.param(lambda x: 1 / x[0], "1 / v1", id="quotient"),
        ],
    )
    def test_operation_reads_as_python(self, fun, operation):
        assert explain(fun, [1.0, 2.0, 3.0]).steps[-1].operation == operation

    @pytest.mark.parametrize(
        ("fun", "operation"),
        [
            pytest.param(lambda x: x[:2], "x[:2]", id="slice"),
            pytest.param(lambda x: x[::2], "x[::2]", id="step"),
            pytest.param(lambda x: x[..., 1:], "x[..., 1:]", id="ellipsis"),
            pytest.param(lambda x: x[np.array([0, 2])], "x[array(2)]", id="array index"),
            pytest.param(lambda x: np.eye(3) * x, "array(3×3) * x", id="constant array"),
            pytest.param(lambda x: (2 * x)[:, None].T @ np.eye(3), "v3 @ array(3×3)", id="matrix"),
            pytest.param(lambda x: x.reshape(3, 1), "reshape(x, shape=(3, 1))", id="option"),
        ],
    )
    def test_first_step_of_an_array(self, fun, operation):
        steps = explain(lambda x: np.sum(fun(x)), [1.0, 2.0, 3.0])
        assert operation in [step.operation for step in steps.steps]

    def test_arrays_show_shape_and_norm(self):
        shown = repr(explain(lambda x: np.sum(x * x), [2.0, 3.0, 6.0]))
        assert "3 norm 7 " in shown
        assert "3 norm 14" in shown

    def test_two_numbers_are_shown(self):
        assert "[3, 4]" in repr(explain(np.sum, [3.0, 4.0]))


class TestNames:
    def test_arguments_have_the_names_of_the_parameters(self):
        assert [s.name for s in explain(network, *POINT).steps[:5]] == ["x", "w1", "b", "w2", "t"]

    def test_containers_name_their_leaves(self):
        def fun(p, *rest):
            return p["w"][0] * p["b"] + rest[0]

        point = {"w": np.array([1.0, 2.0]), "b": 3.0}
        names = [s.name for s in explain(fun, point, 4.0).steps]
        assert names == ["p[w]", "p[b]", "rest1", "v1", "v2", "v3"]

    def test_function_without_a_signature(self):
        steps = explain(np.multiply, 2.0, 3.0)
        assert len({s.name for s in steps.steps}) == 3
        assert [s.adjoint for s in steps.steps] == [3, 2, 1]

    def test_an_argument_called_v1(self):
        steps = explain(lambda v1: 2 * v1, 3.0)
        assert [s.name for s in steps.steps] == ["v1", "u1"]
        assert steps["u1"].operation == "2 * v1"

    def test_unknown_name(self):
        with pytest.raises(KeyError, match="no step has the name 'y'; the names are x, v1"):
            explain(lambda x: np.sin(x), 1.0)["y"]


class TestEdgeCases:
    def test_result_that_is_the_argument(self):
        steps = explain(lambda x: x, 2.0)
        assert (steps.result, steps["x"].adjoint) == ("x", 1.0)

    def test_constant(self):
        steps = explain(lambda x: 3.0, 2.0)
        assert (steps.value, steps.result) == (3.0, "v1")
        assert (steps["x"].adjoint, steps["v1"].adjoint, steps["v1"].operation) == (0, 1, "3")
        assert steps.graph().edges == ()

    def test_dead_end_has_adjoint_zero(self):
        steps = explain(lambda x: (np.sin(x), 3 * x)[1], 0.4)
        assert (steps["v1"].operation, steps["v1"].adjoint) == ("sin(x)", 0)

    def test_options_are_constants(self):
        steps = explain(lambda x, *, n: x**n, 2.0, n=3)
        assert [s.operation for s in steps.steps] == ["argument", "x**3"]

    def test_array_of_one_number_counts_as_a_scalar(self):
        assert explain(lambda x: x * x, [3.0])["x"].adjoint.tolist() == [6.0]

    def test_steps_of_a_derivative(self):
        # The engine differentiates its own rules: so the record of a derivative is a record.
        steps = explain(lambda x: autodiff.grad(np.sin)(x), 0.5)
        assert steps.value == pytest.approx(math.cos(0.5), rel=1e-15)
        assert steps["x"].adjoint == pytest.approx(-math.sin(0.5), rel=1e-15)

    def test_nothing_of_the_caller_is_changed_or_kept(self):
        x = np.array([1.0, 2.0])
        step = explain(lambda x: np.sum(x**2), x)["x"]
        x[0] = 9
        assert step.value.tolist() == [1, 2]
        with pytest.raises(ValueError, match="read-only"):
            step.value[0] = 0

    def test_arrays_have_no_local_number(self):
        steps = explain(lambda x: np.sum(2 * x), [1.0, 2.0])
        assert [s.derivatives for s in steps.steps] == [(), (None,), (None,)]
        assert steps["v1"].adjoint.tolist() == [1, 1]

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            pytest.param(lambda: explain(3, 1.0), TypeError, "`fun` must be callable", id="no function"),
            pytest.param(lambda: explain(lambda: 1.0), ValueError, "at least one argument", id="no argument"),
            pytest.param(lambda: explain(lambda x: x, [1.0, 2.0]), ValueError, "needs a scalar", id="vector"),
            pytest.param(lambda: explain(np.sin, "1"), TypeError, "must hold real numbers", id="text"),
            pytest.param(lambda: explain(np.sin, 1j), TypeError, "must be real", id="complex"),
            pytest.param(
                lambda: autodiff.grad(lambda x: explain(np.sin, x).value)(1.0),
                TypeError,
                "got a traced value",
                id="inside a derivative",
            ),
        ],
    )
    def test_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()


class TestLayout:
    @each
    def test_every_edge_leads_to_a_later_layer_through_all_between(self, fun, args):
        drawn = graph(fun, *args)
        order = [node.name for node in drawn.nodes]
        for edge in drawn.edges:
            first, last = drawn.places[edge.start][0], drawn.places[edge.end][0]
            assert order.index(edge.start) < order.index(edge.end)
            assert [layer for layer, _ in edge.route] == list(np.arange(first + 1, last))

    @each
    def test_nothing_overlaps(self, fun, args):
        drawn = graph(fun, *args)
        taken = [*drawn.places.values(), *(place for edge in drawn.edges for place in edge.route)]
        for (layer, place), (other, there) in combinations(taken, 2):
            assert layer != other or abs(place - there) >= 0.999  # places are rounded to three digits

    def test_arguments_stand_right_before_their_first_use(self):
        places = graph(network, *POINT).places
        assert [places[name][0] for name in ("x", "w1", "b", "w2", "t", "v6")] == [0, 0, 1, 3, 4, 6]

    def test_one_edge_for_each_use(self):
        edges = graph(lambda x: x * x, 3.0).edges
        assert [(e.start, e.end, e.derivative) for e in edges] == [("x", "v1", 3.0)] * 2
