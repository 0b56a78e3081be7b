"""For showing the window to others: full screen, zoom, and panels that can be hidden; by key and from a menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from gui.settings import Settings
from gui.shell.keys import BINDINGS
from gui.shell.zoom import Zoom
from gui.widgets import rest_after

ROWS = ("full_screen", "larger", "smaller", "actual_size", "hide_pad", "hide_side")  # names of ``BINDINGS``


class Presenting(QObject):
    """``actions``: the functions for the rows of ``BINDINGS``. ``open_menu`` shows them as a menu."""

    def __init__(self, window: QWidget, settings: Settings, pad: QWidget, side: Callable[[], QWidget | None]) -> None:
        """
        Args:
            window: The main window.
            settings: Keep the zoom.
            pad: The column with the pad and the answer.
            side: The list or settings panel of the workspace that is shown; None while there is none.
        """
        super().__init__(window)
        self._window, self._pad, self._side = window, pad, side
        self.zoom = Zoom(settings, self)
        self.actions: Mapping[str, Callable[[], object]] = {
            "full_screen": self.toggle_full_screen,
            "larger": lambda: self.zoom.ask(1),
            "smaller": lambda: self.zoom.ask(-1),
            "actual_size": lambda: self.zoom.ask(0),
            "hide_pad": lambda: pad.setHidden(not pad.isHidden()),
            "hide_side": self.toggle_side,
        }
        self._menu: QMenu | None = None

    def toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def toggle_side(self) -> None:
        side = self._side()
        if side is not None:
            side.setHidden(not side.isHidden())

    def open_menu(self, below: QWidget) -> None:
        """Show the actions as rows with their keys; a tick marks hidden panels and full screen."""
        if self._menu is None:
            self._menu = QMenu(self._window)
        menu = self._menu
        menu.clear()
        side = self._side()
        ticked = {
            "full_screen": self._window.isFullScreen(),
            "hide_pad": self._pad.isHidden(),
            "hide_side": side is not None and side.isHidden(),
        }
        for row in BINDINGS:
            if row.name not in ROWS:
                continue
            text = self.tr(row.title)
            if row.name == "actual_size":
                text = self.tr("{0} (now {1} %)").format(text, self.zoom.level)
            action = menu.addAction(text)
            action.setCheckable(row.name in ticked)
            action.setChecked(ticked.get(row.name, False))
            # Text alone: a real shortcut would conflict with the window's own for the same key.
            keys = QKeySequence(row.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action.setText(f"{text}\t{keys}")
            action.triggered.connect(self.actions[row.name])
        if isinstance(below, QAbstractButton):
            rest_after(below, menu)
        menu.popup(below.mapToGlobal(QPoint(0, below.height() + 2)))
