"""A sentence above the workspace that can be dismissed: what was assumed about a model, or why another did not open."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui import theme
from gui.widgets import IconButton, button, label
from gui.words import translated


class Notice(QFrame):
    """Hidden while there is nothing to show."""

    open_requested = Signal()
    back_requested = Signal()
    input_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._wanted = self._redundant = False
        self.words = label("", "small", wrap=True)
        self.open = button(self.tr("Open another file …"), tip=self.tr("Choose a .keras or .h5 file"))
        self.back = button("")
        self.change = button(
            self.tr("Change …"), tip=self.tr("What this network receives: range, fit, class names (Ctrl+I)")
        )
        self.close_button = IconButton("x", self.tr("Put this message away"), look="plain")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.INSET, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.GAP)
        row.addWidget(self.words, 1)
        row.addWidget(self.open)
        row.addWidget(self.change)
        row.addWidget(self.back)
        row.addWidget(self.close_button)
        self.open.clicked.connect(self.open_requested)
        self.back.clicked.connect(self.back_requested)
        self.change.clicked.connect(self.input_requested)
        self.close_button.clicked.connect(self._put_away)
        self.hide()

    def say(self, sentences: tuple[str, ...], *, refused: bool = False, back: str = "", changes: bool = False) -> None:
        """Show the sentences; hide if there are none.

        Args:
            sentences: What was assumed about a model, or why another did not open.
            refused: Whether they report a failure; then there is a button to open another file.
            changes: Whether they concern what the model receives; then there is a button to change it.
            back: The text of a button that leads back to the previous network; "" for none.
        """
        self.words.setText("  ".join(map(translated, sentences)))
        self.words.setProperty("look", "error" if refused else "small")
        self.words.style().polish(self.words)
        self.open.setVisible(refused)
        self.change.setVisible(changes)
        self.back.setText(back)
        self.back.setVisible(bool(back))
        self._wanted = bool(sentences)
        self._show()

    def set_redundant(self, redundant: bool) -> None:
        """Whether another visible panel says the same: then this one is hidden, without moving anything below it."""
        self._redundant = redundant
        self._show()

    def _put_away(self) -> None:
        self._wanted = False
        self._show()

    def _show(self) -> None:
        self.setVisible(self._wanted and not self._redundant)
