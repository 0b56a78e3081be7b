"""The line under a chart's heading: names and marks, or the values under the pointer, each in its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

WIDTHS = {"": 0, "line": 18, "points": 18, "ring": 14, "dot": 10, "triangle": 12}
FEWEST = 8  # fewest letters of a shortened text: fewer are meaningless, such as "on t…"


@dataclass(frozen=True)
class Entry:
    """``mark``: line, points, ring, dot, triangle or none. ``color``: any that Qt reads."""

    mark: str
    color: str
    words: str


class Legend(QWidget):
    """Draws its entries side by side; those that do not fit are left out at the end and are listed in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.theme.changed.connect(self.update)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        if entries != self.entries:
            self.entries = entries
            self.setAccessibleName(self.text())
            self.update()

    def text(self) -> str:
        return ", ".join(entry.words for entry in self.entries)

    def sizeHint(self) -> QSize:
        return QSize(100, theme.px(theme.SMALL + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_entries(painter, QRectF(self.rect()), self.entries)


def draw_entries(painter: QPainter, area: QRectF, entries: Sequence[Entry]) -> None:
    """Draw marks and words from the left of ``area``, vertically centred."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(theme.SMALL, tabular=True))
    metrics = painter.fontMetrics()
    x, y = area.left(), area.center().y()
    for entry in entries:
        room = area.right() - x - WIDTHS[entry.mark] - theme.TIGHT
        words = metrics.elidedText(entry.words, Qt.TextElideMode.ElideRight, max(0, int(room)))
        if words != entry.words and len(words) < FEWEST:
            return
        _draw_mark(painter, QPointF(x, y), entry)
        x += WIDTHS[entry.mark] + (theme.TIGHT if entry.mark else 0)
        painter.setPen(theme.now().color("quiet"))
        painter.drawText(QRectF(x, area.top(), room, area.height()), Qt.AlignmentFlag.AlignVCenter, words)
        x += metrics.horizontalAdvance(words) + theme.INSET


def _draw_mark(painter: QPainter, at: QPointF, entry: Entry) -> None:
    color, width = QColor(entry.color), WIDTHS[entry.mark]
    middle = QPointF(at.x() + width / 2, at.y())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if entry.mark in ("line", "points"):
        pen = QPen(color, 2 if entry.mark == "line" else 1)
        if entry.mark == "points":
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(at, QPointF(at.x() + width, at.y()))
    if entry.mark == "ring":
        painter.setPen(QPen(color, 1.5))
        painter.drawEllipse(middle, 5, 5)
    if entry.mark == "triangle":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon([middle + QPointF(0, -4.5), middle + QPointF(-5, 4), middle + QPointF(5, 4)])
    if entry.mark in ("points", "dot"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(middle, 3.5, 3.5)
