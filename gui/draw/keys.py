"""The pad's keys as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Draw"

DIGITS = tuple(str(digit) for digit in range(10))

BINDINGS: tuple[Binding, ...] = (
    Binding("pen", ("P",), "Pen", WHERE),
    Binding("eraser", ("E",), "Eraser: removes the strokes it touches", WHERE),
    Binding("thinner", ("[",), "Thinner pen", WHERE),
    Binding("thicker", ("]",), "Thicker pen", WHERE),
    Binding("undo", ("Ctrl+Z",), "Undo, as far back as you like", WHERE),
    Binding("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Redo", WHERE),
    Binding("clear", ("C",), "Clear the pad (undo brings it back)", WHERE),
    Binding("open", ("Ctrl+O",), "Open a picture, or strokes", WHERE),
    Binding("paste", ("Ctrl+V",), "Paste a picture", WHERE),
    Binding("copy", ("Ctrl+C",), "Copy the drawing as a picture", WHERE),
    Binding("save", ("Ctrl+S",), "Save the drawing as PNG", WHERE),
    Binding("trust", ("B",), "How far the answer can be believed: the badge's details", WHERE),
    Binding("keep", DIGITS, "Keep the drawing as that digit, to train on", WHERE),
    Binding("keep_menu", ("K",), "Keep the drawing under a label from the list", WHERE),
)

KEYS = {row.name: row.keys for row in BINDINGS}
