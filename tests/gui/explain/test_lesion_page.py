"""The lesion lab where it can measure and where it cannot, and its bars in the order of the answer's own."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.explain.before_after import BeforeAfter
from gui.explain.lesioning import LesionAccuracy, LesionQuestion
from gui.explain.workspace import WhyWorkspace
from gui.session import Session


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
