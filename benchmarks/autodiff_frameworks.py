"""Automatic differentiation beside PyTorch and JAX, where they are installed: time and accuracy.

Neither works on NumPy's arrays, and no dependency group has them: there is no target to meet.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from _harness import Row, against, measure, pin, report
from autodiff import apart, rosenbrock, wave

from calcguide import autodiff

#: A function of the peers' own arrays, or of ours.
Way = Callable[..., Any]


@dataclass
class Peer:
    """A library with arrays of its own: its functions, and its ways to derivatives, ready to be timed."""

    name: str
    np: Any
    array: Way
    plain: Way
    compiled: Callable[[Way], Way]
    value_and_grad: Callable[[Way], Way]
    hessian: Callable[[Way], Way]
    hvp: Callable[[Way], Way]


def with_torch(torch: Any) -> Peer:
    """Use PyTorch in double precision, on one thread."""
    torch.set_num_threads(1)

    def value_and_grad(fun: Way) -> Way:
        def both(x: Any) -> Any:
            x = x.detach().requires_grad_()
            value = fun(x)
            return value.detach(), torch.autograd.grad(value, x)[0]

        return both

    return Peer(
        name="torch",
        np=torch,
        array=lambda x: torch.tensor(x, dtype=torch.float64),
        plain=lambda y: y.numpy(),
        compiled=lambda fun: fun,
        value_and_grad=value_and_grad,
        hessian=torch.func.hessian,
        hvp=lambda fun: lambda x, v: torch.func.jvp(torch.func.grad(fun), (x,), (v,))[1],
    )


def with_jax(jax: Any) -> Peer:
    """Use JAX in double precision, compiled, and wait for its results."""
    jax.config.update("jax_enable_x64", True)

    def compiled(fun: Way) -> Way:
        fast = jax.jit(fun)
        return lambda *x: jax.block_until_ready(fast(*x))

    return Peer(
        name="jax",
        np=jax.numpy,
        array=jax.numpy.asarray,
        plain=np.asarray,
        compiled=compiled,
        value_and_grad=jax.value_and_grad,
        hessian=jax.hessian,
        hvp=lambda fun: lambda x, v: jax.jvp(jax.grad(fun), (x,), (v,))[1],
    )


def installed() -> list[Peer]:
    """Return the peers that are in no dependency group, where they are installed."""
    ways: dict[str, Callable[[Any], Peer]] = {"torch": with_torch, "jax": with_jax}
    return [
        way(importlib.import_module(name)) for name, way in ways.items() if importlib.util.find_spec(name)
    ]


def beside(peer: Peer) -> list[Row]:
    """Time ours beside a peer, which has no target, and its gradient beside its own function."""

    def compare(case: str, ours: Way, way: Way, *points: Any, own: Way | None = None) -> list[Row]:
        theirs, arrays = peer.compiled(way), [peer.array(x) for x in points]
        found, expected = ours(*points), theirs(*arrays)
        if own is not None:  # both return value and gradient
            found, expected = found[1], expected[1]
        ways = {"ours": lambda: ours(*points), "theirs": lambda: theirs(*arrays)}
        if own is not None:
            fun = peer.compiled(own)
            ways["own"] = lambda: fun(*arrays)
        times = measure(ways)
        error = apart(found, peer.plain(expected))
        rows = [against(case, peer.name, times["ours"], times["theirs"], None, error)]
        if own is not None:
            rows.append(against(case, f"{peer.name} beside its own f", times["theirs"], times["own"], None))
        return rows

    def valley(x: Any) -> Any:
        return rosenbrock(x, peer.np)

    def waves(x: Any) -> Any:
        return peer.np.sum(wave(x, peer.np))

    x: Any
    rows = []
    for n in (10, 10**3, 10**5, 10**6):
        x = np.random.default_rng(n).uniform(-1, 1, n)
        ours = autodiff.value_and_grad(rosenbrock)
        case = f"gradient of Rosenbrock, n = {n}"
        rows += compare(case, ours, peer.value_and_grad(valley), x, own=valley)
    for n in (1, 100, 10**4, 10**6):
        x = np.float64(0.3) if n == 1 else np.random.default_rng(n).uniform(-1, 1, n)
        ours = autodiff.value_and_grad(lambda x: np.sum(wave(x)))
        case = f"tanh(2x+1) exp(-x²) + sin x/(1+x²), n = {n}"
        rows += compare(case, ours, peer.value_and_grad(waves), x, own=waves)
    for n in (10, 50, 200):
        x = np.random.default_rng(n).uniform(-1, 1, n)
        rows += compare(f"Hessian, n = {n}", autodiff.hessian(rosenbrock), peer.hessian(valley), x)
    for n in (10**3, 10**5):
        x, v = np.random.default_rng(n).uniform(-1, 1, (2, n))
        case = f"Hessian-vector product, n = {n}"
        rows += compare(case, autodiff.hvp(rosenbrock), peer.hvp(valley), x, v)
    return rows


if __name__ == "__main__":
    pin()
    peers = installed()
    if not peers:
        print("Neither PyTorch nor JAX is installed: nothing to compare with.")
        sys.exit()
    table = [row for peer in peers for row in beside(peer)]
    sys.exit(
        report("Automatic differentiation beside PyTorch and JAX", table, ["numpy", *(p.name for p in peers)])
    )
