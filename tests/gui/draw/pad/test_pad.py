"""The pad under mouse, finger and tablet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.column import DrawColumn
from gui.draw.pad.pad import Pad
from gui.session import Session
from tests.drive import DIGITS, draw, wait_until

NO_KEY = Qt.KeyboardModifier.NoModifier


def test_a_stroke_reaches_the_session_at_every_move(pad: Pad, session: Session) -> None:
    pictures: list[np.ndarray] = []
    session.picture_changed.connect(pictures.append)
    draw(pad, DIGITS["1"], pause=0)
    assert len(pictures) > 20
    inked = [int((picture > 127).sum()) for picture in pictures]
    assert inked == sorted(inked)
    assert inked[-1] > 3 * inked[0] > 0
    last = session.picture
    assert last is not None
    assert last.shape == (280, 280)
    assert last.dtype == np.uint8
    assert last.min() == 0
    assert last.max() == 255
    rows, columns = np.nonzero(last > 127)
    assert abs(rows.min() - 47) <= 2  # the stroke's top is at 55, its half width 8
    assert abs(columns.max() - 153) <= 2


def test_a_stroke_grows_without_being_copied_and_what_was_read_of_it_stays(pad: Pad) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(pad, left, pos=QPoint(40, 40))
    assert pad._stroke is not None
    points = pad._stroke.points
    read = pad.drawing
    for number in range(300):
        QTest.mouseMove(pad, QPoint(40 + 5 * (number % 30), 40 + number // 3))
    assert pad._stroke.points is points
    assert len(points) > 200
    assert len(read.strokes[0].points) == 1
    QTest.mouseRelease(pad, left, pos=QPoint(40, 140))
    assert isinstance(pad.drawing.strokes[0].points, tuple)
    assert len(pad.drawing.strokes[0].points) >= len(points)


def test_moves_that_wait_in_a_row_are_all_kept_and_painted_together(pad: Pad) -> None:
    changes = []
    pad.changed.connect(lambda: changes.append(len(pad.drawing.strokes[0].points)))
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(pad, left, pos=QPoint(40, 40))
    QApplication.processEvents()
    changes.clear()
    for x in range(45, 145, 5):
        at = QPointF(x, 40 + x % 3)
        move = QEvent.Type.MouseMove
        QApplication.postEvent(pad, QMouseEvent(move, at, pad.mapToGlobal(at), left, left, NO_KEY))
    wait_until(lambda: len(pad.drawing.strokes[0].points) == 21, 10, "all moves")
    assert changes == [2, 21]
    QTest.mouseRelease(pad, left, pos=QPoint(140, 42))
    assert len(pad.drawing.strokes[0].points) == 21


def test_the_picture_is_the_same_in_every_theme_and_size(pad: Pad, column: DrawColumn, qtbot: QtBot) -> None:
    draw(pad, DIGITS["7"])
    before = pad.picture()
    assert before is not None
    screen = pad.grab().toImage()
    assert screen.pixelColor(4, 4).lightness() > 240
    theme.apply("dark")
    column.resize(324, 560)
    QApplication.processEvents()
    assert pad.width() < screen.width()
    after = pad.picture()
    assert after is not None
    assert (before == after).all()
    assert pad.grab().toImage().pixelColor(4, 4).lightness() < 30
    theme.apply("light")


def test_a_click_makes_a_dot(pad: Pad) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    picture = pad.picture()
    assert picture is not None
    assert abs((picture > 127).sum() - 3.14 * 64) < 20


def test_other_buttons_do_not_draw(pad: Pad) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    assert pad.picture() is None


def test_undo_redo_and_clear(pad: Pad, session: Session) -> None:
    draw(pad, DIGITS["7"])
    whole = pad.picture()
    pad.undo()
    assert len(pad.drawing.strokes) == 1
    pad.redo()
    assert whole is not None
    assert np.array_equal(pad.picture(), whole)
    pad.clear()
    assert session.picture is None
    assert pad.picture() is None
    pad.undo()
    assert np.array_equal(session.picture, whole)
    for _ in range(5):
        pad.undo()
    assert session.picture is None
    for _ in range(9):
        pad.redo()
    assert pad.drawing.empty  # the last step was the clear
    pad.undo()
    assert np.array_equal(pad.picture(), whole)


def test_the_eraser_takes_whole_strokes_as_one_step(pad: Pad) -> None:
    draw(pad, DIGITS["4"])
    assert len(pad.drawing.strokes) == 2
    pad.set_tool("eraser")
    draw(pad, [((20, 20), (125, 175), (185, 170), (165, 200))])
    assert pad.drawing.empty
    pad.undo()
    assert len(pad.drawing.strokes) == 2
    draw(pad, [((20, 250), (60, 260))])
    assert len(pad.drawing.strokes) == 2


def test_a_picture_lies_under_the_strokes_and_undo_takes_it_away(pad: Pad, session: Session) -> None:
    draw(pad, DIGITS["1"])
    image = np.random.default_rng(1).integers(0, 255, (28, 28), dtype=np.uint8)
    session.offer_picture(image, "validation image 17", "4")
    assert np.array_equal(session.picture, image[..., None])
    assert session.picture_label == "4"
    assert session.picture_is_dataset_image
    draw(pad, DIGITS["1"])
    assert session.picture is not None
    assert session.picture.shape == (280, 280, 3)
    assert not session.picture_is_dataset_image
    pad.undo()
    assert session.picture_is_dataset_image
    pad.undo()
    assert len(pad.drawing.strokes) == 1
    assert pad.drawing.backdrop is None
    assert session.picture_label == ""
    assert not session.picture_is_dataset_image


def test_an_offered_picture_is_crisp(pad: Pad, session: Session) -> None:
    board = (np.indices((4, 4)).sum(axis=0) % 2 * 255).astype(np.uint8)
    session.offer_picture(board, "")
    shown = pad.grab().toImage()
    values = {shown.pixelColor(x, pad.height() // 2).lightness() for x in range(6, pad.width() - 6)}
    assert values == {0, 255}


def test_a_finger_draws_and_the_hand_does_not(pad: Pad) -> None:
    device = QTest.createTouchDevice()
    QTest.touchEvent(pad, device).press(0, QPoint(50, 50)).commit()
    QTest.touchEvent(pad, device).move(0, QPoint(80, 90)).commit()
    QTest.touchEvent(pad, device).stationary(0).press(1, QPoint(250, 250)).commit()
    QTest.touchEvent(pad, device).move(0, QPoint(100, 120)).move(1, QPoint(200, 250)).commit()
    QTest.touchEvent(pad, device).release(0, QPoint(100, 120)).release(1, QPoint(200, 250)).commit()
    assert len(pad.drawing.strokes) == 1
    stroke = pad.drawing.strokes[0]
    assert stroke.device == "touch"
    assert len(stroke.points) == 3
    assert max(point.x for point in stroke.points) < 120


PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser


def tablet(pad: Pad, tip: QPointingDevice.PointerType, places: Iterable[tuple[float, float, float]]) -> None:
    """A stylus that is pressed at the first place (x, y, pressure), moved over the others, and lifted."""
    stylus = QPointingDevice(
        "stylus", 1, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Pressure, 1, 1, ""
    )
    places = list(places)
    steps = [QEvent.Type.TabletPress] + [QEvent.Type.TabletMove] * (len(places) - 1) + [QEvent.Type.TabletRelease]
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, (x, y, pressure) in zip(steps, [*places, places[-1]], strict=True):
        at = QPointF(x, y)
        button = none if kind == QEvent.Type.TabletMove else left
        held = none if kind == QEvent.Type.TabletRelease else left
        glob = QPointF(pad.mapToGlobal(at.toPoint()))
        no_keys = Qt.KeyboardModifier.NoModifier
        event = QTabletEvent(kind, stylus, at, glob, pressure, 0, 0, 0, 0, 0, no_keys, button, held)
        QApplication.sendEvent(pad, event)


def test_a_tablets_pressure_is_kept(pad: Pad) -> None:
    tablet(pad, PEN, [(50, 150, 0.2), (150, 150, 0.6), (250, 150, 1.0)])
    stroke = pad.drawing.strokes[0]
    assert stroke.device == "tablet"
    assert [round(point.pressure, 1) for point in stroke.points] == [0.2, 0.6, 1.0]
    picture = pad.picture()
    assert picture is not None
    columns = (picture > 127).sum(axis=0)
    assert columns[70] + 2 < columns[220]


def test_the_other_end_of_the_stylus_erases(pad: Pad) -> None:
    draw(pad, DIGITS["4"])
    middle = pad.width() / 2
    tablet(pad, ERASER, [(middle, pad.height() * 0.65, 1), (middle, pad.height() * 0.1, 1)])
    assert pad.tool == "pen"
    assert len(pad.drawing.strokes) == 1


def test_the_cursor_is_as_large_as_the_pen(pad: Pad) -> None:
    def side() -> float:
        shape = pad.cursor().pixmap()
        return shape.width() / shape.devicePixelRatio()

    pad.set_pen_width(10)
    small = side()
    pad.set_pen_width(28)
    assert side() - small == pytest.approx(18 * pad.width() / 280, abs=1.5)


def test_drawing_beyond_the_edge_stays_on_the_pad(pad: Pad) -> None:
    draw(pad, [((140, 140), (400, 140), (400, -90))])
    points = pad.drawing.strokes[0].points
    assert all(0 <= point.x <= 280 and 0 <= point.y <= 280 for point in points)


def test_a_second_device_ends_the_first_ones_stroke(pad: Pad) -> None:
    pad.pressed.emit(QPointF(40, 40), 0.0, "mouse", 1.0, False)
    pad.moved.emit(QPointF(90, 90), 8.0, 1.0)
    pad.pressed.emit(QPointF(200, 40), 20.0, "touch", 1.0, False)
    pad.moved.emit(QPointF(200, 90), 28.0, 1.0)
    pad.released.emit()
    assert [stroke.device for stroke in pad.drawing.strokes] == ["mouse", "touch"]


@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
def test_the_words_of_an_empty_pad_stay_on_it(pad: Pad, monkeypatch: pytest.MonkeyPatch, zoom: float) -> None:
    """Earlier, "Drop a picture, or draw" was cut off on both sides in a narrow or zoomed window."""
    pad.set_hint("Drop a picture, or draw", "or Ctrl+O opens, Ctrl+V pastes a picture")
    pad.resize(220, 220)
    monkeypatch.setattr(theme.theme, "zoom", zoom)
    image = pad.grab().toImage()
    paper = image.pixelColor(image.width() // 2, 10)
    inked = [
        x
        for x in range(2, image.width() - 2)
        for y in range(40, image.height() - 40)
        if image.pixelColor(x, y) != paper
    ]
    assert inked
    assert min(inked) >= theme.TIGHT
    assert max(inked) < image.width() - theme.TIGHT
