"""Dialogs that are made for one use: running one, and asking for a number or a line of text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.buttons import button
from gui.widgets.labels import label
from gui.widgets.number_box import NumberBox

TITLE_BAR = 40  # a generous height of what the system draws around a dialog, in pixels


def run_dialog(dialog: QDialog) -> int:
    """Shows a dialog until it is closed, then deletes it: a parent would keep every closed one until the end."""
    fit_on_screen(dialog)
    try:
        return dialog.exec()
    finally:
        dialog.deleteLater()


def fit_on_screen(dialog: QDialog) -> None:
    """Keeps a dialog as small as its screen: on a projector, zoomed, its buttons lay below the screen's edge."""
    dialog.ensurePolished()  # the zoom changes what a widget may be at most when it is polished
    room = dialog.screen().availableGeometry().size() - QSize(0, TITLE_BAR)
    dialog.setMaximumSize(dialog.maximumSize().boundedTo(room))


class QuestionDialog(QDialog):
    """A sentence, a control for the answer, Cancel, and a button named after the action."""

    def __init__(self, title: str, sentence: str, control: QWidget, accept: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(320)
        self.control = control
        control.setAccessibleName(sentence)
        self.accept_button = button(accept, "primary")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        cancel = button(QCoreApplication.translate("QuestionDialog", "Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        layout.setSpacing(theme.GAP)
        layout.addWidget(label(sentence, wrap=True))
        layout.addWidget(control)
        layout.addSpacing(theme.GAP)
        layout.addLayout(foot)
        control.setFocus()


def ask_number(
    parent: QWidget | None, title: str, sentence: str, *, value: int, lowest: int, highest: int, accept: str
) -> int | None:
    """Ask for a whole number.

    Args:
        parent: The widget whose window the dialog belongs to.
        title: The title of the dialog.
        sentence: The question.
        value: The suggested number.
        lowest: The smallest number that can be chosen.
        highest: The largest one.
        accept: The text of the button that accepts the number.

    Returns:
        The number, or None if the person cancelled.
    """
    box = NumberBox(lowest, highest)
    box.set_value(value)
    box.select_all()
    chosen = run_dialog(QuestionDialog(title, sentence, box, accept, parent))
    return box.value() if chosen else None


def ask_text(parent: QWidget | None, title: str, sentence: str, *, text: str = "", accept: str) -> str:
    """Asks for a line of text.

    Args:
        parent: The widget whose window the dialog belongs to.
        title: The title of the dialog.
        sentence: What is asked.
        text: What stands in the field at first.
        accept: The text of the button that accepts it; it is disabled while the field is empty.

    Returns:
        The text without spaces around it; "" if the person cancelled.
    """
    field = QLineEdit(text)
    field.selectAll()
    dialog = QuestionDialog(title, sentence, field, accept, parent)
    field.textChanged.connect(lambda typed: dialog.accept_button.setEnabled(bool(typed.strip())))
    dialog.accept_button.setEnabled(bool(text.strip()))
    return field.text().strip() if run_dialog(dialog) else ""
