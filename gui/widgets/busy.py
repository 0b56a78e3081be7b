"""``BusySign``, a turning arc that shows that work is going on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from gui import theme

TURN = 40  # milliseconds between two positions
STEP, LENGTH = 12, 100  # degrees


class BusySign(QWidget):
    """A turning arc of fixed size, hidden until it is shown. It turns only while it is visible."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TURN)
        self._timer.timeout.connect(self._turn)
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle - STEP) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.now()
        ring = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        thick = 3 * theme.theme.zoom
        painter.setPen(QPen(colors.color("line"), thick))
        painter.drawEllipse(ring)
        painter.setPen(QPen(colors.color("accent"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(ring, self._angle * 16, LENGTH * 16)
