"""A value from 0 to 1 as a bar, with the names of its ranges and ticks between them."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from nets.trust.likeness import UNLIKE, UNUSUAL, level_of

BAR, NAMES = 12, 15  # heights of the bar with its ticks, and of the names below it


class Gauge(QWidget):
    """``set_value`` from 0 to 1; None: not measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.parts = (
            (0.0, UNLIKE, "unlike", self.tr("unlike")),
            (UNLIKE, UNUSUAL, "unusual", self.tr("unusual")),
            (UNUSUAL, 1.0, "like", self.tr("like its training")),
        )
        self._fit()
        theme.theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(theme.px(BAR + NAMES))
        self.update()

    def set_value(self, value: float | None) -> None:
        self._value = value
        self.setVisible(value is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(BAR + NAMES))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._value is None:
            return
        painter, colors = QPainter(self), theme.now()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, width = theme.px(BAR) - 4, self.width() - 1
        level = level_of(self._value)
        role = "accent" if level == "like" else "second"
        painter.setPen(colors.color("line"))
        painter.setBrush(colors.color("ground"))
        painter.drawRoundedRect(QRectF(0.5, 2.5, width, height - 1), 3, 3)
        painter.setBrush(colors.color(role))
        painter.setPen(colors.color(role))
        painter.drawRoundedRect(QRectF(0.5, 2.5, max(2.0, self._value * width), height - 1), 3, 3)
        for begin, end, name, words in self.parts:
            if begin:
                x = round(begin * width) + 0.5
                painter.setPen(colors.color("text"))
                painter.drawLine(QLineF(x, 0, x, theme.px(BAR)))
            painter.setFont(theme.font(theme.SMALL, bold=name == level))
            painter.setPen(colors.color(role if name == level else "quiet"))
            area = QRectF(begin * width, theme.px(BAR), (end - begin) * width, theme.px(NAMES))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), words)
