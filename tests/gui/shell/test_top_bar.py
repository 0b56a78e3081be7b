"""The bar at the top: the tabs stay where they are."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui import theme
from gui.settings import Settings
from gui.shell.top_bar import BETWEEN, TopBar, describe
from gui.shell.zoom import Zoom
from gui.widgets.eliding import whole_parts
from gui.workspaces import WORKSPACES
from nets.data.specs import ImageInput
from nets.network.card import Card
from tests.drive import wait_until


@pytest.mark.parametrize("width", [1024, 1440])
def test_the_tabs_do_not_move_when_names_change(qtbot: QtBot, width: int) -> None:
    theme.apply("light")
    bar = TopBar()
    qtbot.addWidget(bar)
    for row in WORKSPACES:
        bar.add_workspace(row.name, row.title, row.tip)
    bar.resize(width, 48)
    bar.show()
    tabs = [tab for tab in bar.findChildren(QPushButton) if tab.property("workspace")]

    def places() -> list[int]:
        QApplication.processEvents()
        return [tab.mapTo(bar, tab.rect().topLeft()).x() for tab in tabs]

    before = places()
    bar.model.show_words("a model with a name that is long enough to be elided somewhere", "MNIST · 99.4 % · 427.8 k")
    bar.device.setText("Graphics card · with a name that is as long as such names are")
    assert places() == before
    right = bar.model.mapTo(bar, bar.model.rect().topRight()).x()
    assert right < before[0]
    bar.model.show_words("pen", "")
    assert places() == before
    assert bar.model.mapTo(bar, bar.model.rect().topRight()).x() == right


@pytest.mark.parametrize(("level", "model"), [(100, 120), (150, 115), (175, 100), (200, 50)])
def test_no_button_is_cut_off_on_a_zoomed_projector(qtbot: QtBot, tmp_path: Path, level: int, model: int) -> None:
    """Earlier, at 1024 pixels, the help button was cut at 150 %, and three buttons overlapped at 175 %."""
    zoom = Zoom(Settings(tmp_path / "settings.json"))
    try:
        bar = TopBar()
        qtbot.addWidget(bar)
        for row in WORKSPACES:
            bar.add_workspace(row.name, row.title, row.tip)
        bar.model.show_words("LeNet (modern)", "epoch 5 · MNIST")
        zoom.set_level(level)
        bar.resize(1024, bar.height())
        bar.show()
        wait_until(lambda: bar.width() == 1024)
        QApplication.processEvents()
        shown = [one for one in bar.findChildren(QAbstractButton) if one.isVisible()]
        places = sorted(QRect(one.mapTo(bar, QPoint(0, 0)), one.size()).getCoords() for one in shown)
        assert len(places) == 1 + len(WORKSPACES) + 3
        for place, following in itertools.pairwise(places):
            assert place[2] < following[0], "none lies over the next"
        assert places[-1][2] < 1024
        assert places[0][2] - places[0][0] >= theme.px(model), "the model's name can be read"
        for tab in bar.findChildren(QPushButton):
            if tab.property("workspace"):
                assert tab.width() > tab.fontMetrics().horizontalAdvance(tab.text())
    finally:
        zoom.reset()
        zoom.stop()


def test_the_accuracy_says_of_how_many_test_images_it_is() -> None:
    card = Card("own", "Own", "", ("0", "1"), ImageInput(), dataset_title="MNIST", accuracy=0.9893, test_images=10_000)
    assert describe(card) == "MNIST · 98.93 % of 10,000 test images"
    assert describe(replace(card, accuracy=0.5, test_images=4)) == "MNIST · 2 of 4 test images"
    assert describe(replace(card, test_images=0)) == "MNIST"


def test_a_number_is_not_cut_off_from_what_it_is_of(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    metrics = bar.fontMetrics()
    words = "epoch 5 · MNIST · 98.93 % of 10,000 test images"
    whole = metrics.horizontalAdvance(words)
    assert whole_parts(words, BETWEEN, metrics, whole) == words
    assert whole_parts(words, BETWEEN, metrics, whole - 1) == "epoch 5 · MNIST"
    assert whole_parts(words, BETWEEN, metrics, 1) == ""
    bar.model.show_words("LeNet", words)
    assert words in bar.model.toolTip()
