"""The playground's keys as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Convolve"

BINDINGS: tuple[Binding, ...] = (
    Binding("play", ("Space",), "Let the window slide, or pause it", WHERE, "workspace"),
    Binding("back", ("Left",), "The position before", WHERE, "workspace"),
    Binding("on", ("Right",), "The next position", WHERE, "workspace"),
    Binding("up", ("Up",), "A row up", WHERE, "workspace"),
    Binding("down", ("Down",), "A row down", WHERE, "workspace"),
    Binding("first", ("Home",), "The first position", WHERE, "workspace"),
    Binding("last", ("End",), "The last position", WHERE, "workspace"),
)
