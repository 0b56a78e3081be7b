"""The confusion matrix: rows are true classes, columns are predicted ones. A click chooses a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import theme
from nets.runs.evaluation import Accuracy

LARGEST = QSize(56, 30)  # of a cell
SMALLEST = QSize(220, 172)  # smallest matrix: ten rows with legible numbers
NAMES = 0.32  # of the width, at most, for the class names
SHARE_WIDTH = 52  # width of the column with each class's share
WRONG_ALPHA = (36, 130)  # opacity of the error colour for few and for many errors; text stays readable


@dataclass(frozen=True)
class Grid:
    """The geometry of the cells, separate from the widget so that it can be tested alone."""

    classes: int
    left: float
    top: float
    width: float
    height: float

    def cell(self, true: int, predicted: int) -> QRectF:
        return QRectF(self.left + predicted * self.width, self.top + true * self.height, self.width, self.height)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """(true, predicted) of the cell at a point; None outside."""
        column, row = math.floor((x - self.left) / self.width), math.floor((y - self.top) / self.height)
        inside = 0 <= row < self.classes and 0 <= column < self.classes
        return (row, column) if inside else None


class ConfusionMatrix(QWidget):
    """``chosen(true, predicted)`` is emitted by a click or Enter; arrows move between cells."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = np.zeros((0, 0), np.int64)
        self.labels: tuple[str, ...] = ()
        self.cell: tuple[int, int] | None = None
        self._hovered: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(SMALLEST)
        theme.theme.changed.connect(self.update)

    def show_counts(self, counts: np.ndarray, labels: tuple[str, ...]) -> None:
        """counts: (C, C) int; row: true class, column: predicted."""
        if len(counts) != len(self.counts):
            self.cell = None
        self.counts, self.labels = counts, labels
        self.update()

    def choose(self, true: int, predicted: int) -> None:
        self.cell = (true, predicted)
        self.update()
        self.chosen.emit(true, predicted)

    def clear_choice(self) -> None:
        self.cell = None
        self.update()

    def grid(self) -> Grid:
        """The cells at the widget's present size."""
        classes = max(len(self.counts), 1)
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        names = max((metrics.horizontalAdvance(name) for name in self.labels), default=10.0)
        # the word for the rows, beside the names
        left = min(names + theme.GAP, self.width() * NAMES) + metrics.height()
        top = 2 * metrics.height() + theme.TIGHT  # the word for the columns, above the names
        width = min((self.width() - left - SHARE_WIDTH) / classes, LARGEST.width())
        height = min((self.height() - top) / classes, LARGEST.height())
        return Grid(classes, left, top, max(width, 1.0), max(height, 1.0))

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self.counts):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self.grid()
        self._paint_names(painter, grid)
        figures = theme.font(min(theme.SMALL, max(int(grid.height) - 3, 6)), tabular=True)
        widest = QFontMetricsF(figures).horizontalAdvance(str(int(self.counts.max())))
        off_diagonal = self.counts - np.diag(np.diag(self.counts))
        worst = max(int(off_diagonal.max()), 1)
        painter.setFont(figures)
        readable = widest + 4 <= grid.width and grid.height >= 11
        for true in range(grid.classes):
            for predicted in range(grid.classes):
                self._paint_cell(painter, grid, true, predicted, worst, readable)
        for cell, role in ((self._hovered, "quiet"), (self.cell, "accent")):
            if cell is not None and cell[0] < grid.classes:
                painter.setPen(QPen(theme.now().color(role), 2 if role == "accent" else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(grid.cell(*cell).adjusted(0, 0, -1, -1), 3, 3)

    def _paint_names(self, painter: QPainter, grid: Grid) -> None:
        colors = theme.now()
        painter.setFont(theme.font(min(theme.SMALL, max(int(grid.height), 6))))
        painter.setPen(colors.color("quiet"))
        metrics = painter.fontMetrics()
        measured = _measured(self.counts)
        line = QFontMetricsF(theme.font(theme.SMALL)).height()
        for number, name in enumerate(self.labels):
            row = QRectF(line, grid.cell(number, 0).top(), grid.left - theme.GAP - line, grid.height)
            painter.setPen(colors.color("quiet"))
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, math.ceil(row.width()))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
            cell = grid.cell(0, number)
            column = QRectF(cell.left(), line, cell.width(), grid.top - theme.TIGHT - line)
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(cell.width()))
            painter.drawText(column, Qt.AlignmentFlag.AlignCenter, words)
            painter.setPen(colors.color("text"))
            end = grid.cell(number, grid.classes - 1)
            painter.drawText(
                QRectF(end.right(), end.top(), SHARE_WIDTH, end.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                measured[number].short(),
            )
        painter.setPen(colors.color("quiet"))
        end = grid.cell(0, grid.classes - 1)
        share = QRectF(end.right(), line, SHARE_WIDTH, grid.top - theme.TIGHT - line)
        painter.drawText(share, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.tr("right"))
        wide, high = grid.width * grid.classes, grid.height * grid.classes
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(QRectF(grid.left, 0, wide, line), Qt.AlignmentFlag.AlignCenter, self.tr("taken for"))
        painter.save()
        painter.translate(0, grid.top + high)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, high, line), Qt.AlignmentFlag.AlignCenter, self.tr("is"))
        painter.restore()

    def _paint_cell(self, painter: QPainter, grid: Grid, true: int, predicted: int, worst: int, readable: bool) -> None:
        colors = theme.now()
        count = int(self.counts[true, predicted])
        area = grid.cell(true, predicted).adjusted(0.5, 0.5, -1.5, -1.5)
        ground = colors.color("accent_soft")
        if true != predicted:
            ground = colors.color("error") if count else colors.color("hover")
            low, high = WRONG_ALPHA
            # The square root keeps a single error visible beside a hundred.
            ground.setAlpha(round(low + (high - low) * math.sqrt(count / worst)) if count else 110)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(area, 3, 3)
        if count and readable:
            painter.setPen(colors.color("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(count))

    # --- pointer and keys -----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell != self._hovered:
            self._hovered = cell
            self.setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
            self.update()
        if cell:
            QToolTip.showText(self.mapToGlobal(event.position().toPoint() + QPoint(8, 8)), self.words(*cell), self)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell and event.button() is Qt.MouseButton.LeftButton:
            self.choose(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not len(self.counts):
            super().keyPressEvent(event)
            return
        true, predicted = self.cell or (0, 0)
        last = len(self.counts) - 1
        self.choose(min(max(true + step[0], 0), last), min(max(predicted + step[1], 0), last))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def words(self, true: int, predicted: int) -> str:
        """A cell as a sentence."""
        count, of = int(self.counts[true, predicted]), int(self.counts[true].sum())
        if true == predicted:
            return self.tr("{0} of {1} images of {2} are right").format(count, of, self.labels[true])
        return self.tr("{0} of {1} images of {2} are taken for {3}").format(
            count, of, self.labels[true], self.labels[predicted]
        )

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        return self.grid().at(point.x(), point.y()) if len(self.counts) else None


def _measured(counts: np.ndarray) -> list[Accuracy]:
    """For each row, the number of images on the diagonal."""
    return [Accuracy(int(d), int(t)) for d, t in zip(np.diag(counts), counts.sum(axis=1), strict=True)]
