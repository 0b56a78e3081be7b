"""Buttons: with words, and with an icon that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from gui import theme
from gui.icons import icon


def button(text: str, look: str = "", *, tip: str = "", parent: QWidget | None = None) -> QPushButton:
    """``look`` is "" (outlined), primary (one in a view), plain (no frame) or tab."""
    made = QPushButton(text, parent)
    made.setProperty("look", look)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    # A click leaves the focus where it was: arrows and Space go on meaning what they did for the pad and the maps.
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


class IconButton(QToolButton):
    """A square button with one of the theme's icons. ``tip`` says what, why and the key."""

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
