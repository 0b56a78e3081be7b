"""Small pictures of one size as a grid: the maps of a layer, or the kernels of a map. Paints only those in view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.paint.canvas import Canvas
from gui.paint.grid_layout import GridLayout, Spot, fit_grid
from gui.paint.pixels import argb, coloured, image, montage, reduced

RING = 3  # logical pixels around a picture for the frame of the chosen one
NUMBER_HEIGHT = 12
# A picture narrower or lower than this has its number above it: inside, it would cover what there is.
NUMBERED_FROM, NUMBERED_TIGHT = 60, 48


@dataclass(frozen=True, eq=False)
class Pictures:
    """values (h, w, n) float32; ``low``, ``high`` a number or (n,); ``colours`` (256,) uint32; ``dead`` (n,) bool."""

    values: np.ndarray
    low: np.ndarray | float
    high: np.ndarray | float
    colours: np.ndarray
    dead: np.ndarray | None = None


class MapGrid(Canvas):
    """``clicked`` gives the picture's number and the pixel; ``hovered`` the same, or None when the pointer leaves.

    Large pictures have their number in a corner, small ones above; with ``above`` all have it above, because every
    pixel counts.
    """

    clicked = Signal(int, int, int)
    hovered = Signal(object)  # (number, row, column) or None

    def __init__(
        self, *, smallest: int = 40, above: bool = False, numbers: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setMinimumSize(80, 60)
        self._smallest, self._above, self._numbers = smallest, above, numbers
        self._shape = (0, 1, 1)  # count, height, width
        self._pictures: Pictures | None = None
        self._order = np.arange(0)
        self._chosen: int | None = None
        self._hover: Spot | None = None
        self._layout = GridLayout(1, 1, 1, 1, 1, 1, 0)
        self._ready: tuple[object, QImage] | None = None
        self.names = self.tr("map {0}")
        self.setAccessibleName(self.tr("Maps"))

    # --- what is shown ------------------------------------------------------------------------------------------

    def set_shape(self, count: int, height: int, width: int) -> None:
        """Set how many pictures there are and their size. Lays the grid out again and forgets the pictures."""
        self._pictures = None
        if (count, height, width) != self._shape or len(self._order) != count:
            self._shape = (count, height, width)
            self._order = np.arange(count)
            self._hover = None
            self._lay_out()
        self._forget()

    def set_pictures(self, pictures: Pictures | None) -> None:
        """Set the values to paint, in the shape that was set. Cheap: no new layout."""
        self._pictures = pictures
        self._forget()

    def set_order(self, order: np.ndarray) -> None:
        self._order = order
        self._forget()

    def set_chosen(self, number: int | None) -> None:
        self._chosen = number
        self.viewport().update()

    def show_number(self, number: int) -> None:
        """Scrolls so that the picture is in view."""
        found = np.flatnonzero(self._order == number)
        if not len(found):
            return
        ratio = self.devicePixelRatioF()
        _, y = self._layout.corner(int(found[0]))
        bar = self.verticalScrollBar()
        top, bottom = y / ratio, (y + self._layout.cell_height) / ratio + 2 * RING
        if top < bar.value():
            bar.setValue(int(top))
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(int(bottom) - self.viewport().height() + 1)

    @property
    def grid(self) -> GridLayout:
        return self._layout

    # --- layout -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        super().changeEvent(event)

    def height_at(self, height: int, width: int | None = None) -> int:
        """The height of the pictures, in logical pixels, in a view of this ``height`` (and ``width``)."""
        return round(self._fitted(height, width).total_height / self.devicePixelRatioF()) + 2 * RING

    def _fitted(self, view_height: int, view_width: int | None = None) -> GridLayout:
        count, height, width = self._shape
        ratio = self.devicePixelRatioF()
        bar = self.verticalScrollBar()
        full = view_width or self.viewport().width() + (bar.width() if bar.isVisible() else 0)
        room_height = int((view_height - 2 * RING) * ratio)
        above = round(theme.px(NUMBER_HEIGHT) * ratio) if self._numbers and count > 1 else 0

        def fit(room: int, band: int) -> GridLayout:
            return fit_grid(
                count,
                height,
                width,
                int((room - 2 * RING) * ratio),
                room_height,
                gap=round(2 * RING * ratio),
                smallest=round(self._smallest * ratio),
                band=band,
            )

        def fitted(band: int) -> GridLayout:
            made = fit(full, band)
            return made if made.total_height <= room_height else fit(full - bar.sizeHint().width(), band)  # it scrolls

        made, banded = fitted(0), fitted(above)
        # If the grid would scroll only because of the numbers, they go inside a little earlier.
        scrolls = made.total_height <= room_height < banded.total_height
        inside = min(made.cell_width, made.cell_height) >= (NUMBERED_TIGHT if scrolls else NUMBERED_FROM) * ratio
        return made if inside and not self._above else banded

    def _lay_out(self) -> None:
        self._layout = layout = self._fitted(self.viewport().height())
        ratio = self.devicePixelRatioF()
        bar = self.verticalScrollBar()
        extent = round(layout.total_height / ratio) + 2 * RING
        bar.setRange(0, max(0, extent - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(8, round((layout.cell_height + layout.gap) / ratio)))
        self._forget()

    def _forget(self) -> None:
        self._ready = None
        self.viewport().update()

    # --- painting -----------------------------------------------------------------------------------------------

    def _on_theme(self) -> None:
        self._ready = None  # dead maps have a colour of the theme
        super()._on_theme()

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        positions = self._visible()
        if not len(positions):
            return
        if self._pictures is not None:
            drawn = self._image(positions)
            ratio = drawn.devicePixelRatio()
            top = self._cell(positions.start).top()
            painter.drawImage(QRectF(RING, top, drawn.width() / ratio, drawn.height() / ratio), drawn)
        self._paint_marks(painter, colors, positions)
        if self._pictures is None:
            self.paint_note(painter, colors)

    def _visible(self) -> range:
        """The positions in the grid that are at least partly in view."""
        if not self._shape[0]:
            return range(0)
        ratio, layout = self.devicePixelRatioF(), self._layout
        top = self.verticalScrollBar().value() - RING
        rows = layout.visible_rows(top * ratio, (top + self.viewport().height()) * ratio)
        return range(rows.start * layout.columns, min(rows.stop * layout.columns, layout.count))

    def _image(self, positions: range) -> QImage:
        assert self._pictures is not None
        ratio = self.devicePixelRatioF()
        key = (self._pictures, positions, self._layout, ratio)
        if self._ready is not None and self._ready[0] == key:
            return self._ready[1]
        shown = self._pictures
        numbers = self._order[positions.start : positions.stop]
        values = reduced(shown.values[:, :, numbers], self._layout.reduce)
        low = shown.low[numbers] if isinstance(shown.low, np.ndarray) else shown.low
        high = shown.high[numbers] if isinstance(shown.high, np.ndarray) else shown.high
        pixels = coloured(values, low, high, shown.colours).transpose(2, 0, 1)
        if shown.dead is not None:
            pixels[shown.dead[numbers]] = argb(theme.now().color("hover"))
        made = image(montage(pixels, self._layout, background=0), ratio)
        self._ready = (key, made)
        return made

    def _cell(self, position: int) -> QRectF:
        """The rectangle of the picture at ``position``, in the viewport's coordinates."""
        ratio = self.devicePixelRatioF()
        x, y = self._layout.corner(position)
        width, height = self._layout.cell_width / ratio, self._layout.cell_height / ratio
        return QRectF(RING + x / ratio, RING + y / ratio - self.verticalScrollBar().value(), width, height)

    def _paint_marks(self, painter: QPainter, colors: theme.Palette, positions: range) -> None:
        """Numbers and frames, from a cache: they stay the same while the pictures change."""
        numbers = self._order[positions.start : positions.stop]
        dead = self._pictures.dead[numbers] if self._pictures is not None and self._pictures.dead is not None else None
        blank = self._pictures is None
        shift = self.verticalScrollBar().value()
        key = (self._layout, positions, shift, numbers.tobytes(), blank, None if dead is None else dead.tobytes())

        def paint(inner: QPainter) -> None:
            for place, (position, number) in enumerate(zip(positions, numbers.tolist(), strict=True)):
                is_dead = dead is not None and bool(dead[place])
                self._paint_place(inner, colors, self._cell(position), number, dead=is_dead, blank=blank)

        self.paint_cached(painter, key, paint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hover is not None:
            painter.setPen(QPen(colors.color("quiet"), 1))
            painter.drawRect(self._cell(self._hover.position).adjusted(-2, -2, 2, 2))
        if self._chosen is not None and self._chosen in numbers:
            painter.setPen(QPen(colors.color("accent"), 2))
            painter.drawRect(self._cell(int(np.flatnonzero(self._order == self._chosen)[0])).adjusted(-2, -2, 2, 2))

    def _paint_place(
        self, painter: QPainter, colors: theme.Palette, cell: QRectF, number: int, *, dead: bool, blank: bool
    ) -> None:
        if blank:
            painter.fillRect(cell, colors.color("hover"))
        if dead:
            painter.setPen(QPen(colors.color("quiet"), 1))
            painter.drawLine(cell.bottomLeft(), cell.topRight())
        if self._layout.band:
            painter.setFont(theme.font(9, tabular=True))
            painter.setPen(colors.color("quiet"))
            # Not cut to the picture's size: a kernel of 1 x 7 is lower than its number, one of 7 x 1 narrower.
            place = cell.translated(0, -theme.px(NUMBER_HEIGHT))
            painter.drawText(place, Qt.TextFlag.TextDontClip, str(number))
        elif self._numbers and not self._above:
            self._paint_number(painter, colors, cell, number, on_ground=dead or blank)

    def _paint_number(
        self, painter: QPainter, colors: theme.Palette, cell: QRectF, number: int, *, on_ground: bool
    ) -> None:
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        text = str(number)
        metrics = painter.fontMetrics()
        chip = QRectF(cell.left(), cell.top(), metrics.horizontalAdvance(text) + 6, metrics.height() + 1)
        if on_ground:
            painter.setPen(colors.color("quiet"))
        else:
            painter.fillRect(chip, QColor(theme.SHADE))
            painter.setPen(QColor(theme.ON_DATA))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    # --- pointer and keys ---------------------------------------------------------------------------------------

    def spot_at(self, point: QPoint) -> Spot | None:
        """The picture and pixel at a point of the viewport."""
        ratio = self.devicePixelRatioF()
        y = point.y() + self.verticalScrollBar().value() - RING
        return self._layout.at((point.x() - RING) * ratio, y * ratio) if self._shape[0] else None

    def point_at(self, point: QPoint | None) -> None:
        self._set_hover(self.spot_at(point) if point is not None else None)

    def tip_at(self, point: QPoint) -> str:
        spot = self.spot_at(point)
        return self._words(spot) if spot else ""

    def _words(self, spot: Spot) -> str:
        number = int(self._order[spot.position])
        name = self.names.format(number)
        if self._pictures is None:
            return name
        if self._pictures.dead is not None and self._pictures.dead[number]:
            return self.tr("{0}: dead, every value is zero for this drawing").format(name)
        value = float(self._pictures.values[spot.row, spot.column, number])
        return self.tr("{0}, row {1}, column {2}: {3:.3f}").format(name, spot.row, spot.column, value)

    def _set_hover(self, spot: Spot | None) -> None:
        if spot == self._hover:
            return
        self._hover = spot
        self.set_pointing(spot is not None)
        self.hovered.emit((int(self._order[spot.position]), spot.row, spot.column) if spot else None)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and spot is not None:
            self.clicked.emit(int(self._order[spot.position]), spot.row, spot.column)
