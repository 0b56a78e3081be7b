"""Painting piece by piece gives what painting at once gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.draw.pad.brush import CHUNK
from gui.draw.pad.drawing import Backdrop, Drawing, Point, Stroke
from gui.draw.pad.pictures import to_array
from gui.draw.pad.raster import Raster

BLACK, WHITE = QColor(Qt.GlobalColor.black), QColor(Qt.GlobalColor.white)


def spiral(count: int, device: str) -> Stroke:
    points = []
    for number in range(count):
        turn, radius = number / 9, 20 + 90 * number / count
        place = 140 + radius * math.cos(turn), 140 + radius * math.sin(turn)
        points.append(Point(*place, 4.0 * number, 0.5 + 0.5 * math.sin(turn / 3)))
    return Stroke(tuple(points), 16, device)


def moved(raster: Raster, stroke: Stroke) -> None:
    for count in range(1, len(stroke.points) + 1):
        raster.extend(Stroke(stroke.points[:count], stroke.width, stroke.device))


@pytest.mark.parametrize("device", ["mouse", "tablet"])
@pytest.mark.parametrize("count", [1, 2, 3, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_move_by_move_as_at_once(qapp: QApplication, device: str, count: int) -> None:
    stroke = spiral(count, device)
    drawing = Drawing((stroke,))
    slow, fast = (Raster(280, BLACK, WHITE, grey=True) for _ in range(2))
    moved(slow, stroke)
    slow.settle(drawing, stroke)
    fast.render(drawing)
    difference = np.abs(to_array(slow.image).astype(int) - to_array(fast.image))
    # At the edge of a clipped area a soft pixel may be rounded otherwise.
    assert difference.max() <= 12
    assert difference.mean() < 0.02


def test_what_is_said_to_have_changed_holds_all_changes(qapp: QApplication) -> None:
    stroke = spiral(2 * CHUNK + 7, "mouse")
    raster = Raster(420, WHITE, BLACK)
    before = to_array(raster.image)
    for count in range(1, len(stroke.points) + 1):
        dirty = raster.extend(Stroke(stroke.points[:count], stroke.width, stroke.device))
        after = to_array(raster.image)
        rows, columns = np.nonzero((before != after).any(axis=2))
        if len(rows):
            assert dirty.left() * 1.5 <= columns.min()
            assert columns.max() < dirty.right() * 1.5
            assert dirty.top() * 1.5 <= rows.min()
            assert rows.max() < dirty.bottom() * 1.5
        before = after


def test_strokes_are_soft_and_as_wide_as_they_say(qapp: QApplication) -> None:
    raster = Raster(280, BLACK, WHITE, grey=True)
    raster.render(Drawing((Stroke((Point(40.3, 140.5), Point(240, 140.5)), 16),)))
    row = to_array(raster.image)[:, 140].astype(float)
    assert abs(row.sum() / 255 - 16) < 0.2
    sloped = Raster(280, BLACK, WHITE, grey=True)
    sloped.render(Drawing((Stroke((Point(40, 100), Point(240, 160)), 16),)))
    grey = to_array(sloped.image)
    assert ((grey > 20) & (grey < 235)).sum() > 200


def test_pressure_makes_a_tablets_stroke_thinner_and_no_others(qapp: QApplication) -> None:
    def ink(device: str, pressure: float) -> float:
        raster = Raster(280, BLACK, WHITE, grey=True)
        points = tuple(Point(x, 140, 0, pressure) for x in (40, 140, 240))
        raster.render(Drawing((Stroke(points, 16, device),)))
        return float(to_array(raster.image).sum())

    assert ink("mouse", 0.2) == ink("mouse", 1)
    assert ink("tablet", 0.2) < 0.6 * ink("tablet", 1)
    assert ink("tablet", 1) == pytest.approx(ink("mouse", 1), rel=0.01)


def test_strokes_on_a_light_picture_are_dark(qapp: QApplication) -> None:
    paper = Backdrop(np.full((60, 90, 3), 240, np.uint8))
    raster = Raster(280, BLACK, WHITE, grey=True)
    raster.render(Drawing((Stroke((Point(40, 140), Point(240, 140)), 16),), paper))
    picture = to_array(raster.image)
    assert picture.shape == (280, 280, 3)
    assert (picture[140, 140] == 0).all()
    assert (picture[5, 5] == 240).all()
    assert (picture[100, 140] == 240).all()
