"""The explorer's keys as rows."""

from __future__ import annotations

from gui.bindings import Binding

WHERE = "Explore"

BINDINGS: tuple[Binding, ...] = (
    Binding("layer_before", ("Up",), "The layer before", WHERE, "workspace"),
    Binding("layer_after", ("Down",), "The next layer", WHERE, "workspace"),
    Binding("map_before", ("Left",), "The map before", WHERE, "workspace"),
    Binding("map_after", ("Right",), "The next map", WHERE, "workspace"),
    Binding("open", ("Return", "Enter"), "Open the map large", WHERE, "workspace"),
    Binding("back", ("Escape",), "Back: let the pixel go, close the large map", WHERE, "workspace"),
    Binding("sort", ("S",), "Sort by strength, or in place", WHERE, "workspace"),
    Binding("arithmetic", ("A",), "The arithmetic of the value under the cursor", WHERE, "workspace"),
    Binding("range", ("R",), "Colour range: this map, the layer, the network", WHERE, "workspace"),
)
