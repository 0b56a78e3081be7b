"""Many small pictures of one size as a grid: the maps of a layer, or the kernels of a map. Paints what is in view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from gui import theme
from gui.explore.compose import argb, image, levels, montage, reduced
from gui.explore.grid_layout import GridLayout, Spot, fit_grid

RING = 3  # logical pixels around a picture for the ring of the chosen one
NUMBER_HEIGHT = 12
NUMBERED_FROM = 26  # a picture narrower than this has no room for its number


@dataclass(frozen=True, eq=False)
class Pictures:
    """values (h, w, n) float32; ``low``, ``high`` a number or (n,); ``colours`` (256,) uint32; ``dead`` (n,) bool."""

    values: np.ndarray
    low: np.ndarray | float
    high: np.ndarray | float
    colours: np.ndarray
    dead: np.ndarray | None = None


class MapGrid(QAbstractScrollArea):
    """``clicked`` gives the picture's number and the pixel; ``hovered`` the same or None when the pointer leaves.

    Numbers stand in the corner of the pictures, or with ``above`` over them, where every pixel counts.
    """

    clicked = Signal(int, int, int)
    hovered = Signal(object)  # (number, row, column) or None

    def __init__(self, *, smallest: int = 40, above: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setProperty("look", "bare")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumSize(80, 60)
        self._smallest, self._above = smallest, above
        self._shape = (0, 1, 1)  # count, height, width
        self._pictures: Pictures | None = None
        self._order = np.arange(0)
        self._chosen: int | None = None
        self._hover: Spot | None = None
        self._layout = GridLayout(1, 1, 1, 1, 1, 1, 0)
        self._ready: tuple[object, QImage] | None = None
        self.note = ""  # a sentence over the places of the pictures while there are none
        self.names = self.tr("map {0}")
        theme.theme.changed.connect(self._forget)

    # --- what is shown ------------------------------------------------------------------------------------------

    def set_shape(self, count: int, height: int, width: int) -> None:
        """How many pictures and how large: lays the grid out anew and forgets the pictures."""
        self._pictures = None
        if (count, height, width) != self._shape or len(self._order) != count:
            self._shape = (count, height, width)
            self._order = np.arange(count)
            self._hover = None
            self._lay_out()
        self._forget()

    def set_pictures(self, pictures: Pictures | None) -> None:
        """The values to paint, in the shape that was set. Cheap: lays nothing out."""
        self._pictures = pictures
        self._forget()

    def set_order(self, order: np.ndarray) -> None:
        self._order = order
        self._forget()

    def set_chosen(self, number: int | None) -> None:
        self._chosen = number
        self.viewport().update()

    def set_note(self, note: str) -> None:
        if note != self.note:
            self.note = note
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

    def _lay_out(self) -> None:
        count, height, width = self._shape
        ratio = self.devicePixelRatioF()
        full = self.viewport().width() + (
            self.verticalScrollBar().width() if self.verticalScrollBar().isVisible() else 0
        )
        view_height = int((self.viewport().height() - 2 * RING) * ratio)
        gap = round(2 * RING * ratio)
        smallest = round(self._smallest * ratio)
        room = int((full - 2 * RING) * ratio)
        band = round(NUMBER_HEIGHT * ratio) if self._above and count > 1 else 0
        layout = fit_grid(count, height, width, room, view_height, gap=gap, smallest=smallest, band=band)
        if layout.total_height > view_height:  # it scrolls: the bar takes its width
            room = int((full - 2 * RING - self.verticalScrollBar().sizeHint().width()) * ratio)
            layout = fit_grid(count, height, width, room, view_height, gap=gap, smallest=smallest, band=band)
        self._layout = layout
        extent = round(layout.total_height / ratio) + 2 * RING
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, extent - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(8, round((layout.cell_height + layout.gap) / ratio)))
        self._ready = None
        self.viewport().update()

    def _forget(self) -> None:
        self._ready = None
        self.viewport().update()

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        colors = theme.now()
        if not self._shape[0]:
            return
        ratio = self.devicePixelRatioF()
        layout, top = self._layout, self.verticalScrollBar().value()
        rows = layout.visible_rows((top - RING) * ratio, (top - RING + self.viewport().height()) * ratio)
        first = rows.start * layout.columns
        positions = range(first, min(rows.stop * layout.columns, layout.count))
        if not len(positions):
            return
        origin_y = RING + layout.corner(first)[1] / ratio - top
        numbers = self._order[positions.start : positions.stop]
        if self._pictures is not None:
            painter.drawImage(QRectF(RING, origin_y, *self._size_of(image_ := self._image(positions))), image_)
        for position, number in zip(positions, numbers.tolist(), strict=True):
            self._paint_marks(painter, colors, self._cell(position), int(number), position)
        if self.note and self._pictures is None:
            self._paint_note(painter, colors)

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
        pixels = shown.colours[levels(values, low, high).transpose(2, 0, 1)]
        if shown.dead is not None:
            pixels[shown.dead[numbers]] = argb(theme.now().color("hover"))
        made = image(montage(pixels, self._layout, background=0), ratio)
        self._ready = (key, made)
        return made

    @staticmethod
    def _size_of(picture: QImage) -> tuple[float, float]:
        ratio = picture.devicePixelRatio()
        return picture.width() / ratio, picture.height() / ratio

    def _cell(self, position: int) -> QRectF:
        """The place of the picture at ``position`` in the viewport's coordinates."""
        ratio = self.devicePixelRatioF()
        x, y = self._layout.corner(position)
        width, height = self._layout.cell_width / ratio, self._layout.cell_height / ratio
        return QRectF(RING + x / ratio, RING + y / ratio - self.verticalScrollBar().value(), width, height)

    def _paint_marks(self, painter: QPainter, colors: theme.Palette, cell: QRectF, number: int, position: int) -> None:
        dead = self._pictures is not None and self._pictures.dead is not None and bool(self._pictures.dead[number])
        if self._pictures is None:
            painter.fillRect(cell, colors.color("hover"))
        if dead:
            painter.setPen(QPen(colors.color("quiet"), 1))
            painter.drawLine(cell.bottomLeft(), cell.topRight())
        if self._layout.band:
            painter.setFont(theme.font(9, tabular=True))
            painter.setPen(colors.color("quiet"))
            painter.drawText(cell.translated(0, -NUMBER_HEIGHT), 0, str(number))
        elif not self._above and cell.width() >= NUMBERED_FROM:
            self._paint_number(painter, colors, cell, number, on_ground=dead or self._pictures is None)
        if number == self._chosen:
            ring, width = colors.color("accent"), 2
        elif self._hover is not None and self._hover.position == position:
            ring, width = colors.color("quiet"), 1
        else:
            return
        painter.setPen(QPen(ring, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.adjusted(-2, -2, 2, 2))

    def _paint_number(
        self, painter: QPainter, colors: theme.Palette, cell: QRectF, number: int, *, on_ground: bool
    ) -> None:
        small = cell.width() < 48
        painter.setFont(theme.font(9 if small else theme.SMALL, tabular=True))
        text = str(number)
        metrics = painter.fontMetrics()
        chip = QRectF(cell.left(), cell.top(), metrics.horizontalAdvance(text) + 6, metrics.height() + 1)
        if on_ground:
            painter.setPen(colors.color("quiet"))
        else:
            painter.fillRect(chip, QColor(0, 0, 0, 130))
            painter.setPen(QColor(255, 255, 255))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_note(self, painter: QPainter, colors: theme.Palette) -> None:
        painter.setFont(theme.font())
        room = self.viewport().rect().adjusted(theme.GUTTER, theme.GUTTER, -theme.GUTTER, -theme.GUTTER)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        box = QRectF(painter.boundingRect(room, flags, self.note)).adjusted(-12, -8, 12, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("line"), 1))
        painter.setBrush(colors.color("panel"))
        painter.drawRoundedRect(box, theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)
        painter.setPen(colors.color("text"))
        painter.drawText(box, flags, self.note)

    # --- pointer and keys ---------------------------------------------------------------------------------------

    def spot_at(self, point: QPoint) -> Spot | None:
        """What lies under a point of the viewport."""
        ratio = self.devicePixelRatioF()
        y = point.y() + self.verticalScrollBar().value() - RING
        return self._layout.at((point.x() - RING) * ratio, y * ratio) if self._shape[0] else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.spot_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._set_hover(None)
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self.spot_at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(spot) if spot else "", self.viewport())
            return True
        return super().viewportEvent(event)

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
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor)
        self.hovered.emit((int(self._order[spot.position]), spot.row, spot.column) if spot else None)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and spot is not None:
            self.clicked.emit(int(self._order[spot.position]), spot.row, spot.column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows walk maps and layers; the workspace has the keys
