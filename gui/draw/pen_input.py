"""Mouse, touch and tablet as one pen that is pressed, moved and released."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget


class PenInput(QWidget):
    """Subclasses say what ``pen_down``, ``pen_to`` and ``pen_up`` do. Times are in milliseconds, places in pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finger: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def pen_down(self, at: QPointF, time: float, device: str, pressure: float = 1.0, *, erase: bool = False) -> None:
        raise NotImplementedError

    def pen_to(self, at: QPointF, time: float, pressure: float = 1.0) -> None:
        raise NotImplementedError

    def pen_up(self) -> None:
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pen_down(event.position(), event.timestamp(), "mouse")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pen_to(event.position(), event.timestamp())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pen_to(event.position(), event.timestamp())
            self.pen_up()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() is Qt.MouseButton.LeftButton:
            tip = event.pointerType() is QPointingDevice.PointerType.Eraser
            self.pen_down(event.position(), event.timestamp(), "tablet", event.pressure(), erase=tip)
        elif kind == QEvent.Type.TabletMove:
            self.pen_to(event.position(), event.timestamp(), event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self.pen_up()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """The first finger draws; others, and the ball of the hand, are left alone."""
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self.pen_up()
            return
        for point in event.points():
            state = point.state()
            if self._finger is None and state == point.State.Pressed:
                self._finger = point.id()
                self.pen_down(point.position(), event.timestamp(), "touch")
            elif point.id() == self._finger and state == point.State.Updated:
                self.pen_to(point.position(), event.timestamp())
            elif point.id() == self._finger and state == point.State.Released:
                self._finger = None
                self.pen_up()
