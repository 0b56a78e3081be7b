"""``NumberBox``, a whole number to type, or to change with two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from gui import theme
from gui.widgets.buttons import IconButton
from gui.widgets.labels import label

WIDTH = 76  # of the field, in pixels


class NumberBox(QWidget):
    """A field between a minus and a plus button; with a style sheet, Qt's own spin box loses its arrows.

    A typed number counts when Return is pressed, the focus leaves the field, or ``value`` is read.
    """

    value_changed = Signal(int)  # by the person, or by ``set_value``

    def __init__(self, lowest: int, highest: int, *, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lowest, self._highest = lowest, highest
        self._value = lowest
        self.field = QLineEdit(str(lowest))
        self.field.setValidator(QIntValidator(0, highest, self))
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(WIDTH)
        self.field.editingFinished.connect(self._take)
        self.less = IconButton("minus", self.tr("One less (Down)"))
        self.more = IconButton("plus", self.tr("One more (Up)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        for widget in (self.less, self.field, self.more):
            row.addWidget(widget)
        if unit:
            row.addWidget(label(unit, "quiet"))
        row.addStretch(1)
        for step, one in ((-1, self.less), (1, self.more)):
            one.setAutoRepeat(True)
            one.clicked.connect(lambda _=False, by=step: self._step(by))
        self.setFocusProxy(self.field)
        self._mark_ends()

    def value(self) -> int:
        self._take()
        return self._value

    def set_value(self, value: int) -> None:
        """Show ``value``, or the nearer end of the range."""
        value = min(max(value, self._lowest), self._highest)
        self.field.setText(str(value))
        if value != self._value:
            self._value = value
            self._mark_ends()
            self.value_changed.emit(value)

    def select_all(self) -> None:
        """Select the number, so that typing replaces it."""
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Up and Down, which the field ignores."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._step(step)

    def _step(self, by: int) -> None:
        self._take()
        self.set_value(self._value + by)

    def _take(self) -> None:
        """Take the typed number as the value; an empty field gets the value back."""
        text = self.field.text()
        self.set_value(int(text) if text.isdecimal() else self._value)

    def _mark_ends(self) -> None:
        self.less.setEnabled(self._value > self._lowest)
        self.more.setEnabled(self._value < self._highest)
