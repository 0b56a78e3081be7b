"""The network's probabilities as bars with class names; the largest is marked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.paint.canvas import Canvas
from gui.widgets.eliding import room_for

ROW, HIGHEST_ROW = 24, 34


class ProbabilityBars(Canvas):
    """Rows of label, bar and per cent, by class or most probable first. ``clicked`` gives the class's number."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Classes"))
        self._labels: tuple[str, ...] = ()
        self._values: np.ndarray | None = None
        self._order = np.arange(0)
        self._chosen: int | None = None
        self._hover: int | None = None

    def set_labels(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._values = None
        self._order = np.arange(len(labels))
        self._hover = None
        self._lay_out()

    def set_values(self, values: np.ndarray | None) -> None:
        """(classes,) float32 probabilities."""
        self._values = values
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
            top = int(found[0]) * self._row
            bar = self.verticalScrollBar()
            bar.setValue(min(max(bar.value(), top + self._row - self.viewport().height()), top))

    @property
    def _row(self) -> int:
        """The height of a row, larger if there is room."""
        return min(max(ROW, (self.viewport().height() - ROW) // max(len(self._labels), 1)), HIGHEST_ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._row * len(self._labels) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._row)
        self.viewport().update()

    def names_room(self) -> int:
        """Pixels of the names: the class that wins is written bold."""
        bold = QFontMetrics(theme.font(bold=True, tabular=True))
        return min(room_for(self._labels, bold), self.viewport().width() // 3)

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        if not self._labels:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(tabular=True))
        metrics = painter.fontMetrics()
        name_room = self.names_room()
        value_room = metrics.horizontalAdvance("100.0 %")
        winner = int(self._values.argmax()) if self._values is not None else -1
        row, top = self._row, self.verticalScrollBar().value()
        last = min(len(self._labels), (top + self.viewport().height()) // row + 1)
        for position in range(top // row, last):
            place = QRectF(0, position * row - top, self.viewport().width(), row)
            self._paint_row(painter, place, position, name_room, value_room, winner)
        if self._values is None:
            self.paint_note(painter, colors)

    def _paint_row(
        self, painter: QPainter, place: QRectF, position: int, name_room: int, value_room: int, winner: int
    ) -> None:
        colors = theme.now()
        number = int(self._order[position])
        wins = number == winner
        if number == self._chosen or position == self._hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("accent_soft" if number == self._chosen else "hover"))
            painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        inner = place.adjusted(theme.GAP, 0, -theme.GAP, 0)
        painter.setFont(theme.font(bold=wins, tabular=True))
        painter.setPen(colors.color("text" if wins else "quiet"))
        name = painter.fontMetrics().elidedText(self._labels[number], Qt.TextElideMode.ElideRight, name_room)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(inner.left(), inner.top(), name_room + 4, inner.height()), middle, name)
        left = inner.left() + name_room + theme.INSET
        track = QRectF(left, inner.center().y() - 4, inner.right() - value_room - theme.GUTTER - left, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(track, 4, 4)
        if self._values is None:
            return
        share = min(max(float(self._values[number]), 0.0), 1.0)
        if share > 0.002:
            painter.setBrush(colors.color("accent" if wins else "quiet"))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), max(track.width() * share, 3), 8), 3.9, 3.9)
        painter.setPen(QPen(colors.color("text" if wins else "quiet")))
        painter.drawText(inner, middle | int(Qt.AlignmentFlag.AlignRight), f"{100 * share:.1f} %")

    def position_at(self, point: QPoint) -> int | None:
        position = (point.y() + self.verticalScrollBar().value()) // self._row
        return position if 0 <= position < len(self._labels) else None

    def point_at(self, point: QPoint | None) -> None:
        position = self.position_at(point) if point is not None else None
        if position != self._hover:
            self._hover = position
            self.set_pointing(position is not None)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = self.position_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and position is not None:
            self.clicked.emit(int(self._order[position]))
