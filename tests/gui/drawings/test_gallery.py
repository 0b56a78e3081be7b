"""The gallery on real drawings: what it shows, and that every change can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.drawings.gallery import DELETED, DrawingGallery
from gui.session import Session
from gui.settings import Settings
from gui.widgets.dialogs import QuestionDialog
from nets.data.drawings import counts, keep, sets
from nets.places import Places
from tests.drive import activate

LABELS = ("1", "1", "1", "7", "7", "cat")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "runs", tmp_path / "drawings", tmp_path / "cache", tmp_path / "settings.json")
    for number, label in enumerate(LABELS):
        picture = np.zeros((60, 60), np.uint8)
        picture[10:50, 10 + 5 * number : 15 + 5 * number] = 255
        keep(made, label, picture, {"strokes": []})
    return made


@pytest.fixture
def session(qapp: QApplication, places: Places) -> Iterator[Session]:
    theme.apply("light")
    made = Session(places, Settings(places.settings))
    yield made
    made.end()


@pytest.fixture
def gallery(session: Session, qtbot: QtBot) -> Iterator[DrawingGallery]:
    made = DrawingGallery(session)
    qtbot.addWidget(made)
    made.show()
    activate(made)  # its keys are shortcuts, which work in the active window only
    yield made
    made.finish()


def choose(gallery: DrawingGallery, *numbers: int) -> None:
    gallery.grid.clearSelection()
    for number in numbers:
        gallery.grid.item(number).setSelected(True)


def answer_text(text: str) -> None:
    """Types into the dialog that opens next, and accepts it."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QuestionDialog):
            QTimer.singleShot(20, answer)
            return
        dialog.control.setText(text)
        dialog.accept_button.click()

    QTimer.singleShot(20, answer)


def words(gallery: DrawingGallery) -> list[str]:
    return [gallery.labels.item(row).text() for row in range(gallery.labels.count())]


def test_labels_have_their_counts_and_drawings_their_pictures(gallery: DrawingGallery, qtbot: QtBot) -> None:
    assert words(gallery) == ["All  (6)", "1  (3)", "7  (2)", "cat  (1)"]
    assert gallery.grid.count() == 6
    qtbot.waitUntil(lambda: all(not gallery.grid.item(n).icon().isNull() for n in range(6)), timeout=10_000)
    gallery.labels.setCurrentRow(2)
    assert [gallery.grid.item(n).text() for n in range(gallery.grid.count())] == ["7", "7"]
    assert not gallery.grid.item(0).icon().isNull()  # read once


def test_a_digit_key_changes_the_label_and_undo_takes_it_back(
    gallery: DrawingGallery, places: Places, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(gallery._session.drawings_changed):
        choose(gallery, 0, 1)
        qtbot.keyClick(gallery, Qt.Key.Key_7)
    assert counts(places) == {"1": 1, "7": 4, "cat": 1}
    assert words(gallery) == ["All  (6)", "1  (1)", "7  (4)", "cat  (1)"]
    qtbot.keyClick(gallery, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert counts(places) == {"1": 3, "7": 2, "cat": 1}
    assert not gallery.undo_button.isEnabled()


def test_what_is_deleted_can_be_had_back_now_and_later(
    gallery: DrawingGallery, session: Session, places: Places, qtbot: QtBot
) -> None:
    choose(gallery, 0, 5)
    gallery.delete.click()
    assert counts(places) == {"1": 2, "7": 2}
    gallery.undo_button.click()
    assert counts(places) == {"1": 3, "7": 2, "cat": 1}
    choose(gallery, 5)
    qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    later = DrawingGallery(session)
    qtbot.addWidget(later)
    later.show_set(DELETED)
    assert [later.grid.item(n).text() for n in range(later.grid.count())] == ["cat"]
    assert later.delete.isHidden()
    choose(later, 0)
    later.put_back.click()
    assert counts(places) == {"1": 3, "7": 2, "cat": 1}
    later.finish()


def test_drawings_move_to_a_set_of_their_own(
    gallery: DrawingGallery, session: Session, places: Places, qtbot: QtBot, files_of: Callable[[], int]
) -> None:
    before = files_of()
    choose(gallery, 3, 4)
    gallery._fill_move()
    answer_text("Ana")
    gallery.move_menu.actions()[-1].trigger()
    assert sets(places) == ("", "Ana")
    assert counts(places, "Ana") == {"7": 2}
    gallery.show_set("Ana")
    assert words(gallery) == ["All  (2)", "7  (2)"]
    gallery.target.click()
    assert session.settings["drawing_set"] == "Ana"
    answer_text("Ben")
    gallery.rename_set.click()
    assert counts(places, "Ben") == {"7": 2}
    assert session.settings["drawing_set"] == "Ben"
    assert files_of() == before


def test_a_set_that_exists_is_said(gallery: DrawingGallery, places: Places) -> None:
    answer_text("a/b")
    gallery.new_set.click()
    assert "cannot be a class" in gallery.message.text()
    assert sets(places) == ("",)


def test_an_empty_set_says_how_to_fill_it_and_can_be_removed(gallery: DrawingGallery, places: Places) -> None:
    answer_text("new")
    gallery.new_set.click()
    assert gallery.state.title.text() == "No drawings in this set yet"
    assert "Tick “New drawings go here”" in gallery.state.sentence.text(), "they would go into another set"
    gallery.target.click()
    assert gallery.state.sentence.text().startswith("Draw on the pad")
    gallery.remove_set.click()
    assert sets(places) == ("",)
    assert gallery.grid.count() == 6


@pytest.fixture
def files_of(places: Places) -> Callable[[], int]:
    return lambda: sum(path.is_file() for path in places.drawings.rglob("*"))
