"""The keys of the comparison as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Compare"

BINDINGS: tuple[Binding, ...] = (
    Binding("view_before", ("PgUp",), "The view before: table, plot, curves ...", WHERE, "workspace"),
    Binding("view_after", ("PgDown",), "The next view", WHERE, "workspace"),
    Binding("before", ("Up",), "The disagreement before", WHERE, "workspace"),
    Binding("after", ("Down",), "The next disagreement", WHERE, "workspace"),
    Binding("open", ("Return", "Enter"), "Put the chosen image on the pad and look at its maps", WHERE, "workspace"),
    Binding("stop", ("Escape",), "Stop what is measured, or go back to the disagreements", WHERE, "workspace"),
)
