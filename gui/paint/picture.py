"""One large picture: crisp pixels at a whole-number scale, the pixel under the pointer, and a box drawn on it.

A photograph may fill its room instead, because its single pixels are not of interest.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.paint.grid_layout import whole_scale
from gui.paint.pixels import image

CRISP = 63  # pixels of the longer side up to which a picture that fills its room keeps a whole-number scale


class PixelPicture(QWidget):
    """``hovered`` gives (row, column) or None, ``clicked`` row and column; both only where ``reacts``.

    ``fills``: a picture of more than ``CRISP`` pixels takes all of its room, smoothly.
    """

    hovered = Signal(object)
    clicked = Signal(int, int)

    def __init__(self, *, reacts: bool = False, fills: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reacts, self._fills = reacts, fills
        self._crisp = False
        self.setMouseTracking(reacts)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # opaque: what lies behind is not painted
        self._shape = (1, 1)
        self._image: QImage | None = None
        self._pixel: tuple[int, int] | None = None
        self._pinned = False
        self._box: tuple[float, float, float, float] | None = None
        self._hover: tuple[int, int] | None = None
        theme.theme.changed.connect(self.update)

    def set_shape(self, height: int, width: int) -> None:
        self._shape = (max(height, 1), max(width, 1))
        self._image = None
        self._set_hover(None)
        self.update()

    def set_pixels(self, pixels: np.ndarray | None) -> None:
        """(h, w) uint32, or None for an empty frame."""
        self._image = None if pixels is None else image(pixels)
        self.update()

    def set_pixel(self, pixel: tuple[int, int] | None, *, pinned: bool) -> None:
        """Mark the explained pixel."""
        self._pixel, self._pinned = pixel, pinned
        self.update()

    def set_box(self, box: tuple[float, float, float, float] | None) -> None:
        """(top, left, height, width) in the picture's pixels, drawn as a frame in the second colour."""
        self._box = box
        self.update()

    def fit(self, width: float, height: float) -> None:
        """Take as much of the room as the scale can use."""
        rows, columns = self._shape
        scale = self._scale(height, width)
        self.setFixedSize(math.ceil(columns * scale) + 2, math.ceil(rows * scale) + 2)

    @property
    def place(self) -> QRectF:
        """The picture's rectangle in the widget, at the top left."""
        height, width = self._shape
        scale = self._scale(self.height(), self.width())
        return QRectF(1, 1, width * scale, height * scale)

    def set_crisp(self, crisp: bool) -> None:
        """Whether pixels are always shown as squares, as for several small pictures in one."""
        self._crisp = crisp
        self.update()

    @property
    def _is_smooth(self) -> bool:
        return self._fills and max(self._shape) > CRISP and not self._crisp

    def _scale(self, height: float, width: float) -> float:
        """Logical pixels for each of the picture's pixels, in a widget of that size including its frame."""
        rows, columns = self._shape
        if self._is_smooth:
            return min((height - 2) / rows, (width - 2) / columns)
        ratio = self.devicePixelRatioF()
        return whole_scale(rows, columns, int((height - 2) * ratio), int((width - 2) * ratio)) / ratio

    def pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        place, (height, width) = self.place, self._shape
        if not place.contains(point):
            return None
        row = int((point.y() - place.top()) / place.height() * height)
        column = int((point.x() - place.left()) / place.width() * width)
        return min(row, height - 1), min(column, width - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        place = self.place
        # Only what the picture leaves free: it is large, and live.
        painter.setClipRegion(QRegion(self.rect()).subtracted(QRegion(place.toRect().adjusted(1, 1, -1, -1))))
        painter.fillRect(self.rect(), colors.color("panel"))
        painter.setClipping(False)
        if self._image is None:
            painter.fillRect(place, colors.color("hover"))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._is_smooth)
            painter.drawImage(place, self._image)
        unit = place.width() / self._shape[1]
        if self._box is not None:
            top, left, height, width = self._box
            frame = QRectF(place.left() + left * unit, place.top() + top * unit, width * unit, height * unit)
            painter.setPen(QPen(colors.color("second"), 2))
            painter.drawRect(frame.adjusted(0, 0, -1, -1) if width * unit > 3 else frame)
        if self._pixel is not None:
            row, column = self._pixel
            spot = QRectF(place.left() + column * unit, place.top() + row * unit, unit, unit).adjusted(-1, -1, 1, 1)
            painter.setPen(QPen(QColor(theme.UNDER_MARK), 3 if self._pinned else 2))
            painter.drawRect(spot)
            painter.setPen(QPen(QColor(theme.ON_DATA), 1))
            painter.drawRect(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.pixel_at(event.position()) if self._reacts else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    def _set_hover(self, pixel: tuple[int, int] | None) -> None:
        if pixel != self._hover:
            self._hover = pixel
            self.setCursor(Qt.CursorShape.CrossCursor if pixel else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(pixel)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pixel = self.pixel_at(event.position())
        if self._reacts and pixel is not None and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(*pixel)
