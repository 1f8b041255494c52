r"""Globally adaptive integration: cut where the error is, in batches.

Each cell gets the sums of Kronrod's 15 nodes and of the 7 among them that are Gauss's; their difference tells the error.
The cells with the largest errors are cut in two, as many at once as it takes for the others to fit into the tolerance, and
evaluated in one call. A cell at the end of a piece whose error falls slowly lies at a singularity: it goes to the
double-exponential rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from math import ceil, inf, log10, nan
from typing import Any

import numpy as np

from calcguide._typing import Array
from calcguide.integrate._double_exponential import LEAST_NODES, OVERFLOW, Estimate, double_exponential
from calcguide.integrate._integrand import EPS, ROUND_OFF, Integrand
from calcguide.integrate._ranges import Pieces, first_cells

TINY = float(np.finfo(np.float64).tiny)
#: How near to the end that is not singular the double-exponential rule goes.
REGULAR = 1e-18
#: Kronrod's nodes in [0, 1] and weights, and the weights of Gauss's 7 nodes among them, by Piessens et al. (1983).
_NODES = (
    0.991455371120812639206854697526329,
    0.949107912342758524526189684047851,
    0.864864423359769072789712788640926,
    0.741531185599394439863864773280788,
    0.586087235467691130294144691258430,
    0.405845151377397166906606412076961,
    0.207784955007898467600689403773245,
)
_KRONROD = (
    0.022935322010529224963732008058970,
    0.063092092629978553290700663189204,
    0.104790010322250183839876322541518,
    0.140653259715525918745189590510238,
    0.169004726639267902826583426598550,
    0.190350578064785409913256402421014,
    0.204432940075298892414161999234649,
    0.209482141084727828012999174891714,
)
_GAUSS = (
    0.0,
    0.129484966168869693270611432679082,
    0.0,
    0.279705391489276667901467771423780,
    0.0,
    0.381830050505118944950369775488975,
    0.0,
    0.417959183673469387755102040816327,
)
NODES = np.array([*(-x for x in _NODES), 0.0, *reversed(_NODES)])
KRONROD = np.array([*_KRONROD, *reversed(_KRONROD[:-1])])
GAUSS = np.array([*_GAUSS, *reversed(_GAUSS[:-1])])
#: Just inside the ends of a cell, beyond its outermost nodes, where a jump would not be seen.
MARGIN = 1 - 2.0**-20
#: What the polynomial through the 15 nodes is there, on the right; and the part of a cell that lies beyond the nodes.
CONTINUED = np.array([np.prod([(MARGIN - y) / (x - y) for y in NODES if y != x]) for x in NODES])
BEYOND = 1 - NODES[-1]
ALL_NODES = np.array([-MARGIN, *NODES, MARGIN])
#: Weights of the mean over a cell; with, below, those of the difference to Gauss's, and of the polynomial in the margins.
MEAN = KRONROD / 2
WEIGHTS = np.stack([MEAN, MEAN - GAUSS / 2, CONTINUED[::-1], CONTINUED])
#: Distances up to which a value need not be finite, node by node: in the margins it may lie beside a singularity.
LENIENT = np.array([inf, *np.zeros(15), inf])
#: Differences in the margins up to this multiple of the rounding of values and of x are rounding: the sum of |weights|
#: of the continued polynomial is 4.
NOISE = 32
#: Where the integrand is smooth, the error of a cell falls by 2⁻¹⁵ or more when it is halved; beside a power of the
#: distance, by 2^-(α+1). An error that twice fell by less than this is taken for the mark of a singular end.
SLOW = 1 / 16
TWICE = 2
#: After a failure the double-exponential rule is tried again twice this many cuts later, then four times, and so on.
PATIENCE = 3
#: The share of the tolerance that is left to the cells that are not cut.
SPARED = 0.5
#: A singular point in a cell too narrow to be cut holds more than the nodes beside it show: for |x|^-0.95 twice the estimate.
HIDDEN = 4
#: Seen from this many widths away a cell is a point.
POINT_LIKE = 64
#: A power of the distance from a singular point with this exponent or less is taken for 1 / distance: its integral diverges.
STEEP = -0.99


@dataclass
class Cells:
    """Intervals of pieces: arrays of shape (cells,) or (cells, entries)."""

    piece: Any
    left: Array
    right: Array
    value: Array
    error: Array
    size: Array
    """The integral of |f|."""
    blur: Array
    """What the rounding of x may change, which cutting does not cure."""
    slow: Any
    """How often in a row the error fell slowly, at the end of a piece."""
    final: Any
    """Whether there is nothing to be won by cutting."""

    def pick(self, which: Any) -> Cells:
        """Return some of the cells."""
        return Cells(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, other: Cells) -> Cells:
        """Return these cells and others."""
        return Cells(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))


@dataclass
class Found:
    """What the search has come to: arrays of shape (entries,)."""

    value: Any
    error: Any
    rounding: Any
    divergent: float | None
    """The point at which the integral seems to diverge."""
    hardest: float
    """The point beside which the largest error is left."""
    exhausted: bool
    """Whether the search ended because its evaluations were used up."""
    unseen: bool
    """Whether the integrand was zero at all points of an infinite range."""


def _with_nodes(piece: Any, left: Array, right: Array) -> tuple[Any, Array, Array, Array]:
    """Place the nodes in the cells, a row of distances each."""
    half = (right - left) / 2
    d = (left + half)[:, np.newaxis] + half[:, np.newaxis] * ALL_NODES
    # The end of a piece, which may be singular, is left to the rule for ends.
    np.copyto(d[:, 0], d[:, 1], where=left == 0)
    return piece, left, right, d


@lru_cache(maxsize=16)
def _first_cells(tails: tuple[bool, ...]) -> tuple[Any, Array, Array, Array]:
    """Place the nodes in the first cells once for each kind of range: they are the same wherever it lies."""
    cells = _with_nodes(*first_cells(tails))
    for part in cells:
        part.flags.writeable = False
    return cells


class Search:
    """The state of an adaptive integration: cells, and what they add up to."""

    def __init__(
        self, integrand: Integrand, pieces: Pieces, tolerance: Callable[[Any, Any], Any], max_nfev: int
    ) -> None:
        self.integrand, self.pieces, self.tolerance, self.max_nfev = integrand, pieces, tolerance, max_nfev
        self.cells = self.evaluated(*_first_cells(tuple(pieces.tail.tolist())))
        self.divergent: float | None = None
        self.exhausted = self.unseen = False
        self.patience = PATIENCE

    def run(self) -> Found:
        """Cut until the tolerance is met, or nothing more can be done."""
        if not self.cells.size.any():
            cells = self.pieces.search(self.integrand)
            if cells is None:
                self.unseen = bool(self.pieces.tail.any())
                return self.found()
            self.cells = self.evaluated(*_with_nodes(*cells))
        while self.divergent is None:
            worst = self.worth_cutting(self.shares())
            if worst.size:
                worst = self.without_singular_ends(worst)
            if not worst.size:
                break
            worst = self.affordable(worst)
            if not worst.size:
                self.exhausted = True
                break
            self.cut(worst)
        return self.found()

    def totals(self) -> tuple[Array, Array, Array]:
        """Add up the values, the errors and the rounding."""
        cells = self.cells
        rounding = ROUND_OFF * cells.size.sum(axis=0)
        return cells.value.sum(axis=0), (cells.error + cells.blur).sum(axis=0) + rounding, rounding

    def shares(self) -> Array:
        """Return the part of the tolerance that the error of each cell takes up, in the entry where it is largest."""
        value, _, rounding = self.totals()
        goal = self.tolerance(value, rounding)
        allowed = np.maximum(goal - rounding - self.cells.blur.sum(axis=0), goal / 2)
        allowed = np.maximum(allowed, TINY)
        return np.asarray((self.cells.error / allowed).max(axis=1))

    def worth_cutting(self, shares: Array) -> Any:
        """Return the cells to cut, the largest error first: so many that the others fit into the tolerance."""
        if shares.sum() <= 1:
            return np.empty(0, dtype=int)
        lost = shares[self.cells.final].sum()  # with errors that stay, there is little to win
        order = np.argsort(shares)
        cut = order[np.cumsum(shares[order]) > SPARED * max(1.0, lost)][::-1]
        return cut[~self.cells.final[cut]]

    def affordable(self, worst: Any) -> Any:
        """Return as many of the cells as the evaluations left allow to cut."""
        left = self.max_nfev - self.integrand.nfev
        return worst[: max(0, left // (2 * ALL_NODES.size))]

    def evaluated(self, piece: Any, left: Array, right: Array, d: Array) -> Cells:
        """Apply both rules to the cells, with their nodes in the rows of d, in one call of the integrand."""
        everything = self.pieces.values(self.integrand, piece[:, np.newaxis], d, overflow=LENIENT)
        g, margins = everything[:, 1:-1], everything[:, :: ALL_NODES.size - 1]
        sums = WEIGHTS @ g
        mean, difference = sums[:, 0], np.abs(sums[:, 1])
        size = MEAN @ np.abs(g)
        spread = MEAN @ np.abs(g - mean[:, np.newaxis])
        rounding, can_cut = self.pieces.resolution(piece, left, right)
        blur = rounding[:, np.newaxis] * spread
        # The error of Kronrod's sum is far below the difference; QUADPACK's power 3/2 is a cautious guess.
        guess = spread * np.minimum(1.0, (200 * difference / spread) ** 1.5)
        error = np.where(np.isfinite(guess), guess, difference)
        # A jump beyond the outermost nodes shows in the margins only.
        beyond = np.abs(margins - sums[:, 2:])
        beyond = np.where(np.isfinite(beyond), beyond, size[:, np.newaxis])
        np.copyto(beyond[:, 0], 0.0, where=(left == 0)[:, np.newaxis])
        error += BEYOND / 2 * np.maximum(beyond[:, 0] + beyond[:, 1] - NOISE * (EPS * size + blur), 0.0)
        final = ~can_cut
        if final.any():
            error[final] *= HIDDEN
        width, none = (right - left)[:, np.newaxis], np.zeros(len(left), dtype=int)
        return Cells(piece, left, right, width * mean, width * error, width * size, width * blur, none, final)

    def cut(self, worst: Any) -> None:
        """Replace cells by their halves."""
        old = self.cells.pick(worst)
        middle = (old.left + old.right) / 2
        halves = self.evaluated(
            *_with_nodes(
                np.concatenate([old.piece, old.piece]),
                np.concatenate([old.left, middle]),
                np.concatenate([middle, old.right]),
            )
        )
        ends = np.flatnonzero(old.left == 0)
        fell = (halves.error[ends] <= SLOW * old.error[ends]).all(axis=1)
        halves.slow[ends] = np.where(fell & (old.slow[ends] >= 0), 0, old.slow[ends] + 1)
        kept = np.ones(len(self.cells.left), dtype=bool)
        kept[worst] = False
        self.cells = self.cells.pick(kept).joined(halves)

    def without_singular_ends(self, worst: Any) -> Any:
        """Hand singular ends over to the double-exponential rule; return the cells that are left to cut."""
        for i in worst[(self.cells.left[worst] == 0) & (self.cells.slow[worst] >= TWICE)].tolist():
            if self.max_nfev - self.integrand.nfev > LEAST_NODES:
                self.treat_end(i)
        if self.divergent is not None:  # whether the value is +∞, −∞ or neither, depends on the other ends
            for i in np.flatnonzero((self.cells.left == 0) & ~self.cells.final).tolist():
                self.treat_end(i)
        return worst[~self.cells.final[worst]]

    def treat_end(self, i: int) -> None:
        """Replace what is known about a cell at an end by what the double-exponential rule finds, if that is better."""
        found = self.at_the_end(i)
        diverges = found.divergent == 0
        if diverges:
            self.divergent = self.pieces.end_of(int(self.cells.piece[i]))
        if (found.settled and found.like_powers[0]) or diverges:
            self.cells.value[i], self.cells.error[i], self.cells.blur[i] = found.value, found.error, 0.0
            self.cells.final[i] = True
        else:
            self.patience *= 2
            self.cells.slow[i] = -self.patience

    def at_the_end(self, i: int) -> Estimate:
        """Apply the double-exponential rule to a cell [0, w] of a piece."""
        piece, width, pieces = int(self.cells.piece[i]), float(self.cells.right[i]), self.pieces

        def at(side: int, q: Array) -> Array:
            d = width * (1 - q if side else q)
            return width * pieces.values(self.integrand, piece, d, overflow=OVERFLOW * width)

        nearest, grain = pieces.nearest(piece) / width, pieces.grain(piece) / width
        value, _, rounding = self.totals()
        return double_exponential(
            at,
            (nearest, REGULAR),
            (grain, 0.0),
            lambda *_: self.tolerance(value, rounding) * SPARED,
            self.max_nfev - self.integrand.nfev,
        )

    def found(self) -> Found:
        """Conclude, and say where it is hardest if the tolerance is missed."""
        value, error, rounding = self.totals()
        found = Found(value, error, rounding, self.divergent, nan, self.exhausted, self.unseen)
        if self.divergent is not None or (error <= self.tolerance(value, rounding)).all():
            return found
        cell = self.cells.pick([int(self.shares().argmax())])
        found.hardest = self.name_of(cell)
        if self.steep(cell):
            one_sign = np.abs(value) > self.cells.size.sum(axis=0) / 2
            found.value = np.where(one_sign, np.copysign(inf, value), nan)
            found.error, found.divergent = np.full_like(value, inf), found.hardest
        return found

    def name_of(self, cell: Cells) -> float:
        """Name a place in or beside a cell by the shortest number; the cell says no more about where the trouble is."""
        place = self.pieces.place
        middle = float(place(cell.piece, (cell.left + cell.right) / 2)[0])
        if cell.left[0] == 0:
            return middle
        width = abs(float((place(cell.piece, cell.right) - place(cell.piece, cell.left))[0]))
        return round(middle, -ceil(log10(4 * width))) + 0.0 if width else middle

    def steep(self, cell: Cells) -> bool:
        """Tell whether |f| falls with the distance from a cell too narrow to be cut as 1 / distance does, or faster."""
        if cell.left[0] == 0 or not cell.final[0]:
            return False
        width = float((cell.right - cell.left)[0])
        cells = self.cells.pick(self.cells.piece == cell.piece[0])
        distance = np.abs(cells.left + cells.right - cell.left - cell.right) / 2
        around = (distance > POINT_LIKE * width) & (distance < POINT_LIKE**3 * width)
        if np.count_nonzero(around) < 3:
            return False
        with np.errstate(all="ignore"):
            x, y = (
                np.log(distance[around]),
                np.log(cells.size[around] / (cells.right - cells.left)[around, np.newaxis]),
            )
        x -= x.mean()
        return bool((x @ y / (x @ x) < STEEP).any())
