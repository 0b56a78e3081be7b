"""How the playground paints arrays: crisp pictures, and cells with their numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui import theme
from gui.paint.pixels import image as to_image
from gui.paint.pixels import levels, lookup
from nets.pictures import colour
from nets.pictures.ranges import Range, value_range

GREY = lookup(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))
TABLES = {signed: lookup(colour.table_of(signed)) for signed in (False, True)}
NUMBERS_FROM = 25  # pixels: a cell that is smaller shows its colour alone
IMAGE = Range(0.0, 1.0, False)


def span_of(values: np.ndarray, *, signed: bool | None = None) -> Range:
    """The colours' range: all values, zero in the middle where there are negative ones."""
    if signed is None:  # rounding alone makes no value negative
        signed = bool(values.min() < -1e-9)
    found = value_range(values, clip=False, signed=signed)
    return found if found.high > 0 else Range(-1.0 if signed else 0.0, 1.0, signed)  # all zero: zero keeps its colour


def picture(values: np.ndarray, span: Range, *, grey: bool = False) -> QImage:
    """(h, w) as one pixel a value."""
    table = GREY if grey else TABLES[span.signed]
    return to_image(table[levels(values, span.low, span.high)])


def short(value: float) -> str:
    """A number for a small cell: three significant places at most, a true minus."""
    if abs(value) < 0.0005:
        return "0"
    words = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return ("0" if words in ("-0", "0") else words).replace("-", "−")


def exact(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def draw_cells(painter: QPainter, place: QRectF, values: np.ndarray, span: Range, *, grey: bool = False) -> None:
    """(h, w) as squares with fine lines between them, and the numbers where there is room."""
    rows, columns = values.shape
    pixels = picture(values, span, grey=grey)
    painter.drawImage(place, pixels)
    unit = place.width() / columns
    if unit >= 7:
        painter.setPen(QPen(theme.now().color("line"), 1))
        for number in range(1, columns):
            x = round(place.left() + number * unit)
            painter.drawLine(x, int(place.top()), x, int(place.bottom()) - 1)
        for number in range(1, rows):
            y = round(place.top() + number * unit)
            painter.drawLine(int(place.left()), y, int(place.right()) - 1, y)
    frame(painter, place, "quiet", 1)
    if unit < NUMBERS_FROM:
        return
    painter.setFont(theme.font(min(theme.TEXT, max(9, int(unit / 3))), tabular=True))
    for row in range(rows):
        for column in range(columns):
            cell = QRectF(place.left() + column * unit, place.top() + row * unit, unit, unit)
            painter.setPen(_ink(QColor(pixels.pixel(column, row))))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, short(float(values[row, column])))


def frame(painter: QPainter, place: QRectF, role: str, width: int = 2) -> None:
    painter.setPen(QPen(theme.now().color(role), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def marked(painter: QPainter, place: QRectF) -> None:
    """A frame that is seen on any colour."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for role, width in ((QColor(theme.UNDER_MARK), 4), (theme.DARK.color("second"), 2)):
        painter.setPen(QPen(role, width))
        painter.drawRect(place)


def _ink(ground: QColor) -> QColor:
    """Black or white, whichever stands out more."""
    return QColor(theme.UNDER_MARK if ground.lightnessF() > 0.5 else theme.ON_DATA)
