"""The page of the experiments: run, stopped, gone on with, and what is in the way of one said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton

from gui.compare.experiments_view import ExperimentsView, PicturePane, event_words, share_of
from gui.compare.workspace import CompareWorkspace
from gui.session import Session
from nets.events import Message, Progress
from nets.experiments.catalogue import EXPERIMENTS
from nets.experiments.laboratory import default_folder, folder_of
from nets.places import Places
from nets.runs.lock import lock_run
from tests.drive import wait_until


@pytest.fixture
def view(workspace: CompareWorkspace, places: Places) -> ExperimentsView:
    shutil.rmtree(default_folder(places), ignore_errors=True)
    workspace.show_view("experiments")
    made = workspace.views["experiments"]
    assert isinstance(made, ExperimentsView)
    made.choice.choose("sizes")
    wait_until(lambda: not made._reader.busy, 20)
    return made


def cells(view: ExperimentsView, row: int) -> list[str]:
    return [view.table.item(row, column).text() for column in range(view.table.columnCount())]


def test_every_experiment_can_be_chosen(view: ExperimentsView) -> None:
    for name, experiment in EXPERIMENTS.items():
        view.choice.choose(name)
        assert view.table.rowCount() == len(experiment.rows)
        assert view.question.text() == experiment.question
    view.choice.choose("alexnet-simplified")
    assert "pixels a side: 67 instead of 224" in view.words.text()
    assert cells(view, 0)[1] == "265.6 s, .863"
    view.scale.choose("full")
    assert "graphics card" in view.words.text()


def test_one_is_run_and_its_table_and_picture_are_shown(
    view: ExperimentsView, workspace: CompareWorkspace, places: Places
) -> None:
    assert view.picture.empty
    view.run.click()
    assert view.stop.isVisible()
    wait_until(lambda: view._job is None and not view._reader.busy, 120)
    assert cells(view, 0)[:2] == ["AlexNet", "61,100,840"]
    assert not view.picture.empty
    assert view.picture.height() > 50
    assert "Measured" in view.words.text()
    assert not view.run.isEnabled()
    view.again.click()
    wait_until(lambda: view.picture.empty, 20)
    assert view.run.isEnabled()


def test_it_is_stopped_and_goes_on(view: ExperimentsView) -> None:
    view.choice.choose("im2col")
    view.start()
    wait_until(lambda: view._measured or view._job is None, 60)
    view.cancel()
    wait_until(lambda: view._job is None and not view._reader.busy, 60)
    done = len(view._measured)
    assert 1 <= done < 3
    assert view.run.text() == "Go on"
    assert view.words.text().startswith(f"{done} of 3 rows are measured.")


def test_it_says_which_row_it_measures(view: ExperimentsView) -> None:
    view.choice.choose("im2col")
    wait_until(lambda: not view._reader.busy, 20)
    view.start()
    names = [each.name for each in view.shown[0].rows]

    def is_running() -> bool:  # a quick machine is past the first row, and may have read a row before the next begins
        return view._row is not None and cells(view, names.index(view._row.row))[2] == "running …"

    wait_until(is_running, 60)
    row = view._row
    assert row is not None
    number = names.index(row.row)
    assert row.text.startswith(f"row {number + 1} of 3: ")
    assert view.words.text().startswith(row.text)
    assert cells(view, number)[2] == "running …"
    view._on_events([Progress("timing", 3, 6, "steps")])
    assert view.words.text() == f"{row.text} · timing: 3 of 6 steps"
    wait_until(lambda: view._row is not row or view._job is None, 60)
    wait_until(lambda: bool(view._measured), 60)  # a row is done; if it was the last one, it is read after the end
    assert cells(view, number)[2] != "running …"
    view.refresh()
    assert view._measured, "what is known stays while it is read again: the table does not blink"
    view.cancel()
    wait_until(lambda: view._job is None and not view._reader.busy, 60)
    assert not any("running …" in cells(view, number) for number in range(3))


def test_the_page_has_one_primary_button_and_the_models_make_room(workspace: CompareWorkspace) -> None:
    workspace.show_view("table")
    assert workspace.side.isVisible()
    workspace.show_view("experiments")
    primary = [one for one in workspace.findChildren(QPushButton) if one.property("look") == "primary"]
    assert [one.text() for one in primary if one.isVisible()] == ["Run"]
    workspace.show_view("plot")
    assert workspace.side.isVisible()
    workspace.side.hide()  # by the person
    workspace.show_view("experiments")
    workspace.show_view("table")
    assert workspace.side.isHidden()
    workspace.side.show()


def test_what_runs_is_said_while_another_is_looked_at(view: ExperimentsView) -> None:
    view.start()
    view.choice.choose("im2col")
    assert "is running at the scale small" in view.words.text()
    view.cancel()
    wait_until(lambda: view._job is None, 60)


def test_twice_at_once_is_refused_in_words(view: ExperimentsView, places: Places, session: Session) -> None:
    told: list[str] = []
    session.notified.connect(lambda words, _: told.append(words))
    folder = folder_of(EXPERIMENTS["sizes"], "small", default_folder(places))
    folder.mkdir(parents=True)
    with lock_run(folder):
        view.start()
        wait_until(lambda: view._job is None, 60)
    assert "being run by another window or program" in told[0]
    wait_until(lambda: "being run by another window or program" in view.words.text(), 30)


def test_the_picture_is_never_enlarged(qapp: QApplication, tmp_path: Path) -> None:
    QImage(300, 100, QImage.Format.Format_RGB32).save(str(tmp_path / "p.png"))
    pane = PicturePane()
    assert pane.height_at(200) == 0
    pane.show_file(tmp_path / "p.png")
    assert [pane.height_at(width) for width in (150, 300, 900)] == [50, 100, 100]
    pane.deleteLater()


def test_words_of_events() -> None:
    assert event_words(Message("row 1 of 2")) == "row 1 of 2"
    assert event_words(Progress("timing", 3, 6, "steps")) == "timing: 3 of 6 steps"
    assert share_of(Progress("timing", 3, 6)) == 0.5
    assert share_of(Message("")) is None
