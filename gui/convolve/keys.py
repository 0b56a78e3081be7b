"""The playground's keys as rows, and which row a key press belongs to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.bindings import Binding

WHERE = "Convolve (when the focus is there: click into it)"

BINDINGS: tuple[Binding, ...] = (
    Binding("play", ("Space",), "Let the window slide, or pause it", WHERE),
    Binding("back", ("Left",), "The position before", WHERE),
    Binding("on", ("Right",), "The next position", WHERE),
    Binding("up", ("Up",), "A row up", WHERE),
    Binding("down", ("Down",), "A row down", WHERE),
    Binding("first", ("Home",), "The first position", WHERE),
    Binding("last", ("End",), "The last position", WHERE),
)

_ROWS = {QKeySequence(key): row.name for row in BINDINGS for key in row.keys}


def name_of(event: QKeyEvent) -> str:
    """The name of the binding that was pressed, "" for another key or with Ctrl, Alt or Meta held."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _ROWS.get(QKeySequence(event.key()), "") if not held else ""
