r"""Integrals over [0, 1] by a change of variable that pushes singular ends out to infinity.

.. math:: \int_0^1 g(q) \, dq = \int_{-\infty}^{\infty} g(q(t)) \, q'(t) \, dt \approx h \sum_k g(q_k) \, q'(k h),
   \qquad q(t) = \frac{1}{1 + e^{-\pi \sinh t}}

As t grows, q approaches 0 or 1 like the exponential of an exponential, faster than a power of the distance can grow:
the sum needs few terms, and halving h doubles the digits. Beyond the outermost node that floating point allows, the
terms are continued by the power of the distance that fits the last ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import asinh, inf, log, pi
from typing import Any

import numpy as np

from calcguide._typing import Array
from calcguide.integrate._integrand import ROUND_OFF

#: Steps h = 1/2, 1/4, … : the finest has some 1500 nodes.
LEVELS = 8
#: Nodes that it takes for the three levels that have to be compared.
LEAST_NODES = 100
#: Distance in t between the nodes that tell the power with which an integrand ends.
APART = 0.25
#: On a range of a few thousand roundings there are no distances to speak of; the rule then goes at least this near.
COARSEST = 1e-4
#: Values that are not finite nearer to an end than this belong to the singularity: powers that overflow.
OVERFLOW = 1e-8
#: An exponent less than this above −1 counts as divergence; fitted exponents err by some 1e-5.
LEAST_EXPONENT = 1e-3
#: The exponent at the end differs from the fitted one by more than the last two fits from each other, if it drifts.
DRIFT = 5.0
#: Values count as a power of the distance if over the outermost unit of t they stay within e^±1 of it.
OUTER, LOOSE = 1.0, 1.0
#: The continued terms are summed until they have fallen to e⁻⁴⁰.
NEGLIGIBLE = 40.0


@dataclass
class Estimate:
    """What the rule has found: arrays of shape (entries,)."""

    value: Any
    error: Any
    rounding: Any
    """The part of the error that rounding leaves."""
    settled: bool
    """Whether refining the step no longer changes the value by more than the tolerance."""
    divergent: int | None
    """The side at which the integral diverges: 0 left, 1 right."""
    like_powers: tuple[bool, ...]
    """Whether the values near either end follow a power of the distance."""


def double_exponential(
    at: Callable[[int, Array], Array],
    nearest: tuple[float, float],
    grain: tuple[float, float],
    goal: Callable[[Any, Any], Any],
    most: float = inf,
) -> Estimate:
    """Integrate over [0, 1], halving the step until the levels agree to ``goal(value, rounding)``.

    ``at(side, q)`` returns the integrand, of shape (m, entries), at distances q <= 1/2 from the left (side 0) or the right
    end (side 1); distances stay above `nearest`, and are known up to `grain`. At most `most` nodes are used, or
    `LEAST_NODES`.
    """
    sides = [Side(at, *each) for each in zip((0, 1), nearest, grain, strict=True)]
    h, totals = 1.0, [np.array(inf)] * 2
    for level in range(LEVELS):
        h /= 2
        for side in sides:
            side.refine(h, everything=level == 0)
        rests = [side.rest(h) for side in sides]
        total = sum(h * side.terms.sum(axis=0) + rest.value for side, rest in zip(sides, rests, strict=True))
        totals.append(np.asarray(total))
        if level < 2:
            continue
        rounding = ROUND_OFF * h * sum(np.abs(side.terms).sum(axis=0) for side in sides)
        with np.errstate(all="ignore"):
            change, before = np.abs(totals[-1] - totals[-2]), np.abs(totals[-2] - totals[-3])
            # Digits double from level to level: the next change is about the square of this one.
            shrinking = np.fmin(1.0, np.fmax(8 * change / before, 1e-3))
        truncation = change * shrinking
        blur = h * sum(side.blur() for side in sides)
        error = truncation + rounding + blur + sum(rest.error for rest in rests)
        like_powers = tuple(rest.like_a_power for rest in rests)
        for number, rest in enumerate(rests):
            if rest.divergent.any():
                value = np.where(rest.divergent, rest.value, total)
                return Estimate(
                    value, np.where(rest.divergent, inf, error), rounding, False, number, like_powers
                )
        if (truncation <= goal(totals[-1], rounding) / 2).all():
            return Estimate(totals[-1], error, rounding, True, None, like_powers)
        if 2 * sum(side.t.size for side in sides) > most:
            break
    return Estimate(totals[-1], error, rounding, False, None, like_powers)


@dataclass
class Rest:
    """What is continued beyond the outermost node of a side: arrays of shape (entries,)."""

    value: Any
    error: Any
    divergent: Any
    like_a_power: bool
    """Whether the values near the end follow a power of the distance."""


class Side:
    """The nodes between one end and the middle, t > 0 being the distance in t from the middle."""

    def __init__(self, at: Callable[[int, Array], Array], side: int, nearest: float, grain: float) -> None:
        self.at, self.side, self.grain = at, side, grain
        self.reach = asinh(-log(min(nearest, COARSEST)) / pi)
        self.t = self.q = np.empty(0)
        self.g: Array = np.empty((0, 1))

    def refine(self, h: float, *, everything: bool) -> None:
        """Add the nodes of step h that those of step 2 h do not contain; the one in the middle belongs to the left side."""
        t = np.arange(self.side if everything else 1, self.reach / h, 1 if everything else 2) * h
        q = 1 / (1 + np.exp(pi * np.sinh(t)))
        g = self.at(self.side, q)
        self.t, self.q = np.append(self.t, t), np.append(self.q, q)
        self.g = np.concatenate([self.g, g]) if self.g.size else g
        bad = ~np.isfinite(self.g).all(axis=1)
        if bad.any():
            self.reach = float(self.t[bad].min())
            keep = self.t < self.reach
            self.t, self.q, self.g = self.t[keep], self.q[keep], self.g[keep]

    @property
    def terms(self) -> Array:
        """Return g(q) q'(t) at all nodes."""
        slope = self.q * (1 - self.q) * pi * np.cosh(self.t)
        return np.asarray(self.g * slope[:, np.newaxis])

    def blur(self) -> Any:
        """Estimate what the uncertainty of the distances changes in the sum of the terms: |dg/dq| grain."""
        order = np.argsort(self.t)
        t, q = self.t[order], self.q[order]
        steepness = np.abs(np.diff(self.g[order], axis=0)) / np.diff(np.log(q))[:, np.newaxis]  # dg / d ln q
        return self.grain * np.abs(((1 - q) * pi * np.cosh(t))[1:] @ steepness)

    def rest(self, h: float) -> Rest:
        """Continue the sum beyond the outermost node, where g(q) = c q^α by the nodes before it."""
        last = int(self.t.argmax())
        near, far = (int(np.abs(self.t - self.t[last] + apart).argmin()) for apart in (APART, 2 * APART))
        g = self.g[[last, near, far]]
        edge = np.abs(g[0]) * self.q[last]  # q g(q), which falls towards the end if the integral converges
        with np.errstate(all="ignore"):
            power, power_before = (
                np.diff(np.log(np.abs(g)), axis=0) / np.diff(np.log(self.q[[last, near, far]]))[:, None]
            )
        known = np.isfinite(power + power_before) & self._like_a_power(last, power)
        slack = power + 1
        divergent = known & (slack < LEAST_EXPONENT) & (edge > ROUND_OFF * h * np.abs(self.terms).sum(axis=0))
        falls = known & (slack >= LEAST_EXPONENT)
        slack = np.where(falls, slack, 1.0)
        value = np.where(known, g[0] * self.q[last], 0.0) * self._continued(last, h, slack)
        drift = DRIFT * np.abs(power - power_before) / slack
        blur = 2 * self.grain / self.q[last]  # of the value that it starts from, and of the exponent
        error = np.where(falls, np.abs(value) * (drift + blur), edge)
        value = np.where(divergent, np.copysign(inf, g[0]), np.where(falls, value, 0.0))
        return Rest(value, error, divergent, bool((known | ~self.g.any(axis=0)).all() and known.any()))

    def _like_a_power(self, last: int, power: Array) -> Any:
        """Tell where the outermost values have one sign and follow c q^α: an oscillation has no rest to speak of."""
        outer = self.t > self.t[last] - OUTER
        g = self.g[outer]
        with np.errstate(all="ignore"):
            fitted = np.multiply.outer(np.log(self.q[outer] / self.q[last]), power)
            off = np.abs(np.log(np.abs(g / self.g[last])) - fitted)
        return (np.sign(g) == np.sign(g[0])).all(axis=0) & (off < LOOSE).all(axis=0)

    def _continued(self, last: int, h: float, slack: Array) -> Array:
        """Sum h (q/q_last)^(α+1) π cosh t over the nodes beyond the last one; there ln q = −π sinh t."""
        start = self.t[last]
        fall = pi * np.sinh(start) + NEGLIGIBLE / slack.min()
        t = np.arange(start + h, asinh(fall / pi) + h, h)[:, np.newaxis]
        terms = np.exp(slack * pi * (np.sinh(start) - np.sinh(t))) * np.cosh(t)
        return np.asarray(h * pi * terms.sum(axis=0))
