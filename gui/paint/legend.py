"""The line under a chart's heading: names and marks, or the values under the pointer, each in its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.widgets.eliding import elided_where_they_differ

WIDTHS = {"": 0, "line": 18, "points": 18, "ring": 14, "dot": 10, "triangle": 12}
FEWEST = 8  # fewest letters of a shortened text: fewer are meaningless, such as "on t…"


@dataclass(frozen=True)
class Entry:
    """``mark``: line, points, ring, dot, triangle or none. ``color``: any that Qt reads."""

    mark: str
    color: str
    words: str


class Legend(QWidget):
    """Draws its entries side by side; those that do not fit are left out at the end and are listed in the tooltip.

    Names, which have a dot, share the room and are shortened where they differ.
    """

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
    for entry in shortened(entries, metrics, area.width()):
        room = area.right() - x - WIDTHS[entry.mark] - theme.TIGHT
        words = metrics.elidedText(entry.words, Qt.TextElideMode.ElideRight, max(0, int(room)))
        if words != entry.words and len(words) < FEWEST:
            return
        _draw_mark(painter, QPointF(x, y), entry)
        x += WIDTHS[entry.mark] + (theme.TIGHT if entry.mark else 0)
        painter.setPen(theme.now().color("quiet"))
        painter.drawText(QRectF(x, area.top(), room, area.height()), Qt.AlignmentFlag.AlignVCenter, words)
        x += metrics.horizontalAdvance(words) + theme.INSET


def shortened(entries: Sequence[Entry], metrics: QFontMetrics, width: float) -> Sequence[Entry]:
    """The entries, the names of runs among them so short that all have room in ``width`` pixels and are told apart."""
    names = [entry.words for entry in entries if entry.mark == "dot"]
    between = sum(WIDTHS[entry.mark] + (theme.TIGHT if entry.mark else 0) for entry in entries)
    between += theme.INSET * (len(entries) - 1) + theme.TIGHT
    others = sum(metrics.horizontalAdvance(entry.words) for entry in entries if entry.mark != "dot")
    room = width - between - others
    needed = sorted(metrics.horizontalAdvance(name) for name in names)
    if len(set(names)) < 2 or sum(needed) <= room:
        return entries
    share = 0.0
    for number, wanted in enumerate(needed):  # what short names leave over is shared by the long ones
        share = room / (len(needed) - number)
        if wanted > share:
            break
        room -= wanted
    if share < metrics.averageCharWidth() * FEWEST:
        return entries
    return [
        replace(entry, words=elided_where_they_differ(entry.words, names, metrics, int(share)))
        if entry.mark == "dot"
        else entry
        for entry in entries
    ]


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
