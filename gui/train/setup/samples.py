"""A row of small pictures, each with a name above and an answer below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample. image: (H, W, 1|3) uint8. answer: the class and its probability in words; "" while there is none.
    wrong: whether the answer differs from the original's.
    """

    image: np.ndarray
    name: str
    answer: str = ""
    probability: str = ""
    wrong: bool = False


class Samples(QWidget):
    """Cells of one width side by side; pixels are whole-number squares if there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples: Sequence[Sample] = ()
        self._images: list[QImage] = []
        self.setMinimumHeight(100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.theme.changed.connect(self.update)

    def show_samples(self, samples: Sequence[Sample]) -> None:
        self.samples = samples
        self._images = [_as_image(sample.image) for sample in samples]
        words = [f"{sample.name}: {sample.answer} {sample.probability}" for sample in samples]
        self.setAccessibleDescription("; ".join(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.samples:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        width = min(self.width() / len(self.samples), 128.0)
        for number, (sample, image) in enumerate(zip(self.samples, self._images, strict=True)):
            self._draw(painter, QRectF(number * width, 0, width, self.height()), sample, image)

    def _draw(self, painter: QPainter, cell: QRectF, sample: Sample, image: QImage) -> None:
        colors = theme.now()
        line = painter.fontMetrics().height()
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colors.color("quiet"))
        painter.drawText(QRectF(cell.left(), 0, cell.width(), line), middle, sample.name)
        room = min(cell.width() - theme.TIGHT, cell.height() - 3 * line - theme.GAP)
        largest = max(image.width(), image.height())
        scale = max(1, int(room / largest)) if largest <= room else room / largest
        wide, high = image.width() * scale, image.height() * scale
        frame = QRectF(round(cell.center().x() - wide / 2), line + 3, wide, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(frame, image)
        painter.setPen(QPen(colors.color("line"), 1))
        painter.drawRect(frame.adjusted(-1, -1, 0, 0))
        painter.setPen(colors.color("second" if sample.wrong else "text"))
        below = QRectF(cell.left() + 2, frame.bottom() + 2, cell.width() - 4, line)
        metrics = painter.fontMetrics()
        painter.drawText(
            below, middle, metrics.elidedText(sample.answer, Qt.TextElideMode.ElideRight, int(below.width()))
        )
        painter.setPen(colors.color("quiet"))
        painter.drawText(below.translated(0, line), middle, sample.probability)


def _as_image(image: np.ndarray) -> QImage:
    """(H, W, 1|3) uint8 as a QImage that owns its pixels."""
    pixels = np.ascontiguousarray(image)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    return QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
