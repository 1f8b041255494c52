"""What the lessons on the two modes and on the engine say in their prose, against what their code computes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from calcguide import autodiff, exercises


@pytest.fixture(scope="module")
def modes(run_lesson):
    return run_lesson("05_backpropagation/03_forward_or_reverse.py")


@pytest.fixture(scope="module")
def engine(run_lesson):
    return run_lesson("05_backpropagation/04_build_your_own_autodiff.py")


class TestForwardOrReverse:
    @pytest.mark.parametrize("x", [-3.2, 0.0, 0.8, 2.0], ids=str)
    def test_three_ways_to_the_slope_agree(self, modes, x):
        exact = 2 * x * math.sin(x) + x**2 * math.cos(x) + 3
        tape = []
        start = modes["Traced"](x, tape)
        # A dozen operations with numbers below 20, each rounded.
        assert modes["f"](modes["Dual"](x, 1.0)).slope == pytest.approx(exact, abs=1e-13)
        assert modes["pull"](modes["f"](start))[start.place] == pytest.approx(exact, abs=1e-13)
        assert autodiff.derivative(modes["f"])(x) == pytest.approx(exact, abs=1e-13)

    @pytest.mark.parametrize("v", [[1.0, 0.0], [0.0, 1.0], [1.0, -2.0]], ids=str)
    def test_dual_numbers_multiply_by_the_jacobian(self, modes, v):
        seeded = [modes["Dual"](x, b) for x, b in zip([1.0, 3.0], v, strict=True)]
        assert [y.slope for y in modes["g"](seeded)] == (np.array([[6, 2], [6, 1]]) @ v).tolist()

    def test_brackets_cost_what_the_formula_says(self, modes):
        assert modes["cost_right"] == 100 * 100 * 100 + 1 * 100 * 100
        assert modes["cost_left"] == 1 * 100 * 100 + 1 * 100 * 100

    def test_forward_pays_for_inputs_and_reverse_for_outputs(self, modes):
        sizes = np.array(modes["sizes"])
        by_inputs, by_outputs = np.array(modes["by_inputs"]), np.array(modes["by_outputs"])
        one_pass = by_inputs[0, 0]
        assert by_inputs[:, 0] == pytest.approx(one_pass * sizes, rel=0.02)
        assert by_outputs[:, 0] == pytest.approx(np.full(sizes.size, one_pass), rel=0.02)
        # One walk back, a few evaluations, whatever the number of inputs.
        assert np.ptp(by_inputs[:, 1]) < 0.2
        assert 2 < by_inputs[:, 1].min() < 5
        # More than half of what a walk for each output would cost on its own.
        assert (np.diff(by_outputs[:, 1]) > 0).all()
        assert by_outputs[-1, 1] > sizes[-1]
        assert modes["largest"] < 1e-9

    def test_counted_numbers_count_each_operation_once(self, modes):
        Counted = modes["Counted"]
        x = Counted(2.0)
        y, count = modes["operations"](lambda: 3 * x * x + x.sin() + 1)
        assert count == 5
        assert y.value == pytest.approx(13 + math.sin(2))

    @pytest.mark.parametrize("k", [1, 10, 100])
    def test_tape_has_three_entries_a_step_and_one_for_the_variable(self, modes, k):
        tape = []
        modes["steps"](modes["Traced"](1.0, tape), k)
        assert len(tape) == 3 * k + 1

    def test_only_reverse_mode_needs_memory_for_every_step(self, modes):
        forward, reverse = (np.array(modes["memory"][mode]) for mode in ("forward", "reverse"))
        assert forward.max() < 10
        # At least one array kept for each step.
        assert (reverse > modes["lengths"]).all()

    def test_two_sides_of_the_identity_agree(self, modes):
        net, u = modes["net"], modes["u"]
        x, v = np.random.default_rng(5).normal(size=(2, 3))
        _, Jv = autodiff.jvp(net, x, v)
        _, pullback = autodiff.vjp(net, x)
        # Sums of a few products of numbers of size 1.
        assert u @ Jv == pytest.approx(pullback(u) @ v, rel=0, abs=1e-13)

    def test_calls(self, modes):
        calls = modes["calls"]
        assert calls["grad"] == [1, 1, 1]
        assert calls["jvp, one for each input"] == [10, 100, 1000]
        assert all(k > 2 * n for k, n in zip(calls["differences"], (10, 100, 1000), strict=True))

    def test_hessian_times_vector_takes_one_call(self, modes):
        fun = modes["counted"](modes["loss"])
        x, v = np.linspace(-1, 1, 10), np.arange(10.0)
        product = autodiff.hvp(fun)(x, v)
        assert fun.calls == 1
        # Entries of the product are of size 100.
        assert product == pytest.approx(autodiff.hessian(modes["loss"])(x) @ v, rel=1e-12, abs=1e-11)

    def test_attempt_from_the_right_gets_its_reply(self, modes):
        verdict = exercises.get("D1t").check(modes["answer"])
        assert not verdict
        assert "cost from the right" in str(verdict).replace("\n", " ")

    def test_mistakes_give_the_numbers_shown(self, modes):
        assert sum(x * x for x in modes["everything"]).slope == 14
        assert abs(modes["result"].slope - modes["exact"]) < 1e-14


class TestBuildYourOwnAutodiff:
    def test_engine_has_at_most_fifty_lines(self, engine):
        lines = engine["last_line"](engine["backward"]) - engine["first_line"] + 1
        source = Path(engine["__file__"]).read_text(encoding="utf-8").splitlines()
        assert source[engine["first_line"] - 1] == "class Value:"
        assert source[engine["first_line"] + lines - 2] == "    return adjoints"
        assert 40 <= lines <= 50

    def test_engine_agrees_with_its_neighbours(self, engine):
        assert engine["worst_package"] < 1e-13
        assert engine["worst_quotients"] < 1e-9
        assert engine["gap"] < 1e-12
        assert engine["same"]

    @pytest.mark.parametrize(
        "name", ["x y + x", "x x x", "tanh(x y) / x", "(x − y)² exp(x y)", "exp(exp(x) y)"]
    )
    @pytest.mark.parametrize("at", [(0.3, 1.2), (-1.5, 0.4)], ids=str)
    def test_engine_at_other_points(self, engine, name, at):
        fun = engine["expressions"][name]
        x, y = map(engine["Value"], at)
        adjoints = engine["backward"](fun(x, y))
        exact = autodiff.grad(lambda p: fun(p[0], p[1]))(np.array(at))
        assert [adjoints[x], adjoints[y]] == pytest.approx(exact.tolist(), rel=1e-13)

    @pytest.mark.parametrize(
        ("fun", "right", "assigned"),
        [(lambda x: x * x, 6, 3), (lambda x: x + x, 2, 1), (lambda x: x * 4.0, 4, 4)],
        ids=["product", "sum", "used once"],
    )
    def test_assigning_loses_all_uses_but_one(self, engine, fun, right, assigned):
        x = engine["Value"](3.0)
        assert engine["backward"](fun(x))[x] == right
        assert engine["backward_assigning"](fun(x))[x] == assigned

    def test_order_of_discovery_loses_what_arrives_late(self, engine):
        x = engine["Value"](0.5)
        a = x**2
        z = a * np.exp(a)
        right, wrong = engine["backward"](z), engine["backward_as_found"](z)
        assert right[a] == pytest.approx(wrong[a], rel=1e-15)
        assert right[x] == pytest.approx(1.25 * math.exp(0.25), rel=1e-15)
        assert right[x] - wrong[x] == pytest.approx(0.25 * math.exp(0.25), rel=1e-14)

    def test_depth_is_a_topological_order(self, engine):
        result = engine["loss"](engine["values"])
        place = {node: i for i, node in enumerate(engine["history"](result))}
        assert all(place[parent] < place[node] for node in place for parent in node.parents)
        assert max(place, key=place.get) is result

    def test_paths_double_and_values_do_not(self, engine):
        k = np.array(engine["doublings"])
        assert engine["paths"] == (2 ** (k + 1) - 1).tolist()
        assert engine["nodes"] == (k + 1).tolist()

    def test_training_succeeds_only_with_the_right_gradient(self, engine):
        right, assigned = np.array(engine["losses"]), np.array(engine["losses_assigned"])
        assert (np.diff(right) < 0).all()
        assert right[-1] < 0.005
        assert assigned[10] < assigned[0]
        assert assigned[-1] > 0.5
        assert assigned[-1] == pytest.approx(assigned[200], rel=1e-6)

    def test_faulty_training_learns_the_last_point(self, engine):
        model, learned = engine["model"], engine["params_assigned"]
        errors = [
            abs(model(learned, x) - t) for x, t in zip(engine["inputs"], engine["targets"], strict=True)
        ]
        assert errors[-1] < 1e-4
        assert max(errors) > 1

    def test_third_derivative(self, engine):
        assert autodiff.derivative(np.tanh, n=3)(0.5) == pytest.approx(engine["third"], rel=1e-13)

    def test_assigned_answer_gets_its_reply(self, engine):
        verdict = exercises.get("D1v").check(engine["answer"])
        assert not verdict
        assert "over the direct edge" in str(verdict).replace("\n", " ")

    def test_value_used_at_two_depths_catches_each_bug(self, engine):
        u, z, exact = engine["u"], engine["z"], engine["exact_u"]
        assert engine["backward"](z)[u] == pytest.approx(exact, rel=1e-14)
        for walk in ("backward_assigning", "backward_as_found"):
            assert abs(engine[walk](z)[u] - exact) > 0.1

    def test_running_total_keeps_history_and_a_number_does_not(self, engine):
        assert len(engine["history"](engine["total"])) > 1000
        assert isinstance(engine["number"], float)
