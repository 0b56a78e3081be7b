"""A drawing as pixels; only new parts are painted. The pad has one raster for the screen and one for the network."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gui.draw.pad import brush
from gui.draw.pad.drawing import SIDE, Drawing, Stroke
from gui.draw.pad.pictures import contrast, draw_backdrop, ground_of


class Raster:
    """``image`` has (side, side) pixels. ``extend`` returns the rectangle that changed, in units.

    The unfinished stroke is painted again from its last chunk on, over ``_settled``, which holds everything that no
    longer changes.
    """

    def __init__(self, side: int, ground: QColor, ink: QColor, grey: bool = False) -> None:
        self.side = side
        self._ground, self._ink = ground, ink
        self._grey = grey
        self._drawing = Drawing()
        self._done = 0  # first point of the unfinished stroke that is not yet in ``_settled``
        self.render(Drawing())

    @property
    def scale(self) -> float:
        return self.side / SIDE

    def set_colors(self, ground: QColor, ink: QColor) -> None:
        self._ground, self._ink = ground, ink
        self.render(self._drawing)

    def render(self, drawing: Drawing) -> None:
        """Paint everything again: after undo, erasing, resizing or a new background picture."""
        self._drawing = drawing
        self._done = 0
        backdrop = drawing.backdrop
        plain = self._grey and backdrop is None
        kind = QImage.Format.Format_Grayscale8 if plain else QImage.Format.Format_RGB32
        self._settled = QImage(self.side, self.side, kind)
        ground = ground_of(backdrop.pixels) if backdrop else self._ground
        self._color = contrast(ground) if backdrop else self._ink
        self._settled.fill(ground)
        if backdrop:
            painter = QPainter(self._settled)
            draw_backdrop(painter, backdrop, self.side)
            painter.end()
        for stroke in drawing.strokes:
            self._paint(self._settled, stroke, brush.chunks(len(stroke.points)))
        self.image = self._settled.copy()

    def extend(self, stroke: Stroke) -> QRectF:
        """Paint the new points of the unfinished stroke."""
        todo = brush.chunks(len(stroke.points), self._done)
        if len(todo) > 1:
            self._paint(self._settled, stroke, todo[:-1])
            self._done = todo[-1][0]
        # Before, a chunk that is settled now ended in a straight line to its last point: repaint its area as well.
        dirty = brush.bounds(stroke, *todo[0])
        for part in todo[1:]:
            dirty = dirty.united(brush.bounds(stroke, *part))
        area = self._pixels(dirty)
        painter = QPainter(self.image)
        painter.drawImage(area.topLeft(), self._settled, area)
        painter.end()
        self._paint(self.image, stroke, todo[-1:], area)
        return dirty

    def settle(self, drawing: Drawing, stroke: Stroke) -> None:
        """The stroke is finished and is part of ``drawing`` now."""
        self.extend(stroke)
        self._drawing = drawing
        self._done = 0
        self._settled = self.image.copy()

    def _paint(self, image: QImage, stroke: Stroke, parts: list[tuple[int, int]], clip: QRect | None = None) -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if clip is not None:
            painter.setClipRect(clip)
        painter.scale(self.scale, self.scale)
        for first, last in parts:
            brush.paint(painter, stroke, first, last, self._color)
        painter.end()

    def _pixels(self, units: QRectF) -> QRect:
        left, top = math.floor(units.left() * self.scale), math.floor(units.top() * self.scale)
        right, bottom = math.ceil(units.right() * self.scale), math.ceil(units.bottom() * self.scale)
        return QRect(left, top, right - left, bottom - top).intersected(self.image.rect())
