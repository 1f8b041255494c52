"""The two modes, and primitives: the chain rule as an engine.

A function made of primitives is differentiated by evaluating it on tracers, which stand for arrays and keep a record of
what is done to them. Each primitive knows two linear maps: with y = p(x) and the Jacobian J of p at x,

    jvp:  ẋ ↦ ẏ = J ẋ       (a tangent moves forward with the values)
    vjp:  ȳ ↦ x̄ = Jᵀ ȳ      (a cotangent moves backward from the result)

Forward mode carries a pair (value, tangent) through the function. Reverse mode writes each step on a tape and walks the
tape backwards. Both evaluate the maps with the same NumPy operations that users write, so an operand of a rule may itself
be a tracer of an outer differentiation: derivatives of derivatives need no further machinery.

Each differentiation in progress is a scope with a level: a `Tape` or `Tangents`. One that starts inside another gets a
higher level, and a primitive belongs to the highest level among its operands; tracers of lower levels are constants to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from calcguide.autodiff._tracer import SCALARS, Tracer, gathered, is_loose

#: Rule of one operand: ``rule(t, y, *operands, **options)`` maps a tangent or cotangent `t`, where `y` is the value.
Rule = Callable[..., Any]


class Rules(Protocol):
    """The rules of a primitive, one for each operand: a list, or something that makes the k-th one."""

    def __getitem__(self, k: int, /) -> Rule | None:
        """Return the rule of operand k; None for a constant."""


class Transposed:
    """Rules of one mode that are found by transposing those of the other."""

    __slots__ = ("rules", "transposed")

    def __init__(self, rules: Rules, transposed: Callable[..., Any]) -> None:
        self.rules, self.transposed = rules, transposed

    def __getitem__(self, k: int) -> Rule | None:
        """Return the rule of operand k; None for a constant."""
        rule = self.rules[k]
        if rule is None:
            return None
        return lambda t, y, *operands: self.transposed(rule, k, t, y, operands)


_levels = itertools.count()


class Recorded(Tracer):
    """A value on a tape: an array and its place."""

    __slots__ = ("index",)

    def __init__(self, scope: Tape, value: Any, index: int) -> None:
        self.scope, self.value, self.index = scope, value, index

    @property
    def mark(self) -> int:
        """The place."""
        return self.index


class Node(Recorded):
    """A value of reverse mode."""

    __slots__ = ()


class Dual(Tracer):
    """A value of forward mode: an array and its tangent, x + ε ẋ with ε² = 0.

    The tangent has the shape of the value, or one that broadcasts to it: elements that move alike need it only once. A
    stack of tangents has a further axis in front, and full shapes behind it.
    """

    __slots__ = ("tangent",)

    def __init__(self, scope: Tangents, value: Any, tangent: Any) -> None:
        self.scope, self.value, self.tangent = scope, value, tangent

    @property
    def mark(self) -> Any:
        """The tangent in the shape of the value, or the stack of tangents."""
        tangent = self.tangent
        if self.scope.stacked or np.shape(tangent) == np.shape(self.value):
            return tangent
        return np.broadcast_to(tangent, np.shape(self.value))


class Primitive:
    """A function whose derivatives are known: the atoms that the chain rule joins.

    Parameters
    ----------
    name : str
        Its name in messages and tables.
    fun : callable
        Evaluates it, on arrays and on tracers.
    jvps, vjps : sequence of (callable or None)
        The rules, one for each operand, called as ``rule(t, y, *operands, **options)`` with the value y. An operand
        without a rule is a constant.
    elementwise : bool, default: False
        Whether it works element by element, so that each Jacobian is diagonal and the two rules are one. Operands
        then broadcast, and the engine undoes it; so may tangents, which can be smaller than their operand.
    batched : callable, optional
        ``batched(k, t, y, *operands, **options)`` applies the jvp of operand k to a stack of tangents at once. Without
        it they are taken one by one.
    joint : callable, optional
        ``joint(tangents, operands, lead, **options)`` returns the tangent of y from those of all operands at once, None for
        those of constants: for rules that would otherwise add up arrays of zeros. Stacked tangents have `lead` axis in front.
    into : callable, optional
        ``into(total, g, **options)`` adds the vjp of the only operand to an array in place: for rules that would
        otherwise fill an array with zeros.
    """

    __slots__ = ("back", "batched", "elementwise", "fun", "into", "joint", "jvps", "name", "vjps")

    def __init__(
        self,
        name: str,
        fun: Callable[..., Any],
        jvps: Rules,
        vjps: Rules,
        *,
        elementwise: bool = False,
        batched: Callable[..., Any] | None = None,
        joint: Callable[..., Any] | None = None,
        into: Callable[..., None] | None = None,
    ) -> None:
        self.name, self.fun, self.jvps, self.vjps = name, fun, jvps, vjps
        self.elementwise, self.batched, self.joint, self.into = elementwise, batched, joint, into
        self.back = back_into if into else back_each

    def __call__(self, *operands: Any, **options: Any) -> Any:
        """Evaluate, and record it in the innermost scope that an operand belongs to."""
        scope, loose = None, False
        for operand in operands:
            if isinstance(operand, Tracer):
                if scope is None or operand.scope.level > scope.level:
                    scope = operand.scope
            elif not loose and operand.__class__ not in SCALARS:
                loose = is_loose(operand)
        if loose:
            operands = tuple(gathered(operand) if is_loose(operand) else operand for operand in operands)
            scope = innermost(operands)
            if scope is not None and any(np.iscomplexobj(operand) for operand in operands):
                raise TypeError(
                    f"{self.name} of a complex number: complex numbers are out of autodiff's scope"
                )
        if scope is None:
            return self.fun(*operands, **options)
        return scope.record(self, operands, options)

    def __repr__(self) -> str:
        """Show the name."""
        return f"<primitive {self.name}>"


class Scope:
    """A differentiation in progress.

    A tracer of it carries a mark: its place on the tape in reverse mode, its tangent in forward mode.
    """

    __slots__ = ("level",)

    level: int

    def record(self, primitive: Primitive, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Evaluate a primitive on the values behind the operands, and keep what the derivative needs."""
        values, marks = self.taken(operands)
        outer = any(isinstance(value, Tracer) for value in values)
        y = (primitive if outer else primitive.fun)(*values, **options)
        return self.keep(primitive, marks, values, y, options)

    def taken(self, operands: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return the values behind the operands that are traced here, and their marks: None for constants."""
        values, marks = [], []
        for operand in operands:
            if isinstance(operand, Tracer) and operand.scope is self:
                values.append(operand.value)
                marks.append(operand.mark)
            else:
                values.append(operand)
                marks.append(None)
        return values, marks

    def keep(
        self, primitive: Primitive, marks: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Any:
        """Return a tracer of a value that was computed from values with these marks."""
        raise NotImplementedError


class Tape(Scope):
    """The record of reverse mode: what was done, in the order in which it was done.

    The independent variables come first, with None for an entry. The entry of a step is a tuple that begins with the
    function that hands its cotangent back to its operands, the primitive and the result. Then come the places of the traced
    operands (None for constants), the values of all operands, and the options: as three things, or, for one or two
    operands without options, one by one. No entry refers to a tracer of this tape, so that nothing keeps the tape alive but
    who uses it.
    """

    __slots__ = ("entries", "variables")

    node: type[Recorded] = Node

    def __init__(self) -> None:
        self.level = next(_levels)
        self.entries: list[Any] = []
        self.variables = 0

    def variable(self, value: Any) -> Any:
        """Return a tracer of an independent variable."""
        self.entries.append(None)
        self.variables += 1
        return self.node(self, value, len(self.entries) - 1)

    def keep(
        self, primitive: Primitive, places: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Any:
        """Write down what was evaluated."""
        entries = self.entries
        entries.append((primitive.back, primitive, y, places, values, options))
        return self.node(self, y, len(entries) - 1)

    def pull(self, result: Recorded, cotangent: Any, *, last: bool = False) -> list[Any]:
        """Walk the tape backwards: the cotangent of the result becomes those of the variables; None means zero.

        The arrays returned belong to the caller: they share no memory with each other, nor with any value. The `last` walk
        uses the tape up, and each value is let go of as soon as it has served.
        """
        steps = self.entries[self.variables : result.index + 1]
        cotangents: list[Any] = [None] * result.index
        cotangents.append(cotangent)
        owned: set[int] = Final() if last else set()
        if last:
            del self.entries[self.variables :]
        while steps:
            g, entry = cotangents.pop(), steps.pop()
            if g is not None:
                entry[0](g, entry, cotangents, owned)
        # If the result is a variable, those after it are missing.
        cotangents += [None] * (self.variables - len(cotangents))
        for place, g in enumerate(cotangents):
            if place not in owned and g.__class__ is np.ndarray:
                cotangents[place] = g.copy()
        return cotangents

    def adjoints(self, result: Recorded, cotangent: Any) -> list[Any]:
        """Walk the tape backwards and return the cotangent of each entry; they may share memory."""
        cotangents: list[Any] = [None] * len(self.entries)
        owned: set[int] = set()
        cotangents[result.index] = cotangent
        for place in range(result.index, self.variables - 1, -1):
            g, entry = cotangents[place], self.entries[place]
            if g is not None:
                entry[0](g, entry, cotangents, owned)
        return cotangents


class Final(set[int]):
    """The places whose cotangents a walk may write into, where that is the last walk, which may use the tape up."""

    __slots__ = ()


def read(entry: Any) -> tuple[Primitive, Any, tuple[Any, ...], tuple[Any, ...], dict[str, Any]]:
    """Return the primitive of a step, the result, the places and the values of its operands, and the options."""
    match entry:
        case _, primitive, y, place, x:
            return primitive, y, (place,), (x,), {}
        case _, primitive, y, i, j, a, b:
            return primitive, y, (i, j), (a, b), {}
    _, primitive, y, places, values, options = entry
    return primitive, y, tuple(places), tuple(values), options


def back_each(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Hand a cotangent on to the operands of a step: the rule of each makes it the operand's."""
    _, primitive, y, places, values, options = entry
    for k, place in enumerate(places):
        if place is None or (rule := primitive.vjps[k]) is None:
            continue
        part = rule(g, y, *values, **options)
        if primitive.elementwise:
            part = unbroadcast(part, np.shape(values[k]))
        add(part, place, cotangents, owned)


def back_into(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Add to the cotangent of the only operand in place."""
    _, primitive, y, (place,), (x,), options = entry
    if x.__class__ is not np.ndarray or isinstance(g, Tracer):
        back_each(g, entry, cotangents, owned)
        return
    if place not in owned:
        total = cotangents[place]
        cotangents[place] = np.zeros(x.shape, y.dtype) if total is None else np.array(total)
        owned.add(place)
    primitive.into(cotangents[place], g, **options)


def add(part: Any, place: int, cotangents: list[Any], owned: set[int]) -> None:
    """Add a part to a cotangent: the first is kept as it is, the second makes an array of the walk's own."""
    total = cotangents[place]
    if total is None:
        cotangents[place] = part
    elif place not in owned:
        cotangents[place] = total = total + part
        if total.__class__ is np.ndarray:
            owned.add(place)
    elif part.__class__ is np.ndarray or not isinstance(part, Tracer):
        total += part
    else:
        cotangents[place] = total + part
        owned.remove(place)


class Tangents(Scope):
    """Forward mode: tangents that travel with the values, one each or a stack of them along axis 0."""

    __slots__ = ("stacked",)

    def __init__(self, *, stacked: bool = False) -> None:
        self.level = next(_levels)
        self.stacked = stacked

    def keep(
        self, primitive: Primitive, tangents: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Any:
        """Give what was evaluated its tangent."""
        if primitive.joint is not None:
            return Dual(self, y, primitive.joint(tangents, values, int(self.stacked), **options))
        total = None
        for k, tangent in enumerate(tangents):
            if tangent is None or (rule := primitive.jvps[k]) is None:
                continue
            part = self._push(primitive, k, rule, tangent, y, values, options)
            total = part if total is None else total + part
        return y if total is None else Dual(self, y, total)

    def _push(
        self, primitive: Primitive, k: int, rule: Rule, t: Any, y: Any, values: list[Any], options: Any
    ) -> Any:
        """Apply the rule of operand k to its tangent, or to each of its tangents."""
        shape = np.shape(y)
        if not primitive.elementwise:
            if not self.stacked:
                return rule(t, y, *values, **options)
            if primitive.batched is not None:
                return primitive.batched(k, t, y, *values, **options)
            return np.stack([rule(one, y, *values, **options) for one in t])
        if self.stacked:
            inner = np.shape(values[k])
            if len(inner) < len(shape):
                t = np.reshape(t, (len(t), *(1,) * (len(shape) - len(inner)), *inner))
            shape = (len(t), *shape)
        part = rule(t, y, *values, **options)
        return part if np.shape(part) == shape else np.broadcast_to(part, shape)


def innermost(operands: Sequence[Any]) -> Any:
    """Return the scope of the highest level among the operands, None if all are plain."""
    scopes = (operand.scope for operand in operands if isinstance(operand, Tracer))
    return max(scopes, key=lambda scope: scope.level, default=None)


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which an operand of this shape was broadcast: the transpose of broadcasting."""
    given = np.shape(g)
    if given == shape:
        return g
    new = len(given) - len(shape)
    stretched = tuple(i for i, n in enumerate(shape, new) if n == 1 and given[i] != 1)
    g = np.sum(g, axis=(*range(new), *stretched))
    return g if np.shape(g) == shape else np.reshape(g, shape)
