"""``Panel``, the white, rounded panel with a small heading."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.labels import label


class Panel(QFrame):
    """``body`` is the layout to fill; ``head`` contains the heading and, at its right, what ``add_tool`` adds."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.INSET, theme.INSET, theme.INSET, theme.INSET)
        outer.setSpacing(theme.GAP)
        self.heading: QLabel = label(heading, "heading")
        self.head = QHBoxLayout()
        self.head.setSpacing(theme.GAP)
        self.head.addWidget(self.heading)
        self.head.addStretch(1)
        if heading:
            outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.GAP)
        outer.addLayout(self.body, 1)

    def add_tool(self, widget: QWidget) -> None:
        self.head.addWidget(widget)
