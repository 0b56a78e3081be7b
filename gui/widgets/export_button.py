"""``ExportButton``, a button with a menu of what can be saved or copied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui.widgets.buttons import IconButton, set_menu


class ExportButton(IconButton):
    """``requested`` gives the name of the chosen row: "copy" and "shown" (the panel as it is), or another."""

    requested = Signal(str)

    def __init__(self, rows: Sequence[tuple[str, str]] = (), parent: QWidget | None = None) -> None:
        """``rows``: (name, text) of what can be saved besides the panel itself."""
        words = partial(QCoreApplication.translate, "ExportButton")
        super().__init__("download", words("Save or copy what is shown"), parent=parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        shown = (
            ("copy", words("Copy what is shown")),
            ("shown", words("What is shown, with the drawing (PNG) …")),
        )
        for name, text in (*shown, *rows):
            menu.addAction(text).triggered.connect(partial(self.requested.emit, name))
        set_menu(self, menu)
