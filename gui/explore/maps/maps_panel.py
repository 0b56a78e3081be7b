"""The panel of the chosen layer: maps as a grid, units as bars, the output as labelled bars, or why nothing is
shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explore.maps.bars import UnitBars
from gui.explore.maps.kernels import KernelStrip
from gui.explore.maps.map_tools import ClipButton, RangeSelect, maps_export_button
from gui.explore.maps.probabilities import ProbabilityBars
from gui.explore.selection import Selection
from gui.paint.grid import MapGrid, Pictures
from gui.paint.numbers import count_words, shape_words, value_words
from gui.paint.readout import Readout
from gui.paint.scale_bar import ScaleBar
from gui.paint.scales import Scale, scale_of
from gui.widgets import ElidedLabel, IconButton, StateView
from nets.pictures.ranges import dead_maps, order

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

CHANGING = ("training", "edited")  # kinds of models whose weights change from answer to answer
MANY = 100  # with more classes the bars are always sorted: among a thousand the answer would be hard to find
# milliseconds after the last answer before sorted maps are reordered, so that they do not jump while the pen moves
RESTED = 250


class MapsPanel(QFrame):
    """``opened``: show the chosen map large. ``export_requested`` carries "layer", "map" or "arrays"."""

    opened = Signal()
    export_requested = Signal(str)

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self._labels: tuple[str, ...] = ()
        self._model: Model | None = None
        self._has_kernels = False
        self._values: np.ndarray | None = None
        self.scale: Scale | None = None
        self._fresh = True  # the layer has had no answer yet: its first one is sorted at once
        self.title = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideMiddle)
        self.kind = ElidedLabel("", "small")
        self.facts = ElidedLabel("", "small")
        self.state_line = Readout(size=theme.SMALL, role="quiet")
        self.sort = IconButton("arrow-down-wide-narrow", self.tr("Sort by strength (S)"), checkable=True)
        self.range, self.clip, self.export = RangeSelect(choice), ClipButton(choice), maps_export_button()
        self.grid, self.bars, self.answer_bars = MapGrid(), UnitBars(), ProbabilityBars()
        self.state = StateView()
        self.scale_bar, self.kernels = ScaleBar(), KernelStrip()
        self.pages = QStackedWidget()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTED)
        self._compose()
        self._connect()

    @property
    def tools(self) -> tuple[QWidget, ...]:
        """The controls, which a picture of the panel leaves out."""
        return self.sort, self.export, self.clip, self.range

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.kind)
        head.addLayout(names, 1)
        for tool in (self.sort, self.export):
            head.addWidget(tool)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addStretch(1)
        foot.addWidget(self.clip)
        foot.addWidget(self.range)
        for page in (self.grid, self.bars, self.answer_bars, self.state):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSET, theme.INSET, theme.INSET, theme.GAP)
        column.setSpacing(theme.TIGHT)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addSpacing(theme.TIGHT)
        column.addWidget(self.pages, 1)
        column.addWidget(self.scale_bar)
        column.addWidget(self.state_line)
        column.addWidget(self.kernels)
        column.addLayout(foot)
        self.kernels.hide()

    def _connect(self) -> None:
        choice = self._choice
        choice.layer_changed.connect(self._on_layer)
        choice.map_changed.connect(self._on_map)
        choice.order_changed.connect(self._on_order)
        self.sort.toggled.connect(choice.set_sorted)
        self.export.requested.connect(self.export_requested)
        self.kernels.clicked.connect(self._open)
        self.grid.clicked.connect(lambda number, row, column: self._open(number))
        self.bars.clicked.connect(self._open)
        self.answer_bars.clicked.connect(self._open)
        self._rest.timeout.connect(self._sort)

    # --- what is shown ------------------------------------------------------------------------------------------

    def set_model(self, model: Model) -> None:
        """Sets the model. Called before ``Selection.set_layers``, because the kernels are read from the model."""
        self._model, self._labels = model, tuple(model.card.labels)

    def set_note(self, note: str) -> None:
        """Show a sentence in place of the maps; "" for none."""
        for view in (self.grid, self.bars, self.answer_bars):
            view.set_note(note)

    def set_answer(self, answer: LiveAnswer) -> None:
        """Paints the values of an answer without a new layout."""
        layer = self._choice.layer
        if layer is None:
            return
        self._values = answer.maps.get(layer.path)
        if self._values is None:
            self._clear()
            return
        others = (array for path, array in answer.maps.items() if path != self._last_path())
        self.scale = scale_of(self._values, self._choice.range, others, clip=self._choice.clips)
        if layer.shows == "maps":
            dead = dead_maps(self._values)
            scale = self.scale
            self.grid.set_pictures(Pictures(self._values, scale.low, scale.high, scale.colours, dead))
            self._say_state(int(dead.sum()), scale.note)
        elif layer.shows == "units":
            low, high = self.scale.of(0)
            self.bars.set_values(self._values, low, high)
            self._say_state(int((self._values == 0).sum()), self.scale.note)
        else:
            self.answer_bars.set_values(self._values)
        self._show_scale()
        model = answer.model
        if model is not None and model.ref.kind in CHANGING and self._has_kernels:
            self.kernels.set_layer(model, layer)
        if self._sorts and self._fresh:
            self._sort()
            self._show_chosen()
        elif self._sorts:
            self._rest.start()
        self._fresh = False

    @property
    def _sorts(self) -> bool:
        layer = self._choice.layer
        return self._choice.sorted or (layer is not None and _is_always_sorted(layer))

    def _last_path(self) -> str:
        return self._choice.layers[-1].path if self._choice.layers else ""

    def _clear(self) -> None:
        self.scale = None
        self.grid.set_pictures(None)
        self.bars.set_values(None, 0, 1)
        self.answer_bars.set_values(None)
        self.state_line.set_text("")
        self.scale_bar.say("")

    def _say_state(self, zeros: int, note: str) -> None:
        layer = self._choice.layer
        assert layer is not None
        kinds = self.tr("{0} of {1} maps dead") if layer.shows == "maps" else self.tr("{0} of {1} units are zero")
        words = [kinds.format(zeros, layer.maps)] if zeros else []
        if note:
            words.append(note)
        self.state_line.set_text(" · ".join(words))

    def _show_scale(self) -> None:
        layer, scale = self._choice.layer, self.scale
        if layer is None or scale is None or layer.shows not in ("maps", "units"):
            self.scale_bar.say("")
            return
        low, high = scale.of(self._choice.map)
        if layer.shows == "units":
            self.scale_bar.say(self.tr("bars from {0} to {1}").format(value_words(low), value_words(high)))
            return
        self.scale_bar.set_scale(low, high, scale.colours, clipped=bool(scale.note), signed=scale.signed)

    def hideEvent(self, event: QHideEvent) -> None:
        self._rest.stop()

    # --- the choice ---------------------------------------------------------------------------------------------

    def _on_layer(self) -> None:
        layer = self._choice.layer
        if layer is None:
            return
        self._values, self.scale = None, None
        self._fresh = True
        self._rest.stop()
        self.title.setText(layer.path.replace("/", " / "))
        self.kind.setText(layer.title)
        self.facts.setText(self._facts(layer))
        self.grid.set_shape(0, 1, 1)
        for tool in (self.sort, self.range, self.export):
            tool.setEnabled(layer.shows != "nothing")
        self.sort.setVisible(not _is_always_sorted(layer))
        for tool in (self.range, self.clip):
            tool.setVisible(layer.shows in ("maps", "units"))
        self._has_kernels = self._model is not None and self.kernels.set_layer(self._model, layer)
        if layer.shows == "maps":
            height, width, count = (size or 1 for size in layer.output_shape)
            self.grid.set_shape(count, height, width)
            self.pages.setCurrentWidget(self.grid)
        elif layer.shows == "units":
            self.bars.set_count(layer.maps)
            self.pages.setCurrentWidget(self.bars)
        elif layer.shows == "probabilities":
            self.answer_bars.set_labels(self._labels)
            self.pages.setCurrentWidget(self.answer_bars)
        else:
            self.state.empty(self.tr("This layer cannot be shown"), layer.why_not, icon="layers")
            self.pages.setCurrentWidget(self.state)
        self._clear()
        self._make_room()

    def _make_room(self) -> None:
        """Show the kernels below the maps if there is room for them."""
        layer = self._choice.layer
        room = self.pages.height() + (0 if self.kernels.isHidden() else self.kernels.height() + theme.TIGHT)
        height = self.kernels.height_in(self.pages.width()) if self._has_kernels else None
        fits = height is not None and self.grid.height_at(room) + height + theme.TIGHT <= room
        if height is not None:
            self.kernels.setFixedHeight(height)
        self.kernels.setVisible(bool(fits and layer is not None and layer.shows == "maps"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._make_room)  # once the layout has given the pages their size

    def _facts(self, layer: LayerInfo) -> str:
        shape = shape_words(layer.output_shape)
        if layer.shows == "maps":
            height, width, count = layer.output_shape
            words = self.tr("1 map of {1}") if count == 1 else self.tr("{0} maps of {1}")
            shape = words.format(count, shape_words((height, width)))
        elif layer.shows == "units":
            shape = self.tr("1 unit") if layer.maps == 1 else self.tr("{0} units").format(layer.maps)
        elif layer.shows == "probabilities":
            shape = self.tr("1 class") if layer.maps == 1 else self.tr("{0} classes").format(layer.maps)
        parts = [shape]
        if layer.parameters:
            parts.append(self.tr("{0} parameters").format(f"{layer.parameters:,}"))
        if layer.multiply_adds:
            parts.append(self.tr("{0} multiply-adds").format(count_words(layer.multiply_adds)))
        return " · ".join(parts)

    def _view(self) -> MapGrid | UnitBars | ProbabilityBars | None:
        page = self.pages.currentWidget()
        return page if isinstance(page, (MapGrid, UnitBars, ProbabilityBars)) else None

    def _on_map(self) -> None:
        if view := self._view():
            view.set_chosen(self._choice.map)
            self.kernels.grid.set_chosen(self._choice.map)
            self.kernels.grid.show_number(self._choice.map)
            view.show_number(self._choice.map)
        self._show_scale()

    def _show_chosen(self) -> None:
        """Scroll to the chosen map, whose position has changed."""
        if view := self._view():
            view.show_number(self._choice.map)

    def _open(self, number: int) -> None:
        self._choice.choose_map(number)
        self.opened.emit()

    def _on_order(self) -> None:
        if self.sort.isChecked() != self._choice.sorted:
            self.sort.setChecked(self._choice.sorted)
        self._sort()

    def _sort(self) -> None:
        """Order the maps by strength or by number."""
        layer, view = self._choice.layer, self._view()
        if layer is None or view is None:
            return
        if self._sorts and self._values is not None:
            made = order(self._values, by_strength=True)
        else:
            made = np.arange(layer.maps)
        self._choice.order = made
        view.set_order(made)


def _is_always_sorted(layer: LayerInfo) -> bool:
    return layer.shows == "probabilities" and layer.maps > MANY
