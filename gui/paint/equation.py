"""An equation of matrices, signs and lines of text, laid out and painted in rows. Other modules build the rows.

Numbers stay legible: cells never get smaller than ``LEGIBLE``; what does not fit then wraps, and the view scrolls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui import theme
from gui.paint.canvas import Canvas
from gui.paint.marks import draw_mark
from gui.paint.matrix import paint_matrix
from gui.paint.numbers import exact_words, float32_words, power_of, power_words
from gui.paint.scales import Scale

LARGEST, LEGIBLE, SMALLEST = 60, 36, 3  # pixels of a cell; a matrix with more columns than fit shows only colours
NUMBERS_UP_TO = 14  # columns; a wider matrix shows only colours
LINE, HEADING = 20, 18  # pixels: a line of text, the title above a matrix
SIGN, BESIDE = 18, 150  # pixels: of a sign, and of text beside matrices at least


@dataclass(frozen=True, eq=False)
class Matrix:
    """A titled matrix of an equation.

    values: (rows, columns) numbers. scale: maps values to colours; None: up to the largest value, zero in the middle.
    mark: the (row, column) that is framed. outside: (rows, columns) bool, True for positions without a value. change:
    (rows, columns) by how much each value moved; written below the number, and coloured. factors: two arrays of the
    shape of ``values`` whose product it is, for the tooltip.
    """

    title: str
    values: np.ndarray
    scale: Scale | None = None
    mark: tuple[int, int] | None = None
    outside: np.ndarray | None = None
    change: np.ndarray | None = None
    factors: tuple[np.ndarray, np.ndarray] | None = None

    @cached_property
    def heading(self) -> str:
        """The title, with the units of the numbers below it."""
        power = power_of(self.values)
        moved = 0 if self.change is None else power_of(self.change)
        if not self.legible or power == moved == 0:
            return self.title
        if self.change is None:
            return _tr("{0}, in {1}").format(self.title, power_words(power))
        if not power:
            return _tr("{0}, change in {1}").format(self.title, power_words(moved))
        return _tr("{0} in {1}, change in {2}").format(self.title, power_words(power), power_words(moved))

    @property
    def legible(self) -> bool:
        """Whether its numbers are shown; otherwise only its colours."""
        return self.values.shape[1] <= NUMBERS_UP_TO


@dataclass(frozen=True)
class Words:
    """One line of text. ``exact``: its numbers with all figures, for the tooltip."""

    text: str
    role: str = "text"
    strong: bool = False
    exact: str = ""


@dataclass(frozen=True)
class Sign:
    """×, = or + between two matrices."""

    text: str


Piece = Matrix | Words | Sign
Row = tuple[Piece, ...]  # lines of text; or matrices and signs, with lines of text beside them
Placed = list[tuple[Piece, QRectF]]


class Equation(Canvas):
    """Shows rows of pieces as large as the room allows, and scrolls if they need more."""

    def __init__(self, *, largest: int = LARGEST, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.hint = ""
        self.painted = 0
        self._largest = largest
        self._placed: Placed = []
        self._extent = 0.0  # the height of all rows
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().setSingleStep(LINE)

    def set_rows(self, rows: tuple[Row, ...], hint: str = "") -> None:
        """Set the rows. ``hint`` is a last line in a quiet colour."""
        self.rows, self.hint = rows, hint
        if QAccessible.isActive():  # costs time at every move of the cursor, and only screen readers use it
            self.setAccessibleName(" ".join(piece.text for row in rows for piece in row if isinstance(piece, Words)))
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    # --- layout -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        """Place everything with the largest cells that fit; with ``LEGIBLE`` cells the view scrolls."""
        bar = self.verticalScrollBar()
        width = self.width() - (bar.sizeHint().width() if bar.isVisible() else 0)
        room = self.height()
        rows = (*self.rows, (Words(self.hint, "quiet"),)) if self.hint else self.rows
        # The largest cell that fits lies between these two; found by bisection.
        low, high = theme.px(LEGIBLE), theme.px(max(self._largest, LEGIBLE))
        placed, height = place_rows(rows, width, high)
        if height > room:
            placed, height = place_rows(rows, width, low)
            while height <= room and high - low > 1:
                middle = (low + high) // 2
                tried, tall = place_rows(rows, width, middle)
                if tall <= room:
                    low, placed, height = middle, tried, tall
                else:
                    high = middle
        self._placed, self._extent = placed, height
        bar.setRange(0, max(0, int(height - room)))
        bar.setPageStep(room)
        self.viewport().update()

    def cell(self) -> float:
        """The side of the cells of the first matrix; 0 without one."""
        return next((place.width() / p.values.shape[1] for p, place in self._placed if isinstance(p, Matrix)), 0.0)

    def unrolled(self) -> QFrame:
        """A panel with the same rows at full height, for a picture of the whole. The caller deletes it."""
        frame = QFrame()
        frame.setProperty("look", "panel")
        made = Equation(largest=self._largest, parent=frame)
        margin = theme.px(theme.INSET)
        made.setGeometry(margin, margin, self.width(), int(self._extent) + 1)
        made.set_rows(self.rows)
        frame.resize(made.width() + 2 * margin, made.height() + 2 * margin)
        return frame

    def _on_theme(self) -> None:
        super()._on_theme()
        self._lay_out()  # the zoom is part of the theme

    def place_of(self, piece: Piece) -> QRectF:
        """The rectangle of a piece in the viewport; empty if it is not shown."""
        found = next((place for other, place in self._placed if other is piece), QRectF())
        return found.translated(0, -self.verticalScrollBar().value())

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, colors: theme.Palette) -> None:
        self.painted += 1
        top = self.verticalScrollBar().value()
        painter.translate(0, -top)
        self.paint_pieces(painter, colors, top, top + self.viewport().height())

    def paint_pieces(self, painter: QPainter, colors: theme.Palette, top: float, bottom: float) -> None:
        """Paint the pieces between ``top`` and ``bottom`` of the whole equation."""
        for piece, place in self._placed:
            if place.bottom() < top or place.top() - theme.px(HEADING) > bottom:
                continue
            if isinstance(piece, Matrix):
                self._paint_matrix(painter, colors, piece, place)
            elif isinstance(piece, Sign):
                painter.setFont(theme.font(theme.TITLE))
                painter.setPen(colors.color("quiet"))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), piece.text)
            else:
                painter.setFont(theme.font(bold=piece.strong, tabular=True))
                painter.setPen(colors.color(piece.role))
                flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
                painter.drawText(place, flags, piece.text)

    def _paint_matrix(self, painter: QPainter, colors: theme.Palette, matrix: Matrix, place: QRectF) -> None:
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colors.color("quiet"))
        above = theme.px(HEADING)
        heading = QRectF(place.left(), place.top() - above, self.width() - place.left(), above)
        painter.drawText(heading, int(Qt.AlignmentFlag.AlignVCenter), matrix.heading)
        paint_matrix(painter, place, matrix.values, scale=matrix.scale, outside=matrix.outside, change=matrix.change)
        if matrix.mark is not None:
            (row, column), cell = matrix.mark, place.width() / matrix.values.shape[1]
            draw_mark(painter, QRectF(place.left() + column * cell, place.top() + row * cell, cell - 1, cell - 1))

    # --- the exact numbers --------------------------------------------------------------------------------------

    def tip_at(self, point: QPoint) -> str:
        return self.exact_at(QPointF(point))

    def exact_at(self, point: QPointF) -> str:
        """The number at a point of the viewport, with all the figures of float32."""
        at = point + QPointF(0, self.verticalScrollBar().value())
        piece, place = next(((p, place) for p, place in self._placed if place.contains(at)), (None, QRectF()))
        if isinstance(piece, Words):
            return piece.exact.strip()
        if not isinstance(piece, Matrix):
            return ""
        rows, columns = piece.values.shape
        row = min(int((at.y() - place.top()) / place.height() * rows), rows - 1)
        column = min(int((at.x() - place.left()) / place.width() * columns), columns - 1)
        cell = row, column
        if piece.outside is not None and piece.outside[cell]:
            return ""
        text = f"[{row}, {column}]  {float32_words(piece.values[cell])}"
        if piece.factors is not None:
            one, two = (exact_words(float(factor[cell])) for factor in piece.factors)
            text += f" = {one} × {two}"
        if piece.change is not None:
            before, change = piece.values[cell] - piece.change[cell], piece.change[cell]
            text += f"\nbefore  {float32_words(before)}\nchange  {float32_words(change)}"
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        by = pages.get(Qt.Key(event.key())) if event.key() in pages else None
        if by is None or not bar.maximum():
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + by * bar.pageStep())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Equation", text)


def place_rows(rows: tuple[Row, ...], width: float, cell: float) -> tuple[Placed, float]:
    """The position of each piece in a view ``width`` pixels wide with cells of ``cell`` pixels, and the height needed.

    A matrix that does not fit beside the one before starts a new line; one that is wider than the view, or has more
    than ``NUMBERS_UP_TO`` columns, gets smaller cells.
    """
    placed: Placed = []
    top = 0.0
    for row in rows:
        if any(isinstance(piece, Matrix) for piece in row):
            top = _place_matrices(row, width, cell, top, placed)
        else:
            top = _place_words(row, 0.0, width, top, placed)
    return placed, top


def _place_words(row: Row, left: float, width: float, top: float, placed: Placed) -> float:
    for piece in row:
        if isinstance(piece, Words):
            height = _text_height(piece.text, piece.strong, int(width - left))
            placed.append((piece, QRectF(left, top, width - left, height)))
            top += height
    return top


def _place_matrices(row: Row, width: float, cell: float, top: float, placed: Placed) -> float:
    left, tall, sign, above = 0.0, 0.0, None, top
    heading, space, sign_width = theme.px(HEADING), theme.px(theme.GAP), theme.px(SIGN)
    for piece in row:
        if isinstance(piece, Sign):
            sign = piece
        elif isinstance(piece, Matrix):
            rows, columns = piece.values.shape
            gap = float(sign_width if sign else space if left else 0)
            side = min(cell, (width - gap) / columns if piece.legible else width / 2 / columns)
            side = max(float(int(side)), SMALLEST)
            wide = side * columns
            if left and left + gap + wide > width:
                above, left, tall = above + heading + tall + space, 0.0, 0.0
            if sign is not None:
                placed.append((sign, QRectF(left, above + heading, sign_width, side * rows)))
            left += gap if left or sign else 0.0
            placed.append((piece, QRectF(left, above + heading, wide, side * rows)))
            left += max(wide, _title_width(piece.heading))
            tall, sign = max(tall, side * rows), None
    texts = tuple(piece for piece in row if isinstance(piece, Words))
    bottom = above + heading + tall
    beside = left + (sign_width if sign else theme.px(theme.INSET))
    if texts and width - beside >= min(theme.px(BESIDE), max(_text_width(piece.text, piece.strong) for piece in texts)):
        if sign is not None:
            placed.append((sign, QRectF(left, above + heading, sign_width, tall)))
        left = beside
        needed = sum(_text_height(piece.text, piece.strong, int(width - left)) for piece in texts)
        end = _place_words(texts, left, width, above + heading + max(0.0, (tall - needed) / 2), placed)
        bottom = max(bottom, end)
    elif texts:
        bottom = _place_words(texts, 0.0, width, bottom + theme.px(theme.TIGHT), placed)
    return bottom + space


def _title_width(title: str) -> float:
    return _width(title, theme.px(theme.SMALL), False) + theme.px(theme.GAP)


def _text_width(text: str, strong: bool) -> float:
    return _width(text, theme.px(theme.TEXT), strong)


@lru_cache(maxsize=2048)
def _width(text: str, size: int, bold: bool) -> float:
    return QFontMetricsF(theme.exact_font(size, bold=bold, tabular=True)).horizontalAdvance(text)


def _text_height(text: str, strong: bool, width: int) -> float:
    """The height of one line, or of all lines that the text needs."""
    if _text_width(text, strong) <= width:
        return float(theme.px(LINE))
    metrics = QFontMetricsF(theme.font(bold=strong, tabular=True))
    box = metrics.boundingRect(QRectF(0, 0, max(width, 40), 10_000), int(Qt.TextFlag.TextWordWrap), text)
    return max(float(theme.px(LINE)), float(int(box.height()) + theme.px(theme.TIGHT)))
