"""One checker for all primitives: their values, both modes, all nestings, differences, memory and precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calcguide import autodiff, differences

#: Two ways through the same sums: a few hundred roundings of 1.1e-16, at the size of the largest term.
ROUNDING = 1e-13
#: Second derivatives go through about ten times as many.
ROUNDING_TWICE = 1e-11

#: Their truncation is h⁶ f⁽⁷⁾ / 140, their rounding ε / h: both are below 1e-12 for functions of ordinary size. A step as short
#: as this stays on one side of a kink nearby.
DIFFERENCES: dict[str, Any] = {"method": "central", "order": 6, "h": 1e-3}


def arrays_of(result: Any) -> list[Any]:
    """Return the arrays of a result, which may be a tuple of them; what is not of floating point is left out."""
    parts = list(result) if isinstance(result, tuple | list) else [result]
    return [part for part in parts if np.result_type(part).kind in "fc"]


class Checker:
    """Checks the derivatives of a function of arrays with respect to all of them."""

    def __init__(self, fun: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.fun = fun
        self.args = [np.array(arg, dtype=float) for arg in args]
        for arg in self.args:
            arg.flags.writeable = False  # whatever mutates its input fails
        self.rng = np.random.default_rng(7)
        self.sizes = np.cumsum([arg.size for arg in self.args])[:-1]
        self.z = np.concatenate([arg.ravel() for arg in self.args])

    def flat(self, z: Any) -> Any:
        """Evaluate as a function from vectors to vectors."""
        starts = [0, *self.sizes.tolist()]
        parts = [
            np.reshape(z[start : start + arg.size], arg.shape)
            for start, arg in zip(starts, self.args, strict=True)
        ]
        return np.concatenate([np.ravel(y) for y in arrays_of(self.fun(*parts))])

    def close(self, a: Any, b: Any, rounding: float) -> None:
        a, b = np.asarray(a), np.asarray(b)
        assert a.shape == b.shape
        assert np.all(np.isfinite(b))
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
        assert np.max(np.abs(a - b), initial=0.0) <= rounding * scale

    def values(self) -> None:
        """Traced values are the plain ones, in shape, type and number."""
        plain = arrays_of(self.fun(*self.args))
        traced = arrays_of(autodiff.vjp(lambda args: tuple(arrays_of(self.fun(*args))), tuple(self.args))[0])
        assert len(plain) == len(traced)
        for a, b in zip(traced, plain, strict=True):
            assert np.result_type(a) == np.result_type(b)
            self.close(a, b, ROUNDING)

    def first(self, *, analytic: bool, numeric: float) -> None:
        """Both modes agree with each other, with stacks of tangents, and with differences."""
        u = self.rng.normal(size=np.shape(self.flat(self.z)))
        v = self.rng.normal(size=self.z.shape)
        forward = autodiff.jvp(self.flat, self.z, v)[1]
        back = autodiff.vjp(self.flat, self.z)[1](u)
        size = float(np.abs(u) @ np.abs(forward) + np.abs(back) @ np.abs(v) + 1)
        assert abs(u @ forward - back @ v) <= ROUNDING * size
        by_columns = autodiff.jacobian(self.flat, mode="forward")(self.z)
        by_rows = autodiff.jacobian(self.flat, mode="reverse")(self.z)
        self.close(by_columns, by_rows, ROUNDING * 10)
        self.close(by_rows @ v, forward, ROUNDING * 10)
        how = {"method": "complex"} if analytic else DIFFERENCES
        estimate = differences.directional_derivative(self.flat, self.z, v, **how)
        self.close(forward, estimate, 1e-12 if analytic else numeric)

    def second(self, *, numeric: float) -> None:
        """Four nestings of the two modes agree, and with differences of the gradient."""
        u = self.rng.normal(size=np.shape(self.flat(self.z)))
        v, w = self.rng.normal(size=(2, *self.z.shape))

        def g(z: Any) -> Any:
            return np.sum(u * self.flat(z))

        gradient = autodiff.grad(g)
        forward_reverse = autodiff.jvp(gradient, self.z, v)[1]
        reverse_reverse = autodiff.grad(lambda z: np.sum(gradient(z) * v))(self.z)
        reverse_forward = autodiff.grad(lambda z: autodiff.jvp(g, z, v)[1])(self.z)
        forward_forward = autodiff.jvp(lambda z: autodiff.jvp(g, z, v)[1], self.z, w)[1]
        stacked = autodiff.hessian(g)(self.z)
        self.close(reverse_reverse, forward_reverse, ROUNDING_TWICE)
        self.close(reverse_forward, forward_reverse, ROUNDING_TWICE)
        self.close(stacked @ v, forward_reverse, ROUNDING_TWICE)
        self.close(stacked, stacked.T, ROUNDING_TWICE)
        size = 1 + float(np.abs(w) @ np.abs(forward_reverse))
        assert abs(forward_forward - w @ forward_reverse) <= ROUNDING_TWICE * size
        estimate = differences.directional_derivative(gradient, self.z, v, **DIFFERENCES)
        self.close(forward_reverse, estimate, numeric)

    def memory(self) -> None:
        """Cotangents belong to the caller: none shares memory with another, an argument or what was given."""
        y, pullback = autodiff.vjp(lambda args: tuple(arrays_of(self.fun(*args))), tuple(self.args))
        given = tuple(np.asarray(self.rng.normal(size=np.shape(part))) for part in y)
        found = [part for part in pullback(given) if isinstance(part, np.ndarray)]
        others = [*self.args, *(part for part in (*given, *y) if isinstance(part, np.ndarray))]
        for k, part in enumerate(found):
            assert part.flags.writeable
            assert not any(np.shares_memory(part, other) for other in (*found[k + 1 :], *others))

    def precision(self) -> None:
        """Single precision goes in and comes out: values, tangents and cotangents."""
        args = tuple(arg.astype(np.float32) for arg in self.args)

        def fun(args: Any) -> tuple[Any, ...]:
            return tuple(arrays_of(self.fun(*args)))

        plain = [np.result_type(part) for part in arrays_of(self.fun(*args))]
        y, pullback = autodiff.vjp(fun, args)
        assert [np.result_type(part) for part in y] == plain
        if plain != [np.float32] * len(plain):
            return  # the function itself answers in double precision
        assert {np.result_type(g) for g in pullback(tuple(np.ones_like(part) for part in y))} == {
            np.dtype(np.float32)
        }
        tangents = autodiff.jvp(fun, args, tuple(np.ones_like(arg) for arg in args))[1]
        assert {np.result_type(t) for t in tangents} == {np.dtype(np.float32)}


@pytest.fixture
def check_derivatives() -> Callable[..., None]:
    """Return what checks the derivatives of a function of arrays, of first and second order."""

    def check(
        fun: Callable[..., Any],
        *args: Any,
        analytic: bool = False,
        numeric: float = 1e-10,
        numeric_twice: float = 1e-9,
        single: bool = True,
        smooth: bool = True,
    ) -> None:
        checker = Checker(fun, args)
        checker.values()
        checker.first(analytic=analytic, numeric=numeric)
        if smooth:
            checker.second(numeric=numeric_twice)
        checker.memory()
        if single:
            checker.precision()

    return check
