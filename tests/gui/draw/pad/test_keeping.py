"""Drawings kept under a label: by key, by menu, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.draw.column import DrawColumn
from gui.draw.pad.keeping import folder_name
from gui.session import Session
from nets.data.pictures import read_picture
from tests.drive import DIGITS, activate, draw, wait_until


def kept(session: Session) -> list[Path]:
    return sorted(session.places.drawings.glob("*/*.png"))


def test_a_digit_key_keeps_picture_and_strokes(column: DrawColumn, session: Session, qtbot: QtBot) -> None:
    draw(column.pad, DIGITS["7"])
    with qtbot.waitSignal(session.drawings_changed):
        QTest.keyClick(column.pad, Qt.Key.Key_7)
    (path,) = kept(session)
    assert path.parent.name == "7"
    assert np.array_equal(read_picture(path)[..., 0], session.picture)
    assert len(json.loads(path.with_suffix(".json").read_text())["strokes"]) == 2
    assert column.keeping.line.text() == "Kept as 7 · 1 so far"
    QTest.keyClick(column.pad, Qt.Key.Key_7)
    assert len(kept(session)) == 1
    assert column.keeping.line.text() == "Already kept as 7"


def test_a_kept_drawing_can_be_taken_back(column: DrawColumn, session: Session) -> None:
    draw(column.pad, DIGITS["1"])
    QTest.keyClick(column.pad, Qt.Key.Key_1)
    assert column.keeping.undo_button.isVisible()
    QTest.mouseClick(column.keeping.undo_button, Qt.MouseButton.LeftButton)
    assert not list(session.places.drawings.glob("*/*.*"))
    assert len(column.pad.drawing.strokes) == 1
    assert not column.keeping.undo_button.isVisible()


def test_an_empty_pad_is_not_kept(column: DrawColumn, session: Session) -> None:
    QTest.keyClick(column.pad, Qt.Key.Key_3)
    assert not kept(session)
    assert column.keeping.line.text() == "Nothing drawn to keep"


def test_the_menu_counts_and_keeps(column: DrawColumn, session: Session) -> None:
    draw(column.pad, DIGITS["2"])
    column.keeping.keep("2")
    column.keeping.keep("two")
    menu = column.keeping.menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert texts[2] == "2  (1)"
    assert "two  (1)" in texts
    menu.actions()[5].trigger()
    assert [path.parent.name for path in kept(session)] == ["2", "5", "two"]


def test_a_folder_that_cannot_be_written_is_said(column: DrawColumn, session: Session) -> None:
    said: list[str] = []
    session.notified.connect(lambda words, level: said.append(f"{level}: {words}"))
    session.places.drawings.write_text("in the way")
    draw(column.pad, DIGITS["1"])
    QTest.keyClick(column.pad, Qt.Key.Key_1)
    assert said
    assert said[0].startswith("error: ")
    assert len(column.pad.drawing.strokes) == 1


@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox])
def test_a_text_field_keeps_its_keys(session: Session, qtbot: QtBot, kind: type[QLineEdit] | type[QSpinBox]) -> None:
    window, field = QWidget(), kind()
    column = DrawColumn(session)
    layout = QVBoxLayout(window)
    layout.addWidget(column)
    layout.addWidget(field)
    qtbot.addWidget(window)
    window.resize(400, 820)
    window.show()
    qtbot.waitExposed(window)
    activate(window)
    draw(column.pad, DIGITS["7"])
    field.setFocus()
    wait_until(field.hasFocus)
    if isinstance(field, QSpinBox):
        field.selectAll()
    QTest.keyClicks(field, "42")
    assert field.text() == "42"
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    if isinstance(field, QLineEdit):
        QTest.keyClicks(field, " ep[")
        assert field.text().endswith(" ep[")
    assert not kept(session)
    assert len(column.pad.drawing.strokes) == 2
    assert column.pad.tool == "pen"


@pytest.mark.parametrize(
    ("label", "folder"),
    [("T-shirt/top", "T-shirt-top"), ("..", "unnamed"), (" a:b ", "a-b"), ("7", "7"), ("x" * 80, "x" * 50)],
)
def test_class_names_become_folder_names(label: str, folder: str) -> None:
    assert folder_name(label) == folder
