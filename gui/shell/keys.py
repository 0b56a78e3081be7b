"""The window's own keys as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Window"

BINDINGS: tuple[Binding, ...] = (
    Binding("train", ("Ctrl+1",), "Show the Train workspace", WHERE),
    Binding("explore", ("Ctrl+2",), "Show the Explore workspace", WHERE),
    Binding("convolve", ("Ctrl+3",), "Show the Convolve workspace", WHERE),
    Binding("models", ("Ctrl+M",), "Choose the model that answers", WHERE),
    Binding("settings", ("Ctrl+,",), "Settings", WHERE),
    Binding("help", ("F1",), "This page", WHERE),
    Binding("quit", ("Ctrl+Q",), "Close the program", WHERE),
)
