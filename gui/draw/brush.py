"""From a stroke's points to painted ink: quadratic curves through the midpoints, in pieces that never change later."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gui.draw.drawing import Point, Stroke

CHUNK = 48
"""Points that are painted in one go. Each piece painted by itself would cover its soft edge with its neighbours' and
turn it hard; a whole long stroke painted at every move would take too long."""


def chunks(count: int) -> list[tuple[int, int]]:
    """First and last point of each chunk of a stroke with ``count`` points; neighbours share a point."""
    return [(start, min(start + CHUNK, count - 1)) for start in range(0, max(count - 1, 1), CHUNK)]


def paint(painter: QPainter, stroke: Stroke, first: int, last: int, color: QColor) -> None:
    """The ink of points ``first`` to ``last``. The painter is scaled to units and antialiases."""
    if len(stroke.points) == 1:
        point = stroke.points[0]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        radius = stroke.width_at(point) / 2
        painter.drawEllipse(QPointF(point.x, point.y), radius, radius)
    elif stroke.varies:
        painter.fillPath(_outline(stroke, first, last), color)
    else:
        pen = QPen(color, stroke.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(centre_line(stroke, first, last), pen)


def centre_line(stroke: Stroke, first: int, last: int) -> QPainterPath:
    """From the middle before ``first`` to the middle before ``last``; the stroke's ends reach their points."""
    path = QPainterPath()
    for start, control, end in _pieces(stroke, first, last):
        if path.isEmpty():
            path.moveTo(_place(start))
        path.quadTo(_place(control), _place(end))
    return path


def bounds(stroke: Stroke, first: int, last: int) -> QRectF:
    """Units that the ink of these points can touch, with a margin for soft edges."""
    points = stroke.points[max(first - 1, 0) : last + 1]
    xs, ys = [point.x for point in points], [point.y for point in points]
    reach = stroke.width / 2 + 2
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-reach, -reach, reach, reach)


def _outline(stroke: Stroke, first: int, last: int) -> QPainterPath:
    """The outline of a stroke whose width follows the pressure: circles, and what joins each to the next."""
    outline = QPainterPath()
    outline.setFillRule(Qt.FillRule.WindingFill)
    before: tuple[QPointF, float] | None = None
    for centre, radius in _samples(stroke, first, last):
        outline.addEllipse(centre, radius, radius)
        if before is not None:
            _join(outline, *before, centre, radius)
        before = (centre, radius)
    return outline


def _samples(stroke: Stroke, first: int, last: int) -> Iterator[tuple[QPointF, float]]:
    """Places along the centre line, about an eighth of the width apart, and the radius there."""
    step = max(stroke.width / 8, 1)
    for start, control, end in _pieces(stroke, first, last):
        count = max(1, math.ceil(math.dist((start.x, start.y), (end.x, end.y)) / step))
        widths = stroke.width_at(start), stroke.width_at(end)
        for number in range(count + 1):
            share = number / count
            rest = 1 - share
            before, between, after = rest * rest, 2 * rest * share, share * share
            x = before * start.x + between * control.x + after * end.x
            y = before * start.y + between * control.y + after * end.y
            yield QPointF(x, y), (rest * widths[0] + share * widths[1]) / 2


def _pieces(stroke: Stroke, first: int, last: int) -> Iterator[tuple[Point, Point, Point]]:
    """Start, control point and end of each quadratic curve."""
    points = stroke.points
    start = points[0] if first == 0 else _middle(points[first - 1], points[first])
    for number in range(max(first, 1), last):
        end = _middle(points[number], points[number + 1])
        yield start, points[number], end
        start = end
    if last == len(points) - 1:
        yield start, _middle(start, points[last]), points[last]


def _join(outline: QPainterPath, start: QPointF, start_radius: float, end: QPointF, end_radius: float) -> None:
    along = end - start
    length = math.hypot(along.x(), along.y())
    if length < 1e-6:
        return
    # Turned the same way as Qt's ellipses, so that with the winding rule what overlaps adds up and never cancels.
    side = QPointF(along.y(), -along.x()) / length
    corners = [
        start + side * start_radius,
        end + side * end_radius,
        end - side * end_radius,
        start - side * start_radius,
    ]
    outline.addPolygon(QPolygonF([*corners, corners[0]]))


def _place(point: Point) -> QPointF:
    return QPointF(point.x, point.y)


def _middle(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2, one.time, (one.pressure + other.pressure) / 2)
