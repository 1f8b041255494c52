"""What the lessons on the chain rule and on the computational graph say in their prose, against what they compute."""

from __future__ import annotations

import numpy as np
import pytest

from calcguide import autodiff, differences


@pytest.fixture(scope="module")
def chain(run_lesson):
    return run_lesson("05_backpropagation/01_chain_rule.py")


@pytest.fixture(scope="module")
def network(run_lesson):
    return run_lesson("05_backpropagation/02_computational_graph.py")


class TestChainRule:
    @pytest.mark.parametrize("x", [-1.5, 0.0, 0.3, 2.0], ids=str)
    def test_cube_of_a_square(self, chain, x):
        # One derivative by hand, one by the machine: a handful of roundings apart.
        assert chain["by_hand"](x) == pytest.approx(autodiff.derivative(chain["f"])(x), rel=1e-14)

    def test_slopes_2_12_and_24(self, chain):
        assert autodiff.derivative(chain["inner"])(1.0) == 2
        assert autodiff.derivative(chain["outer"])(2.0) == 12
        assert chain["by_hand"](1.0) == 24
        steps = autodiff.explain(chain["f"], 1.0)
        assert [steps[name].adjoint for name in ("v3", "v2", "v1", "x")] == [1, 12, 12, 24]

    @pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
    def test_loop_over_n_functions(self, chain, n):
        value, slope = chain["chained"](np.cos, lambda x: -np.sin(x), 1.0, n)
        assert value == chain["nested_cosine"](1.0, n)
        expected = autodiff.derivative(lambda x: chain["nested_cosine"](x, n))(1.0)
        assert slope == pytest.approx(expected, rel=1e-13)

    def test_ten_cosines_pass_on_two_percent(self, chain):
        assert f"{chain['chained'](np.cos, lambda x: -np.sin(x), 1.0, 10)[1]:.0%}" == "2%"
        assert f"{chain['nested_cosine'](1.0, 200):.3f}" == "0.739"

    def test_derivative_that_nobody_passed(self, chain):
        with pytest.raises(NameError, match="slope_of_f"):
            chain["faulty_chain"](np.cos, 1.0, 3)

    def test_neuron(self, chain):
        point = [1.5, 0.8, -0.4]
        traced = autodiff.grad(chain["neuron"], argnums=(0, 1, 2))(*point)
        assert chain["hand"] == pytest.approx(traced, rel=1e-14)
        measured = differences.gradient(lambda p: chain["neuron"](*p), point)
        # The table shows nine digits, and differences of values below 1 give about eleven.
        assert chain["hand"] == pytest.approx(measured, abs=1e-10)

    def test_two_neurons_have_the_reference_values(self, chain):
        # Computed to 15 digits elsewhere; a few roundings, and 1 − y loses two digits.
        assert chain["y"] == pytest.approx(0.981838261797986, rel=1e-14)
        assert chain["by_w2"] == pytest.approx(0.0177877979246721, rel=1e-12)
        assert chain["by_w1"] == pytest.approx(0.000351860168432673, rel=1e-12)
        traced = autodiff.grad(chain["two_neurons"], argnums=(0, 1))(3.0, 4.0)
        assert traced == pytest.approx((chain["by_w1"], chain["by_w2"]), rel=1e-12)
        measured = differences.gradient(lambda w: chain["two_neurons"](*w), [3.0, 4.0])
        assert measured == pytest.approx(traced, abs=1e-10)

    def test_51_times_less_and_a_factor_23000(self, chain):
        assert round(chain["by_w2"] / chain["by_w1"]) == 51
        factors = chain["factors"]
        assert round(1 / (factors[1] * factors[3]), -3) == 23000
        assert factors[2] * factors[4] == 8
        assert chain["product"][-1] == pytest.approx(chain["by_w1"], rel=1e-15)

    def test_slope_of_a_sigmoid_is_at_most_a_quarter(self, chain):
        z = np.linspace(-30, 30, 6001)
        assert chain["sigmoid_slope"](z).max() == chain["sigmoid_slope"](0.0) == 0.25

    def test_long_chains_shrink(self, chain):
        # At x = 0 the first slope is 1/4, so that the first entry meets the bound; the others lie below.
        for slopes in chain["shrunk"].values():
            assert (slopes <= 0.25 ** chain["depths"]).all()
            assert slopes[9] < 1e-6
        assert 1e-2 < chain["weighted"][9] < 0.1

    def test_overwritten_names_of_the_last_blocks(self, chain):
        z, s = chain["z"], chain["s"]
        assert autodiff.derivative(chain["sigmoid"])(z) == pytest.approx(s * (1 - s), rel=1e-14)
        assert abs(chain["sigmoid_slope"](s) / (s * (1 - s)) - 1) > 0.2

    def test_attempt_is_answered(self, chain):
        verdict = chain["exercises"].get("B7t").check(chain["answer"])
        assert not verdict
        assert "innermost factor" in str(verdict)


class TestComputationalGraph:
    point = (1.5, 0.8, -0.4, 2.0, 1.0)

    def test_hand_made_adjoints(self, network):
        gradient = autodiff.grad(network["loss"], argnums=(0, 1, 2, 3, 4))(*self.point)
        # Five products; each rounding is 1e-16 of a number near 1.
        assert list(network["by_hand"].values()) == pytest.approx(gradient, abs=1e-15)
        measured = differences.gradient(lambda p: network["loss"](*p), self.point)
        assert gradient == pytest.approx(measured, abs=1e-9)

    def test_w1_moves_the_loss_most(self, network):
        sizes = {name: abs(value) for name, value in network["by_hand"].items()}
        assert max(sizes, key=sizes.get) == "w1"
        assert f"{sizes['w1']:.1f}" == "1.1"

    def test_numbers_in_the_figure(self, network):
        steps = network["explanation"]
        assert [f"{steps[name].adjoint:.3g}" for name in ("v4", "v3", "v2")] == ["0.656", "1.31", "0.734"]
        assert f"{steps['v3'].derivatives[0]:.3g}" == "0.559"
        assert (f"{steps['v4'].value:.3g}", f"{steps.value:.3f}") == ("1.33", "0.108")
        assert len(steps.graph().edges) == 10

    def test_one_step_takes_two_thirds_of_the_loss(self, network):
        assert network["new"] < network["v6"] / 3

    def test_value_used_twice(self, network):
        v1 = 0.8**2
        assert network["direct"] + network["through"] == pytest.approx(np.exp(v1) * (1 + v1), rel=1e-14)
        graph = network["twice"].graph()
        for node in graph.nodes:
            walked = network["over_all_paths"](graph, node.name, "v3")
            assert walked == pytest.approx(node.adjoint, rel=1e-14)
        assert f"{network['direct']:.1f}" == "1.9"

    def test_paths_double_and_arrows_do_not(self, network):
        assert network["paths"] == [2**n for n in range(1, 11)]
        assert network["edges"] == [2 * n for n in range(1, 11)]

    @pytest.mark.parametrize("fun", [lambda x: np.sin(x) * x + x, lambda x: x * x * x], ids=["sine", "cube"])
    def test_own_backward_pass(self, network, fun):
        recorded = autodiff.explain(fun, 0.7)
        own = network["backward"](recorded)
        assert own == {step.name: pytest.approx(step.adjoint, rel=1e-15) for step in recorded.steps}

    def test_overwriting_is_wrong_exactly_where_a_value_is_used_twice(self, network):
        faulty = network["faulty_backward"]
        assert faulty(autodiff.explain(network["loss"], *self.point))["x"] == pytest.approx(
            network["x_bar"], rel=1e-15
        )
        assert abs(faulty(autodiff.explain(network["reused"], 0.8))["x"] - network["twice"]["x"].adjoint) > 1
        assert faulty(autodiff.explain(lambda x: x * x, 3.0))["x"] == 3

    def test_jacobian_is_none_of_the_adjoints(self, network):
        J, W, h, dh = (network[name] for name in ("J", "W", "h", "dh"))
        measured = differences.jacobian(lambda x: network["layer"](x, W, network["bias"]), network["inputs"])
        assert np.abs(J - measured).max() < 1e-9
        assert J.shape == (2, 3)
        assert network["dz"].shape == dh.shape
        assert network["dx"] == pytest.approx(J.T @ dh, rel=1e-14)
        assert np.abs(W - J).max() > 0.2
        # The same in rows: Z = X W + b with the weights transposed.
        assert (dh * (1 - h**2)) @ W == pytest.approx(network["dx"], rel=1e-14)
