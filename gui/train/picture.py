"""The curves as a picture for a slide: title, colours and both charts, drawn at twice the size of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from gui import theme
from gui.train.legend import Entry, draw_entries

if TYPE_CHECKING:
    from gui.train.chart import Chart

SCALE = 2
LINE = 22  # height of a line of words


def curves_picture(titles: list[tuple[str, str]], charts: list[tuple[str, Chart]], legend: Sequence[Entry]) -> QImage:
    """titles: (run, colour), the one in focus first. charts: (heading, chart), side by side."""
    colors = theme.now()
    sizes = [chart.size() for _, chart in charts]
    width = sum(size.width() for size in sizes) + theme.GUTTER * (len(sizes) + 1)
    top = theme.GUTTER + LINE * (len(titles) + 1) + theme.GAP
    height = top + LINE + max(size.height() for size in sizes) + theme.GUTTER
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
    for (heading, chart), size in zip(charts, sizes, strict=True):
        painter.setPen(colors.color("quiet"))
        painter.setFont(theme.heading_font())
        painter.drawText(QRectF(x, top, size.width(), LINE), Qt.AlignmentFlag.AlignVCenter, heading)
        target = QRectF(x, top + LINE, size.width(), size.height())
        chart.scene().render(painter, target, chart.mapToScene(chart.viewport().rect()).boundingRect())
        x += size.width() + theme.GUTTER
    painter.end()
    return image
