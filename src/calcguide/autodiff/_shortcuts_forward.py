"""Shortcuts of forward mode: what `Tangents.record` does, written out for the commonest operations.

They take one look at the operands, as those of reverse mode do, handle an operand beside a plain value or an operand of
the same scope, and leave everything else to the general way. What broadcasts a value does not broadcast its tangent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Dual
from calcguide.autodiff._shortcuts import SIGNS, Method, add_up, array_ufunc_of, functions_of_one
from calcguide.autodiff._tracer import FUNCTIONS, SCALARS, UFUNCS, Tracer

_new = Dual.__new__
#: The tangent of y = a ∘ b, called as ``rule(s, t, y, a, b)`` with the tangents s of a and t of b.
_JOINT: dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda s, t, y, a, b: s + t,
    np.subtract: lambda s, t, y, a, b: s - t,
    np.multiply: lambda s, t, y, a, b: s * b + t * a,
    np.divide: lambda s, t, y, a, b: (s - t * y) / b,
}


def _binary(ufunc: np.ufunc) -> tuple[Method, Method]:
    """Return the methods of an operator and of its reflection."""
    primitive: Any = UFUNCS[ufunc]
    fun, (by_first, by_second), joint = primitive.fun, primitive.jvps, _JOINT.get(ufunc)

    def method(self: Any, other: Any) -> Any:
        scope, a, kind = self.scope, self.value, other.__class__
        if scope.stacked:
            return primitive(self, other)
        if kind in SCALARS or (kind is np.ndarray and other.dtype.kind not in "Oc"):
            y = fun(a, other)
            tangent = by_first(self.tangent, y, a, other)
        elif kind is Dual and other.scope is scope and joint is not None:
            b = other.value
            y = fun(a, b)
            tangent = joint(self.tangent, other.tangent, y, a, b)
        else:
            return primitive(self, other)
        dual = _new(Dual)
        dual.scope, dual.value, dual.tangent = scope, y, tangent
        return dual

    def reflected(self: Any, other: Any) -> Any:
        scope, b, kind = self.scope, self.value, other.__class__
        if scope.stacked:
            return primitive(other, self)
        if kind not in SCALARS and (kind is not np.ndarray or other.dtype.kind in "Oc"):
            return primitive(other, self)
        y = fun(other, b)
        dual = _new(Dual)
        dual.scope, dual.value, dual.tangent = scope, y, by_second(self.tangent, y, other, b)
        return dual

    return method, reflected


def _unary(ufunc: np.ufunc) -> Method:
    """Return what a function or an operator of one operand does."""
    primitive: Any = UFUNCS[ufunc]
    fun, rule = primitive.fun, primitive.jvps[0]

    def method(self: Any) -> Any:
        x = self.value
        y = fun(x)
        dual = _new(Dual)
        dual.scope, dual.value, dual.tangent = self.scope, y, rule(self.tangent, y, x)
        return dual

    return method


def _array_function(self: Any, function: Any, types: Any, args: Any, options: Any) -> Any:
    """Take part in NumPy's other functions; the sum of all elements is the last step of most."""
    if function is np.sum and not options and len(args) == 1:
        scope, x = self.scope, self.value
        if x.__class__ is np.float64:
            return self  # the sum of one number
        if x.__class__ is np.ndarray and not scope.stacked:
            return Dual(scope, add_up(x, None), add_up(self.mark, None))
    return Tracer.__array_function__(self, function, types, args, options)


def _item(self: Any, index: Any) -> Any:
    """Return an element or a slice, with its tangent."""
    if index.__class__ not in (int, slice) or self.scope.stacked:
        return FUNCTIONS["getitem"](self, index)
    return Dual(self.scope, self.value[index], self.mark[index])


def install() -> None:
    """Give values of forward mode the shortcuts."""
    methods = {ufunc: _binary(ufunc) for ufunc in SIGNS}
    for ufunc, (method, reflected) in methods.items():
        setattr(Dual, f"__{SIGNS[ufunc]}__", method)
        setattr(Dual, f"__r{SIGNS[ufunc]}__", reflected)
    for attribute, shortcut in {
        "__neg__": _unary(np.negative),
        "__array_ufunc__": array_ufunc_of(
            Dual, methods, {ufunc: _unary(ufunc) for ufunc in functions_of_one()}
        ),
        "__array_function__": _array_function,
        "__getitem__": _item,
    }.items():
        setattr(Dual, attribute, shortcut)
