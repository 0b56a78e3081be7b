"""``KeyedWorkspace``: a workspace whose keys work while it is shown, wherever the focus is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gui.bindings import Binding, pressed_row


class KeyedWorkspace(QWidget):
    """Passes the keys of ``bindings`` to ``act``.

    A key that no focused widget used, for instance an arrow right after drawing, arrives at the window: so an event
    filter on the window handles it while the workspace is shown.
    """

    bindings: tuple[Binding, ...] = ()

    def act(self, name: str) -> bool:
        """Do what the row ``name`` of ``bindings`` says; "" for any other key. Returns whether the key was used."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.window() is not self:
            self.window().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.window().removeEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.act(pressed_row(self.bindings, event)):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.isVisible():
            return self.act(pressed_row(self.bindings, event))
        return False
