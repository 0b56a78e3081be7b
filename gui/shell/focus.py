"""The focus that no key has asked for: without it a control shows the ring of the keyboard after a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget


class FocusHome(QObject):
    """Gives the focus to ``window`` itself at the start, and when the mouse has hidden the control that had it.

    Qt gives it to the next control in the order of the Tab key. Once a key was pressed, that is what is wanted.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._by_key = False  # whether the last press was one of a key
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        window.setFocus()

    def watch(self) -> None:
        """Follow the presses; the window must have been shown, which makes its handle."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)  # not of the widgets: it would be asked about each of their events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress):
            self._by_key = event.type() is QEvent.Type.KeyPress
        return False

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is None or now is None or now is self._window or self._by_key:
            return
        if before.window() is self._window and not (before.isVisible() and before.isEnabled()):
            self._window.setFocus()
