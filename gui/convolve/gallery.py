"""Arrays side by side as crisp pictures with a line above each; a rectangle of cells may be marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.paint.marks import draw_frame, draw_mark
from gui.paint.scales import IMAGE, Scale, scaled_picture

CAPTION, SPACE = 20, 24


@dataclass(frozen=True, eq=False)
class GalleryPicture:
    """values (h, w); grey: an image in [0, 1]. mark: (top, left, height, width) in its pixels."""

    caption: str
    values: np.ndarray
    grey: bool = False
    mark: tuple[float, float, float, float] | None = None


class ImageGallery(QWidget):
    """All pictures at one scale, as large as the room allows. ``stretch``: each fills its place."""

    def __init__(self, *, stretch: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stretch = stretch
        self.shown: tuple[GalleryPicture, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 130)
        theme.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(520, 280)

    def show_all(self, shown: tuple[GalleryPicture, ...]) -> None:
        self.shown = shown
        self.update()

    def places(self) -> list[QRectF]:
        count = len(self.shown)
        room = self.width() - SPACE * (count - 1) - 4
        tall = self.height() - CAPTION - 4
        if self._stretch:
            wide = room / max(count, 1)
            return [QRectF(2 + number * (wide + SPACE), CAPTION, wide, tall) for number in range(count)]
        columns = sum(item.values.shape[1] for item in self.shown)
        rows = max((item.values.shape[0] for item in self.shown), default=1)
        scale = min(room / max(columns, 1), tall / rows)
        scale = max(1.0, float(int(scale))) if scale >= 1 else scale
        places, left = [], 2.0
        for item in self.shown:
            height, width = item.values.shape
            places.append(QRectF(left, CAPTION, width * scale, height * scale))
            left += width * scale + SPACE
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for item, place in zip(self.shown, self.places(), strict=True):
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(theme.now().color("quiet"))
            words = painter.fontMetrics().elidedText(
                item.caption, Qt.TextElideMode.ElideMiddle, int(place.width()) + SPACE // 2
            )
            painter.drawText(QPointF(place.left(), CAPTION - 6), words)
            scale = IMAGE if item.grey else Scale.of_values(item.values)
            painter.drawImage(place, scaled_picture(item.values, scale))
            draw_frame(painter, place, "line")
            if item.mark is not None:
                top, left, height, width = item.mark
                across, down = place.width() / item.values.shape[1], place.height() / item.values.shape[0]
                spot = QRectF(place.left() + left * across, place.top() + top * down, width * across, height * down)
                draw_mark(painter, spot if spot.height() >= 3 else spot.adjusted(0, -1, 0, 2))
