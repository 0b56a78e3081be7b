"""Fields of a training's settings: a name above a control, with a border in the warning's colour if it is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.widgets import label, set_styled


class LabelledControl(QWidget):
    """A control with its name above. ``set_problem`` marks it and puts the sentence into its tooltip."""

    def __init__(self, name: str, control: QWidget, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.control = control
        self.tip = tip
        control.setAccessibleName(name)
        control.setToolTip(tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(label(name, "small"))
        layout.addWidget(control)

    def set_problem(self, sentence: str) -> None:
        """Marks the control; an empty sentence takes the mark away."""
        self.control.setToolTip(sentence or self.tip)
        self.control.setAccessibleDescription(sentence)
        set_styled(self.control, "wrong", bool(sentence))


class NumberEdit(QLineEdit):
    """A field for a number that accepts any text, so that what is wrong can be explained. Up and Down step it.

    ``whole``: an int is wanted. ``number()`` gives the text as int or float, or the text itself.
    """

    def __init__(self, *, whole: bool, factor: float = 0.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._factor = factor
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def number(self) -> int | float | str:
        text = self.text().strip().replace("\u2009", "")
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            return text or "nothing"

    def show_number(self, value: float | str) -> None:
        """Show a value. Text that already has this value is left as it was typed."""
        if self.number() != value:
            self.setText(f"{value:g}" if isinstance(value, float) else str(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        up, down = event.key() == Qt.Key.Key_Up, event.key() == Qt.Key.Key_Down
        value = self.number()
        if not (up or down) or isinstance(value, str):
            super().keyPressEvent(event)
        elif self._factor:
            self._step(value * self._factor if up else value / self._factor)
        else:
            self._step(max(value + (1 if up else -1), 0))

    def _step(self, value: float) -> None:
        self.setText(str(round(value)) if self._whole else f"{value:.3g}")
        self.textEdited.emit(self.text())
