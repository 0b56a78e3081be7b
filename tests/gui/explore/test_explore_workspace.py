"""The explorer on a real session and a real model: what is clicked, typed, saved and said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explore.workspace import ExploreWorkspace
from gui.paint.grid import MapGrid
from gui.paint.snapshot import DRAWING
from gui.session import Session
from tests.drive import activate
from tests.gui.explore.conftest import LEFT, WAIT, Draw, choose, chosen, wait_until
from tests.made_runs import write_run


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


def test_a_click_opens_a_map_large(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    workspace.back()
    assert workspace.detail.isHidden()
    grid = workspace.maps.grid
    qtbot.mouseClick(grid.viewport(), LEFT, pos=cell_centre(grid, 3))
    assert workspace.detail.isVisible()
    assert workspace.choice.map == 3
    assert workspace.detail.title.text() == "stem · map 3"


def test_a_click_on_a_control_takes_no_key_away(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot):
    draw()
    grid = workspace.maps.grid
    grid.setFocus()
    workspace.choice.choose_map(1)
    for control in (workspace.maps.range, workspace.maps.sort, workspace.maps.clip):
        qtbot.mouseClick(control, LEFT)
        if control is workspace.maps.range:
            control.hidePopup()
        assert QApplication.focusWidget() is grid
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert chosen(workspace) == "half"


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
    activate(window)
    pad.setFocus()
    before = chosen(workspace)
    qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert chosen(workspace) != before
    workspace.hide()
    qtbot.keyClick(pad, Qt.Key.Key_Up)
    assert chosen(workspace) != before
    workspace.setParent(None)


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


def test_a_refused_file_gives_its_reason_and_the_way_back(
    workspace: ExploreWorkspace, session: Session, qtbot: QtBot, tmp_path: Path
):
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"no model at all")
    with qtbot.waitSignal(session.model_refused, timeout=WAIT) as refusal:
        session.open_model(str(bad))
    assert workspace.pages.state.isVisible()
    assert workspace.pages.state.view.sentence.text() == refusal.args[1]
    assert "bad.keras" in workspace.pages.state.view.title.text()
    assert workspace.pages.state.view.action.isVisible()
    qtbot.mouseClick(workspace.pages.state.keep, LEFT)
    assert workspace.maps.isVisible()


@pytest.mark.parametrize(
    ("why", "said"),
    [("gone.keras is not there", "gone.keras is not there"), ("it has 2 inputs", "gone.keras: it has 2 inputs")],
)
def test_a_model_opened_in_place_of_a_refused_one_says_so(
    session: Session, workspace: ExploreWorkspace, qtbot: QtBot, why: str, said: str
):
    fresh = Session(session.places, session.settings)
    own = ExploreWorkspace(fresh)
    qtbot.addWidget(own)
    own.resize(900, 700)
    own.show()
    assert own.pages.state.isVisible()
    fresh.model_refused.emit("gone.keras", why)
    assert own.pages.state.view.action.isVisible()
    fresh.model = session.model
    fresh.model_changed.emit(session.model)
    assert own.layers.isVisible()
    assert own.pages.notice.isVisible()
    assert own.pages.notice.words.text() == said
    qtbot.mouseClick(own.pages.notice.close_button, LEFT)
    assert own.pages.notice.isHidden()


def test_notes_on_a_model_are_shown(workspace: ExploreWorkspace, session: Session):
    assert session.model.notes
    for note in session.model.notes:
        assert note in workspace.pages.notice.words.text()


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
    detail = workspace.detail
    assert all(tool.isVisible() for tool in (detail.range, detail.clip, detail.export))
    low, high = workspace.maps.scale.of(0)
    assert (detail.map.scale_bar._low, detail.map.scale_bar._high) == (low, high)
    detail.range.setCurrentIndex(detail.range.findData("network"))
    assert workspace.choice.range == workspace.maps.range.value() == "network"
    detail.clip.click()
    assert not workspace.maps.clip.isChecked()
    workspace.back()
    assert workspace.maps.isVisible()


def test_beside_the_grid_the_large_map_has_no_controls_of_its_own(workspace: ExploreWorkspace):
    assert workspace.detail.isVisible()
    assert workspace.detail.range.isHidden()
    assert workspace.detail.export.isHidden()


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
    assert names == ["own_all-layers.npz", "own_stem_28x28x4.png", "own_stem_map-01_28x28.png"]
    arrays = np.load(tmp_path / "own_all-layers.npz")
    assert np.array_equal(arrays["stem"], maps)
    about = json.loads(str(arrays["about"]))
    assert about["holds"] == "all layers"
    assert about["layers"] == [path for path in shown.arrays if path != "input"]
    some = replace(shown, whole=False)
    assert (some.name, some.about["holds"]) == ("own_stem.npz", "the layers in view")


def test_nothing_to_save_is_said(workspace: ExploreWorkspace, session: Session, qtbot: QtBot):
    wait_until(qtbot, lambda: session.answer is not None and session.answer.prepared is None)
    with qtbot.waitSignal(session.notified, timeout=WAIT) as said:
        workspace.maps.export_requested.emit("layer")
    assert "Draw something first" in said.args[0]


def test_the_answer_layer_opens_on_the_answered_class(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
    draw()
    answer = session.answer
    assert answer is not None
    assert answer.answer is not None
    workspace.choice.choose_layer("answer")
    assert workspace.choice.map == answer.answer.probabilities.argmax()
    workspace.choice.choose_layer("stem")
    assert workspace.choice.map == 0


def test_what_is_shown_is_copied_at_twice_the_screen(workspace: ExploreWorkspace, draw: Draw) -> None:
    draw()
    workspace.maps.export_requested.emit("copy")
    image = QGuiApplication.clipboard().image()
    assert image.width() == 2 * workspace.maps.width()
    assert image.height() > 2 * workspace.maps.height()
    side = 2 * DRAWING
    above = image.copy(2 * theme.INSET, 2 * theme.INSET, side, side).convertToFormat(QImage.Format.Format_Grayscale8)
    drawn = np.array(above.constBits()).reshape(side, -1)[:, :side]
    assert (drawn[0, 0], drawn.max()) == (0, 255), "the drawing that the maps are of"


def test_the_volumes_of_a_large_network_are_filled_in_when_the_pen_rests(
    session: Session, workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot, tmp_path: Path
):
    from keras import Input, Sequential, layers

    rows = [layers.Conv2D(20, 3, padding="same", name=name) for name in ("one", "two")]
    end = [layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax", name="answer")]
    large = Sequential([Input((200, 200, 1)), *rows, *end])  # 1.6 million values
    large.save(tmp_path / "large.keras")
    session.open_model(str(tmp_path / "large.keras"))
    wait_until(qtbot, lambda: session.model.ref.name == str(tmp_path / "large.keras"))
    draw()
    diagram = workspace.diagram
    assert "filled in when the pen rests" in diagram.heading.text()
    wait_until(qtbot, lambda: {"one", "two", "answer"} <= set(diagram.diagram._faces))
    assert session.answer is not None
    assert set(session.answer.maps) == {"one"}, "only what is in view is computed while the pen moves"


def test_a_model_that_nobody_asked_for_says_why_it_answers_and_leads_back(
    workspace: ExploreWorkspace, session: Session, own_model: Path, qtbot: QtBot
):
    """A click on a misread image opens the network that misread it."""
    run = write_run(session.places.runs, epochs=2)
    session.open_model(run, 1, detour="This epoch misread it.")
    wait_until(qtbot, lambda: session.model.ref.name == run)
    assert workspace.pages.notice.words.text() == "This epoch misread it."
    qtbot.mouseClick(workspace.pages.notice.back, LEFT)
    wait_until(qtbot, lambda: session.model.ref.name == str(own_model))
    assert session.detour is None
