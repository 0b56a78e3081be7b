"""The explorer on a real session and a real model: what is seen, clicked, typed and said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.explore.bars import UnitBars
from gui.explore.frame import COLOURS
from gui.explore.grid import MapGrid
from gui.explore.workspace import ExploreWorkspace
from gui.live import Snapshot
from gui.session import Session
from nets import zoo
from nets.card import Card
from nets.colour import DIVERGING
from nets.data.specs import InputSpec
from nets.receptive_field import box

Draw = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


WAIT = 90_000  # milliseconds: a machine may have other things to do


def wait_until(qtbot: QtBot, true: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=WAIT)


def chosen(workspace: ExploreWorkspace) -> str:
    assert workspace.choice.layer is not None
    return workspace.choice.layer.path


def choose(workspace: ExploreWorkspace, qtbot: QtBot, path: str) -> np.ndarray | None:
    """Chooses the layer and gives its values, once the answer carries them."""
    workspace.choice.choose_layer(path)
    session = workspace.session
    wait_until(qtbot, lambda: session.answer is not None and session.answer.id == session._id)
    return session.answer.maps.get(path) if session.answer else None


def cell_centre(grid: MapGrid, number: int) -> QPoint:
    position = int(np.flatnonzero(grid._order == number)[0])
    return grid._cell(position).center().toPoint()


def test_every_layer_is_listed_nested_ones_below_their_model(workspace: ExploreWorkspace):
    rows = [(row.name, row.level) for row in workspace.layers.model.rows]
    assert rows == [
        ("stem", 0),
        ("half", 0),
        ("block", 0),
        ("conv", 1),
        ("pool", 1),
        ("skip", 0),
        ("sum", 0),
        ("fold", 0),
        ("flat", 0),
        ("hidden", 0),
        ("answer", 0),
    ]
    assert f"{workspace.session.model.network.count_params():,} parameters" in workspace.layers.total.text()


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


def test_a_click_opens_a_map_large(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    workspace.back()
    assert workspace.detail.isHidden()
    grid = workspace.maps.grid
    qtbot.mouseClick(grid.viewport(), LEFT, pos=cell_centre(grid, 3))
    assert workspace.detail.isVisible()
    assert workspace.choice.map == 3
    assert workspace.detail.title.text() == "stem · map 3"


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
    found = box(workspace.session.model.network, "block/conv", 4, 8)
    assert workspace.detail.map.input._box == (found.top, found.left, found.height, found.width)
    assert workspace.detail.map.field.text() == "receptive field 10 × 10"
    qtbot.mouseClick(large, LEFT, pos=at)
    assert workspace.choice.pixel == (4, 8)
    QTest.mouseMove(large, QPoint(2, 2))
    workspace.choice.walk_maps(1)
    assert workspace.choice.pixel == (4, 8)
    workspace.back()
    assert workspace.choice.pixel is None


@pytest.mark.parametrize("where", ["grid", "list", "diagram"])
def test_keys_work_wherever_the_focus_is(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot, where: str):
    draw()
    widgets = {"grid": workspace.maps.grid, "list": workspace.layers.view, "diagram": workspace.diagram.diagram}
    widget = widgets[where]
    widget.setFocus()

    def press(key: Qt.Key) -> None:
        qtbot.keyClick(widget, key)

    press(Qt.Key.Key_Down)
    assert chosen(workspace) == "half"
    press(Qt.Key.Key_Up)
    assert chosen(workspace) == "stem"
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Left)
    assert workspace.choice.map == 1
    press(Qt.Key.Key_Escape)
    assert workspace.detail.isHidden()
    press(Qt.Key.Key_Return)
    assert workspace.detail.isVisible()
    press(Qt.Key.Key_S)
    assert workspace.choice.sorted
    assert workspace.maps.sort.isChecked()
    press(Qt.Key.Key_R)
    assert workspace.choice.range == "network"
    assert workspace.maps.range.value() == "network"


def test_an_arrow_that_nobody_wants_walks_the_layers(workspace: ExploreWorkspace, qtbot: QtBot):
    window = QWidget()
    qtbot.addWidget(window)
    pad = QWidget()
    pad.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column = QVBoxLayout(window)
    column.addWidget(pad)
    column.addWidget(workspace)
    window.show()
    workspace.show()
    pad.setFocus()
    before = chosen(workspace)
    qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert chosen(workspace) != before
    workspace.hide()
    qtbot.keyClick(pad, Qt.Key.Key_Up)
    assert chosen(workspace) != before
    workspace.setParent(None)


def test_sorted_maps_stand_by_strength(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    maps = choose(workspace, qtbot, "block/conv")
    workspace.choice.set_sorted(True)
    expected = np.argsort(-np.abs(maps).mean(axis=(0, 1)), kind="stable")
    assert workspace.choice.order.tolist() == expected.tolist()
    assert workspace.maps.grid._order.tolist() == expected.tolist()


def test_a_volume_opens_its_layer(workspace: ExploreWorkspace, qtbot: QtBot):
    diagram = workspace.diagram.diagram
    volume = next(volume for volume in diagram._layout.volumes if volume.item.path == "skip")
    shift = diagram.horizontalScrollBar().value()
    at = QPoint(int(volume.x + volume.width / 2 - shift), int(volume.y + volume.height / 2) + 4)
    assert diagram.path_at(at) == "skip"
    qtbot.mouseClick(diagram.viewport(), LEFT, pos=at)
    assert chosen(workspace) == "skip"


def test_the_chosen_volume_stays_in_view(workspace: ExploreWorkspace, qtbot: QtBot):
    workspace.resize(560, 500)
    diagram = workspace.diagram.diagram
    for row in workspace.choice.layers:
        workspace.choice.choose_layer(row.path)
        assert row.path in diagram.visible_paths()


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
    assert workspace.detail.pages.currentWidget() is workspace.detail.state


def test_a_refused_file_gives_its_reason_and_the_way_back(
    workspace: ExploreWorkspace, session: Session, qtbot: QtBot, tmp_path: Path
):
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"no model at all")
    with qtbot.waitSignal(session.model_refused, timeout=WAIT) as refusal:
        session.open_model(str(bad))
    assert workspace.state.isVisible()
    assert workspace.state.view.sentence.text() == refusal.args[1]
    assert "bad.keras" in workspace.state.view.title.text()
    assert workspace.state.view.action.isVisible()
    qtbot.mouseClick(workspace.state.keep, LEFT)
    assert workspace.maps.isVisible()


def test_a_model_opened_in_place_of_a_refused_one_says_so(
    session: Session, workspace: ExploreWorkspace, qtbot: QtBot, tmp_path: Path
):
    fresh = Session(session.places, session.settings)
    own = ExploreWorkspace(fresh)
    qtbot.addWidget(own)
    own.resize(900, 700)
    own.show()
    assert own.state.isVisible()
    fresh.model_refused.emit("gone.keras", "gone.keras is not there")
    assert own.state.view.action.isVisible()
    fresh.model = session.model
    fresh.model_changed.emit(session.model)
    assert own.layers.isVisible()
    assert own.notice.isVisible()
    assert "gone.keras is not there" in own.notice.words.text()
    qtbot.mouseClick(own.notice.close_button, LEFT)
    assert own.notice.isHidden()


def test_a_network_in_training_shows_the_kernels_it_has_now(
    session: Session, workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot
):
    draw()
    card = Card("run", "LeNet in training", "lenet", tuple("0123456789"), InputSpec())
    weights = [array.copy() for array in zoo.get("lenet").build().get_weights()]
    session.watch_training(Snapshot("run", card, 1, weights))
    wait_until(qtbot, lambda: session.model.source == "training" and session.answer.model is session.model)
    assert chosen(workspace) == "conv1"
    wait_until(qtbot, lambda: workspace.maps.scale is not None)
    learned = [array + 1 for array in weights]
    session.watch_training(Snapshot("run", card, 2, learned))
    shown = workspace.detail.map.kernels
    expected = learned[0][..., 0]
    wait_until(qtbot, lambda: np.allclose(shown._pictures.values, expected))
    assert np.allclose(workspace.maps.kernels.grid._pictures.values, learned[0][:, :, 0])
    session.watch_training(None)
    wait_until(qtbot, lambda: session.model.source == "file")
    assert chosen(workspace) == "stem"


def test_notes_on_a_model_are_shown(workspace: ExploreWorkspace, session: Session):
    assert session.model.notes
    for note in session.model.notes:
        assert note in workspace.notice.words.text()


def test_nothing_is_watched_while_hidden(workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot):
    draw()
    workspace.hide()
    wait_until(qtbot, lambda: session.answer is not None and session.answer.id == session._id)
    assert session.answer.maps == {}
    workspace.show()
    wait_until(qtbot, lambda: bool(session.answer and session.answer.maps))


def test_a_small_window_shows_the_large_map_in_place_of_the_grid(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    workspace.resize(700, 590)
    assert workspace.maps.isVisible()
    assert workspace.detail.isHidden()
    workspace.open_detail()
    assert workspace.detail.isVisible()
    assert workspace.maps.isHidden()
    workspace.back()
    assert workspace.maps.isVisible()


def test_arrays_and_pictures_are_saved_by_name(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot, tmp_path: Path
):
    draw()
    maps = choose(workspace, qtbot, "stem")
    workspace.choice.choose_map(1)
    workspace.choice.set_range("network")
    span = workspace.maps.scale.range_of(1)
    for what in ("layer", "map", "arrays"):
        shown = workspace.exporting.shown(what, span)
        job = workspace.exporting.start(shown, tmp_path / shown.name)
        with qtbot.waitSignal(job.succeeded, timeout=WAIT):
            pass
        wait_until(qtbot, lambda job=job: workspace.exporting.idle)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["own_maps.npz", "own_stem_28x28x4.png", "own_stem_map-01_28x28.png"]
    assert np.array_equal(np.load(tmp_path / "own_maps.npz")["stem"], maps)


def test_nothing_to_save_is_said(workspace: ExploreWorkspace, session: Session, qtbot: QtBot):
    wait_until(qtbot, lambda: session.answer is not None and session.answer.prepared is None)
    with qtbot.waitSignal(session.notified, timeout=WAIT) as said:
        workspace.maps.export_wanted.emit("layer")
    assert "Draw something first" in said.args[0]


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
