"""The column: its keys, its tools, and how it shares out its room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.column import BINDINGS, DrawColumn
from gui.session import Session
from gui.shell.zoom import Zoom
from tests.drive import DIGITS, draw, wait_until


def press(column: DrawColumn, keys: str) -> None:
    combined = QKeySequence(keys)[0]
    QTest.keyClick(column.pad, combined.key(), combined.keyboardModifiers())


def test_keys_do_what_their_rows_say(column: DrawColumn, session: Session) -> None:
    pad = column.pad
    draw(pad, DIGITS["7"])
    press(column, "E")
    assert pad.tool == "eraser"
    assert column.tools.eraser.isChecked()
    press(column, "P")
    assert pad.tool == "pen"
    assert column.tools.pen.isChecked()
    press(column, "]")
    assert pad.pen_width == 18
    assert column.tools.number.text() == "18"
    press(column, "[")
    assert session.settings["pen_width"] == 16
    press(column, "Ctrl+Z")
    assert len(pad.drawing.strokes) == 1
    press(column, "Ctrl+Shift+Z")
    assert len(pad.drawing.strokes) == 2
    for row in BINDINGS:
        if row.name == "clear":
            for keys in row.keys:
                press(column, keys)
                assert pad.drawing.empty
                press(column, "Ctrl+Z")
                assert len(pad.drawing.strokes) == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Delete])
def test_keys_of_buttons_and_lists_never_clear_the_pad(column: DrawColumn, key: Qt.Key) -> None:
    draw(column.pad, DIGITS["7"])
    QTest.keyClick(column.pad, key)
    assert len(column.pad.drawing.strokes) == 2


def test_the_width_stays_within_its_limits(column: DrawColumn) -> None:
    for _ in range(12):
        press(column, "]")
    assert column.pad.pen_width == 28
    column.tools.width_slider.setValue(3)
    assert column.pad.pen_width == 10
    assert column.tools.number.text() == "10"
    assert "on a pad of 280 units" in column.tools.width_slider.toolTip(), "what the number is of"


def test_space_on_a_button_presses_it(column: DrawColumn, qtbot: QtBot) -> None:
    draw(column.pad, DIGITS["7"])
    column.tools.undo.setFocus(Qt.FocusReason.TabFocusReason)
    wait_until(column.tools.undo.hasFocus)
    QTest.keyClick(column.tools.undo, Qt.Key.Key_Space)
    assert len(column.pad.drawing.strokes) == 1


def test_tools_are_enabled_when_they_can_do_something(column: DrawColumn) -> None:
    tools = column.tools
    assert not tools.undo.isEnabled()
    assert not tools.clear.isEnabled()
    draw(column.pad, DIGITS["1"])
    assert tools.undo.isEnabled()
    assert tools.clear.isEnabled()
    assert not tools.redo.isEnabled()
    QTest.mouseClick(tools.clear, Qt.MouseButton.LeftButton)
    QTest.mouseClick(tools.undo, Qt.MouseButton.LeftButton)
    assert tools.redo.isEnabled()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700), (1000, 660), (2560, 1400)])
def test_the_pad_is_square_and_all_is_in_view(session: Session, qtbot: QtBot, width: int, height: int) -> None:
    window = QWidget()
    column = DrawColumn(session)
    row = QHBoxLayout(window)
    row.setContentsMargins(16, 16, 16, 16)
    row.addWidget(column)
    row.addStretch(1)
    qtbot.addWidget(window)
    window.resize(width, height - 77)  # the window's bars
    window.show()
    qtbot.waitExposed(window)
    QApplication.processEvents()  # what the new sizes ask of the layouts
    pad = column.pad
    assert pad.width() == pad.height() >= 220
    assert pad.width() <= column.width() - 24
    bars = column.answer.bars
    place = QRect(bars.mapTo(column, bars.rect().topLeft()), bars.size())
    assert column.rect().contains(place)
    assert column.verticalScrollBar().maximum() == 0
    assert bars.row_height >= 13  # the small type's own height


def test_a_low_window_scrolls_the_column_and_cuts_nothing_at_its_side(session: Session, qtbot: QtBot) -> None:
    window = QWidget()
    column = DrawColumn(session)
    QHBoxLayout(window).addWidget(column)
    qtbot.addWidget(window)
    window.resize(1024, 400)
    window.show()
    qtbot.waitUntil(lambda: column.verticalScrollBar().maximum() > 0, timeout=5_000)
    assert column.bar.isVisible()
    assert column.viewport().width() == column.width()
    qtbot.waitUntil(lambda: column.widget().width() == column.width(), timeout=5_000)


def test_with_a_large_zoom_the_workspace_comes_before_the_width_of_the_pad(session: Session, qtbot: QtBot) -> None:
    """On a projector of 1280 pixels at 150 %, Convolve was 33 pixels wider than what the column left to it."""
    window = QWidget()
    column = DrawColumn(session)
    row = QHBoxLayout(window)
    row.addWidget(column)
    row.addStretch(1)
    qtbot.addWidget(window)
    window.resize(1280, 774)
    window.show()
    usual = column.width()
    zoom = Zoom(session.settings)
    try:
        zoom.set_level(150)
        left = 1280 - column.width() - 3 * theme.px(theme.GUTTER)
        assert left >= theme.px(540)
        assert column.width() >= theme.px(260)
    finally:
        zoom.reset()
        zoom.stop()
    assert column.width() == usual


def test_a_sentence_in_two_lines_does_not_make_the_column_scroll(column: DrawColumn) -> None:
    column.examples._show_problem("no pictures of what this network knows are on this machine: draw, open or paste one")
    column.resize(324, 800)
    QApplication.processEvents()
    assert column.widget().height() == column.viewport().height()
    assert not column.verticalScrollBar().isVisible()
