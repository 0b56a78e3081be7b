"""Paints strokes as quadratic curves through the midpoints of their points, in chunks that never change later."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gui.draw.pad.drawing import Point, Stroke

CHUNK = 16
"""Number of points that are painted as one path. With fewer, overlapping antialiased ends would show as hard edges;
painting a whole long stroke at every move would take too long."""

SHARP = 0.97  # cosine of the turn from which a dot is painted over the corner of the outline


def chunks(count: int, begin: int = 0) -> list[tuple[int, int]]:
    """First and last point of each chunk of a stroke with ``count`` points; neighbours share a point.

    ``begin``: the first point of a chunk; those before it are left out.
    """
    return [(start, min(start + CHUNK, count - 1)) for start in range(begin, max(count - 1, 1), CHUNK)]


def paint(painter: QPainter, stroke: Stroke, first: int, last: int, color: QColor) -> None:
    """Paints points ``first`` to ``last``. The painter must be scaled to pad units and antialias."""
    if len(stroke.points) == 1:
        point = stroke.points[0]
        _dot(painter, _place(point), stroke.width_at(point) / 2, color)
    elif stroke.varies:
        _paint_varying(painter, list(_samples(stroke, first, last)), color)
    else:
        pen = QPen(color, stroke.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(centre_line(stroke, first, last), pen)


def centre_line(stroke: Stroke, first: int, last: int) -> QPainterPath:
    """The curve from the midpoint before ``first`` to the midpoint before ``last``; at its ends, to the end points."""
    path = QPainterPath()
    for start, control, end in _pieces(stroke, first, last):
        if path.isEmpty():
            path.moveTo(_place(start))
        path.quadTo(_place(control), _place(end))
    return path


def bounds(stroke: Stroke, first: int, last: int) -> QRectF:
    """The rectangle, in pad units, that these points can cover, with a margin for antialiased edges."""
    points = stroke.points[max(first - 1, 0) : last + 1]
    xs, ys = [point.x for point in points], [point.y for point in points]
    reach = stroke.width / 2 + 2
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-reach, -reach, reach, reach)


def _paint_varying(painter: QPainter, samples: list[tuple[QPointF, float]], color: QColor) -> None:
    """A stroke whose width follows the pressure: one ribbon, and dots where its ends and sharp turns would show.

    One outline without overlaps: where outlines overlap, the painter adds up what they cover and soft edges harden.
    """
    left, right, dots = [], [], [samples[0], samples[-1]]
    for number, (centre, radius) in enumerate(samples):
        before, after = samples[max(number - 1, 0)][0], samples[min(number + 1, len(samples) - 1)][0]
        along = after - before
        length = math.hypot(along.x(), along.y())
        came, goes = centre - before, after - centre
        if QPointF.dotProduct(came, goes) < SHARP * math.hypot(came.x(), came.y()) * math.hypot(goes.x(), goes.y()):
            dots.append((centre, radius))
        if length > 0:
            side = QPointF(along.y(), -along.x()) * (radius / length)
            left.append(centre + side)
            right.append(centre - side)
    ribbon = QPainterPath()
    ribbon.setFillRule(Qt.FillRule.WindingFill)
    ribbon.addPolygon(QPolygonF([*left, *reversed(right)]))
    painter.fillPath(ribbon, color)
    for centre, radius in dots:
        _dot(painter, centre, radius, color)


def _dot(painter: QPainter, centre: QPointF, radius: float, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(centre, radius, radius)


def _samples(stroke: Stroke, first: int, last: int) -> Iterator[tuple[QPointF, float]]:
    """Points on the centre line, about an eighth of the width apart, each with the radius there."""
    step = stroke.width / 8
    begins = True
    for start, control, end in _pieces(stroke, first, last):
        count = max(1, math.ceil(math.dist((start.x, start.y), (end.x, end.y)) / step))
        widths = stroke.width_at(start), stroke.width_at(end)
        for number in range(0 if begins else 1, count + 1):
            share = number / count
            rest = 1 - share
            before, between, after = rest * rest, 2 * rest * share, share * share
            x = before * start.x + between * control.x + after * end.x
            y = before * start.y + between * control.y + after * end.y
            yield QPointF(x, y), (rest * widths[0] + share * widths[1]) / 2
        begins = False


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


def _place(point: Point) -> QPointF:
    return QPointF(point.x, point.y)


def _middle(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2, one.time, (one.pressure + other.pressure) / 2)
