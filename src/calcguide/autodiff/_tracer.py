"""Tracers: what stands for an array in a function that is being differentiated, and takes part in NumPy's protocols.

NumPy hands each of its functions that meets a tracer to the tracer. The tables say what it does then: the modules of
rules fill them, and what is in none of them is refused by name.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

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
        if not self.ndim:
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

    @property
    def seen(self) -> Any:
        """The value, for those who look at it without using it."""
        return self.value

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
                return ufunc(*map(primal, operands), **options)
            if ufunc in UFUNCS:
                if options.get("dtype") is not None:
                    operands = tuple(FUNCTIONS["astype"](operand, **options) for operand in operands)
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


def primal(value: Any) -> Any:
    """Return the plain array behind a tracer, whatever is being differentiated."""
    while isinstance(value, Tracer):
        value = value.seen
    return value


def unset(option: Any) -> bool:
    """Tell whether an option was left out, as NumPy's dispatch shows it."""
    return option is None or option is np._NoValue  # noqa: SLF001  # it has no public name
