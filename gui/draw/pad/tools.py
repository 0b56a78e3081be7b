"""The row of tools below the pad: pen, eraser, undo, redo, width, clear, and the menu of files."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QSpacerItem, QToolButton, QWidget

from gui import theme
from gui.bindings import words
from gui.draw.keys import KEYS
from gui.draw.pad.drawing import WIDTHS
from gui.draw.pad.pad import Pad
from gui.icons import icon
from gui.settings import Settings
from gui.widgets import IconButton, label, set_menu


def keyed(text: str, name: str) -> str:
    """A tooltip with the keys of the binding ``name`` in brackets."""
    return f"{text} ({words(KEYS[name])})"


class Tools(QWidget):
    """Shows and sets the pad's tool and width; ``add_file_action`` fills the menu."""

    def __init__(self, pad: Pad, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pad, self._settings = pad, settings
        self.pen = IconButton("pencil", keyed(self.tr("Pen"), "pen"), checkable=True)
        self.eraser = IconButton("eraser", keyed(self.tr("Eraser: touch a stroke"), "eraser"), checkable=True)
        self.undo = IconButton("undo-2", keyed(self.tr("Undo"), "undo"))
        self.redo = IconButton("redo-2", keyed(self.tr("Redo"), "redo"))
        self.clear = IconButton("trash-2", keyed(self.tr("Clear the pad; undo brings it back"), "clear"))
        self.files = IconButton("ellipsis", self.tr("Open, paste, a test image, save and copy"))
        self.width_slider = QSlider(Qt.Orientation.Horizontal)
        self.width_slider.setRange(*WIDTHS)
        self.width_slider.setMinimumWidth(36)
        self.width_slider.setAccessibleName(self.tr("Width of the pen"))
        self.width_slider.setToolTip(
            self.tr("Width of the pen, on a pad of 280 units ({0})").format(words(KEYS["thinner"] + KEYS["thicker"]))
        )
        self.number = label("", "small")
        self.number.setFont(theme.font(theme.SMALL, tabular=True))
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("00") + 2)
        self._menu = QMenu(self)
        self._icons: list[tuple[QAction, str]] = []
        set_menu(self.files, self._menu)
        self.files.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._gaps = [QSpacerItem(theme.TIGHT, 0) for _ in range(2)]
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.TIGHT)
        for tool in (self.pen, self.eraser, self.undo, self.redo):
            self._row.addWidget(tool)
        self._row.addItem(self._gaps[0])
        self._row.addWidget(self.width_slider, 1)
        self._row.addWidget(self.number)
        self._row.addItem(self._gaps[1])
        self._row.addWidget(self.clear)
        self._row.addWidget(self.files)
        self._connect()
        self._show_tool()
        self._show_history()

    def _connect(self) -> None:
        pad = self._pad
        self.pen.clicked.connect(lambda: self._choose("pen"))
        self.eraser.clicked.connect(lambda: self._choose("eraser"))
        self.undo.clicked.connect(pad.undo)
        self.redo.clicked.connect(pad.redo)
        self.clear.clicked.connect(pad.clear)
        pad.tool_changed.connect(self._show_tool)
        pad.history_changed.connect(self._show_history)
        pad.width_changed.connect(self._show_width)
        pad.set_pen_width(self._settings["pen_width"])
        self._show_width()
        self.width_slider.valueChanged.connect(pad.set_pen_width)
        self.width_slider.sliderReleased.connect(self._save_width)
        theme.theme.changed.connect(self._draw_icons)

    def set_narrow(self, narrow: bool) -> None:
        """Smaller buttons with less space between them, which fit into 230 pixels."""
        side = theme.px(theme.CONTROL_HEIGHT - 2 if narrow else theme.CONTROL_HEIGHT)
        for tool in (self.pen, self.eraser, self.undo, self.redo, self.clear, self.files):
            tool.setFixedSize(side, side)
        for gap in self._gaps:
            gap.changeSize(0 if narrow else theme.px(theme.TIGHT), 0)
        self._row.setSpacing(theme.px(theme.TIGHT // 2 if narrow else theme.TIGHT))
        self._row.invalidate()
        self.width_slider.setMinimumWidth(theme.px(28 if narrow else 36))

    def add_file_action(self, text: str, icon_name: str, key: str, do: Callable[[], object]) -> QAction:
        """Add a row to the menu. The key of the binding ``key`` is displayed, but its shortcut belongs to the
        column.
        """
        action = self._menu.addAction(text)
        if key:
            action.setShortcut(QKeySequence(KEYS[key][0]))
            # For display only: Qt activates neither of two shortcuts with the same key.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(do)
        self._icons.append((action, icon_name))
        action.setIcon(icon(icon_name))
        return action

    def add_file_separator(self) -> None:
        self._menu.addSeparator()

    def _draw_icons(self) -> None:
        for action, name in self._icons:
            action.setIcon(icon(name))

    def _choose(self, tool: str) -> None:
        self._pad.set_tool(tool)
        self._show_tool()

    def _show_tool(self) -> None:
        self.pen.setChecked(self._pad.tool == "pen")
        self.eraser.setChecked(self._pad.tool == "eraser")

    def _show_history(self) -> None:
        history = self._pad.history
        self.undo.setEnabled(history.can_undo)
        self.redo.setEnabled(history.can_redo)
        self.clear.setEnabled(not self._pad.drawing.empty)

    def _show_width(self) -> None:
        self.width_slider.setValue(self._pad.pen_width)
        self.number.setText(str(self._pad.pen_width))
        if not self.width_slider.isSliderDown():
            self._save_width()

    def _save_width(self) -> None:
        self._settings.set("pen_width", self._pad.pen_width)
