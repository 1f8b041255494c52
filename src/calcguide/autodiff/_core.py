"""Tracers, the two modes, and primitives: the chain rule as an engine.

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
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

#: Rule of one operand: ``rule(t, y, *operands, **options)`` maps a tangent or cotangent `t`, where `y` is the value.
Rule = Callable[..., Any]


class Rules(Protocol):
    """The rules of a primitive, one for each operand: a list, or something that makes the k-th one."""

    def __getitem__(self, k: int, /) -> Rule | None:
        """Return the rule of operand k; None for a constant."""


#: What NumPy's functions do on tracers; the modules of rules fill these tables.
UFUNCS: dict[Any, Callable[..., Any]] = {}
FUNCTIONS: dict[Any, Callable[..., Any]] = {}
#: Functions without a derivative, or whose derivative is zero wherever it exists: evaluated on the plain arrays.
CONSTANT: set[Any] = set()
#: Types whose values belong to no scope.
PLAIN = frozenset({np.ndarray, np.float64, np.float32, float, int})
SCALARS = PLAIN - {np.ndarray}
#: What to use in place of a function that is not covered.
INSTEAD: dict[Any, str] = {}

_levels = itertools.count()


def _operator(ufunc: np.ufunc, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    """Return the method of an operator with two operands."""
    if swapped:
        return lambda self, other: UFUNCS[ufunc](other, self)
    return lambda self, other: UFUNCS[ufunc](self, other)


def _comparison(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    """Return the method of a comparison, which sees plain arrays only."""
    return lambda self, other: ufunc(primal(self), primal(other))


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that does what a function of NumPy does."""
    return lambda self, *args, **options: FUNCTIONS[function](self, *args, **options)


def _constant(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that sees plain arrays only."""
    return lambda self, *args, **options: function(primal(self), *args, **options)


class Tracer:
    """Stands for an array in a function that is being differentiated."""

    __slots__ = ("scope", "value")

    scope: Any
    value: Any
    mark: Any

    __add__, __radd__ = _operator(np.add), _operator(np.add, swapped=True)
    __sub__, __rsub__ = _operator(np.subtract), _operator(np.subtract, swapped=True)
    __mul__, __rmul__ = _operator(np.multiply), _operator(np.multiply, swapped=True)
    __truediv__, __rtruediv__ = _operator(np.divide), _operator(np.divide, swapped=True)
    __pow__, __rpow__ = _operator(np.power), _operator(np.power, swapped=True)
    __mod__, __rmod__ = _operator(np.remainder), _operator(np.remainder, swapped=True)
    __floordiv__, __rfloordiv__ = _comparison(np.floor_divide), lambda self, other: other // primal(self)
    __matmul__, __rmatmul__ = _operator(np.matmul), _operator(np.matmul, swapped=True)
    __eq__, __ne__ = _comparison(np.equal), _comparison(np.not_equal)
    __lt__, __le__ = _comparison(np.less), _comparison(np.less_equal)
    __gt__, __ge__ = _comparison(np.greater), _comparison(np.greater_equal)
    __hash__ = None  # type: ignore[assignment]  # like an array

    sum, prod, mean, var, std = (_method(f) for f in (np.sum, np.prod, np.mean, np.var, np.std))
    max, min, cumsum, cumprod = (_method(f) for f in (np.max, np.min, np.cumsum, np.cumprod))
    ravel, swapaxes, squeeze = _method(np.ravel), _method(np.swapaxes), _method(np.squeeze)
    dot, trace, diagonal = _method(np.dot), _method(np.trace), _method(np.diagonal)
    repeat, take, clip, round = _method(np.repeat), _method(np.take), _method(np.clip), _method(np.round)
    argmax, argmin, argsort = _constant(np.argmax), _constant(np.argmin), _constant(np.argsort)
    any, all, nonzero = _constant(np.any), _constant(np.all), _constant(np.nonzero)

    def __neg__(self) -> Any:
        """Return −x."""
        return UFUNCS[np.negative](self)

    def __pos__(self) -> Any:
        """Return x."""
        return self

    def __abs__(self) -> Any:
        """Return |x|."""
        return UFUNCS[np.absolute](self)

    def __bool__(self) -> bool:
        """Decide by the value: a branch is differentiated as it is taken."""
        return bool(primal(self))

    def __getitem__(self, index: Any) -> Any:
        """Return elements, traced."""
        return FUNCTIONS["getitem"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        """Refuse: what was computed cannot change afterwards."""
        raise TypeError(
            "a traced array cannot be written into: x[i] = … would change a value that the derivative needs; "
            "build a new array with np.where, np.concatenate or np.stack"
        )

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return len(primal(self))

    def __iter__(self) -> Any:
        """Yield the rows, traced."""
        if not np.ndim(primal(self)):
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        """Refuse: the derivative would be lost."""
        raise TypeError(self._plain("float"))

    def __int__(self) -> int:
        """Refuse: the derivative would be lost."""
        raise TypeError(self._plain("int"))

    def __complex__(self) -> complex:
        """Refuse: the derivative would be lost."""
        raise TypeError(self._plain("complex"))

    def __index__(self) -> int:
        """Refuse: a traced value is not an index."""
        raise TypeError(self._plain("an index"))

    def tolist(self) -> Any:
        """Refuse: the derivative would be lost."""
        raise TypeError(self._plain("tolist"))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Return an object array of traced numbers: what `np.array([u, v])` of such numbers asks for.

        Functions of SciPy that are not ufuncs ask for an array too. They would go on to treat it as one of numbers.
        """
        del copy
        if dtype is not None and np.dtype(dtype) != object:
            raise TypeError(self._plain(f"an array of {np.dtype(dtype)}"))
        shape = self.shape
        array = np.empty(shape, object)
        if not shape:
            array[()] = self
            return array
        if name := _asking_function():
            raise TypeError(_uncovered(name, name))
        for index in np.ndindex(shape):
            array[index] = self[index]
        return array

    def item(self) -> float:
        """Refuse: the derivative would be lost."""
        raise TypeError(self._plain("item"))

    @staticmethod
    def _plain(wanted: str) -> str:
        return (
            f"a traced value cannot become a plain number ({wanted}): its derivative would be lost. Use NumPy's function "
            "in place of math's, np.stack in place of np.array or of writing into an array, and autodiff.stop_gradient "
            "where the value alone is meant"
        )

    def __repr__(self) -> str:
        """Show the value."""
        return f"traced {primal(self)!r}"

    def __format__(self, spec: str) -> str:
        """Format the value."""
        return format(primal(self), spec)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        """The number of dimensions of the value."""
        return np.ndim(self.value)

    @property
    def size(self) -> int:
        """The number of elements of the value."""
        return math.prod(np.shape(self.value))

    @property
    def dtype(self) -> Any:
        """The type of the value's elements."""
        return primal(self).dtype

    @property
    def T(self) -> Any:  # NumPy's name
        """The transpose."""
        return FUNCTIONS[np.transpose](self)

    @property
    def mT(self) -> Any:  # NumPy's name
        """The transpose of the last two axes."""
        return FUNCTIONS[np.swapaxes](self, -1, -2)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """Return the elements in another shape."""
        return FUNCTIONS[np.reshape](self, shape[0] if len(shape) == 1 else shape, order=order)

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order."""
        order = axes[0] if len(axes) == 1 else axes or None
        return FUNCTIONS[np.transpose](self, order)

    def flatten(self) -> Any:
        """Return the elements along one axis."""
        return FUNCTIONS[np.ravel](self)

    def copy(self) -> Any:
        """Return the tracer: nothing ever changes it."""
        return self

    def astype(self, dtype: Any, **options: Any) -> Any:
        """Return the array with elements of another floating-point type."""
        return FUNCTIONS["astype"](self, dtype, **options)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Take part in NumPy's elementwise functions."""
        if options.pop("out", None) is not None:
            raise TypeError(
                f"{ufunc.__name__} cannot write a traced value into an array that exists (a += x, out=…): write a = a + x"
            )
        if method == "__call__" and not options.keys() - {"dtype"}:
            if ufunc in CONSTANT:
                return ufunc(*map(primal, operands))
            if ufunc in UFUNCS:
                return UFUNCS[ufunc](*operands)
        if method in ("reduce", "accumulate", "outer") and (ufunc, method) in FUNCTIONS:
            return FUNCTIONS[ufunc, method](*operands, **options)
        what = ufunc.__name__ + ("" if method == "__call__" else f".{method}")
        if options:
            what += f" with {', '.join(sorted(options))}="
        raise TypeError(_uncovered(what, ufunc))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Take part in NumPy's other functions."""
        del types
        if function in CONSTANT:
            return function(*(plain(arg) for arg in args), **{k: plain(v) for k, v in options.items()})
        if function not in FUNCTIONS:
            raise TypeError(_uncovered(f"{function.__module__}.{function.__name__}", function))
        if options.pop("out", None) is not None:
            raise TypeError(
                f"{function.__name__} cannot write a traced value into an array that exists (out=…)"
            )
        return FUNCTIONS[function](*args, **options)


def _asking_function() -> str:
    """Name the function of SciPy that asks for a plain array, if it is one that does."""
    name, frame = "", sys._getframe(2)  # noqa: SLF001  # CPython's own way to see who calls
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in ("scipy", "numpy"):
            break
        if module.startswith("scipy."):
            found = ".".join([*(part for part in module.split(".") if part[0] != "_"), frame.f_code.co_name])
            if found in INSTEAD:
                return found
            if frame.f_code.co_name[0] != "_" and "wrapper" not in found:
                name = found
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return name


def _uncovered(name: str, function: Any) -> str:
    """Say that a function is not covered, and what is."""
    instead = INSTEAD.get(function, "write it with functions that are, or give it rules with autodiff.custom")
    return f"{name} is not covered by autodiff: {instead}"


def plain(value: Any) -> Any:
    """Return an argument with the tracers in it replaced by their arrays."""
    if isinstance(value, Tracer):
        return primal(value)
    if isinstance(value, list | tuple):
        return type(value)(plain(part) for part in value)
    return value


class Node(Tracer):
    """A value of reverse mode: an array, and its place on the tape."""

    __slots__ = ("index",)

    def __init__(self, scope: Tape, value: Any, index: int) -> None:
        self.scope, self.value, self.index = scope, value, index

    @property
    def mark(self) -> int:
        """The place."""
        return self.index


class Dual(Tracer):
    """A value of forward mode: an array and its tangent, x + ε ẋ with ε² = 0."""

    __slots__ = ("tangent",)

    def __init__(self, scope: Tangents, value: Any, tangent: Any) -> None:
        self.scope, self.value, self.tangent = scope, value, tangent

    @property
    def mark(self) -> Any:
        """The tangent."""
        return self.tangent


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
        then broadcast, and the engine undoes it.
    batched : callable, optional
        ``batched(k, t, y, *operands, **options)`` applies the jvp of operand k to a stack of tangents at once. Without
        it they are taken one by one.
    into : callable, optional
        ``into(total, g, **options)`` adds the vjp of the only operand to an array in place: for rules that would
        otherwise fill an array with zeros.
    """

    __slots__ = ("batched", "elementwise", "fun", "into", "jvps", "name", "vjps")

    def __init__(
        self,
        name: str,
        fun: Callable[..., Any],
        jvps: Rules,
        vjps: Rules,
        *,
        elementwise: bool = False,
        batched: Callable[..., Any] | None = None,
        into: Callable[..., None] | None = None,
    ) -> None:
        self.name, self.fun, self.jvps, self.vjps = name, fun, jvps, vjps
        self.elementwise, self.batched, self.into = elementwise, batched, into

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

    def __init__(self) -> None:
        self.level = next(_levels)

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

    An entry holds the primitive, the places of its traced operands, the values of all operands, the result and the
    options. No entry refers to a tracer of this tape, so that nothing keeps the tape alive but who uses it.
    """

    __slots__ = ("entries",)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Any] = []

    def variable(self, value: Any) -> Node:
        """Return a tracer of an independent variable."""
        self.entries.append(None)
        return Node(self, value, len(self.entries) - 1)

    def keep(
        self, primitive: Primitive, places: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Node:
        """Write down what was evaluated."""
        entries = self.entries
        entries.append((primitive, places, values, y, options))
        return Node(self, y, len(entries) - 1)

    def pull(
        self, result: Node, cotangent: Any, variables: Sequence[Node] | None, *, last: bool = False
    ) -> list[Any]:
        """Walk the tape backwards: the cotangent of the result becomes those of the variables; None means zero.

        The arrays returned belong to the caller: they share no memory with each other, nor with any value. With None for
        the variables, the cotangents of all entries up to the result are kept and returned; these may share memory. The
        `last` walk lets go of each entry as soon as it is used.
        """
        cotangents: list[Any] = [None] * (result.index + 1)
        spent = cotangents if variables is not None else [None] * len(cotangents)
        owned = bytearray(result.index + 1)
        cotangents[result.index] = cotangent
        entries = self.entries
        for i in range(result.index, -1, -1):
            g, entry = cotangents[i], entries[i]
            if g is None or entry is None:
                continue
            spent[i] = None
            if last:
                entries[i] = None
            primitive, places, values, y, options = entry
            for k, place in enumerate(places):
                if place is None:
                    continue
                total = cotangents[place]
                add = primitive.into
                if add is not None and g.__class__ in PLAIN and values[k].__class__ is np.ndarray:
                    if not owned[place]:
                        total = np.zeros(values[k].shape, y.dtype) if total is None else np.array(total)
                        cotangents[place], owned[place] = total, 1
                    add(total, g, **options)
                    continue
                rule = primitive.vjps[k]
                if rule is None:
                    continue
                part = rule(g, y, *values, **options) if options else rule(g, y, *values)
                if primitive.elementwise and part.shape != values[k].shape:
                    part = unbroadcast(part, np.shape(values[k]))
                if total is None:
                    cotangents[place] = part
                elif owned[place] and not isinstance(part, Tracer):
                    total += part
                else:
                    cotangents[place] = total = total + part
                    owned[place] = total.__class__ is np.ndarray
        if variables is None:
            return cotangents
        return [
            self._own(cotangents[v.index] if v.index <= result.index else None, owned, v.index)
            for v in variables
        ]

    @staticmethod
    def _own(cotangent: Any, owned: bytearray, index: int) -> Any:
        """Copy what the walk did not allocate itself."""
        if type(cotangent) is np.ndarray and not owned[index]:
            return np.array(cotangent)
        return cotangent


class Tangents(Scope):
    """Forward mode: tangents that travel with the values, one each or a stack of them along axis 0."""

    __slots__ = ("stacked",)

    def __init__(self, *, stacked: bool = False) -> None:
        super().__init__()
        self.stacked = stacked

    def keep(
        self, primitive: Primitive, tangents: list[Any], values: list[Any], y: Any, options: dict[str, Any]
    ) -> Any:
        """Give what was evaluated its tangent."""
        total = None
        for k, tangent in enumerate(tangents):
            rule = primitive.jvps[k]
            if tangent is None or rule is None:
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


def is_loose(operand: Any) -> bool:
    """Tell whether an operand may hold tracers inside, as a list or an object array does, or is complex."""
    if operand.__class__ is np.ndarray:
        return operand.dtype.kind in "Oc"
    return isinstance(operand, list | tuple | complex | np.complexfloating)


def gathered(operand: Any) -> Any:
    """Return the numbers of a list or an object array as one array, traced if one of them is."""
    array = np.asarray(operand)
    if not array.dtype.hasobject:
        return array
    parts = array.ravel().tolist()
    if not any(isinstance(part, Tracer) for part in parts):
        return array
    return np.reshape(np.stack(parts), array.shape)


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which an operand of this shape was broadcast: the transpose of broadcasting."""
    given = np.shape(g)
    if given == shape:
        return g
    new = len(given) - len(shape)
    stretched = tuple(i for i, n in enumerate(shape, new) if n == 1 and given[i] != 1)
    g = np.sum(g, axis=(*range(new), *stretched))
    return g if np.shape(g) == shape else np.reshape(g, shape)


def primal(value: Any) -> Any:
    """Return the plain array behind a tracer, whatever is being differentiated."""
    while isinstance(value, Tracer):
        value = value.value
    return value
