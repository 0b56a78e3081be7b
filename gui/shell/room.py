"""The place of the workspaces: one is shown, and scrolled where the window has less room than it needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


class _Page(QWidget):
    """As large as the workspace that is shown needs it.

    Without a layout: one would ask for what the largest workspace would like best, and QScrollArea would give it.
    """

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        stack.setParent(self)
        stack.currentChanged.connect(lambda _: self.updateGeometry())
        stack.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        page = self._stack.currentWidget()
        if page is None:
            return QSize(0, 0)
        own, hint = page.minimumSize(), page.minimumSizeHint()  # what was set of it counts more than what it asks for
        return QSize(own.width() or hint.width(), own.height() or hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stack.setGeometry(self.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the workspace needs another size now, e.g. with another zoom
            self.updateGeometry()
        return False


class WorkspaceRoom(QScrollArea):
    """``stack`` has the workspaces. With a large zoom they need more than the window has; nothing is out of reach."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = QStackedWidget()
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(_Page(self.stack))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignores all keys: QScrollArea would scroll with the arrows, which belong to the workspaces."""
        event.ignore()
