"""Dialogs that are made for one use, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

import gui
from gui.shell.help_page import HelpPage
from gui.widgets import NumberBox, ask_number, ask_text, run_dialog
from gui.widgets.dialogs import QuestionDialog


def test_a_closed_dialog_is_not_kept_by_its_parent(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for _ in range(3):
        dialog = QDialog(parent)
        QTimer.singleShot(0, dialog.accept)
        assert run_dialog(dialog) == QDialog.DialogCode.Accepted
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not parent.findChildren(QDialog)


def test_a_dialog_is_never_larger_than_its_screen(qtbot: QtBot) -> None:
    """Earlier, the page of keys at 150 % was 800 pixels high on a projector of 700: Close was below its edge."""
    dialog = HelpPage(())
    screen = dialog.screen().availableGeometry()
    dialog.resize(screen.width() + 100, screen.height() + 100)
    sizes: list[QSize] = []

    def look() -> None:
        sizes.append(dialog.size())
        dialog.accept()

    QTimer.singleShot(0, look)
    run_dialog(dialog)
    assert sizes[0].width() <= screen.width()
    assert sizes[0].height() < screen.height(), "less than the screen: the system draws a title above it"


def answer(act: Callable[[QuestionDialog], object]) -> None:
    """Does something in the dialog that opens next."""

    def wait() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QuestionDialog):
            act(dialog)
        else:
            QTimer.singleShot(5, wait)

    QTimer.singleShot(0, wait)


def asked(parent: QWidget) -> int | None:
    return ask_number(parent, "Epochs", "How many?", value=5, lowest=1, highest=6, accept="Train")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_number_is_typed_stepped_or_not_given(parent: QWidget) -> None:
    def type_three(dialog: QuestionDialog) -> None:
        assert dialog.accept_button.text() == "Train"
        QTest.keyClicks(dialog.control.field, "3")  # in the place of the number that is suggested
        QTest.keyClick(dialog.control.field, Qt.Key.Key_Return)
        dialog.accept_button.click()

    answer(type_three)
    assert asked(parent) == 3
    answer(lambda dialog: (dialog.control.less.click(), dialog.accept_button.click()))
    assert asked(parent) == 4
    answer(lambda dialog: dialog.reject())
    assert asked(parent) is None


def test_the_steps_end_with_the_range(qtbot: QtBot) -> None:
    box = NumberBox(1, 3)
    qtbot.addWidget(box)
    numbers: list[int] = []
    box.value_changed.connect(numbers.append)
    assert not box.less.isEnabled()
    for _ in range(3):
        box.more.click()
    assert numbers == [2, 3]
    assert not box.more.isEnabled()
    QTest.keyClick(box.field, Qt.Key.Key_Down)
    assert box.value() == 2
    box.field.setText("")
    assert box.value() == 2  # nothing is no number
    box.field.setText("9")
    assert box.value() == 3


def test_a_text_is_wanted(parent: QWidget) -> None:
    def fill(dialog: QuestionDialog) -> None:
        assert not dialog.accept_button.isEnabled()  # nothing is no name
        dialog.control.setText("  my set ")
        dialog.accept_button.click()

    answer(fill)
    assert ask_text(parent, "A new set", "Its name", accept="Create") == "my set"


def test_no_other_module_uses_dialogs_that_the_theme_cannot_draw() -> None:
    """Qt's own dialogs for a number or a text have spin arrows and icons of another time."""
    folder = Path(gui.__file__).parent
    users = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("QInputDialog", "QSpinBox,", "QSpinBox("))
    }
    assert not users
