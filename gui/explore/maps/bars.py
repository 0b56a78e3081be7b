"""Dense layers as bars above or below the zero line, by number or sorted. Paints only the bars in view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.explore.maps.bar_layout import BarLayout, fit_bars
from gui.paint.canvas import Canvas
from gui.paint.pixels import argb, image

EDGE = 3


class UnitBars(Canvas):
    """``clicked`` gives the unit's number."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(80, 60)
        self.setAccessibleName(self.tr("Units"))
        self._count = 0
        self._values: np.ndarray | None = None
        self._low, self._high = 0.0, 1.0
        self._order = np.arange(0)
        self._chosen: int | None = None
        self._hover: int | None = None  # a position in the row
        self._layout = BarLayout(1, 1, 1, 1, 1, 0)
        self._left = EDGE  # x where the bars begin, right of the numbers

    def set_count(self, count: int) -> None:
        self._values = None
        self._count = count
        self._order = np.arange(count)
        self._hover = None
        self._lay_out()

    def set_values(self, values: np.ndarray | None, low: float, high: float) -> None:
        """(units,) float32, and the range of the scale, which is extended to include zero."""
        self._values = values
        self._low, self._high = min(low, 0.0), max(high, 0.0)
        self.viewport().update()

    def set_order(self, order: np.ndarray) -> None:
        self._order = order
        self.viewport().update()

    def set_chosen(self, number: int | None) -> None:
        self._chosen = number
        self.viewport().update()

    def show_number(self, number: int) -> None:
        found = np.flatnonzero(self._order == number)
        if len(found):
            ratio = self.devicePixelRatioF()
            _, y = self._layout.corner(int(found[0]))
            bar = self.verticalScrollBar()
            top, bottom = int(y / ratio), int((y + self._layout.row_height) / ratio) + 2 * EDGE
            bar.setValue(min(max(bar.value(), bottom - self.viewport().height()), top))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        ratio = self.devicePixelRatioF()
        bar = self.verticalScrollBar()
        full = self.viewport().width() + (bar.width() if bar.isVisible() else 0)
        height = int((self.viewport().height() - 2 * EDGE) * ratio)

        def fitted(room: float) -> BarLayout:
            return fit_bars(
                self._count,
                int(room * ratio),
                height,
                row_gap=round(theme.INSET * ratio),
                widest=round(24 * ratio),
                narrowest=round(3 * ratio),
                lowest=round(64 * ratio),
            )

        numbers = QFontMetrics(theme.font(theme.SMALL, tabular=True)).horizontalAdvance(str(max(self._count - 1, 0)))
        self._left = EDGE + numbers + theme.TIGHT
        room = full - self._left - EDGE
        layout = fitted(room)
        if layout.total_height > height:
            layout = fitted(room - bar.sizeHint().width())
        self._layout = layout
        extent = round(layout.total_height / ratio) + 2 * EDGE
        bar.setRange(0, max(0, extent - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(8, round(layout.row_height / ratio / 2)))
        self.viewport().update()

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        if not self._count:
            return
        ratio, layout, top = self.devicePixelRatioF(), self._layout, self.verticalScrollBar().value()
        rows = layout.visible_rows((top - EDGE) * ratio, (top - EDGE + self.viewport().height()) * ratio)
        for row in rows:
            y = EDGE + layout.corner(row * layout.per_row)[1] / ratio - top
            self._paint_row(painter, colors, row, y, ratio)
        if self._values is None:
            self.paint_note(painter, colors)

    def _paint_row(self, painter: QPainter, colors: theme.Palette, row: int, y: float, ratio: float) -> None:
        layout = self._layout
        numbers = self._order[row * layout.per_row : (row + 1) * layout.per_row]
        span = max(self._high - self._low, 1e-12)
        zero = round(layout.row_height * self._high / span)  # device pixels from the row's top down to zero
        if self._values is not None:
            pixels = self._row_pixels(colors, row, numbers, zero, span)
            drawn = image(pixels, ratio)
            painter.drawImage(QRectF(self._left, y, drawn.width() / ratio, drawn.height() / ratio), drawn)
        painter.setPen(QPen(colors.color("line"), 1))
        width = (len(numbers) * (layout.width + layout.gap) - layout.gap) / ratio
        line = y + min(zero, layout.row_height - 1) / ratio
        painter.drawLine(int(self._left), int(line), int(self._left + width), int(line))
        if self._in_place():
            painter.setFont(theme.font(theme.SMALL, tabular=True))
            painter.setPen(colors.color("quiet"))
            place = QRectF(0, y, self._left - theme.TIGHT, layout.row_height / ratio)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(numbers[0]))

    def _in_place(self) -> bool:
        """Whether the bars are in order of their numbers; then each row shows the number of its first bar."""
        return bool((self._order == np.arange(self._count)).all())

    def _row_pixels(self, colors: theme.Palette, row: int, numbers: np.ndarray, zero: int, span: float) -> np.ndarray:
        """One row of bars, (row height, width) uint32. All bars are computed in one comparison, not by one call
        each.
        """
        assert self._values is not None
        layout = self._layout
        values = np.nan_to_num(self._values[numbers])
        ends = np.clip(np.round((self._high - values) * layout.row_height / span), 0, layout.row_height)  # (n,)
        heights = np.arange(layout.row_height)[:, None]
        filled = (heights >= np.minimum(ends, zero)) & (heights < np.maximum(ends, zero))  # (row height, n)
        paint = np.full(len(numbers), argb(colors.color("quiet")), np.uint32)
        if self._hover is not None and 0 <= self._hover - row * layout.per_row < len(numbers):
            paint[self._hover - row * layout.per_row] = argb(colors.color("text"))
        paint[numbers == self._chosen] = argb(colors.color("accent"))
        clear = np.zeros(len(numbers), np.uint32)
        clear[numbers == self._chosen] = argb(colors.color("accent_soft"))
        columns = np.where(filled, paint, clear)
        step = layout.width + layout.gap
        pixels = np.zeros((layout.row_height, len(numbers), step), np.uint32)
        pixels[:, :, : layout.width] = columns[:, :, None]
        return pixels.reshape(layout.row_height, -1)

    def position_at(self, point: QPoint) -> int | None:
        ratio = self.devicePixelRatioF()
        y = point.y() + self.verticalScrollBar().value() - EDGE
        return self._layout.at((point.x() - self._left) * ratio, y * ratio) if self._count else None

    def point_at(self, point: QPoint | None) -> None:
        position = self.position_at(point) if point is not None else None
        if position != self._hover:
            self._hover = position
            self.set_pointing(position is not None)
            self.viewport().update()

    def tip_at(self, point: QPoint) -> str:
        position = self.position_at(point)
        return "" if position is None else self._words(position)

    def _words(self, position: int) -> str:
        number = int(self._order[position])
        if self._values is None:
            return self.tr("unit {0}").format(number)
        return self.tr("unit {0}: {1:.3f}").format(number, float(self._values[number]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = self.position_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and position is not None:
            self.clicked.emit(int(self._order[position]))
