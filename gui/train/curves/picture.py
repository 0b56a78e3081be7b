"""The curves as a picture for a slide: title, colours and both charts, drawn at twice the size of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from gui import theme
from gui.paint.legend import Entry, draw_entries

if TYPE_CHECKING:
    from gui.paint.chart import Chart

SCALE = 2
SIZE = QSize(620, 380)  # of a chart
LINE = 22  # height of a line of words


def curves_picture(titles: list[tuple[str, str]], charts: list[tuple[str, Chart]], legend: Sequence[Entry]) -> QImage:
    """titles: (run, colour), the one in focus first. charts: (heading, chart), side by side."""
    colors = theme.now()
    width = len(charts) * (SIZE.width() + theme.GUTTER) + theme.GUTTER
    top = theme.GUTTER + LINE * (len(titles) + 1) + theme.GAP
    height = top + LINE + SIZE.height() + theme.GUTTER
    image = QImage(width * SCALE, height * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(colors.color("panel"))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    y = float(theme.GUTTER)
    for number, (title, color) in enumerate(titles):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.QColor(color))
        painter.drawEllipse(QPointF(theme.GUTTER + 5, y + LINE / 2), 5, 5)
        painter.setPen(colors.color("text"))
        painter.setFont(theme.font(bold=number == 0))
        painter.drawText(QRectF(theme.GUTTER + 20, y, width, LINE), Qt.AlignmentFlag.AlignVCenter, title)
        y += LINE
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_entries(painter, QRectF(theme.GUTTER, y, width - 2 * theme.GUTTER, LINE), legend)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x = theme.GUTTER
    for heading, chart in charts:
        painter.setPen(colors.color("quiet"))
        painter.setFont(theme.heading_font())
        painter.drawText(QRectF(x, top, SIZE.width(), LINE), Qt.AlignmentFlag.AlignVCenter, heading)
        copy = chart.copy(SIZE.width(), SIZE.height(), SCALE)
        source = copy.mapToScene(copy.viewport().rect()).boundingRect()
        copy.scene().render(painter, QRectF(x, top + LINE, SIZE.width(), SIZE.height()), source)
        copy.hide()  # not pyqtgraph's own close(): it destroys the scene while Qt still uses it
        copy.deleteLater()
        x += SIZE.width() + theme.GUTTER
    painter.end()
    return image
