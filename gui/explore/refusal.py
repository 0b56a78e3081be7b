"""The state in place of the workspace: loading, or refused with the reason and what to do next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.widgets import Panel, StateView, button

READABLE = 560  # width in pixels that no line of text exceeds


class ModelState(Panel):
    """``open_requested``: choose another file. ``left``: keep the network that was open before."""

    open_requested = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.view = StateView()
        self.keep = button("", "plain")
        self.keep.hide()
        self.view.setMaximumWidth(READABLE)
        inner = self.view.layout()
        assert isinstance(inner, QVBoxLayout)
        inner.insertWidget(inner.count() - 1, self.keep, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.view, 1000)
        row.addStretch(1)
        self.body.addLayout(row, 1)
        self.view.acted.connect(self.open_requested)
        self.keep.clicked.connect(self.left)

    def show_busy(self, title: str) -> None:
        self.keep.hide()
        self.view.busy(title, self.tr("Drawing works already; the layers appear when the network is there."))

    def show_failed(self, title: str, why: str) -> None:
        self.keep.hide()
        self.view.failed(title, why)

    def show_refused(self, reference: str, why: str, *, keep: str = "") -> None:
        """Show why ``reference`` was refused. ``keep``: the title of the network that is still open, if there
        is one.
        """
        title = self.tr("{0} cannot be opened").format(Path(reference).name or reference)
        self.view.failed(title, why, action=self.tr("Open another file …"))
        self.keep.setText(self.tr("Go on with {0}").format(keep))
        self.keep.setVisible(bool(keep))
