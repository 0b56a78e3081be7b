"""The window's own keys as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Window"

BINDINGS: tuple[Binding, ...] = (
    Binding("train", ("Ctrl+1",), "Show the Train workspace", WHERE),
    Binding("explore", ("Ctrl+2",), "Show the Explore workspace", WHERE),
    Binding("convolve", ("Ctrl+3",), "Show the Convolve workspace", WHERE),
    Binding("why", ("Ctrl+4",), "Show the Why workspace", WHERE),
    Binding("compare", ("Ctrl+5",), "Show the Compare workspace", WHERE),
    Binding("epoch_before", (",",), "The epoch before, of the run that is open", WHERE),
    Binding("epoch_after", (".",), "The next epoch", WHERE),
    Binding("play", ("/",), "Play the epochs, or pause", WHERE),
    Binding("models", ("Ctrl+M",), "Choose the model that answers", WHERE),
    Binding("input", ("Ctrl+I",), "What the network receives: range, fit, class names", WHERE),
    Binding("settings", ("Ctrl+,",), "Settings", WHERE),
    Binding("full_screen", ("F11",), "Full screen, and back", WHERE),
    Binding("larger", ("Ctrl++", "Ctrl+="), "Everything larger", WHERE),
    Binding("smaller", ("Ctrl+-",), "Everything smaller", WHERE),
    Binding("actual_size", ("Ctrl+0",), "Back to 100 %", WHERE),
    Binding("hide_pad", ("Ctrl+B",), "Hide or show the pad and its answer", WHERE),
    Binding("hide_side", ("Ctrl+Shift+B",), "Hide or show the list or the settings of the workspace", WHERE),
    Binding("help", ("F1",), "This page", WHERE),
    Binding("quit", ("Ctrl+Q",), "Close the program", WHERE),
)
