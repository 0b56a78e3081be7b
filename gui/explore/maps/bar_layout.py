"""The positions of the bars of a dense layer's units: as wide as fits, in rows. Pure functions, in device pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BarLayout:
    """``count`` bars, ``per_row`` in each row; a bar is ``width`` wide and followed by ``gap``."""

    count: int
    per_row: int
    width: int
    gap: int
    row_height: int
    row_gap: int

    @property
    def rows(self) -> int:
        return -(-self.count // self.per_row)

    @property
    def total_height(self) -> int:
        return self.rows * (self.row_height + self.row_gap) - self.row_gap

    def corner(self, position: int) -> tuple[int, int]:
        """(x, y) of the top left corner of the place of the bar at ``position``."""
        row, column = divmod(position, self.per_row)
        return column * (self.width + self.gap), row * (self.row_height + self.row_gap)

    def at(self, x: float, y: float) -> int | None:
        """The position of the bar at the point (the gap after a bar belongs to it)."""
        if x < 0 or y < 0:
            return None
        column = int(x) // (self.width + self.gap)
        row, inner = divmod(int(y), self.row_height + self.row_gap)
        position = row * self.per_row + column
        return position if column < self.per_row and inner < self.row_height and position < self.count else None

    def visible_rows(self, top: float, bottom: float) -> range:
        step = self.row_height + self.row_gap
        first = max(0, int(top) // step)
        return range(first, max(first, min(self.rows, -(-int(bottom) // step))))


def fit_bars(
    count: int, room_width: int, room_height: int, *, row_gap: int, widest: int, narrowest: int, lowest: int
) -> BarLayout:
    """The widest bars whose rows are at least ``lowest`` high; if even the narrowest do not fit, the view scrolls.

    The rows share the height, but are never higher than three times ``lowest``.
    """
    count, room_width, room_height = max(count, 1), max(room_width, 1), max(room_height, 1)
    made = None
    for width in range(max(widest, narrowest), narrowest - 1, -1):
        gap = max(1, width // 4)
        per_row = max(1, min(count, (room_width + gap) // (width + gap)))
        rows = -(-count // per_row)
        height = (room_height + row_gap) // rows - row_gap
        made = BarLayout(count, per_row, width, gap, max(lowest, min(height, 3 * lowest)), row_gap)
        if height >= lowest:
            return made
    assert made is not None
    return made
