"""A drawing as data: strokes of points on a square of 280 units, and the history for undo and redo. No widgets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nets.errors import LensletError
from nets.json_files import parse_json

SIDE = 280.0
"""Side of the square in which all coordinates are stored, independent of the pad's size on the screen."""

WIDTHS = (10, 28)
DEVICES = ("mouse", "touch", "tablet")
LIGHTEST = 0.35  # share of the stroke's width at pressure 0


@dataclass(frozen=True, slots=True)
class Point:
    """``x``, ``y`` in [0, SIDE], ``time`` in milliseconds, ``pressure`` in [0, 1] (1 for devices without it)."""

    x: float
    y: float
    time: float = 0.0
    pressure: float = 1.0


@dataclass(frozen=True)
class Stroke:
    """The points from pressing the pen to lifting it. Only strokes of a tablet vary in width, with the pressure."""

    points: Sequence[Point]
    width: float = 16.0
    device: str = "mouse"

    @property
    def varies(self) -> bool:
        return self.device == "tablet"

    def width_at(self, point: Point) -> float:
        return self.width * (LIGHTEST + (1 - LIGHTEST) * point.pressure) if self.varies else self.width

    def touched(self, places: np.ndarray, reach: float) -> bool:
        """Whether the ink is at most ``reach`` units from one of ``places``, (n, 2) x and y."""
        corners = np.array([(point.x, point.y) for point in self.points])
        starts = corners[:-1] if len(corners) > 1 else corners
        along = (corners[1:] if len(corners) > 1 else corners) - starts  # (pieces, 2)
        length = np.maximum((along**2).sum(axis=1), 1e-9)
        away = places[:, None] - starts  # (n, pieces, 2)
        share = np.clip((away * along).sum(axis=2) / length, 0, 1)
        nearest = np.hypot(*np.moveaxis(away - share[..., None] * along, 2, 0))
        return bool(nearest.min() <= reach + self.width / 2)


@dataclass(frozen=True, eq=False)
class OpenStroke(Stroke):
    """An unfinished stroke: every move of the pen adds a point without copying the others."""

    points: list[Point]

    def add(self, point: Point) -> None:
        self.points.append(point)

    def closed(self) -> Stroke:
        """The stroke so far, as a value that does not change any more."""
        return Stroke(tuple(self.points), self.width, self.device)


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A picture under the strokes: (h, w, 1|3|4) uint8 as it was opened.

    label: its true class, if it is known. is_dataset_image: whether it already has the form of its dataset's images.
    """

    pixels: np.ndarray
    title: str = ""
    label: str = ""
    is_dataset_image: bool = False


@dataclass(frozen=True)
class Drawing:
    """An immutable drawing. The history is a list of them; they share their strokes."""

    strokes: tuple[Stroke, ...] = ()
    backdrop: Backdrop | None = None

    @property
    def empty(self) -> bool:
        return not self.strokes and self.backdrop is None

    def with_stroke(self, stroke: Stroke) -> Drawing:
        return replace(self, strokes=(*self.strokes, stroke))

    def without_strokes_near(self, start: tuple[float, float], end: tuple[float, float], reach: float) -> Drawing:
        """The drawing without the strokes near the line from ``start`` to ``end``; ``self`` if there are none."""
        steps = max(2, math.ceil(math.dist(start, end) / reach) + 1)
        places = np.linspace(start, end, steps)  # the positions of a fast pen are far apart
        left = tuple(stroke for stroke in self.strokes if not stroke.touched(places, reach))
        return self if len(left) == len(self.strokes) else replace(self, strokes=left)

    def to_dict(self) -> dict[str, Any]:
        """The drawing as JSON data. Times are relative to the first point of the first stroke."""
        begin = self.strokes[0].points[0].time if self.strokes else 0.0
        rows = [
            {
                "width": stroke.width,
                "device": stroke.device,
                "points": [
                    [round(p.x, 2), round(p.y, 2), round(p.time - begin, 1), round(p.pressure, 3)]
                    for p in stroke.points
                ],
            }
            for stroke in self.strokes
        ]
        return {"format": "lenslet strokes", "version": 1, "side": SIDE, "strokes": rows}


def from_json(text: str) -> Drawing:
    """The drawing that ``to_dict`` wrote.

    Raises:
        LensletError: The text is something else.
    """
    try:
        found = parse_json(text, name="it")
        if not isinstance(found, dict) or "strokes" not in found:
            raise ValueError("there is no list of strokes in it")
        scale = SIDE / float(found.get("side", SIDE))
        strokes = tuple(_stroke(row, scale) for row in found["strokes"])
    except (ValueError, TypeError, KeyError, ArithmeticError) as problem:
        raise LensletError(f"expected strokes saved as JSON, found something else: {problem}") from problem
    return Drawing(strokes)


def _stroke(row: dict[str, Any], scale: float) -> Stroke:
    points = tuple(_point(values, scale) for values in row["points"])
    device = row.get("device", "mouse")
    width = float(row.get("width", 16)) * scale
    if not points or device not in DEVICES or not 0 < width <= SIDE:
        raise ValueError("a stroke without points, of an unknown device or width")
    return Stroke(points, width, device)


def _point(values: Sequence[float], scale: float) -> Point:
    x, y, time, pressure = (float(value) for value in (*values, *(0.0, 1.0)[len(values) - 2 :]))
    if not np.isfinite([x, y, time, pressure]).all():
        raise ValueError("a point that is not finite")
    return Point(float(np.clip(x * scale, 0, SIDE)), float(np.clip(y * scale, 0, SIDE)), time, min(max(pressure, 0), 1))


class UndoHistory:
    """Undo and redo without limit."""

    def __init__(self) -> None:
        self.now = Drawing()
        self._past: list[Drawing] = []
        self._future: list[Drawing] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def push(self, drawing: Drawing) -> None:
        self._past.append(self.now)
        self._future.clear()
        self.now = drawing

    def amend(self, drawing: Drawing) -> None:
        """Replace the current drawing without adding a step of undo."""
        self.now = drawing

    def undo(self) -> None:
        if self._past:
            self._future.append(self.now)
            self.now = self._past.pop()

    def redo(self) -> None:
        if self._future:
            self._past.append(self.now)
            self.now = self._future.pop()
