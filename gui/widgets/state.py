"""What a panel shows when it has nothing to show yet, is busy, or failed: a sentence and a next step."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.icons import pixmap
from gui.widgets.buttons import button
from gui.widgets.labels import label


class _Emblem(QWidget):
    """An icon, or a turning arc while busy."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(32, 32)
        self.name = ""
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._turn)

    def show_icon(self, name: str) -> None:
        self.name = name
        self._run()
        self.update()

    def _run(self) -> None:
        if self.name == "busy" and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle - 12) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.now()
        if self.name == "busy":
            painter.setPen(QPen(colors.color("line"), 3))
            painter.drawEllipse(QRectF(4, 4, 24, 24))
            painter.setPen(QPen(colors.color("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(QRectF(4, 4, 24, 24), self._angle * 16, 100 * 16)
        elif self.name:
            color = colors.error if self.name == "triangle-alert" else colors.quiet
            painter.drawPixmap(4, 4, pixmap(self.name, color, 24, self.devicePixelRatioF()))


class StateView(QWidget):
    """``empty``, ``busy`` and ``failed`` set what is shown. ``acted`` is emitted by the optional button."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.GAP)
        layout.addStretch(1)
        self._emblem = _Emblem(self)
        layout.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = label("", "strong", wrap=True)
        self.sentence = label("", "quiet", wrap=True)
        for text in (self.title, self.sentence):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(text)
        self.action = button("")
        self.action.clicked.connect(self.acted)
        layout.addWidget(self.action, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.action.hide()
        theme.theme.changed.connect(self.update)

    def empty(self, title: str, sentence: str = "", *, icon: str = "info", action: str = "") -> None:
        self._show(icon, title, sentence, action)

    def busy(self, title: str, sentence: str = "", *, action: str = "") -> None:
        self._show("busy", title, sentence, action)

    def failed(self, title: str, sentence: str = "", *, action: str = "") -> None:
        self._show("triangle-alert", title, sentence, action)

    def _show(self, icon: str, title: str, sentence: str, action: str) -> None:
        self._emblem.show_icon(icon)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.action.setText(action)
        self.action.setVisible(bool(action))
