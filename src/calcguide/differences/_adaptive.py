r"""Extrapolated central differences with an error estimate: the default.

Split a line into the part that its n-th derivative lives in and the other part,

    odd n:  s(t) = φ(t) − φ(−t),              o(t) = φ(t) + φ(−t) − 2 φ(0);
    even n: s(t) = φ(t) + φ(−t) − 2 φ(0),     o(t) = φ(t) − φ(−t).

The Taylor series of s has every second power of t only, so its values at m nodes t = h, h/2, h/4, … determine the
coefficient of tⁿ with an error of order 2m for n ≤ 2, and 2m − 2 for n ≤ 4. This is Richardson's extrapolation of the
central difference, written as one weighted sum. Three things can be wrong with it, and each is estimated:

- truncation: without the outermost node there is a second value, two orders less accurate; the difference of
  the two is the error of the worse one. It deceives where s is no power series in h, at a jump or beside a
  kink; there the values of windows of nodes, moved inwards, do not settle, and their last change counts;
- round-off: values carry a relative error ε, which the weights amplify;
- a kink: o has no term |t|ⁿ unless the n-th derivative jumps at the point, where s sees only the mean of the two
  sides. A term that does not shrink when the outermost node is left out counts as an error.

One look with a step that suits most functions is enough for most points. Elsewhere the search tries the step that
suits the point's own size, then moves the way the error asks for: to shorter steps where truncation dominates
or the function is not defined on both sides, to longer ones where round-off does.

Where nobody asks for the error of a first derivative, a bound of it that takes half the arithmetic settles most lines;
the others are looked at in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from calcguide._results import CONVERGED, NOT_CONVERGED, NOT_FINITE
from calcguide._typing import Array
from calcguide.differences._lines import Index, Lines
from calcguide.differences._stencils import moment_weights
from calcguide.differences._steps import EPS, power_of_two

#: Relative tolerances that round-off leaves within reach, by order of the derivative.
RTOL = {1: 1e-10, 2: 1e-9, 3: 1e-7, 4: 1e-6}
#: First steps: they balance truncation and round-off, as estimated, for a function like exp near 0.
FIRST_STEP = {1: 2.0**-8, 2: 2.0**-3, 3: 2.0**-3, 4: 2.0**-3}
#: Entries that are worked on at once: a few dozen arrays of this length stay in a processor's cache.
BLOCK = 2**14
#: From one node to the next the windows' values change by a quarter or less where h is small enough. Beside a kink
#: they change by a half, at a jump they double. A change above this part of the one before counts as an error.
SETTLING = 0.4
#: Where there is no kink, the estimate of one shrinks to this part of itself or less as the outermost node joins in.
SHRINKING = 0.5
#: Factor between one step of the search and the next: a power of two, within the range of steps that suit a function.
JUMP = 8.0
#: Up to this multiple of the round-off at the first step an error counts as round-off, whatever the value: a derivative
#: of zero has no relative error. It goes with `rtol`.
FLOOR = 64
#: Looks that the search may take at one line. It rarely takes five; 1e-15 from the edge of a domain, 16.
LOOKS = 24


@dataclass(frozen=True)
class Rule:
    """Nodes and weights for the n-th derivative, and what the weights make of a unit of rounding error."""

    n: int
    nodes: tuple[float, ...]
    best: tuple[float, ...]
    last: tuple[float, ...]
    """The value of all nodes less that without the outermost one."""
    change: tuple[float, ...]
    """The value of the innermost window of nodes less that of the window before it."""
    change_before: tuple[float, ...]
    """The part of the change before that one which a change may not exceed."""
    kink: tuple[float, ...]
    kink_check: tuple[float, ...]
    """The part of the kink, as the nodes without the outermost one see it, which a kink may not exceed."""
    amplification: float
    kink_amplification: float

    @cached_property
    def both_sides(self) -> Array:
        """The nodes, then their mirror images."""
        return np.array([*self.nodes, *(-t for t in self.nodes)])

    @cached_property
    def own(self) -> tuple[tuple[float, ...], ...]:
        """The weights of s."""
        return self.best, self.last, self.change, self.change_before

    @cached_property
    def other(self) -> tuple[tuple[float, ...], ...]:
        """The weights of o."""
        return self.kink, self.kink_check

    @cached_property
    def kink_of_values(self) -> Array:
        """For odd n, the weights of the kink on φ itself: at the nodes, at their mirror images, at the centre."""
        return np.array([*self.kink, *self.kink, -2 * sum(self.kink)])


def _rule(n: int) -> Rule:
    """Solve for the weights: s(t) = 2 Σ φ⁽ᵖ⁾ tᵖ / p! over the powers p of n's parity, o(t) likewise over the others."""
    nodes = (1.0, 0.5, 0.25) if n == 1 else (1.0, 0.5, 0.25, 0.125)
    m = len(nodes)
    own = range(1 if n % 2 else 2, 2 * m + 1, 2)
    other = range(2 if n % 2 else 1, 2 * m - 1, 2)

    def window(start: int, stop: int) -> Array:
        """Solve for the weights of the nodes from start to stop; the others get zero."""
        weights = np.zeros(m)
        weights[start:stop] = moment_weights(nodes[start:stop], own[: stop - start], n)
        return weights / 2

    best = window(0, m)
    kink = np.array(moment_weights(nodes, sorted((n, *other)), n)) / 2
    kink_check = np.array([0.0, *moment_weights(nodes[1:], sorted((n, *other[:-1])), n)]) / 2 * SHRINKING
    values = 2 if n % 2 else 4  # of the function in s(t), counted with multiplicity; six less that in o(t)
    return Rule(
        n=n,
        nodes=nodes,
        best=tuple(best.tolist()),
        last=tuple((best - window(1, m)).tolist()),
        change=tuple((window(2, m) - window(1, m - 1)).tolist()),
        change_before=tuple((SETTLING * (window(1, m - 1) - window(0, m - 2))).tolist()),
        kink=tuple(kink.tolist()),
        kink_check=tuple(kink_check.tolist()),
        amplification=values * float(np.abs(best).sum()),
        kink_amplification=(6 - values) * float(np.abs(kink).sum()),
    )


RULES = {n: _rule(n) for n in FIRST_STEP}


@dataclass
class Estimate:
    """Derivatives along lines: arrays of shape (lines, *value_shape), `nfev` of shape (lines,).

    For a million points that need one look each, memory costs more than arithmetic: `error`, `step` and `nfev` are
    single numbers, broadcast, until they differ from line to line. Errors that nobody asked for are NaN. Where nobody
    asked, errors and steps of a fixed formula only broadcast to that shape.
    """

    value: Any
    error: Any
    step: Any
    status: Any
    nfev: Any

    def differ(self) -> None:
        """Give every line an error, a step and a count of its own."""
        if not self.step.flags.writeable:
            self.error, self.step, self.nfev = np.array(self.error), np.array(self.step), np.array(self.nfev)


def adaptive(lines: Lines, n: int, rtol: float | None, h: float | None, *, judged: bool) -> Estimate:
    """Differentiate every line to the tolerance, or as well as can be done, and say which."""
    rule, rtol = RULES[n], RTOL[n] if rtol is None else rtol
    first = FIRST_STEP[n] if h is None else float(power_of_two(np.asarray(h)))
    entries = int(np.prod(lines.value_shape))
    shape = (lines.size, entries)
    found = Estimate(
        value=np.empty(shape),
        error=np.broadcast_to(np.nan, shape),
        step=np.broadcast_to(first, shape),
        status=np.zeros(shape, dtype=np.int8),
        nfev=np.broadcast_to(1 + 2 * len(rule.nodes), lines.size),
    )
    if judged:
        found.differ()
    length = max(1, BLOCK // max(1, entries))
    nodes = np.append(rule.both_sides, 0.0)
    with np.errstate(all="ignore"):
        for start in range(0, lines.size, length):
            block = slice(start, min(start + length, lines.size))
            values = _evaluate(lines, block, nodes, first)
            location = lines.location(block)
            some: Index = slice(None)
            if n == 1 and not judged:
                found.value[block], sure = _skim(rule, values, first, location.max(), rtol)
                if sure.all():
                    continue
                some = np.flatnonzero(~sure.all(axis=1))
                values, location = values[:, some], location[some]
            look = _look(rule, values, first, location, values[-1])
            found.value[block][some] = look.value
            if judged:
                found.error[block] = look.error
            if not (look.error <= rtol * np.abs(look.value)).all():
                rest = np.flatnonzero(look.beyond(rule, rtol).any(axis=1))
                if rest.size:
                    found.differ()
                    numbers = np.arange(start, block.stop)[some]
                    _search(lines, numbers[rest], rule, rtol, look.rows(rest), found)
    for name in ("value", "error", "step", "status"):
        setattr(found, name, getattr(found, name).reshape(lines.size, *lines.value_shape))
    return found


def _search(lines: Lines, index: Any, rule: Rule, rtol: float, best: Look, found: Estimate) -> None:
    """Look again at the lines in `index` with other steps, keeping for each entry the look with the least error.

    After the step of the point's own size, the search walks from the best step in the direction that its
    error asks for, until the error that grows on this way alone exceeds the best. Where two looks are further apart than
    their errors allow, the one with the longer step has missed something, and its error is corrected.
    """
    undefined = ~np.isfinite(best.center)
    step = found.step[index]
    location = lines.location(index)
    own = np.where(location > 0, power_of_two(location / 16), 0.0)
    # A step that was asked for stays the guide.
    suits = (own > 0) & (own != step[:, 0]) & (step[:, 0] == FIRST_STEP[rule.n])
    h = np.where(suits, own, step[:, 0] / JUMP)
    shortest = JUMP * EPS * location / rule.nodes[-1]
    factor = np.zeros(index.size)
    active = np.flatnonzero(~undefined.all(axis=1))
    for _ in range(LOOKS):
        if not active.size:
            break
        values = _evaluate(lines, index[active], rule.both_sides, h[active])
        look = _look(rule, values, h[active], location[active], best.center[active])
        found.nfev[index[active]] += 2 * len(rule.nodes)
        apart = np.abs(look.value - best.value[active]) - look.error - best.error[active]
        apart = np.where(apart > 0, apart, 0.0)
        longer = h[active, np.newaxis] > step[active]
        look.truncation += np.where(longer, apart, 0.0)
        best.truncation[active] += np.where(longer, 0.0, apart)
        better = (look.error < best.error[active]) | np.isinf(best.error[active])
        step[active] = np.where(better, h[active, np.newaxis], step[active])
        best.take(active, better, look)

        open_error = np.where(best.beyond(rule, rtol) & ~undefined, best.error, 0.0)[active]
        worst = (np.arange(active.size), open_error.argmax(axis=1))
        shrinking = (best.truncation > best.roundoff)[active][worst]
        fresh = factor[active] == 0
        factor[active] = np.where(fresh, np.where(shrinking, 1 / JUMP, JUMP), factor[active])
        h[active] = np.where(fresh, step[active][worst], h[active]) * factor[active]
        growing = np.where(factor[active] < 1, look.roundoff[worst], look.truncation[worst])
        hopeless = ~fresh & (growing >= open_error[worst])
        active = active[(open_error[worst] > 0) & ~hopeless & (h[active] > shortest[active])]
    found.value[index] = np.where(undefined, np.nan, best.value)
    found.error[index] = np.where(undefined, np.inf, best.error)
    found.step[index] = step
    missed = np.where(best.beyond(rule, rtol), NOT_CONVERGED, CONVERGED)
    found.status[index] = np.where(undefined, NOT_FINITE, missed)


@dataclass
class Look:
    """One extrapolation with one step a line: arrays of shape (lines, entries)."""

    value: Any
    truncation: Any
    roundoff: Any
    size: Any
    """Magnitude of the function's values."""
    location: Any
    center: Any

    @property
    def error(self) -> Any:
        """Return the estimate of the whole error."""
        return self.truncation + self.roundoff

    def beyond(self, rule: Rule, rtol: float) -> Any:
        """Tell where the error exceeds a tolerance relative to the value, or to the size of the function if that allows more."""
        floor = round_off_floor(rule, self.size, self.location, rtol)
        return ~(self.error <= np.maximum(rtol * np.abs(self.value), floor))

    def rows(self, index: Any) -> Look:
        """Return the looks at some of the lines."""
        return Look(*(part[index] for part in vars(self).values()))

    def take(self, index: Any, better: Any, other: Look) -> None:
        """Replace entries of the lines in `index` by those of another look, where they are better.

        The size stays the largest that was seen: close to a zero of the function it says what zero is relative to.
        """
        for name in ("value", "truncation", "roundoff"):
            mine, new = getattr(self, name), getattr(other, name)
            mine[index] = np.where(better, new, mine[index])
        self.size[index] = np.fmax(self.size[index], other.size)


def _evaluate(lines: Lines, index: Index, nodes: Array, h: Any) -> Any:
    """Return the values at the nodes of each line, of shape (nodes, lines, entries)."""
    values = lines.at(index, np.multiply.outer(nodes, np.atleast_1d(h)))
    return values.reshape(*values.shape[:2], -1)


def _skim(rule: Rule, values: Any, h: float, farthest: float, rtol: float) -> tuple[Any, Any]:
    """Return first derivatives as the first look does, and for which of them the error is sure to meet the tolerance.

    It is sure where a bound of the error that `_look` would find meets it: every kink counts, twice, since taken from
    the values it may lose half of itself to rounding before it is too small to count; nodes slip as far as those of the
    line that starts farthest from the origin can; and a change has only the round-off of the centre's value for excuse.
    """
    m = len(rule.nodes)
    odd, center = values[:m] - values[m : 2 * m], values[-1]
    (kink,) = _weighted([2 * rule.kink_of_values], values)
    value, *rest = _weighted(rule.own, odd)
    rise, kink, last, change, limit = (np.abs(part, out=part) for part in (odd[0], kink, *rest))
    noise = np.abs(center)
    noise *= 4 * EPS * rule.amplification
    limit += noise
    error = rise
    error *= EPS * (2 + (farthest + h) / h) * rule.amplification
    for part in (noise, last, kink):
        error += part
    goal = np.abs(value)
    goal *= rtol
    sure = error < goal  # infinity is not below infinity
    if not sure.all():
        sure |= (error <= round_off_floor(rule, abs(center), farthest, rtol) * h) & np.isfinite(error)
    sure &= change <= limit
    value /= h
    return value, sure


def _look(rule: Rule, values: Any, h: Any, location: Any, center: Any) -> Look:
    """Extrapolate the values at the nodes of each line, and estimate the error."""
    m = len(rule.nodes)
    forth, back = values[:m], values[m : 2 * m]
    odd = forth - back
    even = forth - center
    even += back - center
    own, other = (odd, even) if rule.n % 2 else (even, odd)
    sums = [*_weighted(rule.own, own), *_weighted(rule.other, other)]
    location = location[:, np.newaxis]
    column = h[:, np.newaxis] if np.ndim(h) else h
    value, truncation, roundoff, size, scale, doubts = judge(rule, column, location, sums, center, odd[0])
    for amount, limit in doubts:
        counts = amount > limit
        if counts.any():
            truncation += scale * np.where(counts, amount, 0.0)
    look = Look(value, truncation, roundoff, size, location, center)
    if not np.isfinite(truncation.sum() + roundoff.sum()):
        bad = ~np.isfinite(look.error)
        value[bad], truncation[bad], roundoff[bad], size[bad] = np.nan, np.inf, 0.0, 0.0
    return look


def judge(
    rule: Rule, h: Any, location: Any, sums: list[Any], center: Any, rise: Any
) -> tuple[Any, Any, Any, Any, Any, tuple[tuple[Any, Any], tuple[Any, Any]]]:
    """Turn weighted sums into a derivative, its truncation, its round-off, the size of the function's values, and doubts.

    A doubt is an amount that belongs to the error where it exceeds its limit: that the windows do not settle, and that
    there is a kink. Both are in units of the function, like the sums; the scale h⁻ⁿ, returned before them, makes
    derivatives of them. Plain arithmetic, for numbers and arrays alike. `rise` is φ(h) − φ(−h). The nodes slip by the
    rounding of x + h, unless h is so round that the sum is exact; the slope rise / 2h makes an error of the values of it.
    """
    best, last, change, change_before, kink, kink_check = sums
    scale = h**-rule.n
    rise, reach = abs(rise), location + h
    size = abs(center) + rise
    rounding = (2 * EPS) * size + (EPS / h) * (reach * (reach - location != h)) * rise
    roundoff = rule.amplification * rounding
    unsettled = (abs(change), abs(change_before) + 2 * roundoff)
    kinked = (abs(kink), abs(kink_check) + rule.kink_amplification * rounding)
    return scale * best, scale * abs(last), scale * roundoff, size, scale, (unsettled, kinked)


def round_off_floor(rule: Rule, size: Any, location: Any, rtol: float) -> Any:
    """Return the error below which nothing is to be gained: round-off at a step as long as the point allows."""
    unit = rtol / RTOL[rule.n] * FLOOR * EPS * rule.amplification
    return unit * size / (FIRST_STEP[rule.n] * (location + 1)) ** rule.n


def _weighted(weights: Any, terms: Any) -> Any:
    """Return Σ w_i terms[i] for each row of weights."""
    return (np.array(weights) @ terms.reshape(len(terms), -1)).reshape(len(weights), *terms.shape[1:])
