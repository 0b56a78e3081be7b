"""Which volumes of the diagram are joined, and how: a line to the next one, an arc above those between. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.explore.network.diagram_layout import Item

LANE = 7  # from one arc up to the next
MOST = 3  # lanes; where more arcs lie over each other, they share the highest


@dataclass(frozen=True)
class Link:
    """From item ``before`` to item ``after`` by number. ``lane`` 0 is the straight line to the next one; arcs have
    1 (the lowest) and more."""

    before: int
    after: int
    lane: int = 0


def links_of(items: Sequence[Item]) -> tuple[Link, ...]:
    """A link for each layer that an item reads; an item that does not know reads the one before it."""
    places = {item.path: number for number, item in enumerate(items)}
    pairs: list[tuple[int, int]] = []
    for number, item in enumerate(items):
        read = [places[path] for path in item.inputs if path in places]
        pairs += [(before, number) for before in read or [number - 1] if 0 <= before < number]
    straight = [Link(before, after) for before, after in pairs if after == before + 1]
    arcs: list[Link] = []
    for before, after in sorted((pair for pair in pairs if pair[1] > pair[0] + 1), key=lambda pair: pair[1] - pair[0]):
        over = [arc.lane for arc in arcs if arc.before < after and before < arc.after]
        arcs.append(Link(before, after, min(max(over, default=0) + 1, MOST)))
    return (*straight, *arcs)


def headroom(links: Sequence[Link]) -> int:
    """How much room the arcs need above the highest volume; a plain chain needs none."""
    return max((link.lane for link in links), default=0) * LANE
