"""A small plot of one curve for the form: axes with few ticks, and a mark with text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

LEFT, BOTTOM, TOP, RIGHT = 52, 34, 8, 12  # margins of the axes in pixels


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve and its axes.

    x, y: (n,); x rises. raw: (n,) drawn thin behind it, or nothing. x_ticks, y_ticks: (value, text). x_name, y_name:
    what the axes show. mark: the x of a dashed line, NaN for none; words: beside it. log_x: x and its ticks are spaced
    by their logarithms. x_range: the ends of the bottom axis, for a growing curve; (): those of x.
    """

    x: np.ndarray
    y: np.ndarray
    x_name: str
    y_name: str
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    raw: np.ndarray = field(default_factory=lambda: np.empty(0))
    log_x: bool = False
    x_range: tuple[float, float] | tuple[()] = ()
    mark: float = float("nan")
    words: str = ""


class LinePlot(QWidget):
    """Draws a ``Curve``; None: nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: Curve | None = None
        self._blank = ""
        self.setAccessibleName(name)
        self.setMinimumSize(180, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.theme.changed.connect(self.update)

    def show_curve(self, curve: Curve | None, blank: str = "") -> None:
        """Show a curve. ``blank``: the text in its place if there is none."""
        self.curve, self._blank = curve, blank
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        curve = self.curve
        painter = QPainter(self)
        if curve is None or len(curve.x) < 2:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(theme.now().color("quiet"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._blank)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        colors = theme.now()
        top = TOP + painter.fontMetrics().height()
        area = QRectF(LEFT, top, self.width() - LEFT - RIGHT, self.height() - top - BOTTOM)
        low, high = self._range(curve)
        self._draw_axes(painter, curve, area, low, high)
        painter.setClipRect(area.adjusted(-2, -2, 2, 2))
        if len(curve.raw):
            faint = colors.color("accent")
            faint.setAlpha(95)
            painter.setPen(QPen(faint, 1))
            painter.drawPolyline(self._points(curve, curve.raw, area, low, high))
        painter.setPen(QPen(colors.color("accent"), 2))
        painter.drawPolyline(self._points(curve, curve.y, area, low, high))
        painter.setClipping(False)
        if np.isfinite(curve.mark):
            self._draw_mark(painter, curve, area)

    def _range(self, curve: Curve) -> tuple[float, float]:
        ticks = [value for value, _ in curve.y_ticks]
        low = min(float(np.nanmin(curve.y)), *ticks) if ticks else float(np.nanmin(curve.y))
        high = max(float(np.nanmax(curve.y)), *ticks) if ticks else float(np.nanmax(curve.y))
        return low, high if high > low else low + 1

    def _place(self, curve: Curve, x: np.ndarray, area: QRectF) -> np.ndarray:
        scaled = np.log(x) if curve.log_x else np.asarray(x, float)
        ends = np.array(curve.x_range or curve.x[[0, -1]], float)
        first, last = (np.log(ends) if curve.log_x else ends).tolist()
        return area.left() + (scaled - first) / max(last - first, 1e-12) * area.width()

    def _points(self, curve: Curve, y: np.ndarray, area: QRectF, low: float, high: float) -> QPolygonF:
        x = self._place(curve, curve.x, area)
        heights = np.clip(y, low - (high - low), high + (high - low))
        places = area.bottom() - (heights - low) / (high - low) * area.height()
        return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), places.tolist(), strict=True) if np.isfinite(b)])

    def _draw_axes(self, painter: QPainter, curve: Curve, area: QRectF, low: float, high: float) -> None:
        colors = theme.now()
        line = painter.fontMetrics().height()
        for value, words in curve.y_ticks:
            at = area.bottom() - (value - low) / (high - low) * area.height()
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(colors.color("quiet"))
            painter.drawText(
                QRectF(0, at - line / 2, LEFT - 6, line),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                words,
            )
        painter.setPen(colors.color("quiet"))
        for value, words in curve.x_ticks:
            (at,) = self._place(curve, np.array([value]), area).tolist()
            if not area.left() - 1 <= at <= area.right() + 1:
                continue
            painter.drawText(
                self.tick_place(at, words, painter.fontMetrics(), area), Qt.AlignmentFlag.AlignHCenter, words
            )
        name = QRectF(area.left(), area.bottom() + line + 2, area.width(), line)
        painter.drawText(name, Qt.AlignmentFlag.AlignHCenter, curve.x_name)
        painter.drawText(QRectF(0, 0, LEFT - 6, line), Qt.AlignmentFlag.AlignRight, curve.y_name)

    def tick_place(self, at: float, words: str, metrics: QFontMetrics, area: QRectF) -> QRectF:
        """The rectangle of the text of a tick on the bottom axis: under the tick, and moved inside at the widget's
        edges.
        """
        width = metrics.horizontalAdvance(words) + 2
        place = QRectF(at - width / 2, area.bottom() + 4, width, metrics.height())
        place.moveRight(min(place.right(), self.width()))
        return place

    def _draw_mark(self, painter: QPainter, curve: Curve, area: QRectF) -> None:
        colors = theme.now()
        (at,) = self._place(curve, np.array([curve.mark]), area).tolist()
        pen = QPen(colors.color("second"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(curve.words) + 4
        left = at + 5 if at + 5 + width < area.right() else at - 5 - width
        painter.drawText(QRectF(left, area.top(), width, metrics.height()), Qt.AlignmentFlag.AlignLeft, curve.words)
