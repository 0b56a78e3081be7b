"""One chart over epochs: raw and smoothed lines, validation points, a cross-hair. The only file that uses pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from gui import theme
from gui.paint import series

RAW_ALPHA = 95
TICK_OFFSET = 6  # pixels from an axis to the words of its ticks
UNIT_GAP = 2  # pixels between the word "epoch", under the left axis, and the bottom axis
MARGIN = 0.06  # share of the height that stays free above and below the range
RING = 14  # diameter in pixels of the ring around the best epoch
EDGE = RING / 2 + 2  # least margin in pixels, so that a ring at the edge of the range is drawn whole
FAR = 100  # heights of the chart; values further outside are clamped to it, or their pixels would overflow
LABEL_MARGIN = 5  # pixels around the words of a mark
NOTHING = np.empty(0)


@dataclass(frozen=True, eq=False)
class Line:
    """A run as this chart draws it, all in one ``color`` that Qt can read.

    raw, smoothed: (n,) over ``x`` (n,) in epochs; points: (epochs,) over 1, 2, ...; NaN is not drawn. ``best``: the
    epoch to mark, 0 for none. ``quiet``: no raw line (a run laid over another). ``marks``: places in epochs, each with
    the words beside its dashed line.
    """

    x: np.ndarray
    raw: np.ndarray
    smoothed: np.ndarray
    points: np.ndarray
    color: str
    best: int = 0
    quiet: bool = False
    marks: tuple[tuple[float, str], ...] = ()


class Points(pg.ScatterPlotItem):
    """Points that remember their data, so that they are redrawn only when it changes."""

    data_state: object = ()


class PlotArea(pg.GraphicsObject):
    """The rectangle between the axes; its children are clipped at its edges."""

    def __init__(self) -> None:
        super().__init__()
        self._area = QRectF()
        self.setFlag(self.GraphicsItemFlag.ItemClipsChildrenToShape)
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)

    def set_area(self, area: QRectF) -> None:
        """In the units of the axes."""
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(self, *_: object) -> None:
        pass


class Axis(pg.AxisItem):
    """An axis with ticks from ``set_ticks``; each tick has a thin line across the chart."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=0)
        self._ticks: list[tuple[float, str]] = []
        self.setStyle(autoExpandTextSpace=False, tickTextOffset=TICK_OFFSET, hideOverlappingLabels=False)
        self.fit_zoom()

    def fit_zoom(self) -> None:
        """Room for the words of the ticks, at the zoom in force."""
        if self.orientation == "left":
            self.setWidth(theme.px(42))
        else:
            self.setHeight(theme.px(24))

    def set_ticks(self, ticks: list[tuple[float, str]]) -> None:
        if ticks != self._ticks:
            self._ticks = ticks
            self.picture = None
            self.update()

    def tickValues(self, *_: float) -> list[tuple[float, list[float]]]:
        return [(1.0, [value for value, _ in self._ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        words = dict(self._ticks)
        return [words.get(value, "") for value in values]


def label_rooms(places: Sequence[float], widths: Sequence[float], end: float) -> list[tuple[int, float]]:
    """On which side of its line each label stands, and how much room it has there: labels never lie over another.

    A label stands behind its line, up to the next one. The last stands before it, where it is whole there only.

    Args:
        places: of the lines, in pixels from the left, in their order.
        widths: that the labels need, in pixels.
        end: the right end of the chart, in pixels.

    Returns:
        For each 0 (behind the line) or 1 (before it), and the room in pixels.
    """
    found: list[tuple[int, float]] = []
    free = 0.0  # where the label before ends
    for number, (place, width) in enumerate(zip(places, widths, strict=True)):
        last = number == len(places) - 1
        behind, before = (end if last else places[number + 1]) - place, place - free
        if last and behind < width <= before:
            found.append((1, before))
        else:
            found.append((0, max(behind, 0.0)))
            free = place + min(width, behind)
    return found


class Chart(pg.PlotWidget):
    """``show_lines`` draws; ``hovered`` tells the epoch under the pointer (NaN when it left), ``clicked`` where.

    ``rises``: its lines end at the top, as those of an accuracy do, so that the words of marks stand at the bottom.
    """

    hovered = Signal(float)
    clicked = Signal(float)
    _pixels = 0.0  # device pixels per pixel while the chart is drawn into a picture; 0 on the screen
    _lines: Sequence[Line] = ()  # class attributes, because pyqtgraph's constructor calls resizeEvent before ours ends

    def __init__(self, name: str, parent: QWidget | None = None, *, rises: bool = False) -> None:
        self._rises = rises
        self._left, self._bottom = Axis("left"), Axis("bottom")
        super().__init__(parent, axisItems={"left": self._left, "bottom": self._bottom})
        self.setAccessibleName(name)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setContentsMargins(0, 4, 8, 0)
        box = plot.getViewBox()
        box.setMouseEnabled(False, False)
        box.disableAutoRange()
        box.setDefaultPadding(0)
        self.setMinimumSize(120, 90)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseTracking(True)
        # in the corner under the left axis, which is free
        self._unit = QGraphicsSimpleTextItem(self.tr("epoch"), self._bottom)
        self._area = PlotArea()
        plot.addItem(self._area)
        self._items: list[tuple[pg.PlotCurveItem, pg.PlotCurveItem, pg.PlotCurveItem, Points]] = []
        self._best = Points(size=RING, pxMode=True)
        self._on_pad = Points(size=9, pxMode=True, symbol="t1")
        self._on_pad_epoch = 0
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.hide()
        for item in (self._best, self._on_pad, self._hair):
            plot.addItem(item)
        self._marks: list[pg.InfiniteLine] = []
        self.getPlotItem().getViewBox().sigResized.connect(self._word_marks)
        self._marked: tuple[tuple[float, str], ...] = ()
        self._log = False
        self._bounds = (0.0, 0.0, 0.0, 0.0)  # none yet
        box.sigResized.connect(self._fit)
        theme.theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top; bottom and top are exponents of ten on a log scale."""
        return self._bounds

    def show_lines(
        self, lines: Sequence[Line], *, epochs: int, bottom: float, top: float, log: bool, on_pad: int = 0
    ) -> None:
        """Draws runs.

        Args:
            lines: the last one lies over the others.
            epochs: where the bottom axis ends.
            bottom, top: the range of the left axis; exponents of ten where ``log``.
            log: whether the left axis is logarithmic.
            on_pad: the epoch of the last run that the pad answers with, 0 for none.
        """
        self._lines, self._log, self._on_pad_epoch = lines, log, on_pad
        wanted = (0.0, float(max(epochs, 1)), bottom, top)
        if wanted != self._bounds:
            self._bounds = wanted
            self._left.set_ticks(series.log_ticks(bottom, top) if log else series.linear_ticks(bottom, top))
            self._bottom.set_ticks(series.epoch_ticks(max(epochs, 1)))
            self._fit()
        self._match_items(len(lines))
        for items, line in zip(self._items, lines, strict=True):
            self._draw(items, line)
        self._mark_best()
        self._mark_pad()
        self._mark_changes(lines[-1].marks if lines else ())

    def _mark_changes(self, marks: tuple[tuple[float, str], ...]) -> None:
        """A dashed line with its words at each place where something was changed."""
        marks = tuple(sorted(marks))
        if marks == self._marked:
            return
        self._marked = marks
        plot = self.getPlotItem()
        for line in self._marks:
            plot.removeItem(line)
        colors = theme.now()
        style = {
            "color": colors.second,
            "movable": False,
            "position": 0.14 if self._rises else 0.94,  # above the mark of the pad's epoch, on the bottom axis
            "fill": colors.panel,
        }
        self._marks = []
        for place, _ in marks:
            pen = _pen(colors.color("second"), self._pen_scale(), dashed=True)
            line = pg.InfiniteLine(pos=place, angle=90, movable=False, pen=pen, label="", labelOpts=style)
            line.label.setFont(theme.font(theme.SMALL))
            line.setZValue(len(self._items) + 0.5)  # painted above the lines, but hides no point
            plot.addItem(line)
            self._marks.append(line)
        self._word_marks()

    def _word_marks(self, *_: object) -> None:
        """Writes the words of each mark beside its line, in the room up to the next."""
        box = self.getPlotItem().getViewBox()
        left, right = box.viewRange()[0]
        scale = box.width() / (right - left) if right > left else 0.0
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        words = [f" {text} " for _, text in self._marked]
        widths = [metrics.horizontalAdvance(text) + 2 * LABEL_MARGIN for text in words]
        places = [(place - left) * scale for place, _ in self._marked]
        for line, text, (side, room) in zip(self._marks, words, label_rooms(places, widths, box.width()), strict=True):
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room - 2 * LABEL_MARGIN)
            shown = shown if len(shown) > 3 else ""  # an ellipsis alone says nothing
            line.label.anchors = [(side, 0.5), (side, 0.5)]
            line.label.setVisible(bool(shown))
            line.label.setFormat(shown.replace("{", "{{").replace("}", "}}"))  # a layer may be called so

    def _fit(self) -> None:
        """Shows the bounds with a margin around them, for points and words at the very edge."""
        left, right, bottom, top = self._bounds
        if left == right:
            return
        box = self.getPlotItem().getViewBox()
        aside = (right - left) * EDGE / max(box.width() - 2 * EDGE, 1.0)
        room = (top - bottom) * max(EDGE / max(box.height() - 2 * EDGE, 1.0), MARGIN)
        # Half a line's width more, so that a line along the edge is whole.
        half = (top - bottom) / max(box.height(), 1.0)
        self._area.set_area(QRectF(left, bottom - half, right - left + aside, top - bottom + 2 * half))
        box.setRange(
            xRange=(left - aside, right + aside), yRange=(bottom - room, top + room), padding=0, disableAutoRange=True
        )
        self._word_marks()

    def copy(self, width: int, height: int, scale: float) -> Chart:
        """A copy in another size, not shown, to be drawn into a picture. The caller deletes it."""
        made = Chart(self.accessibleName(), rises=self._rises)
        made.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        made.resize(width, height)
        made._pixels = scale
        made.show()
        left, right, bottom, top = self._bounds
        made.show_lines(self._lines, epochs=round(right - left), bottom=bottom, top=top, log=self._log)
        return made

    def set_hair(self, epoch: float) -> None:
        """Shows the cross-hair at ``epoch``; NaN hides it."""
        if np.isfinite(epoch):
            self._hair.setPos(epoch)
        self._hair.setVisible(bool(np.isfinite(epoch)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.hovered.emit(self._epoch_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self._epoch_at(event.position()))

    def _epoch_at(self, at: QPointF) -> float:
        """The position on the bottom axis, in epochs, of a point of this widget."""
        point: QPointF = self.getPlotItem().getViewBox().mapSceneToView(at)
        left, right = self._bounds[:2]
        return min(max(point.x(), left), right)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(float("nan"))

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()  # leave the wheel to the page, which scrolls

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._lines:
            for items, line in zip(self._items, self._lines, strict=True):
                self._draw(items, line)

    def _match_items(self, count: int) -> None:
        plot = self.getPlotItem()
        while len(self._items) < count:
            raw, smoothed, joined = (pg.PlotCurveItem(skipFiniteCheck=True) for _ in range(3))
            points = Points(size=8, pxMode=True)
            smoothed.opts["antialias"] = joined.opts["antialias"] = True
            for line in (raw, smoothed, joined):
                line.setParentItem(self._area)
            plot.addItem(points)
            self._items.append((raw, smoothed, joined, points))
        while len(self._items) > count:
            *lines, points = self._items.pop()
            plot.removeItem(points)
            for line in lines:
                self.scene().removeItem(line)
        for order, (*lines, points) in enumerate(self._items):
            for line in lines:
                line.setZValue(order)
            points.setZValue(count + 1 + order)
        self._best.setZValue(2 * count + 2)
        self._on_pad.setZValue(2 * count + 2)
        self._hair.setZValue(2 * count + 3)

    def _draw(
        self,
        items: tuple[pg.PlotCurveItem, pg.PlotCurveItem, pg.PlotCurveItem, Points],
        line: Line,
    ) -> None:
        raw, smoothed, joined, points = items
        # One column per pixel that the line covers: more values per pixel would paint a solid block.
        share = min(line.x[-1] / max(self._bounds[1], 1e-9), 1.0) if len(line.x) else 1.0
        columns = max(round((self.width() - 50) * share), 16)
        color = QColor(line.color)
        faint = QColor(color)
        faint.setAlpha(RAW_ALPHA)
        # Thinning before the logarithm is cheaper, and gives the same points because the logarithm keeps their order.
        x, y = (NOTHING, NOTHING) if line.quiet else series.envelope(line.x, line.raw, columns // 2)
        ratio = self._pen_scale()
        raw.setData(*self._finite(x, y), pen=_pen(faint, ratio))
        x, y = series.envelope(line.x, line.smoothed, columns // 4)
        smoothed.setData(*self._finite(x, y), pen=_pen(color, 2.0 * ratio))
        state = (line.points.tobytes(), line.color, line.quiet, self._bounds, self._log, ratio)
        if points.data_state != state:  # points change once an epoch and are slow to draw
            points.data_state = state
            self._draw_points(joined, points, line)

    def _draw_points(self, joined: pg.PlotCurveItem, points: Points, line: Line) -> None:
        color = QColor(line.color)
        (known,) = np.nonzero(np.isfinite(line.points))
        x, y = known + 1.0, self._scaled(line.points[known])
        joined.setData(x, y, pen=_pen(color, self._pen_scale(), dashed=True))
        # Smaller points where there are many epochs, or they would cover the line.
        size = 8 if self._bounds[1] * 10 < self.width() else 4
        points.setData(x, y, brush=QBrush(color), pen=QPen(Qt.PenStyle.NoPen), size=size)

    def _mark_best(self) -> None:
        line = self._lines[-1] if self._lines else None
        marked: tuple[float, float] | None = None
        if line is not None and 0 < line.best <= len(line.points) and np.isfinite(line.points[line.best - 1]):
            marked = (float(line.best), float(self._scaled(line.points[line.best - 1 : line.best])[0]))
        if self._best.data_state == marked:
            return
        self._best.data_state = marked
        x, y = ([marked[0]], [marked[1]]) if marked else ([], [])
        self._best.setData(x, y, brush=QBrush(Qt.BrushStyle.NoBrush), pen=_pen(theme.now().color("text"), 1.5))

    def _mark_pad(self) -> None:
        """A triangle on the bottom axis."""
        state = (self._on_pad_epoch, self._bounds)
        if self._on_pad.data_state == state:
            return
        self._on_pad.data_state = state
        x = [float(self._on_pad_epoch)] if self._on_pad_epoch else []
        brush = QBrush(theme.now().color("accent"))
        self._on_pad.setData(x, [self._bounds[2]] * len(x), brush=brush, pen=QPen(Qt.PenStyle.NoPen))

    def _pen_scale(self) -> float:
        return self._pixels or self.devicePixelRatioF()

    def _finite(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scaled values without NaN and infinity, in which a failed training ends."""
        good = np.isfinite(y)
        return x[good], self._scaled(y[good])

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        """Values in the units of the axis: exponents on a log scale. Values outside the range stay outside."""
        drawn = series.log(values) if self._log else np.asarray(values, np.float64)
        bottom, top = self._bounds[2:]
        far = FAR * (top - bottom)
        return np.clip(drawn, bottom - far, top + far)

    def _restyle(self) -> None:
        self._best.data_state = self._on_pad.data_state = ()
        marks, self._marked = self._marked, ()
        self._mark_changes(marks)
        colors = theme.now()
        self.setBackground(colors.panel)
        for axis in (self._left, self._bottom):
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(colors.quiet)
            axis.setZValue(-1000)  # its thin lines lie under the curves
            axis.setTickFont(theme.font(theme.SMALL, tabular=True))
            axis.fit_zoom()
        self._unit.setFont(theme.font(theme.SMALL))
        self._unit.setBrush(colors.color("quiet"))
        self._unit.setPos(-self._unit.boundingRect().width() - UNIT_GAP, TICK_OFFSET)
        self._left.setTickPen(_pen(colors.color("line"), 1))
        self._left.setGrid(255)
        self._bottom.setTickPen(_pen(colors.color("panel"), 1))  # invisible: pyqtgraph draws a dot even for length 0
        self._hair.setPen(_pen(colors.color("quiet"), 1))


def _pen(color: QColor, width: float, *, dashed: bool = False) -> QPen:
    """A pen whose width is in pixels of the screen, whatever the scale of the axes."""
    pen = QPen(color, width)
    pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([3, 3])
    return pen
