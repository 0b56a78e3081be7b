"""``StateView``, the state of a panel without content: empty, busy or failed, with a sentence and a next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.icons import pixmap
from gui.widgets.busy import BusySign
from gui.widgets.buttons import button
from gui.widgets.labels import label

BUSY = "busy"  # replaces the name of an icon


class _Emblem(QWidget):
    """An icon, or the busy sign."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(32, 32)
        self._name = ""
        self._busy = BusySign(self)

    def show_icon(self, name: str) -> None:
        self._name = name
        self._busy.setVisible(name == BUSY)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        margin = self.width() // 16
        self._busy.setGeometry(self.rect().adjusted(margin, margin, -margin, -margin))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name and self._name != BUSY:
            colors = theme.now()
            color = colors.error if self._name == "triangle-alert" else colors.quiet
            side = self.width() * 3 // 4
            corner = (self.width() - side) // 2
            QPainter(self).drawPixmap(corner, corner, pixmap(self._name, color, side, self.devicePixelRatioF()))


class StateView(QWidget):
    """``empty``, ``busy`` and ``failed`` set the state. ``acted`` is emitted by the optional button."""

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
        self._show(BUSY, title, sentence, action)

    def failed(self, title: str, sentence: str = "", *, action: str = "") -> None:
        self._show("triangle-alert", title, sentence, action)

    def _show(self, icon: str, title: str, sentence: str, action: str) -> None:
        self._emblem.show_icon(icon)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.action.setText(action)
        self.action.setVisible(bool(action))
