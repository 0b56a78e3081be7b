"""The area of the workspaces: shows one of them, and scrolls if the window is smaller than it needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from gui.widgets.gutter_bar import GutterBar


class _Page(QWidget):
    """As large as the shown workspace needs.

    It has no layout: a layout would ask for the preferred size of the largest workspace, and QScrollArea would give it.
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
        own, hint = page.minimumSize(), page.minimumSizeHint()  # a size that was set has precedence over the size hint
        return QSize(own.width() or hint.width(), own.height() or hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stack.setGeometry(self.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the workspace needs another size now, e.g. after zooming
            self.updateGeometry()
        return False


class WorkspaceRoom(QScrollArea):
    """``stack`` contains the workspaces. With a large zoom they scroll, so that everything can be reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = QStackedWidget()
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(_Page(self.stack))
        self.bar = GutterBar(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignores all keys: QScrollArea would scroll with the arrows, which belong to the workspaces."""
        event.ignore()
