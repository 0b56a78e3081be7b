"""A panel that opens beside a widget of the pad's column, above the workspace, and closes by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import IconButton, label


class Overlay(QFrame):
    """Opens beside ``anchor``. Closed by Esc, by a click on it and by a click outside the pad's column.

    ``body``: the layout to fill.
    """

    closed = Signal()

    def __init__(self, heading: str, anchor: QWidget, column: QWidget) -> None:
        super().__init__(column.window())
        self._anchor, self._column = anchor, column
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(theme.INSET, theme.GAP, theme.INSET, theme.INSET)
        self.body.setSpacing(theme.GAP)
        head = QHBoxLayout()
        head.addWidget(label(heading, "heading"))
        head.addStretch(1)
        close = IconButton("x", self.tr("Close (Esc)"), look="plain")
        close.setFixedSize(24, 24)
        close.clicked.connect(self.hide)
        head.addWidget(close)
        self.body.addLayout(head)
        self.hide()

    def top_left(self) -> QPoint:
        """To the right of the column, at the height of the anchor."""
        window = self._column.window()
        right = self._column.mapTo(window, QPoint(self._column.width(), 0)).x()
        top = self._anchor.mapTo(window, QPoint(0, 0)).y() - 30 - theme.INSET
        return QPoint(right + theme.GAP, top)

    def appear(self) -> None:
        """Take its position and show."""
        self.adjustSize()
        window, size, start = self._column.window(), self.sizeHint(), self.top_left()
        x = max(0, min(start.x(), window.width() - size.width() - theme.GAP))
        y = max(0, min(start.y(), window.height() - size.height() - theme.GAP))
        self.setGeometry(QRect(QPoint(x, y), size))
        self.show()
        self.raise_()

    # --- closing --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                if kind == QEvent.Type.KeyPress:
                    self.hide()
                event.accept()
                return True
        elif self._is_closing_event(watched, event):
            self.hide()
        return False

    def _is_closing_event(self, watched: QObject, event: QEvent) -> bool:
        """Whether the event closes the panel: a resized window, or a click outside this panel and the pad's column."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            return self._is_outside(watched)
        return event.type() == QEvent.Type.Resize and watched is self._column.window()

    def _is_outside(self, watched: QWidget) -> bool:
        own = watched is self or self.isAncestorOf(watched)
        drawing = watched is self._column or self._column.isAncestorOf(watched)
        return not own and not drawing
