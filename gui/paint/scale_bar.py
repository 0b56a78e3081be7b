"""The bar of a colour scale with the numbers at its ends, which says whether values were clipped."""

from __future__ import annotations

from math import ceil

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.paint.numbers import value_words
from gui.paint.pixels import image

HEIGHT = 8
WIDEST = "≥ −0.0·10⁻⁰"
"""As wide as most numbers: they have this width, so that nothing moves while they change."""


class ScaleBar(QWidget):
    """A gradient between two numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._low, self._high = 0.0, 1.0
        self._gradient: QImage | None = None
        self._clipped = False
        self._signed = False
        self._words = ""
        theme.theme.changed.connect(self.update)

    def set_scale(self, low: float, high: float, colours: np.ndarray | None, *, clipped: bool, signed: bool) -> None:
        """Set the colours and the ends. ``colours``: (256,) uint32; None: there are no values. Clipped ends show ≤ and
        ≥.
        """
        self._low, self._high, self._clipped, self._signed = low, high, clipped, signed
        self._gradient = None if colours is None else image(colours[None, :])
        self._words = ""
        self.update()

    def say(self, words: str) -> None:
        """Show a sentence in place of the gradient, for bars, whose values are lengths and not colours."""
        self._gradient, self._words = None, words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.now().color("panel"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        if self._gradient is None:
            painter.setPen(theme.now().color("quiet"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._words)
            return
        low, high = value_words(self._low), value_words(self._high)
        if self._clipped:
            low, high = (f"≤ {low}" if self._signed else low), f"≥ {high}"
        metrics = QFontMetricsF(painter.font())  # small figures of another font have no whole width
        room = theme.TIGHT + ceil(max(metrics.horizontalAdvance(words) for words in (WIDEST, low, high)))
        inner = QRectF(self.rect()).adjusted(room, 0, -room, 0)
        bar = QRectF(inner.left(), (self.height() - HEIGHT) / 2, inner.width(), HEIGHT)
        painter.drawImage(bar, self._gradient)
        painter.setPen(theme.now().color("quiet"))
        middle = Qt.AlignmentFlag.AlignVCenter
        left = QRectF(0, 0, room - theme.TIGHT, self.height())
        right = QRectF(inner.right() + theme.TIGHT, 0, room - theme.TIGHT, self.height())
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignRight, low)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignLeft, high)
        if self._signed and bar.width() > 60:
            painter.fillRect(QRectF(bar.center().x() - 0.5, bar.top() - 2, 1, HEIGHT + 4), theme.now().color("text"))
