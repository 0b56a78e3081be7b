"""The probabilities as bars with numbers. Paints itself: an answer costs a repaint, never a layout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

IN_PLACE = 12  # up to so many classes each has its place; of more, the ten most probable are shown
MOST = 10
LOWEST, HIGHEST = 13, 23  # of a row, in pixels
SMALL_BELOW = 17  # rows lower than this have the small type
WIDEST_NAME = 108


def percent(probability: float) -> str:
    """One decimal, so that the width never changes by more than a figure."""
    return f"{100 * probability:.1f} %"


class Bars(QWidget):
    """``set_labels`` for a model, ``set_values`` for an answer (None: nothing drawn)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = tuple(str(digit) for digit in range(10))
        self.values: np.ndarray | None = None
        self._rows: list[int] = list(range(10))
        self._name_width = 0.0
        self._value_width = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(MOST * LOWEST)
        self.setAccessibleName(self.tr("Probabilities"))
        theme.theme.changed.connect(self._measure)
        self._measure()

    def set_labels(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.values = None
        self._rows = list(range(min(len(labels), IN_PLACE if len(labels) <= IN_PLACE else MOST)))
        self.setMinimumHeight(LOWEST * len(self._rows))
        self._measure()

    def set_values(self, values: np.ndarray | None) -> None:
        """(classes,) probabilities in the order of the labels."""
        self.values = values
        if values is not None and len(self.labels) > IN_PLACE:
            self._rows = [int(number) for number in np.argsort(-values, kind="stable")[:MOST]]
        self.update()

    def shown(self) -> list[tuple[str, str]]:
        """The rows as they are read: name and number ("" where there is none)."""
        return [
            (self.labels[number], "" if self.values is None else percent(float(self.values[number])))
            for number in self._rows
        ]

    def sizeHint(self) -> QSize:
        return QSize(280, HIGHEST * len(self._rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    @property
    def row_height(self) -> int:
        return min(max(self.height() // max(len(self._rows), 1), LOWEST), HIGHEST)

    def _measure(self) -> None:
        """Widths that no number changes."""
        bold = QFontMetricsF(theme.font(self._size(), bold=True, tabular=True))
        widest = max((bold.horizontalAdvance(name) for name in self.labels), default=0.0)
        self._name_width = min(widest, WIDEST_NAME, max(self.width() * 0.4, 40)) + 1
        self._value_width = bold.horizontalAdvance("100.0 %") + 1
        self.update()

    def _size(self) -> int:
        return theme.SMALL if self.row_height < SMALL_BELOW else theme.TEXT

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        best = -1 if self.values is None else int(np.argmax(self.values))
        for row, number in enumerate(self._rows):
            self._paint_row(painter, row * self.row_height, number, number == best)

    def _paint_row(self, painter: QPainter, top: int, number: int, best: bool) -> None:
        colors = theme.now()
        height = self.row_height
        font = theme.font(self._size(), bold=best, tabular=True)
        painter.setFont(font)
        painter.setPen(colors.color("text" if best else "quiet"))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = QFontMetricsF(font).elidedText(self.labels[number], Qt.TextElideMode.ElideRight, self._name_width)
        painter.drawText(QRectF(0, top, self._name_width, height), middle | Qt.AlignmentFlag.AlignLeft, name)
        thickness = 8 if height >= SMALL_BELOW else 6
        left = self._name_width + theme.GAP
        width = self.width() - left - theme.GAP - self._value_width
        bar = QRectF(left, top + (height - thickness) / 2, width, thickness)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("hover"))
        painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
        if self.values is None:
            return
        value = float(self.values[number])
        painter.setBrush(colors.color("accent" if best else "quiet"))
        length = width * min(max(value, 0.0), 1.0)
        if length >= 0.5:
            # The bar is cut from the full one, so that a short one keeps its true length and the track's round end.
            painter.save()
            painter.setClipRect(QRectF(bar.left(), bar.top(), length, thickness))
            painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
            painter.restore()
        painter.setPen(colors.color("text" if best else "quiet"))
        place = QRectF(self.width() - self._value_width, top, self._value_width, height)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent(value))
