"""A small picture of the network's input: square pixels at the largest whole-number scale that fits."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.draw.pad.pictures import to_image
from gui.paint.pixels import image


def crisp(painter: QPainter, image: QImage, area: QRectF, ratio: float) -> QRectF:
    """Draws ``image`` centred in ``area``: enlarged by a whole number of device pixels, or reduced smoothly to fit."""
    scale = min(area.width() * ratio / image.width(), area.height() * ratio / image.height())
    scale = int(scale) if scale >= 1 else scale
    width, height = image.width() * scale / ratio, image.height() * scale / ratio
    left = round((area.left() + (area.width() - width) / 2) * ratio) / ratio
    top = round((area.top() + (area.height() - height) / 2) * ratio) / ratio
    place = QRectF(left, top, width, height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    painter.drawImage(place, image)
    return place


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """(h, w[, 3]) float32 in [0, 1] -> uint8."""
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


class Thumbnail(QWidget):
    """``clicked`` is emitted for a click, Return or Space, if there is a picture."""

    clicked = Signal()

    def __init__(self, side: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: np.ndarray | None = None
        self._image: QImage | None = None
        self._overlay: QImage | None = None
        self._hover = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # paintEvent fills the whole area
        self.set_side(side)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("What the network sees"))
        theme.theme.changed.connect(self.update)

    def set_side(self, side: int) -> None:
        self.setFixedSize(side, side)

    def set_picture(self, picture: np.ndarray | None) -> None:
        """(h, w) or (h, w, 3) float32 in [0, 1]; None: nothing."""
        self.picture = picture
        self._image = None if picture is None else to_image(as_bytes(picture))
        shape = Qt.CursorShape.ArrowCursor if picture is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        self.update()

    def set_overlay(self, pixels: np.ndarray | None) -> None:
        """(H, W) uint32, painted in place of the picture; None: the picture itself."""
        self._overlay = None if pixels is None else image(pixels)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        area = QRectF(self.rect())
        painter.fillRect(area, colors.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._image is None:
            painter.setBrush(colors.color("hover"))
            painter.drawRoundedRect(area, theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
            return
        shown, ratio = self._overlay or self._image, self.devicePixelRatioF()
        scale = int(area.width() * ratio / max(shown.width(), shown.height()))
        if scale:  # at the left, below its heading, if it does not fill its place
            area.setWidth(shown.width() * scale / ratio)
        place = crisp(painter, shown, area, ratio)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hover or self.hasFocus():
            painter.setPen(QPen(colors.color("accent"), 2))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), theme.RADIUS_PICTURE, theme.RADIUS_PICTURE)
        elif place != QRectF(self.rect()):  # the surroundings are not part of the input, and must look different
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._image is not None:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._image is not None:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
