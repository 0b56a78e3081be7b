"""The current position as an equation: patch times kernel, the products, their sum."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import theme
from gui.convolve.paint import IMAGE, draw_cells, exact, span_of
from gui.convolve.state import Playing

CAPTION, SIGN, TOTAL = 18, 26, 92
LARGEST = 190


class Equation(QWidget):
    """Cells with a number where it can be read; the exact one stands in the tooltip."""

    def __init__(self, playing: Playing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = playing
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(240, 110)
        playing.changed.connect(self.update)
        playing.moved.connect(self.update)
        theme.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(520, CAPTION + LARGEST + 4)

    def _grids(self) -> list[tuple[str, QRectF, np.ndarray]]:
        step = self._playing.step
        if step is None:
            return []
        count = len(step.kernel)
        room = min((self.width() - 3 * SIGN - TOTAL) / 3, self.height() - CAPTION - 3, LARGEST)
        side = max(int(room / count), 2) * count
        rows = ((self.tr("patch"), step.patch), (self.tr("kernel"), step.kernel), (self.tr("products"), step.products))
        return [
            (name, QRectF(1 + number * (side + SIGN), CAPTION, side, side), values)
            for number, (name, values) in enumerate(rows)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        step = self._playing.step
        grids = self._grids()
        if step is None or not grids:
            return
        for (name, place, values), sign in zip(grids, ("×", "=", "→"), strict=True):
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(colors.color("quiet"))
            painter.drawText(QPointF(place.left(), CAPTION - 6), name)
            is_patch = name == self.tr("patch")
            draw_cells(painter, place, values, IMAGE if is_patch else span_of(values, signed=True), grey=is_patch)
            painter.setFont(theme.font(theme.TITLE))
            painter.setPen(colors.color("text"))
            beside = QRectF(place.right(), place.top(), SIGN, place.height())
            painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, sign)
        last = grids[-1][1]
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colors.color("quiet"))
        left = last.right() + SIGN
        middle = last.center().y()
        painter.drawText(QPointF(left, middle - 18), self.tr("sum of {0}").format(step.products.size))
        painter.setFont(theme.font(theme.TITLE, bold=True, tabular=True))
        painter.setPen(colors.color("accent"))
        painter.drawText(QPointF(left, middle + 6), f"{step.total:.3f}".replace("-", "−"))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _words_at(self, point: QPointF) -> str:
        step = self._playing.step
        for _, place, values in self._grids():
            if step is not None and place.contains(point):
                unit = place.width() / len(values)
                cell = int((point.y() - place.top()) / unit), int((point.x() - place.left()) / unit)
                one, two = exact(float(step.patch[cell])), exact(float(step.kernel[cell]))
                return f"{one} × {two} = {exact(float(step.products[cell]))}"
        return exact(step.total) if step is not None else ""
