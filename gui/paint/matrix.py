"""A small matrix painted as coloured cells with numbers in them. Fast: every move of the cursor paints several."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QStaticText

from gui import theme
from gui.paint.numbers import value_words
from gui.paint.pixels import coloured
from gui.paint.scales import COLOURS

READABLE = 25  # pixels of a cell; from here on its number stands in it
BRIGHT = 140  # of 255: on a colour lighter than this the number is dark


def paint_matrix(
    painter: QPainter,
    place: QRectF,
    values: np.ndarray,
    *,
    signed: bool,
    outside: np.ndarray | None = None,
    change: np.ndarray | None = None,
) -> None:
    """values (rows, columns) into ``place``, its cells square.

    Colours go to the largest value, zero in the middle where ``signed``; NaN and infinity have their own. Cells
    where ``outside`` (rows, columns) is True are empty. ``change`` (rows, columns) is what moved: its numbers stand
    below those of ``values``, and the colours are its own.
    """
    colors = theme.now()
    painted, signed = (values, signed) if change is None else (change, True)
    finite = np.isfinite(painted)
    size = float(np.abs(painted, where=finite, out=np.zeros(painted.shape)).max(initial=0.0)) or 1.0
    pixels = coloured(painted, -size if signed else 0.0, size, COLOURS[signed])
    if outside is not None:
        pixels[outside] = colors.color("hover").rgb()
    rows, columns = values.shape
    pixels = np.ascontiguousarray(pixels, np.uint32)
    painter.drawImage(place, QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32))
    cell = place.width() / columns
    painter.setPen(QPen(colors.color("panel"), 1))
    painter.drawLines(_lines(place, rows, columns))
    if cell >= READABLE:
        shown = np.ones(values.shape, bool) if outside is None else ~outside
        half = 0.0 if change is None else cell / 5
        _paint_numbers(painter, place.translated(0, -half), values, pixels, shown)
        if change is not None:
            _paint_numbers(painter, place.translated(0, half), change, pixels, shown, sign="+")


def _lines(place: QRectF, rows: int, columns: int) -> list[QLineF]:
    """The gaps between the cells, each at its cell's last pixel."""
    cell, left, top = place.width() / columns, place.left(), place.top()
    right, bottom = place.right(), place.bottom()
    down = [QLineF(x, top, x, bottom) for x in (left + (n + 1) * cell - 0.5 for n in range(columns))]
    return down + [QLineF(left, y, right, y) for y in (top + (n + 1) * cell - 0.5 for n in range(rows))]


def _paint_numbers(
    painter: QPainter, place: QRectF, values: np.ndarray, pixels: np.ndarray, shown: np.ndarray, sign: str = ""
) -> None:
    """``sign`` stands before what is above zero."""
    cell = place.width() / values.shape[1]
    size = 9 if cell < 31 else 10
    painter.setFont(theme.font(size, tabular=True))
    top = place.top() + (cell - 1 - painter.fontMetrics().height()) / 2
    luminance = 0.299 * (pixels >> 16 & 255) + 0.587 * (pixels >> 8 & 255) + 0.114 * (pixels & 255)
    numbers = values.tolist()
    # All dark numbers, then all light ones: changing the pen for each cell costs more than the text.
    for ink, cells in ((theme.UNDER_MARK, luminance > BRIGHT), (theme.ON_DATA, luminance <= BRIGHT)):
        painter.setPen(QColor(ink))
        for row, column in zip(*(found.tolist() for found in np.nonzero(cells & shown)), strict=True):
            value = numbers[row][column]
            text = sign + brief(value) if value > 0 else brief(value)
            laid_out, width = _laid_out(text, size)
            left = cell - 1 - width
            if left >= 0:
                painter.drawStaticText(QPointF(place.left() + column * cell + left / 2, top + row * cell), laid_out)


@lru_cache(maxsize=4096)
def _laid_out(text: str, size: int) -> tuple[QStaticText, float]:
    """A number ready to be painted, and its width: the same few hundred stand in the cells again and again."""
    font = theme.font(size, tabular=True)
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.prepare(font=font)
    return made, QFontMetricsF(font).horizontalAdvance(text)


def brief(value: float) -> str:
    """A number in at most five characters: 0, .53, -.07, 1.2, -12, 3e4; NaN, ∞."""
    size = abs(value)
    if size < 0.005:
        return "0" if size == 0 else f"{value:.0e}".replace("e-0", "e-")
    if size < 0.995:
        return f"{value:.2f}".replace("0.", ".")
    if size < 9.95:
        return f"{value:.1f}"
    if size < 1000:
        return f"{value:.0f}"
    if not math.isfinite(value):
        return value_words(value)
    return f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
