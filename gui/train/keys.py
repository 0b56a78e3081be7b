"""The keys of the Train workspace as rows. The list of runs has keys of its own while it has the focus."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Train"
LIST = "Train: list of runs (when it has the focus)"

BINDINGS: tuple[Binding, ...] = (
    Binding("start", ("Ctrl+Return",), "Start the training", WHERE, "workspace"),
    Binding("pause", ("Ctrl+P",), "Pause the training, and resume it", WHERE, "workspace"),
    Binding("stop", ("Ctrl+.",), "Stop the training; finished epochs are kept", WHERE, "workspace"),
    Binding("watch", ("Ctrl+L",), "Watch it learn: the pad answers with the network in training", WHERE, "workspace"),
    Binding("list", ("Ctrl+R",), "Go to the list of runs", WHERE, "workspace"),
    Binding("show", ("Return", "Enter"), "Show the chosen run", LIST, "control"),
    Binding("overlay", ("Space",), "Lay the chosen run over the one that is shown", LIST, "control"),
    Binding("rename", ("F2",), "Rename the chosen run", LIST, "control"),
    Binding("delete", ("Delete",), "Put the chosen run into the bin (Undo takes it out)", LIST, "control"),
)
