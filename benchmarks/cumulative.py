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


def spaced(kind: str) -> tuple[Any, dict[str, Any]]:
    """Return points on [0, 10], and the argument that tells a routine where they are."""
    even = np.linspace(0, 10, SAMPLES)
    if kind == "equal spacing":
        return even, {"dx": 10 / (SAMPLES - 1)}
    x = even * (1 + even / 10) / 2
    return x, {"x": x}


def running() -> list[Row]:
    """Integrate a cosine to each of the samples; the error is the largest distance from the sine."""
    rows = []
    for kind in ("equal spacing", "unequal spacing"):
        x, where = spaced(kind)
        y, exact = np.cos(x), np.sin(x)
        for name, order, peer, title, target in PEERS:
            ways: dict[str, Callable[[], Any]] = {
                "ours": lambda y=y, where=where, order=order: cumulative(y, order=order, **where),
                "theirs": lambda y=y, where=where, peer=peer: peer(y, initial=0, **where),
            }
            ours, theirs = (float(np.max(np.abs(way() - exact))) for way in ways.values())
            times = measure(ways, rounds=25)
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
