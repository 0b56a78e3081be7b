"""A value from 0 to 1 as a bar with the places where its name changes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from nets.trust.likeness import UNLIKE, UNUSUAL, level_of


class Gauge(QWidget):
    """``set_value`` from 0 to 1; None: not measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.setFixedHeight(theme.px(12))
        theme.theme.changed.connect(self.update)

    def set_value(self, value: float | None) -> None:
        self._value = value
        self.setVisible(value is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._value is None:
            return
        painter, colors = QPainter(self), theme.now()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height() - 4
        painter.setPen(colors.color("line"))
        painter.setBrush(colors.color("ground"))
        painter.drawRoundedRect(QRectF(0.5, 2.5, self.width() - 1, height - 1), 3, 3)
        role = "accent" if level_of(self._value) == "like" else "second"
        painter.setBrush(colors.color(role))
        painter.setPen(colors.color(role))
        painter.drawRoundedRect(QRectF(0.5, 2.5, max(2.0, self._value * (self.width() - 1)), height - 1), 3, 3)
        painter.setPen(colors.color("text"))
        for place in (UNLIKE, UNUSUAL):
            x = round(place * (self.width() - 1)) + 0.5
            painter.drawLine(QRectF(x, 0, 0, 0).topLeft(), QRectF(x, self.height(), 0, 0).topLeft())
