"""The matrix: where its cells lie, what a click and the arrows choose."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.train.results.confusion import ConfusionMatrix, Grid

LABELS = tuple("0123456789")


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(420, 240)
    counts = np.diag(np.full(10, 90)) + np.eye(10, k=1, dtype=int) * 3
    made.show_counts(counts, LABELS)
    made.show()
    return made


def test_every_cell_is_found_where_it_is_painted() -> None:
    grid = Grid(7, 31.0, 14.0, 20.5, 11.25)
    for true in range(7):
        for predicted in range(7):
            middle = grid.cell(true, predicted).center()
            assert grid.at(middle.x(), middle.y()) == (true, predicted)
    assert grid.at(30.0, 20.0) is None
    assert grid.at(40.0, 14.0 + 7 * 11.25) is None


def test_a_click_chooses_the_cell(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    at = matrix.grid().cell(4, 5).center().toPoint()
    with qtbot.waitSignal(matrix.chosen) as chosen:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [4, 5]
    assert matrix.words(4, 5) == "3 of 93 images of 4 are taken for 5"


def test_arrows_walk_and_stop_at_the_edge(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    matrix.choose(0, 8)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(matrix, key)
    assert matrix.cell == (1, 9)


def test_ten_classes_can_be_read_in_the_least_room(matrix: ConfusionMatrix) -> None:
    matrix.resize(matrix.minimumSize())
    assert matrix.grid().height >= 14


@pytest.mark.parametrize(("width", "height"), [(220, 172), (420, 240), (1200, 900)])
@pytest.mark.parametrize("classes", [2, 10, 40])
def test_it_fits_any_room(matrix: ConfusionMatrix, width: int, height: int, classes: int) -> None:
    matrix.resize(width, height)
    matrix.show_counts(np.eye(classes, dtype=int) * 5, tuple(f"a class with a long name {n}" for n in range(classes)))
    last = matrix.grid().cell(classes - 1, classes - 1)
    assert last.right() <= width
    assert last.bottom() <= height + 1
    assert not matrix.grab().isNull()
