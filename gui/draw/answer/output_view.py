"""The output of a network that is no classifier: its numbers, one in each row, or its picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.draw.answer.thumbnail import as_bytes, crisp
from gui.draw.pad.pictures import to_image
from gui.paint.numbers import value_words

ROW = 22
NAME_ROOM, VALUE_ROOM = 64, 76
MOST_ROWS = 12


class OutputView(QWidget):
    """``set_output`` takes (N,) numbers or an (H, W, C) picture; None: nothing drawn. Paints itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.output: np.ndarray | None = None
        self._image: QImage | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(5 * ROW)
        self.setAccessibleName(self.tr("The network's output"))
        theme.theme.changed.connect(self.update)

    def set_output(self, output: np.ndarray | None) -> None:
        self.output = output
        self._image = to_image(as_bytes(picture_of(output))) if output is not None and output.ndim == 3 else None
        self.update()

    def shown(self) -> list[tuple[str, str]]:
        """The rows of numbers as text; empty for a picture."""
        if self.output is None or self.output.ndim != 1:
            return []
        return [(self._name(number), value_words(float(v))) for number, v in enumerate(self.output[:MOST_ROWS])]

    def sizeHint(self) -> QSize:
        return QSize(280, 9 * ROW)

    def _name(self, number: int) -> str:
        return self.tr("output {0}").format(number)

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.now().color("panel"))
        if self._image is not None:
            crisp(painter, self._image, QRectF(self.rect()), self.devicePixelRatioF())
        elif self.output is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row in range(min(len(self.output), MOST_ROWS)):
                self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: int) -> None:
        """Name, bar and number. The bar begins at zero: at the left, or in the middle if any number is negative."""
        assert self.output is not None
        colors = theme.now()
        place = QRectF(0, row * ROW, self.width(), ROW)
        painter.setFont(theme.font(theme.TEXT, tabular=True))
        painter.setPen(colors.color("text"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(place, middle, self._name(row))
        value = float(self.output[row])
        painter.drawText(place, middle | int(Qt.AlignmentFlag.AlignRight), value_words(value))
        track = QRectF(NAME_ROOM + theme.GAP, place.center().y() - 4, 0, 8)
        track.setRight(place.right() - VALUE_ROOM)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("hover"))
        painter.drawRoundedRect(track, 4, 4)
        finite = self.output[np.isfinite(self.output)]
        largest = float(np.abs(finite).max()) if len(finite) else 0.0
        if largest == 0 or not np.isfinite(value):
            return
        signed = bool((finite < 0).any())
        zero = track.center().x() if signed else track.left()
        length = abs(value) / largest * (track.width() / 2 if signed else track.width())
        painter.setBrush(colors.color("accent"))
        painter.drawRect(QRectF(zero - length if value < 0 else zero, track.top(), length, track.height()))


def picture_of(output: np.ndarray) -> np.ndarray:
    """(H, W, C) numbers of a network as a picture, (H, W) or (H, W, 3) float32 in [0, 1].

    One channel is grey, three are colours: as they are if all lie from 0 to 1, else scaled from the smallest to the
    largest. With other numbers of channels, the number of the strongest channel at each pixel is shown as a shade of
    grey.
    """
    values = np.nan_to_num(np.asarray(output, np.float32), posinf=0.0, neginf=0.0)
    channels = values.shape[2]
    if channels not in (1, 3):
        return values.argmax(axis=2).astype(np.float32) / max(channels - 1, 1)
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 1:
        values = (values - low) / (high - low if high > low else 1.0)
    return values[..., 0] if channels == 1 else values
