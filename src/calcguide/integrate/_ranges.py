r"""A range of integration in pieces, each seen from its own end.

Where an integrand is singular, it is so at the end of a piece, and there the distance from the end has to be exact. So each
piece is a function of a distance d in (0, 1], with the end at d = 0:

.. math:: x = a \pm L d \quad \text{beside a finite end } a, \qquad
   x = a \pm L / d, \quad |dx| = L / d^2 \, |dd| \quad \text{where the end is infinite.}

A finite range is two pieces, which meet in its middle; a half-line is a piece of length L beside its end, and the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf, isfinite
from typing import Any

import numpy as np

from calcguide._typing import Array
from calcguide.integrate._integrand import EPS, Integrand

#: First cells of a piece: even ones beside a finite end; towards infinity each reaches twice as far as the one before.
EVEN = (0.0, 0.25, 0.5, 0.75, 1.0)
DOUBLING = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
#: Where to look for an integrand that is zero at the first nodes.
SCAN_EVEN = (np.arange(2048) + 0.5) / 2048
SCAN_DOUBLING = 2.0 ** -(np.arange(128 * 24) / 128)
#: The least distances: nearer to an exact end, powers of x would leave the range of floating point.
NEAREST, FARTHEST = 1e-290, 1e150
#: Beside an end a that is not zero, x is rounded by ε |a| / 2. From this multiple of it on, distances have nearly five digits.
RESOLVED = 2.0**16
#: A cell is not cut where its nodes would hardly differ in x.
FINEST = 2.0**10 * EPS


class NotFiniteError(ValueError):
    """The integrand is not finite at a point inside the range; the text names the point."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of a range, one entry of each array a piece."""

    end: Array
    """The finite end a; where the end is infinite, the point from which L / d counts."""
    scale: Array
    """The length L, with the sign of the direction in which x moves away from a."""
    tail: np.ndarray[Any, np.dtype[np.bool_]]
    """Whether the end is infinite."""

    @classmethod
    def of(cls, breaks: Sequence[float]) -> Pieces:
        """Cut the range at all breaks; the first and the last may be infinite."""
        found: list[tuple[float, float, bool]] = []
        for low, high in pairwise(breaks):
            if isfinite(low) and isfinite(high):
                middle = low / 2 + high / 2
                halves = (low, middle - low, False), (high, middle - high, False)
                # Between neighbouring floats there is no middle.
                found += [half for half in halves if half[1]]
            else:
                end, sign = (low, 1.0) if isfinite(low) else (high, -1.0)
                length = sign * max(1.0, abs(end) / 1024)
                found += [(end, length, False), (end, length, True)]
        ends, scales, tails = zip(*found, strict=True)
        return cls(np.array(ends), np.array(scales), np.array(tails))

    @classmethod
    def whole(cls, low: float, high: float) -> Pieces:
        """See a finite range as a whole from either end, so that d need not pass 1/2."""
        return cls(np.array([low, high]), np.array([high - low, low - high]), np.array([False, False]))

    @cached_property
    def finite(self) -> bool:
        """Whether no end is infinite."""
        return not self.tail.any()

    def place(self, piece: Any, d: Array) -> Array:
        """Return the points at distances d in the pieces with these numbers."""
        distance = d if self.finite else np.where(self.tail[piece], 1 / d, d)
        return np.asarray(self.end[piece] + self.scale[piece] * distance)

    def values(self, integrand: Integrand, piece: Any, d: Array, *, overflow: Any = 0.0) -> Array:
        """Return ``f(x) |dx/dd|``, of shape ``(*d.shape, entries)``; it has to be finite at distances above `overflow`."""
        f = integrand(self.place(piece, d).ravel())
        stretch = np.abs(self.scale[piece])
        if not self.finite:
            stretch = stretch / np.where(self.tail[piece], d * d, 1.0)
        g = f.reshape(*d.shape, -1) * stretch[..., np.newaxis]
        if not np.isfinite(g).all():
            bad = ~np.isfinite(g).all(axis=-1) & (d > overflow)
            if bad.any():
                x, values = self.place(piece, d)[bad], f.reshape(*d.shape, -1)[bad]
                raise NotFiniteError(
                    integrand.trouble(x, values) or f"`fun` is too large at x={float(x[0])!r}"
                )
        return np.asarray(g)

    def nearest(self, piece: int) -> float:
        """Return the least distance at which the integrand of a piece can be trusted."""
        if self.tail[piece]:
            return float(abs(self.scale[piece]) / FARTHEST)
        return max(float(NEAREST / abs(self.scale[piece])), RESOLVED * self.grain(piece))

    def end_of(self, piece: int) -> float:
        """Return the end of a piece, which may be infinite."""
        return float(np.copysign(inf, self.scale[piece]) if self.tail[piece] else self.end[piece])

    def grain(self, piece: int) -> float:
        """Return how far distances in a piece are uncertain near its end, by the rounding of x."""
        return 0.0 if self.tail[piece] else float(EPS / 2 * abs(self.end[piece] / self.scale[piece]))

    def resolution(self, piece: Any, left: Array, right: Array) -> tuple[Any, Any]:
        """Return how large the rounding of x is beside each cell, and which cells are wide enough to be cut in two."""
        length, offset = np.abs(self.scale[piece]), np.abs(self.end[piece])
        least: Any = NEAREST
        width, reach = length * (right - left), length * right
        rounding = EPS / 2 * (offset + reach) / width
        if not self.finite:
            tail = self.tail[piece]
            least, offset = np.where(tail, length * length / FARTHEST, NEAREST), np.where(tail, 0.0, offset)
            rounding = np.where(tail, 0.0, rounding)
        return rounding, (width > FINEST * (offset + reach)) & (reach > least / FINEST)

    def search(self, integrand: Integrand) -> tuple[Any, Array, Array] | None:
        """Look more closely for places where the integrand is not zero; None if there are none.

        A cell around each such place makes sure that it is seen again.
        """
        breaks: list[Any] = []
        seen = False
        for piece, tail in enumerate(self.tail):
            d = SCAN_DOUBLING if tail else SCAN_EVEN
            hit = np.flatnonzero((self.values(integrand, piece, d) != 0).any(axis=1))
            seen |= bool(hit.size)
            around = d[np.clip([hit - 1, hit + 1], 0, d.size - 1).ravel()]
            breaks.append(np.union1d(DOUBLING if tail else EVEN, around))
        return _cells(breaks) if seen else None


def first_cells(tails: Sequence[bool]) -> tuple[Any, Array, Array]:
    """Return the cells to begin with: their pieces, left and right ends."""
    return _cells([DOUBLING if tail else EVEN for tail in tails])


def _cells(breaks: Sequence[Any]) -> tuple[Any, Array, Array]:
    """List the cells between the breaks of each piece."""
    piece = np.repeat(np.arange(len(breaks)), [len(b) - 1 for b in breaks])
    return piece, np.concatenate([b[:-1] for b in breaks]), np.concatenate([b[1:] for b in breaks])
