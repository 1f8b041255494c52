"""Shortcuts of reverse mode: what `Tape.record` and `Tape.pull` do, written out for the commonest operations.

An operation on ten numbers takes NumPy less than a microsecond, so that each look at what the operands are counts. The
functions below take one look. They handle an operand beside a plain value or an operand of the same scope; everything else
goes the general way. They add no rule, and no result differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from calcguide._typing import DOUBLE
from calcguide.autodiff._core import (
    Node,
    Primitive,
    Recorded,
    Rule,
    add,
    back_each,
    back_into,
    unbroadcast,
)
from calcguide.autodiff._indexing import getitem
from calcguide.autodiff._reductions import SHORT, total
from calcguide.autodiff._tracer import FUNCTIONS, SCALARS, UFUNCS, Tracer

Method = Callable[..., Any]
Back = Callable[[Any, Any, list[Any], set[int]], None]
#: The operators, and how Python names their methods.
SIGNS: dict[np.ufunc, str] = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.divide: "truediv",
    np.power: "pow",
}
add_up = np.add.reduce
_NUMBERS = (np.float64, np.complex128)
#: Constants that are remembered.
MANY = 256
#: The options of a sum over all axes, for each number of axes that NumPy's arrays may have.
_AXES: list[dict[str, Any]] = [{"axis": tuple(range(ndim))} for ndim in range(65)]


# -- Reverse mode: the walk back ---------------------------------------------------------------------------------------

# The first part of a cotangent is kept as it is; `add` does the rest. That is written out here, and each number of operands
# has a way of its own: a further call, or a rule called with stars, would cost as much as the work on ten numbers.


def _back_only(rule: Rule) -> Back:
    """Return the way back to the only operand."""

    def back(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
        _, _, y, place, x = entry
        part = rule(g, y, x)
        if cotangents[place] is None:
            cotangents[place] = part
        else:
            add(part, place, cotangents, owned)

    return back


def _back_beside(rule: Rule, k: int) -> Back:
    """Return the way back to operand k of two, of which the other is a plain number."""
    at = 3 + k

    def back(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
        place, part = entry[at], rule(g, entry[2], entry[5], entry[6])
        if cotangents[place] is None:
            cotangents[place] = part
        else:
            add(part, place, cotangents, owned)

    return back


def _back_pair(by_first: Rule, by_second: Rule) -> Back:
    """Return the way back to two operands of one shape."""

    def back(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
        _, _, y, i, j, a, b = entry
        part = by_first(g, y, a, b)
        if cotangents[i] is None:
            cotangents[i] = part
        else:
            add(part, i, cotangents, owned)
        part = by_second(g, y, a, b)
        if cotangents[j] is None:
            cotangents[j] = part
        else:
            add(part, j, cotangents, owned)

    return back


def _back_plus(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Go back from a sum of two operands of one shape."""
    _, _, _, i, j, _, _ = entry
    if cotangents[i] is None:
        cotangents[i] = g
    else:
        add(g, i, cotangents, owned)
    if cotangents[j] is None:
        cotangents[j] = g
    else:
        add(g, j, cotangents, owned)


def _back_product(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Go back from a product of two operands of one shape."""
    _, _, _, i, j, a, b = entry
    part = g * b
    if cotangents[i] is None:
        cotangents[i] = part
    else:
        add(part, i, cotangents, owned)
    part = g * a
    if cotangents[j] is None:
        cotangents[j] = part
    else:
        add(part, j, cotangents, owned)


def _back_quotient(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Go back from a quotient of two operands of one shape, with one division."""
    _, _, y, i, j, _, b = entry
    part = g / b
    if cotangents[i] is None:
        cotangents[i] = part
    else:
        add(part, i, cotangents, owned)
    add(part * -y, j, cotangents, owned)


#: The ways back that take less than one rule for each operand.
_PAIRS: dict[np.ufunc, Back] = {
    np.add: _back_plus,
    np.multiply: _back_product,
    np.divide: _back_quotient,
}


def _back_both(by_first: Rule, by_second: Rule) -> Back:
    """Return the way back to two operands, or to one beside an array: what was broadcast is summed."""

    def back(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
        _, _, y, i, j, a, b = entry
        if i is not None:
            add(unbroadcast(by_first(g, y, a, b), a.shape), i, cotangents, owned)
        if j is not None:
            add(unbroadcast(by_second(g, y, a, b), b.shape), j, cotangents, owned)

    return back


def _back_square(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Go back from a square, which is by far the commonest power."""
    _, _, _, place, _, x, _ = entry
    part = g * (x + x)
    if cotangents[place] is None:
        cotangents[place] = part
    else:
        add(part, place, cotangents, owned)


def _back_element(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Add to an element."""
    _, _, _, (place,), (x,), options = entry
    if place in owned and x.__class__ is np.ndarray and not isinstance(g, Tracer):
        cotangents[place][options["index"]] += g
    else:
        back_into(g, entry, cotangents, owned)


def _back_slice(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Add to a slice, where no element occurs twice."""
    _, _, y, (place,), (x,), options = entry
    if x.__class__ is not np.ndarray or g.__class__ is not np.ndarray:
        back_into(g, entry, cotangents, owned)
    elif place in owned:
        part = cotangents[place][options["index"]]
        part += g
    elif cotangents[place] is None:
        cotangents[place] = total = np.zeros(x.shape, y.dtype)
        owned.add(place)
        total[options["index"]] = g
    else:
        back_into(g, entry, cotangents, owned)


@lru_cache(maxsize=16)
def _ones(shape: tuple[int, ...]) -> Any:
    """Return what a sum gives each element when it is the result itself: the commonest cotangent of all."""
    ones = np.ones(shape)
    ones.setflags(write=False)
    return ones


def _back_sum(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Give each element what the sum of all was given."""
    _, _, _, (place,), (x,), _ = entry
    if cotangents[place] is not None or g.__class__ not in _NUMBERS or x.size > SHORT:
        back_each(g, entry, cotangents, owned)
    elif g.__class__ is np.float64 and g == 1:
        cotangents[place] = _ones(x.shape)
    else:
        cotangents[place] = part = np.empty(x.shape, g.__class__)
        owned.add(place)
        part.fill(g)


# -- Reverse mode: operators and functions -------------------------------------------------------------------------------


class _Constants(dict[float, Any]):
    """Numbers as arrays, which arrays of their type take faster than numbers."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    def __missing__(self, number: float) -> Any:
        if len(self) >= MANY:
            self.clear()
        constant = np.array(number, self.dtype)
        constant.setflags(write=False)
        self[number] = constant
        return constant


_CONSTANTS = {dtype: _Constants(dtype) for dtype in (DOUBLE, np.dtype(np.complex128))}


def binary(
    ufunc: np.ufunc, node_type: type[Recorded], vjps: tuple[Rule, Rule] | None = None
) -> tuple[Method, Method]:
    """Return the methods of an operator and of its reflection; other rules than the primitive's may be quicker."""
    primitive: Any = UFUNCS[ufunc]
    fun, (by_first, by_second) = primitive.fun, vjps or primitive.vjps
    back_first, back_second = _back_beside(by_first, 0), _back_beside(by_second, 1)
    back_both = _back_both(by_first, by_second)
    back_pair = _PAIRS.get(ufunc) or _back_pair(by_first, by_second)
    exponent = ufunc is np.power  # a number there has rules of its own
    new = node_type.__new__

    def method(self: Any, other: Any) -> Any:
        tape, a, kind = self.scope, self.value, other.__class__
        if kind is node_type and other.scope is tape:
            b, j = other.value, other.index
            y = fun(a, b)
            back = back_pair if y.__class__ is np.float64 or a.shape == b.shape else back_both
        elif kind is int or kind is float or kind in SCALARS:
            b, j, back = other, None, back_first
            if exponent:
                if kind is int and other == 2:
                    back = _back_square
            elif a.__class__ is np.ndarray and other and a.dtype in _CONSTANTS:
                b = _CONSTANTS[a.dtype][other]
            y = fun(a, b)
        elif kind is np.ndarray and other.dtype.kind not in "Oc":
            b, j, back = other, None, back_both
            y = fun(a, b)
        else:
            return primitive(self, other)
        entries = tape.entries
        entries.append((back, primitive, y, self.index, j, a, b))
        node = new(node_type)
        node.scope, node.value, node.index = tape, y, len(entries) - 1
        return node

    def reflected(self: Any, other: Any) -> Any:
        tape, a, b, kind = self.scope, other, self.value, other.__class__
        if kind is int or kind is float or kind in SCALARS:
            back = back_second
            if b.__class__ is np.ndarray and other and b.dtype in _CONSTANTS and not exponent:
                a = _CONSTANTS[b.dtype][other]
        elif kind is np.ndarray and other.dtype.kind not in "Oc":
            back = back_both
        else:
            return primitive(other, self)
        y, entries = fun(a, b), tape.entries
        entries.append((back, primitive, y, None, self.index, a, b))
        node = new(node_type)
        node.scope, node.value, node.index = tape, y, len(entries) - 1
        return node

    return method, reflected


def _unary(ufunc: np.ufunc, node_type: type[Recorded]) -> Method:
    """Return what a function or an operator of one operand does on a node."""
    primitive: Any = UFUNCS[ufunc]
    fun, back, new = primitive.fun, _back_only(primitive.vjps[0]), node_type.__new__

    def method(self: Any) -> Any:
        tape, x = self.scope, self.value
        y, entries = fun(x), tape.entries
        entries.append((back, primitive, y, self.index, x))
        node = new(node_type)
        node.scope, node.value, node.index = tape, y, len(entries) - 1
        return node

    return method


def array_ufunc_of(
    kind: type[Tracer], operators: dict[np.ufunc, tuple[Method, Method]], functions: dict[np.ufunc, Method]
) -> Method:
    """Return the method through which NumPy's elementwise functions reach a value of some kind."""

    def array_ufunc(self: Any, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        if ufunc in functions and method == "__call__" and not options:
            return functions[ufunc](self)
        if ufunc in operators and method == "__call__" and not options:
            (straight, reflected), (first, second) = operators[ufunc], operands
            return straight(first, second) if first.__class__ is kind else reflected(second, first)
        return Tracer.__array_ufunc__(self, ufunc, method, *operands, **options)

    return array_ufunc


def functions_of_one() -> list[np.ufunc]:
    """Return the elementwise functions of one operand that have a derivative."""
    return [
        ufunc
        for ufunc, primitive in UFUNCS.items()
        if isinstance(primitive, Primitive) and ufunc.nin == 1 and primitive.vjps[0] is not None
    ]


def _item(node_type: type[Recorded]) -> Method:
    """Return the method that returns elements, traced."""
    new = node_type.__new__

    def method(self: Any, index: Any) -> Any:
        if index.__class__ is slice:
            back = _back_slice
        elif index.__class__ is int:
            back = _back_element
        else:
            return FUNCTIONS["getitem"](self, index)
        tape, x = self.scope, self.value
        y, entries = x[index], tape.entries
        entries.append((back, getitem, y, (self.index,), (x,), {"index": index}))
        node = new(node_type)
        node.scope, node.value, node.index = tape, y, len(entries) - 1
        return node

    return method


def array_function(self: Any, function: Any, types: Any, args: Any, options: Any) -> Any:
    """Take part in NumPy's other functions; the sum of all elements is the last step of most."""
    if function is np.sum and not options and len(args) == 1:
        x = self.value
        if x.__class__ is np.ndarray:
            tape, y = self.scope, add_up(x, None)
            entries = tape.entries
            entries.append((_back_sum, total, y, (self.index,), (x,), _AXES[x.ndim]))
            return self.__class__(tape, y, len(entries) - 1)
        if x.__class__ in SCALARS:
            return self  # the sum of one number
    return Tracer.__array_function__(self, function, types, args, options)


def install_on(
    node_type: type[Recorded],
    operators: Iterable[np.ufunc],
    functions: Iterable[np.ufunc],
    rules: dict[np.ufunc, tuple[Rule, Rule]] | None = None,
) -> None:
    """Give nodes the shortcuts for these operators and functions of one operand, beside the methods of their own.

    `rules` replace those of an operator's primitive.
    """
    methods = {ufunc: binary(ufunc, node_type, (rules or {}).get(ufunc)) for ufunc in operators}
    for ufunc, (method, reflected) in methods.items():
        setattr(node_type, f"__{SIGNS[ufunc]}__", method)
        setattr(node_type, f"__r{SIGNS[ufunc]}__", reflected)
    for attribute, shortcut in {
        "__neg__": _unary(np.negative, node_type),
        "__array_ufunc__": array_ufunc_of(
            node_type, methods, {ufunc: _unary(ufunc, node_type) for ufunc in functions}
        ),
        "__array_function__": array_function,
        "__getitem__": _item(node_type),
    }.items():
        if attribute not in vars(node_type):
            setattr(node_type, attribute, shortcut)


def install() -> None:
    """Give values of reverse mode the shortcuts."""
    install_on(Node, SIGNS, functions_of_one())
