"""A line of text beside buttons; text that is too long for its place stands below the buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from gui import theme
from gui.widgets import label, set_styled


class MessageRow(QWidget):
    """``show_words`` shows a sentence, in the warning's colour or a quiet one, and never cuts it off."""

    def __init__(self, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label("", "small", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._line = self.words.fontMetrics().height()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GAP)
        for one in buttons:
            one.setFixedHeight(self._line)
            one.setProperty("look", "low")
            self._buttons.addWidget(one)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GAP)
        self._grid.setVerticalSpacing(theme.TIGHT)
        self._grid.setColumnStretch(0, 1)
        self._grid.addLayout(self._buttons, 0, 1)
        self._grid.setRowMinimumHeight(0, self._line)
        self._grid.addWidget(self.words, 0, 0)

    def text(self) -> str:
        return self.words.text()

    @property
    def is_below(self) -> bool:
        """Whether the text stands under the buttons."""
        return self._grid.itemAtPosition(1, 0) is not None

    def show_words(self, text: str, *, warning: bool = False) -> None:
        set_styled(self.words, "look", "warning" if warning else "small")
        self.words.setText(text)
        self.fit()

    def fit(self) -> None:
        """Put the text where it fits; to be called when another button is shown."""
        room = self.width() - self._buttons.sizeHint().width() - theme.GAP
        below = self.words.fontMetrics().horizontalAdvance(self.words.text()) > room
        if below != self.is_below:
            self._grid.removeWidget(self.words)
            self._grid.addWidget(self.words, int(below), 0, 1, 1 + below)
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
