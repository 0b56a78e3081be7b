"""Accuracy over operations: each model is a disc whose area is its number of parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from gui import theme
from gui.compare.view import ComparisonView
from gui.paint import series
from nets.experiments.words import count_words

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Compared, Comparison

LARGEST, SMALLEST = 44.0, 5.0  # radii in pixels
LEFT, BOTTOM, TOP, RIGHT = 64, 48, 40, 24  # margins around the plot, in pixels


@dataclass(frozen=True)
class Disc:
    """A model in the plot.

    x, y, low, high: position and interval as shares of the plot's width and height, from the lower left. radius: in
    pixels. number: of the model.
    """

    number: int
    x: float
    y: float
    low: float
    high: float
    radius: float


@dataclass(frozen=True)
class Axes:
    """The ranges of the axes: x as exponents of ten of multiply-adds, y as shares of right answers; ticks as (share,
    text).
    """

    x: tuple[tuple[float, str], ...]
    y: tuple[tuple[float, str], ...]


def lay_out(rows: Sequence[Compared]) -> tuple[Axes, list[Disc]]:
    """The discs of the models whose accuracy is known, and the ticks of both axes, in shares of the plot.

    Half a decade is left free at both ends of the operations; the accuracies span the intervals and a tenth more.
    """
    known = [(number, row) for number, row in enumerate(rows) if row.accuracy is not None and row.costs.multiply_adds]
    if not known:
        return Axes((), ()), []
    logs = [math.log10(row.costs.multiply_adds) for _, row in known]
    left, right = min(logs) - 0.5, max(logs) + 0.5
    intervals = [row.accuracy.interval() for _, row in known if row.accuracy is not None]
    low, high = min(a for a, _ in intervals), max(b for _, b in intervals)
    margin = 0.15 * max(high - low, 0.002)
    bottom, top = max(low - margin, 0.0), min(high + margin, 1.0)

    def share(value: float, first: float, last: float) -> float:
        return (value - first) / (last - first)

    most = max(row.costs.parameters for _, row in known) or 1
    discs = []
    for (number, row), place, (a, b) in zip(known, logs, intervals, strict=True):
        assert row.accuracy is not None
        radius = max(LARGEST * math.sqrt(row.costs.parameters / most), SMALLEST)
        y, y_low, y_high = (share(value, bottom, top) for value in (row.accuracy.share, a, b))
        discs.append(Disc(number, share(place, left, right), y, y_low, y_high, radius))
    exponents = range(math.ceil(left), math.floor(right) + 1)
    decades = [(share(exponent, left, right), power_words(exponent)) for exponent in exponents]
    ticks = series.linear_ticks(100 * bottom, 100 * top, 6)
    return Axes(tuple(decades), tuple((share(v / 100, bottom, top), f"{words} %") for v, words in ticks)), discs


def power_words(exponent: int) -> str:
    """A power of ten as "1,000", "10 million", "1 billion"."""
    size, name = next(((s, n) for s, n in ((9, " billion"), (6, " million")) if exponent >= s), (0, ""))
    return f"{10 ** (exponent - size):,}{name}"


class PlotView(ComparisonView):
    """Paints the discs with their names; larger discs lie below smaller ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Compared] = ()
        self._datasets: tuple[str, ...] = ()  # the data set of the accuracies
        self.axes, self.discs = lay_out(())
        self.setAccessibleName(self.tr("Accuracy over operations"))
        theme.theme.changed.connect(self.update)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        self._rows = found.rows
        self._datasets = tuple(dict.fromkeys(row.measured_on for row in found.rows if row.accuracy is not None))
        self.axes, self.discs = lay_out(found.rows)
        self.update()

    @property
    def area(self) -> QRectF:
        """The rectangle for the centres of the discs, with a margin for discs that extend beyond it."""
        whole = QRectF(self.rect()).adjusted(theme.px(LEFT), theme.px(TOP), -theme.px(RIGHT), -theme.px(BOTTOM))
        over = max((theme.px(disc.radius) - (1 - disc.y) * whole.height() for disc in self.discs), default=0.0)
        under = max((theme.px(disc.radius) - disc.y * whole.height() for disc in self.discs), default=0.0)
        return whole.adjusted(0, max(over, 0.0), 0, -max(under, 0.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.now()
        if not self.discs:
            painter.setPen(colors.color("quiet"))
            words = self.tr("No accuracy was measured: choose data whose classes the models know, and press Compare.")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), words)
            return
        self._paint_axes(painter, colors)
        for disc in sorted(self.discs, key=lambda disc: -disc.radius):
            self._paint_disc(painter, colors, disc)
        self._paint_names(painter, colors)

    def at(self, disc: Disc) -> QPointF:
        area = self.area
        return QPointF(area.left() + disc.x * area.width(), area.bottom() - disc.y * area.height())

    def _paint_axes(self, painter: QPainter, colors: theme.Palette) -> None:
        area = self.area
        painter.setFont(theme.font(theme.SMALL, tabular=True))
        line = painter.fontMetrics().height()
        for share, words in self.axes.y:
            y = area.bottom() - share * area.height()
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(colors.color("quiet"))
            place = QRectF(0, y - line / 2, area.left() - theme.GAP, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        for share, words in self.axes.x:
            x = area.left() + share * area.width()
            painter.setPen(QPen(colors.color("line"), 1))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.top()))
            painter.setPen(colors.color("quiet"))
            place = QRectF(x - 60, area.bottom() + theme.TIGHT, 120, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
        below = QRectF(area.left(), self.height() - line - theme.TIGHT, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.tr("multiply-adds for one image (log scale)"))
        above = QRectF(0, 0, self.width(), line)
        words = self.tr("right, of the test images of {0}; bars: 95 % interval; area: parameters").format(
            " · ".join(self._datasets)
        )
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, words)
        if missing := [row.title for row in self._rows if row.accuracy is None]:
            words = self.tr("not measured: {0}").format(", ".join(missing))
            painter.drawText(above.translated(0, line + 2), Qt.AlignmentFlag.AlignLeft, words)

    def _paint_disc(self, painter: QPainter, colors: theme.Palette, disc: Disc) -> None:
        area, middle = self.area, self.at(disc)
        color = QColor(colors.runs[disc.number % len(colors.runs)])
        soft = QColor(color)
        soft.setAlpha(70)
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(soft)
        painter.drawEllipse(middle, theme.px(disc.radius), theme.px(disc.radius))
        ends = [area.bottom() - share * area.height() for share in (disc.low, disc.high)]
        painter.drawLine(QPointF(middle.x(), ends[0]), QPointF(middle.x(), ends[1]))
        for y in ends:
            painter.drawLine(QPointF(middle.x() - 5, y), QPointF(middle.x() + 5, y))
        painter.setBrush(color)
        painter.drawEllipse(middle, 3, 3)

    def _paint_names(self, painter: QPainter, colors: theme.Palette) -> None:
        """To the right of each disc, or to the left if there is more room; moved down where two would overlap."""
        painter.setFont(theme.font(theme.TEXT))
        metrics = painter.fontMetrics()
        taken: list[QRectF] = []
        for disc in sorted(self.discs, key=lambda disc: -disc.y):
            row, middle = self._rows[disc.number], self.at(disc)
            words = self.words_of(row)
            away = theme.px(disc.radius) + theme.GAP
            left, right = middle.x() - away - self.area.left(), self.width() - middle.x() - away
            words = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, int(max(left, right)))
            width = metrics.horizontalAdvance(words) + 2
            x = middle.x() + away if width <= right or right >= left else middle.x() - away - width
            place = QRectF(x, middle.y() - metrics.height() / 2, width, metrics.height())
            while any(place.intersects(other) for other in taken):
                place.translate(0, metrics.height())
            taken.append(place)
            painter.setPen(QColor(colors.runs[disc.number % len(colors.runs)]))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)

    def words_of(self, row: Compared) -> str:
        """The text beside a disc; it says on which images an accuracy was measured, because others are not
        comparable.
        """
        words = self.tr("{0}: {1} parameters").format(row.title, count_words(row.costs.parameters))
        return f"{words} · {row.measured_on}" if len(self._datasets) > 1 else words

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """The numbers of the disc under the point, of the smallest if there are several."""
        for disc in sorted(self.discs, key=lambda disc: disc.radius):
            away = point - self.at(disc)
            if math.hypot(away.x(), away.y()) <= theme.px(disc.radius):
                row = self._rows[disc.number]
                assert row.accuracy is not None
                return self.tr("{0}\n{1} right of {5} ({2})\n{3} multiply-adds, {4} parameters").format(
                    row.title,
                    row.accuracy.text(),
                    row.accuracy.interval_text(),
                    count_words(row.costs.multiply_adds),
                    count_words(row.costs.parameters),
                    row.measured_on,
                )
        return ""
