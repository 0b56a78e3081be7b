"""The cursors of the pad: a ring as wide as the pen, and an eraser; both visible on light and dark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

from gui.icons import pixmap

INNER, OUTER = "#ffffff", "#3a4149"


def pen_cursor(diameter: float, ratio: float) -> QCursor:
    """A ring of ``diameter`` logical pixels with a dot in the middle, drawn in a light and a dark colour."""
    side = round(diameter) + 6
    canvas = _blank(side, ratio)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(side / 2, side / 2)
    painter.setPen(QPen(QColor(INNER), 1.2))
    painter.drawEllipse(middle, diameter / 2 + 1, diameter / 2 + 1)
    painter.setPen(QPen(QColor(OUTER), 1.2))
    painter.drawEllipse(middle, diameter / 2, diameter / 2)
    painter.setPen(QPen(QColor(INNER), 1))
    painter.setBrush(QColor(OUTER))
    painter.drawEllipse(middle, 1.5, 1.5)
    painter.end()
    return QCursor(canvas, side // 2, side // 2)


def eraser_cursor(ratio: float) -> QCursor:
    """The eraser icon with a light edge; the hot spot is its lower left corner."""
    side = 24
    canvas = _blank(side, ratio)
    painter = QPainter(canvas)
    light, dark = pixmap("eraser", INNER, 20, ratio), pixmap("eraser", OUTER, 20, ratio)
    for x, y in ((1, 2), (3, 2), (2, 1), (2, 3)):
        painter.drawPixmap(x, y, light)
    painter.drawPixmap(2, 2, dark)
    painter.end()
    return QCursor(canvas, 8, 20)


def _blank(side: int, ratio: float) -> QPixmap:
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made
