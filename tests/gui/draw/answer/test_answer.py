"""The answer with a real network behind it, and what is shown where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.answer.bars import percent
from gui.draw.column import DrawColumn
from gui.session import Session
from gui.settings import Settings
from nets.data.photographs import photograph
from nets.network.shipped_cards import shipped
from tests.drive import DIGITS, activate, draw, wait_until
from tests.gui.draw.conftest import places_in


@pytest.fixture(scope="module")
def started(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One session with the shipped LeNet for all tests of this file: TensorFlow is loaded once."""
    places = places_in(tmp_path_factory.mktemp("answer"))
    session = Session(places, Settings(places.settings))
    session.reference = "lenet"
    session.start()
    wait_until(lambda: session.model is not None, 120, "the model")
    yield session
    session.end()


@pytest.fixture
def window(qtbot: QtBot, started: Session) -> QWidget:
    """The column in a window, beside an empty workspace."""
    theme.apply("light")
    started.set_picture(None)
    made = QWidget()
    row = QHBoxLayout(made)
    row.addWidget(DrawColumn(started))
    row.addWidget(QWidget(), 1)
    qtbot.addWidget(made)
    made.resize(1300, 840)
    made.show()
    qtbot.waitExposed(made)
    activate(made)
    return made


@pytest.fixture
def live(window: QWidget) -> Iterator[DrawColumn]:
    column = window.findChild(DrawColumn)
    assert isinstance(column, DrawColumn)
    yield column
    column.stop()


def answered(column: DrawColumn, label: str) -> None:
    wait_until(lambda: column.answer.verdict.words.large == label, 30, f"the answer {label}")


def test_a_drawing_is_answered(live: DrawColumn, started: Session) -> None:
    draw(live.pad, DIGITS["7"])
    answered(live, "7")
    words = live.answer.verdict.words
    assert words.first.endswith(" %")
    assert words.second.startswith("most like a 7")
    assert live.answer.bars.shown()[7][1] == words.first
    assert live.answer.caption.text() == "28 × 28, centred"
    seen = live.answer.thumbnail.picture
    assert seen is not None
    assert started.answer is not None
    assert started.answer.prepared is not None
    assert np.allclose(seen, started.answer.prepared.input[..., 0], atol=1e-6)


def test_two_digits_are_seen_and_said(live: DrawColumn) -> None:
    small = [tuple((x / 2, y / 2 + 70) for x, y in stroke) for stroke in DIGITS["1"]]
    other = [tuple((x / 2 + 130, y / 2 + 70) for x, y in stroke) for stroke in DIGITS["3"]]
    draw(live.pad, small)
    wait_until(lambda: live.answer.verdict.words.large, 30, "an answer")
    draw(live.pad, other)
    wait_until(lambda: live.answer.verdict.words.first == "two shapes", 30, "the hint")
    assert live.answer.verdict.words.second == "one digit at a time"
    assert live.answer.verdict.words.unsure


def test_a_photograph_is_called_one_with_its_badge_and_b_opens_the_details(
    live: DrawColumn, window: QWidget, started: Session
) -> None:
    live.pad.put_picture(photograph("china.jpg"), "china.jpg")
    wait_until(lambda: live.answer.verdict.words.first == "photograph", 30, "what it is")
    words = live.answer.verdict.words
    assert (words.second, words.badge, words.unsure) == ("LeNet reads digits", "unlike", True)
    assert live.proposal.isVisible()
    QTest.keyClick(live.pad, Qt.Key.Key_B)
    panel = live.answer.trust
    assert panel.isVisible()
    assert panel.probability_title.text() == "Calibrated"
    assert started.answer is not None
    assert started.answer.badge is not None
    assert panel.probability.text() == percent(started.answer.badge.probability)
    assert "AUROC" in panel.told_words.text()
    assert "scribbles: " in panel.told_words.toolTip()
    wait_until(lambda: " of 8 the same" in panel.shifts.text(), 30, "the small shifts")
    QTest.keyClick(live.pad, Qt.Key.Key_B)
    assert not panel.isVisible()


def test_the_calibrated_probability_stands_beside_the_network_s_own(live: DrawColumn, started: Session) -> None:
    draw(live.pad, DIGITS["7"])
    answered(live, "7")
    assert started.answer is not None
    assert started.answer.badge is not None
    assert live.answer.verdict.words.beside == f"calibrated {percent(started.answer.badge.probability)}"


def test_an_empty_pad_is_empty_at_once(live: DrawColumn) -> None:
    draw(live.pad, DIGITS["7"])
    answered(live, "7")
    live.pad.clear()
    assert live.answer.verdict.words.first == "Nothing drawn yet"
    assert live.answer.verdict.words.large == ""
    assert live.answer.thumbnail.picture is None
    assert live.answer.bars.values is None


def test_a_dot_is_not_answered(live: DrawColumn) -> None:
    QTest.mouseClick(live.pad, Qt.MouseButton.LeftButton, pos=live.pad.rect().center())
    wait_until(lambda: live.answer.verdict.words.first == "Too little to read", 30, "the dot's words")
    assert live.answer.bars.values is None


def test_nothing_moves_when_the_answer_comes(live: DrawColumn) -> None:
    def places() -> list[QRect]:
        answer = live.answer
        return [part.geometry() for part in (answer.thumbnail, answer.verdict, answer.bars, answer.caption)]

    before = places()
    draw(live.pad, DIGITS["3"])
    wait_until(lambda: live.answer.verdict.words.large, 30, "an answer")
    QApplication.processEvents()
    assert places() == before


def test_the_stages_unfold_follow_the_pen_and_close(live: DrawColumn, window: QWidget, started: Session) -> None:
    QTest.mouseClick(live.answer.thumbnail, Qt.MouseButton.LeftButton)
    assert not any(panel.isVisible() for panel in [live.answer.stages])  # nothing is drawn
    draw(live.pad, DIGITS["7"][:1])
    answered(live, "7")
    QTest.mouseClick(live.answer.thumbnail, Qt.MouseButton.LeftButton)
    stages = live.answer.stages
    assert stages.isVisible()
    assert stages.titles() == ["Ink", "Crop", "Scale", "Centre of mass", "Values"]
    assert window.rect().contains(stages.geometry())
    assert not stages.geometry().intersects(QRect(live.pos(), live.size()))
    before = stages.grab().toImage()
    id_before = started.answer.id if started.answer else 0
    draw(live.pad, DIGITS["7"][1:], pause=0)
    wait_until(lambda: started.answer is not None and started.answer.id > id_before + 5, 30, "more answers")
    assert stages.isVisible()
    wait_until(lambda: stages.grab().toImage() != before, 10, "the stages to follow")
    QTest.keyClick(live.pad, Qt.Key.Key_Escape)
    assert not stages.isVisible()
    live.answer.show_stages()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomRight() - stages.rect().topLeft())
    assert not stages.isVisible()
    live.answer.show_stages()
    live.pad.clear()
    assert not stages.isVisible()


def test_a_model_that_is_refused_leaves_the_old_one(live: DrawColumn, started: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(started.model_refused, timeout=30_000):
        started.open_model("no such model")
    draw(live.pad, DIGITS["1"])
    answered(live, "1")


def test_the_answer_of_a_network_that_was_not_trained_is_called_chance(live: DrawColumn, started: Session) -> None:
    started.open_model("net:lenet")
    wait_until(lambda: started.model is not None and started.model.ref.kind == "untrained", 30, "the network")
    draw(live.pad, DIGITS["1"])
    wait_until(lambda: "chance" in live.answer.verdict.words.second, 30, "an answer")
    words = live.answer.verdict.words
    assert (words.second, words.badge, words.beside, words.unsure) == ("not trained: this is chance", "", "", True)
    started.open_model("lenet")
    wait_until(lambda: started.model is not None and started.model.ref.kind == "shipped", 30, "the shipped one")
    assert started.settings["model"] != "net:lenet", "the next start would show other random weights"


def test_while_tensorflow_loads_a_sign_turns_and_drawing_works(column: DrawColumn, session: Session) -> None:
    session.live.loading.emit("TensorFlow")
    words = column.answer.verdict.words
    assert words.busy
    assert words.first == "Loading TensorFlow"
    draw(column.pad, DIGITS["7"])
    assert session.picture is not None
    assert column.answer.verdict.words.busy


def test_a_first_answer_that_takes_long_is_said_to_be_computed(column: DrawColumn, session: Session) -> None:
    """Earlier, the panel stayed empty for seconds with a large network."""
    session.card = shipped()["pen"]
    session.card_changed.emit(session.card)
    draw(column.pad, DIGITS["7"])
    assert column.answer.verdict.words.first == "", "most networks answer at once: no sign appears and vanishes"
    wait_until(lambda: column.answer.verdict.words.busy, 10, "the sign")
    assert column.answer.verdict.words.first == "Computing"
    column.pad.clear()
    assert column.answer.verdict.words.first == "Nothing drawn yet"


def test_an_engine_that_fails_says_so(column: DrawColumn, session: Session) -> None:
    session.live.broken.emit("TensorFlow could not be loaded: no such file", "")
    assert column.answer.stack.currentWidget() is column.answer.state
    assert "no such file" in column.answer.state.sentence.text()
    draw(column.pad, DIGITS["7"])
    assert session.picture is not None
