"""``Partial``: an intermediate result of long work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nets.events import Event


@dataclass(frozen=True, eq=False)
class Partial(Event):
    """The result so far, for instance the picture after some steps. Who stops the work keeps the last one.

    what: its kind, for the person. done, total: how much of the work is in it. result: as the work will return it.
    """

    what: str
    done: int
    total: int
    result: Any
