"""The panel of one map or unit, large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.explore.maps.map_detail import MapDetail
from gui.explore.maps.map_tools import ClipButton, RangeSelect, maps_export_button
from gui.explore.maps.maps_panel import CHANGING
from gui.explore.maps.unit_detail import UnitDetail
from gui.explore.selection import Selection
from gui.paint.scales import Scale
from gui.widgets import ElidedLabel, IconButton

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model


class DetailPanel(QFrame):
    """The panel of one map or unit, large.

    ``closed`` is emitted by the close button; ``export_requested`` as in ``MapsPanel``. In a narrow window this panel
    replaces the maps and shows their range and export controls too.
    """

    closed = Signal()
    export_requested = Signal(str)

    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self._model: Model | None = None
        self._learns = self._alone = False
        self.title = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideMiddle)
        tip = self.tr("The arithmetic of the value under the cursor (A)")
        self.calculator = IconButton("sigma", tip, checkable=True)  # lit while the arithmetic is in view
        self.close_button = IconButton("x", self.tr("Close (Esc)"), look="plain")
        self.clip, self.range, self.export = ClipButton(choice), RangeSelect(choice), maps_export_button()
        self.map, self.unit = MapDetail(), UnitDetail()
        self.pages = QStackedWidget()
        for page in (self.map, self.unit):
            self.pages.addWidget(page)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        head.addWidget(self.title, 1)
        for tool in (self.clip, self.range, self.export):
            head.addWidget(tool)
        head.addWidget(self.calculator)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSET, theme.INSET, theme.INSET, theme.INSET)
        column.setSpacing(theme.TIGHT)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self.close_button.clicked.connect(self.closed)
        self.export.requested.connect(self.export_requested)
        self.map.pinned.connect(choice.pin)
        choice.pixel_changed.connect(lambda: self.map.set_pin(choice.pixel))
        choice.map_changed.connect(self.show_choice)

    @property
    def tools(self) -> tuple[QWidget, ...]:
        """The controls, which a picture of the panel leaves out."""
        return self.clip, self.range, self.export, self.calculator, self.close_button

    def set_model(self, model: Model) -> None:
        """Set the model. If its weights change (a network in training), the kernels are read again with every
        answer.
        """
        self._model = model
        self._learns = model.ref.kind in CHANGING

    def set_alone(self, alone: bool) -> None:
        self._alone = alone
        self._show_tools()

    def _show_tools(self) -> None:
        layer = self._choice.layer
        self.export.setVisible(self._alone)
        for tool in (self.clip, self.range):
            tool.setVisible(self._alone and layer is not None and layer.shows == "maps")

    def show_choice(self) -> None:
        """Show the chosen map or unit; its values follow with the next answer. Does nothing while hidden.

        For a layer without maps this panel is hidden; the maps' panel says why there are none.
        """
        layer, number = self._choice.layer, self._choice.map
        if layer is None or self._model is None or self.isHidden():
            return
        self._show_tools()
        if layer.shows == "maps":
            self.title.setText(self.tr("{0} · map {1}").format(layer.path.replace("/", " / "), number))
            self.map.set_map(self._model, layer, number)
            self.map.set_pin(self._choice.pixel)
            self.pages.setCurrentWidget(self.map)
        elif layer.shows != "nothing":
            name = self.tr("unit {0}").format(number)
            if layer.shows == "probabilities":
                name = self.tr("class {0}").format(self._model.card.labels[number])
            self.title.setText(f"{layer.path.replace('/', ' / ')} · {name}")
            self.unit.set_unit(self._model, layer, self._choice.layers, number)
            self.pages.setCurrentWidget(self.unit)

    def set_answer(self, answer: LiveAnswer, scale: Scale | None) -> None:
        """Paint the values of the chosen map or unit; ``scale`` is the grid's."""
        layer, number = self._choice.layer, self._choice.map
        if layer is None or self.isHidden() or self._model is None:
            return
        values = answer.maps.get(layer.path)
        page = self.pages.currentWidget()
        if page is self.map:
            if self._learns:
                self.map.set_kernel(number)
            self.map.set_input(answer.prepared.stages[-1].picture if answer.prepared else None)
            self.map.set_values(None if values is None else values[..., number], scale, number)
        elif page is self.unit:
            if self._learns:
                self.unit.set_unit(self._model, layer, self._choice.layers, number)
            value = None if values is None else float(values[number])
            given = answer.prepared.input if answer.prepared else None
            self.unit.set_values(value, answer.maps, given)

    @property
    def reads(self) -> str:
        """The layer whose values the shown unit reads, "" if none."""
        return self.unit.source if not self.isHidden() and self.pages.currentWidget() is self.unit else ""
