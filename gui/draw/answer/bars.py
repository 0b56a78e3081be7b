"""The probabilities as bars with numbers. Paints itself: an answer repaints only the rows that changed, without a
layout, and each text is shaped only once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QStaticText
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

IN_PLACE = 12  # up to this many classes each has a fixed row; with more, the ten most probable are listed
MOST = 10
LOWEST, HIGHEST = 13, 23  # of a row, in pixels
SMALL_BELOW = 17  # height of a row below which the small font is used
WIDEST_NAME = 108


def percent(probability: float) -> str:
    """A probability as "97.6 %", always with one decimal."""
    return f"{100 * probability:.1f} %"


class Bars(QWidget):
    """Call ``set_labels`` for a new model and ``set_values`` for an answer (None: nothing drawn)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = tuple(str(digit) for digit in range(10))
        self.values: np.ndarray | None = None
        self._rows: list[int] = list(range(10))
        self._name_width = 0.0
        self._value_width = 0.0
        self._fonts: dict[bool, QFont] = {}  # of the most probable row and of the others
        self._texts: dict[tuple[str, bool], QStaticText] = {}  # by text, and whether it is in the most probable row
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # paintEvent fills the whole area
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Probabilities"))
        theme.theme.changed.connect(self._measure)
        self._measure()

    def set_labels(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.values = None
        self._rows = list(range(min(len(labels), IN_PLACE if len(labels) <= IN_PLACE else MOST)))
        self._measure()

    def set_values(self, values: np.ndarray | None) -> None:
        """(classes,) probabilities in the order of the labels."""
        before, rows = self.values, self._rows
        self.values = values
        if values is not None and len(self.labels) > IN_PLACE:
            self._rows = [int(number) for number in np.argsort(-values, kind="stable")[:MOST]]
        if values is None or before is None or rows != self._rows:
            self.update()
            return
        height, best = self.row_height, (int(before.argmax()), int(values.argmax()))
        for row, number in enumerate(self._rows):
            one, other = float(before[number]), float(values[number])
            if percent(one) != percent(other) or (number in best and best[0] != best[1]):
                self.update(0, row * height, self.width(), height)

    def shown(self) -> list[tuple[str, str]]:
        """The rows as text, for tests: name and percentage ("" without an answer)."""
        return [
            (self.labels[number], "" if self.values is None else percent(float(self.values[number])))
            for number in self._rows
        ]

    def sizeHint(self) -> QSize:
        return QSize(theme.px(280), theme.px(HIGHEST) * len(self._rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    @property
    def row_height(self) -> int:
        return min(max(self.height() // max(len(self._rows), 1), theme.px(LOWEST)), theme.px(HIGHEST))

    def _measure(self) -> None:
        """Recompute fonts, the minimum height, and the widths of names and percentages (the same for all values)."""
        self.setMinimumHeight(theme.px(LOWEST) * len(self._rows))
        self._fonts = {best: theme.font(self._size(), bold=best, tabular=True) for best in (False, True)}
        bold = QFontMetricsF(self._fonts[True])
        widest = max((bold.horizontalAdvance(name) for name in self.labels), default=0.0)
        self._name_width = min(widest, theme.px(WIDEST_NAME), max(self.width() * 0.4, 40)) + 1
        self._value_width = bold.horizontalAdvance("100.0 %") + 1
        self._texts.clear()
        self.update()

    def _size(self) -> int:
        return theme.SMALL if self.row_height < theme.px(SMALL_BELOW) else theme.TEXT

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.now().color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        best = -1 if self.values is None else int(np.argmax(self.values))
        height, region = self.row_height, event.region()
        for row, number in enumerate(self._rows):
            if region.intersects(QRect(0, row * height, self.width(), height)):
                self._paint_row(painter, row * height, height, number, number == best)

    def _paint_row(self, painter: QPainter, top: int, height: int, number: int, best: bool) -> None:
        colors = theme.now()
        text = colors.color("text" if best else "quiet")
        painter.setFont(self._fonts[best])
        painter.setPen(text)
        middle = top + height / 2
        self._paint_text(painter, 0, middle, self.labels[number], best)
        thickness = theme.px(8 if height >= theme.px(SMALL_BELOW) else 6)
        left = self._name_width + theme.GAP
        width = self.width() - left - theme.GAP - self._value_width
        bar = QRectF(left, top + (height - thickness) / 2, width, thickness)
        if self.values is not None:
            value = float(self.values[number])
            self._paint_text(painter, self.width(), middle, percent(value), best, right=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("hover"))
        painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
        if self.values is None:
            return
        painter.setBrush(colors.color("accent" if best else "quiet"))
        length = width * min(max(value, 0.0), 1.0)
        if length >= 0.5:
            # Clip the full rounded bar: a short bar keeps its exact length and the round left end of the track.
            painter.save()
            painter.setClipRect(QRectF(bar.left(), bar.top(), length, thickness))
            painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
            painter.restore()

    def _paint_text(
        self, painter: QPainter, x: float, middle: float, text: str, best: bool, *, right: bool = False
    ) -> None:
        """Paint ``text`` from ``x`` on (or, with ``right``, ending at ``x``), vertically centred on ``middle``."""
        shaped = self._texts.get((text, best))
        if shaped is None:
            font = self._fonts[best]
            room = self._value_width if right else self._name_width
            shaped = QStaticText(QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room))
            shaped.setTextFormat(Qt.TextFormat.PlainText)
            shaped.prepare(font=font)
            self._texts[text, best] = shaped
        size = shaped.size()
        place = QPointF(x - size.width() if right else x, middle - size.height() / 2)
        painter.drawStaticText(place, shaped)
