"""The arithmetic panel on real models: what is painted is what the map shows, and a step changes what is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui.explore.arithmetic.arithmetic_panel import ArithmeticPanel
from gui.explore.workspace import ExploreWorkspace
from gui.paint.equation import HEADING, Equation, Matrix, Words
from gui.paint.picture import PixelPicture
from gui.paint.pixels import NON_FINITE
from gui.session import Session
from gui.shell.zoom import Zoom
from gui.widgets import IconButton
from nets.compute.descent import of_layer
from tests.drive import hover, wait_until
from tests.gui.explore.conftest import LEFT, Draw, seven
from tests.nets.byhand.branched import branched


def shown(equation: Equation) -> list[str]:
    return [piece.text for row in equation.rows for piece in row if isinstance(piece, Words)]


def matrices(equation: Equation) -> list[Matrix]:
    return [piece for row in equation.rows for piece in row if isinstance(piece, Matrix)]


def middle_of(large: PixelPicture, row: int, column: int) -> QPointF:
    """The middle of a pixel of a picture of 28 x 28."""
    unit = large.place.width() / 28
    return large.place.topLeft() + QPointF((column + 0.5) * unit, (row + 0.5) * unit)


def go_backward(panel: ArithmeticPanel, label: int | None = None) -> None:
    """Shows the way back of the loss for a true class."""
    panel.backward_tab.click()
    if label is not None:
        panel.set_label(label)
    wait_until(lambda: panel.passed is not None and (label is None or panel.passed.label == label))


def take_step(panel: ArithmeticPanel, session: Session) -> None:
    """One step, until the copy's answer is there."""
    steps = panel.descent.steps
    panel.controls.step_button.click()
    wait_until(lambda: panel.descent.steps == steps + 1)
    wait_until(lambda: session.model is panel.descent.copy)
    wait_until(lambda: session.answer is not None and session.answer.model is session.model)
    wait_until(lambda: session.answer is not None and session.answer.id == session._id and session.answer.maps)


def test_the_value_under_the_cursor_is_what_the_equation_ends_in(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session, qtbot: QtBot
) -> None:
    assert workspace.maps.isHidden()
    workspace.choice.choose_layer("conv1")
    large, equation = workspace.detail.map.large, panel.equation
    answer = session.answer
    assert answer is not None
    for row, column in ((9, 14), (20, 11)):
        hover(large, lambda row=row, column=column: middle_of(large, row, column))
        wait_until(lambda row=row, column=column: workspace.detail.map.pixel() == (row, column))
        results = [piece for line in equation.rows for piece in line if isinstance(piece, Words) and piece.strong]
        assert np.float32(results[-1].exact) == np.float32(answer.maps["conv1"][row, column, workspace.choice.map])
        assert panel.title.text() == f"map 0, row {row}, column {column}"
    (patch,) = [matrix for matrix in matrices(equation) if matrix.title == "patch"]
    assert patch.values.shape == (5, 5)
    place = equation.place_of(patch)
    assert equation.exact_at(place.topLeft() + QPointF(5, 5)).startswith("[0, 0]  ")
    assert place.top() >= HEADING


def test_the_heading_is_whole_at_the_smallest_window(panel: ArithmeticPanel, workspace: ExploreWorkspace) -> None:
    for width, height in ((1070, 795), (716, 590)):
        workspace.resize(width, height)
        for direction in (panel.forward_tab, panel.backward_tab):
            direction.click()
            wait_until(lambda: panel.passed is not None or not panel.backward)
            workspace.choice.choose_layer("conv2")
            wait_until(lambda: panel.title.text().startswith("map 0, row "))
            wide = panel.title.fontMetrics().horizontalAdvance(panel.title.text())
            wait_until(lambda wide=wide: wide <= panel.title.width(), 5, "room for the heading")
            words = panel.channel_words
            wait_until(lambda words=words: words.shown_text() == words.text(), 5, "room for the channel")


def test_the_heading_is_whole_with_a_large_zoom(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    """At 150 % on a projector of 1280 pixels: "map 0, r…column 7" and "channel 2 ·…" """
    zoom = Zoom(session.settings)
    try:
        zoom.set_level(150)
        workspace.resize(818, 650)
        workspace.choice.choose_layer("conv2")
        wait_until(lambda: panel.title.text().startswith("map 0, row "))

        def fits() -> bool:
            words = panel.channel_words
            heading = panel.title.fontMetrics().horizontalAdvance(panel.title.text())
            return heading <= panel.title.width() and words.shown_text() == words.text()

        wait_until(fits, 5, "room for the heading and the channel")
    finally:
        zoom.reset()
        zoom.stop()


def test_the_channel_that_is_named_is_the_one_that_is_written_out(
    panel: ArithmeticPanel, workspace: ExploreWorkspace
) -> None:
    """Backward names no channel beside its patches, so the words beside the arrows are all there is to go by."""
    workspace.choice.choose_layer("conv2")
    wait_until(lambda: panel.title.text().startswith("map 0, row "))
    seen = []
    for place in range(6):
        (written,) = [piece.title for row in panel.equation.rows for piece in row if _names_a_channel(piece)]
        named, of = panel.channel_words.text().split(" · ")
        assert written == f"patch, {named}"
        assert of == f"{place + 1} of 6"
        seen.append(named)
        panel.channels.findChildren(IconButton)[1].click()
    assert sorted(seen) == [f"channel {number}" for number in range(6)]
    assert seen != sorted(seen), "in order of the channels no mistake would show"


def _names_a_channel(piece: object) -> bool:
    return isinstance(piece, Matrix) and "channel" in piece.title


def test_every_layer_has_its_arithmetic_both_ways(panel: ArithmeticPanel, workspace: ExploreWorkspace) -> None:
    for direction in (panel.forward_tab, panel.backward_tab):
        direction.click()
        wait_until(lambda: (panel.passed is not None) == panel.backward)
        for layer in workspace.choice.layers:
            workspace.choice.choose_layer(layer.path)
            assert panel.pages.currentWidget() is panel.equation
            assert panel.equation.rows
            panel.grab()
    assert any("arrives" in text for text in shown(panel.equation))


def test_the_softmax_has_a_line_of_its_own_backward(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    go_backward(panel, 3)
    workspace.choice.choose_layer("answer")
    assert session.answer is not None
    p = session.answer.maps["answer"]
    for unit, target in ((3, 1), (7, 0)):
        workspace.choice.choose_map(unit)
        texts = shown(panel.equation)
        assert texts[0] == "L = −log p, and the true class is 3"
        assert texts[1].startswith("arrives: dL/dp = " + ("−" if target else "0"))
        (through,) = [text for text in texts if text.startswith("through softmax: dL/dz = p − t = ")]
        assert through.endswith(f"{float(p[unit]) - target:.3f}".replace("-", "−"))
        assert not any("dL/dy" in text for text in texts)


def test_the_true_class_is_preset_where_it_is_known(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    """Earlier, Backward took the network's answer for the true class of a misread image."""
    assert panel.controls.label.value() == "7"  # a drawing has no other class than the one that is answered
    session.set_picture(np.ascontiguousarray(seven()[::2, ::2]), label="2")
    wait_until(lambda: panel.controls.label.value() == "2", 20)
    go_backward(panel)
    wait_until(lambda: panel.passed is not None and panel.passed.label == 2)
    workspace.choice.choose_layer("answer")
    assert shown(panel.equation)[0] == "L = −log p, and the true class is 2"
    session.set_picture(seven())
    wait_until(lambda: panel.controls.label.value() == "7", 20)


def test_a_step_changes_a_copy_and_everything_shows_it(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    original, before = session.model, session.answer
    assert original is not None
    assert before is not None
    assert before.answer is not None
    weights = original.network.get_weights()
    go_backward(panel, 3)
    assert not panel.moved_tab.isEnabled()
    button = panel.controls.step_button
    place = button.mapTo(workspace, QPoint())
    take_step(panel, session)
    assert button.mapTo(workspace, QPoint()) == place  # a person who clicks again hits it again
    after = session.answer
    assert after is not None
    assert after.answer is not None
    assert after.answer.probabilities[3] > before.answer.probabilities[3]  # the bars
    assert (after.maps["conv1"] != before.maps["conv1"]).any()  # the maps
    workspace.choice.choose_layer("conv1")
    assert panel.passed is not None
    kernel = of_layer(original, "conv1", panel.passed.weights)[0]
    wait_until(lambda: np.allclose(workspace.detail.map.kernels._pictures.values, kernel[..., 0]))
    for old, new in zip(weights, original.network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert "copy after one step" in panel.controls.loss.text()
    assert "→" in panel.controls.loss.text()
    assert workspace.pages.notice.isHidden()  # the controls of the steps say it, and lead back
    panel.forward_tab.click()
    assert workspace.pages.notice.isVisible()
    panel.backward_tab.click()
    assert session.settings["model"] == "lenet"

    # A second step changes the same copy, which is not opened again.
    copy = session.model
    take_step(panel, session)
    assert session.model is copy
    assert session.answer.answer.probabilities[3] > after.answer.probabilities[3]

    # The way back: the original answers as before.
    workspace.toggle_arithmetic()
    assert workspace.pages.notice.isVisible()
    workspace.pages.notice.back.click()
    workspace.toggle_arithmetic()
    wait_until(lambda: session.model is original and session.answer is not None and session.answer.model is original)
    wait_until(lambda: session.answer.maps)
    np.testing.assert_allclose(session.answer.answer.probabilities, before.answer.probabilities, atol=1e-6)
    assert (panel.descent.steps, panel.descent.copy) == (0, None)
    assert panel.backward_tab.isChecked()
    assert not panel.moved_tab.isEnabled()
    assert workspace.pages.notice.isHidden()


def test_undoing_all_shows_no_notice_for_a_moment(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    """Until the original was open again, a notice about the copy pushed everything down by its height."""
    original = session.model
    go_backward(panel, 3)
    take_step(panel, session)
    appeared: list[bool] = []
    panel.turned.connect(lambda: appeared.append(workspace.pages.notice.isVisible()))
    panel.controls.original_button.click()
    wait_until(lambda: session.model is original)
    assert appeared
    assert not any(appeared)
    assert workspace.pages.notice.isHidden()


def test_a_step_shows_every_number_before_and_now(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    go_backward(panel, 3)
    take_step(panel, session)
    assert panel.moved_tab.isChecked()
    before, after = panel.descent.before, panel.passed
    assert before is not None
    assert after is not None
    assert session.model is not None
    for name in ("conv1", "conv2"):
        workspace.choice.choose_layer(name)
        found = next(matrix for matrix in matrices(panel.equation) if matrix.title.startswith("kernel"))
        assert found.change is not None
        old, new = (
            of_layer(session.model, name, each.weights)[0][..., workspace.choice.map] for each in (before, after)
        )
        channels = [c for c in range(new.shape[2]) if np.array_equal(found.values, new[..., c])]
        assert len(channels) == 1
        np.testing.assert_array_equal(found.change, (new - old)[..., channels[0]])
        assert len(matrices(panel.equation)) == (1 if name == "conv1" else 2)  # what arrives moves as well
    for layer in workspace.choice.layers:
        workspace.choice.choose_layer(layer.path)
        assert any("moved; one of" in text for text in shown(panel.equation))
    assert sum("→" in text for text in shown(panel.equation)) > 10  # every class's logit and probability

    # Steps that are asked for faster than they are computed come in turn.
    panel.controls.step_button.click()
    panel.controls.step_button.click()
    wait_until(lambda: panel.descent.steps == 3)
    passed = panel.passed

    # The steps are kept while one looks forward or at other layers; another class begins a new way back.
    session.watch(())
    workspace._watch()
    answer = session.answer
    wait_until(lambda: session.answer is not answer)
    assert panel.passed is passed
    panel.forward_tab.click()
    assert "↓" in panel.equation.hint
    panel.moved_tab.click()
    assert panel.passed is passed
    panel.set_label(4)
    wait_until(lambda: panel.passed is not None and panel.passed.label == 4)
    assert panel.backward_tab.isChecked()
    assert not panel.moved_tab.isEnabled()
    assert panel.descent.steps == 3  # the copy is still the one that is seen


def test_another_picture_keeps_the_copy_and_its_steps(
    panel: ArithmeticPanel, session: Session, workspace: ExploreWorkspace
) -> None:
    go_backward(panel, 3)
    take_step(panel, session)
    first = panel.passed
    session.set_picture(np.ascontiguousarray(seven()[:, ::-1]))
    wait_until(lambda: panel.passed is not None and panel.passed is not first)
    assert session.model is panel.descent.copy
    assert panel.passed is not None
    np.testing.assert_array_equal(panel.passed.weights[0], session.model.network.get_weights()[0])
    assert (panel.passed.weights[0] != session.model.network.get_weights()[0]).sum() == 0
    assert panel.backward_tab.isChecked()
    assert not panel.moved_tab.isEnabled()


def test_the_arrows_lead_through_a_forward_and_a_backward_pass(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, qtbot: QtBot
) -> None:
    layers = workspace.choice.layers
    workspace.choice.choose_layer(layers[0].path)
    walked = []
    for key in [Qt.Key.Key_Down] * len(layers) + [Qt.Key.Key_Up] * len(layers):
        qtbot.keyClick(workspace, key)
        assert workspace.choice.layer is not None
        walked.append((workspace.choice.layer.path, panel.backward))
    names = [layer.path for layer in layers]
    down = [(name, False) for name in names[1:]] + [(names[-1], True)]
    up = [(name, True) for name in names[-2::-1]] + [(names[0], False)]
    assert walked == down + up


def test_the_words_backward_and_moved_are_explained_where_they_stand(
    panel: ArithmeticPanel, workspace: ExploreWorkspace
) -> None:
    assert "By how much the last step moved" in panel.moved_tab.toolTip()
    go_backward(panel)
    workspace.choice.choose_layer("conv2")
    wait_until(lambda: panel.equation.rows)
    assert panel.equation.hint == "Key ↑: the layer before, to which the gradient goes on"


def test_walking_to_a_smaller_layer_while_the_cursor_is_on_the_map(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, qtbot: QtBot
) -> None:
    workspace.choice.choose_layer("conv1")
    large = workspace.detail.map.large
    hover(large, lambda: middle_of(large, 27, 27))
    wait_until(lambda: workspace.detail.map.pixel() == (27, 27))
    with qtbot.captureExceptions() as caught:
        for name in ("conv2", "pool2", "fc1", "conv1"):
            workspace.choice.choose_layer(name)
            assert panel.equation.rows
    assert not caught


def test_keys_and_buttons_open_and_close_it(workspace: ExploreWorkspace, draw: Draw, qtbot: QtBot) -> None:
    draw()
    grid = workspace.maps.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_A)
    assert workspace.arithmetic.isVisible()
    qtbot.keyClick(workspace, Qt.Key.Key_Escape)
    assert workspace.arithmetic.isHidden()
    assert workspace.maps.isVisible()
    qtbot.mouseClick(workspace.detail.calculator, LEFT, pos=QPoint(8, 8))
    assert workspace.arithmetic.isVisible()


def test_a_network_with_a_number_that_is_none_shows_where(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session, tmp_path: Path
) -> None:
    assert session.model is not None
    assert panel.banner.isHidden()
    network = session.model.copy().network
    weights = network.get_weights()
    weights[2][2, 3, 1, 5] = np.nan  # conv2's kernel
    network.set_weights(weights)
    network.save(tmp_path / "torn.keras")
    session.open_model(str(tmp_path / "torn.keras"))
    wait_until(lambda: panel.banner.isVisible())
    assert "NaN in conv2 kernel [2, 3, 1, 5]" in panel.banner.words.text()
    assert session.answer is not None
    assert session.answer.problem.startswith("the weights conv2/kernel hold numbers that are not finite")
    workspace.choice.choose_layer("conv1")
    panel.banner.show_button.click()
    assert workspace.choice.layer is not None
    assert (workspace.choice.layer.path, workspace.choice.map) == ("conv2", 5)
    kernel = next(matrix for matrix in matrices(panel.equation) if matrix.title == "kernel")
    assert np.argwhere(np.isnan(kernel.values)).tolist() == [[2, 3]]
    picture = panel.equation.grab().toImage()
    found = {picture.pixel(x, y) for x in range(picture.width()) for y in range(0, picture.height(), 3)}
    assert NON_FINITE in found


def test_the_equation_is_copied_whole_at_twice_the_screen(
    panel: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    workspace.resize(716, 590)
    go_backward(panel)
    workspace.choice.choose_layer("conv2")
    wait_until(lambda: panel.equation.verticalScrollBar().maximum() > 0)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    panel.export.requested.emit("copy")
    copied = clipboard.image()
    whole = panel.equation.unrolled()
    assert copied.height() > 2 * whole.height() > 2 * panel.equation.height()
    assert copied.width() == 2 * whole.width()
    assert panel.words().startswith("conv2, map 0, row ")
    assert panel.words().endswith("backward, true class 7")
    whole.deleteLater()


@pytest.fixture
def branching(session: Session, workspace: ExploreWorkspace, tmp_path: Path) -> ArithmeticPanel:
    """A network that branches and joins, opened from a file, with a picture on the pad and its arithmetic shown."""
    model = branched()
    model.network.save(tmp_path / "branched.keras")
    session.open_model(str(tmp_path / "branched.keras"))
    wait_until(lambda: session.model is not None and session.model.ref.name.endswith("branched.keras"))
    session.set_picture(seven())
    workspace.toggle_arithmetic()
    wait_until(lambda: workspace.arithmetic.equation.rows)
    return workspace.arithmetic


def test_a_network_that_branches_has_its_arithmetic_both_ways(
    branching: ArithmeticPanel, workspace: ExploreWorkspace, session: Session
) -> None:
    panel = branching
    for direction in (panel.forward_tab, panel.backward_tab):
        direction.click()
        wait_until(lambda: (panel.passed is not None) == panel.backward)
        for layer in workspace.choice.layers:
            workspace.choice.choose_layer(layer.path)
            wait_until(lambda path=layer.path: session.answer is not None and path in session.answer.maps)
            assert panel.pages.currentWidget() is panel.equation, (layer.path, panel.state.sentence.text())
    panel.forward_tab.click()
    workspace.choice.choose_layer("sum")
    assert [text for text in shown(panel.equation) if text.endswith("limited")]
    assert [text for text in shown(panel.equation) if text.endswith("joined")]
    workspace.choice.choose_layer("wide")
    assert any(text.startswith("depthwise: channel") for text in shown(panel.equation))
    workspace.choice.choose_layer("joined")
    workspace.choice.choose_map(4)
    assert any("taken from wide, map 1" in text for text in shown(panel.equation))
