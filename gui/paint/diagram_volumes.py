"""The boxes of the network diagram: which layer becomes which box, and its size. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

OBLIQUE = 0.5  # the depth goes up and to the right; this is its height per width
SMALLEST = 7  # the smallest side that can be hit with the pointer
STRIP = 9  # width of a column of units


@dataclass(frozen=True)
class Item:
    """A layer to draw. ``shape``: (h, w, maps) or (units,); anything else is drawn as a flat slab. ``inputs``: the
    paths of the items that it reads.
    """

    path: str
    name: str
    shape: tuple[int, ...]
    attached: bool = False
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """A box in logical pixels: the front face at (x, y), ``width`` x ``height``, with ``depth``.

    ``label_x``: the middle of its name. ``label_room``: the width for the name, 0 if it has none.
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
    def back(self) -> float:
        """x of the left edge of the back face."""
        return self.x + self.depth

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
class Extremes:
    """The sizes that set the scale: the longest side of any maps in pixels, the most units, the greatest depth as
    drawn.
    """

    side: int = 1
    units: int = 1
    depth: float = 0.0


def extremes_of(items: Sequence[Item]) -> Extremes:
    """The largest sizes among the items of one network, or of several that are drawn to one scale."""
    return Extremes(
        max((side for item in items if len(item.shape) == 3 for side in item.shape[:2]), default=1),
        max((item.shape[0] for item in items if len(item.shape) == 1), default=1),
        max((depth_of(item.shape) for item in items), default=0.0),
    )


def depth_of(shape: tuple[int, ...]) -> float:
    """Pixels of depth for the number of maps: 1 is 4, 6 is 12, 64 is 25, 512 is 37."""
    return 4 + 4 * math.log2(max(shape[2], 1) + 0.0) if len(shape) == 3 else 4.0


def face_of(shape: tuple[int, ...], unit: float, face: float, most_units: int) -> tuple[float, float]:
    if len(shape) == 3:
        return max(shape[1] * unit, SMALLEST), max(shape[0] * unit, SMALLEST)
    if len(shape) == 1:
        share = math.log2(1 + shape[0]) / math.log2(1 + most_units)
        return STRIP, max(round(face * share), SMALLEST)
    return STRIP, max(round(face / 2), SMALLEST)
