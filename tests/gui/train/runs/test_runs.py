"""The list of runs: what it says, what can be done with a run, and that nothing is lost."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from gui import theme
from gui.session import Session
from gui.train.runs.run_comparison import RunComparison
from gui.train.runs.run_settings import differing_settings, table_rows
from gui.train.runs.runs_delegate import HEIGHT, description, part_at, parts
from gui.train.runs.runs_model import RunRow, state_words, tip, when
from gui.train.training_state import Outcome, TrainingState
from gui.train.workspace import TrainWorkspace
from gui.widgets.dialogs import QuestionDialog
from nets.errors import LensletError
from nets.network.model import ModelRef
from nets.places import Places
from nets.runs.config import transfer_config
from nets.runs.lock import lock_run
from nets.runs.run import epoch_file, write_config, write_status
from nets.runs.store import RunStore, RunSummary
from tests.drive import hover, wait_until
from tests.gui.train.conftest import SMALL


@pytest.fixture
def longer(with_run: str, places: Places, workspace: TrainWorkspace, qtbot: QtBot) -> str:
    """The run with a third epoch, which is the second one again; listed and in focus."""
    folder = places.runs / with_run
    for kind in ("weights", "evaluation"):
        shutil.copy(epoch_file(folder, 2, kind), epoch_file(folder, 3, kind))
    lines = (folder / "history.csv").read_text().splitlines()
    (folder / "history.csv").write_text("\n".join([*lines, "3" + lines[2][1:], ""]))
    write_config(folder, dataclasses.replace(SMALL, epochs=3), "2026-03-09T14:02:00+00:00")
    workspace.library.refresh()
    qtbot.waitUntil(lambda: any(row.summary.epochs_done == 3 for row in workspace.runs.model.rows), timeout=30_000)
    workspace.focus.show(with_run)
    return with_run


@pytest.fixture
def listed(with_run: str, workspace: TrainWorkspace, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: bool(workspace.runs.model.rows), timeout=30_000)
    qtbot.waitUntil(lambda: workspace.results.evaluation is not None, timeout=30_000)
    return with_run


def test_a_run_that_is_trained_in_a_terminal_is_followed_to_its_end(
    listed: str, places: Places, workspace: TrainWorkspace, qtbot: QtBot
) -> None:
    """Earlier, the list said "in training in another window" until a click, long after the run was over."""
    workspace.library._again.setInterval(50)
    folder = places.runs / listed

    def words() -> str:
        return state_words(workspace.runs.model.rows[0])

    with lock_run(folder):
        write_status(folder, "running")
        workspace.library.refresh()
        qtbot.waitUntil(lambda: words() == "in training in another window or program", timeout=30_000)
        write_status(folder, "finished", test_accuracy=0.5)
    qtbot.waitUntil(lambda: words() == "finished, 2 epochs", timeout=30_000)
    assert not workspace.library._again.isActive()


def press(workspace: TrainWorkspace, qtbot: QtBot, number: int, part: str) -> None:
    view = workspace.runs.view
    area = view.visualRect(workspace.runs.model.index(number))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=parts(area)[part].center())


def test_the_newest_run_is_shown_at_first(listed: str, workspace: TrainWorkspace, places: Places) -> None:
    assert workspace.focus.run == listed
    run = RunStore(places.runs).open(listed)
    assert workspace.curves.focused is not None
    assert len(workspace.curves.focused.x) == len(run.summary.history.batch_loss)
    evaluation = run.evaluation("best")
    assert evaluation is not None
    assert (workspace.results.matrix.counts == evaluation.confusion).all()


def test_a_cell_shows_its_images_and_an_image_goes_to_the_pad(
    listed: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = workspace.results
    counts = results.matrix.counts
    results.matrix.choose(0, 0)
    qtbot.waitUntil(lambda: len(results.strip.thumbnails) == counts[0, 0], timeout=90_000)
    offered: list[object] = []
    opened: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(session.live, "open", lambda reference, **options: opened.append((reference, options)))
    session.picture_offered.connect(lambda *what: offered.extend(what))
    told: list[str] = []
    session.notified.connect(lambda sentence, level: told.append(sentence))
    with qtbot.waitSignal(session.workspace_wanted) as wanted:
        qtbot.mouseClick(results.strip, Qt.MouseButton.LeftButton, pos=results.strip.place(0).center())
    assert wanted.args == ["explore"]
    assert offered[0] is results.strip.thumbnails[0].image
    assert offered[1:] == ["0", "0"]
    assert opened == [(listed, {"epoch": results.epoch})]  # the network that gave this answer
    assert f"Epoch {results.epoch} of " in told[-1]


def test_what_is_shown_is_of_the_run_in_focus(
    listed: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot, places: Places
) -> None:
    """The strip, the chosen cell and the images follow the focus."""
    results = workspace.results
    qtbot.waitUntil(lambda: len(results.strip.thumbnails) > 10, timeout=30_000)  # the hardest, without a click
    other = "20000101-000000-copy"
    shutil.copytree(places.runs / listed, places.runs / other)
    RunStore(places.runs).rename(other, "The other")
    workspace.library.refresh()
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == 2, timeout=30_000)
    workspace.training.changed.emit(TrainingState(outcome=Outcome("finished", listed)))
    where = results.matrix.geometry()
    results.matrix.choose(0, 0)
    assert results.back.isVisible()
    assert results.matrix.geometry() == where
    workspace.focus.show(other)
    assert "The other" in workspace.progress.words
    assert results.matrix.cell is None
    qtbot.waitUntil(lambda: len(results.strip.thumbnails) > 10, timeout=30_000)
    with qtbot.waitSignal(session.model_opening) as opening:
        workspace.progress.findChild(QPushButton, "use").click()
    assert opening.args == [other]
    workspace.runs.delete_requested.emit(other)
    assert "press Train" in workspace.progress.words


def test_the_run_on_the_pad_is_marked(listed: str, workspace: TrainWorkspace, session: Session) -> None:
    index = workspace.runs.model.index(0)
    assert not workspace.runs.model.rows[0].on_pad
    session.model_changed.emit(SimpleNamespace(ref=ModelRef("run", listed)))
    assert workspace.runs.model.rows[0].on_pad
    assert "The pad answers" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert not workspace.runs.view.grab().isNull()
    session.model_changed.emit(SimpleNamespace(ref=ModelRef("shipped", "pen")))
    assert not workspace.runs.model.rows[0].on_pad


def test_using_a_run_opens_it(listed: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.model_opening) as opening:
        workspace.runs.use_requested.emit(listed, 1)
    assert opening.args == [listed]


def test_rename_in_the_list(listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places) -> None:
    model = workspace.runs.model
    assert model.setData(model.index(0), "  my  first ")
    qtbot.waitUntil(lambda: model.index(0).data() == "my first", timeout=30_000)
    assert RunStore(places.runs).list()[0].title == "my first"
    assert not model.setData(model.index(0), "   ")


def test_delete_can_be_taken_back(listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places) -> None:
    runs = workspace.runs
    runs.delete_requested.emit(listed)
    qtbot.waitUntil(lambda: not runs.model.rows, timeout=30_000)
    assert runs.undo.isVisible()
    assert workspace.curves.focused is None
    runs.undo.click()
    qtbot.waitUntil(lambda: len(runs.model.rows) == 1, timeout=30_000)
    assert RunStore(places.runs).list()[0].id == listed
    assert not runs.undo.isVisible()


def test_a_run_is_laid_over_another(listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places) -> None:
    shutil.copytree(places.runs / listed, places.runs / "20000101-000000-copy")
    workspace.library.refresh()
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == 2, timeout=30_000)
    number = workspace.runs.model.number("20000101-000000-copy")
    press(workspace, qtbot, number, "box")
    assert list(workspace.runs.overlays) == ["20000101-000000-copy"]
    assert [trace.run for trace, _ in workspace.curves.overlays] == ["20000101-000000-copy"]
    assert workspace.focus.run == listed
    press(workspace, qtbot, number, "box")
    assert workspace.curves.overlays == []
    press(workspace, qtbot, number, "title")
    assert workspace.focus.run == "20000101-000000-copy"


def test_damaged_runs_are_listed_with_what_is_wrong(
    listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    broken = places.runs / "20000101-000000-broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    workspace.library.refresh()
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == 2, timeout=30_000)
    row = workspace.runs.model.rows[1]
    assert row.summary is None
    assert "20000101-000000-broken" in row.problem
    press(workspace, qtbot, 1, "menu")  # nothing to do with it, and nothing breaks
    assert not workspace.runs.view.grab().isNull()


def entry(menu: QMenu, words: str) -> QAction:
    """The menu's action that begins with ``words``."""
    return next(action for action in menu.actions() if action.text().startswith(words))


def click(menu: QMenu, words: str, qtbot: QtBot) -> None:
    """Chooses an action of an open menu with the mouse."""
    at = menu.actionGeometry(entry(menu, words)).center()
    qtbot.mouseMove(menu, at)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)


def answer_dialog(number: int) -> None:
    """Types ``number`` into the dialog that opens next, and accepts it."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QuestionDialog):
            QTimer.singleShot(20, answer)
            return
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # as a slow person's window does
        dialog.control.set_value(number)
        dialog.accept_button.click()

    QTimer.singleShot(20, answer)


def test_the_menu_offers_what_can_be_done(listed: str, workspace: TrainWorkspace, qtbot: QtBot) -> None:
    press(workspace, qtbot, 0, "menu")
    menu = workspace.runs.menu
    assert menu.isVisible()
    assert entry(menu, "Resume with more").isEnabled()
    with qtbot.waitSignal(workspace.runs.delete_requested) as wanted:
        click(menu, "Move to the bin", qtbot)
    assert wanted.args == [listed]
    assert not menu.isVisible()


def test_the_answer_of_a_dialog_that_the_menu_opened_arrives(
    longer: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier, the menu was deleted while its dialog was open, and the person's answer was lost."""
    resumed: list[tuple[RunSummary, int]] = []
    opened: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(workspace.training, "resume", lambda *args: resumed.append(args))
    monkeypatch.setattr(session.live, "open", lambda reference, **options: opened.append((reference, options)))
    menu = workspace.runs.menu
    for number in (3, 2):  # a menu that is used again
        press(workspace, qtbot, 0, "menu")
        inner = entry(menu, "Use this model").menu()
        qtbot.mouseMove(menu, menu.actionGeometry(entry(menu, "Use this model")).center())
        inner.popup(menu.geometry().center())
        answer_dialog(number)
        click(inner, "Choose an epoch", qtbot)
        menu.close()
    assert opened == [(longer, {"epoch": 3}), (longer, {"epoch": 2})]
    press(workspace, qtbot, 0, "menu")
    answer_dialog(7)
    click(menu, "Resume with more", qtbot)
    assert [(summary.id, epochs) for summary, epochs in resumed] == [(longer, 7)]


def test_an_epoch_is_taken_by_clicking_it_in_the_curve(
    longer: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: workspace.curves.redraws > 0, timeout=30_000)
    opened: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(session.live, "open", lambda reference, **options: opened.append((reference, options)))
    chart = workspace.curves.accuracy.chart
    assert chart is not None
    box = chart.getPlotItem().getViewBox()

    def at() -> QPoint:
        return chart.mapFromScene(box.mapViewToScene(QPointF(2.1, 0.5)))

    def is_offered() -> bool:
        hover(chart.viewport(), lambda: QPointF(at()))  # again where the axes moved meanwhile
        return "epoch 2 on the pad" in workspace.curves.accuracy.legend.text()

    wait_until(is_offered, 30, "the epoch under the mouse")
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=at())
    assert opened == [(longer, {"epoch": 2})]
    qtbot.waitUntil(lambda: workspace.results.epoch == 2, timeout=30_000)
    assert "epoch 2" in workspace.results.heading.text()


def test_keys_in_the_list(listed: str, workspace: TrainWorkspace, qtbot: QtBot) -> None:
    view = workspace.runs.view
    view.setCurrentIndex(workspace.runs.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert list(workspace.runs.overlays) == [listed]
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not workspace.runs.model.rows, timeout=30_000)


def test_a_vanished_runs_folder_is_no_disaster(
    listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places
) -> None:
    shutil.rmtree(places.runs)
    workspace.runs.renamed.emit(listed, "too late")
    workspace.runs.delete_requested.emit(listed)
    qtbot.waitUntil(lambda: not workspace.runs.model.rows, timeout=30_000)
    assert workspace.runs.state.title.text() == "No runs yet"


def test_a_run_that_is_gone_leaves_the_list_when_it_is_asked_for(
    listed: str, workspace: TrainWorkspace, session: Session, places: Places, qtbot: QtBot
) -> None:
    shutil.move(places.runs / listed, places.runs.parent / "elsewhere")
    session.model_refused.emit(listed, "there is no such run")  # as the live worker says, which this session has not
    qtbot.waitUntil(lambda: not workspace.runs.model.rows, timeout=30_000)


def test_numbers_and_picture_are_saved(listed: str, workspace: TrainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: workspace.curves.redraws > 0, timeout=30_000)
    workspace.library.export_numbers(listed, tmp_path / "history.csv")
    lines = (tmp_path / "history.csv").read_text().splitlines()
    assert len(lines) == 3
    workspace.curves.save_picture(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000
    with pytest.raises(LensletError, match=r"history\.csv/curves\.png could not be saved: "):
        workspace.curves.save_picture(tmp_path / "history.csv" / "curves.png")


def test_the_model_is_exported_with_its_program(
    listed: str, workspace: TrainWorkspace, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    told: list[str] = []
    session.notified.connect(lambda sentence, _: told.append(sentence))
    workspace.library.export_model(listed, folder / "mine.keras")
    qtbot.waitUntil(lambda: any("Exported to" in sentence for sentence in told), timeout=30_000)
    names = {path.name for path in folder.iterdir()}
    assert names == {"mine.keras", "mine.labels.json", "predict.py", "predict_chain.py"}
    (folder / "predict.py").write_text("my own")
    workspace.library.export_model(listed, folder / "mine.keras")
    qtbot.waitUntil(lambda: "choose another folder" in told[-1], timeout=30_000)


def test_runs_are_compared_side_by_side(listed: str, workspace: TrainWorkspace, qtbot: QtBot, places: Places) -> None:
    other = "20000101-000000-copy"
    shutil.copytree(places.runs / listed, places.runs / other)
    config = dataclasses.replace(SMALL, optimizer="sgd", learning_rate=0.05, seed=7)
    write_config(places.runs / other, config, "2000-01-01T00:00:00+00:00")
    workspace.library.refresh()
    qtbot.waitUntil(lambda: len(workspace.runs.model.rows) == 2, timeout=30_000)
    tips = [workspace.runs.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    assert "Adam · rate 0.001 · batch 32 · seed 1" in tips[0]
    assert "SGD · rate 0.05 · batch 32 · seed 7" in tips[1]
    assert "of 144 validation images" in tips[0]
    press(workspace, qtbot, workspace.runs.model.number(other), "box")
    assert workspace.runs.compare.text() == "Compare 2 …"
    mine = workspace.setup.config()
    seen: list[list[str]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, RunComparison):
            QTimer.singleShot(20, look)
            return
        dialog.only_differing.setChecked(True)
        seen.append([row.title for row in dialog.shown_rows])
        dialog.copy()
        seen.append(QApplication.clipboard().text().splitlines()[0].split("\t")[1:])
        dialog.table.setCurrentCell(0, 1)
        assert workspace.setup.config() == mine  # looking at settings changes nothing
        dialog.take.click()

    QTimer.singleShot(20, look)
    workspace.runs.compare.click()
    assert seen == [["Optimiser", "Learning rate", "Seed"], [workspace.runs.summary(listed).title] * 2]
    assert (workspace.setup.config().optimizer, workspace.setup.config().seed) == ("sgd", 7)


def test_a_table_has_no_rows_that_mean_nothing(trained: RunSummary) -> None:
    adam, momentum = (
        trained,
        dataclasses.replace(trained, config=dataclasses.replace(trained.config, optimizer="momentum", momentum=0.5)),
    )
    assert "Momentum" not in [row.title for row in table_rows([adam])]
    (row,) = [row for row in table_rows([adam, momentum]) if row.title == "Momentum"]
    assert row.values == ("–", "0.5")
    titles = {row.title: row.values for row in table_rows([adam])}
    assert titles["Right, test images, last epoch"][0].endswith(")")
    assert "of 360" in titles["Right, test images, last epoch"][0]


def test_a_transfer_beside_another_run_says_what_was_frozen(trained: RunSummary) -> None:
    config = transfer_config("pen", trained.config.dataset, "pen", freeze="block1_conv")
    titles = {row.title: row.values for row in table_rows([trained, dataclasses.replace(trained, config=config)])}
    assert titles["Epochs of the new head alone"] == ("–", "10")
    assert titles["Rate afterwards"] == ("–", "0.002")
    assert titles["Frozen up to"] == ("–", "block1_conv")
    assert "Frozen up to" not in {row.title for row in table_rows([trained])}


def test_a_row_knows_what_was_pressed() -> None:
    area = QRect(10, 100, 400, HEIGHT)
    for name in ("box", "menu"):
        assert part_at(area, parts(area)[name].center()) == name
    assert part_at(area, parts(area)["title"].center()) == "row"
    assert not any(
        parts(area)[a].intersects(parts(area)[b])
        for a, b in (("title", "accuracy"), ("state", "menu"), ("box", "title"))
    )


def test_a_row_keeps_what_differs_and_lets_the_date_go_where_it_is_narrow(trained: RunSummary, qapp: object) -> None:
    row = RunRow(trained, settings="Adam · rate 0.001 · batch 32")
    metrics = QFontMetrics(theme.font(theme.SMALL))
    whole = description(row, metrics, 10_000)
    assert whole.startswith(when(trained.date))
    narrower = description(row, metrics, metrics.horizontalAdvance(whole) - 1)
    assert narrower == "finished, 2 epochs  ·  Adam · rate 0.001 · batch 32"
    assert when(trained.date) in tip(row)
    narrowest = description(row, metrics, metrics.horizontalAdvance(narrower) - 1)
    assert narrowest == "finished, 2 epochs  ·  Adam · rate 0.001", "half a setting"


def test_a_small_loss_is_not_called_zero(trained: RunSummary) -> None:
    small = dataclasses.replace(trained, history=dataclasses.replace(trained.history, loss=np.array([0.5, 3.4e-5])))
    titles = {row.title: row.values for row in table_rows([small])}
    assert titles["Loss, training, last epoch"] == ("3.4e-05",)


def test_dates_as_people_say_them() -> None:
    now = datetime.datetime(2026, 3, 9, 15, 0).astimezone()
    assert when("2026-03-09T14:02:00", now) == "today 14:02"
    assert when("2026-03-08T09:30:00", now) == "yesterday 09:30"
    assert when("2026-01-03T09:30:00", now) == "3 Jan"
    assert when("2025-01-03T09:30:00", now) == "3 Jan 2025"
    assert when("nonsense", now) == "nonsense"


def test_a_run_that_goes_on_says_what_it_has_while_it_gets_ready(listed: str, workspace: TrainWorkspace) -> None:
    """Earlier, it was "in training, epoch 0 of 0" until its first batch."""
    workspace.runs.show_training(TrainingState(phase="building", run=listed, epochs=5, epochs_done=2))
    (row,) = workspace.runs.model.rows
    assert row.live == "getting ready, 2 of 5 epochs done"


def test_a_run_that_a_run_began_with_is_called_by_its_title(trained: RunSummary) -> None:
    second = dataclasses.replace(
        trained, id="second", config=dataclasses.replace(trained.config, start_from=trained.id)
    )
    assert f"from {trained.title}" in differing_settings([trained, second])["second"]
    titles = {trained.id: trained.title}
    (row,) = [row for row in table_rows([second], titles) if row.title == "Start from"]
    assert row.values == (trained.title,)
