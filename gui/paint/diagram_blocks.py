"""Blocks with branches in the network diagram: a frame with a row for each branch, connected as in the network. No Qt.

A block is a nested model whose layers do not form a plain chain. In a network without nested models (those of Keras
itself) it is a run of layers between two places where a single value is passed on. The frame is as wide as its longest
branch; a connection that skips all branches gets an empty row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from gui.paint.diagram_volumes import OBLIQUE, Extremes, Item, Volume, depth_of, face_of

MOST = 60  # layers in a frame; larger nested models are drawn layer by layer like any network
PAD, COLUMN, CLOSE = 9, 15, 2  # gaps: from the frame's sides to the boxes, between columns, to attached layers
EMPTY = 7  # height of a row that only a skip connection uses
LOW = 90  # height of the strip below which rows stand closer
THIN = 5  # depth of attached layers
SHALLOW = 0.4  # share of the usual depth: many boxes stand in a frame
LEAST = 2  # a side of a box in a frame

Point = tuple[float, float]


@dataclass(frozen=True)
class Wire:
    """A line through ``points``, level at each of them."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Block:
    """A framed part of the diagram: items ``first`` to ``last``, the frame, and where its name stands."""

    path: str
    first: int
    last: int
    item: Item  # for the block as a whole: its name, and the shape of its last layer
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    label_x: float = 0.0
    label_room: float = 0.0

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def back(self) -> float:
        return self.x

    @property
    def top(self) -> float:
        return self.y

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.y + self.height


def blocks_of(items: Sequence[Item]) -> tuple[Block, ...]:
    """The blocks: the outermost nested models with branches that fit in a frame, and branching runs outside nested
    models.
    """
    return tuple(_blocks(items, 0, len(items), 0))


def _blocks(items: Sequence[Item], start: int, end: int, level: int) -> list[Block]:
    found: list[Block] = []
    at = start
    for group, members in groupby(items[start:end], key=lambda item: tuple(item.path.split("/")[:-1])[: level + 1]):
        count = len(list(members))
        if len(group) == level + 1:
            part = items[at : at + count]
            if count <= MOST and _branches(part):
                path = "/".join(group)
                whole = Item(path, group[-1], part[-1].shape)
                found.append(Block(path, at, at + count - 1, whole))
            else:
                found += _blocks(items, at, at + count, level + 1)
        else:
            found += _flat_blocks(items, at, at + count)
        at += count
    return found


def _flat_blocks(items: Sequence[Item], start: int, end: int) -> list[Block]:
    """The branching parts of a plain run of layers, cut wherever all later layers read only the last layer."""
    found: list[Block] = []
    last_read = _last_reads(items)
    begin, needed = start, -1  # the last item that reads one of those before
    for at in range(start, end):
        needed = max(needed, last_read[at - 1] if at > start else -1)
        if needed > at:
            continue
        part = items[begin : at + 1]
        if 1 < len(part) <= MOST and _branches(part):
            name = _common_name(part)
            found.append(Block(name, begin, at, Item(part[-1].path, name, part[-1].shape)))
        begin = at + 1
    return found


def _last_reads(items: Sequence[Item]) -> list[int]:
    """For each item the number of the last one that reads it; -1 where none does."""
    numbers = {item.path: number for number, item in enumerate(items)}
    found = [-1] * len(items)
    for at, item in enumerate(items):
        known = [numbers[path] for path in item.inputs if path in numbers]
        for number in known or ([at - 1] if at else []):
            found[number] = at
    return found


def _common_name(items: Sequence[Item]) -> str:
    """The common beginning of their names, "conv2_block1"; if there is none, the last one's name."""
    parts = [item.name.split("_") for item in items]
    shared = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*parts, strict=False))]
    return "_".join(shared) or items[-1].name


def _branches(items: Sequence[Item]) -> bool:
    return any(len(item.inputs) > 1 for item in items)


@dataclass(frozen=True)
class BlockLayout:
    """Boxes and lines with the frame's upper left corner at (0, 0); ``axis``: y where lines come in and go out."""

    volumes: tuple[Volume, ...]
    wires: tuple[Wire, ...]
    width: float
    height: float
    axis: float


def lay_out_block(items: Sequence[Item], room: float, unit: float, face: float, scale: Extremes) -> BlockLayout:
    """The inside of a frame.

    Args:
        items: the block's layers, branch by branch.
        room: the greatest height of the frame, in pixels.
        unit: pixels of the diagram for a pixel of maps; less is taken where the rows would not fit.
        face: height of the largest face outside.
        scale: of the network.
    """
    places = _place(items)
    above, gap = (PAD, 4) if room >= LOW else (3, 1)
    rows = max(place.row for place in places) + 1
    used = {round(place.row) for place in places if place.row == round(place.row)}
    free = room - 2 * above - gap * (rows - 1) - EMPTY * (rows - len(used))
    sizes = _sizes(items, unit, face, scale, free / max(len(used), 1))
    heights = [0.0] * int(rows)
    for place, (_, height, depth) in zip(places, sizes, strict=True):
        for row in {int(place.row), round(place.row)} if place.row == round(place.row) else ():
            heights[row] = max(heights[row], height + depth * OBLIQUE)
    heights = [height or EMPTY for height in heights]
    tops = [above + sum(heights[:row]) + gap * row for row in range(int(rows))]
    total = 2 * above + sum(heights) + gap * (int(rows) - 1)

    def middle(row: float) -> float:
        """The y of a row's line; for a number between two rows, the middle between theirs."""
        low, share = int(row), row - int(row)
        first = tops[low] + heights[low] / 2
        if not share:
            return first
        return first + share * (tops[low + 1] + heights[low + 1] / 2 - first)

    # The width of each column: its widest layer with what is attached to it.
    columns: dict[int, float] = {}
    cells: dict[int, float] = {}
    for place, (width, _, depth) in zip(places, sizes, strict=True):
        cells[place.cell] = cells.get(place.cell, -CLOSE) + CLOSE + width + depth
        columns[place.column] = max(columns.get(place.column, 0.0), cells[place.cell])
    lefts: dict[int, float] = {}
    x: float = PAD + COLUMN
    for column in sorted(columns):
        lefts[column] = x
        x += columns[column] + COLUMN
    volumes: list[Volume] = []
    filled: dict[int, float] = {}
    for item, place, (width, height, depth) in zip(items, places, sizes, strict=True):
        left = filled.get(place.cell, lefts[place.column])
        filled[place.cell] = left + width + depth + CLOSE
        top = middle(place.row) - (height - depth * OBLIQUE) / 2
        volumes.append(Volume(item, round(left), round(top), width, height, depth))
    axis = middle(places[-1].row)
    width = x - COLUMN + PAD + 6
    return BlockLayout(tuple(volumes), _wires(items, places, volumes, middle, width, axis), width, total, axis)


@dataclass(frozen=True)
class _Place:
    """row: may lie between two; cell: the number of the layer that it is attached to, or its own."""

    row: float
    column: int
    cell: int


def _place(items: Sequence[Item]) -> list[_Place]:
    """Rows and columns: a layer continues the row of the one it reads; a second reader starts a new row."""
    numbers = {item.path: number for number, item in enumerate(items)}
    reads = [_inside(item, numbers, at) for at, item in enumerate(items)]
    skips = any(None in row and len(row) > 1 for row in reads)  # a sum that reads the block's input
    rows = 1 if skips else 0
    continued: set[int] = set()
    places: list[_Place] = []
    for at, (item, row) in enumerate(zip(items, reads, strict=True)):
        known = [number for number in row if number is not None]
        if item.attached and at and row == [at - 1]:
            before = places[at - 1]
            continued.add(at - 1)
            places.append(_Place(before.row, before.column, before.cell))
            continue
        column = 1 + max((places[number].column for number in known), default=-1)
        if len(row) > 1:
            joined = [places[number].row for number in known]
            places.append(_Place((min(joined) + max(joined)) / 2, column, at))
        elif known and known[0] not in continued:
            continued.add(known[0])
            places.append(_Place(places[known[0]].row, column, at))
        else:
            places.append(_Place(float(rows), column, at))
            rows += 1
    return places


def _inside(item: Item, numbers: dict[str, int], at: int) -> list[int | None]:
    """The layers that an item reads: numbers in the block, None for a layer outside."""
    if not item.inputs:
        return [at - 1 if at else None]
    return [numbers.get(path) for path in item.inputs]


def _sizes(
    items: Sequence[Item], unit: float, face: float, scale: Extremes, row: float
) -> list[tuple[float, float, float]]:
    """(width, height, depth) of each box; all are reduced by one factor if the highest is higher than a row."""
    faces = [face_of(item.shape, unit, face, scale.units) for item in items]
    depths = [THIN if item.attached else round(depth_of(item.shape) * SHALLOW) for item in items]
    highest = max(height + depth * OBLIQUE for (_, height), depth in zip(faces, depths, strict=True))
    share = min(1.0, max(row, LEAST) / highest)
    return [
        (max(width * share, LEAST), max(height * share, LEAST), depth * share)
        for (width, height), depth in zip(faces, depths, strict=True)
    ]


def _wires(
    items: Sequence[Item],
    places: Sequence[_Place],
    volumes: Sequence[Volume],
    middle: Callable[[float], float],
    width: float,
    axis: float,
) -> tuple[Wire, ...]:
    """A line for each connection between layers, and one from the last layer to the frame's right edge."""
    numbers = {item.path: number for number, item in enumerate(items)}
    made: list[Wire] = []
    for at, item in enumerate(items):
        own, y = volumes[at], middle(places[at].row)
        reads = _inside(item, numbers, at)
        for before in reads:
            if before is not None and places[before].cell == places[at].cell:
                continue
            start = (0.0, axis) if before is None else (volumes[before].right, middle(places[before].row))
            points = [start]
            if len(reads) > 1:  # level along its own row, then down or up to where it joins
                if before is None:
                    points.append((PAD + COLUMN, middle(0)))
                points.append((own.x - COLUMN + 1, points[-1][1]))
            elif start[1] != y:
                points.append((start[0] + (PAD + COLUMN if before is None else COLUMN) - 2, y))
            points.append((own.x, y))
            made.append(Wire(tuple(points)))
    out = volumes[-1]
    made.append(Wire(((out.right, axis), (width, axis))))
    return tuple(made)
