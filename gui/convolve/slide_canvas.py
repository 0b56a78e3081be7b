"""The image with the window on it, and the result beside it, at one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.convolve.state import PlaygroundState
from gui.paint.grid_layout import whole_scale
from gui.paint.marks import draw_frame, draw_mark
from gui.paint.scales import IMAGE, Scale, scaled_picture
from nets.convolve.playground import POOLINGS

CAPTION, SPACE = 20, 28


@dataclass(frozen=True, eq=False)
class Tile:
    """One of the pictures: its rectangle, and the text above it."""

    name: str
    place: QRectF
    caption: str
    image: QImage


class SlideCanvas(QWidget):
    """A click or a drag on the image or the result chooses the position."""

    chosen = Signal(int)

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = playing
        self._images: list[tuple[str, str, np.ndarray, QImage]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 130)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(self.tr("Click a place to put the window there"))
        playing.changed.connect(self._refresh)
        playing.moved.connect(self.update)
        theme.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(520, 280)

    def _refresh(self) -> None:
        result, image = self._playing.result, self._playing.image
        self._images = []
        if result is not None and image is not None:
            scale = Scale.of_values(result.values)
            size = self._words(image)
            if result.padded.shape != image.shape:
                size += self.tr(", padded {0}").format(self._words(result.padded))
            self._images = [
                ("image", self.tr("Image {0}").format(size), result.padded, scaled_picture(result.padded, IMAGE)),
                (
                    "result",
                    self.tr("Result {0}").format(self._words(result.values)),
                    result.values,
                    scaled_picture(result.values, scale),
                ),
            ]
            if result.pooled is not None:
                words = f"{self.tr(POOLINGS[self._playing.setting.pooling])}: {self._words(result.pooled)}"
                self._images.append(("pooled", words, result.pooled, scaled_picture(result.pooled, scale)))
        self.update()

    @staticmethod
    def _words(values: np.ndarray) -> str:
        return f"{values.shape[0]} × {values.shape[1]}"

    def tiles(self) -> list[Tile]:
        """The pictures, all at one whole-number scale, so that one sees how much the result shrinks."""
        if not self._images:
            return []
        ratio = self.devicePixelRatioF()
        tall = max(values.shape[0] for _, _, values, _ in self._images)
        wide = sum(values.shape[1] for _, _, values, _ in self._images)
        room = self.width() - SPACE * (len(self._images) - 1) - 4
        scale = whole_scale(tall, wide, int((self.height() - CAPTION - 4) * ratio), int(room * ratio)) / ratio
        left, made = 2.0, []
        for name, caption, values, image in self._images:
            place = QRectF(left, CAPTION + 1, values.shape[1] * scale, values.shape[0] * scale)
            made.append(Tile(name, place, caption, image))
            left = math.ceil(place.right()) + SPACE
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        tiles = self.tiles()
        painter.setFont(theme.font(theme.SMALL))
        for number, tile in enumerate(tiles):
            end = tiles[number + 1].place.left() - theme.GAP if number + 1 < len(tiles) else self.width()
            painter.setPen(colors.color("quiet"))
            words = painter.fontMetrics().elidedText(
                tile.caption, Qt.TextElideMode.ElideMiddle, int(end - tile.place.left())
            )
            painter.drawText(QPointF(tile.place.left(), CAPTION - 6), words)
            painter.drawImage(tile.place, tile.image)
            draw_frame(painter, tile.place, "line")
        if tiles:
            self._paint_position(painter, {tile.name: tile.place for tile in tiles})

    def _paint_position(self, painter: QPainter, places: dict[str, QRectF]) -> None:
        position, result, image = self._playing.position, self._playing.result, self._playing.image
        if position is None or result is None or image is None:
            return
        there, here = places["image"], places["result"]
        unit = there.width() / result.padded.shape[1]
        if result.padded.shape != image.shape:  # the border between the zeros and the image
            top, left = result.corner
            inner = QRectF(
                there.left() + left * unit, there.top() + top * unit, image.shape[1] * unit, image.shape[0] * unit
            )
            painter.setPen(QPen(theme.now().color("quiet"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(inner)
        rows, columns = result.window.span
        window = QRectF(
            there.left() + position.left * unit, there.top() + position.top * unit, columns * unit, rows * unit
        )
        spot = QRectF(here.left() + position.column * unit, here.top() + position.row * unit, unit, unit)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.DARK.color("second"), 1))
        painter.drawLine(window.topRight(), spot.topLeft())
        painter.drawLine(window.bottomRight(), spot.bottomLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if result.window.dilation != (1, 1) and unit >= 4:
            for _, _, row, column in result.window.offsets():
                tap = QRectF(window.left() + column * unit, window.top() + row * unit, unit, unit)
                painter.setPen(QPen(theme.DARK.color("second"), 1))
                painter.drawRect(tap.adjusted(0, 0, -1, -1))
        draw_mark(painter, window)
        draw_mark(painter, spot)
        if "pooled" in places and result.pooled is not None:
            row, column = position.row // 2, position.column // 2
            if row < result.pooled.shape[0] and column < result.pooled.shape[1]:
                place = places["pooled"]
                draw_mark(painter, QRectF(place.left() + column * unit, place.top() + row * unit, unit, unit))

    # --- the mouse ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose(event.position())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def _choose(self, point: QPointF) -> None:
        result = self._playing.result
        tile = next((tile for tile in self.tiles() if tile.place.contains(point)), None)
        if result is None or tile is None:
            return
        unit = tile.place.height() / tile.image.height()
        row, column = int((point.y() - tile.place.top()) / unit), int((point.x() - tile.place.left()) / unit)
        if tile.name == "image":  # the position whose window has its centre there
            row = (row - result.window.span[0] // 2) // result.window.strides[0]
            column = (column - result.window.span[1] // 2) // result.window.strides[1]
        elif tile.name == "pooled":
            row, column = 2 * row, 2 * column
        rows, columns = result.values.shape
        self.chosen.emit(min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1))
