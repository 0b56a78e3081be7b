"""The workspace with real trainings: one on the digits, stopped, resumed, failed, and what is left on the disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui import theme
from gui.session import Session
from gui.threads.live import LiveAnswer
from gui.train.workspace import TrainWorkspace
from nets.network.model import ModelRef
from nets.places import Places
from nets.runs.store import RunStore
from nets.training import setup
from tests.gui.train.conftest import SMALL

LONG = 90_000  # milliseconds: TensorFlow is imported on the way


def ended(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not workspace.busy(), timeout=LONG)


def listed(workspace: TrainWorkspace, qtbot: QtBot, runs: int) -> None:
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == runs, timeout=30_000)


def test_before_the_first_training_every_panel_says_what_to_do(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: workspace.runs.state.title.text() == "No runs yet")
    assert workspace.curves.state.title.text() == "No curves yet"
    assert workspace.results.state.title.text() == "Nothing measured yet"
    assert "press Train" in workspace.progress.words


def test_at_its_smallest_no_field_is_cut(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    """Smaller than that, it is scrolled: a window at 175 % has so little room."""
    workspace.resize(workspace.minimumSize())
    workspace.show()
    fields = workspace.setup.fields
    qtbot.waitUntil(lambda: fields.is_in_two_rows and "to test" in workspace.setup.message.text(), timeout=30_000)
    qtbot.waitUntil(lambda: fields.height() >= fields.minimumSizeHint().height(), timeout=5_000)
    assert fields.epochs.height() >= fields.epochs.minimumSizeHint().height()


def test_a_training_is_followed_from_its_start_to_its_result(
    workspace: TrainWorkspace, session: Session, qtbot: QtBot, places: Places
) -> None:
    training = []
    workspace.training.changed.connect(lambda state: training.append(state.running))
    workspace.train(SMALL)
    assert workspace.busy()
    assert not workspace.setup.network.isEnabled()
    assert workspace.curves.state.title.text() == "Getting ready"
    ended(workspace, qtbot)
    listed(workspace, qtbot, 1)
    (run,) = RunStore(places.runs).list()
    assert (run.state, run.epochs_done) == ("finished", 2)
    assert run.title == "LeNet (modern) · Digits 8x8 · 1"
    assert (training[0], training[-1], training.count(False)) == (True, False, 1)
    trace = workspace.focus.live
    assert trace is not None
    assert np.allclose(trace.loss, run.history.batch_loss)
    assert trace.x[-1] == pytest.approx(2)
    assert np.allclose(trace.validation[:, 1], run.history.val_accuracy)
    assert "2 epochs finished" in workspace.progress.words
    assert workspace.setup.network.isEnabled()
    confusion = workspace.results.matrix.counts
    assert confusion.sum() == 144  # a tenth of 1437
    assert np.array_equal(confusion, RunStore(places.runs).open(run.id).evaluation("last").confusion)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: len(workspace.results.strip.thumbnails) > 10)
    qtbot.waitUntil(lambda: workspace.curves.redraws > 0)


def test_stop_keeps_the_finished_epochs_and_resume_goes_on(
    workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    workspace.train(dataclasses.replace(SMALL, epochs=6))
    qtbot.waitUntil(lambda: workspace.focus.live is not None and workspace.focus.live.done >= 1, timeout=LONG)
    workspace.setup.stop.click()
    ended(workspace, qtbot)
    (run,) = RunStore(places.runs).list()
    assert run.state == "stopped"
    assert 1 <= run.epochs_done < 6
    assert "stopped after epoch" in workspace.progress.words
    assert workspace.focus.live is not None
    assert workspace.focus.live.x[-1] == pytest.approx(run.epochs_done)
    listed(workspace, qtbot, 1)
    workspace.resume(run.id, run.epochs_done + 1)
    ended(workspace, qtbot)
    (again,) = RunStore(places.runs).list()
    assert (again.state, again.epochs_done) == ("finished", run.epochs_done + 1)
    assert again.history.loss[: run.epochs_done] == run.history.loss
    assert np.allclose(workspace.focus.live.loss, again.history.batch_loss)


def test_stopped_before_anything_was_kept_leaves_nothing(
    workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    workspace.setup.unfold.setChecked(True)
    workspace.train(SMALL)
    assert workspace.setup.more.isHidden()  # room for the curves
    qtbot.waitUntil(lambda: workspace.progress.words.startswith("Building"), timeout=LONG)
    workspace.cancel()
    ended(workspace, qtbot)
    assert "Nothing was kept" in workspace.progress.words
    assert not list(places.runs.iterdir())
    assert workspace.curves.focused is None


def test_on_resume_the_last_evaluation_is_shown(
    with_run: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    listed(workspace, qtbot, 1)
    workspace.resume(with_run, 150)
    qtbot.waitUntil(lambda: workspace.focus.live is not None, timeout=LONG)
    workspace.training.pause()
    qtbot.waitUntil(lambda: workspace.results.epoch >= 2, timeout=LONG)
    assert workspace.results.held_out is not None
    workspace.cancel()
    ended(workspace, qtbot)


def test_a_loss_that_is_absurd_is_no_success(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    workspace.train(dataclasses.replace(SMALL, optimizer="adam", learning_rate=100.0))
    ended(workspace, qtbot)
    assert "no better than guessing" in workspace.progress.words
    assert "smaller learning rate" in workspace.progress.words


def test_pause_holds_and_proceed_goes_on(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    workspace.train(dataclasses.replace(SMALL, epochs=40))
    workspace.train(SMALL)  # only one at a time: this one is refused
    workspace.resume("whatever")
    qtbot.waitUntil(lambda: workspace.focus.live is not None and len(workspace.focus.live.x) > 3, timeout=LONG)
    trace = workspace.focus.live
    assert trace is not None
    assert trace.epochs == 40
    workspace.setup.pause.click()

    def stands_still() -> bool:
        before = len(trace.x)
        qtbot.wait(300)
        return len(trace.x) == before

    qtbot.waitUntil(stands_still, timeout=LONG)  # a batch that was under way when the button was pressed still comes
    assert trace.done < 40
    assert "paused" in workspace.progress.words
    before = len(trace.x)
    workspace.setup.pause.click()
    qtbot.waitUntil(lambda: len(trace.x) > before, timeout=LONG)
    workspace.cancel()
    ended(workspace, qtbot)


def test_a_loss_that_is_no_number(workspace: TrainWorkspace, qtbot: QtBot, places: Places) -> None:
    workspace.train(dataclasses.replace(SMALL, optimizer="adamw", learning_rate=100.0, weight_decay=1.0, epochs=9))
    ended(workspace, qtbot)
    words = workspace.progress.words
    assert "nan" in words.lower()
    assert "try" in words
    (run,) = RunStore(places.runs).list()
    assert run.state == "failed"
    assert workspace.focus.live is not None
    assert len(workspace.focus.live.x) > 0  # how it went wrong stays in the curves
    workspace.curves.redraw()
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == 1)


def test_a_missing_dataset_is_said(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    workspace.train(dataclasses.replace(SMALL, dataset="drawings"))
    ended(workspace, qtbot)
    assert "drawings" in workspace.progress.words
    qtbot.waitUntil(workspace.setup.train.isEnabled, timeout=LONG)


def test_closing_in_the_middle_ends_cleanly(
    make: Callable[[], TrainWorkspace], session: Session, qtbot: QtBot, places: Places
) -> None:
    workspace = make()
    workspace.train(dataclasses.replace(SMALL, epochs=100))
    qtbot.waitUntil(lambda: workspace.focus.live is not None and workspace.focus.live.done >= 1, timeout=LONG)
    workspace.stop()
    (run,) = RunStore(places.runs).list()
    assert run.state == "stopped"
    assert run.epochs_done >= 1


def test_watching_it_learn(
    workspace: TrainWorkspace, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pad's worker gets the network in training; what was watched to its end stays, with a way back."""
    monkeypatch.setattr(setup, "WORTH_COMPILING", 10**9)  # XLA would take longer than what is watched
    answers: list[LiveAnswer] = []
    models: list[ModelRef] = []
    session.answered.connect(answers.append)
    session.model_changed.connect(lambda model: models.append(model.ref))
    session.start()
    picture = np.zeros((280, 280), np.uint8)
    picture[60:220, 130:150] = 255
    session.set_picture(picture)
    workspace.progress.watch.setChecked(True)
    workspace.train(dataclasses.replace(SMALL, epochs=5000))
    qtbot.waitUntil(
        lambda: sum(a.model is not None and a.model.ref.kind == "training" for a in answers) >= 3, timeout=LONG
    )
    seen = [a.answer.probabilities for a in answers if a.answer is not None]
    assert any(not np.allclose(seen[0], later) for later in seen[1:])
    models.clear()
    qtbot.waitUntil(lambda: workspace.training.state.epochs_done >= 1, timeout=LONG)
    workspace.cancel()
    ended(workspace, qtbot)
    run = workspace.training.state.run
    qtbot.waitUntil(
        lambda: bool(models) and workspace.progress.findChild(QPushButton, "back") is not None, timeout=LONG
    )
    assert {(ref.kind, ref.name) for ref in models} == {("run", run)}  # never the one before in between
    qtbot.mouseClick(workspace.progress.findChild(QPushButton, "back"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: models[-1] == ModelRef("shipped", "pen"), timeout=LONG)
    assert workspace.progress.findChild(QPushButton, "use") is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(700, 590), (1070, 795), (1900, 1300)])
def test_it_can_be_shown(
    with_run: str, workspace: TrainWorkspace, qtbot: QtBot, scheme: str, size: tuple[int, int]
) -> None:
    theme.apply(scheme)
    workspace.resize(*size)
    listed(workspace, qtbot, 1)
    qtbot.waitUntil(lambda: workspace.curves.redraws > 0 or workspace.panes.chosen != "curves", timeout=30_000)
    qtbot.waitUntil(lambda: workspace.results.evaluation is not None, timeout=30_000)
    assert (workspace.width(), workspace.height()) == size  # nothing forces it larger
    for name in ("curves", "results", "runs"):
        workspace.panes.choose(name)
        assert not workspace.grab().isNull()


def test_rate_and_augmentation_are_changed_while_it_is_paused(
    workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    workspace.train(dataclasses.replace(SMALL, epochs=3, engine="numpy"))
    qtbot.waitUntil(lambda: workspace.focus.live is not None and len(workspace.focus.live.x) > 2, timeout=LONG)
    setup = workspace.setup
    assert not setup.more.learning_rate.isEnabled()
    setup.press_pause()
    assert setup.more.learning_rate.isEnabled()
    assert setup.more.augmentation.isEnabled()
    assert not setup.more.optimizer.isEnabled()
    changes = setup.details.changes
    assert [name for name, tab in setup.details.tabs.items() if tab.isEnabled()] == ["schedule", "changes"]
    setup.details.tabs["changes"].click()
    setup.more.learning_rate.setText("0.0004")
    setup.more.learning_rate.textEdited.emit("0.0004")
    setup.more.augmentation.choose("mirror")
    setup.more.augmentation.activated.emit(setup.more.augmentation.currentIndex())
    assert "mirrored digit" in setup.message.text()  # and is not passed on
    setup.more.augmentation.choose("shift")
    setup.more.augmentation.activated.emit(setup.more.augmentation.currentIndex())
    assert setup.message.text() == "From here on, when you resume: rate 0.0004, Shift"
    assert changes.isVisible()
    assert changes._augmentation == "shift", "what is chosen while it is paused can be looked at"
    setup.press_pause()
    assert setup.details.opened == ""
    ended(workspace, qtbot)
    (run,) = RunStore(places.runs).list()
    (change,) = run.changes
    assert (change.learning_rate, change.augmentation) == (0.0004, "shift")
    assert run.history.learning_rate[-1] == pytest.approx(0.0004)
    assert workspace.focus.live is not None
    assert [words for _, words in workspace.focus.live.marks] == ["rate 0.0004, Shift"]
    assert setup.config().learning_rate != 0.0004  # the choice for the next training is another matter


def test_another_workspace_asks_for_a_new_head(workspace: TrainWorkspace, session: Session, qtbot: QtBot) -> None:
    wanted = []
    session.workspace_wanted.connect(wanted.append)
    session.new_head_wanted.emit("simple_cnn", "digits")
    assert wanted == ["train"]
    qtbot.waitUntil(lambda: not workspace.setup.problems(), timeout=LONG)
    config = workspace.setup.config()
    assert (config.transfers, config.start_from, config.dataset) == (True, "simple_cnn", "digits")
    assert workspace.setup.more.isVisible(), "its settings are to be seen"


def test_all_buttons_are_visible_on_a_zoomed_projector(workspace: TrainWorkspace, qtbot: QtBot) -> None:
    """At 150 % on 1024 pixels, 361 of its own are left beside the pad: Train lay behind the right edge."""
    workspace.resize(361, 520)
    assert workspace.width() == 361
    buttons = workspace.setup._buttons
    qtbot.waitUntil(lambda: buttons.train.mapTo(workspace, buttons.train.rect().topRight()).x() < 361)
    assert workspace.minimumWidth() <= 361
