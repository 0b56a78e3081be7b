"""The playground of convolution on a real session: sliding, editing, counting, and a kernel put into the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from scipy.signal import correlate2d

from gui import theme
from gui.convolve.count_view import CountView
from gui.convolve.gallery_views import SpreadView, StackView
from gui.convolve.slide_view import SlideView
from gui.convolve.workspace import VIEWS, PlaygroundWorkspace
from gui.session import Session
from gui.settings import Settings
from gui.shell.zoom import scale
from nets.places import Places
from tests.drive import activate, wait_until


@pytest.fixture(scope="module")
def session(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("playground")
    places = replace(Places.default(), runs=home / "runs", drawings=home / "drawings", settings=home / "settings.json")
    made = Session(places, Settings(places.settings))
    made.reference = "lenet"
    made.start()
    wait_until(lambda: made.model is not None, 90, "the model")
    yield made
    made.end()


@pytest.fixture
def workspace(session: Session) -> Iterator[PlaygroundWorkspace]:
    theme.apply("light")
    picture = np.zeros((280, 280), np.uint8)
    picture[60:80, 60:220] = picture[80:230, 140:160] = 255
    session.set_picture(picture)
    wait_until(lambda: session.answer is not None and session.answer.prepared is not None, 30)
    made = PlaygroundWorkspace(session)
    made.resize(1070, 795)
    made.show()
    activate(made)
    wait_until(lambda: made.playing.result is not None, 30, "the drawing")
    yield made
    made.hide()
    made.stop()
    made.deleteLater()
    session.set_picture(None)


def test_the_result_is_the_correlation_of_the_drawing(workspace: PlaygroundWorkspace) -> None:
    playing = workspace.playing
    assert playing.image is not None
    for kernel, size in (("sobel_x", 3), ("gauss", 5), ("sharpen", 3)):
        workspace.controls.choose_kernel(kernel, size)
        assert playing.result is not None
        expected = correlate2d(playing.image, playing.setting.kernel, "valid")
        np.testing.assert_allclose(playing.result.values, expected, atol=1e-6)
        assert playing.position is not None
        place = playing.result.place(playing.number)
        assert playing.position.total == pytest.approx(float(expected[place]), abs=1e-6)


@pytest.mark.parametrize("zoom", [1.0, 1.75])
def test_at_its_smallest_nothing_lies_over_another(
    workspace: PlaygroundWorkspace, monkeypatch: pytest.MonkeyPatch, zoom: float
) -> None:
    """The equation, which keeps its height, lay over the words below it in a window at 175 %."""
    monkeypatch.setattr(theme.theme, "zoom", zoom)
    for widget in (workspace, *workspace.findChildren(QWidget)):
        scale(widget)
    theme.apply("light")
    workspace.resize(workspace.minimumSize())
    view = workspace.views["slide"]
    assert isinstance(view, SlideView)
    parts = (view.canvas, view.scale, view.transport, view.equation, view.size_words)

    def is_apart() -> bool:
        return all(above.geometry().bottom() < below.geometry().top() for above, below in pairwise(parts))

    wait_until(is_apart, 10, "parts that do not overlap")
    assert view.size_words.geometry().bottom() < view.height()


def test_every_view_paints(workspace: PlaygroundWorkspace) -> None:
    for row in VIEWS:
        workspace.show_view(row.name)
        assert not workspace.grab().isNull()
    spread = workspace.views["spread"]
    assert isinstance(spread, SpreadView)
    assert "checkerboard" in spread.words.text()
    spread.kernel.choose("4")
    assert "nothing shows" in spread.words.text()


def test_the_window_slides_plays_and_pauses(workspace: PlaygroundWorkspace) -> None:
    slide = workspace.views["slide"]
    assert isinstance(slide, SlideView)
    workspace.setFocus()
    QTest.keyClick(workspace, Qt.Key.Key_Home)
    assert workspace.playing.number == 0
    QTest.keyClick(workspace, Qt.Key.Key_Right)
    assert workspace.playing.number == 1
    QTest.keyClick(workspace, Qt.Key.Key_Space)
    assert slide.transport.timer.isActive()
    wait_until(lambda: workspace.playing.number > 3, 10, "the window to slide")
    QTest.keyClick(workspace, Qt.Key.Key_Space)
    assert not slide.transport.timer.isActive()


def test_what_does_not_fit_is_said(workspace: PlaygroundWorkspace) -> None:
    slide = workspace.views["slide"]
    assert isinstance(slide, SlideView)
    workspace.playing.change(stride=2)
    assert slide.misfit.isVisibleTo(workspace)
    assert "round" in slide.misfit.text()
    workspace.playing.change(kernel=np.ones((11, 11)), dilation=4, stride=1)
    assert workspace.playing.result is None
    assert workspace.state.title.text() == "This cannot be convolved"
    assert "41x41" in workspace.state.sentence.text()


def test_times_are_measured_when_they_are_asked_for(workspace: PlaygroundWorkspace) -> None:
    workspace.show_view("count")
    count = workspace.views["count"]
    assert isinstance(count, CountView)
    assert all(row.seconds is None for row in count.rows)
    count.measure.click()
    wait_until(lambda: all(row.seconds is not None for row in count.rows), 30, "the times")
    seconds = {row.method.name: row.seconds for row in count.rows}
    assert seconds["loops"] > 10 * seconds["im2col"]  # type: ignore[operator]


def test_times_of_a_kernel_that_has_gone_are_dropped(workspace: PlaygroundWorkspace) -> None:
    workspace.show_view("count")
    count = workspace.views["count"]
    assert isinstance(count, CountView)
    count.measure.click()
    workspace.controls.choose_kernel("box", 11)
    wait_until(count.measure.isEnabled, 30, "the measuring to end")
    assert all(row.seconds is None for row in count.rows)
    assert count.rows[0].multiplications == 18 * 18 * 121


def test_cells_are_written_by_typing(workspace: PlaygroundWorkspace) -> None:
    controls, editor = workspace.controls, workspace.controls.editor
    controls.choose_kernel("identity", 3)
    QTest.mouseClick(editor, Qt.MouseButton.LeftButton, pos=editor.place.topLeft().toPoint() + QPoint(5, 5))
    QTest.keyClicks(editor, "-1.5")
    assert editor.text == "-1.5"
    QTest.keyClick(editor, Qt.Key.Key_Right)  # sets it and goes on
    QTest.keyClicks(editor, "2,5")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Down)
    QTest.keyClick(editor, Qt.Key.Key_Delete)  # the identity's one
    expected = [[-1.5, 2.5, 0], [0, 0, 0], [0, 0, 0]]
    np.testing.assert_array_equal(workspace.playing.setting.kernel, expected)
    assert controls.kernel.currentText() == "Your own"
    QTest.keyClicks(editor, "1-")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert "is not a number" in controls.effect.text()
    np.testing.assert_array_equal(workspace.playing.setting.kernel, expected)
    assert workspace.playing.result is not None
    assert workspace.playing.image is not None
    np.testing.assert_allclose(
        workspace.playing.result.values, correlate2d(workspace.playing.image, np.array(expected), "valid"), atol=1e-6
    )


def test_images_come_from_files_and_test_digits(workspace: PlaygroundWorkspace, tmp_path: Path) -> None:
    source, playing = workspace.controls.source, workspace.playing
    Image.fromarray(np.arange(0, 240, 2, np.uint8).reshape(10, 12)).save(tmp_path / "ramp.png")
    source.open(tmp_path / "ramp.png")
    wait_until(lambda: playing.image is not None and playing.image.shape == (10, 12), 20, "the file")
    assert playing.image is not None
    np.testing.assert_allclose(playing.image.ravel(), np.arange(0, 240, 2) / 255, atol=1e-6)
    assert source.words.text() == "ramp.png, 10 × 12"

    (tmp_path / "none.png").write_bytes(b"no picture")
    source.open(tmp_path / "none.png")
    wait_until(lambda: "reading" not in source.words.text(), 20, "the refusal")
    assert source.words.text() == "ramp.png, 10 × 12"
    assert source.kind.value() == "file"
    assert playing.image.shape == (10, 12)

    source.choose("test")
    wait_until(lambda: "test image 0" in source.words.text(), 60, "the test digits")
    first = playing.image
    source.after.click()
    assert "test image 1" in source.words.text()
    assert playing.image is not first
    source.choose("drawing")
    assert playing.image.shape == (28, 28)


def test_views_that_do_not_use_the_kernel_stay_where_it_does_not_fit(workspace: PlaygroundWorkspace) -> None:
    playing = workspace.playing
    playing.change(kernel=np.ones((11, 11)), dilation=4)
    assert playing.result is None
    workspace.show_view("spread")
    assert workspace.views["spread"].isVisible()
    workspace.show_view("stack")
    stack = workspace.views["stack"]
    assert isinstance(stack, StackView)
    assert stack.isVisible()
    assert stack.galleries[0].isVisible()
    playing.set_image(np.ones((4, 9), np.float32))
    assert "4 × 9" in stack.small.text()
    assert not stack.galleries[0].isVisible()
    workspace.show_view("slide")
    assert workspace.state.isVisible()


def test_controls_that_a_view_does_not_obey_are_hidden(workspace: PlaygroundWorkspace) -> None:
    """Each control that is seen changes what the view shows; those that would not are hidden, and keep their values."""
    controls, playing = workspace.controls, workspace.playing
    changes = {"kernel": "gabor", "stride": "2", "padding": "same", "dilation": "2", "pooling": "max"}
    for row in VIEWS:
        workspace.show_view(row.name)
        for name, value in changes.items():
            control = getattr(controls, name)
            assert control.isVisible() == (name in workspace.views[row.name].uses)
            if control.isVisible():
                before, old = workspace.views[row.name].grab().toImage(), control.value()
                control.choose(value)
                control.activated.emit(control.currentIndex())
                assert workspace.views[row.name].grab().toImage() != before, (row.name, name)
                control.choose(old)
                controls.choose_kernel("sobel_x", 3)
        assert controls.placing.isVisible() == workspace.views[row.name].uses_kernel
        assert controls.own.isVisible() != workspace.views[row.name].uses_kernel
    assert playing.setting.stride == 1
    workspace.show_view("slide")
    assert controls.editor.isVisible()


def test_what_the_words_of_the_controls_mean_stands_where_they_stand(workspace: PlaygroundWorkspace) -> None:
    controls = workspace.controls
    rows = [controls.padding.itemText(row) for row in range(2)]
    assert rows == ["valid: none, it shrinks", "same: it keeps its size"]
    for name, meaning in {"stride": "moves", "dilation": "Gaps", "pooling": "2 × 2", "padding": "Zeros"}.items():
        assert meaning in getattr(controls, name).toolTip()


def test_the_controls_fit_their_column_and_the_words_their_controls(workspace: PlaygroundWorkspace) -> None:
    controls = workspace.controls
    inside = controls.widget()
    assert inside.width() <= controls.viewport().width()
    for select in (controls.padding, controls.pooling, controls.stride, controls.dilation):
        assert select.width() <= inside.width()
        widest = max(select.fontMetrics().horizontalAdvance(select.itemText(row)) for row in range(select.count()))
        assert widest <= select.width() - 28 - theme.GAP


def test_what_is_shown_is_saved_at_twice_the_screen_with_its_image(
    workspace: PlaygroundWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "slide.png"
    monkeypatch.setattr("gui.widgets.file_dialogs.QFileDialog.getSaveFileName", lambda *_: (str(target), ""))
    for row in VIEWS:
        workspace.show_view(row.name)
        workspace.export.requested.emit("shown")
        wait_until(target.exists, 20, "the file")
        with Image.open(target) as saved:
            assert saved.width == 2 * workspace.panel.width()
            assert saved.height > 2 * workspace.panel.height()
        workspace.snapshots.wait()
        target.unlink()


def test_a_kernel_goes_into_a_copy_of_the_network(workspace: PlaygroundWorkspace, session: Session) -> None:
    placing = workspace.controls.placing
    workspace.controls.choose_kernel("sobel_x", 3)
    assert not placing.put.isEnabled()
    assert "has kernels of 5 × 5" in placing.note.text()
    workspace.controls.choose_kernel("gauss", 5)
    original = session.model
    assert original is not None
    before = original.network.get_weights()[0].copy()
    placing.number.choose("2")
    placing.put.click()
    assert not placing.put.isEnabled()  # until the copy is made
    wait_until(lambda: session.model is not original, 60, "the copy")
    assert session.model is not None
    assert session.model.card.title == "LeNet, edited"
    edited = session.model.network.get_weights()[0]
    np.testing.assert_allclose(edited[..., 0, 2], workspace.playing.setting.kernel, atol=1e-6)
    np.testing.assert_array_equal(np.delete(edited, 2, -1), np.delete(before, 2, -1))
    np.testing.assert_array_equal(original.network.get_weights()[0], before)
    assert session.settings["model"] == "lenet"
    session.open_model("lenet")
    wait_until(lambda: session.model is not None and session.model.ref.kind == "shipped", 60)


def test_the_cells_of_the_kernel_fill_the_editor_at_every_size(workspace: PlaygroundWorkspace) -> None:
    editor = workspace.controls.editor
    for side in (editor.width(), 2 * editor.width()):
        editor.setFixedSize(side, side)
        assert side - 2 - len(editor.kernel) < editor.place.width() <= side - 2
        middle = editor.place.center().toPoint()
        QTest.mouseClick(editor, Qt.MouseButton.LeftButton, pos=middle)
        assert editor.cell == (1, 1)
