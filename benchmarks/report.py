"""The output of every benchmark: a table, then one line of JSON for scripts."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@dataclass(frozen=True)
class Row:
    """One promise: what was measured, the figure found, the figure promised, and the unit of both.

    at_least: the figure found is to be no smaller than the one promised, rather than no larger.
    """

    what: str
    found: float
    promised: float | None = None
    unit: str = "ms"
    at_least: bool = False

    @property
    def kept(self) -> str:
        if self.promised is None:
            return ""
        kept = self.found >= self.promised if self.at_least else self.found <= self.promised
        return "kept" if kept else "missed"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def yardstick(rounds: int = 9) -> float:
    """What one fixed piece of work costs on this machine, milliseconds: the median of ``rounds``.

    Half of it is Python's own (a loop over small numbers), half NumPy's (products of matrices, on all cores), as in
    what is measured. Seconds that are told in yardsticks can be compared between machines.
    """
    import numpy as np

    matrix = np.random.default_rng(1).random((384, 384), np.float32)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        total = 0
        for number in range(60_000):
            total += number % 7
        for _ in range(8):
            matrix @ matrix
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def show(benchmark: str, rows: list[Row]) -> None:
    """Prints the rows as a table, and once more as a line of JSON with the yardstick of this run."""
    unit = yardstick()
    width = max((len(row.what) for row in rows), default=0)
    print(f"{benchmark}: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(f"  a yardstick of this run: {unit:.2f} ms")
    for row in rows:
        bound = " at least" if row.at_least else ""
        promised = "" if row.promised is None else f"  (promised{bound} {row.promised:g})"
        print(f"  {row.what:<{width}}  {row.found:9.3f} {row.unit:<5}{promised:<28} {row.kept}")
    told = [asdict(row) | {"kept": row.kept} for row in rows]
    print(json.dumps({"benchmark": benchmark, "yardstick": unit, "rows": told}))
