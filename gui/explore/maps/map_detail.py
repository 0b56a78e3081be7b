"""One map, large: the pixel under the cursor, its receptive field in the input, and the kernel of the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.paint.grid import MapGrid, Pictures
from gui.paint.grid_layout import whole_scale
from gui.paint.numbers import shape_words, unbroken, value_words
from gui.paint.picture import PixelPicture
from gui.paint.pixels import coloured, picture_pixels
from gui.paint.readout import Readout
from gui.paint.scale_bar import ScaleBar
from gui.paint.scales import Scale
from gui.widgets import ElidedLabel, label

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model


BESIDE, ABOVE = 0.58, 0.66  # the map's share of the width, of the height


@dataclass(frozen=True)
class Rooms:
    """The sizes of the map's and the input's areas, (width, height) each; ``stacked``: the map is above the input."""

    stacked: bool
    large: tuple[float, float]
    input: tuple[float, float]


def rooms(width: float, height: float, shape: tuple[int, int], *, words: float, may_stack: bool) -> Rooms:
    """The areas for a map of ``shape`` (h, w). ``words``: the height of the text below the input if they stand side by
    side.
    """
    beside = Rooms(False, (width * BESIDE, height), (width * (1 - BESIDE), max(height - words, 60)))
    above = Rooms(True, (width, height * ABOVE), (width * (1 - BESIDE), max(height * (1 - ABOVE), 60)))

    def scale(room: Rooms) -> float:
        return whole_scale(*shape, int(room.large[1]), int(room.large[0]))

    return above if may_stack and scale(above) > scale(beside) else beside


class MapDetail(QWidget):
    """``pinned`` is emitted with (row, column) to pin a pixel, and with None to unpin it."""

    pinned = Signal(object)  # (row, column) or None
    pointed = Signal()  # another pixel is explained

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: Model | None = None
        self._picture: np.ndarray | None = None
        self._overlay: np.ndarray | None = None
        self._layer: LayerInfo | None = None
        self._shape = (1, 1)  # of the map
        self._values: np.ndarray | None = None  # (h, w)
        self._hover: tuple[int, int] | None = None
        self._pin: tuple[int, int] | None = None
        self._shown: tuple[int, int] | None = None
        self.reading = Readout()
        self.large = PixelPicture(reacts=True)
        self.input = PixelPicture()
        self.field = Readout(size=theme.SMALL, role="quiet", lines=3)
        self.scale_bar = ScaleBar()
        self.range_note = Readout(size=theme.SMALL, role="quiet")
        self.kernel_heading = ElidedLabel("", "heading")
        self.kernel_heading.setFont(theme.heading_font())
        self.kernel_scale = ScaleBar()
        self.kernels = MapGrid(smallest=28, above=True)
        self.kernels.setMinimumHeight(48)
        self.kernels.names = self.tr("input channel {0}")
        self.bias = Readout(role="quiet")
        self.numbers = Readout(role="quiet", lines=2)
        self._compose()
        self.large.hovered.connect(self._on_hover)
        self.large.clicked.connect(self._on_click)

    def _compose(self) -> None:
        self._beside_input = words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        words.setSpacing(theme.TIGHT)
        words.addWidget(self.input)
        words.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(theme.TIGHT)
        right.addWidget(label(self.tr("On the input"), "heading"))
        right.addLayout(words)
        right.addStretch(1)
        self._pair = pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.addWidget(self.large, 0, Qt.AlignmentFlag.AlignTop)
        pair.addLayout(right, 1)
        scale = QVBoxLayout()
        scale.setSpacing(0)
        scale.addWidget(self.scale_bar)
        scale.addWidget(self.range_note)
        self._outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.GAP)
        outer.addWidget(self.reading)
        outer.addLayout(pair)
        outer.addLayout(scale)
        outer.addWidget(self.kernel_heading)
        outer.addWidget(self.kernels, 1)
        outer.addWidget(self.kernel_scale)
        outer.addWidget(self.numbers)
        outer.addWidget(self.bias)
        outer.addStretch(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        """Size the two pictures to the available room; the map gets the larger share."""
        has_kernel = self.kernels.isVisibleTo(self)
        lines = (self.reading, self.scale_bar, self.range_note, self.kernel_heading, self.kernel_scale)
        shown = [widget for widget in (*lines, self.numbers, self.bias) if widget.isVisibleTo(self)]
        rest = self.height() - sum(widget.sizeHint().height() + theme.GAP for widget in shown) - theme.GAP
        height = max(rest * (0.7 if has_kernel else 1), 120)
        heading = theme.INSET + theme.GAP
        words = self.field.sizeHint().height() + heading + theme.GAP
        gap = theme.GUTTER
        made = rooms(self.width() - gap, height - gap, self._shape, words=words, may_stack=not has_kernel)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._pair.setDirection(down if made.stacked else across)
        self._pair.setSpacing(theme.GAP if made.stacked else gap)
        self._beside_input.setDirection(across if made.stacked else down)
        self._beside_input.setSpacing(theme.GAP if made.stacked else theme.TIGHT)
        self.large.fit(*made.large)
        self.input.fit(made.input[0], made.input[1] - (heading if made.stacked else 0))

    # --- what is shown ------------------------------------------------------------------------------------------

    def set_map(self, model: Model, layer: LayerInfo, number: int) -> None:
        """Set another map: its kernel, and the shapes of the pictures."""
        self._model, self._layer = model, layer
        height, width = (size or 1 for size in layer.output_shape[:2])
        self._shape = (height, width)
        # This comes first: it makes the picture drop its pixel, which asks for the strongest one, and the old map's
        # strongest pixel may lie outside the new map.
        self._values, self._hover, self._pin, self._shown = None, None, None, None
        self.large.set_shape(height, width)
        self.input.set_shape(model.card.input.height, model.card.input.width)
        self.set_kernel(number)
        self._fit()
        self._point()

    def set_kernel(self, number: int) -> None:
        """Read the kernel of map ``number`` again: for another map, or after the weights changed."""
        from nets.network.layers import kernel_of

        assert self._model is not None
        assert self._layer is not None
        found = kernel_of(self._model.graph, self._layer.path, number)
        for widget in (self.kernels, self.kernel_scale):
            widget.setVisible(found is not None)
        self.numbers.hide()
        self._outer.setStretch(self._outer.count() - 1, 1 if found is None else 0)
        if found is None:
            self._show_normalisation(number)
            return
        self.kernel_heading.show()
        self.bias.show()
        kernel, bias = found
        height, width, channels = kernel.shape
        words = self.tr("Kernel {0} for each of {1} input channels").format(shape_words((height, width)), channels)
        self.kernel_heading.setText(
            words if channels > 1 else self.tr("Kernel {0}").format(shape_words((height, width)))
        )
        scale = Scale.of_weights(kernel)
        self.kernels.set_shape(channels, height, width)
        self.kernels.set_pictures(Pictures(kernel, scale.low, scale.high, scale.colours))
        self.kernel_scale.set_scale(float(scale.low), float(scale.high), scale.colours, clipped=False, signed=True)
        self.bias.set_text(self.tr("no bias") if bias is None else self.tr("bias {0}").format(value_words(bias)))

    def _show_normalisation(self, number: int) -> None:
        """Show, in place of a kernel, what batch normalisation does to the map; for other layers, that they have no
        kernel.
        """
        from nets.network.weights import normalisation_of

        assert self._model is not None
        assert self._layer is not None
        found = normalisation_of(self._model.graph, self._layer.path, number)
        self.kernel_heading.setVisible(found is not None)
        self.numbers.setVisible(found is not None)
        self.bias.setVisible(found is None)
        self.bias.set_text(self.tr("{0} has no kernel.").format(self._layer.title))
        if found is not None:
            self.kernel_heading.setText(self.tr("This map is normalised with"))
            values = (value_words(value) for value in (found.scale, found.shift, found.mean, found.variance))
            self.numbers.set_text(self.tr("scale γ {0} · shift β {1}\nmean {2} · variance {3}").format(*values))

    def set_values(self, values: np.ndarray | None, scale: Scale | None, number: int) -> None:
        """Set the map's (h, w) values and the layer's scale; None while nothing is drawn."""
        self._values = values
        if values is None or scale is None:
            self.large.set_pixels(None)
            self.scale_bar.say("")
            self.range_note.set_text("")
        else:
            low, high = scale.of(number)
            note = scale.found.within(values).note if scale.found else ""
            if lost := int(np.count_nonzero(~np.isfinite(values))):
                note = self.tr("{0} values are NaN or infinite").format(lost)
            self.large.set_pixels(coloured(values, low, high, scale.colours))
            self.scale_bar.set_scale(low, high, scale.colours, clipped=bool(note), signed=scale.signed)
            self.range_note.set_text(note)
        self._point()

    def set_input(self, picture: np.ndarray | None) -> None:
        """(H, W) or (H, W, 3) float 0..1, as the network receives it."""
        self._picture = picture
        own = None if picture is None else picture_pixels(picture)
        fits = own is not None and self._overlay is not None and self._overlay.shape == own.shape
        self.input.set_pixels(self._overlay if fits else own)

    def set_overlay(self, pixels: np.ndarray | None) -> None:
        """Show (H, W) uint32, an explanation over the input, in place of the input's picture; None: the picture
        itself.
        """
        self._overlay = pixels
        self.set_input(self._picture)

    def set_pin(self, pixel: tuple[int, int] | None) -> None:
        self._pin = pixel
        self._point()

    # --- the pixel that is looked at ----------------------------------------------------------------------------

    def pixel(self) -> tuple[int, int] | None:
        """(row, column) of the explained pixel: under the cursor, else pinned, else the strongest."""
        if self._hover or self._pin:
            return self._hover or self._pin
        if self._values is None or not self._values.any():
            return None
        row, column = np.unravel_index(np.nan_to_num(np.abs(self._values)).argmax(), self._values.shape)
        return int(row), int(column)

    def _on_hover(self, pixel: tuple[int, int] | None) -> None:
        self._hover = pixel
        self._point()

    def _on_click(self, row: int, column: int) -> None:
        self.pinned.emit(None if self._pin == (row, column) else (row, column))

    def _point(self) -> None:
        """Mark the pixel, show its value and draw its receptive field."""
        pixel = self.pixel()
        pinned = pixel is not None and pixel == self._pin
        self.large.set_pixel(pixel, pinned=pinned)
        self.reading.set_text(self._reading(pixel, pinned))
        if pixel != self._shown or pixel is None:
            self._shown = pixel
            self.pointed.emit()
            self._show_field(pixel)

    def _reading(self, pixel: tuple[int, int] | None, pinned: bool) -> str:
        if pixel is None:
            return self.tr("Nothing drawn yet") if self._values is None else self.tr("dead: every value is zero")
        words = self.tr("row {0}, column {1}").format(*pixel)
        if self._values is not None:
            words += ": " + value_words(float(self._values[pixel]))
        if self._values is not None and not np.isfinite(self._values[pixel]):
            return words
        if pinned:
            return self.tr("{0}, pinned").format(words)
        return words if self._hover else self.tr("{0}, the strongest").format(words)

    def _show_field(self, pixel: tuple[int, int] | None) -> None:
        assert self._model is not None
        assert self._layer is not None
        fields = self._model.fields
        height, width = fields.size(self._layer.path)
        words = self.tr("receptive field {0}").format(unbroken(shape_words((height, width))))
        if pixel is None:
            self.input.set_box(None)
            self.field.set_text(words)
            return
        found = fields.box(self._layer.path, *pixel)
        self.input.set_box((found.top, found.left, found.height, found.width) if found else None)
        if found is None:
            words = self.tr("sees only padding")
        elif (found.height, found.width) != (height, width):
            inside = unbroken(shape_words((found.height, found.width)))
            words += self.tr(" ({0} of it in the picture)").format(inside)
        self.field.set_text(words)
