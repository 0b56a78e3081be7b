"""Why as a person uses it: draw, choose, compare with an epoch, check, switch channels off, let a class grow."""

import threading
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explain.workspace import WhyWorkspace
from gui.session import Session, Tint
from gui.threads.explaining import Asked, Explaining, ExplainQuestion
from gui.threads.subject import Subject
from nets.compute.lens import Lens
from nets.events import no_report
from nets.explain import EXPLAINERS, scores
from nets.explain.integrated_gradients import completeness
from nets.explain.lesion import LesionedNetwork
from nets.models import open_model
from nets.network.model import Model
from nets.places import Places
from tests.gui.explain.conftest import WAIT, Draw, answered, seven


def explained(workspace: WhyWorkspace, qtbot: QtBot, count: int = 1) -> None:
    """Until what is chosen has been explained."""
    page = workspace.explain
    asked = workspace.controls.asked()
    qtbot.waitUntil(
        lambda: len(page.results) == count and all(one and one.asked in asked and one.done for one in page.results),
        timeout=WAIT,
    )


def test_the_explanation_follows_the_drawing_and_the_choice(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model
) -> None:
    column = workspace.explain.columns[0]
    assert "Draw on the pad" in column.state.sentence.text()
    answer = draw()
    assert answer.answer is not None
    explained(workspace, qtbot)
    assert answer.prepared is not None
    best = int(answer.answer.probabilities.argmax())
    assert column.title.text() == f"Gradient · for {answer.answer.label}"
    for height in (795, 900, 795):
        workspace.resize(1070, height)
        qtbot.waitUntil(lambda: 0 <= min(column.room.width(), column.room.height()) - column.picture.height() < 28)
        assert column.room.height() > 300
    expected = EXPLAINERS["gradient"].run(lenet, answer.prepared.input, target=best)
    assert workspace.explain.results[0] is not None
    assert workspace.explain.results[0].values == pytest.approx(expected, abs=1e-5)

    QTest.keyClick(workspace, Qt.Key.Key_Down)
    explained(workspace, qtbot)
    assert column.title.text().startswith(EXPLAINERS[workspace.controls.method.value()].title)
    assert workspace.controls.paragraph.text() == EXPLAINERS[workspace.controls.method.value()].shows

    workspace.controls.method.choose("grad_cam")
    other = (best + 1) % 10
    workspace.controls.versus.choose(str(other))
    explained(workspace, qtbot)
    layer = workspace.controls.layer.value()
    assert layer == "conv2"
    assert column.title.text() == f"Grad-CAM · for {best} rather than {other} · {layer}"


def test_the_first_explanation_does_not_wait_for_xla(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "QUICK", 10_000_000)  # lenet goes through XLA again, as outside of these tests
    page, compiled = workspace.explain, []
    page.explaining.compiles.connect(compiled.append)

    def values() -> np.ndarray:
        prepared = draw().prepared
        assert prepared is not None
        qtbot.waitUntil(lambda: bool(page.results) and page.results[0].image is prepared.input, timeout=WAIT)
        return page.results[0].values

    before = values()
    assert len(compiled) == 1
    qtbot.waitUntil(lambda: not page._compilers, timeout=WAIT)
    assert values() == pytest.approx(before, abs=1e-5)
    assert len(compiled) == 1


def test_while_the_pen_moves_explanations_are_shown_and_not_thrown_away(
    workspace: WhyWorkspace, qtbot: QtBot, session: Session, subject: Subject, draw: Draw
) -> None:
    """Each question has a newer one behind it before it is answered, as while a stroke is drawn."""
    draw()
    explained(workspace, qtbot)
    shown: list[object] = []
    workspace.explain.worker.answered.connect(lambda question, _: shown.append(question.id))
    first = workspace.explain._id
    for width in range(12, 40):
        picture = seven().copy()
        picture[:, :width] = 0
        answered(session, subject, picture)
    last = workspace.explain._id
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == last, timeout=WAIT)
    assert last - first > 20
    assert len(shown) > 2


def test_what_was_chosen_before_is_marked_while_another_is_compiled(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier, a picture of the gradient was shown for seconds under the choice of Grad-CAM, and nothing moved."""
    draw()
    explained(workspace, qtbot)
    page, begun, goes_on = workspace.explain, threading.Event(), threading.Event()
    explain = Explaining._explain

    def slow(*args: Any) -> Any:
        begun.set()
        goes_on.wait(30)
        return explain(*args)

    monkeypatch.setattr(Explaining, "_explain", slow)
    workspace.controls.method.choose("grad_cam")
    qtbot.waitUntil(lambda: page.busy.isVisible(), timeout=WAIT)
    assert begun.is_set()
    assert page.columns[0].title.text().startswith("Gradient")
    assert "as it was chosen before: what is chosen now is being computed" in page.columns[0].note.text()
    goes_on.set()
    explained(workspace, qtbot)
    assert not page.busy.isVisible()
    assert page.columns[0].note.text().startswith("bright")


def test_a_map_without_evidence_is_said_to_be_one(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.controls.method.choose("grad_cam")
    draw()
    explained(workspace, qtbot)
    page = workspace.explain
    found = page.results[0]
    assert found is not None
    assert found.values is not None
    found.values[:] = 0
    page._paint()
    assert page.columns[0].note.text() == f"No positive evidence for {found.labels[found.target]} in {found.layer}."


def test_a_method_is_told_what_its_options_are(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model) -> None:
    page, fields = workspace.explain, workspace.controls.options
    workspace.controls.method.choose("occlusion")
    answer = draw()
    assert list(fields.fields) == ["patch", "stride", "value"]
    assert fields.fields["patch"].placeholderText() == "7"
    for name, text in (("patch", "9"), ("stride", "5")):
        fields.fields[name].setText(text)
        QTest.keyClick(fields.fields[name], Qt.Key.Key_Return)
    explained(workspace, qtbot)
    (found,) = page.results
    assert found is not None
    assert answer.prepared is not None
    expected = EXPLAINERS["occlusion"].run(lenet, answer.prepared.input, target=found.target, patch=9, stride=5)
    assert found.values == pytest.approx(expected, abs=1e-5)
    assert page.columns[0].details.text() == "LeNet · side of the patch 9 · stride 5"

    fields.fields["patch"].setText("0")
    QTest.keyClick(fields.fields["patch"], Qt.Key.Key_Return)
    assert fields.fields["patch"].property("wrong")
    sentence = page.columns[0].state.sentence
    qtbot.waitUntil(lambda: "Patch: expected a number from 1 to 512" in sentence.text())
    assert sentence.text().endswith("Change or empty the field of that option at the left.")
    fields.fields["patch"].setText("")
    QTest.keyClick(fields.fields["patch"], Qt.Key.Key_Return)

    workspace.controls.method.choose("deconvnet")
    fields.fields["map"].setText("3")
    fields.fields["map"].editingFinished.emit()
    assert workspace.controls.layer.isEnabled()
    explained(workspace, qtbot)
    assert page.columns[0].title.text() == "Deconvnet · for map 3 · conv2"
    assert "raises the map" in page.columns[0].note.text()
    assert page.columns[0].details.text() == "LeNet"
    workspace.controls.method.choose("occlusion")
    assert fields.fields["stride"].text() == "5", "what was said to a method stays said"


def test_integrated_gradients_say_how_far_they_are_from_adding_up(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model
) -> None:
    workspace.controls.method.choose("integrated_gradients")
    draw()
    explained(workspace, qtbot)
    found = workspace.explain.results[0]
    assert found is not None
    assert isinstance(found.target, int)
    assert found.values is not None
    gap = completeness(Lens(lenet), found.image, found.values, target=found.target).gap
    assert f"adds up to the score but for {100 * gap:.2g} %" in workspace.explain.columns[0].note.text()
    workspace.controls.beside.choose("model:pen")
    explained(workspace, qtbot, 2)
    for width in (1070, 760):
        workspace.resize(width, 600)
        qtbot.waitUntil(lambda width=width: workspace.width() == width)
        for column in workspace.explain.columns:
            assert "adds up to the score but for" in column.note.text()
            metrics = QFontMetrics(theme.font(theme.SMALL, tabular=True))
            room = QRect(0, 0, column.note.width(), 1000)
            needed = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), column.note.text()).height()
            qtbot.waitUntil(lambda column=column, needed=needed: column.note.height() >= needed)  # shown whole


def test_an_empty_pad_leaves_no_explanation_behind(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, session: Session, subject: Subject
) -> None:
    draw()
    explained(workspace, qtbot)
    answered(session, subject, None)
    assert workspace.explain.results == []
    assert "Draw on the pad" in workspace.explain.columns[0].state.sentence.text()


def test_what_is_slow_waits_for_return_and_stops_by_escape(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    page = workspace.explain
    slow = next(row.name for row in EXPLAINERS.values() if not row.live and row.gives != "picture")
    workspace.controls.method.choose(slow)
    draw()
    assert page.compute.isVisible()
    assert page.results == []
    QTest.keyClick(workspace, Qt.Key.Key_Return)
    assert page.stop_button.isVisible()
    state = page.columns[0].state.title
    assert page.results or state.text() == "Computing", "not what to press, which has been pressed"
    QTest.keyClick(workspace, Qt.Key.Key_Escape)
    assert page.compute.isVisible()
    assert page.results or state.text() == "Computed on request"  # or what there was until then
    QTest.keyClick(workspace, Qt.Key.Key_Return)
    explained(workspace, qtbot)
    assert page.columns[0].title.text().startswith(EXPLAINERS[slow].title)
    draw()
    assert "earlier picture" in page.columns[0].note.text() or not page._stale(page.results[0], ())


@pytest.mark.parametrize("method", ["score_cam", "rise"])
def test_what_is_stopped_keeps_its_last_good_picture(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("nets.explain.scores.CALL", 5 * scores.multiply_adds(lenet))
    page = workspace.explain
    workspace.controls.method.choose(method)
    draw()
    stopped = threading.Event()
    # In the thread that computes: it waits with its first picture until Escape was pressed.
    page.explaining.arrived.connect(lambda *_: stopped.wait(WAIT / 1000), Qt.ConnectionType.DirectConnection)
    QTest.keyClick(workspace, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.results) and page.results[0] is not None, timeout=WAIT)
    assert "still being computed" in page.columns[0].note.text()
    QTest.keyClick(workspace, Qt.Key.Key_Escape)
    stopped.set()
    assert page.columns[0].note.text().startswith("stopped")
    (found,) = page.results
    assert found is not None
    assert found.values is not None
    assert found.values.any()
    assert found.values.shape == ((10, 10) if method == "score_cam" else (28, 28, 1))
    assert page.compute.isVisible()


def test_two_methods_and_two_networks_side_by_side(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw) -> None:
    draw()
    workspace.controls.beside.choose("method:occlusion")
    workspace.explain.compute_now()
    explained(workspace, qtbot, 2)
    assert workspace.explain.columns[1].title.text().startswith("Occlusion")
    workspace.controls.beside.choose("model:pen")
    explained(workspace, qtbot, 2)
    first, second = workspace.explain.columns
    assert second.details.text() == "Pen"
    assert "one scale for both" in first.note.text()
    for width in (1070, 1071, 1072, 1100):
        workspace.resize(width, 795)
        qtbot.waitUntil(lambda width=width: workspace.width() == width)
        assert first.picture.width() == second.picture.width()


def test_a_run_is_explained_at_two_epochs(places: Places, run: str, lenet: Model, draw: Draw) -> None:
    """The weights after epoch n are all n / 100, so that the gradients differ by powers of their quotient."""
    model = open_model(run, places, epoch=2)
    image = draw().prepared.input  # type: ignore[union-attr]
    asked = (Asked("gradient", 1), Asked("gradient", 1, epoch=1), Asked("gradient", 1))
    results = Explaining()(ExplainQuestion(model, places, asked, image), no_report)
    assert [found.title for found in results] == ["A run, epoch 2", "A run, epoch 1", "A run, epoch 2"]
    second, first, again = (found.values for found in results)
    assert second is not None
    assert first is not None
    assert np.abs(second).max() > 4 * np.abs(first).max() > 0
    assert (again == second).all()
    assert all((weight == 0.02).all() for weight in model.network.get_weights()), "the open network is only read"


def test_of_the_same_classes_both_pictures_explain_one(places: Places, lenet: Model, draw: Draw) -> None:
    """On one scale, why one network says 7 would not be comparable with why another says 1."""
    image = draw().prepared.input  # type: ignore[union-attr]
    explaining = Explaining()
    for target in (None, (-1, 3)):
        asked = (Asked("gradient", target), Asked("gradient", target, reference="pen"))
        results = explaining(ExplainQuestion(lenet, places, asked, image, best=4), no_report)
        assert [found.target for found in results] == 2 * [4 if target is None else (4, 3)]


def test_a_quick_picture_does_not_wait_for_the_slow_one_beside_it(places: Places, lenet: Model, draw: Draw) -> None:
    image = draw().prepared.input  # type: ignore[union-attr]
    explaining, arrived = Explaining(), []
    explaining.arrived.connect(lambda _, number, part: arrived.append((number, part.asked.method, part.done)))
    asked = (Asked("gradient", 4), Asked("occlusion", 4, options=(("stride", 7),)))
    explaining(ExplainQuestion(lenet, places, asked, image), no_report)
    assert arrived[0] == (0, "gradient", True)


def test_another_epoch_reads_no_card_and_lists_nothing_anew(
    workspace: WhyWorkspace, session: Session, places: Places, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time machine changes epochs in milliseconds; reading the shipped models' cards takes longer than that."""
    for epoch in (1, 2, 3):
        session.model = open_model(run, places, epoch=epoch)
        if epoch > 1:
            monkeypatch.setattr("nets.network.card.Card.read", None)
            monkeypatch.setattr(workspace.controls.beside, "set_rows", None)
        session.model_changed.emit(session.model)
        monkeypatch.undo()
    assert workspace.controls.beside.findData("epoch:3") > 0


def test_the_other_epoch_stays_chosen_while_the_time_machine_passes_it(
    workspace: WhyWorkspace, qtbot: QtBot, session: Session, places: Places, run: str
) -> None:
    for epoch in (2, 1, 3):
        session.model = open_model(run, places, epoch=epoch)
        session.model_changed.emit(session.model)
        if epoch == 2:
            workspace.controls.beside.choose("epoch:1")
        assert workspace.controls.beside.value() == "epoch:1"


def test_the_class_that_was_answered_is_not_asked_for_again(
    places: Places, lenet: Model, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the pen moves that would be one more pass for each explanation."""
    image = draw().prepared.input  # type: ignore[union-attr]
    passes: list[int] = []
    classify = Lens.classify
    monkeypatch.setattr(Lens, "classify", lambda lens, inputs: passes.append(1) or classify(lens, inputs))
    explaining, asked = Explaining(), (Asked("gradient"), Asked("gradient", (-1, 4)))
    unknown = explaining(ExplainQuestion(lenet, places, asked, image), no_report)
    assert len(passes) == 2
    best = unknown[0].target
    assert isinstance(best, int)
    known = explaining(ExplainQuestion(lenet, places, asked, image, best=best), no_report)
    assert len(passes) == 2
    assert [found.target for found in known] == [found.target for found in unknown] == [best, (best, 4)]
    assert (known[0].values == unknown[0].values).all()
    (other,) = explaining(
        ExplainQuestion(lenet, places, (Asked("gradient", reference="pen"),), image, best=best), no_report
    )
    assert len(passes) == 3  # another network may answer otherwise
    assert other.title != known[0].title


def test_a_refusal_is_a_sentence(places: Places, lenet: Model, draw: Draw) -> None:
    image = draw().prepared.input  # type: ignore[union-attr]
    (found,) = Explaining()(ExplainQuestion(lenet, places, (Asked("grad_cam", 99),), image), no_report)
    assert found.values is None
    assert "expected a class from 0 to 9" in found.problem


def test_the_checks_of_what_is_shown(workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model) -> None:
    draw()
    explained(workspace, qtbot)
    checks = workspace.explain.checks
    QTest.keyClick(workspace, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not checks.busy, timeout=WAIT)
    assert checks.words.text().startswith(("Passed", "Careful"))
    titles = [shown.title for shown in checks.strip.pictures]
    assert titles == ["trained", "+ answer", "+ fc2", "+ fc1", "+ conv2", "+ conv1"]
    failed = checks.words.text().startswith("Careful")
    assert bool(workspace.explain.columns[0].mark.text()) == failed
    workspace.explain.checks.checked.emit("gradient", False)
    assert "failed the sanity check" in workspace.explain.columns[0].mark.text()
    QTest.keyClick(workspace, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not checks.busy, timeout=WAIT)
    assert "random" in checks.words.text() or "earlier" in checks.words.text()
    column = workspace.explain.columns[0]
    qtbot.waitUntil(lambda: checks.x() > column.geometry().right(), timeout=WAIT)  # beside a single picture
    workspace.controls.beside.choose("method:grad_cam")
    qtbot.waitUntil(lambda: checks.y() > column.geometry().bottom(), timeout=WAIT)  # below two of them
    workspace.controls.beside.choose("")
    workspace.resize(620, 600)
    qtbot.waitUntil(lambda: checks.y() > column.geometry().bottom(), timeout=WAIT)  # below where the page is narrow


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_picture_for_a_slide_shows_the_page_without_its_buttons(
    workspace: WhyWorkspace, qtbot: QtBot, qapp: QApplication, draw: Draw, number: int
) -> None:
    draw()
    explained(workspace, qtbot)
    workspace.show_page(number)
    qapp.clipboard().clear()
    workspace.export.requested.emit("copy")
    shown = (workspace.explain.slide, workspace.lesions.slide, workspace.looks.slide)[number]
    copied = qapp.clipboard().image()
    assert copied.height() / copied.devicePixelRatio() > 0
    assert copied.width() % shown.width() == 0
    assert not shown.isAncestorOf((workspace.explain.compute, workspace.export, workspace.looks.go)[number])


def test_over_the_pads_picture_in_every_workspace(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, session: Session
) -> None:
    seen: list[object] = []
    session.overlay_changed.connect(seen.append)
    workspace.on_pad.setChecked(True)
    workspace.hide()
    draw()
    qtbot.waitUntil(lambda: seen and seen[-1] is not None, timeout=WAIT)
    tints: list[Tint | None] = []
    session.tint_changed.connect(tints.append)
    workspace.on_pad.setChecked(False)
    assert seen[-1] is None
    assert tints == [None]
    workspace.on_pad.setChecked(True)
    assert tints[-1] is not None, "what is explained already is shown at once"
    assert tints[-1].shape == (140, 140)
    top, _, height, width = tints[-1].window
    assert top < 35, "the seven begins there"
    assert height == width > 77
    assert top + height > 112
    workspace.on_pad.setChecked(False)
    workspace.show()


def test_a_channel_is_switched_off_and_given_back(
    workspace: WhyWorkspace, qtbot: QtBot, draw: Draw, lenet: Model
) -> None:
    answer = draw()
    page = workspace.lesions
    workspace.show_page(1)
    qtbot.waitUntil(lambda: page.readings is not None and page.accuracy is not None, timeout=WAIT)
    assert page.layer.value() == "conv2"
    assert page.accuracy is not None
    assert page.accuracy.images > 100
    assert page.accuracy.after == page.accuracy.before
    page.toggle(4)
    qtbot.waitUntil(lambda: not page.worker.busy and not page.readings.after.maps["conv2"][..., 4].any(), timeout=WAIT)
    assert answer.prepared is not None
    network = LesionedNetwork(lenet, "conv2")
    expected = network.read(answer.prepared.input, *network.change({4: "off"}))
    assert page.readings is not None
    assert page.readings.after.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert "1 of 16 channels" in page.hint.text()
    assert list(np.flatnonzero(page.grid._pictures.dead)) == [4], "crossed out"
    page.mode.choose("double")
    before = page.readings.before.maps["conv2"][..., 4]
    qtbot.waitUntil(lambda: np.allclose(page.readings.after.maps["conv2"][..., 4], 2 * before), timeout=WAIT)
    assert not page.grid._pictures.dead.any(), "a channel that is scaled is seen"
    page.toggle(4)
    assert page.off == {}
    page.measure()
    qtbot.waitUntil(lambda: page.found is not None, timeout=WAIT)
    assert page.found is not None
    assert page.found.importance.shape == (16, 10)


def test_every_method_has_its_paragraph_and_a_place_in_the_menu(workspace: WhyWorkspace) -> None:
    listed = {workspace.controls.method.itemData(n) for n in range(workspace.controls.method.count())}
    assert listed == {row.name for row in EXPLAINERS.values() if row.gives != "picture"}
    assert all(row.shows for row in EXPLAINERS.values())
