"""The diagram of each network, one below the other, all to one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.compare.view import ComparisonView
from gui.paint.diagram import Diagram, items_of
from gui.paint.diagram_layout import extremes_of
from gui.widgets import ElidedLabel, label
from nets.experiments.words import count_words

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison

HEIGHT = 168


class DiagramsView(ComparisonView):
    """Equal heights and widths mean equal numbers of pixels in all diagrams; a tooltip gives a layer's size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.diagrams: list[Diagram] = []
        self._names: list[ElidedLabel] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.TIGHT)
        scroll = QScrollArea()
        scroll.setProperty("look", "bare")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        theme.theme.changed.connect(self._restyle)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.diagrams, self._names = [], []
        networks = [items_of(row.input_name, row.card.input.shape, row.layers) for row in found.rows]
        scale = extremes_of([item for items in networks for item in items])
        words = self.tr("Height and width to one scale, {0} pixels the largest; depth: the number of maps, log scale")
        self._column.addWidget(label(words.format(scale.side), "small", wrap=True))
        for row, items in zip(found.rows, networks, strict=True):
            size = self.tr("{0}: {1} layers, {2} parameters").format(
                row.title, len(row.layers), count_words(row.costs.parameters)
            )
            diagram = Diagram()
            diagram.setFixedHeight(theme.px(HEIGHT))
            diagram.set_items(items, scale)
            name = ElidedLabel(size, "strong")
            self._column.addSpacing(theme.GAP)
            self._names.append(name)
            self._column.addWidget(name)
            self._column.addWidget(diagram)
            self.diagrams.append(diagram)
        self._column.addStretch(1)
        self._restyle()

    def _restyle(self) -> None:
        """Give each network the colour that it has in the other views."""
        colors = theme.now().runs
        for number, name in enumerate(self._names):
            name.setStyleSheet(f"color: {colors[number % len(colors)]};")
