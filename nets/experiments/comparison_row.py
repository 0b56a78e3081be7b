"""``ComparisonRow``: a row of a table that compares models, or runs, side by side. Imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ComparisonRow:
    """A row of a table that compares models or runs: a value for each. ``tip``: what is counted."""

    title: str
    values: tuple[str, ...]
    tip: str = ""

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1
