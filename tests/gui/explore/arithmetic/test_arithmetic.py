"""The arithmetic panel on a real model: what is painted is what the map shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from gui.explore.arithmetic.arithmetic_panel import ArithmeticPanel
from gui.explore.workspace import ExploreWorkspace
from gui.paint.equation import Equation, Matrix, Words
from gui.paint.pixels import NON_FINITE
from gui.session import Session
from nets.byhand.calculations import ConvolutionStep
from tests.drive import wait_until
from tests.gui.explore.conftest import LEFT, Draw


def opened(workspace: ExploreWorkspace, session: Session, draw: Draw) -> None:
    """LeNet, a seven, and the arithmetic in the place of the maps."""
    session.open_model("lenet")
    wait_until(lambda: session.model is not None and session.model.ref.name == "lenet")
    draw()
    workspace.toggle_arithmetic()
    wait_until(lambda: workspace.arithmetic.trace is not None)


def shown(equation: Equation) -> list[str]:
    return [piece.text for row in equation.rows for piece in row if isinstance(piece, Words)]


def test_the_value_under_the_cursor_is_what_the_equation_ends_in(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
    opened(workspace, session, draw)
    assert workspace.maps.isHidden()
    large, equation = workspace.detail.map.large, workspace.arithmetic.equation
    answer = session.answer
    assert answer is not None
    for row, column in ((9, 14), (20, 11)):
        unit = large.place.width() / 28
        at = large.place.topLeft() + QPointF((column + 0.5) * unit, (row + 0.5) * unit)
        qtbot.mouseMove(large, at.toPoint())
        wait_until(lambda row=row, column=column: workspace.detail.map.pixel() == (row, column))
        results = [piece for line in equation.rows for piece in line if isinstance(piece, Words) and piece.strong]
        assert np.float32(results[-1].exact) == np.float32(answer.maps["conv1"][row, column, workspace.choice.map])
        assert workspace.arithmetic.title.text() == f"row {row}, column {column}"
    (patch,) = [
        piece for line in equation.rows for piece in line if isinstance(piece, Matrix) and piece.title == "patch"
    ]
    assert patch.values.shape == (5, 5)
    assert equation.exact_at(QPointF(5, 25)).startswith("[0, 0]  ")


def test_every_layer_has_its_arithmetic_both_ways(workspace: ExploreWorkspace, session: Session, draw: Draw) -> None:
    opened(workspace, session, draw)
    panel = workspace.arithmetic
    for direction in (panel.forward_tab, panel.backward_tab):
        direction.click()
        wait_until(lambda: (panel.lesson is not None) == panel.backward)
        for layer in workspace.choice.layers:
            workspace.choice.choose_layer(layer.path)
            assert panel.pages.currentWidget() is panel.equation
            assert panel.equation.rows
            panel.grab()
    assert any("arrives" in text for text in shown(panel.equation))


def test_a_step_moves_the_numbers_and_not_the_model(workspace: ExploreWorkspace, session: Session, draw: Draw) -> None:
    opened(workspace, session, draw)
    panel = workspace.arithmetic
    assert session.model is not None
    before = [array.copy() for array in session.model.network.get_weights()]
    panel.backward_tab.click()
    wait_until(lambda: panel.lesson is not None)
    panel.teach(3)
    wait_until(lambda: panel.lesson is not None and panel.lesson.label == 3)
    panel.teaching.step_button.click()
    wait_until(lambda: panel.lesson is not None and panel.lesson.steps == 1)
    assert panel.lesson is not None
    assert panel.lesson.losses[1] < panel.lesson.losses[0]
    assert "→" in panel.teaching.loss.text()
    panel.teaching.reset_button.click()
    wait_until(lambda: panel.lesson is not None and panel.lesson.steps == 0)
    for old, new in zip(before, session.model.network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_misread_image_is_taught_its_true_class(workspace: ExploreWorkspace, session: Session, draw: Draw) -> None:
    opened(workspace, session, draw)
    panel = workspace.arithmetic
    panel.backward_tab.click()
    panel.teach(0)  # said of the drawing that was there before
    image = np.random.default_rng(5).integers(0, 255, (28, 28, 1), dtype=np.uint8)
    session.set_picture(image, label="x", is_dataset_image=True)
    wait_until(lambda: session.answer is not None and session.answer.label == "x")
    assert session.answer is not None
    assert session.answer.answer is not None
    assert session.answer.prepared is not None
    assert np.allclose(session.answer.prepared.input, image / np.float32(255), atol=1e-7)
    answered = int(session.answer.answer.probabilities.argmax())
    true = str((answered + 3) % 10)
    session.set_picture(image[::-1].copy(), label=true, is_dataset_image=True)
    wait_until(lambda: panel.lesson is not None and panel.lesson.label == int(true))
    assert panel.teaching.label.value() == true


def test_a_step_shows_every_number_before_and_now(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
    opened(workspace, session, draw)
    panel = workspace.arithmetic
    assert not panel.moved_tab.isEnabled()
    panel.backward_tab.click()
    wait_until(lambda: panel.lesson is not None)
    panel.teach(3)
    wait_until(lambda: panel.lesson is not None and panel.lesson.label == 3)
    panel.teaching.step_button.click()
    wait_until(lambda: panel.lesson is not None and panel.lesson.steps == 1)
    assert panel.moved_tab.isChecked()
    lesson = panel.lesson
    assert lesson is not None
    assert lesson.before is not None
    for name in ("conv1", "conv2"):
        workspace.choice.choose_layer(name)
        grid = next(grid for grid in grids(panel.equation) if grid.title.startswith("kernel"))
        assert grid.change is not None
        kernels = [trace.part(name).layers[0].weights["kernel"] for trace in (lesson.before, lesson.trace)]
        channel = 0 if name == "conv1" else int(steps_at(panel)[0].strongest[0])
        old, new = (kernel[:, :, channel, workspace.choice.map] for kernel in kernels)
        np.testing.assert_array_equal(grid.values, new)
        np.testing.assert_array_equal(grid.change, new - old)
        assert len(grids(panel.equation)) == (1 if name == "conv1" else 2)  # what arrives moves as well
    for layer in workspace.choice.layers:
        workspace.choice.choose_layer(layer.path)
        assert any("moved; one of" in text for text in shown(panel.equation))
    assert sum("→" in text for text in shown(panel.equation)) > 10  # every class's logit and probability

    # Steps that are asked for faster than they are computed come in turn.
    panel.teaching.step_button.click()
    panel.teaching.step_button.click()
    wait_until(lambda: panel.lesson is not None and panel.lesson.steps == 3)
    lesson = panel.lesson

    # The steps are kept while one looks forward or at layers that are asked for, and forgotten with another label.
    session.watch(())
    session.watch(("fc1",))
    answer = session.answer
    wait_until(lambda: session.answer is not answer)
    assert panel.lesson is lesson
    panel.forward_tab.click()
    assert "↓" in panel.equation.hint
    panel.moved_tab.click()
    assert panel.lesson is lesson
    panel.teach(4)
    wait_until(lambda: panel.lesson is not None and panel.lesson.label == 4)
    assert panel.backward_tab.isChecked()
    assert not panel.moved_tab.isEnabled()


def steps_at(panel: ArithmeticPanel) -> tuple[ConvolutionStep, ...]:
    """The steps of the place that is looked at, in the network that learned."""
    lesson, layer = panel.lesson, panel._choice.layer
    assert lesson is not None
    assert layer is not None
    steps = lesson.trace.steps(layer.path, panel._index(lesson.trace, layer.path))
    return tuple(step for step in steps if isinstance(step, ConvolutionStep))


def grids(equation: Equation) -> list[Matrix]:
    return [piece for row in equation.rows for piece in row if isinstance(piece, Matrix)]


def test_the_arrows_lead_through_a_forward_and_a_backward_pass(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
    opened(workspace, session, draw)
    panel, layers = workspace.arithmetic, workspace.choice.layers
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


def test_a_network_with_a_number_that_is_none_shows_where(
    workspace: ExploreWorkspace, session: Session, draw: Draw, tmp_path: Path
) -> None:
    opened(workspace, session, draw)
    assert session.model is not None
    panel = workspace.arithmetic
    assert panel.broken.isHidden()
    network = session.model.network
    weights = network.get_weights()
    weights[2][2, 3, 1, 5] = np.nan  # conv2's kernel
    network.set_weights(weights)
    network.save(tmp_path / "torn.keras")
    session.open_model(str(tmp_path / "torn.keras"))
    wait_until(lambda: panel.trace is not None and panel.trace.broken is not None)
    assert "NaN in conv2 kernel [2, 3, 1, 5]" in panel.broken.words.text()
    assert session.answer is not None
    assert "not finite" in session.answer.problem
    workspace.choice.choose_layer("conv1")
    panel.broken.go.click()
    assert workspace.choice.layer is not None
    assert (workspace.choice.layer.path, workspace.choice.map) == ("conv2", 5)
    kernel = next(grid for grid in grids(panel.equation) if grid.title == "kernel")
    assert np.argwhere(np.isnan(kernel.values)).tolist() == [[2, 3]]
    picture = panel.equation.grab().toImage()
    found = {picture.pixel(x, y) for x in range(picture.width()) for y in range(0, picture.height(), 3)}
    assert NON_FINITE in found


def test_walking_to_a_smaller_layer_while_the_cursor_is_on_the_map(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
    opened(workspace, session, draw)
    workspace.choice.choose_layer("conv1")
    large = workspace.detail.map.large
    qtbot.mouseMove(large, QPoint(int(large.place.right()) - 3, int(large.place.bottom()) - 3))
    wait_until(lambda: workspace.detail.map.pixel() == (27, 27))
    with qtbot.captureExceptions() as caught:
        for name in ("conv2", "pool2", "fc1", "conv1"):
            workspace.choice.choose_layer(name)
            assert workspace.arithmetic.equation.rows
    assert not caught


def test_keys_and_buttons_open_and_close_it(
    workspace: ExploreWorkspace, session: Session, draw: Draw, qtbot: QtBot
) -> None:
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


def test_a_network_that_branches_says_where(workspace: ExploreWorkspace, draw: Draw) -> None:
    draw()  # the conftest's own model has a skip
    workspace.toggle_arithmetic()
    panel = workspace.arithmetic
    wait_until(lambda: panel.pages.currentWidget() is panel.state and "joins or divides" in panel.state.sentence.text())
