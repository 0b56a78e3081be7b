"""``GutterBar``: the vertical scroll bar of an area, in the gap at its right instead of over its content's width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QScrollBar

MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class GutterBar(QScrollBar):
    """Stands beside ``area``, whose own bar is hidden but still scrolls. The area must have its widget already.

    A bar inside the area takes 14 pixels of its width: content that just fits is then cut at the right, or gets a
    horizontal bar as well.

    It follows the geometry of the content, and never keeps the area's own bar: scaling a window asks each widget for
    its layout, after which Python takes the area's bars for children of their containers and forgets them.
    """

    # Of the class, because Qt filters events for a bar that is being deleted, when its own attributes are gone.
    _area: QScrollArea | None = None

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, area.parentWidget())
        self._area = area
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.installEventFilter(self)
        area.viewport().installEventFilter(self)  # it grows after the content if the horizontal bar goes
        content = area.widget()
        assert content is not None
        content.installEventFilter(self)
        self.valueChanged.connect(lambda value: area.verticalScrollBar().setValue(value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._area is not None and event.type() in MOVED:
            self._follow(self._area)
        return False

    def _follow(self, area: QScrollArea) -> None:
        around, content, shown = area.parentWidget(), area.widget(), area.viewport()
        if around is None or content is None:  # a window of its own has nothing beside it
            return
        if self.parentWidget() is not around:
            self.setParent(around)
        self.setPageStep(shown.height())
        self.setSingleStep(area.verticalScrollBar().singleStep())
        value = -content.y()
        self.setRange(0, max(0, content.height() - shown.height()))
        self.setValue(value)
        place = area.geometry()
        self.setGeometry(place.right() + 1, place.top(), self.sizeHint().width(), place.height())
        self.setVisible(self.maximum() > 0 and not area.isHidden())
        self.raise_()
