"""What long work shows before it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nets.events import Event


@dataclass(frozen=True, eq=False)
class Partial(Event):
    """The result as far as it is known, e.g. the picture after some steps. Whoever stops the work keeps the last one.

    what: of what, for the person. done, total: how much of the work is in it. result: as the work will return it.
    """

    what: str
    done: int
    total: int
    result: Any
