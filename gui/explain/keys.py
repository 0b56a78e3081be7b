"""The keys of Why as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Why"

BINDINGS: tuple[Binding, ...] = (
    Binding("method_before", ("Up",), "The method before", WHERE, "workspace"),
    Binding("method_after", ("Down",), "The next method", WHERE, "workspace"),
    Binding("page_before", ("PgUp",), "The page before: explain, lesions, what it looks for", WHERE, "workspace"),
    Binding("page_after", ("PgDown",), "The next page", WHERE, "workspace"),
    Binding("compute", ("Return", "Enter"), "Compute what does not follow the pen", WHERE, "workspace"),
    Binding("stop", ("Escape",), "Stop what is computed; its last good picture stays", WHERE, "workspace"),
    Binding("sanity", ("S",), "Sanity check: does the picture change with random weights?", WHERE, "workspace"),
    Binding("curves", ("D",), "Deletion and insertion: does the network use what is marked?", WHERE, "workspace"),
    Binding("colours", ("J",), "Perceptual colours, or jet", WHERE, "workspace"),
    Binding(
        "pad",
        ("O",),
        "The explanation also over the pad and what the network sees, in every workspace",
        WHERE,
        "workspace",
    ),
)
