"""Side-by-side measurement: one process, one core, cases interleaved in random order, medians of ratios.

Machines are shared and noisy, and absolute times do not travel. What is reported is how long one way takes as a
multiple of another that ran in the same seconds. With ``--record`` the table is kept in ``benchmarks/results`` with
the machine and the date; the site shows what is kept there, and nothing else.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import importlib.metadata
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESULTS = Path(__file__).parent / "results"
ROUNDS = 15
Times = NDArray[np.float64]


@dataclass
class Row:
    """One line of the table: a ratio to a peer, or an error, and the target it has to meet."""

    case: str
    peer: str
    ratio: float | None
    target: float | None
    met: bool | None
    error: float | None = None


def measure(
    ways: dict[str, Callable[[], Any]], *, rounds: int = ROUNDS, least: float = 2e-3
) -> dict[str, Times]:
    """Return the times of each way, in seconds, round by round; it is repeated so that a round takes `least` seconds.

    What the others have left to the garbage collector is collected first, so that each way pays for its own.
    """
    gc.collect()
    gc.freeze()  # what is there already need not be looked at again
    repeats = {}
    for name, way in ways.items():
        way()  # warm-up
        start = time.perf_counter()
        way()
        repeats[name] = max(1, round(least / max(time.perf_counter() - start, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in ways}
    order = list(ways)
    shuffle = random.Random(0)  # noqa: S311  # an order, not a secret
    for _ in range(rounds):
        shuffle.shuffle(order)
        for name in order:
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeats[name]):
                ways[name]()
            times[name].append((time.perf_counter() - start) / repeats[name])
    gc.unfreeze()
    return {name: np.array(found) for name, found in times.items()}


def against(
    case: str, peer: str, ours: Times, theirs: Times | float, target: float | None, error: float | None = None
) -> Row:
    """Compare times that were taken in the same rounds: a machine that slows down slows both."""
    ratio = float(np.median(ours / theirs))
    return Row(case, peer, ratio, target, None if target is None else ratio <= target, error)


def accuracy(case: str, who: str, error: float, target: float | None = None) -> Row:
    """State an error, and whether it is within the target."""
    return Row(case, who, None, target, None if target is None else error <= target, error)


def pin() -> None:
    """Stay on one core, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def machine() -> str:
    """Describe the processor, without the name of the machine."""
    info = Path("/proc/cpuinfo")
    models = [
        line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
    ]
    return f"{(models or [platform.processor() or platform.machine()])[0]}, one core, {platform.system()}"


def report(benchmark: str, rows: list[Row], packages: list[str]) -> int:
    """Print the table, keep it where ``--record`` asks for it, and return 1 if an accuracy target is missed.

    A ratio above its target is shown as such and fails nothing: on another machine the peers may be faster.
    """
    parser = argparse.ArgumentParser(description=f"Benchmark: {benchmark}.")
    parser.add_argument("--record", action="store_true", help="keep the results for the site")
    options, _ = parser.parse_known_args()
    versions = {name: importlib.metadata.version(name) for name in sorted(packages)}
    print(f"\n{benchmark} ({', '.join(f'{name} {version}' for name, version in versions.items())})")
    print(f"{'case':<46} {'peer':<34} {'ratio':>9} {'target':>9} {'error':>9}  met")
    for row in rows:
        numbers = " ".join(
            f"{'' if v is None else format(v, '.3g'):>9}" for v in (row.ratio, row.target, row.error)
        )
        print(
            f"{row.case:<46} {row.peer:<34} {numbers}  {'' if row.met is None else 'yes' if row.met else 'NO'}"
        )
    if options.record:
        RESULTS.mkdir(exist_ok=True)
        kept = {
            "benchmark": benchmark,
            "machine": machine(),
            "python": platform.python_version(),
            "packages": versions,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "rows": [asdict(row) for row in rows],
        }
        path = RESULTS / f"{Path(sys.argv[0]).stem}.json"
        path.write_text(json.dumps(kept, indent=1) + "\n")
    return int(any(row.met is False for row in rows if row.ratio is None))
