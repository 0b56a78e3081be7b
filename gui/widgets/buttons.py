"""Buttons with text, and buttons with an icon that follows the theme."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QPushButton, QToolButton, QWidget

from gui import theme
from gui.icons import icon


class _TextButton(QPushButton):
    """Not pressed by the second half of a double-click on another button, or on itself while it said something else.

    Stop appears where Train was pressed, so that a double-click would start a training and end it at once.
    """

    _last: tuple[int, QPoint, str] | None = None  # of all buttons: when, where and on what text was pressed last

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hints, now, place = QApplication.styleHints(), event.timestamp(), event.globalPosition().toPoint()
        if self._last is not None:
            before, there, text = self._last
            again = 0 <= now - before < hints.mouseDoubleClickInterval()
            near = (place - there).manhattanLength() <= hints.mouseDoubleClickDistance()
            if again and near and text != self.text():
                _TextButton._last = now, place, text  # a third click still belongs to the first
                event.accept()
                return
        _TextButton._last = now, place, self.text()
        super().mousePressEvent(event)


def button(text: str, look: str = "", *, tip: str = "", parent: QWidget | None = None) -> QPushButton:
    """``look`` is "" (outlined), primary (one in a view), plain (no frame), low (in a line of small text) or tab."""
    made = _TextButton(text, parent)
    made.setProperty("look", look)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    # A click leaves the focus where it was: arrows and Space keep their meaning for the pad and the maps.
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


class IconButton(QToolButton):
    """A square button with one of the theme's icons. ``tip`` gives the action, its purpose and the key."""

    def __init__(
        self, name: str, tip: str, *, look: str = "", checkable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setProperty("look", look)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setCheckable(checkable)
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(theme.CONTROL_HEIGHT, theme.CONTROL_HEIGHT)
        self.setStyleSheet("padding: 0;")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._draw)
        theme.theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str) -> None:
        self._name = name
        self._draw()

    def _draw(self) -> None:
        self.setIcon(icon(self._name, "accent" if self.isChecked() else "text"))


def set_menu(made: QPushButton | QToolButton, menu: QMenu) -> None:
    """Give a button a menu. The button looks normal again when the menu has closed."""
    made.setMenu(menu)
    rest_after(made, menu)


def rest_after(made: QAbstractButton, menu: QMenu) -> None:
    """Remove the hover look of a button after its menu has closed.

    While a menu is open, Qt does not tell the button that the pointer has left it.
    """
    menu.aboutToHide.connect(lambda: QTimer.singleShot(0, made, partial(_end_hover, made)))


def _end_hover(made: QAbstractButton) -> None:
    if made.underMouse() and not made.rect().contains(made.mapFromGlobal(QCursor.pos())):
        made.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        QApplication.sendEvent(made, QEvent(QEvent.Type.Leave))
        made.update()
