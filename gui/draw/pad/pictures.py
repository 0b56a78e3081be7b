"""Converts between arrays and QImage, and fits opened pictures into the pad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from gui.draw.pad.drawing import Backdrop


def to_image(pixels: np.ndarray) -> QImage:
    """(h, w) or (h, w, 1|3|4) uint8 as a QImage that owns its memory."""
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    kinds = {2: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
    kind = kinds[2 if pixels.ndim == 2 else pixels.shape[2]]
    data = np.ascontiguousarray(pixels)
    height, width = data.shape[:2]
    return QImage(data.data, width, height, data.strides[0], kind).copy()


def to_array(image: QImage) -> np.ndarray:
    """(h, w) uint8 for a grey image, else (h, w, 3). Transparent images are composed over white."""
    if image.format() == QImage.Format.Format_Grayscale8:
        depth = 1
    else:
        flat = QImage(image.size(), QImage.Format.Format_RGB888)
        flat.fill(Qt.GlobalColor.white)
        painter = QPainter(flat)
        painter.drawImage(0, 0, image)
        painter.end()
        image, depth = flat, 3
    rows = np.frombuffer(image.constBits(), np.uint8, image.sizeInBytes()).reshape(image.height(), -1)
    pixels = rows[:, : image.width() * depth].copy()
    return pixels if depth == 1 else pixels.reshape(image.height(), image.width(), 3)


def from_clipboard(image: QImage) -> np.ndarray:
    """(h, w, 1|3|4) uint8. The alpha channel is kept: light ink on a transparent ground must stay readable."""
    if not image.hasAlphaChannel():
        pixels = to_array(image)
        return pixels if pixels.ndim == 3 else pixels[..., None]
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8, image.sizeInBytes()).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def flattened(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8, transparent pixels composed over black or white, whichever contrasts with the visible part."""
    if pixels.shape[2] < 4:
        return np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    alpha = pixels[..., 3:].astype(np.float32) / 255
    seen = pixels[..., :3] * alpha
    light = seen.sum() > 127 * 3 * alpha.sum()
    return np.rint(seen if light else seen + 255 * (1 - alpha)).astype(np.uint8)


def ground_of(pixels: np.ndarray) -> QColor:
    """The median colour of the picture's border; it fills the rest of the pad."""
    shown = flattened(pixels)
    ring = np.concatenate([shown[0], shown[-1], shown[:, 0], shown[:, -1]])
    red, green, blue = (int(value) for value in np.median(ring, axis=0))
    return QColor(red, green, blue)


def contrast(ground: QColor) -> QColor:
    """Black or white, whichever contrasts more."""
    light = 0.299 * ground.red() + 0.587 * ground.green() + 0.114 * ground.blue() > 127
    return QColor(Qt.GlobalColor.black if light else Qt.GlobalColor.white)


def draw_backdrop(painter: QPainter, backdrop: Backdrop, side: int) -> None:
    """Draws the picture to fit ``side`` device pixels: enlarged with square pixels, or reduced by averaging."""
    image = to_image(flattened(backdrop.pixels))
    scale = side / max(image.width(), image.height())
    width, height = max(1, round(image.width() * scale)), max(1, round(image.height() * scale))
    place = QRectF((side - width) / 2, (side - height) / 2, width, height)
    if scale < 1:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    painter.drawImage(place, image)


def read(path: Path, *, report: Any) -> np.ndarray:
    """Read a picture and reduce it to what the pad can show. Runs in a Job."""
    from nets.data.pictures import read_picture

    return read_picture(path)


def png_bytes(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(data.data())
