"""A strip of small pictures with a line of text under each. A click emits one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

SIDE = 56  # wanted side of a picture in logical pixels; each of its own pixels covers a whole number of them
LARGEST = 64


@dataclass(frozen=True, eq=False)
class StripItem:
    """One picture. image: (H, W, 1|3) uint8. ``words``: under it. ``tip``: its tooltip. ``title`` and ``label`` (the
    true class) go with it to the pad.
    """

    image: np.ndarray
    words: str
    tip: str
    title: str
    label: str


class Strip(QWidget):
    """Pictures side by side, as many rows as fit; the wheel and the arrow keys show the rest."""

    clicked = Signal(object)  # StripItem

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails: Sequence[StripItem] = ()
        self._images: list[QImage] = []
        self._side = SIDE
        self._first = 0
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Images; press Enter to put one on the pad"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._cell().height())
        theme.theme.changed.connect(self.update)

    def show_thumbnails(self, thumbnails: Sequence[StripItem]) -> None:
        self.thumbnails = thumbnails
        self._images = [_picture(thumbnail.image) for thumbnail in thumbnails]
        self._first, self._current = 0, -1
        if self._images:
            largest = max(self._images[0].width(), self._images[0].height())
            self._side = min(max(round(SIDE / largest), 1) * largest, LARGEST)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(6 * self._cell().width(), self._cell().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * self._cell().width(), self._cell().height())

    def place(self, number: int) -> QRect:
        """The rectangle of picture ``number``; outside the widget when it is scrolled away."""
        cell = self._cell()
        return QRect((number - self._first) * cell.width(), 0, self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme.now()
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        metrics = painter.fontMetrics()
        for number in range(self._first, min(self._first + self._columns() + 1, len(self.thumbnails))):
            area = self.place(number)
            painter.drawImage(area, self._images[number])
            current = number == self._current
            if current:
                painter.setPen(QPen(colors.color("accent"), 2))
                painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))
            painter.setPen(colors.color("text" if current else "quiet"))
            line = QRect(area.left(), area.bottom() + 2, self._cell().width() - theme.TIGHT, metrics.height())
            words = metrics.elidedText(self.thumbnails[number].words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_current(self._at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._current >= 0 else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._set_current(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if number >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self.thumbnails[number])

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().x() or event.angleDelta().y()
        before = self._first
        self._scroll_to(self._first + (-3 if turned > 0 else 3))
        if self._first == before:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self.thumbnails:
            number = min(max(self._current + steps[key], 0), len(self.thumbnails) - 1)
            if not self._first <= number < self._first + self._columns():
                self._scroll_to(number if number < self._first else number - self._columns() + 1)
            self._set_current(number)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.clicked.emit(self.thumbnails[self._current])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_current(-1)

    def _set_current(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self.setToolTip(self.thumbnails[number].tip if number >= 0 else "")
            self.update()

    def _scroll_to(self, first: int) -> None:
        self._first = min(max(first, 0), max(len(self.thumbnails) - self._columns(), 0))
        self.update()

    def _at(self, point: QPointF) -> int:
        number = self._first + int(point.x() // self._cell().width())
        return number if number < len(self.thumbnails) and self.place(number).contains(point.toPoint()) else -1

    def _columns(self) -> int:
        return max(self.width() // self._cell().width(), 1)

    def _cell(self) -> QSize:
        return QSize(self._side + theme.GAP, LARGEST + 2 + self.fontMetrics().height())


def _picture(image: np.ndarray) -> QImage:
    """(H, W, 1|3) uint8 as a QImage that owns its pixels."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    grey = pixels.ndim == 2 or pixels.shape[2] == 1
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(pixels.tobytes(), width, height, width * (1 if grey else 3), kind).copy()
