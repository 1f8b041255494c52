"""What can be checked: a function alone, a function with its Jacobian, a layer; all as functions with flat values.

A layer is any object with two methods, and two attributes if it has parameters:

    forward(x)             the output y
    backward(cotangent)    ȳ ↦ x̄ = Jᵀ ȳ, for the x of the last call of forward
    params, grads          dicts of arrays by name; backward leaves in grads[name] the gradient for params[name]
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from calcguide import autodiff
from calcguide._typing import Array, Function
from calcguide.gradcheck._remainder import OtherShapeError
from calcguide.gradcheck._result import shown


@dataclass(frozen=True)
class Linear:
    """A function at a point, with the derivative to be checked there."""

    name: str
    fun: Callable[[Array], Array]
    """Takes an array of the shape of x, returns its m values as a flat array."""
    x: Array
    value: Array
    J: Array
    """The derivative under test, of shape (m, n)."""
    shape: tuple[int, ...]
    """The shape in which the caller knows the derivative."""
    eps: float
    """Relative precision of the values."""
    steady: bool
    """Whether two calls at one point return the same."""
    automatic: Array | None = None


class Subject(Protocol):
    """Something that can be checked at points."""

    label: str
    called: str

    def at(self, x: Array, rng: np.random.Generator) -> Iterator[Linear]:
        """Yield what there is to check at a point."""


class Counter:
    """The caller's function: it gets a copy, its values are checked, its calls counted."""

    def __init__(self, name: str, fun: Function) -> None:
        self.name, self.fun, self.calls = name, fun, 0
        self.shape: tuple[int, ...] | None = None

    def __call__(self, x: Array) -> Any:
        """Evaluate, without complaint where there is no value."""
        self.calls += 1
        with np.errstate(all="ignore"):
            y = np.asarray(self.fun(x.copy()))
        if y.dtype.kind not in "fiub":
            raise TypeError(f"{self.name} must return real numbers, got dtype {y.dtype}")
        if not y.size:
            raise ValueError(f"{self.name} must return at least one number, got shape {y.shape}")
        if self.shape is None:
            self.shape = y.shape
        if y.shape != self.shape:
            rule = f"must return shape {self.shape} here, as at other points"
            raise OtherShapeError(f"{self.name} {rule}, got shape {y.shape}")
        return y

    def flat(self, x: Array) -> Array:
        """Return the values as one row."""
        return np.ravel(self(x)).astype(np.float64)

    def twice(self, x: Array) -> tuple[Any, bool]:
        """Return the value, and whether a second call returns the same."""
        first, second = self(x), self(x)
        if not np.isfinite(first).all():
            bad = first[~np.isfinite(first)].flat[0]
            raise ValueError(f"{self.name} returned {bad} at x={shown(x)}")
        return first, np.array_equal(first, second)


def precision(y: Any) -> float:
    """Return the machine epsilon of a value's type."""
    return float(np.finfo(y.dtype if y.dtype.kind == "f" else np.float64).eps)


def checked(who: str, J: Any, shape: tuple[int, ...], x: Array, rule: str) -> Array:
    """Return a derivative that the caller computed, in the shape that it must have."""
    J = np.asarray(J.toarray() if sparse.issparse(J) else J)  # type: ignore[attr-defined]  # every sparse array has it
    if J.dtype.kind not in "fiub":
        raise TypeError(f"{who} must return real numbers, got dtype {J.dtype}")
    if J.shape != shape:
        turned = ": its transpose" if J.shape == shape[::-1] else ""
        raise ValueError(f"{who} must return shape {shape}, {rule}, got shape {J.shape}{turned}")
    found: Array = J.astype(np.float64)
    if not np.isfinite(found).all():
        raise ValueError(f"{who} returned {found[~np.isfinite(found)].flat[0]} at x={shown(x)}")
    return found


class Pair:
    """A function and, if the caller has one, its Jacobian; else the automatic one is put to the test."""

    def __init__(self, fun: Function, jac: Function | None) -> None:
        self.fun, self.jac = Counter("`fun`", fun), jac
        self.label = "automatic" if jac is None else "analytic"
        self.called = "`fun`"
        self.trace = autodiff.jacobian(fun)

    @property
    def calls(self) -> int:
        """Return how often the function was called."""
        return self.fun.calls

    def at(self, x: Array, rng: np.random.Generator) -> Iterator[Linear]:
        """Yield the function with its Jacobian at a point."""
        del rng
        value, steady = self.fun.twice(x)
        shape, automatic = value.shape + x.shape, None
        with np.errstate(all="ignore"):
            if self.jac is None:
                J = checked("autodiff", self._traced(x), shape, x, "`fun(x).shape + x.shape`")
            else:
                J = checked("`jac`", self.jac(x.copy()), shape, x, "`fun(x).shape + x.shape`")
                automatic = self._third(x, shape)
        m = value.size
        yield Linear(
            "x",
            self.fun.flat,
            x,
            value.ravel().astype(np.float64),
            J.reshape(m, -1),
            shape,
            precision(value),
            steady,
            None if automatic is None else automatic.reshape(m, -1),
        )

    def _traced(self, x: Array) -> Any:
        try:
            return self.trace(x.copy())
        except Exception as problem:
            problem.add_note(
                "Without `jac`, gradcheck differentiates `fun` with calcguide.autodiff, which failed."
            )
            raise

    def _third(self, x: Array, shape: tuple[int, ...]) -> Array | None:
        """Return the automatic derivative, if `fun` can be traced: any failure means that there is none."""
        try:
            return checked("autodiff", self.trace(x.copy()), shape, x, "")
        except Exception:  # noqa: BLE001  # a user's function may fail on tracers in any way
            return None


class Layer:
    """A layer: its backward pass, for the input and for each parameter, contracted with a random cotangent."""

    label = "backward"
    called = "`forward`"

    def __init__(self, layer: Any) -> None:
        try:
            self.layer = copy.deepcopy(layer)  # the caller's layer is left alone
        except Exception as problem:
            raise TypeError(f"the layer must allow copy.deepcopy, which said: {problem}") from problem
        self.forward = Counter("`forward`", self.layer.forward)
        self.params, self.grads = (self._dict(name) for name in ("params", "grads"))
        for name, array in self.params.items():
            if not (isinstance(array, np.ndarray) and array.dtype.kind == "f"):
                raise TypeError(f"`params[{name!r}]` must be an array of floats, got {array!r:.60}")

    def _dict(self, name: str) -> dict[str, Any]:
        found = getattr(self.layer, name, None)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise TypeError(f"`{name}` of a layer must be a dict of arrays, got {type(found).__name__}")
        return found

    @property
    def calls(self) -> int:
        """Return how often forward was called."""
        return self.forward.calls

    def at(self, x: Array, rng: np.random.Generator) -> Iterator[Linear]:
        """Yield ⟨ȳ, forward⟩ as a function of the input, and of each parameter, with what backward returns."""
        value, steady = self.forward.twice(x)
        cotangent = rng.standard_normal(value.shape)
        for gradient in self._grads().values():  # some layers add to what is there
            if isinstance(gradient, np.ndarray):
                gradient[...] = 0
        self.forward(x)
        with np.errstate(all="ignore"):
            back = self.layer.backward(cotangent.astype(value.dtype if value.dtype.kind == "f" else float))
        found = {"x": checked("`backward`", back, x.shape, x, "that of `x`").copy()}
        grads = self._grads()
        for name, array in self.params.items():
            if name not in grads:
                raise ValueError(f"`backward` must leave grads[{name!r}], got grads with {sorted(grads)}")
            who = f"`backward` in grads[{name!r}]"
            found[f"params[{name!r}]"] = checked(
                who, grads[name], array.shape, x, "that of the parameter"
            ).copy()
        total = np.array([np.vdot(cotangent, value)])
        for (name, gradient), target in zip(found.items(), [None, *self.params.values()], strict=True):
            moved = self._moving(x, target, cotangent)
            point = x if target is None else target.astype(np.float64)
            yield Linear(
                name, moved, point, total, gradient.reshape(1, -1), gradient.shape, precision(value), steady
            )

    def _grads(self) -> dict[str, Any]:
        """Return the gradients as they are now: backward may replace the dict."""
        return self._dict("grads")

    def _moving(self, x: Array, target: Any, cotangent: Array) -> Callable[[Array], Array]:
        """Return ⟨ȳ, forward⟩ as a function of the input, or of the parameter `target` with the input held."""

        def output(at: Array) -> Array:
            return np.array([np.vdot(cotangent, self.forward(at))], dtype=np.float64)

        def with_parameter(value: Array) -> Array:
            before = target.copy()
            target[...] = value  # in place: the layer may know the array by other names
            try:
                return output(x)
            finally:
                target[...] = before

        return output if target is None else with_parameter


def subject(fun: Any, jac: Any) -> Pair | Layer:
    """Recognise what was handed over."""
    if callable(getattr(fun, "forward", None)) and callable(getattr(fun, "backward", None)):
        if jac is not None:
            raise ValueError("a layer brings its own derivative, `backward`; leave `jac` out")
        return Layer(fun)
    if not callable(fun):
        raise TypeError(
            f"`fun` must be callable or a layer with `forward` and `backward`, got {fun!r:.60} of type "
            f"{type(fun).__name__}"
        )
    if jac is not None and not callable(jac):
        raise TypeError(f"`jac` must be callable, got {jac!r:.60} of type {type(jac).__name__}")
    return Pair(fun, jac)
