"""The explorer's keys as rows, and which row a key press belongs to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.bindings import Binding

WHERE = "Explore"

BINDINGS: tuple[Binding, ...] = (
    Binding("layer_before", ("Up",), "The layer before", WHERE),
    Binding("layer_after", ("Down",), "The next layer", WHERE),
    Binding("map_before", ("Left",), "The map before", WHERE),
    Binding("map_after", ("Right",), "The next map", WHERE),
    Binding("open", ("Return", "Enter"), "Open the map large", WHERE),
    Binding("back", ("Escape",), "Back: let the pixel go, close the large map", WHERE),
    Binding("sort", ("S",), "Sort by strength, or in place", WHERE),
    Binding("arithmetic", ("A",), "The arithmetic of the value under the cursor", WHERE),
    Binding("range", ("R",), "Colour range: this map, the layer, the network", WHERE),
)

_ROWS = {QKeySequence(key): row.name for row in BINDINGS for key in row.keys}


def name_of(event: QKeyEvent) -> str:
    """The name of the binding that was pressed, "" for another key or with Ctrl, Alt or Meta held."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    return _ROWS.get(QKeySequence(event.key()), "") if not held else ""
