"""The bar at the top: the tabs stay where they are."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui import theme
from gui.shell.top_bar import BETWEEN, TopBar
from gui.widgets.eliding import whole_parts
from gui.workspaces import WORKSPACES


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
