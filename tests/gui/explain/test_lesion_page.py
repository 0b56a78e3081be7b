"""The lesion lab where it can measure and where it cannot, and its bars in the order of the answer's own."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.explain import lesioning
from gui.explain.before_after import BeforeAfter
from gui.explain.lesioning import LesionAccuracy, LesionQuestion, known_dataset
from gui.explain.workspace import WhyWorkspace
from gui.session import Session
from gui.threads.subject import Subject
from nets.errors import LensletError
from nets.explain.lesion import LesionedNetwork, Lesions
from nets.network.model import Model
from tests.gui.explain.conftest import WAIT, Draw, answered, seven


def test_of_many_classes_the_bars_stand_as_beside_the_pad(qtbot: QtBot) -> None:
    bars = BeforeAfter()
    qtbot.addWidget(bars)
    before, after = np.zeros(100), np.zeros(100)
    before[:12] = np.arange(12, 0, -1)
    after[50] = 20  # an answer of the lesioned network alone
    bars.set_values([str(n) for n in range(100)], before[::-1], after)
    assert bars.rows().tolist() == [*range(99, 90, -1), 50]
    bars.set_values([str(n) for n in range(10)], before[:10], after[:10])
    assert bars.rows().tolist() == list(range(10)), "few classes keep their places"


def test_what_cannot_be_measured_is_not_offered(workspace: WhyWorkspace, session: Session) -> None:
    page = workspace.lesions
    workspace.show_page(1)
    assert not page.measure_button.isEnabled(), "nothing is known of the accuracy yet"
    heard: list[str] = []
    session.notified.connect(lambda words, _: heard.append(words))
    question = LesionQuestion(page._model, session.places, "conv2")
    page._on_answered(question, LesionAccuracy(0.9, 0.9, 2000, "MNIST"))
    assert page.measure_button.isEnabled()
    page._on_answered(question, LesionAccuracy(0, 0, 0, "", "no images of its classes are on this machine"))
    assert not page.measure_button.isVisible()
    assert page.hint.text() == "No images of its classes are on this machine."
    QTest.keyClick(workspace, Qt.Key.Key_Return)
    assert heard == ["no images of its classes are on this machine"]
    assert not page.busy.isVisible()


def test_an_accuracy_stands_beside_the_channels_that_it_was_measured_with(
    workspace: WhyWorkspace,
    qtbot: QtBot,
    session: Session,
    subject: Subject,
    draw: Draw,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes seconds of a large network; what was measured with other channels is no answer meanwhile."""
    measured: list[int] = []
    right = LesionedNetwork.right
    monkeypatch.setattr(LesionedNetwork, "right", lambda *args: measured.append(1) or right(*args))
    draw()
    page = workspace.lesions
    workspace.show_page(1)
    qtbot.waitUntil(lambda: page.accuracy is not None and not page.worker.busy, timeout=WAIT)
    whole = page.words.text()
    page.toggle_layer()
    assert "Accuracy is being measured" in page.words.text()
    page.give_back()
    assert page.words.text() == whole
    page.toggle_layer()
    qtbot.waitUntil(lambda: page.accuracy is not None and len(page.accuracy.changed) == 16, timeout=WAIT)
    assert page.accuracy is not None
    assert page.accuracy.after < 0.3 < page.accuracy.before
    assert f"{100 * page.accuracy.after:.2f} % of " in page.words.text()
    count = len(measured)
    answered(session, subject, seven()[::-1])
    qtbot.waitUntil(lambda: not page.worker.busy, timeout=WAIT)
    assert len(measured) == count, "another drawing changes nothing of the accuracy"


def test_classes_that_are_numbers_for_want_of_names_are_not_asked_about_digits(session: Session, lenet: Model) -> None:
    card = replace(lenet.card, dataset="")
    assert known_dataset(card, session.places) in ("mnist", "digits")
    clothes = replace(card, input=replace(card.input, fit="picture"))  # no digit was read when it was opened
    with pytest.raises(LensletError, match="no images of LeNet's classes"):
        known_dataset(clothes, session.places)


def test_what_the_chart_says_is_shown_whole_in_a_small_window(workspace: WhyWorkspace, qtbot: QtBot) -> None:
    """Its end is what was measured: the accuracy before and without the channel that matters most."""
    page = workspace.lesions
    workspace.show_page(1)
    per_class = np.full(10, 0.995)
    without = np.full(128, 0.994)
    without[127] = 0.9905
    found = Lesions("block3_relu2", "off", 2000, 0.995, per_class, without, np.tile(per_class, (128, 1)), 0.1)
    question = LesionQuestion(page._model, workspace.session.places, "conv2", each=True)
    page._on_answered(question, found)
    workspace.resize(716, 580)  # what is left of 1024 x 700 beside the pad
    words = page.chart_words
    qtbot.waitUntil(lambda: 0 < words.width() < 716)
    assert words.text().endswith("most without 127: 99.50 to 99.05 % of 2,000 right")
    assert words.shown_text(words.width()) == words.text()


def test_the_maps_of_the_drawing_do_not_wait_for_the_test_images(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading those of CIFAR-10 takes seconds, and "Draw or open a picture" stood there over a photograph."""
    begun, goes_on = threading.Event(), threading.Event()
    read = lesioning.test_images
    monkeypatch.setattr(lesioning, "test_images", lambda *args: (begun.set(), goes_on.wait(120), read(*args))[2])
    page, asked = workspace.lesions, []
    ask = page.worker.ask
    monkeypatch.setattr(page.worker, "ask", lambda question: asked.append(question) or ask(question))
    draw()
    workspace.show_page(1)
    assert page.above_words.text() == "Computing …"
    assert page.bars.words == "Computing …"
    assert begun.wait(60)
    workspace.show_page(0)
    workspace.show_page(1)  # asked about again before the maps have arrived: they were thrown away
    qtbot.waitUntil(lambda: page.readings is not None, timeout=WAIT)
    assert all(question.image is not None for question in asked), "one without the drawing would wait for the images"
    page.toggle(4)
    assert "1 of 16 channels" in page.hint.text()
    goes_on.set()
    qtbot.waitUntil(lambda: page.accuracy is not None and not page.worker.busy, timeout=WAIT)
