"""The network as volumes: where each box stands and how large it is. Pure: no Qt.

Height and width are to scale across the whole network; the number of maps is the depth, compressed logarithmically
(512 maps would be a wall). A layer that only changes values (activation, normalisation, dropout) stands close behind
the one before it, without a name of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

OBLIQUE = 0.5  # the depth goes up and to the right, foreshortened in height
SMALLEST = 7  # a side below this could not be hit with the pointer
STRIP = 9  # width of a column of units
BETWEEN, CLOSE, WIDEST = 26, 5, 72
LANE = 7  # from one arc up to the next
MOST = 3  # lanes; where more arcs lie over each other, they share the highest


@dataclass(frozen=True)
class Item:
    """What is to be drawn: ``shape`` is (h, w, maps) or (units,), anything else is drawn as a flat slab.

    ``inputs`` are the paths of the items that it reads.
    """

    path: str
    name: str
    shape: tuple[int, ...]
    attached: bool = False
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """A box in logical pixels: the front face at (x, y), ``width`` x ``height``, going back by ``depth``.

    ``label_x`` is the middle of its name; ``label_room`` how wide the name may be (0: it has none).
    """

    item: Item
    x: float
    y: float
    width: float
    height: float
    depth: float
    label_x: float = 0.0
    label_room: float = 0.0

    @property
    def right(self) -> float:
        return self.x + self.width + self.depth

    @property
    def top(self) -> float:
        return self.y - self.depth * OBLIQUE

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies on the front, the top or the side."""
        if self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height:
            return True
        if self.depth <= 0:
            return False
        back = min(max((x - self.x - self.width) / self.depth, 0.0), 1.0)
        on_side = (
            self.x + self.width <= x <= self.right
            and self.y - back * self.depth * OBLIQUE <= y <= self.y + self.height - back * self.depth * OBLIQUE
        )
        back = (self.y - y) / (self.depth * OBLIQUE)
        on_top = 0 <= back <= 1 and self.x + back * self.depth <= x <= self.x + self.width + back * self.depth
        return on_side or on_top


@dataclass(frozen=True)
class Link:
    """From item ``before`` to item ``after`` by number. ``lane`` 0 is the straight line to the next one; arcs have
    1 (the lowest) and more."""

    before: int
    after: int
    lane: int = 0


@dataclass(frozen=True)
class DiagramLayout:
    volumes: tuple[Volume, ...]
    width: float
    axis: float  # y of the line that joins the volumes
    links: tuple[Link, ...] = ()

    def lane(self, number: int) -> float:
        """y of the arcs in this lane, above every volume."""
        return headroom(self.links) - number * LANE + 1


@dataclass(frozen=True)
class Extremes:
    """What sets the scale: the longest side of any maps in pixels, the most units, the greatest depth as drawn."""

    side: int = 1
    units: int = 1
    depth: float = 0.0


def extremes_of(items: Sequence[Item]) -> Extremes:
    """Of the items of one network, or of several that are to be drawn to one scale."""
    return Extremes(
        max((side for item in items if len(item.shape) == 3 for side in item.shape[:2]), default=1),
        max((item.shape[0] for item in items if len(item.shape) == 1), default=1),
        max((depth_of(item.shape) for item in items), default=0.0),
    )


def lay_out(
    items: Sequence[Item],
    room: float,
    *,
    label_width: Callable[[Item], float],
    left: float = 0.0,
    width: float = 0.0,
    scale: Extremes | None = None,
) -> DiagramLayout:
    """Places the volumes in a strip ``room`` high. It is as wide as it comes; a short one is spread over ``width``.

    ``scale``: the extremes of several networks that are drawn to one scale in strips of the same height.
    """
    links = links_of(items)
    found = scale or extremes_of(items)

    def place(between: float) -> DiagramLayout:
        return replace(_place(items, room, headroom(links), label_width, left, between, found), links=links)

    made = place(BETWEEN)
    gaps = sum(not item.attached for item in items) - 1
    spare = min((width - made.width) / max(gaps, 1), WIDEST - BETWEEN)
    return place(BETWEEN + spare) if spare > 0 else made


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


def _place(
    items: Sequence[Item],
    room: float,
    above: float,
    label_width: Callable[[Item], float],
    left: float,
    between: float,
    scale: Extremes,
) -> DiagramLayout:
    depths = [depth_of(item.shape) for item in items]
    # The highest box with its depth must fit: a share of the room goes to the depth.
    deepest = min(scale.depth, room * 0.5)
    face = max(room - above - deepest * OBLIQUE, SMALLEST)
    unit = face / scale.side
    if unit >= 1:
        unit = math.floor(unit)  # whole-number scale: the maps on the faces stay crisp
    axis = room - face / 2
    volumes: list[Volume] = []
    x = left
    for item, depth in zip(items, depths, strict=True):
        width, height = _face(item.shape, unit, face, scale.units)
        depth = min(depth, deepest)
        close = item.attached and bool(volumes)
        if volumes:
            x = volumes[-1].right + (CLOSE if close else between)
        label = 0.0 if close else label_width(item)
        if not close:
            # The name is centred under the box; where it is wider, it pushes the box to the right.
            x = max(
                x, _label_end(volumes) + BETWEEN / 2 + (label - width - depth) / 2, left + (label - width - depth) / 2
            )
        volumes.append(
            Volume(item, round(x), round(axis - height / 2), width, height, depth, x + (width + depth) / 2, label)
        )
    end = max([volume.right for volume in volumes] + [_label_end(volumes)], default=0.0)
    return DiagramLayout(tuple(volumes), end + left, axis)


def depth_of(shape: tuple[int, ...]) -> float:
    """Pixels of depth for the number of maps: 1 is 4, 6 is 12, 64 is 25, 512 is 37."""
    return 4 + 4 * math.log2(max(shape[2], 1) + 0.0) if len(shape) == 3 else 4.0


def _face(shape: tuple[int, ...], unit: float, face: float, most_units: int) -> tuple[float, float]:
    if len(shape) == 3:
        return max(shape[1] * unit, SMALLEST), max(shape[0] * unit, SMALLEST)
    if len(shape) == 1:
        share = math.log2(1 + shape[0]) / math.log2(1 + most_units)
        return STRIP, max(round(face * share), SMALLEST)
    return STRIP, max(round(face / 2), SMALLEST)


def _label_end(volumes: Sequence[Volume]) -> float:
    return max((volume.label_x + volume.label_room / 2 for volume in volumes if volume.label_room), default=-1e9)


def at(layout: DiagramLayout, x: float, y: float) -> Volume | None:
    """The volume under the point; where two overlap, the later one, which is painted over the other."""
    return next((volume for volume in reversed(layout.volumes) if volume.holds(x, y)), None)
