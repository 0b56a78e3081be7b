"""The positions of pictures of one size in a grid, in whole device pixels. No Qt.

All sizes are in device pixels, so that a map's pixel is a crisp square at 100, 150 and 200 %.
"""

from __future__ import annotations

from dataclasses import dataclass

REDUCED_AT_LEAST = 96  # least width of a reduced picture: smaller ones show nothing


@dataclass(frozen=True)
class Spot:
    """A position under the cursor: the picture at ``position`` in the grid, and its pixel."""

    position: int
    row: int
    column: int


@dataclass(frozen=True)
class GridLayout:
    """``count`` pictures of ``height`` x ``width`` pixels, ``columns`` in a row.

    ``scale`` device pixels show one pixel; if ``reduce`` is more than 1, one device pixel shows the mean of ``reduce``
    x ``reduce`` pixels instead (``scale`` is then 1). ``band``: height for a number above each picture.
    """

    count: int
    height: int
    width: int
    columns: int
    scale: int
    reduce: int
    gap: int
    band: int = 0

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def cell_width(self) -> int:
        return -(-self.width // self.reduce) * self.scale

    @property
    def cell_height(self) -> int:
        return -(-self.height // self.reduce) * self.scale

    @property
    def step(self) -> int:
        """The distance from one row of pictures to the next."""
        return self.band + self.cell_height + self.gap

    @property
    def total_height(self) -> int:
        return self.rows * self.step - self.gap

    def corner(self, position: int) -> tuple[int, int]:
        """(x, y) of the top left corner of the picture at ``position``."""
        row, column = divmod(position, self.columns)
        return column * (self.cell_width + self.gap), row * self.step + self.band

    def at(self, x: float, y: float) -> Spot | None:
        """The picture and pixel at the point; None in a gap or outside."""
        if x < 0 or y < 0:
            return None
        column, inner_x = divmod(int(x), self.cell_width + self.gap)
        row, inner_y = divmod(int(y), self.step)
        inner_y -= self.band
        position = row * self.columns + column
        inside = inner_x < self.cell_width and 0 <= inner_y < self.cell_height
        if not inside or column >= self.columns or position >= self.count:
            return None
        pixel_row = min(inner_y // self.scale * self.reduce, self.height - 1)
        pixel_column = min(inner_x // self.scale * self.reduce, self.width - 1)
        return Spot(position, pixel_row, pixel_column)

    def visible_rows(self, top: float, bottom: float) -> range:
        """The rows of pictures that are at least partly between ``top`` and ``bottom``."""
        first = max(0, int(top) // self.step)
        last = min(self.rows, -(-int(bottom) // self.step))
        return range(first, max(first, last))


def fit_grid(
    count: int, height: int, width: int, room_width: int, room_height: int, *, gap: int, smallest: int, band: int = 0
) -> GridLayout:
    """The grid with the largest pictures that fit; if even ``smallest`` ones do not fit, it scrolls down.

    It never scrolls sideways: a picture wider than the room is reduced by a whole number.
    """
    count, room_width, room_height = max(count, 1), max(room_width, 1), max(room_height, 1)
    fitting: GridLayout | None = None
    for scale, reduce in _zooms(width, room_width, smallest):
        cell = -(-width // reduce) * scale
        columns = min(count, (room_width + gap) // (cell + gap))
        if columns < 1:
            continue
        fitting = GridLayout(count, height, width, columns, scale, reduce, gap, band)
        if fitting.total_height <= room_height:
            return fitting
    return fitting or GridLayout(count, height, width, 1, 1, -(-width // room_width), gap, band)


def _zooms(width: int, room_width: int, smallest: int) -> list[tuple[int, int]]:
    """(scale, reduce) from the largest to the smallest that can still be read."""
    enlarged = [(scale, 1) for scale in range(room_width // width, 0, -1) if width * scale >= smallest]
    if enlarged and enlarged[-1][0] > 1:
        return enlarged
    if width < smallest:  # even the largest is small: the room limits it
        return enlarged or [(max(1, room_width // width), 1)]
    floor = min(REDUCED_AT_LEAST, width)
    reduced = [(1, reduce) for reduce in range(2, width + 1) if -(-width // reduce) >= floor]
    return enlarged + reduced


def whole_scale(height: int, width: int, room_height: int, room_width: int) -> float:
    """Device pixels for one pixel of a picture in the room: a whole number, or 1/n if the picture is larger than the
    room.
    """
    scale = min(room_height // max(height, 1), room_width // max(width, 1))
    if scale >= 1:
        return float(scale)
    reduce = max(-(-height // max(room_height, 1)), -(-width // max(room_width, 1)))
    return 1 / reduce
