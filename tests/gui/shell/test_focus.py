"""Where the focus is that no key has asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from nets.places import Places
from tests.drive import activate

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The real window without TensorFlow and the workspaces."""
    places = Places(*(tmp_path / name for name in ("runs", "drawings", "cache", "settings.json")))
    theme.apply("light")
    made = MainWindow(Session(places, Settings(places.settings)))
    made._started = True
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.focus_home.watch()
    activate(made)
    yield made
    made.close_now()


def test_at_the_start_no_control_has_the_ring(window: MainWindow, qtbot: QtBot) -> None:
    assert QApplication.focusWidget() is window
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.top.model, "the first of the Tab key"


def test_after_a_click_the_ring_does_not_move_to_another_control(window: MainWindow) -> None:
    """As after a click on Experiments, which hides the column with the button Compare: Table had the ring then."""
    focused = window.column.tools.pen
    corner = window.top.rect().bottomRight() - QPoint(2, 2)
    focused.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, NONE, window.top.mapTo(window, corner))
    window.presenting.actions["hide_pad"]()
    assert QApplication.focusWidget() is window


def test_with_the_keyboard_the_focus_goes_on_to_the_next(window: MainWindow) -> None:
    focused = window.column.tools.pen
    focused.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    focused.hide()
    assert QApplication.focusWidget() is window.column.tools.eraser
