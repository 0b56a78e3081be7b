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
from gui.draw.pad.keeping import folder_name, folder_names
from gui.session import Session
from nets.data.drawings import counts, drawings_of, move
from nets.data.pictures import read_picture
from nets.data.specs import ImageInput
from nets.network.card import Card
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
    assert column.keeping.line.text() == "Kept as “7” · drawings of it: 1"
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


def answering(session: Session, *labels: str) -> None:
    """A model with these classes becomes the one that answers."""
    session.card = Card("own", "Own", "", labels, ImageInput())
    session.card_changed.emit(session.card)


@pytest.mark.parametrize("labels", ["02468", "9876543210", "ab7"])
def test_a_digit_key_keeps_the_digit_that_it_shows(column: DrawColumn, session: Session, labels: str) -> None:
    answering(session, *labels)
    draw(column.pad, DIGITS["2"])
    QTest.keyClick(column.pad, Qt.Key.Key_2)
    assert [path.parent.name for path in kept(session)] == ["2"]
    assert "0 to 9" in column.keeping.button.toolTip()


def test_a_digit_key_asks_where_no_class_is_a_digit(column: DrawColumn, session: Session) -> None:
    keeping = column.keeping
    answering(session, "T-shirt/top", "Trouser", "R&B")
    assert keeping.line.text() == "or press K, then choose"
    assert keeping.key_hint() == "K: keep as"
    draw(column.pad, DIGITS["1"])
    QTest.keyClick(column.pad, Qt.Key.Key_1)
    wait_until(keeping.menu.isVisible)
    assert not kept(session)
    assert [action.text() for action in keeping.menu.actions()[:3]] == ["&0   T-shirt-top", "&1   Trouser", "&2   R&&B"]
    QTest.keyClick(keeping.menu, Qt.Key.Key_2)
    wait_until(lambda: not keeping.menu.isVisible())
    assert [path.parent.name for path in kept(session)] == ["R&B"]


def test_an_empty_pad_opens_no_list(column: DrawColumn) -> None:
    QTest.keyClick(column.pad, Qt.Key.Key_K)
    assert not column.keeping.menu.isVisible()
    assert column.keeping.line.text() == "Nothing drawn to keep"


def test_no_two_classes_share_a_folder() -> None:
    names = folder_names(["a/b", "a-b", "a:b", "x" * 60, "x" * 70])
    assert names == ["a-b", "a-b (2)", "a-b (3)", "x" * 50, "x" * 46 + " (2)"]


def test_the_keys_stay_beside_the_count(column: DrawColumn, session: Session, qtbot: QtBot) -> None:
    """With kept drawings only their number stood there, and not that a model of other classes has other keys."""
    draw(column.pad, DIGITS["7"])
    QTest.keyClick(column.pad, Qt.Key.Key_7)
    keeping = column.keeping
    keeping._timer.timeout.emit()  # the confirmation has been shown long enough
    assert keeping.line.text() == "or press 0 to 9 · 1 kept"
    session.card = Card("own", "Own", "", ("cat", "dog"), ImageInput(fit="picture"))
    session.card_changed.emit(session.card)
    assert keeping.line.text() == "or press K, then choose · 1 kept"


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
    texts = [action.text().replace("&", "") for action in menu.actions()]
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


def test_drawings_are_kept_in_the_set_that_was_chosen(column: DrawColumn, session: Session) -> None:
    session.settings.set("drawing_set", "Ana")
    draw(column.pad, DIGITS["7"])
    column.keeping.keep("7")
    assert counts(session.places, "Ana") == {"7": 1}
    assert counts(session.places) == {}
    assert "in Ana" in column.keeping.line.text()
    session.settings.set("drawing_set", "")
    column.keeping.keep("7")  # the same drawing in another set is no repetition
    assert counts(session.places) == {"7": 1}
    column.keeping.take_back()
    assert counts(session.places) == {}
    assert counts(session.places, "Ana") == {"7": 1}


def test_a_drawing_that_got_another_label_is_not_taken_back_under_the_old_one(
    column: DrawColumn, session: Session
) -> None:
    draw(column.pad, DIGITS["7"])
    column.keeping.keep("1")
    move(session.places, drawings_of(session.places), label="7")
    column.keeping.take_back()
    assert counts(session.places) == {"7": 1}
    assert column.keeping.line.text() == "It is not under 1 any more"
