"""The positions and sizes of the boxes of the network diagram. No Qt.

Height and width are to scale across the whole network; the number of maps becomes the depth, compressed logarithmically
(512 maps would fill the screen). A layer that only changes values (activation, normalisation, dropout) stands close
behind the one before it, without its own name. A nested model with branches gets a frame (``diagram_blocks``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gui.paint.diagram_blocks import Block, Wire, blocks_of, lay_out_block
from gui.paint.diagram_volumes import (
    OBLIQUE,
    SMALLEST,
    Extremes,
    Item,
    Volume,
    depth_of,
    extremes_of,
    face_of,
)

__all__ = [
    "OBLIQUE",
    "Block",
    "DiagramLayout",
    "Extremes",
    "Item",
    "Link",
    "Volume",
    "Wire",
    "at",
    "block_at",
    "depth_of",
    "extremes_of",
    "headroom",
    "lay_out",
    "links_of",
]

BETWEEN, CLOSE, WIDEST = 26, 5, 72
LANE = 7  # distance from one arc to the next above it
MOST = 3  # lanes at most; further arcs share the highest


@dataclass(frozen=True)
class Link:
    """A connection from item ``before`` to item ``after``, by number, or from and to the frame that contains one.

    ``lane`` 0 is the straight line to the next item; arcs have 1 (the lowest) and more.
    """

    before: int
    after: int
    lane: int = 0


@dataclass(frozen=True)
class DiagramLayout:
    volumes: tuple[Volume, ...]
    width: float
    axis: float  # y of the line that connects the volumes
    links: tuple[Link, ...] = ()
    blocks: tuple[Block, ...] = ()
    wires: tuple[Wire, ...] = ()

    def frame_of(self, number: int) -> Block | None:
        """The frame that contains an item, None if there is none."""
        return next((block for block in self.blocks if block.first <= number <= block.last), None)

    def lane(self, number: int) -> float:
        """y of the arcs in this lane, above every volume."""
        return headroom(self.links) - number * LANE + 1


def lay_out(
    items: Sequence[Item],
    room: float,
    *,
    label_width: Callable[[Item], float],
    left: float = 0.0,
    width: float = 0.0,
    scale: Extremes | None = None,
) -> DiagramLayout:
    """Place the volumes in a strip ``room`` high.

    The strip becomes as wide as needed; a short one is spread over ``width``. ``scale``: the extremes of several
    networks that are drawn to one scale in strips of the same height.
    """
    blocks = blocks_of(items)
    links = links_of(items, blocks)
    found = scale or extremes_of(items)

    def place(between: float) -> DiagramLayout:
        made = _place(items, blocks, room, headroom(links), label_width, left, between, found)
        return replace(made, links=links)

    made = place(BETWEEN)
    alone = [item for number, item in enumerate(items) if made.frame_of(number) is None]
    gaps = sum(not item.attached for item in alone) + len(blocks) - 1
    spare = min((width - made.width) / max(gaps, 1), WIDEST - BETWEEN)
    return place(BETWEEN + spare) if spare > 0 else made


def links_of(items: Sequence[Item], blocks: Sequence[Block] = ()) -> tuple[Link, ...]:
    """A connection for each layer that an item reads; an item of unknown inputs reads the one before it.

    Connections inside of ``blocks`` are left out; several between the same two frames or items become one.
    """
    places = {item.path: number for number, item in enumerate(items)}
    # The ends of a connection: the item itself, or the last and the first item of its frame.
    begins, ends = list(range(len(items))), list(range(len(items)))
    for block in blocks:
        inside = range(block.first, block.last + 1)
        begins[block.first : block.last + 1] = [block.last] * len(inside)
        ends[block.first : block.last + 1] = [block.first] * len(inside)
    pairs: dict[tuple[int, int], None] = {}
    for number, item in enumerate(items):
        read = [places[path] for path in item.inputs if path in places]
        for before in read or [number - 1]:
            if 0 <= before < number and begins[before] != begins[number]:
                pairs[begins[before], ends[number]] = None
    straight = [Link(before, after) for before, after in pairs if after == before + 1]
    arcs: list[Link] = []
    for before, after in sorted((pair for pair in pairs if pair[1] > pair[0] + 1), key=lambda pair: pair[1] - pair[0]):
        over = [arc.lane for arc in arcs if arc.before < after and before < arc.after]
        arcs.append(Link(before, after, min(max(over, default=0) + 1, MOST)))
    return (*straight, *arcs)


def headroom(links: Sequence[Link]) -> int:
    """The height that the arcs need above the highest volume; 0 for a plain chain."""
    return max((link.lane for link in links), default=0) * LANE


def _place(
    items: Sequence[Item],
    blocks: Sequence[Block],
    room: float,
    above: float,
    label_width: Callable[[Item], float],
    left: float,
    between: float,
    scale: Extremes,
) -> DiagramLayout:
    # The highest box with its depth must fit: the depth takes a share of the room.
    deepest = min(scale.depth, room * 0.5)
    face = max(room - above - deepest * OBLIQUE, SMALLEST)
    unit = face / scale.side
    if unit >= 1:
        unit = math.floor(unit)  # whole-number scale: the maps on the faces stay crisp
    axis = room - face / 2
    begins = {block.first: block for block in blocks}
    volumes: list[Volume] = []
    framed: list[Block] = []
    wires: list[Wire] = []
    label_end, right = -1e9, left - between
    at = 0
    while at < len(items):
        block = begins.get(at)
        item = items[at]
        if block is not None:
            made = lay_out_block(items[at : block.last + 1], room - above, unit, face, scale)
            label = label_width(block.item)
            x = float(round(max(right + between, label_end + BETWEEN / 2 + (label - made.width) / 2, left)))
            y = round(min(max(axis - made.axis, above), room - made.height))
            volumes += [replace(volume, x=volume.x + x, y=volume.y + y) for volume in made.volumes]
            wires += [Wire(tuple((px + x, py + y) for px, py in wire.points)) for wire in made.wires]
            middle = x + made.width / 2
            framed.append(
                replace(block, x=x, y=y, width=made.width, height=made.height, label_x=middle, label_room=label)
            )
            label_end, right = middle + label / 2, x + made.width
            at = block.last + 1
            continue
        width, height = face_of(item.shape, unit, face, scale.units)
        depth = min(depth_of(item.shape), deepest)
        close = item.attached and bool(volumes)
        x = right + (CLOSE if close else between)
        label = 0.0 if close else label_width(item)
        if not close:
            # The name is centred under the box; a name wider than the box pushes the box to the right.
            x = max(x, label_end + BETWEEN / 2 + (label - width - depth) / 2, left + (label - width - depth) / 2)
        middle = x + (width + depth) / 2
        volumes.append(Volume(item, round(x), round(axis - height / 2), width, height, depth, middle, label))
        right = volumes[-1].right
        if label:
            label_end = middle + label / 2
        at += 1
    end = max(right, label_end) if volumes else 0.0
    return DiagramLayout(tuple(volumes), end + left, axis, blocks=tuple(framed), wires=tuple(wires))


def at(layout: DiagramLayout, x: float, y: float) -> Volume | None:
    """The volume at the point; of overlapping ones the later, which is painted above the other."""
    return next((volume for volume in reversed(layout.volumes) if volume.holds(x, y)), None)


def block_at(layout: DiagramLayout, x: float, y: float) -> Block | None:
    """The frame at the point."""
    return next((block for block in layout.blocks if block.holds(x, y)), None)
