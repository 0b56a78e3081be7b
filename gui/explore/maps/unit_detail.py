"""One unit of a dense layer: its weights in the shape of the layer it reads, its strongest inputs, its bias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explore.maps.bars import UnitBars
from gui.paint.grid import MapGrid, Pictures
from gui.paint.numbers import shape_words, signed_words, value_words
from gui.paint.readout import Readout, Table
from gui.paint.scale_bar import ScaleBar
from gui.paint.scales import Scale
from gui.widgets import ElidedLabel

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model
    from nets.network.weights import UnitWeights

STRONGEST = 6


def place_words(index: int, shape: tuple[int, ...]) -> str:
    """The position of input ``index`` of a dense layer: "unit 12", or "map 3, row 0, column 4" for maps of
    ``shape``.
    """
    if len(shape) != 3:
        return f"unit {index}"
    row, column, number = np.unravel_index(index, shape)
    return f"map {number}, row {row}, column {column}"


def source_of(found: UnitWeights, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, tuple[int, ...]]:
    """Which of the unit's inputs gives its weights their layout, and its shape; a layer with maps if there is one."""
    count = len(found.weights)
    known = [(path, shapes[path]) for path in found.sources if int(np.prod(shapes.get(path, ()))) == count]
    maps = [(path, shape) for path, shape in known if len(shape) == 3]
    return (maps or known or [(found.sources[0], (count,))])[0]


class UnitDetail(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weights: UnitWeights | None = None
        self._shape: tuple[int, ...] = ()
        self._source = ""
        self.reading = Readout()
        self.place = Readout(role="quiet")
        self.heading = ElidedLabel("", "heading")
        self.heading.setFont(theme.heading_font())
        self.maps = MapGrid(smallest=28, above=True)
        self.maps.names = self.tr("weights on map {0}")
        self.bars = UnitBars()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.maps)
        self.pages.addWidget(self.bars)
        self.scale = ScaleBar()
        self.strongest_heading = Readout(size=theme.SMALL, role="quiet", heading=True)
        self.table = Table(STRONGEST)
        self.bias = Readout(role="quiet")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        for widget in (self.reading, self.place, self.heading):
            outer.addWidget(widget)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self.scale)
        outer.addWidget(self.strongest_heading)
        outer.addWidget(self.table)
        outer.addWidget(self.bias)
        outer.addStretch(0)
        self._outer = outer

    @property
    def source(self) -> str:
        """The layer whose values the unit reads; needed for the strongest inputs."""
        return self._source

    def set_unit(self, model: Model, layer: LayerInfo, layers: tuple[LayerInfo, ...], number: int) -> None:
        from nets.network.weights import weights_of

        self._source = ""
        self._weights = found = weights_of(model.graph, layer.path, number)
        for widget in (self.heading, self.pages, self.scale, self.strongest_heading, self.table):
            widget.setVisible(found is not None)
        self._outer.setStretch(self._outer.count() - 1, 1 if found is None else 0)
        self.place.set_text(self._place(layer, layers, number))
        self.place.setVisible(bool(self.place.text()))
        if found is None:
            self.bias.set_text(self.tr("{0} has no weights.").format(layer.title))
            return
        rows = {row.path: tuple(size or 1 for size in row.output_shape) for row in layers if row.shows != "nothing"}
        rows[""] = model.card.input.shape
        self._source, self._shape = source_of(found, rows)
        self._show_weights(found, self._source or self.tr("the input"))
        self.bias.set_text(
            self.tr("no bias") if found.bias is None else self.tr("bias {0}").format(value_words(found.bias))
        )

    def _place(self, layer: LayerInfo, layers: tuple[LayerInfo, ...], number: int) -> str:
        """The pixel that a unit of a Flatten layer comes from, in words; "" for other units."""
        read = next((row for row in layers if (row.path,) == layer.inputs), None)
        if layer.kind != "Flatten" or read is None or read.shows != "maps":
            return ""
        shape = tuple(size or 1 for size in read.output_shape)
        return self.tr("{0} of {1}").format(place_words(number, shape), read.path)

    def _show_weights(self, found: UnitWeights, source: str) -> None:
        scale = Scale.of_weights(found.weights)
        words = self.tr("Weights on {0}, {1}").format(source, shape_words(self._shape))
        self.heading.setText(words)
        is_maps = len(self._shape) == 3
        self.scale.setVisible(is_maps)
        if is_maps:
            height, width, channels = self._shape
            self.maps.set_shape(channels, height, width)
            self.maps.set_pictures(Pictures(found.weights.reshape(self._shape), scale.low, scale.high, scale.colours))
            self.scale.set_scale(float(scale.low), float(scale.high), scale.colours, clipped=False, signed=True)
            self.pages.setCurrentWidget(self.maps)
        else:
            self.bars.set_count(len(found.weights))
            self.bars.set_values(found.weights, float(scale.low), float(scale.high))
            self.pages.setCurrentWidget(self.bars)

    def set_values(self, value: float | None, maps: Mapping[str, np.ndarray], given: np.ndarray | None) -> None:
        """Set the unit's value and the values of the watched layers; ``given`` is the network's input."""
        self.reading.set_text(
            self.tr("Nothing drawn yet") if value is None else self.tr("value {0}").format(value_words(value))
        )
        if self._weights is None:
            return
        source = maps.get(self._source) if self._source else given
        self._show_strongest(self._weights.weights, source if value is not None else None)

    def _show_strongest(self, weights: np.ndarray, source: np.ndarray | None) -> None:
        """List the inputs with the largest weight × value; without a drawing, those with the largest weights."""
        inputs = None if source is None or source.size != weights.size else source.reshape(-1)
        by = weights if inputs is None else weights * inputs
        words = self.tr("Largest weights") if inputs is None else self.tr("Strongest inputs: weight × value")
        self.strongest_heading.set_text(words)
        count = min(STRONGEST, len(weights))
        strongest = np.argpartition(-np.abs(by), count - 1)[:count]
        strongest = strongest[np.argsort(-np.abs(by[strongest]), kind="stable")]
        rows: list[tuple[str, ...]] = []
        for index in strongest.tolist():
            row = (place_words(index, self._shape), signed_words(weights[index]))
            rows.append(row if inputs is None else (*row, f"× {inputs[index]:.3f}", f"= {signed_words(by[index])}"))
        self.table.set_rows(rows)
