"""Functions with derivatives of the user's own, and functions that are to be seen as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, update_wrapper
from numbers import Number
from typing import Any

import numpy as np

from calcguide._typing import Function
from calcguide._validation import check_callable
from calcguide.autodiff._containers import as_leaf, copied, flatten, number, settle, zero_like
from calcguide.autodiff._core import (
    Dual,
    Final,
    Node,
    Primitive,
    Rule,
    Tape,
    Transposed,
    back_each,
    innermost,
)
from calcguide.autodiff._forward import along
from calcguide.autodiff._reverse import vjp
from calcguide.autodiff._tracer import Tracer, primal

#: Elements that an elementwise function is evaluated on at once: its intermediate values then stay in a processor's cache.
BLOCK = 2**15


def stop_gradient(x: Any) -> Any:
    """Return a value as a constant: no derivative flows through it.

    Parameters
    ----------
    x : array_like, or nested tuple, list or dict of arrays
        A value, traced or not.

    Returns
    -------
    ndarray or container
        The plain value, of the same form.

    See Also
    --------
    custom : Sets a derivative other than zero.

    Examples
    --------
    >>> from calcguide import autodiff
    >>> autodiff.grad(lambda x: x * autodiff.stop_gradient(x))(3.0)
    3.0
    """
    leaves, rebuild = flatten(x)
    return rebuild([number(primal(leaf)) for leaf in leaves])


class custom:  # noqa: N801  # used as a decorator
    r"""Give a function rules of its own for its derivative.

    A rule replaces what tracing would find: for a function that cannot be traced, whose derivative has a form that is
    cheaper or safer in floating point, or that is to have another derivative than its own.

    Parameters
    ----------
    fun : callable
        Function of arrays, all by position, with an array as its value. It may use anything: it is evaluated on plain
        arrays only.

    Raises
    ------
    TypeError
        If `fun` cannot be called; when it is evaluated, if it does not return real numbers; when it is differentiated, if
        there is no rule.

    See Also
    --------
    stop_gradient : Sets the derivative to zero.
    elementwise : For long arrays.

    Notes
    -----
    One kind of rule is enough: both are linear maps, and the transpose of one is found by differentiating it. Rules
    written with NumPy can themselves be differentiated, so that higher derivatives follow.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> @autodiff.custom
    ... def log1pexp(x):
    ...     return np.vectorize(math.log1p)(np.exp(x))
    >>> log1pexp.defvjp(lambda g, y, x: g / (1 + np.exp(-x)))
    >>> autodiff.grad(log1pexp)(0.0), autodiff.derivative(log1pexp, n=2)(0.0)
    (0.5, 0.25)
    """

    def __init__(self, fun: Function) -> None:
        check_callable("fun", fun)
        update_wrapper(self, fun)  # first, for it copies the attributes of `fun`, which may be of this class
        name = getattr(fun, "__name__", type(fun).__name__)
        self._primitive = Primitive(name, self._value, _Missing(name), _Missing(name))
        self._fun = fun

    def __call__(self, *operands: Any) -> Any:
        """Evaluate the function, and record it where an operand is traced."""
        return number(self._primitive(*map(settle, operands)))

    def _value(self, *operands: Any) -> Any:
        """Evaluate the function on plain arrays; its value is traced if it uses a traced value from outside."""
        return _real(f"`{self._primitive.name}`", self._fun(*operands))

    def defvjp(self, *rules: Rule | None) -> None:
        r"""Set the rules of reverse mode, :math:`\bar y \mapsto \bar x_k = J_k^T \bar y`.

        Parameters
        ----------
        *rules : callable or None
            One for each argument of the function, called as ``rule(g, y, *args)`` with the cotangent g of the value y;
            returns the cotangent of that argument, of its shape. None makes the argument a constant.

        Raises
        ------
        TypeError, ValueError
            If a rule cannot be called; when it is used, if it does not return real numbers of that shape; when one is
            missing.
        """
        self._set(rules, "vjps", "jvps", _transposed_vjp)

    def defjvp(self, *rules: Rule | None) -> None:
        r"""Set the rules of forward mode, :math:`\dot x_k \mapsto \dot y = J_k \dot x_k`.

        Parameters
        ----------
        *rules : callable or None
            One for each argument of the function, called as ``rule(t, y, *args)`` with the tangent t of that argument;
            returns the tangent of the value y, of its shape. None makes the argument a constant.

        Raises
        ------
        TypeError, ValueError
            If a rule cannot be called; when it is used, if it does not return real numbers of that shape; when one is
            missing.
        """
        self._set(rules, "jvps", "vjps", _transposed_jvp)

    def _set(
        self, rules: tuple[Rule | None, ...], kind: str, other: str, transposed: Callable[..., Any]
    ) -> None:
        for rule in rules:
            if rule is not None:
                check_callable("rules", rule)
        checked = _Given(
            self._primitive.name,
            [
                rule if rule is None else _checked(rule, f"rule {k} of `{self._primitive.name}`", kind, k)
                for k, rule in enumerate(rules)
            ],
        )
        setattr(self._primitive, kind, checked)
        if isinstance(getattr(self._primitive, other), _Missing | Transposed):
            setattr(self._primitive, other, Transposed(checked, transposed))


class _Missing:
    """Stands for the rules of a function that has none yet."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, k: int) -> Rule:
        raise TypeError(
            f"`{self.name}` has no rules yet: give it some with {self.name}.defvjp or {self.name}.defjvp"
        )


class _Given:
    """The rules that the user has given, one for each argument."""

    def __init__(self, name: str, rules: list[Rule | None]) -> None:
        self.name, self.rules = name, rules

    def __getitem__(self, k: int) -> Rule | None:
        if k >= len(self.rules):
            raise TypeError(
                f"`{self.name}` has {len(self.rules)} rules, but needs one for argument {k} too; None makes it a constant"
            )
        return self.rules[k]


def _real(name: str, result: Any) -> Any:
    """Return what a user's function or rule returned as an array or a number of floating point, or traced."""
    if isinstance(result, Tracer):
        return result
    array = np.asarray(result)
    parts = array.ravel().tolist() if array.dtype.kind == "O" else []
    if any(isinstance(part, Tracer) for part in parts) and all(
        isinstance(part, Tracer | Number) for part in parts
    ):
        return settle(array)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must return real numbers, got {result!r:.60}")
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    return array if array.ndim else array[()]


def _checked(rule: Rule, name: str, kind: str, k: int) -> Rule:
    """Return a rule that insists on the shape that its result must have: that of the operand, or that of the value.

    The rule gets a copy of what it maps, and may write into it.
    """

    def checked(t: Any, y: Any, *operands: Any) -> Any:
        part = _real(name, rule(copied(t), y, *operands))
        wanted = np.shape(operands[k] if kind == "vjps" else y)
        if np.shape(part) != wanted:
            raise ValueError(f"{name} must return shape {wanted}, got {np.shape(part)}")
        return part

    return checked


def _transposed_vjp(rule: Rule, k: int, t: Any, y: Any, operands: tuple[Any, ...]) -> Any:
    """J t from g ↦ Jᵀ g, whose own pullback is t ↦ J t."""
    del k
    return as_leaf("tangent", vjp(lambda g: rule(g, y, *operands), np.zeros(np.shape(y)))[1](t))


def _transposed_jvp(rule: Rule, k: int, g: Any, y: Any, operands: tuple[Any, ...]) -> Any:
    """Jᵀ g from t ↦ J t, whose pullback it is."""
    return as_leaf("cotangent", vjp(lambda t: rule(t, y, *operands), np.zeros(np.shape(operands[k])))[1](g))


class elementwise:  # noqa: N801  # used as a decorator
    r"""Declare that a function works element by element, so that long arrays are evaluated in blocks.

    Then :math:`\partial y_i / \partial x_j = 0` for i ≠ j. The value and all derivatives are found together, block by
    block, and the intermediate values of a block never leave the processor's cache.

    Parameters
    ----------
    fun : callable
        Function of arrays, all by position, that broadcast against each other.

    Raises
    ------
    TypeError, ValueError
        If `fun` cannot be called; when it returns another shape than that of its arguments.

    See Also
    --------
    custom : Sets the derivative by hand.
    derivative : Differentiates an elementwise function.

    Notes
    -----
    Values are the same with and without the declaration, to the last bit where NumPy's own loops are, and derivatives
    up to rounding; what changes is the memory that is touched. It pays from some ten thousand elements on. The first
    derivative by one operand is found in forward mode, which keeps no values of the past, others in reverse mode. A
    gradient of many blocks shares its memory with the values of the function, which are let go of together with it.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide import autodiff
    >>> @autodiff.elementwise
    ... def swish(x):
    ...     return x / (1 + np.exp(-x))
    >>> autodiff.grad(lambda x: np.sum(swish(x)))(np.zeros(3)).tolist()
    [0.5, 0.5, 0.5]
    """

    def __init__(self, fun: Function) -> None:
        check_callable("fun", fun)
        update_wrapper(self, fun)  # first, for it copies the attributes of `fun`, which may be of this class
        self.fun, self._forward = fun, True
        self._slope = cache(self._slope_of)
        rules = _Scaled()
        name = getattr(fun, "__name__", type(fun).__name__)
        self._primitive = Primitive(name, fun, rules, rules, elementwise=True)
        self._primitive.back = _back_scaled

    def __call__(self, *operands: Any) -> Any:
        """Evaluate the function in blocks, together with its derivatives where an operand is traced."""
        leaves = [as_leaf(f"argument {k}", operand) for k, operand in enumerate(operands)]
        scope = innermost(leaves)
        if scope is None:
            return number(self._together(leaves, [])[0])
        values, marks = scope.taken(leaves)
        traced = [k for k, mark in enumerate(marks) if mark is not None]
        if any(isinstance(value, Tracer) for value in values):
            y, found = self(*values), [self._slope(k)(*values) for k in traced]
        else:
            y, found = self._together(values, traced)
        slopes = dict(zip(traced, found, strict=True))
        return scope.keep(self._primitive, marks, values, y, {"slopes": slopes})

    def _slope_of(self, k: int) -> elementwise:
        """Return the derivative with respect to operand k, declared elementwise in turn."""

        def slope(*operands: Any) -> Any:
            tape = Tape()
            x = np.broadcast_to(operands[k], np.broadcast_shapes(*map(np.shape, operands)))
            node = tape.variable(x if np.ndim(x) else x[()])
            y = settle(self.fun(*operands[:k], node, *operands[k + 1 :]))
            if not (isinstance(y, Node) and y.scope is tape):
                return np.zeros(np.shape(x))
            (found,) = tape.pull(y, np.ones(np.shape(y))[()], last=True)
            return np.zeros(np.shape(x)) if found is None else found

        return elementwise(slope)

    def _together(self, values: list[Any], traced: list[int]) -> tuple[Any, list[Any]]:
        """Evaluate the function and its derivatives on plain arrays, block by block."""
        arrays = np.broadcast_arrays(*values)
        shape, flat = arrays[0].shape, [array.reshape(-1) for array in arrays]
        size = arrays[0].size
        if size <= BLOCK:
            return self._block(list(arrays), traced)
        whole: list[Any] = []
        for start in range(0, size, BLOCK):
            part = slice(start, start + BLOCK)
            y, slopes = self._block([array[part] for array in flat], traced)
            pieces = [y, *slopes]
            if any(isinstance(piece, Tracer) for piece in pieces):  # by what the function takes from outside
                return self._block(list(arrays), traced)
            if not whole:  # rows of one long array, which the system hands out much faster than several
                whole = list(np.empty((len(pieces), size), y.dtype))
            for k, piece in enumerate(pieces):
                if whole[k].dtype != piece.dtype:
                    whole[k] = whole[k].astype(np.result_type(whole[k], piece))
                whole[k][part] = piece
        y, *slopes = (array.reshape(shape) for array in whole)
        return y, slopes

    def _block(self, values: list[Any], traced: list[int]) -> tuple[Any, list[Any]]:
        """Evaluate the function and its derivatives on arrays of one shape."""
        values = [value if value.ndim else value[()] for value in values]
        shape = np.shape(values[0])
        y, slopes = (self._alone if self._forward and len(traced) == 1 else self._jointly)(values, traced)
        if np.shape(y) not in (shape, ()):
            raise ValueError(
                f"`fun` returned shape {np.shape(y)} for arguments of shape {shape}; an elementwise function keeps the shape"
            )
        if slopes is None:
            return np.broadcast_to(y, shape)[()], [zero_like(values[k]) for k in traced]
        if np.shape(y) != shape:
            raise ValueError(
                f"`fun` returned one number for arguments of shape {shape}; an elementwise function keeps the shape"
            )
        return y, slopes

    def _alone(self, values: list[Any], traced: list[int]) -> tuple[Any, list[Any] | None]:
        """Find the value and the derivative by one operand in forward mode, which keeps no values of the past."""
        _, scope, y = along(self.fun, traced[0], values, {})
        if scope.refused:
            self._forward = False
            return self._jointly(values, traced)
        y = settle(y)
        return (y.value, [y.mark]) if isinstance(y, Dual) and y.scope is scope else (y, None)

    def _jointly(self, values: list[Any], traced: list[int]) -> tuple[Any, list[Any] | None]:
        """Find the value and the derivatives by several operands in reverse mode."""
        tape = Tape()
        nodes = {k: tape.variable(values[k]) for k in traced}
        y = settle(self.fun(*(nodes.get(k, value) for k, value in enumerate(values))))
        if not (isinstance(y, Node) and y.scope is tape):
            return y, None
        shape = np.shape(y)
        found = tape.pull(y, np.ones(shape, y.dtype)[()], last=True)
        return y.value, [zero_like(values[k]) if g is None else g for k, g in zip(traced, found, strict=True)]


class _Scaled:
    """The rules of a function whose derivatives were found together with its value."""

    def __getitem__(self, k: int) -> Rule:
        return lambda t, *_, slopes: t * slopes[k]


def _back_scaled(g: Any, entry: Any, cotangents: list[Any], owned: set[int]) -> None:
    """Hand a cotangent on to each operand, times its slopes: new arrays, or on the last walk the slopes' own."""
    _, _, _, places, values, options = entry
    first = [place for place in places if place is not None and cotangents[place] is None]
    if owned.__class__ is Final and len(first) == len(options["slopes"]) == 1 and g.__class__ is np.ndarray:
        ((k, slope),) = options["slopes"].items()
        made_in_blocks = slope.__class__ is np.ndarray and slope.size > BLOCK
        if made_in_blocks and slope.shape == np.shape(values[k]) and values[k].__class__ is np.ndarray:
            if any(g.strides) or g.item(0) != 1:
                slope *= g
            cotangents[first[0]] = slope
            owned.add(first[0])
            return
    back_each(g, entry, cotangents, owned)
    owned.update(place for place in first if cotangents[place].__class__ is np.ndarray)
