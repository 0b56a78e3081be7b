"""How a large map and the input share the room: beside each other, or the map above where it gets larger. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gui.paint.grid_layout import whole_scale

BESIDE, ABOVE = 0.58, 0.66  # the map's share of the width, of the height


@dataclass(frozen=True)
class Rooms:
    """The room of the map and that of the input, each (width, height); ``stacked``: the map stands above."""

    stacked: bool
    large: tuple[float, float]
    input: tuple[float, float]


def rooms(width: float, height: float, shape: tuple[int, int], *, words: float, may_stack: bool) -> Rooms:
    """For a map of ``shape`` (h, w). ``words`` is the height of what stands below the input when it is beside."""
    beside = Rooms(False, (width * BESIDE, height), (width * (1 - BESIDE), max(height - words, 60)))
    above = Rooms(True, (width, height * ABOVE), (width * (1 - BESIDE), max(height * (1 - ABOVE), 60)))

    def scale(room: Rooms) -> float:
        return whole_scale(*shape, int(room.large[1]), int(room.large[0]))

    return above if may_stack and scale(above) > scale(beside) else beside
