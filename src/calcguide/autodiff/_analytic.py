r"""The product of a Hessian and a vector in one pass, where the function is analytic and its argument short.

.. math:: \nabla f(x + i \varepsilon v) = \nabla f(x) + i \varepsilon H(x) v + O(\varepsilon^2)

Reverse mode runs once, on complex numbers whose imaginary part is ε times the tangent of the real one. One complex operation
does the work of the three or four that dual numbers need. Nothing is subtracted, so nothing cancels, and ε is so small that
its square is lost in rounding: the product is as exact as the gradient.

That holds for compositions of analytic functions away from their singularities. This tape knows which of the primitives are,
and where; it refuses everything else, and any look at a traced value, be it only to compare it. Whoever asked then takes
dual numbers, which have no such limits, and which are quicker on long arrays, where the number of operations no longer counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from calcguide._typing import DOUBLE, Function
from calcguide.autodiff import _shortcuts
from calcguide.autodiff._core import Primitive, Recorded, Tape
from calcguide.autodiff._elementwise import NEARLY_ONE
from calcguide.autodiff._indexing import getitem, scatter
from calcguide.autodiff._joining import join
from calcguide.autodiff._products import product
from calcguide.autodiff._reductions import total
from calcguide.autodiff._shaping import broadcast, reshape, transpose
from calcguide.autodiff._tracer import UFUNCS, Tracer

#: The imaginary part of the largest element: its square is far below the rounding of any number but those next to zero.
EPSILON = 2.0**-333
#: Elements up to which complex numbers are quicker than dual ones.
SHORT = 2**11
#: The smallest size of a real part that may stand below a fraction, or in a root or a logarithm.
NEAR_ZERO = 1e-60
#: The largest argument of tanh where its derivative needs no other formula, with a margin for rounding.
FLAT = 0.99 * math.atanh(math.sqrt(NEARLY_ONE))
#: The largest power that is found by repeated multiplication.
LARGEST_POWER = 99


class NotAnalytic(Exception):  # noqa: N818  # a decision, not an error
    """Says that dual numbers have to be taken: here, or, if it does not hang on the point, `anywhere`."""

    def __init__(self, *, anywhere: bool) -> None:
        super().__init__()
        self.anywhere = anywhere


class ComplexNode(Recorded):
    """A value of the complex tape: an array whose imaginary part is a tangent. It may be used, but not be seen."""

    __slots__ = ()

    @property
    def seen(self) -> Any:
        """Refuse: a decision that hangs on the value would see the tangent too."""
        return self.scope.refuse()

    @property
    def dtype(self) -> Any:
        """The type of the real number that it stands for."""
        return DOUBLE

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return len(self.value)

    def __pow__(self, n: Any) -> Any:
        """Raise to a power; a whole one needs no test."""
        quick = n.__class__ is int and 0 <= n <= LARGEST_POWER
        return _raised(self, n) if quick else UFUNCS[np.power](self, n)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Take part in NumPy's functions; a shape tells nothing of the values."""
        if function in (np.shape, np.ndim, np.size) and args and args[0].__class__ is ComplexNode:
            return function(args[0].value, *args[1:], **options)
        return _shortcuts.array_function(self, function, types, args, options)


class ComplexTape(Tape):
    """A tape whose values are complex, and which takes analytic primitives only."""

    __slots__ = ("refused", "refused_anywhere")

    node = ComplexNode

    def __init__(self) -> None:
        super().__init__()
        self.refused = self.refused_anywhere = False

    def refuse(self, *, anywhere: bool = True) -> NoReturn:
        """Give up, even if the function catches what is raised here."""
        self.refused, self.refused_anywhere = True, anywhere
        raise NotAnalytic(anywhere=anywhere)

    def record(self, primitive: Primitive, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Evaluate a primitive on complex numbers, if it is analytic there."""
        values: list[Any] = []
        places: list[Any] = []
        for operand in operands:
            if operand.__class__ is ComplexNode and operand.scope is self:
                values.append(operand.value)
                places.append(operand.index)
            elif isinstance(operand, Tracer):
                self.refuse()
            else:
                values.append(operand)
                places.append(None)
        if primitive not in ENTIRE:
            if primitive not in MEROMORPHIC:
                self.refuse()
            fit = MEROMORPHIC[primitive](*values)
            if not fit:
                self.refuse(anywhere=fit is None)
        return self.keep(primitive, places, values, primitive.fun(*values, **options), options)

    def taken(self, operands: Sequence[Any]) -> NoReturn:
        """Refuse: only `record` knows what may be done with the values."""
        del operands
        self.refuse()


def _apart_from_zero(x: Any) -> bool:
    """Tell whether no real part is zero, or so small that a tangent could hide it."""
    return bool(np.all(np.abs(np.real(x)) > NEAR_ZERO))


def _positive(x: Any) -> bool:
    """Tell whether all real parts are on the side of zero where roots and logarithms are real."""
    return bool(np.all(np.real(x) > NEAR_ZERO))


def _whole_power(x: Any, n: Any) -> bool | None:
    """Tell whether a power is a product, or a quotient that exists; None if it is neither."""
    if not isinstance(n, int | float | np.floating) or not abs(float(n)) <= LARGEST_POWER or n % 1:
        return None
    return float(n) >= 0 or _apart_from_zero(x)


def _short_product(a: Any, b: Any) -> bool:
    """Tell whether a product of matrices is so short that nothing is lost by making both complex."""
    return bool(max(np.size(a), np.size(b)) <= SHORT)


#: Primitives that are analytic everywhere, and those that are, or are worth it, where a test of the operands holds: it
#: tells whether it does, or None if no other point would do.
ENTIRE: frozenset[Any] = frozenset(
    [UFUNCS[ufunc] for ufunc in (np.add, np.subtract, np.multiply, np.negative, np.positive, np.square)]
    + [UFUNCS[ufunc] for ufunc in (np.exp, np.sin, np.cos, np.sinh, np.cosh)]
    + [total, getitem, scatter, reshape, transpose, broadcast, join]
)
MEROMORPHIC: dict[Any, Callable[..., bool | None]] = {
    UFUNCS[np.divide]: lambda a, b: _apart_from_zero(b),
    UFUNCS[np.reciprocal]: _apart_from_zero,
    UFUNCS[np.power]: _whole_power,
    UFUNCS[np.sqrt]: _positive,
    UFUNCS[np.log]: _positive,
    product: _short_product,
    UFUNCS[np.tanh]: lambda x: bool(np.all(np.abs(np.real(x)) < FLAT)),
}


def product_with_hessian(fun: Function, x: Any, v: Any) -> Any:
    """Return H(x) v for two short arrays of double precision and one shape.

    Raises `NotAnalytic` where dual numbers have to find it.
    """
    if not (_is_short(x) and _is_short(v) and x.shape == v.shape):
        raise NotAnalytic(anywhere=False)
    sizes = np.abs(v)
    largest = sizes.item(sizes.argmax())
    if not 0 < largest < math.inf:
        raise NotAnalytic(anywhere=False)
    epsilon = math.ldexp(EPSILON, -math.frexp(largest)[1])
    tape = ComplexTape()
    z = np.empty(x.shape, np.complex128)
    try:
        with np.errstate(all="raise"):  # what overflows, or whose tangent vanishes, is left to dual numbers
            z.real, z.imag = x, v * epsilon
            y = fun(tape.variable(z))
            if y.__class__ is not ComplexNode or y.scope is not tape or y.shape:
                tape.refuse()
            (gradient,) = tape.pull(y, np.complex128(1.0), last=True)
            found = gradient.imag * (1 / epsilon)
            finite = math.isfinite(np.vdot(found, found))
    except FloatingPointError as error:
        raise NotAnalytic(anywhere=False) from error
    except Exception as error:  # if it is not about complex numbers, dual numbers will meet it too
        raise NotAnalytic(anywhere=tape.refused_anywhere or not tape.refused) from error
    if tape.refused or not finite:
        raise NotAnalytic(anywhere=tape.refused_anywhere)
    return found


def _is_short(x: Any) -> bool:
    """Tell whether an argument is one short array of double precision."""
    return x.__class__ is np.ndarray and x.dtype is DOUBLE and x.ndim > 0 and 0 < x.size <= SHORT


_MINUS = np.array(-1.0 + 0.0j)
_raised, _ = _shortcuts.binary(np.power, ComplexNode)
_shortcuts.install_on(
    ComplexNode,
    [np.add, np.subtract, np.multiply],
    [np.negative, np.square, np.exp, np.sin, np.cos],
    # NumPy negates complex numbers one by one, and multiplies them several at once.
    {np.subtract: (lambda t, *_: t, lambda t, *_: t * _MINUS)},
)
