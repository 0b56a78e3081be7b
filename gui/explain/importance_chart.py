"""The importance of each channel for each class: a table of colours with class names and channel numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.paint.pixels import coloured
from gui.widgets.eliding import room_for

WIDEST, HIGHEST = 34, 26  # of a cell
NAMES = 64  # greatest width of the class names at the left


class ImportanceChart(QWidget):
    """``hovered`` gives (class, channel) or None; ``clicked`` the channel."""

    hovered = Signal(object)
    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros((0, 0), np.float32)
        self._pixels = np.zeros((0, 0), np.uint32)
        self._labels: tuple[str, ...] = ()
        self._spot: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Importance of each channel for each class"))
        theme.theme.changed.connect(self.update)

    def set_values(self, values: np.ndarray, labels: Sequence[str], largest: float, table: np.ndarray) -> None:
        """(classes, channels) float32; the colours of ``table`` go from -``largest`` to ``largest``."""
        self._values, self._labels = values, tuple(labels)
        self._pixels = coloured(values, -largest, largest, table)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(180))

    def _grid(self) -> tuple[QRectF, float, float]:
        """The rectangle of the cells, and the width and height of one."""
        px, (rows, columns) = theme.px, self._values.shape
        metrics = self.fontMetrics()
        names = min(room_for(self._labels, metrics), px(NAMES)) + px(8)
        foot = px(16)
        width = min(px(WIDEST), (self.width() - names) / max(1, columns))
        height = min(px(HIGHEST), (self.height() - foot) / max(1, rows))
        return QRectF(names, 0, width * columns, height * rows), width, height

    def paintEvent(self, event: QPaintEvent) -> None:
        rows, columns = self._values.shape
        if not rows or not columns:
            return
        painter, colors = QPainter(self), theme.now()
        area, width, height = self._grid()
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        metrics = painter.fontMetrics()
        gap = 1 if width > 5 and height > 5 else 0
        for row in range(rows):
            for column in range(columns):
                cell = QRectF(area.left() + column * width, row * height, width - gap, height - gap)
                painter.fillRect(cell, QColor.fromRgba(int(self._pixels[row, column])))
        painter.setPen(colors.color("text"))
        every = max(1, int(np.ceil(metrics.height() / max(height, 1))))
        for row in range(0, rows, every):
            name = metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideRight, int(area.left()) - 6)
            box = QRectF(0, row * height, area.left() - 6, max(height, metrics.height()))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), name)
        painter.setPen(colors.color("quiet"))
        every = max(1, int(np.ceil(metrics.horizontalAdvance(f"{columns} ") / max(width, 1))))
        for column in range(0, columns, every):
            box = QRectF(area.left() + column * width - 20, area.bottom() + 1, width + 40, metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), str(column))
        if self._spot is not None:
            row, column = self._spot
            painter.setPen(QPen(colors.color("text"), 1.5))
            painter.drawRect(QRectF(area.left() + column * width, row * height, width - gap, height - gap))

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """(class, channel) under a point of the widget."""
        area, width, height = self._grid()
        if not area.contains(point) or not self._values.size:
            return None
        rows, columns = self._values.shape
        return min(int(point.y() / height), rows - 1), min(int((point.x() - area.left()) / width), columns - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_spot(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_spot(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (spot := self.cell_at(event.position())) is not None:
            self.clicked.emit(spot[1])

    def _set_spot(self, spot: tuple[int, int] | None) -> None:
        if spot != self._spot:
            self._spot = spot
            self.setCursor(Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(spot)
            self.update()
