"""The panel around the matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.train.panes import UPPER, Panes
from gui.train.results.results import ResultsPanel
from gui.train.task import HeldOut
from nets.data.fitting import FileImages
from nets.data.specs import ImageInput
from nets.runs.evaluation import Evaluation


def test_beside_the_curves_all_of_it_is_seen_without_scrolling(qtbot: QtBot) -> None:
    """In a window of 1440 x 900 with the line of epochs below; earlier, the images' captions were cut in half."""
    theme.apply("light")
    panel, curves = ResultsPanel(), QWidget()
    panes = Panes({"curves": ("Curves", curves), "results": ("Confusion", panel), "runs": ("Runs", QWidget())})
    qtbot.addWidget(panes)
    labels = np.arange(20) % 10
    panel.show_evaluation(Evaluation(labels, np.eye(10, dtype=np.float32)[labels], 0.0), tuple("0123456789"), 1)
    panes.resize(1068, 554)
    panes.show()
    qtbot.waitUntil(panel.matrix.isVisible)
    qtbot.waitUntil(
        lambda: panel._scroll.verticalScrollBar().maximum() == 0 and curves.height() >= UPPER, timeout=5_000
    )
    assert not panes.compact


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


def test_a_picture_that_has_vanished_from_its_folder_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    """The images of a folder are read when they are shown: what vanished meanwhile is a sentence, not an exception."""
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path in paths:
        Image.linear_gradient("L").resize((8, 8)).save(path)
    images = FileImages(paths, ImageInput(8, 8, 3))
    paths[2].unlink()
    panel = ResultsPanel()
    qtbot.addWidget(panel)
    labels = np.arange(4) % 2
    panel.show_evaluation(Evaluation(labels, np.eye(2, dtype=np.float32)[labels], 0.0), ("cat", "dog"), 1)
    panel.show_images(HeldOut(images, ("cat", "dog")))
    assert "2.png" in panel.caption.text()
    assert not panel.strip.thumbnails
