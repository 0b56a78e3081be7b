"""Curves, confusion and runs: side by side if there is room, otherwise one at a time behind tabs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import button

LOWER = 340  # height in which ten classes' confusion and the hardest images with their captions are whole
UPPER = 190  # height in which the curves can be read
ROOM_FOR_ALL = QSize(860, 530)  # below this width or height one pane is shown at a time


class Panes(QWidget):
    """Takes three widgets: the first across the top, the others below it side by side."""

    def __init__(self, panes: dict[str, tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes = {name: widget for name, (_, widget) in panes.items()}
        self.chosen = next(iter(panes))
        self.compact = False
        self._tabs = QWidget(self)
        tabs = QHBoxLayout(self._tabs)
        tabs.setContentsMargins(0, 0, 0, 0)
        tabs.setSpacing(0)
        self.tabs: dict[str, QPushButton] = {}
        for name, (title, _) in panes.items():
            tab = self.tabs[name] = button(title, "tab")
            tab.setCheckable(True)
            # A chosen tab is bold, but must not move its neighbours.
            bold = QFontMetrics(theme.font(bold=True)).horizontalAdvance(title)
            tab.setMinimumWidth(bold + 2 * theme.GUTTER + theme.TIGHT)
            tab.clicked.connect(lambda _, name=name: self.choose(name))
            tabs.addWidget(tab)
        tabs.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GUTTER)
        places = ((0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1))
        for widget, place in zip(self._panes.values(), places, strict=True):
            self._grid.addWidget(widget, *place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self._tabs)
        layout.addLayout(self._grid, 1)
        self._arrange()

    def choose(self, name: str) -> None:
        """Brings a pane into view."""
        self.chosen = name
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = event.size()
        compact = room.width() < theme.px(ROOM_FOR_ALL.width()) or room.height() < theme.px(ROOM_FOR_ALL.height())
        if compact != self.compact:
            self.compact = compact
            self._arrange()
        self._share_height()

    def _share_height(self) -> None:
        """The lower row gets what it needs to be seen whole, as far as the curves keep what they need."""
        least = 0 if self.compact else min(theme.px(LOWER), self.height() - theme.px(theme.GUTTER + UPPER))
        self._grid.setRowMinimumHeight(1, least)

    def _arrange(self) -> None:
        self._tabs.setVisible(self.compact)
        for name, widget in self._panes.items():
            widget.setVisible(not self.compact or name == self.chosen)
            self.tabs[name].setChecked(name == self.chosen)
        first, left, right = self._panes.values()
        # The row and column of a hidden widget must not keep their share of the room.
        for number, widgets in enumerate(((first,), (left, right))):
            seen = any(not widget.isHidden() for widget in widgets)
            self._grid.setRowStretch(number, (9, 13)[number] if seen else 0)
        for number, (widget, share) in enumerate(((left, 9), (right, 11))):
            alone = self.compact and self.chosen != next(iter(self._panes))
            self._grid.setColumnStretch(number, share if not alone or not widget.isHidden() else 0)
        self._grid.setSpacing(0 if self.compact else theme.GUTTER)
