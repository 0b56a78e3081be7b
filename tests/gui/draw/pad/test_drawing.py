"""Strokes as pure data: erasing, undoing, and their JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gui.draw.pad.drawing import Drawing, Point, Stroke, UndoHistory, from_json
from nets.errors import LensletError


def line(*places: tuple[float, float], width: float = 16.0, device: str = "mouse") -> Stroke:
    points = tuple(Point(x, y, 8.0 * number, 1.0) for number, (x, y) in enumerate(places))
    return Stroke(points, width, device)


DOWN, ACROSS = line((140, 40), (140, 240)), line((40, 60), (240, 60))


@pytest.mark.parametrize(
    ("x", "y", "touched"),
    [(140, 150, True), (151, 150, True), (153, 150, False), (140, 251, True), (140, 254, False)],
)
def test_the_eraser_reaches_as_far_as_the_ink(x: float, y: float, touched: bool) -> None:
    assert DOWN.touched(np.array([(x, y)]), reach=4) is touched


def test_a_lone_point_can_be_erased() -> None:
    assert line((20, 20)).touched(np.array([(27, 20)]), reach=0)
    assert not line((20, 20)).touched(np.array([(29, 20)]), reach=0)


def test_erasing_takes_whole_strokes_and_leaves_the_rest() -> None:
    drawing = Drawing((DOWN, ACROSS))
    assert drawing.without_strokes_near((60, 60), (60, 60), 4).strokes == (DOWN,)
    assert drawing.without_strokes_near((140, 60), (140, 60), 4).empty
    assert drawing.without_strokes_near((10, 270), (90, 270), 4) is drawing


def test_a_fast_eraser_touches_what_lies_between_two_reports() -> None:
    assert Drawing((DOWN, ACROSS)).without_strokes_near((20, 150), (260, 150), 4).strokes == (ACROSS,)


def test_history_walks_back_and_forth_without_limit() -> None:
    history = UndoHistory()
    steps = [Drawing(tuple(line((number, 1), (number, 90)) for number in range(count))) for count in range(1, 301)]
    for step in steps:
        history.push(step)
    for step in reversed(steps):
        assert history.now is step
        history.undo()
    assert history.now.empty
    assert not history.can_undo
    history.redo()
    assert history.now is steps[0]
    history.push(steps[5])
    assert not history.can_redo


def test_strokes_survive_json() -> None:
    pressed = Stroke((Point(10, 20, 5, 0.25), Point(30.5, 40.25, 13, 0.75)), 22, "tablet")
    found = from_json(json.dumps(Drawing((pressed, ACROSS)).to_dict()))
    assert found.strokes[0].width == 22
    assert found.strokes[0].device == "tablet"
    assert [(p.x, p.y, p.time, p.pressure) for p in found.strokes[0].points] == [
        (10, 20, 0, 0.25),
        (30.5, 40.25, 8, 0.75),
    ]
    assert [(p.x, p.y) for p in found.strokes[1].points] == [(40, 60), (240, 60)]


def test_strokes_of_another_side_are_scaled() -> None:
    found = from_json('{"side": 28, "strokes": [{"width": 2, "points": [[1, 2], [14, 28]]}]}')
    assert [(p.x, p.y, p.pressure) for p in found.strokes[0].points] == [(10, 20, 1), (140, 280, 1)]
    assert found.strokes[0].width == 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nothing",
        '{"strokes": 3}',
        '{"strokes": [{"points": []}]}',
        '{"strokes": [{"points": [[1]]}]}',
        '{"strokes": [{"points": [[1, NaN]]}]}',
        '{"strokes": [{"points": [["a", "b"]]}]}',
        '{"strokes": [{"points": [[1, 2]], "width": -4}]}',
        '{"strokes": [{"points": [[1, 2]], "device": "nose"}]}',
        '{"side": 0, "strokes": []}',
        '{"strokes": [{"points": [[1e999, 2]]}]}',
        '{"strokes": [{"points": [[' + "9" * 400 + ", 2]]}]}",
        "[" * 100_000,
        '{"side": NaN, "strokes": [{"points": [[1, 2]]}]}',
    ],
)
def test_what_is_no_strokes_is_said(text: str) -> None:
    with pytest.raises(LensletError, match="expected strokes saved as JSON"):
        from_json(text)
