"""A whole number to type or to step with two buttons of the program's own icons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSpinBox, QWidget

from gui import theme
from gui.widgets.buttons import IconButton

WIDTH = 76  # of the field, in pixels


class NumberBox(QWidget):
    """A spin box between a minus and a plus: under a style sheet Qt's own arrows have no shape."""

    value_changed = Signal(int)  # by the person, or by ``set_value``

    def __init__(self, lowest: int, highest: int, *, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QSpinBox()
        self.field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.field.setRange(lowest, highest)
        self.field.setSuffix(suffix)
        self.field.setKeyboardTracking(False)  # a number that is half typed is no value yet
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(WIDTH)
        self.less = IconButton("minus", self.tr("One less (Down)"))
        self.more = IconButton("plus", self.tr("One more (Up)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        for widget, step in ((self.less, -1), (self.field, 0), (self.more, 1)):
            row.addWidget(widget)
            if isinstance(widget, IconButton):
                widget.setAutoRepeat(True)
                widget.clicked.connect(lambda _=False, by=step: self.field.stepBy(by))
        row.addStretch(1)
        self.setFocusProxy(self.field)
        self.field.valueChanged.connect(self._on_value)
        self._mark_ends(self.field.value())

    def value(self) -> int:
        return self.field.value()

    def set_value(self, value: int) -> None:
        self.field.setValue(value)

    def select_all(self) -> None:
        """The number is replaced by what is typed next."""
        self.field.selectAll()

    def _on_value(self, value: int) -> None:
        self._mark_ends(value)
        self.value_changed.emit(value)

    def _mark_ends(self, value: int) -> None:
        self.less.setEnabled(value > self.field.minimum())
        self.more.setEnabled(value < self.field.maximum())
