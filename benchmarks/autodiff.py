"""Automatic differentiation against autograd: time and accuracy."""

from __future__ import annotations

import sys
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from _harness import Row, accuracy, against, measure, pin, report

from calcguide import autodiff
from calcguide.differences import gradient as complex_gradient

#: Elements of a block, as in `autodiff.elementwise`.
BLOCK = 2**15


def rosenbrock(x: Any, np: Any = np) -> Any:
    """Compute the usual test function in n variables."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def wave(x: Any, np: Any = np) -> Any:
    """Compute a chain of elementwise functions."""
    return np.tanh(2 * x + 1) * np.exp(-(x**2)) + np.sin(x) / (1 + x**2)


def gradients() -> list[Row]:
    """Time the gradient of Rosenbrock's function, in evaluations of it."""
    rows = []
    peer = autograd.value_and_grad(lambda x: rosenbrock(x, anp))
    ours = autodiff.value_and_grad(rosenbrock)
    for n in (10, 10**3, 10**5, 10**6):
        x = np.random.default_rng(n).uniform(-1, 1, n)
        error = np.max(np.abs(ours(x)[1] - peer(x)[1])) / np.max(np.abs(peer(x)[1]))
        if n == 10:
            exact = complex_gradient(rosenbrock, x, method="complex")
            rows.append(
                accuracy("gradient of Rosenbrock, n = 10", "complex step", apart(ours(x)[1], exact), 1e-12)
            )
        times = measure(
            {"f": lambda x=x: rosenbrock(x), "ours": lambda x=x: ours(x), "peer": lambda x=x: peer(x)}
        )
        case = f"gradient of Rosenbrock, n = {n}"
        rows.append(
            against(case, "f itself", times["ours"], times["f"], 5.0 if n == 10**6 else 4.5, float(error))
        )
        rows.append(against(case, "autograd", times["ours"], times["peer"], None))
    return rows


def wave_by_hand(x: Any) -> tuple[float, Any]:
    """Compute the sum of the chain and its gradient, worked out on paper, in blocks that stay in a processor's cache."""
    y, gradient = np.empty_like(x), np.empty_like(x)
    for start in range(0, x.size, BLOCK):
        part = slice(start, start + BLOCK)
        u = x[part]
        tanh, square, sine = np.tanh(2 * u + 1), u * u, np.sin(u)
        bell, below = np.exp(-square), 1 + square
        last = sine / below
        y[part] = tanh * bell + last
        gradient[part] = 2 * bell * ((1 - tanh * tanh) - u * tanh) + (np.cos(u) - 2 * u * last) / below
    return float(np.sum(y)), gradient


def chains() -> list[Row]:
    """Time value and gradient of a chain of elementwise functions."""
    rows = []
    peer = autograd.value_and_grad(lambda x: anp.sum(wave(x, anp)))
    ours = autodiff.value_and_grad(lambda x: np.sum(wave(x)))
    blocks = autodiff.elementwise(wave)
    declared = autodiff.value_and_grad(lambda x: np.sum(blocks(x)))
    for n, target in ((1, 0.06), (100, 0.17), (10**4, 0.65), (10**6, 0.95)):
        x = np.float64(0.3) if n == 1 else np.random.default_rng(n).uniform(-1, 1, n)
        ways = {"ours": lambda x=x: ours(x), "peer": lambda x=x: peer(x)}
        if n == 10**6:
            ways |= {"declared": lambda x=x: declared(x), "by hand": lambda x=x: wave_by_hand(x)}
        times = measure(ways)
        error = apart(np.asarray(ours(x)[1]), np.asarray(peer(x)[1]))
        case = f"tanh(2x+1) exp(-x²) + sin x/(1+x²), n = {n}"
        rows.append(against(case, "autograd", times["ours"], times["peer"], target, error))
        if n == 10**6:
            in_blocks, by_hand = apart(declared(x)[1], peer(x)[1]), apart(wave_by_hand(x)[1], peer(x)[1])
            rows += [
                against(f"{case}, in blocks", "autograd", times["declared"], times["peer"], 0.6, in_blocks),
                against(f"{case}, by hand", "autograd", times["by hand"], times["peer"], None, by_hand),
            ]
    return rows


def second_derivatives() -> list[Row]:
    """Time Hessians and their products with vectors."""
    rows = []
    hessian, peer = autodiff.hessian(rosenbrock), autograd.hessian(lambda x: rosenbrock(x, anp))
    for n in (10, 50, 200):
        x = np.random.default_rng(n).uniform(-1, 1, n)
        times = measure({"ours": lambda x=x: hessian(x), "peer": lambda x=x: peer(x)})
        rows.append(
            against(
                f"Hessian, n = {n}",
                "autograd",
                times["ours"],
                times["peer"],
                0.25,
                apart(hessian(x), peer(x)),
            )
        )
    product, theirs = autodiff.hvp(rosenbrock), autograd.hessian_vector_product(lambda x: rosenbrock(x, anp))
    for n, target in ((10**3, 0.1), (10**5, 0.45)):
        x, v = np.random.default_rng(n).uniform(-1, 1, (2, n))
        times = measure({"ours": lambda x=x, v=v: product(x, v), "peer": lambda x=x, v=v: theirs(x, v)})
        error = apart(product(x, v), theirs(x, v))
        rows.append(
            against(
                f"Hessian-vector product, n = {n}", "autograd", times["ours"], times["peer"], target, error
            )
        )
    return rows


def closed_forms() -> list[Row]:
    """Find the largest relative error of derivatives whose closed forms are known."""
    cases = [
        ("tanh on [-15, 15]", np.tanh, lambda x: 1 / np.cosh(x) ** 2, -15, 15),
        ("exp on [-700, 700]", np.exp, np.exp, -700, 700),
        ("log1p on [-0.999, 1e-9]", np.log1p, lambda x: 1 / (1 + x), -0.999, 1e-9),
        ("expm1 on [-1e-9, 1e-9]", np.expm1, np.exp, -1e-9, 1e-9),
        ("arctanh on [-0.999, 0.999]", np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), -0.999, 0.999),
    ]
    rows = []
    for name, fun, exact, low, high in cases:
        x = np.linspace(low, high, 4001)
        error = float(np.max(np.abs(autodiff.derivative(fun)(x) / exact(x) - 1)))
        rows.append(accuracy(name, "closed form", error, 1e-12))
    return rows


def apart(a: Any, b: Any) -> float:
    """Return the largest difference relative to the largest entry."""
    return float(np.max(np.abs(a - b)) / np.max(np.abs(b)))


if __name__ == "__main__":
    pin()
    table = [*gradients(), *chains(), *second_derivatives(), *closed_forms()]
    sys.exit(report("Automatic differentiation", table, ["numpy", "autograd"]))
