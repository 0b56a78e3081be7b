"""The output of every benchmark: a table, then one line of JSON for scripts."""

from __future__ import annotations

import json
import os
import platform
import sys
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


def show(benchmark: str, rows: list[Row]) -> None:
    width = max((len(row.what) for row in rows), default=0)
    print(f"{benchmark}: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    for row in rows:
        bound = " at least" if row.at_least else ""
        promised = "" if row.promised is None else f"  (promised{bound} {row.promised:g})"
        print(f"  {row.what:<{width}}  {row.found:9.3f} {row.unit:<5}{promised:<28} {row.kept}")
    print(json.dumps({"benchmark": benchmark, "rows": [asdict(row) | {"kept": row.kept} for row in rows]}))
