"""The place of the workspaces: one is shown, and scrolled where the window has less room than it needs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


class _Pages(QStackedWidget):
    """Needs as much as the page that is shown: Qt's own asks for the largest of all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return QSize(0, 0)
        own, hint = page.minimumSize(), page.minimumSizeHint()  # what was set of it counts more than what it asks for
        return QSize(own.width() or hint.width(), own.height() or hint.height())


class WorkspaceRoom(QScrollArea):
    """``stack`` has the workspaces. With a large zoom they need more than the window has; nothing is out of reach."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = _Pages()
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(self.stack)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignores all keys: QScrollArea would scroll with the arrows, which belong to the workspaces."""
        event.ignore()
