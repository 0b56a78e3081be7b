"""A small matrix painted as coloured cells with numbers. Fast, because every move of the cursor paints several."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QStaticText

from gui import theme
from gui.paint.numbers import cell_words, power_of
from gui.paint.pixels import coloured
from gui.paint.scales import Scale

NUMBERED = 30  # pixels of a cell from which its number is written into it
FINE_LINES = 6  # pixels of a cell from which lines separate the cells
SMALLEST_TEXT, LARGEST_TEXT = 11, 17  # pixels
MARGIN = 2  # pixels of a cell's width beside its number
SHRINK = 0.7  # a longer number is written smaller, down to this factor; then it is shortened
BRIGHT = 140  # of 255: on colours lighter than this, numbers are dark


def text_size(cell: float) -> int:
    """The size of short numbers in cells of ``cell`` pixels."""
    return int(min(max(cell * 0.31, theme.px(SMALLEST_TEXT)), theme.px(LARGEST_TEXT)))


def paint_matrix(
    painter: QPainter,
    place: QRectF,
    values: np.ndarray,
    *,
    scale: Scale | None = None,
    outside: np.ndarray | None = None,
    change: np.ndarray | None = None,
) -> None:
    """Paint a matrix as square cells, with numbers if the cells are large enough.

    The numbers are in units of ``power_of`` the values, and of the changes; the title should say so.

    Args:
        painter: Where to paint.
        place: The matrix's rectangle, columns × rows cells.
        values: (rows, columns) numbers.
        scale: Maps values to colours; None: up to the largest value, zero in the middle.
        outside: (rows, columns) bool: cells that are left empty, e.g. beyond the edge of the image.
        change: (rows, columns) by how much each value moved. It is written below the value, and decides the colour.
    """
    colors = theme.now()
    if change is not None:
        scale = Scale.of_values(change, signed=True)
    elif scale is None:
        scale = Scale.of_values(values, signed=True)
    pixels = coloured(values if change is None else change, scale.low, scale.high, scale.colours)
    if outside is not None:
        pixels[outside] = colors.color("hover").rgb()
    rows, columns = values.shape
    pixels = np.ascontiguousarray(pixels, np.uint32)
    painter.drawImage(place, QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32))
    cell = place.width() / columns
    if cell >= FINE_LINES:
        painter.setPen(QPen(colors.color("panel"), 1))
        painter.drawLines(_lines(place, rows, columns))
    if cell >= theme.px(NUMBERED):
        shown = np.ones(values.shape, bool) if outside is None else ~outside
        written = [_written(values)] if change is None else [_written(values), _written(change, plus="+")]
        size, form = _fitting(written, cell)
        luminance = 0.299 * (pixels >> 16 & 255) + 0.587 * (pixels >> 8 & 255) + 0.114 * (pixels & 255)
        for number, words in enumerate(written):
            moved = 0.0 if change is None else (number - 0.5) * 0.4 * cell
            _paint_numbers(painter, place.translated(0, moved), words, form, size, shown, luminance > BRIGHT)


def _lines(place: QRectF, rows: int, columns: int) -> list[QLineF]:
    """The lines between the cells, each at its cell's last pixel."""
    cell, left, top = place.width() / columns, place.left(), place.top()
    right, bottom = place.right(), place.bottom()
    down = [QLineF(x, top, x, bottom) for x in (left + (n + 1) * cell - 0.5 for n in range(columns))]
    return down + [QLineF(left, y, right, y) for y in (top + (n + 1) * cell - 0.5 for n in range(rows))]


Forms = tuple[str, ...]  # one number, from long to short


def _written(values: np.ndarray, plus: str = "") -> list[list[Forms]]:
    """Every number of a matrix in all its forms, in units of ``power_of`` the matrix; ``plus`` stands before positive
    ones.
    """
    units = (values / 10.0 ** power_of(values)).tolist()
    return [[tuple((plus if value > 0 else "") + form for form in cell_words(value)) for value in row] for row in units]


def _fitting(written: list[list[list[Forms]]], cell: float) -> tuple[int, int]:
    """The text size, and the longest form of the numbers that fits.

    All numbers of a matrix have the same form. A longer form may be written a little smaller than a shorter one, as
    long as it is legible.
    """
    size = text_size(cell)
    least = max(SHRINK * size, theme.px(SMALLEST_TEXT))
    numbers = [forms for rows in written for row in rows for forms in row]
    forms = len(numbers[0]) if numbers else 1
    for form in range(forms):
        longest = max((_laid_out(number[form], size)[1] for number in numbers), default=0.0)
        fitting = int(size * min(1.0, (cell - MARGIN) / max(longest, 1.0)))
        if fitting >= least:
            return fitting, form
    return size, forms - 1


def _paint_numbers(
    painter: QPainter,
    place: QRectF,
    written: list[list[Forms]],
    form: int,
    size: int,
    shown: np.ndarray,
    bright: np.ndarray,
) -> None:
    """Writes the numbers into their cells.

    Args:
        painter: Where to paint.
        place: The rectangle of the matrix.
        written: By row and column, the forms of each number.
        form: Which of them.
        size: Of the text, in pixels.
        shown: (rows, columns) bool: the cells that have a number.
        bright: (rows, columns) bool: the cells whose number is dark.
    """
    cell = place.width() / len(written[0])
    painter.setFont(theme.exact_font(size, tabular=True))
    top = place.top() + (cell - 1 - painter.fontMetrics().height()) / 2
    # All dark numbers, then all light ones: changing the pen for each cell costs more than the text.
    for ink, cells in ((theme.UNDER_MARK, bright), (theme.ON_DATA, ~bright)):
        painter.setPen(QColor(ink))
        for row, column in zip(*(found.tolist() for found in np.nonzero(cells & shown)), strict=True):
            laid_out, width = _laid_out(written[row][column][form], size)
            left = cell - 1 - width
            if left >= 0:
                painter.drawStaticText(QPointF(place.left() + column * cell + left / 2, top + row * cell), laid_out)


@lru_cache(maxsize=4096)
def _laid_out(text: str, size: int) -> tuple[QStaticText, float]:
    """A number ready for painting, and its width; cached, because a few hundred numbers appear again and again."""
    font = theme.exact_font(size, tabular=True)
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.prepare(font=font)
    return made, QFontMetricsF(font).horizontalAdvance(text)
