"""The panel around the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.train.results.results import ResultsPanel
from nets.runs.evaluation import Evaluation


@pytest.mark.parametrize("height", [180, 260, 500])
def test_matrix_and_images_never_lie_over_another(qtbot: QtBot, height: int) -> None:
    panel = ResultsPanel()
    qtbot.addWidget(panel)
    panel.resize(420, height)
    labels = np.arange(20) % 10
    probabilities = np.eye(10, dtype=np.float32)[labels]
    panel.show_evaluation(Evaluation(labels, probabilities, 0.0), tuple("0123456789"), 1)
    panel.show()
    qtbot.waitUntil(panel.matrix.isVisible)
    assert panel.height() == height, "the panel shrinks, and its content scrolls"
    assert not panel.matrix.geometry().intersects(panel.caption.geometry())
    assert not panel.caption.geometry().intersects(panel.strip.geometry())
