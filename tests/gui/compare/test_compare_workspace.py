"""The comparison as it is used: models are chosen, compared, and their disagreements explored side by side."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.compare.disagreements_view import DisagreementsView, PlainSelection
from gui.compare.model_column import ModelColumn
from gui.compare.plot_view import BOTTOM, TOP, PlotView, lay_out, power_words
from gui.compare.table_view import TableView
from gui.compare.workspace import VIEWS, CompareWorkspace
from gui.session import Session
from gui.threads.answering import LiveAnswer, PictureQuestion
from nets.experiments import comparison
from nets.experiments.candidates import Candidate
from nets.experiments.comparison import Comparison, compare
from nets.models import open_model
from nets.network.model import ModelRef
from nets.network.outputs import answer
from nets.places import Places
from nets.runs.evaluation import Accuracy
from tests.drive import wait_until


@pytest.fixture(scope="module")
def found(places: Places, run: str, quick: None, qapp: QApplication) -> Comparison:
    """A shipped model against a run's epoch whose weights are all alike, on test digits: they differ on most."""
    return compare([Candidate("lenet"), Candidate(run, 2)], places, data="digits", limit=40)


def show(workspace: CompareWorkspace, found: Comparison) -> None:
    """As after a comparison, without making it again."""
    workspace.comparing.set(chosen=(), found=None)
    for row in found.rows:
        workspace.comparing.add(row.candidate, row.title)
    workspace.comparing.set(found=found)


def press(workspace: CompareWorkspace, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(workspace, key)


def test_it_begins_with_two_shipped_models_and_one_press_compares_them(
    workspace: CompareWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [row.words.text() for row in workspace.choosing.rows] == ["Pen", "LeNet"]
    assert workspace.state.title.text() == "Ready to compare"
    workspace.comparing.set(chosen=workspace.comparing.state.chosen[1:])
    assert not workspace.choosing.compare.isEnabled()
    assert workspace.state.title.text() == "Nothing to compare yet"
    workspace.comparing.add(Candidate("net:lenet5"), "LeNet-5, not trained")
    workspace.comparing.set(data="digits", limit=20)
    workspace.choosing.compare.click()
    assert workspace.comparing.state.busy
    assert workspace.state.title.text() == "Comparing"
    assert workspace.choosing.stop.isVisible()
    wait_until(lambda: not workspace.comparing.state.busy, 60)
    table = workspace.views["table"]
    assert isinstance(table, TableView)
    assert table.isVisible()
    assert table.table.horizontalHeaderItem(0).text() == "LeNet"
    assert table.table.item(0, 1).text() == "61,706"
    assert "was not trained" in table.note.text()


def test_a_comparison_is_stopped_and_the_one_before_stays(
    workspace: CompareWorkspace, found: Comparison, qtbot: QtBot
) -> None:
    show(workspace, found)
    workspace.comparing.start()
    press(workspace, qtbot, Qt.Key.Key_Escape)
    wait_until(lambda: not workspace.comparing.state.busy, 60)
    assert workspace.comparing.state.found is found
    assert workspace.views["table"].isVisible()


def test_what_fails_is_said_and_can_be_tried_again(workspace: CompareWorkspace, tmp_path: object) -> None:
    workspace.comparing.add(Candidate(f"{tmp_path}/gone.keras"), "gone")
    workspace.comparing.set(data="")
    workspace.comparing.start()
    wait_until(lambda: not workspace.comparing.state.busy, 60)
    assert workspace.state.title.text() == "The comparison failed"
    assert "gone.keras" in workspace.state.sentence.text()
    workspace.comparing.remove(2)
    workspace.comparing.set(chosen=workspace.comparing.state.chosen[:1])
    assert workspace.state.action.text() == "Try again"


def test_the_table_and_its_copy(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    table = workspace.views["table"]
    assert isinstance(table, TableView)
    titles = [table.table.verticalHeaderItem(row).text() for row in range(table.table.rowCount())]
    assert titles[:4] == ["parameters", "multiply-adds, one image", "weights in memory", "activations, batch of 1"]
    assert table.table.item(3, 0).text() == "35.5 kB"
    workspace.choosing.batch.choose("32")
    workspace.choosing.batch.activated.emit(1)
    assert table.table.item(3, 0).text() == "1.14 MB"
    table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[1] == "LeNet"
    assert lines[1] == "parameters\t61,706\t61,706"


def test_other_models_than_were_compared_are_said(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    assert workspace.choosing.words.text() == ""
    workspace.comparing.remove(0)
    workspace.comparing.add(Candidate("pen"), "Pen")
    assert "press Compare" in workspace.choosing.words.text()


def test_all_that_can_be_compared_is_in_the_menu(workspace: CompareWorkspace, run: str) -> None:
    wait_until(lambda: workspace.choosing._runs, 20)
    menu = workspace.choosing.menu()
    words = [action.text() for action in menu.actions()]
    assert {"Pen", "LeNet", "Trained on ImageNet", "Runs", "Networks, not trained", "A model file …"} <= set(words)
    runs = next(action for action in menu.actions() if action.text() == "Runs").menu()
    epochs = runs.actions()[0].menu()
    assert [action.text() for action in epochs.actions() if action.text()] == [
        *("its best epoch: 2", "its last epoch: 3", "epoch 1", "epoch 2", "epoch 3")
    ]
    epochs.actions()[-1].trigger()
    assert workspace.comparing.state.candidates[-1] == Candidate(run, 3)
    menu.deleteLater()


def test_the_model_on_the_pad_is_the_first_choice(
    workspace: CompareWorkspace, session: Session, run: str, places: Places
) -> None:
    """Of a file the menu had nothing in its first second, and a run had to be looked for among all runs."""
    session.model = open_model(run, places, epoch=3)
    menu = workspace.choosing.menu()
    first = menu.actions()[0]
    assert first.text().startswith("On the pad: ")
    assert first.text().endswith(" · epoch 3")
    first.trigger()
    assert workspace.comparing.state.candidates[-1] == Candidate(run, 3)
    workspace.comparing.set(chosen=())
    workspace.choosing.begin()
    assert workspace.comparing.state.candidates == (Candidate(run, 3), Candidate("pen"))
    session.model = dataclasses.replace(session.model, ref=ModelRef("edited", run))
    assert not any("On the pad" in action.text() for action in workspace.choosing.menu().actions())


def test_a_network_of_the_menu_is_chosen_untrained(workspace: CompareWorkspace) -> None:
    networks = next(one for one in workspace.choosing.menu().actions() if one.text() == "Networks, not trained").menu()
    family = next(one for one in networks.actions() if one.text() == "LeNet").menu()
    next(one for one in family.actions() if one.text() == "LeNet-5 (1998)").trigger()
    assert workspace.comparing.state.candidates[-1] == Candidate("net:lenet5")
    assert workspace.choosing.rows[-1].words.text() == "LeNet-5 (1998), not trained"


def test_no_more_than_six(workspace: CompareWorkspace) -> None:
    for _ in range(6):
        workspace.comparing.add(Candidate("pen"), "Pen")
    assert len(workspace.comparing.state.chosen) == 6
    assert not workspace.choosing.add.isEnabled()


def test_the_data_that_the_models_share_is_chosen_until_the_person_chooses(
    workspace: CompareWorkspace, session: Session, run: str
) -> None:
    choosing = workspace.choosing
    wait_until(lambda: not choosing._finder.busy, 20)
    choosing.data.choose("digits")
    choosing.data.activated.emit(0)
    assert workspace.comparing.state.data == "digits"
    workspace.comparing.add(Candidate(run), "A run")
    wait_until(lambda: not choosing._finder.busy, 20)
    assert workspace.comparing.state.data == "digits"


def test_a_folder_that_the_models_share_is_named(workspace: CompareWorkspace) -> None:
    """Earlier, the dataset of the previous comparison was named instead."""
    workspace.comparing.set(data="mnist")
    workspace.comparing.set(data="/somewhere/my pets")
    assert workspace.choosing.data.currentText() == "my pets"
    workspace.comparing.set(data="")
    assert workspace.choosing.data.currentText() == "none: costs alone"


def test_the_plot_is_laid_out_by_figures(found: Comparison) -> None:
    axes, discs = lay_out(found.rows)
    lenet, alike = discs
    assert lenet.x == alike.x, "the same network does the same work"
    assert lenet.radius == alike.radius
    assert lenet.y > alike.y, "the trained one is right more often"
    for disc in discs:
        assert 0 <= disc.low < disc.y < disc.high <= 1
    assert [words for _, words in axes.x] == ["1 million"]
    assert lay_out(())[1] == []
    assert [power_words(n) for n in (3, 6, 8, 10)] == ["1,000", "1 million", "100 million", "10 billion"]


def test_a_disc_at_the_top_is_whole(workspace: CompareWorkspace, found: Comparison) -> None:
    """Earlier, its top was cut off and it covered the text above the plot."""
    perfect = dataclasses.replace(found.rows[0], accuracy=Accuracy(60, 60))
    none = dataclasses.replace(found.rows[1], accuracy=Accuracy(0, 60))
    show(workspace, dataclasses.replace(found, rows=(perfect, none)))
    workspace.show_view("plot")
    view = workspace.views["plot"]
    assert isinstance(view, PlotView)
    top, bottom = view.discs
    assert view.at(top).y() - theme.px(top.radius) >= theme.px(TOP) - 1
    assert view.at(bottom).y() + theme.px(bottom.radius) <= view.height() - theme.px(BOTTOM) + 1


def test_the_plot_tells_a_discs_figures(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    workspace.show_view("plot")
    plot = workspace.views["plot"]
    assert isinstance(plot, PlotView)
    words = plot.tip_at(plot.at(plot.discs[0]))
    assert words.startswith("LeNet\n")
    assert "416,520 multiply-adds" in words
    assert "of Digits 8x8" in words
    assert plot.tip_at(plot.area.topLeft()) == ""


def test_accuracies_on_different_images_say_on_which(workspace: CompareWorkspace, found: Comparison) -> None:
    plot = workspace.views["plot"]
    assert isinstance(plot, PlotView)
    show(workspace, found)
    workspace.show_view("plot")
    assert plot.words_of(found.rows[0]) == "LeNet: 61,706 parameters"
    other = dataclasses.replace(found.rows[1], measured_on="CIFAR-10")
    show(workspace, dataclasses.replace(found, rows=(found.rows[0], other)))
    assert plot.words_of(found.rows[0]) == "LeNet: 61,706 parameters · Digits 8x8"
    assert plot.words_of(other).endswith("· CIFAR-10")


def test_the_diagrams_have_one_scale(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    workspace.show_view("diagrams")
    view = workspace.views["diagrams"]
    first, second = view.diagrams  # type: ignore[attr-defined]
    assert first._scale == second._scale
    assert first._scale.side == 28


def test_a_diagram_that_scrolls_is_drawn_as_large_as_one_that_fits(
    workspace: CompareWorkspace, found: Comparison
) -> None:
    """Earlier, the room for its scroll bar made it smaller, although both claimed one scale."""
    short = dataclasses.replace(found.rows[0], layers=found.rows[0].layers[:2])
    workspace.resize(760, 500)
    show(workspace, dataclasses.replace(found, rows=(found.rows[0], short)))
    workspace.show_view("diagrams")
    view = workspace.views["diagrams"]
    wait_until(lambda: view.diagrams[0].horizontalScrollBar().isVisible(), 10)  # type: ignore[attr-defined]
    first, second = view.diagrams  # type: ignore[attr-defined]
    assert not second.horizontalScrollBar().isVisible()
    sizes = [(one._layout.volumes[0].width, one._layout.volumes[0].height) for one in (first, second)]
    assert sizes[0] == sizes[1], "28 x 28 pixels in both"


def test_curves_are_those_of_runs(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    workspace.show_view("curves")
    view = workspace.views["curves"]
    assert [curves.title for curves, _ in view.runs] == [found.rows[1].run.title]  # type: ignore[attr-defined, union-attr]
    assert view.legend.isVisible()  # type: ignore[attr-defined]
    first, second = view.legend.entries  # type: ignore[attr-defined]
    assert first.words == "validation images", "the only entry that the list of models does not have; never cut"
    assert second.words.endswith("· epoch 2")
    assert view.hovered.text() == "no curves, as no run here: LeNet"  # type: ignore[attr-defined]
    again = dataclasses.replace(found.rows[1], ref=dataclasses.replace(found.rows[1].ref, epoch=3))
    show(workspace, dataclasses.replace(found, rows=(found.rows[1], again)))
    assert view.legend.entries[1].words.endswith("· epochs 2, 3")  # type: ignore[attr-defined]
    assert view.hovered.text() == ""  # type: ignore[attr-defined]


def listed(workspace: CompareWorkspace, found: Comparison) -> DisagreementsView:
    show(workspace, found)
    workspace.show_view("differ")
    view = workspace.disagreements
    wait_until(lambda: view._images, 20)
    return view


def test_disagreements_are_listed_the_most_certain_first(workspace: CompareWorkspace, found: Comparison) -> None:
    view = listed(workspace, found)
    assert view.table.rowCount() == len(found.disagreements) > 5
    first = found.disagreements[0].index
    answers = found.rows[0].answers
    assert answers is not None
    assert view.table.item(0, 2).text().startswith(answers.name(first))
    assert found.test is not None
    assert view.table.item(0, 1).text() == found.classes[int(found.test.labels[first])]
    assert f"{len(found.disagreements)} of the 40 test images" in view.sentence.text()
    assert isinstance(view.table.itemDelegate(), PlainSelection)


def test_one_is_explored_with_all_models_on_the_pads_drawing_too(
    workspace: CompareWorkspace, session: Session, found: Comparison, qtbot: QtBot
) -> None:
    offered: list[tuple[np.ndarray, str, str]] = []

    def take(picture: np.ndarray, title: str, label: str) -> None:
        offered.append((picture, title, label))
        session.set_picture(picture, label=label, is_dataset_image=True)

    session.picture_offered.connect(take)
    view = listed(workspace, found)
    press(workspace, qtbot, Qt.Key.Key_Down)
    assert view.current == 1
    press(workspace, qtbot, Qt.Key.Key_Return)
    assert workspace.now == "maps"
    columns = workspace.maps.columns
    wait_until(lambda: all(one.answer is not None and one.answer.answer for one in columns), 90)
    index = found.disagreements[1].index
    for column, row in zip(columns, found.rows, strict=True):
        assert column.answer is not None
        assert column.answer.answer is not None
        assert row.answers is not None
        assert column.answer.answer.label == row.answers.name(index), "the same answer as in the list"
        assert column.grid._pictures is not None
    assert workspace.maps.sentence.text().startswith("They disagree: ")
    assert workspace.maps.sentence.text().endswith(f"It is {offered[0][2]}.")
    assert offered[0][1] == f"Digits 8x8, test image {index}"
    # The pad's own drawing is answered by both as well.
    drawn = np.zeros((280, 280), np.uint8)
    drawn[60:220, 130:150] = 255
    session.set_picture(drawn)
    lenet = columns[0]
    wait_until(lambda: lenet.answer is not None and lenet.answer.answer and lenet.answer.answer.label == "1", 20)
    # Another layer of one column alone.
    column = columns[0]
    column.layer.choose("conv2")
    wait_until(lambda: column.grid._pictures is not None and column.grid._pictures.values.shape == (10, 10, 16), 20)
    press(workspace, qtbot, Qt.Key.Key_Escape)
    assert workspace.now == "differ"


def test_a_probability_is_seen_beside_a_long_name_of_a_class(workspace: CompareWorkspace, session: Session) -> None:
    """Of five models side by side "digital watch  16.1 %" ended where its column did, in the middle of the name."""
    workspace.show_view("maps")
    column = workspace.maps.columns[0]
    shares = np.array([0.161, 0.09], np.float32)
    column._on_answered(PictureQuestion(), LiveAnswer(1, None, answer=answer(shares, ("digital watch", "vest"))))
    assert (column.verdict.text(), column.share.text()) == ("digital watch", "16.1 %")
    assert column.share.minimumSizeHint().width() < column.minimumWidth() / 2
    assert column.second.shown_text(80).endswith(", 9.0 %")


def test_a_model_that_is_taken_out_ends_its_threads(workspace: CompareWorkspace) -> None:
    workspace.show_view("maps")
    first, second = workspace.maps.columns
    wait_until(lambda: first.subject is not None and second.subject is not None, 90)
    workspace.comparing.remove(0)
    assert not first._worker.isRunning()
    assert [column.chosen.title for column in workspace.maps.columns] == ["LeNet"]
    assert isinstance(workspace.maps.columns[0], ModelColumn)


def test_a_model_that_cannot_be_opened_says_why_in_its_column(workspace: CompareWorkspace) -> None:
    workspace.comparing.set(chosen=())
    workspace.comparing.add(Candidate("nothing"), "nothing")
    workspace.show_view("maps")
    column = workspace.maps.columns[0]
    wait_until(lambda: not column._opener.busy, 60)
    assert column.state.title.text() == "This model cannot be shown"
    assert "there is no model 'nothing'" in column.state.sentence.text()


def test_keys_walk_through_the_views(workspace: CompareWorkspace, qtbot: QtBot) -> None:
    names = [row.name for row in VIEWS]
    seen = []
    for _ in names:
        press(workspace, qtbot, Qt.Key.Key_PageDown)
        seen.append(workspace.now)
    assert seen == [*names[1:], names[0]]
    press(workspace, qtbot, Qt.Key.Key_PageUp)
    assert workspace.now == names[-1]


def test_the_views_are_a_menu_where_their_buttons_would_be_cut(workspace: CompareWorkspace, qtbot: QtBot) -> None:
    tabs, choice = workspace.tabs.values(), workspace.choice
    assert all(tab.isVisible() for tab in tabs)
    assert not choice.isVisible()
    workspace.resize(560, 560)
    qtbot.waitUntil(lambda: choice.isVisible() and not any(tab.isVisible() for tab in tabs), timeout=5_000)
    assert [choice.itemText(row) for row in range(choice.count())] == [tab.text() for tab in tabs]
    choice.choose("plot")
    choice.activated.emit(choice.currentIndex())
    assert workspace.now == "plot"
    press(workspace, qtbot, Qt.Key.Key_PageUp)
    assert choice.value() == workspace.now == "table"


def test_it_fits_a_small_window(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    workspace.resize(650, 560)
    for row in VIEWS:
        if row.name != "maps":  # its columns scroll
            workspace.show_view(row.name)
            QApplication.processEvents()
            assert workspace.width() == 650
            assert workspace.choosing.widget().width() <= workspace.choosing.viewport().width()


def test_agreement_is_said(workspace: CompareWorkspace, places: Places, found: Comparison) -> None:
    from dataclasses import replace

    rows = (found.rows[0], replace(found.rows[0]))
    same = comparison.Comparison(rows, found.test, found.classes, found.dataset)
    show(workspace, same)
    workspace.show_view("differ")
    assert workspace.disagreements.state.title.text() == "They agree"


def test_what_is_shown_is_copied_with_the_names_of_the_models(workspace: CompareWorkspace, found: Comparison) -> None:
    show(workspace, found)
    QGuiApplication.clipboard().clear()
    workspace.export.requested.emit("copy")
    wait_until(lambda: not QGuiApplication.clipboard().image().isNull(), 20)
    assert QGuiApplication.clipboard().image().width() == 2 * workspace.panel.width()


def test_a_model_of_other_classes_is_offered_a_new_head(
    workspace: CompareWorkspace, session: Session, places: Places, qapp: QApplication
) -> None:
    wanted: list[tuple[str, str]] = []
    session.new_head_wanted.connect(lambda reference, data: wanted.append((reference, data)))
    table, differ = workspace.views["table"], workspace.disagreements
    assert isinstance(table, TableView)
    one = compare([Candidate("lenet"), Candidate("simple_cnn")], places, data="digits", limit=5)
    show(workspace, one)
    assert table.new_head.press.text() == "A new head for Simple CNN"
    table.new_head.press.click()
    workspace.show_view("differ")
    differ.new_head.press.click()
    assert wanted == [("simple_cnn", "digits")] * 2
    # Of several one is chosen; where all know the classes nothing is offered.
    both = dataclasses.replace(one, rows=tuple(dataclasses.replace(row, needs_head=True) for row in one.rows))
    workspace.show_view("table")
    show(workspace, both)
    actions = table.new_head.menu().actions()
    assert [action.text() for action in actions] == ["LeNet", "Simple CNN"]
    actions[0].trigger()
    assert wanted[-1] == ("lenet", "digits")
    show(workspace, dataclasses.replace(one, rows=(one.rows[0], one.rows[0])))
    assert table.new_head.isHidden()
