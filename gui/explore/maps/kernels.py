"""All kernels of a first layer side by side, below its maps; with one input channel each map has one kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.paint.grid import MapGrid, Pictures
from gui.paint.scales import Scale
from gui.widgets import label

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

LOWEST, HIGHEST = 56, 92
SMALLEST = 15  # side below which a kernel cannot be read


class KernelStrip(QWidget):
    """``clicked`` gives the number of a map. Shown by its owner where there is room."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = MapGrid(smallest=SMALLEST, numbers=False)
        self.grid.setMinimumHeight(LOWEST)
        self.grid.names = self.tr("kernel of map {0}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        self._name = label(self.tr("Kernels"), "heading")
        row.addWidget(self._name)
        row.addWidget(self.grid, 1)
        self.grid.clicked.connect(lambda number, _row, _column: self.clicked.emit(number))

    def height_in(self, width: int) -> int | None:
        """The height needed to show all kernels at this ``width``; None if it is more than allowed."""
        inner = width - self._name.sizeHint().width() - theme.GAP
        for height in range(theme.px(LOWEST), theme.px(HIGHEST) + 1, 4):
            if self.grid.height_at(height, inner) <= height:
                return height
        return None

    def set_layer(self, model: Model, layer: LayerInfo) -> bool:
        """Show the layer's kernels; False if it has none, or several for each map."""
        from nets.network.layers import kernels_of

        if layer.kernel_shape is None or layer.kernel_shape[2] != 1 or max(layer.kernel_shape[:2]) < 2:
            return False
        found = kernels_of(model.graph, layer.path)
        if found is None:
            return False
        kernels = found[0][:, :, 0]  # (h, w, maps)
        scale = Scale.of_weights(kernels)
        self.grid.set_shape(layer.maps, *kernels.shape[:2])
        self.grid.set_pictures(Pictures(kernels, scale.low, scale.high, scale.colours))
        return True
