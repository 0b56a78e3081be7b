"""The explorer on a real session and a real model: what its maps, bars and readings show of the network's values."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.explore.maps.bars import UnitBars
from gui.explore.workspace import ExploreWorkspace
from gui.paint.scales import COLOURS
from gui.session import Session
from gui.threads.live import Snapshot
from nets import zoo
from nets.data.specs import ImageInput
from nets.network.card import Card
from nets.pictures.colour import DIVERGING
from tests.gui.explore.conftest import LEFT, Draw, choose, chosen, wait_until


def test_the_pad_moves_the_maps(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    maps = choose(workspace, qtbot, "stem")
    assert maps.shape == (28, 28, 4)
    workspace.choice.set_range("map")
    grid = workspace.maps.grid
    shot = grid.viewport().grab().toImage()
    ratio = shot.devicePixelRatio()
    row, column = np.unravel_index(maps[..., 2].argmax(), (28, 28))
    cell = grid._cell(2)
    unit = cell.width() / 28
    point = QPointF(cell.left() + (column + 0.5) * unit, cell.top() + (row + 0.5) * unit) * ratio
    assert shot.pixel(point.toPoint()) == int(COLOURS[False][255])


def test_an_empty_pad_says_what_to_do_and_shows_the_kernels(
    workspace: ExploreWorkspace, session: Session, qtbot: QtBot
):
    wait_until(qtbot, lambda: session.answer is not None and session.answer.prepared is None)
    choose(workspace, qtbot, "block/conv")
    assert "Draw on the pad" in workspace.maps.grid.note
    assert workspace.maps.grid._pictures is None
    detail = workspace.detail.map
    assert detail.kernels.isVisible()
    assert detail.kernels.grid.count == 4
    assert "Kernel 3 × 3 for each of 4 input channels" in detail.kernel_heading.text()
    assert detail.bias.text() == "bias 0"


def test_the_pixel_under_the_cursor_is_read_and_can_be_pinned(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    maps = choose(workspace, qtbot, "block/conv")
    large = workspace.detail.map.large
    place = large.place
    at = QPoint(int(place.left() + 8.5 / 14 * place.width()), int(place.top() + 4.5 / 14 * place.height()))
    QTest.mouseMove(large, at)
    reading = workspace.detail.map.reading
    wait_until(qtbot, lambda: reading.text().startswith("row 4, column 8: "))
    assert float(reading.text().split(": ")[1]) == pytest.approx(float(maps[4, 8, 0]), abs=1e-3)
    found = workspace.session.model.fields.box("block/conv", 4, 8)
    assert workspace.detail.map.input._box == (found.top, found.left, found.height, found.width)
    field = workspace.detail.map.field.text().replace("\N{NO-BREAK SPACE}", " ")
    assert field == "receptive field 10 × 10"
    qtbot.mouseClick(large, LEFT, pos=at)
    assert workspace.choice.pixel == (4, 8)
    QTest.mouseMove(large, QPoint(2, 2))
    workspace.choice.walk_maps(1)
    assert workspace.choice.pixel == (4, 8)
    workspace.back()
    assert workspace.choice.pixel is None


def test_sorted_maps_stand_by_strength(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    maps = choose(workspace, qtbot, "block/conv")
    workspace.choice.set_sorted(True)
    expected = np.argsort(-np.abs(maps).mean(axis=(0, 1)), kind="stable")
    assert workspace.choice.order.tolist() == expected.tolist()
    assert workspace.maps.grid._order.tolist() == expected.tolist()


def test_dead_maps_are_marked(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    maps = choose(workspace, qtbot, "stem")
    dead = ~(maps != 0).any(axis=(0, 1))
    assert workspace.maps.grid._pictures.dead.tolist() == dead.tolist()
    if dead.any():
        assert f"{dead.sum()} of 4 maps dead" in workspace.maps.state_line.text()


def test_kernels_use_the_diverging_colours(workspace: ExploreWorkspace, qtbot: QtBot):
    pictures = workspace.detail.map.kernels._pictures
    assert pictures.low == -pictures.high
    assert (pictures.colours & 0xFF).tolist() == DIVERGING[:, 2].tolist()


def test_dense_layers_are_bars_with_their_strongest_inputs(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    values = choose(workspace, qtbot, "hidden")
    assert isinstance(workspace.maps.pages.currentWidget(), UnitBars)
    unit = int(values.argmax())
    workspace.choice.choose_map(unit)
    detail = workspace.detail.unit
    kernel = np.asarray(workspace.session.model.network.get_layer("hidden").kernel)
    reads = workspace.session.answer.maps["flat"]
    parts = kernel[:, unit] * reads
    strongest = int(np.abs(parts).argmax())
    cells = detail.table.rows[0]
    assert cells[1] == f"{kernel[strongest, unit]:+.3f}"
    assert float(cells[3].removeprefix("= ")) == pytest.approx(float(parts[strongest]), abs=1e-3)


def test_the_answer_has_labelled_bars(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    values = choose(workspace, qtbot, "answer")
    page = workspace.maps.answer_bars
    assert workspace.maps.pages.currentWidget() is page
    assert page._labels == tuple(workspace.session.model.card.labels)
    assert np.allclose(page._values, values)
    assert values.sum() == pytest.approx(1, abs=1e-5)


def test_what_cannot_be_shown_says_why(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    choose(workspace, qtbot, "fold")
    assert workspace.maps.pages.currentWidget() is workspace.maps.state
    assert "49 × 8" in workspace.maps.state.sentence.text()
    assert workspace.detail.isHidden()
    choose(workspace, qtbot, "flat")
    assert workspace.detail.isVisible()


def test_a_network_in_training_shows_the_kernels_it_has_now(
    session: Session, workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot
):
    draw()
    card = Card("run", "LeNet in training", "lenet", tuple("0123456789"), ImageInput())
    weights = [array.copy() for array in zoo.get("lenet").build().get_weights()]
    session.watch_training(Snapshot("run", card, 1, weights))
    wait_until(qtbot, lambda: session.model.ref.kind == "training" and session.answer.model is session.model)
    assert chosen(workspace) == "conv1"
    wait_until(qtbot, lambda: workspace.maps.scale is not None)
    learned = [array + 1 for array in weights]
    session.watch_training(Snapshot("run", card, 2, learned))
    shown = workspace.detail.map.kernels
    expected = learned[0][..., 0]
    wait_until(qtbot, lambda: np.allclose(shown._pictures.values, expected))
    assert np.allclose(workspace.maps.kernels.grid._pictures.values, learned[0][:, :, 0])
    session.watch_training(None)
    wait_until(qtbot, lambda: session.model.ref.kind == "file")
    assert chosen(workspace) == "stem"
