"""Turns the events of mouse, touch screen and tablet into the signals of one pen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget

FULL = 1.0  # pressure of devices without a pressure sensor


class PenInput(QWidget):
    """Emits the same signals for all devices. Positions are in pixels, times in milliseconds."""

    pressed = Signal(QPointF, float, str, float, bool)  # position, time, device, pressure, whether it is the eraser end
    moved = Signal(QPointF, float, float)  # position, time, pressure; also while nothing is pressed
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finger: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position(), event.timestamp(), "mouse", FULL, False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(event.position(), event.timestamp(), FULL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.moved.emit(event.position(), event.timestamp(), FULL)
            self.released.emit()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() is Qt.MouseButton.LeftButton:
            tip = event.pointerType() is QPointingDevice.PointerType.Eraser
            self.pressed.emit(event.position(), event.timestamp(), "tablet", event.pressure(), tip)
        elif kind == QEvent.Type.TabletMove:
            self.moved.emit(event.position(), event.timestamp(), event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self.released.emit()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """The first finger draws. Further touches, such as the ball of the hand, are ignored."""
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self.released.emit()
            return
        for point in event.points():
            state = point.state()
            if self._finger is None and state == point.State.Pressed:
                self._finger = point.id()
                self.pressed.emit(point.position(), event.timestamp(), "touch", FULL, False)
            elif point.id() == self._finger and state == point.State.Updated:
                self.moved.emit(point.position(), event.timestamp(), FULL)
            elif point.id() == self._finger and state == point.State.Released:
                self._finger = None
                self.released.emit()
