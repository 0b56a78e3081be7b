"""Help for models that do not know the classes of the test images: in Train, a new head can learn them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gui.widgets import button, rest_after

if TYPE_CHECKING:
    from nets.experiments.comparison import Compared


class NewHeadButton(QWidget):
    """Hidden if all models know the classes. ``chosen`` gives the reference of the model that should get a head."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Compared] = ()
        tip = self.tr("Keep what it sees, its features, and let a new last layer learn these classes, under Train")
        self.press = button("", tip=tip)
        self.press.clicked.connect(self._on_press)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.press)
        self.hide()

    def show_rows(self, rows: Sequence[Compared]) -> None:
        """Set the models that do not know the classes; if there are several, the button asks which."""
        self._rows = rows
        self.setVisible(bool(rows))
        words = self.tr("A new head for {0}")
        self.press.setText(words.format(rows[0].title) if len(rows) == 1 else self.tr("A new head for …"))

    def menu(self) -> QMenu:
        """The models, to choose one."""
        made = QMenu(self)
        for row in self._rows:
            action = made.addAction(row.title.replace("&", "&&"))
            action.triggered.connect(lambda _=False, reference=row.candidate.reference: self.chosen.emit(reference))
        return made

    def _on_press(self) -> None:
        if len(self._rows) == 1:
            self.chosen.emit(self._rows[0].candidate.reference)
            return
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rest_after(self.press, menu)
        menu.popup(self.press.mapToGlobal(QPoint(0, self.press.height() + 2)))
