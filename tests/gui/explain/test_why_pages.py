"""The frame of Why: its tabs, the keys of each page, and what is shown while there is no explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.explain.lesioning import LesionQuestion
from gui.explain.workspace import WhyWorkspace
from gui.session import Session
from gui.threads.explaining import ExplainQuestion
from gui.threads.subject import Subject
from nets.network.model import Model
from tests.drive import wait_until
from tests.gui.explain.conftest import Draw, answered, seven


def test_the_tabs_stay_where_they_are_when_the_page_changes(workspace: WhyWorkspace, qtbot: QtBot) -> None:
    def places() -> list[QPoint]:
        return [tab.mapTo(workspace, QPoint(0, 0)) for tab in workspace.tabs]

    qtbot.waitUntil(lambda: places()[1].x() > 0)
    begun = places()
    for number in (1, 2, 0):
        workspace.show_page(number)
        QApplication.sendPostedEvents()  # the layout of the new page
        QApplication.processEvents()
        assert places() == begun


def test_each_page_names_its_own_keys(workspace: WhyWorkspace) -> None:
    heard: list[str] = []
    workspace.hints_changed.connect(lambda: heard.append(workspace.hints))
    for _ in range(3):
        QTest.keyClick(workspace, Qt.Key.Key_PageDown)
    first = [words.split(" ·")[0] for words in heard]
    assert first == ["Up, Down: layers", "Up, Down: classes or maps", "Up, Down: methods"]
    assert "sanity" not in heard[0] + heard[1]


def test_each_page_is_saved_under_a_name_of_its_own(workspace: WhyWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture of the lesion lab was proposed the name of the explanation's, and took its place."""
    names: list[str] = []
    monkeypatch.setattr(workspace.snapshots, "ask_save", lambda _, __, name: names.append(name))
    for number in range(3):
        workspace.show_page(number)
        workspace.export.requested.emit("shown")
    assert names == ["lenet_why", "lenet_lesions", "lenet_looks-for"]


def test_the_keys_of_a_page_that_is_not_shown_do_nothing(
    workspace: WhyWorkspace, session: Session, qtbot: QtBot
) -> None:
    heard: list[str] = []
    session.notified.connect(lambda words, _: heard.append(words))
    workspace.show_page(1)
    QTest.keyClick(workspace, Qt.Key.Key_S)
    assert heard == []
    workspace.show_page(0)
    QTest.keyClick(workspace, Qt.Key.Key_S)
    assert len(heard) == 1
    assert workspace.side is workspace.controls
    workspace.show_page(2)
    assert workspace.side is None


def test_while_the_answer_is_to_come_it_is_said_to_be_computed(
    workspace: WhyWorkspace, session: Session, subject: Subject
) -> None:
    state = workspace.explain.columns[0].state
    assert state.title.text() == "Nothing to explain yet"
    answered(session, subject, None)
    session.set_picture(seven())
    assert state.title.text() == "Computing"
    session.set_picture(None)
    answered(session, subject, None)
    assert state.title.text() == "Nothing to explain yet"


def test_with_a_model_and_a_drawing_nothing_is_said_to_be_missing(
    qtbot: QtBot, session: Session, lenet: Model, subject: Subject
) -> None:
    """Between the click on Why and the first explanation."""
    session.model, session.card = lenet, lenet.card
    hidden = WhyWorkspace(session)
    qtbot.addWidget(hidden)
    title = hidden.explain.columns[0].state.title
    assert title.text() == "Computing"
    answered(session, subject, None)  # the answer to the pad as it was before the drawing
    session.picture = seven()
    hidden.show()
    assert title.text() == "Computing"
    hidden.stop()


def test_another_network_is_not_asked_about_what_was_prepared_for_the_one_before(
    workspace: WhyWorkspace, session: Session, draw: Draw, lenet: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier, "Expected inputs of shape (N, 224, 224, 3), found (1, 28, 28, 1)" was shown until a large network
    answered.
    """
    draw()
    explained: list[ExplainQuestion] = []
    monkeypatch.setattr(workspace.explain.worker, "ask", explained.append)
    asked: list[LesionQuestion] = []
    monkeypatch.setattr(workspace.lesions.worker, "ask", asked.append)
    network = lenet.copy().network
    colour = replace(lenet.card.input, height=32, width=32, channels=3, fit="picture")
    session.model = replace(lenet, network=network, card=replace(lenet.card, input=colour))
    session.model_changed.emit(session.model)
    assert all(question.model is lenet for question in explained)
    assert workspace.explain.columns[0].state.title.text() == "Computing"
    assert workspace.looks._image is None
    workspace.show_page(1)
    wait_until(lambda: asked)
    assert [question.image for question in asked] == [None]


def test_no_button_is_cut_in_a_small_window(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    draw()
    workspace.controls.method.choose("occlusion")
    workspace.resize(716, 580)  # what is left of 1024 x 700 beside the pad
    page = workspace.explain
    qtbot.waitUntil(lambda: 500 < page.width() < 560 and page.compute.isVisible())
    for shown in (page.compute, page.sanity, page.faith):
        assert shown.width() >= shown.sizeHint().width()


def test_while_tensorflow_loads_that_is_said_in_place_of_empty_frames(qtbot: QtBot, session: Session) -> None:
    """Earlier, two grey squares were shown at the first start until the model was open."""
    session.engine = "by hand"
    made = WhyWorkspace(session)
    qtbot.addWidget(made)
    made.resize(1070, 795)
    made.show()
    page = made.explain
    assert page.columns[1].isHidden()
    assert "TensorFlow is still being loaded" in page.columns[0].state.sentence.text()
    assert page.columns[0].state.isVisible()
    assert made.controls.target.currentText() == "the answer"
    for number, state in ((1, made.lesions.waiting), (2, made.looks.state)):
        made.show_page(number)
        assert state.isVisible()
        assert state.title.text() == "No model yet"
    made.show_page(0)
    session.engine = "failed"
    session.engine_changed.emit("failed", "")
    assert "could not be loaded" in page.columns[0].state.sentence.text()
    made.stop()


def test_what_it_looks_for_begins_with_the_answer_until_a_class_is_picked(
    workspace: WhyWorkspace, draw: Draw, session: Session, subject: Subject
) -> None:
    workspace.show_page(2)
    page = workspace.looks
    answer = draw().answer
    assert answer is not None
    first, second = (str(n) for n in np.argsort(-answer.probabilities)[:2])
    assert page.number.value() == first
    page.way.choose("fool")
    assert page.number.value() == second, "into what it is already it cannot be fooled"
    page.number.pick("0")
    draw()
    assert page.number.value() == "0"
