"""Layers: backward against forward, for the input and for every parameter."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from calcguide.gradcheck import gradcheck

X = np.random.default_rng(1).standard_normal((4, 3))


class Dense:
    """A dense layer with a sigmoid, and a choice of faults."""

    def __init__(self, fault: str = "") -> None:
        rng = np.random.default_rng(0)
        self.params = {"W": rng.standard_normal((3, 2)), "b": rng.standard_normal(2)}
        self.grads: dict[str, Any] = {}
        self.fault = fault

    def forward(self, x: Any) -> Any:
        self.x = x
        self.y = 1 / (1 + np.exp(-(x @ self.params["W"] + self.params["b"])))
        return self.y

    def backward(self, cotangent: Any) -> Any:
        slope = self.y * (1 - self.y)
        if self.fault == "slope":
            slope = 2 * slope
        g = cotangent * slope
        self.grads["W"] = self.x.T @ g
        self.grads["b"] = g.mean(axis=0) if self.fault == "b averaged" else g.sum(axis=0)
        back = g @ self.params["W"].T
        return -back if self.fault == "sign" else back


class Tanh:
    """A layer without parameters."""

    def forward(self, x: Any) -> Any:
        self.y = np.tanh(x)
        return self.y

    def backward(self, cotangent: Any) -> Any:
        return cotangent * (1 - self.y**2)


class Accumulating(Dense):
    """A layer that adds to its gradients, and knows its parameters by other names too."""

    def __init__(self) -> None:
        super().__init__()
        self.W, self.b = self.params.values()
        self.grads = {"W": np.ones((3, 2)), "b": np.ones(2)}

    def forward(self, x: Any) -> Any:
        self.x = x
        self.y = 1 / (1 + np.exp(-(x @ self.W + self.b)))
        return self.y

    def backward(self, cotangent: Any) -> Any:
        g = cotangent * self.y * (1 - self.y)
        self.grads["W"] += self.x.T @ g
        self.grads["b"] += g.sum(axis=0)
        return g @ self.W.T


class Dropout:
    """A layer with chance in it."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)

    def forward(self, x: Any) -> Any:
        self.mask = self.rng.random(x.shape) < 0.5
        return 2 * x * self.mask

    def backward(self, cotangent: Any) -> Any:
        return 2 * cotangent * self.mask


@pytest.mark.parametrize("layer", [Dense(), Tanh(), Accumulating()], ids=lambda layer: type(layer).__name__)
@pytest.mark.parametrize("seed", range(3))
def test_right_layers_pass(layer: Any, seed: int) -> None:
    result = gradcheck(layer, X, rng=seed)
    assert result.status == 0, result.message
    assert set(result.errors) == {"x", *(f"params[{name!r}]" for name in getattr(layer, "params", ()))}
    assert result.errors["x"].shape == X.shape


def test_the_factor_two_reaches_everything() -> None:
    result = gradcheck(Dense("slope"), X, rng=0)
    assert result.status == 1
    assert "with respect to x, params['W'], params['b'] is wrong" in result.message
    assert result.message.count("2 times the numeric one throughout") == 3
    assert {round(entry.ratio, 6) for entry in result.entries} == {2.0}


def test_a_gradient_averaged_where_it_should_be_summed() -> None:
    result = gradcheck(Dense("b averaged"), X, rng=0)
    assert "with respect to params['b'] is wrong" in result.message
    assert "0.25 times" in result.message  # four rows
    assert result.worst.name == "params['b']"
    assert result.worst.place.startswith("params['b'][")


def test_a_sign_in_the_input_gradient() -> None:
    result = gradcheck(Dense("sign"), X, rng=0)
    assert "with respect to x is wrong" in result.message
    assert "opposite sign throughout" in result.message


def test_the_layer_is_left_alone() -> None:
    layer = Accumulating()
    before = {name: array.copy() for name, array in layer.params.items()}
    gradcheck(layer, X, rng=0)
    assert all(np.array_equal(layer.params[name], before[name]) for name in before)
    assert np.array_equal(layer.grads["W"], np.ones((3, 2)))
    assert not hasattr(layer, "y")


def test_dropout_is_noticed() -> None:
    result = gradcheck(Dropout(), X, rng=0)
    assert not result
    assert "`forward` returns different values at the same point" in result.message
    assert "dropout" in result.message


def changed(**attributes: Any) -> Any:
    layer = Dense()
    for name, value in attributes.items():
        setattr(layer, name, value)
    return layer


@pytest.mark.parametrize(
    ("layer", "options", "error", "message"),
    [
        pytest.param(Dense(), {"jac": np.cos}, ValueError, "leave `jac` out", id="jac"),
        pytest.param(changed(params=[1]), {}, TypeError, "`params` of a layer must be a dict", id="list"),
        pytest.param(
            changed(params={"W": np.ones((3, 2)), "b": [0, 0]}), {}, TypeError, r"`params\['b'\]`", id="no array"
        ),
        pytest.param(
            changed(params=dict(Dense().params, c=np.ones(1))), {}, ValueError, r"must leave grads\['c'\]", id="missing"
        ),
        pytest.param(
            changed(backward=lambda cotangent: np.ones(2)), {}, ValueError,
            r"`backward` must return shape \(4, 3\), that of `x`, got shape \(2,\)", id="shape",
        ),
        pytest.param(changed(lock=threading.Lock()), {}, TypeError, "must allow copy.deepcopy", id="no copy"),
    ],
)  # fmt: skip
def test_bad_layers(layer: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        gradcheck(layer, X, rng=0, **options)


def test_an_output_that_changes_its_shape() -> None:
    class Cut(Tanh):
        def forward(self, x: Any) -> Any:
            self.y = np.tanh(x)
            return self.y if x[0, 0] == X[0, 0] else self.y[:1]

    with pytest.raises(ValueError, match=r"`forward` must return shape \(4, 3\) here"):
        gradcheck(Cut(), X, points=1, rng=0)
