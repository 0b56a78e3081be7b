"""An equation of numbers and small matrices, painted in rows. What stands in it is decided in ``equation_rows``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import theme
from gui.paint.matrix import paint_matrix

LARGEST, SMALLEST = 38, 5  # pixels of a cell
LINE, HEADING = 20, 17


@dataclass(frozen=True, eq=False)
class Grid:
    """values (rows, columns); mark: the (row, column) that is framed; outside: where nothing is, bool like values.

    change: by how much each value moved; it stands below the number and gives the colour.
    """

    title: str
    values: np.ndarray
    signed: bool = True
    mark: tuple[int, int] | None = None
    outside: np.ndarray | None = None
    change: np.ndarray | None = None


@dataclass(frozen=True)
class Words:
    """One line; ``exact`` are the numbers of it in full, for the tooltip."""

    text: str
    role: str = "text"
    strong: bool = False
    exact: str = ""


@dataclass(frozen=True)
class Sign:
    """×, = or + between two matrices."""

    text: str


Piece = Grid | Words | Sign
Row = tuple[Piece, ...]  # a line of words; or matrices and signs, and words one below the other beside them
SIGN, BESIDE = 22, 140  # pixels: of a sign, and of words beside matrices at least


def _height(row: Row, cell: float) -> float:
    """Of a row with matrices, without its heading."""
    tall = cell * max(piece.values.shape[0] for piece in row if isinstance(piece, Grid))
    return max(tall, LINE * sum(isinstance(piece, Words) for piece in row))


class Equation(QWidget):
    """``set_rows`` shows rows of pieces, as large as the room allows. Lays nothing out anew: it only paints."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.hint = ""
        self.painted = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        theme.theme.changed.connect(self.update)

    def set_rows(self, rows: tuple[Row, ...], hint: str = "") -> None:
        """``hint`` stands at the bottom where the rows leave room for it."""
        self.rows, self.hint = rows, hint
        if QAccessible.isActive():  # else nobody hears it, and it would be told at every move of the cursor
            self.setAccessibleName(" ".join(piece.text for row in rows for piece in row if isinstance(piece, Words)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    # --- places -------------------------------------------------------------------------------------------------

    def cell(self) -> float:
        """The side of a matrix's cell, so that the widest row fits and all rows together do."""
        size = LARGEST
        while size > SMALLEST and not self._fits(size):
            size -= 1
        return float(size)

    def _fits(self, cell: float) -> bool:
        tall = 0.0
        for row in self.rows:
            grids = [piece for piece in row if isinstance(piece, Grid)]
            if not grids:
                tall += LINE
                continue
            wide = cell * sum(grid.values.shape[1] for grid in grids)
            wide += SIGN * sum(isinstance(piece, Sign) for piece in row)
            wide += BESIDE if any(isinstance(piece, Words) for piece in row) else theme.GAP
            if wide > self.width():
                return False
            tall += HEADING + _height(row, cell) + theme.GAP
        return tall <= self.height()

    def _places(self) -> Iterator[tuple[Piece, QRectF]]:
        cell, top = self.cell(), 0.0
        titles = QFontMetricsF(theme.font(theme.SMALL))
        for row in self.rows:
            if not any(isinstance(piece, Grid) for piece in row):
                for piece in row:
                    yield piece, QRectF(0, top, self.width(), LINE)
                top += LINE
                continue
            tall = _height(row, cell)
            words = [piece for piece in row if isinstance(piece, Words)]
            left, below = 0.0, top + HEADING + max(0.0, (tall - LINE * len(words)) / 2)
            for piece in row:
                if isinstance(piece, Words):  # one below the other, beside the matrices
                    yield piece, QRectF(left, below, self.width() - left, LINE)
                    below += LINE
                    continue
                if isinstance(piece, Sign):
                    wide = float(SIGN)
                    yield piece, QRectF(left, top + HEADING, wide, tall)
                else:
                    wide = cell * piece.values.shape[1]
                    yield piece, QRectF(left, top + HEADING, wide, cell * piece.values.shape[0])
                    wide = max(wide, titles.horizontalAdvance(piece.title))
                left += wide
            top += HEADING + tall + theme.GAP

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        painter = QPainter(self)
        colors = theme.now()
        painter.fillRect(self.rect(), colors.color("panel"))
        bottom = 0.0
        for piece, place in self._places():
            bottom = max(bottom, place.bottom())
            if isinstance(piece, Grid):
                self._paint_grid(painter, piece, place)
            elif isinstance(piece, Sign):
                painter.setFont(theme.font(theme.TITLE))
                painter.setPen(colors.color("quiet"))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), piece.text)
            else:
                painter.setFont(theme.font(bold=piece.strong, tabular=True))
                painter.setPen(colors.color(piece.role))
                shown = painter.fontMetrics().elidedText(piece.text, Qt.TextElideMode.ElideRight, int(place.width()))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)
        if self.hint and bottom + LINE <= self.height():
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(colors.color("quiet"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignBottom), self.hint)

    def _paint_grid(self, painter: QPainter, grid: Grid, place: QRectF) -> None:
        colors = theme.now()
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colors.color("quiet"))
        heading = QRectF(place.left(), place.top() - HEADING, self.width() - place.left(), HEADING)
        painter.drawText(heading, int(Qt.AlignmentFlag.AlignVCenter), grid.title)
        paint_matrix(painter, place, grid.values, signed=grid.signed, outside=grid.outside, change=grid.change)
        if grid.mark is not None:
            (row, column), cell = grid.mark, place.width() / grid.values.shape[1]
            painter.setPen(QPen(colors.color("second"), 2))
            painter.drawRect(QRectF(place.left() + column * cell, place.top() + row * cell, cell - 1, cell - 1))

    # --- the exact numbers --------------------------------------------------------------------------------------

    def exact_at(self, point: QPointF) -> str:
        """The number under the cursor in full, as float32 has it."""
        for piece, place in self._places():
            if not place.contains(point):
                continue
            if isinstance(piece, Words):
                return piece.exact
            if isinstance(piece, Grid):
                rows, columns = piece.values.shape
                row = min(int((point.y() - place.top()) / place.height() * rows), rows - 1)
                column = min(int((point.x() - place.left()) / place.width() * columns), columns - 1)
                if piece.outside is not None and piece.outside[row, column]:
                    return ""
                text = f"[{row}, {column}]  {np.float32(piece.values[row, column])!s}"
                if piece.change is not None:
                    before = np.float32(piece.values[row, column] - piece.change[row, column])
                    text += f"\nbefore  {before!s}\nchange  {np.float32(piece.change[row, column])!s}"
                return text
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.exact_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
