"""A banner that names the first NaN or infinity of a pass, with a button that selects it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.paint.numbers import value_words
from gui.widgets import button, label
from nets.byhand.health import NonFiniteNumber


class NonFiniteBanner(QWidget):
    """Visible only if the pass contains NaN or infinity."""

    show_requested = Signal(object)  # NonFiniteNumber

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: NonFiniteNumber | None = None
        self.words = label("", "error", wrap=True)
        self.show_button = button(self.tr("Show it"), tip=self.tr("Goes to the layer and its number"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.words, 1)
        row.addWidget(self.show_button)
        self.show_button.clicked.connect(lambda: self.show_requested.emit(self._place))
        self.hide()

    def set_place(self, place: NonFiniteNumber | None) -> None:
        if place == self._place:
            return
        self._place = place
        self.setVisible(place is not None)
        if place is not None:
            words = self.tr("The first number that is not finite: {0} in {1} {2} [{3}]")
            where = ", ".join(map(str, place.index))
            self.words.setText(words.format(value_words(place.value), place.layer, place.what, where))
            self.show_button.setVisible(bool(place.layer))
