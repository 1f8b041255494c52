"""Shortcuts: what `Tape.record` and `Tangents.record` do, written out for the commonest operations.

An operation on ten numbers takes NumPy less than a microsecond, so that each look at what the operands are counts. The
methods below take one look. They handle an operand beside a plain value or an operand of the same scope, over plain
values or, as in a Hessian, nodes over duals; everything else goes the general way. They add no rule, and no result
differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Dual, Node, Primitive
from calcguide.autodiff._indexing import getitem
from calcguide.autodiff._reductions import total
from calcguide.autodiff._tracer import FUNCTIONS, PLAIN, UFUNCS, Tracer

#: Types that the value of a node may have here: of a scope outside its own, if of any.
WITHIN = PLAIN | {Dual}
_NO_OPTIONS: dict[str, Any] = {}


def _binary(ufunc: np.ufunc) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """Return the methods of an operator and of its reflection."""
    primitive: Any = UFUNCS[ufunc]
    fun = primitive.fun

    def method(self: Any, other: Any) -> Any:
        if other.__class__ is np.ndarray and other.dtype.kind in "Oc":  # it may hold tracers, or is complex
            return primitive(self, other)
        tape, a, place, b = self.scope, self.value, None, other
        if other.__class__ is Node and other.scope is tape:
            place, b = other.index, other.value
            if a.__class__ not in WITHIN or b.__class__ not in WITHIN:
                return primitive(self, other)
        elif a.__class__ not in WITHIN or b.__class__ not in PLAIN:
            return primitive(self, other)
        entries, y = tape.entries, fun(a, b)
        entries.append((primitive, (self.index, place), (a, b), y, _NO_OPTIONS))
        return Node(tape, y, len(entries) - 1)

    def reflected(self: Any, other: Any) -> Any:
        a = self.value
        if a.__class__ not in WITHIN or other.__class__ not in PLAIN:
            return primitive(other, self)
        tape, y = self.scope, fun(other, a)
        entries = tape.entries
        entries.append((primitive, (None, self.index), (other, a), y, _NO_OPTIONS))
        return Node(tape, y, len(entries) - 1)

    return method, reflected


def _binary_dual(ufunc: np.ufunc) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """Return the methods of an operator and of its reflection, with tangents."""
    primitive: Any = UFUNCS[ufunc]
    fun, (by_first, by_second) = primitive.fun, primitive.jvps

    def method(self: Any, other: Any) -> Any:
        if other.__class__ is np.ndarray and other.dtype.kind in "Oc":  # it may hold tracers, or is complex
            return primitive(self, other)
        scope, a, b = self.scope, self.value, other
        same = other.__class__ is Dual and other.scope is scope
        if same:
            b = other.value
        if scope.stacked or a.__class__ not in PLAIN or b.__class__ not in PLAIN:
            return primitive(self, other)
        y = fun(a, b)
        tangent = by_first(self.tangent, y, a, b)
        if same:
            tangent = tangent + by_second(other.tangent, y, a, b)
        return Dual(scope, y, tangent if tangent.shape == y.shape else np.broadcast_to(tangent, y.shape))

    def reflected(self: Any, other: Any) -> Any:
        scope, a = self.scope, self.value
        if scope.stacked or a.__class__ not in PLAIN or other.__class__ not in PLAIN:
            return primitive(other, self)
        y = fun(other, a)
        tangent = by_second(self.tangent, y, other, a)
        return Dual(scope, y, tangent if tangent.shape == y.shape else np.broadcast_to(tangent, y.shape))

    return method, reflected


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    """Return the method of an operator with one operand."""
    primitive: Any = UFUNCS[ufunc]

    def method(self: Any) -> Any:
        return _once(self, primitive)

    return method


def _once(node: Any, primitive: Any) -> Any:
    """Apply a primitive without options to one node."""
    a = node.value
    if a.__class__ not in WITHIN:
        return primitive(node)
    tape, y = node.scope, primitive.fun(a)
    entries = tape.entries
    entries.append((primitive, (node.index,), (a,), y, _NO_OPTIONS))
    return Node(tape, y, len(entries) - 1)


def _array_ufunc(self: Any, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
    """Take part in NumPy's elementwise functions."""
    if method == "__call__" and not options and len(operands) == 1:
        primitive = UFUNCS.get(ufunc)
        if primitive.__class__ is Primitive:
            return _once(self, primitive)
    return Tracer.__array_ufunc__(self, ufunc, method, *operands, **options)


def _item(self: Any, index: Any) -> Any:
    """Return elements, traced."""
    a = self.value
    if index.__class__ not in (int, slice) or a.__class__ not in (np.ndarray, Dual):
        return FUNCTIONS["getitem"](self, index)
    tape, y = self.scope, a[index]
    entries = tape.entries
    entries.append((getitem, (self.index,), (a,), y, {"index": index}))
    return Node(tape, y, len(entries) - 1)


def _array_function(self: Any, function: Any, types: Any, args: Any, options: Any) -> Any:
    """Take part in NumPy's other functions; the sum of all elements is the last step of most."""
    if function is np.sum and not options and len(args) == 1 and self.value.__class__ in PLAIN:
        a = self.value
        if a.__class__ is not np.ndarray:
            return self  # the sum of one number
        tape, y = self.scope, np.add.reduce(a, axis=None)
        entries = tape.entries
        entries.append((total, (self.index,), (a,), y, {"axis": tuple(range(a.ndim))}))
        return Node(tape, y, len(entries) - 1)
    return Tracer.__array_function__(self, function, types, args, options)


def install() -> None:
    """Give nodes the shortcuts."""
    names = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power}
    for name, ufunc in names.items():
        method, reflected = _binary(ufunc)
        setattr(Node, f"__{name}__", method)
        setattr(Node, f"__r{name}__", reflected)
        method, reflected = _binary_dual(ufunc)
        setattr(Dual, f"__{name}__", method)
        setattr(Dual, f"__r{name}__", reflected)
    for attribute, shortcut in {
        "__neg__": _unary(np.negative),
        "__abs__": _unary(np.absolute),
        "__array_ufunc__": _array_ufunc,
        "__array_function__": _array_function,
        "__getitem__": _item,
    }.items():
        setattr(Node, attribute, shortcut)
