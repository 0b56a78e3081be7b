"""The explorer's shared state: the chosen layer, map and pixel, the order of the maps and their colour range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from nets.pictures.ranges import RANGES

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo


class Selection(QObject):
    """What is chosen; all views of the explorer show it.

    ``layer_changed`` is emitted before ``map_changed``; no signal is emitted without a change.
    """

    layers_changed = Signal()
    layer_changed = Signal()
    map_changed = Signal()
    pixel_changed = Signal()
    order_changed = Signal()
    range_changed = Signal()

    def __init__(
        self,
        range_mode: str = "layer",
        parent: QObject | None = None,
        *,
        first_map: Callable[[LayerInfo], int] = lambda layer: 0,
    ) -> None:
        """``first_map``: a function that gives the map with which a layer opens."""
        super().__init__(parent)
        self._first_map = first_map
        self.layers: tuple[LayerInfo, ...] = ()
        self.parameters = 0  # of the whole model; a layer that is called twice counts once
        self.layer: LayerInfo | None = None
        self.map = 0
        self.pixel: tuple[int, int] | None = None  # (row, column), pinned by a click
        self.sorted = False
        self.order = np.arange(0)  # position in the grid -> map
        self.range = range_mode if range_mode in RANGES else "layer"
        self.clips = True

    def set_layers(self, layers: Sequence[LayerInfo], parameters: int = 0) -> None:
        """Set a model's layers. The chosen layer, map and pixel are kept if the new model has them too.

        After a step of gradient descent the layers are a copy's, and the pinned value is what the person wants to
        compare.
        """
        before, chosen, pixel = self.layer, self.map, self.pixel
        path = before.path if before else ""
        self.layers, self.parameters = tuple(layers), parameters
        self.layer = None
        self.layers_changed.emit()
        first = self._first()
        kept = next((row for row in self.layers if row.path == path), None)
        if target := kept or first:
            self.choose_layer(target.path)
            if kept and before:
                self.choose_map(chosen)
                if kept.output_shape == before.output_shape:
                    self.pin(pixel)

    def _first(self) -> LayerInfo | None:
        """The first convolution, else the first layer with maps, else the first that shows anything."""
        convolutions = [row for row in self.layers if row.shows == "maps" and row.kernel_shape]
        maps = [row for row in self.layers if row.shows == "maps"]
        shown = [row for row in self.layers if row.shows != "nothing"]
        return next(iter((*convolutions, *maps, *shown, *self.layers)), None)

    def choose_layer(self, path: str) -> None:
        found = next((row for row in self.layers if row.path == path), None)
        if found is None or (self.layer is not None and self.layer.path == path):
            return
        self.layer = found
        self.map, self.pixel = self._first_map(found), None
        self.order = np.arange(found.maps)
        self.layer_changed.emit()
        self.map_changed.emit()

    def choose_map(self, number: int) -> None:
        if self.layer is None or not 0 <= number < self.layer.maps or number == self.map:
            return
        self.map = number
        self.map_changed.emit()

    def pin(self, pixel: tuple[int, int] | None) -> None:
        if pixel != self.pixel:
            self.pixel = pixel
            self.pixel_changed.emit()

    def walk_layers(self, step: int) -> None:
        if self.layer is not None:
            position = self.layers.index(self.layer) + step
            if 0 <= position < len(self.layers):
                self.choose_layer(self.layers[position].path)

    def walk_maps(self, step: int) -> None:
        """Move to the next map in the order of the grid: by number or by strength."""
        if len(self.order):
            position = self.position() + step
            if 0 <= position < len(self.order):
                self.choose_map(int(self.order[position]))

    def position(self) -> int:
        """The position of the chosen map in the grid."""
        return int(np.flatnonzero(self.order == self.map)[0]) if len(self.order) else 0

    def set_sorted(self, on: bool) -> None:
        if on != self.sorted:
            self.sorted = on
            self.order_changed.emit()

    def set_range(self, mode: str) -> None:
        if mode != self.range and mode in RANGES:
            self.range = mode
            self.range_changed.emit()

    def next_range(self) -> None:
        names = list(RANGES)
        self.set_range(names[(names.index(self.range) + 1) % len(names)])

    def set_clips(self, on: bool) -> None:
        if on != self.clips:
            self.clips = on
            self.range_changed.emit()
