"""Train while nothing is trained; Pause and Stop while a training runs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QWidget

from gui import theme
from gui.widgets import button


class TrainButtons(QStackedWidget):
    """``train`` on the first page, ``pause`` and ``stop`` on the second. Only as wide as the visible page, because in a
    narrow window the menus need the room.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train: QPushButton = button(self.tr("Train"), "primary")
        self.pause: QPushButton = button(self.tr("Pause"), tip=self.tr("Holds the training, keeping all (Ctrl+P)"))
        self.stop: QPushButton = button(
            self.tr("Stop"), "primary", tip=self.tr("Ends after this batch; finished epochs are kept (Ctrl+.)")
        )
        for controls in ((self.train,), (self.pause, self.stop)):
            page = QWidget()
            row = QHBoxLayout(page)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.GAP)
            row.addStretch(1)
            for control in controls:
                row.addWidget(control)
            self.addWidget(page)
        self.pause.setFixedWidth(78)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_page(self, *, running: bool) -> None:
        self.setCurrentIndex(1 if running else 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
