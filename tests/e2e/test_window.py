"""The whole program, as a person uses it: one real window, real mouse events, real models."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from gui.app import open_window
from gui.main_window import MainWindow
from gui.shell.help_page import HelpPage
from gui.shell.model_menu import ModelMenu
from nets.compute import compiled
from nets.network.model import ModelRef
from nets.places import MODELS, Places
from nets.runs.store import RunStore
from nets.training import setup
from tests.drive import DIGITS, activate, draw, seen, train, wait_for_jobs, wait_ready, wait_until
from tests.made_runs import write_run


def places_in(folder: Path) -> Places:
    return Places(
        runs=folder / "runs", drawings=folder / "drawings", cache=folder / "cache", settings=folder / "settings.json"
    )


@pytest.fixture(scope="module")
def window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for the module: opening TensorFlow's models anew for each test would only cost time."""
    made = open_window(places_in(tmp_path_factory.mktemp("home")), model="pen")
    made.resize(1440, 900)
    wait_ready(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "MOST_STEPS", 0)  # XLA was tried for this model; for each further one it takes as long
        yield made
    made.close_now()
    assert not made.session.live.running
    gone(made)


def gone(window: MainWindow) -> None:
    """Delete a closed window: a remaining one would be styled again whenever a later test changes the theme."""
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    activate(window)
    QTest.keyClick(window, key, modifier)


def answer(window: MainWindow) -> str:
    found = window.session.answer
    return found.answer.label if found is not None and found.answer is not None else ""


@pytest.mark.parametrize("digit", sorted(DIGITS))
def test_a_drawn_digit_is_read(window: MainWindow, digit: str) -> None:
    window.column.pad.clear()
    draw(window.column.pad, DIGITS[digit])
    wait_until(lambda: answer(window) == digit, 10, f"{digit}, last answer {answer(window)!r}")


def test_an_empty_pad_is_not_classified(window: MainWindow) -> None:
    draw(window.column.pad, DIGITS["7"])
    window.column.pad.clear()
    wait_until(lambda: answer(window) == "", 5, "the empty state")


def test_every_layer_opens(window: MainWindow) -> None:
    window.show_workspace("explore")
    draw(window.column.pad, DIGITS["7"])
    explore = window.workspaces["explore"]
    wait_until(lambda: answer(window), 10, "an answer")
    for layer in explore.choice.layers:
        explore.choice.choose_layer(layer.path)
        wait_until(lambda path=layer.path: path in window.session.answer.maps, 10, layer.path)
        assert explore.maps.grid.isVisible() or explore.maps.bars.isVisible() or explore.maps.answer_bars.isVisible()
        assert layer.path.split("/")[-1] in explore.maps.title.text()


def test_lenet_learns_digits_and_its_curve_is_seen(window: MainWindow) -> None:
    window.show_workspace("train")
    train(window, "lenet", "digits", epochs=2)
    wait_until(lambda: seen(window)[0] == 2 and not window.workspaces["train"].busy(), 90, "two epochs")
    validation = window.workspaces["train"].focus.live.validation
    assert validation.shape == (2, 2)
    assert validation[-1, 1] > 0.3  # accuracy; guessing gives 0.1


def test_classification_goes_on_while_a_network_trains(window: MainWindow) -> None:
    window.show_workspace("train")
    train(window, "lenet", "digits", epochs=200)
    wait_until(lambda: seen(window)[1] > 5, 60, "the training")
    window.column.pad.clear()
    draw(window.column.pad, DIGITS["7"])
    wait_until(lambda: answer(window) == "7", 10, "an answer during the training")
    press(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: not window.workspaces["train"].busy(), 10, "the end of the training")
    # The run and its confusion matrix are read in a thread, which must end by itself.
    wait_for_jobs(10)


def test_a_file_that_is_no_model_is_said_and_the_model_stays(window: MainWindow, tmp_path: Path) -> None:
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"PK\x03\x04 not a model")
    before = window.session.model
    window.session.open_model(str(broken))
    wait_until(lambda: "broken.keras" in window.status.message.text(), 20, "the refusal")
    assert window.session.model is before


def test_an_own_model_opens(window: MainWindow, tmp_path: Path) -> None:
    own = tmp_path / "mine.keras"
    shutil.copy(MODELS / "lenet.keras", own)
    window.session.open_model(str(own))
    wait_until(lambda: window.session.model.ref.name == str(own), 60, "the own model")
    window.column.pad.clear()
    draw(window.column.pad, DIGITS["7"])
    wait_until(lambda: answer(window) == "7", 10, "its answer")
    window.session.open_model("pen")
    wait_until(lambda: window.session.model.ref.name == "pen", 60, "the shipped model")
    wait_for_jobs()


def test_the_header_says_which_epoch_of_a_run_answers(window: MainWindow) -> None:
    run = write_run(window.session.places.runs)
    for epoch in (1, 3):
        window.session.open_model(run, epoch)
        wait_until(lambda epoch=epoch: window.session.model.ref == ModelRef("run", run, epoch), 30, "the epoch")
        assert f"epoch {epoch} · " in window.top.model.accessibleName()
    window.session.open_model("pen")
    wait_until(lambda: window.session.model.ref.name == "pen", 30, "the shipped model")
    assert "epoch" not in window.top.model.accessibleName()
    wait_for_jobs()


def test_closing_in_the_middle_of_a_training_asks_and_then_ends_at_once(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "WORTH_COMPILING", 10**9)  # XLA would take longer than the epoch
    window = open_window(places_in(tmp_path), model="lenet")
    wait_ready(window)
    train(window, "lenet", "digits", epochs=500)
    wait_until(lambda: seen(window)[0] >= 1, 60, "an epoch")

    asked: list[str] = []

    def answer_with(text: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        next(button for button in box.buttons() if button.text() == text).click()

    QTimer.singleShot(200, lambda: answer_with("Keep training"))
    assert not window.close()
    assert window.workspaces["train"].busy()
    QTimer.singleShot(200, lambda: answer_with("Stop and close"))
    began = time.process_time()
    assert window.close()
    assert time.process_time() - began < 5  # of 500 epochs; by the processor's clock, since the machine may be busy
    assert len(asked) == 2

    (run,) = RunStore(tmp_path / "runs").list()
    assert run.state == "stopped"
    assert run.epochs_done >= 1
    gone(window)


def test_broken_settings_are_kept_aside_and_a_workspace_chosen_while_the_window_opens_is_shown(
    qapp: QApplication, tmp_path: Path
) -> None:
    text = '{"window": [0, 0, 99999999999, 5]}'
    (tmp_path / "settings.json").write_text(text)
    window = open_window(places_in(tmp_path), model="lenet")
    assert not window.workspaces
    window.show_workspace("why")
    wait_ready(window)
    assert window.stack.currentWidget() is window.workspaces["why"]
    assert "settings" in window.status.message.text()
    assert (tmp_path / "settings.broken.json").read_text() == text
    window.close_now()
    gone(window)


def test_arrows_walk_the_layers_right_after_drawing(window: MainWindow) -> None:
    window.show_workspace("explore")
    draw(window.column.pad, DIGITS["3"])
    window.column.pad.setFocus()
    choice = window.workspaces["explore"].choice
    choice.choose_layer(choice.layers[0].path)
    QTest.keyClick(window.column.pad, Qt.Key.Key_Down)
    assert choice.layer is choice.layers[1]
    QTest.keyClick(window.column.pad, Qt.Key.Key_Right)
    assert choice.map == 1


def test_help_and_model_menu_open_by_key(window: MainWindow) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.append(QApplication.activeModalWidget())
        QApplication.activeModalWidget().close()

    QTimer.singleShot(1500, look)
    press(window, Qt.Key.Key_F1)
    wait_until(lambda: seen, 10, "the help page")
    assert isinstance(seen[0], HelpPage)
    for _ in range(2):
        press(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
        (menu,) = window.findChildren(ModelMenu)  # one that fills itself anew, not one more each time
        wait_until(menu.isVisible, 10, "the menu of models")
        menu.close()


def test_space_slides_the_window_wherever_the_focus_is_and_leaves_the_drawing(window: MainWindow) -> None:
    window.show_workspace("convolve")
    convolve = window.workspaces["convolve"]
    convolve.show_view("slide")
    window.column.pad.clear()
    draw(window.column.pad, DIGITS["7"])
    drawing = window.column.pad.drawing
    timer = convolve.views["slide"].transport.timer
    wait_until(lambda: convolve.playing.result is not None, 10, "the result")
    for focused in (window.column.pad, convolve):
        activate(window)
        focused.setFocus()
        slid = timer.isActive()
        QTest.keyClick(focused, Qt.Key.Key_Space)
        assert timer.isActive() is not slid
    assert window.column.pad.drawing is drawing
    QTest.keyClick(convolve, Qt.Key.Key_C)
    assert window.column.pad.drawing.empty
    wait_for_jobs(10)
