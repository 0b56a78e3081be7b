"""A column of names is as wide as the widest of them: none of them is cut for the fraction of a pixel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explore.maps.probabilities import ProbabilityBars
from gui.train.setup.dataset_card import ClassCounts
from gui.widgets.eliding import room_for

NAMES = ("cat", "big dog", "one", "truck", "violet", "小 猫", "automobile", "T-shirt/top", "dandelion")


def is_cut(name: str, font: QFont, room: int) -> bool:
    return QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, room) != name


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [theme.SMALL, theme.TEXT])
def test_a_name_has_room_alone(qtbot: QtBot, size: int, bold: bool) -> None:
    """Earlier, "cat" was shortened to "…" where it was the longest name."""
    font = theme.font(size, bold=bold, tabular=True)
    assert [name for name in NAMES if is_cut(name, font, room_for([name], QFontMetrics(font)))] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_classes_of_a_data_set_and_of_an_answer_are_whole(qtbot: QtBot, name: str) -> None:
    counts, rows = ClassCounts(), ProbabilityBars()
    qtbot.addWidget(counts)
    qtbot.addWidget(rows)
    rows.resize(400, 300)
    counts.show_counts([("a", 3), (name, 4)])
    rows.set_labels(("a", name))
    small = theme.font(theme.SMALL, tabular=True)
    assert not is_cut(name, small, counts.names_room(QFontMetrics(small), 300.0))
    assert not is_cut(name, theme.font(bold=True, tabular=True), rows.names_room())
