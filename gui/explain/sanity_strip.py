"""The pictures of a sanity check, each with the layers that were random and its similarity to the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.paint.picture import CRISP
from gui.paint.pixels import image

GAP = 10
NARROWEST = 68  # smallest picture with a readable caption


@dataclass(frozen=True, eq=False)
class Shown:
    """pixels: (H, W) uint32. title: one line. likeness: to the first picture, -1 to 1; None for the first itself."""

    pixels: np.ndarray
    title: str
    likeness: float | None = None


class SanityStrip(QWidget):
    """Paints the pictures of ``set_pictures`` as large as the room allows; with little room, fewer of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: tuple[Shown, ...] = ()
        self.setMinimumHeight(90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The explanation with ever more of the network made random"))
        theme.theme.changed.connect(self.update)

    def set_pictures(self, pictures: Sequence[Shown]) -> None:
        self.pictures = tuple(pictures)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(170))

    def shown(self) -> list[Shown]:
        """The pictures that fit, including the first and the last."""
        rows = max(1, self.height() // theme.px(2 * NARROWEST))
        room = max(2, rows * int(self.width() // theme.px(NARROWEST + GAP)))
        count = min(len(self.pictures), room)
        chosen = np.rint(np.linspace(0, len(self.pictures) - 1, count)).astype(int)
        return [self.pictures[number] for number in chosen]

    def places(self, count: int) -> list[QRectF]:
        """The rectangles of the pictures, squares of one size, in the number of rows that makes them largest."""
        gap = theme.px(GAP)
        below = 2 * self.fontMetrics().height()
        best, across = 0, 1
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            side = min((self.width() + gap) // columns - gap, (self.height() + gap) // rows - gap - below)
            if side > best:
                best, across = side, columns
        height = best + below + gap
        return [QRectF(n % across * (best + gap), n // across * height, best, best) for n in range(count)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme.now()
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        metrics = painter.fontMetrics()
        pictures = self.shown()
        for shown, place in zip(pictures, self.places(len(pictures)), strict=True):
            height, width = shown.pixels.shape
            smooth = max(height, width) > CRISP or place.width() < width
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(place, image(shown.pixels))
            wide = min(place.width() + theme.px(GAP) - 4, self.width() - place.left())
            line = QRectF(place.left(), place.bottom() + 1, wide, metrics.height())
            title = metrics.elidedText(shown.title, Qt.TextElideMode.ElideMiddle, int(line.width()))
            painter.setPen(colors.color("text"))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, title)
            if shown.likeness is not None:
                painter.setPen(colors.color("quiet"))
                words = self.tr("likeness {0:.2f}").format(shown.likeness)
                if metrics.horizontalAdvance(words) > line.width():
                    words = f"{shown.likeness:.2f}"
                painter.drawText(line.translated(0, metrics.height()), Qt.AlignmentFlag.AlignLeft, words)
