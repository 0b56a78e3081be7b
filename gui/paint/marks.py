"""Frames around cells and pictures: a plain one, and one that is visible on any colour of data."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui import theme


def draw_frame(painter: QPainter, place: QRectF, role: str, width: int = 1) -> None:
    """``role`` names a colour of the theme; ``width`` is in logical pixels."""
    painter.setPen(QPen(theme.now().color(role), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def draw_mark(painter: QPainter, place: QRectF) -> None:
    """A bright line on a black one, so that it is seen on dark and on light data."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(theme.UNDER_MARK), 4), (theme.DARK.color("second"), 2)):
        painter.setPen(QPen(color, width))
        painter.drawRect(place)
