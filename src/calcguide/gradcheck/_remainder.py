r"""The remainder of Taylor's formula along a line, and what its slope says about the derivative.

With ``r(h) = f(x + hv) − f(x) − h Jv`` the two sides of a line give

    odd(h)  = (r(h) − r(−h)) / 2 = δ h + c₃ h³ + …     δ: the error of Jv
    even(h) = (r(h) + r(−h)) / 2 = κ |h| + c₂ h² + …   κ: half the jump of the slope at a kink
    R(h)    = max |r(±h)| = |odd(h)| + |even(h)|

A right derivative of a smooth function leaves R with slope 2 or more on logarithmic axes, down to where rounding hides
it; an error δ gives slope 1. As R is a sum of two sizes, its terms of second and third order cannot cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcguide._typing import Array

RIGHT, WRONG, UNCLEAR, KINK = 0, 1, 2, 3

#: From about the size of the point itself down to where x + hv has eight bits left to move in.
STEPS = 2.0 ** -np.arange(45)
#: The slope is fitted over so many steps, five octaves: long enough to average, short enough to stay at the bottom.
WINDOW = 6
#: A remainder so many times the rounding errors shows its slope: one eighth of it at one end of five octaves shifts
#: the slope by 0.03.
VISIBLE = 8
#: Below this slope the linear term is a tenth of the quadratic one, or more, at the bottom of the window.
SMOOTH = 1.9
#: If an error of the derivative by a tenth could hide, nothing has been checked.
BLIND = 0.1
#: Spacings at which the noise of a function is measured, and wider ones for where its values do not differ at these.
SPACINGS = 2.0 ** -np.array([40, 34, 28])
WIDER = 2.0 ** -np.array([22, 16])
#: A kink so close to a point is worth a word.
NEAR = 2.0**-20
#: An error of the derivative persists over so many octaves above the bottom, though not at steps above the limit.
PERSISTENCE, LIMIT = 16, 2.0**-6


class OtherShapeError(ValueError):
    """A function returned another shape than before: a fault of the function, not the end of its domain."""


@dataclass(frozen=True)
class Line:
    """What one line through one point has shown, for each of the m outputs."""

    x: Array
    v: Array
    remainder: Any
    """R at `STEPS`, of shape (steps, m)."""
    verdict: Any
    slope: Any
    """Fitted at the bottom; infinite where nothing is seen above the rounding errors."""
    hidden: Any
    """The relative error of Jv that could not be seen."""
    error: Any
    """The error of Jv, if it is wrong."""
    kinked: Any
    left: Any
    right: Any
    """Slopes of the function on the two sides of the point."""


def follow(fun: Callable[[Array], Array], value: Array, J: Array, x: Array, v: Array, eps: float) -> Line:
    """Follow a function along ``x + hv`` and judge the Jacobian J there: flat values (m,), J of shape (m, n)."""
    forth, forth_step = _moved(fun, x, STEPS[:, np.newaxis] * v.ravel(), value.size)
    back, back_step = _moved(fun, x, -STEPS[:, np.newaxis] * v.ravel(), value.size)
    with np.errstate(all="ignore"):
        ahead = forth - value - forth_step @ J.T
        behind = back - value - back_step @ J.T
        odd, even = (ahead - behind) / 2, (ahead + behind) / 2
        R = np.maximum(np.abs(ahead), np.abs(behind))
        reach = np.multiply.outer(STEPS, np.abs(J) @ np.abs(v.ravel()))
        size = np.abs(value) + np.maximum(np.abs(forth), np.abs(back))
        rounding = 2 * eps * size + (2 + np.sqrt(x.size)) * np.finfo(float).eps * reach
        limit = VISIBLE * (rounding + 4 * _noise(fun, x, v, value.size))
        # A step that x cannot resolve says nothing; nor does one that leaves the domain on one side.
        moved = forth_step.any(axis=1, keepdims=True)
        R = np.where(np.isfinite(R) & np.isfinite(limit) & moved, R, np.nan)
        rise = np.fmax(np.abs(forth - value) - limit, 0.0) / STEPS[:, np.newaxis]
        scale = np.fmax(reach[0], np.fmax.reduce(rise[3:], axis=0, initial=0.0, where=np.isfinite(R[3:])))
        bound = np.fmin.reduce(
            np.fmax(R, limit) / STEPS[:, np.newaxis], axis=0, initial=np.inf, where=np.isfinite(R)
        )
        hidden = np.where(scale > 0, bound / scale, np.where(np.isfinite(bound), 0.0, np.inf))
    return _judged(x, v, R, odd, even, limit, hidden, J @ v.ravel())


def _judged(x: Array, v: Array, R: Any, odd: Any, even: Any, limit: Any, hidden: Any, Jv: Any) -> Line:
    """Find the bottom of the visible range, fit the slope there, and say what it means."""
    runs: Any = np.all(np.lib.stride_tricks.sliding_window_view(limit < R, WINDOW, axis=0), axis=-1)
    seen = runs.any(axis=0)
    start = len(runs) - 1 - np.argmax(runs[::-1], axis=0)
    rows = np.where(seen, start, 0) + np.arange(WINDOW)[:, np.newaxis]  # the last row is the smallest step
    h = STEPS[rows]
    bottom, a, b = (np.take_along_axis(part, rows, axis=0) for part in (R, odd, even))
    threshold = np.take_along_axis(limit, rows, axis=0)
    # A remainder that drops below rounding from one step to the next is no power of h: a kink, that far from x.
    below = np.minimum(rows[-1] + 1, len(STEPS) - 1)
    abrupt = seen & (bottom[-1] > 16 * threshold[-1]) & np.isfinite(R[below, np.arange(len(below))])
    abrupt &= rows[-1] < len(STEPS) - 1
    slope = np.where(seen & ~abrupt, _fit(bottom), np.inf)
    sides = [_fit(np.fmax(np.abs(part), threshold / VISIBLE)) for part in (b + a, b - a)]
    a, b = a / h, b / h
    wrong, bent = _steady(a) & _persistent(np.fmax(R, limit), rows[-1]), _steady(b)
    error, jump = np.abs(a[-1]), np.abs(b[-1])

    verdict = np.full(slope.shape, UNCLEAR)
    one_sided = (np.fmax(*sides) >= SMOOTH) & (np.fmin(*sides) > BLIND)
    verdict[one_sided] = KINK
    verdict[wrong] = WRONG
    # On a kink the derivative is right if it lies between the slopes of the two sides.
    verdict[bent & (error <= 1.05 * jump)] = KINK
    verdict[(slope >= SMOOTH) & (hidden <= BLIND)] = RIGHT
    verdict[(slope >= SMOOTH) & ~(hidden <= BLIND)] = UNCLEAR
    kinked = (verdict == KINK) | (abrupt & (h[-1] < NEAR))
    return Line(x, v, R, verdict, slope, hidden, error, kinked, Jv + a[0] - b[0], Jv + a[0] + b[0])


def _fit(R: Any) -> Any:
    """Return the slope of log R against log h, by least squares, for rows that halve h."""
    octaves = (WINDOW - 1) / 2 - np.arange(WINDOW)
    with np.errstate(all="ignore"):
        return octaves @ np.log2(R) / (octaves @ octaves)


def _steady(quotient: Any) -> Any:
    """Tell where odd/h or even/h is a constant: the same sign and nearly the same size over the smaller steps."""
    low = quotient[-4:]
    size = np.abs(low)
    return (np.abs(np.sign(low).sum(axis=0)) == len(low)) & (size.max(axis=0) <= 1.5 * size.min(axis=0))


def _persistent(R: Any, last: Any) -> Any:
    """Tell where R/h falls neither above nor below the bottom of the visible range, as far as can be seen.

    The sawtooth that rounding inside a function can leave has teeth of slope 1, but it stays as low as the teeth.
    """
    quotient = R / STEPS[:, np.newaxis]
    number = np.arange(len(STEPS))[:, np.newaxis]
    range_ = (number >= last - PERSISTENCE) & (STEPS[:, np.newaxis] <= LIMIT)
    lowest = np.fmin.reduce(quotient, axis=0, initial=np.inf, where=range_)
    return lowest >= quotient[last, np.arange(len(last))] / 2


def _moved(fun: Callable[[Array], Array], x: Array, shifts: Array, m: int) -> tuple[Array, Array]:
    """Evaluate at x plus each shift; return the values and the shifts as they came out in floating point."""
    values, taken = np.empty((len(shifts), m)), np.empty(shifts.shape)
    for i, shift in enumerate(shifts):
        point = x + shift.reshape(x.shape)
        taken[i] = (point - x).ravel()
        values[i] = tried(fun, point, m)
    return values, taken


def tried(fun: Callable[[Array], Array], x: Array, m: int) -> Array:
    """Return the values at a point; a function that refuses to be evaluated there is not defined there."""
    try:
        return fun(x)
    except OtherShapeError:
        raise
    except (ArithmeticError, ValueError):
        return np.full(m, np.nan)


def _noise(fun: Callable[[Array], Array], x: Array, v: Array, m: int) -> Array:
    """Estimate the noise of a function from fourth differences at close points [1]_, on each side of x by itself.

    Independent errors of standard deviation σ leave fourth differences of variance 70 σ² and fifth ones of 252 σ²; in
    smooth functions the differences shrink from one order to the next, and do not count. A spacing at which most values
    are alike, as with single precision inside, shows no noise: then wider ones are tried.

    References
    ----------
    .. [1] Moré, J. J. and Wild, S. M. (2011). Estimating computational noise. SIAM Journal on Scientific Computing
       33(3), 1292-1314. https://doi.org/10.1137/100786125
    """
    noise, unseen = np.zeros(m), np.ones(m, dtype=bool)
    for spacing in (*SPACINGS, *WIDER):
        if spacing in WIDER and not unseen.any():
            break
        shifts = spacing * np.arange(1, 9)[:, np.newaxis] * v.ravel()
        for sign in (1, -1):
            values = _moved(fun, x, sign * shifts, m)[0]
            differ = (np.diff(values, axis=0) != 0).sum(axis=0) >= 4
            fourth, fifth = ((np.diff(values, n=n, axis=0) ** 2).mean(axis=0) for n in (4, 5))
            rough = differ & (fifth > fourth) & ((spacing in SPACINGS) | unseen)
            noise[rough] = np.maximum(noise, np.sqrt(fourth / 70))[rough]
        unseen &= ~differ
    return noise
