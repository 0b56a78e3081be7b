"""The panel around the diagram: with a heading if it is high enough, otherwise a slim strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui import theme
from gui.explore.selection import Selection
from gui.paint.diagram import INPUT, Diagram, items_of
from gui.paint.pixels import picture_pixels
from gui.paint.scales import faces
from gui.widgets import label

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.network.model import Model

FULL, SLIM = 196, 76


class DiagramPanel(QFrame):
    def __init__(self, choice: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._choice = choice
        self._answer: LiveAnswer | None = None
        self._overlay: np.ndarray | None = None
        self.heading = label(self.tr("Network, to scale: click a volume"), "heading")
        self.diagram = Diagram()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(theme.TIGHT)
        self._column.addWidget(self.heading)
        self._column.addWidget(self.diagram, 1)
        self.set_slim(False)
        self.diagram.clicked.connect(choice.choose_layer)
        self.diagram.horizontalScrollBar().valueChanged.connect(lambda _: self._show_faces())
        choice.layer_changed.connect(self._on_layer)

    def set_slim(self, slim: bool) -> None:
        self.heading.setVisible(not slim)
        upright = theme.TIGHT if slim else theme.INSET
        self._column.setContentsMargins(theme.INSET, upright, theme.INSET, theme.TIGHT)
        self.setFixedHeight(theme.px(SLIM if slim else FULL))

    def set_model(self, model: Model) -> None:
        name = model.network.inputs[0].name.split(":")[0]
        self._answer = None
        self.diagram.set_items(items_of(name, model.card.input.shape, self._choice.layers))
        self._on_layer()

    def set_partial(self, partial: bool) -> None:
        """Whether answers contain only the layers in view while the pen moves, as for a large network."""
        words = self.tr("Network, to scale: click a volume")
        if partial:
            words += self.tr(" (the others are filled in when the pen rests)")
        self.heading.setText(words)

    def set_answer(self, answer: LiveAnswer) -> None:
        self._answer = answer
        self._show_faces()

    def set_overlay(self, pixels: np.ndarray | None) -> None:
        """(H, W) uint32 in place of the input's picture; None: the picture itself."""
        self._overlay = pixels
        self._show_faces()

    def _show_faces(self) -> None:
        answer = self._answer
        if answer is None or answer.prepared is None:
            self.diagram.set_faces({})
            return
        visible = self.diagram.visible_paths()
        made: dict[str, np.ndarray] = faces({**answer.means, **answer.maps}, visible)
        if INPUT in visible:
            own = picture_pixels(answer.prepared.stages[-1].picture)
            made[INPUT] = own if self._overlay is None or self._overlay.shape != own.shape else self._overlay
        self.diagram.set_faces(made)

    def _on_layer(self) -> None:
        if self._choice.layer is not None:
            self.diagram.set_chosen(self._choice.layer.path)
