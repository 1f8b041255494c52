"""Running integrals of a million samples against SciPy: time, and error against the antiderivative."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from _harness import Row, accuracy, against, measure, pin, report
from scipy.integrate import cumulative_simpson, cumulative_trapezoid

from calcguide.integrate import cumulative

SAMPLES = 10**6
#: Case, order, peer, the peer's name, target for the ratio.
PEERS: list[tuple[str, int, Callable[..., Any], str, float]] = [
    ("second order", 2, cumulative_trapezoid, "scipy cumulative_trapezoid", 0.85),
    ("fourth order", 4, cumulative_simpson, "scipy cumulative_simpson", 0.3),
]


def ways(kind: str, order: int, peer: Callable[..., Any]) -> tuple[Any, dict[str, Callable[[], Any]]]:
    """Return the sine at points on [0, 10], and two ways to it from the cosine there."""
    x = np.linspace(0, 10, SAMPLES)
    if kind == "equal spacing":
        y, dx = np.cos(x), 10 / (SAMPLES - 1)
        return np.sin(x), {
            "ours": lambda: cumulative(y, dx=dx, order=order),
            "theirs": lambda: peer(y, dx=dx, initial=0),
        }
    x *= (1 + x / 10) / 2
    y = np.cos(x)
    return np.sin(x), {
        "ours": lambda: cumulative(y, x, order=order),
        "theirs": lambda: peer(y, x=x, initial=0),
    }


def running() -> list[Row]:
    """Integrate a cosine to each of the samples; the error is the largest distance from the sine."""
    rows = []
    for kind in ("equal spacing", "unequal spacing"):
        for name, order, peer, title, target in PEERS:
            exact, both = ways(kind, order, peer)
            ours, theirs = (float(np.max(np.abs(way() - exact))) for way in both.values())
            times = measure(both, rounds=25)
            case = f"1e6 samples, {name}, {kind}"
            # Both sums of trapezoids have the same error of truncation: a part in a hundred is left to rounding.
            rows += [
                against(case, title, times["ours"], times["theirs"], target),
                accuracy(case, "calcguide", ours, theirs * 1.01),
                accuracy(case, title, theirs),
            ]
    return rows


if __name__ == "__main__":
    pin()
    sys.exit(report("Running integrals", running(), ["numpy", "scipy"]))
