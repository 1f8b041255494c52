"""Selections: one of two values, element by element, by a condition that counts as constant.

    y = a if c else b        ẏ = ȧ if c else ḃ        ā = ȳ if c else 0,  b̄ = 0 if c else ȳ

Where the condition changes, the function jumps or has a kink; the derivative is that of the branch that was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff._core import Primitive
from calcguide.autodiff._tracer import FUNCTIONS, plain, unset

_choose = Primitive(
    "where",
    np.where,
    [None, lambda t, y, c, a, b: np.where(c, t, 0), lambda t, y, c, a, b: np.where(c, 0, t)],
    [None, lambda t, y, c, a, b: np.where(c, t, 0), lambda t, y, c, a, b: np.where(c, 0, t)],
    elementwise=True,
)


def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        return np.where(plain(condition))
    return _choose(plain(condition), *branches)


def _outside(a: Any, bound: Any, beyond: Any) -> Any:
    """Tell where a bound holds; a NaN goes through, as in np.clip."""
    return beyond(np.asarray(plain(a)), np.asarray(plain(bound)))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    """Clip by selection: the derivative is 0 from the bounds on, where the value no longer follows `a`."""
    bounds = [options.pop(name, bound) for name, bound in (("min", a_min), ("max", a_max))]
    if options:
        raise TypeError(f"clip with {', '.join(sorted(options))}= is not covered by autodiff: use np.where")
    low, high = (None if unset(bound) else bound for bound in bounds)
    if low is not None:
        a = np.where(_outside(a, low, np.less_equal), low, a)
    if high is not None:
        a = np.where(_outside(a, high, np.greater_equal), high, a)
    return a


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Choose by the first condition that holds."""
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(np.asarray(plain(condition)), choice, y)
    return y


def _choose_of(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """Choose element by element among arrays."""
    del out
    places = np.choose(plain(a), [np.full((), k) for k in range(len(choices))], mode=mode)  # type: ignore[call-overload]
    return _select([places == k for k in range(len(choices))], choices)


def _masked(keep: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that keeps a triangle and sets the rest to zero."""
    return lambda m, k=0: np.where(keep(np.ones(np.shape(m)[-2:]), k) > 0, m, 0)


def _nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace what is not finite by constants."""
    del copy
    value = plain(x)
    constant = np.nan_to_num(value, nan=nan, posinf=posinf, neginf=neginf)
    return np.where(np.isfinite(value), x, constant)


FUNCTIONS.update(
    {
        np.where: _where,
        np.clip: _clip,
        np.select: _select,
        np.choose: _choose_of,
        np.tril: _masked(np.tril),
        np.triu: _masked(np.triu),
        np.nan_to_num: _nan_to_num,
    }
)
