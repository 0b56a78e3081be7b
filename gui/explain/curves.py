"""Deletion and insertion as curves: the class's probability while pixels are removed, and while they are added."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui import theme
from nets.explain.faithfulness import Faithfulness

LEFT, BOTTOM, TOP, BETWEEN = 38, 34, 34, 26


class FaithfulnessCurves(QWidget):
    """Two small charts, side by side or one above the other, depending on the room. Dashed: pixels in random order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Faithfulness | None = None
        self._target = ""
        self.setMinimumHeight(120)
        theme.theme.changed.connect(self.update)

    def set_found(self, found: Faithfulness | None, target: str) -> None:
        self._found, self._target = found, target
        if found is not None:
            self.setAccessibleName(
                self.tr("Deletion, area {0:.2f}; insertion, area {1:.2f}").format(
                    found.area("deletion"), found.area("insertion")
                )
            )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(150))

    def _is_across(self) -> bool:
        return self.width() >= self.height()

    def _chart_width(self) -> float:
        return (self.width() - theme.px(BETWEEN)) / 2 if self._is_across() else self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        found = self._found
        if found is None:
            return
        painter = QPainter(self)
        between = theme.px(BETWEEN)
        across, width = self._is_across(), self._chart_width()
        height = self.height() if across else (self.height() - between) / 2
        deleted = self.tr("Deletion: marked pixels go first")
        inserted = self.tr("Insertion: marked pixels come first")
        rows = (
            (deleted, self.tr("gone"), "deletion", found.deletion, found.random_deletion),
            (inserted, self.tr("back"), "insertion", found.insertion, found.random_insertion),
        )
        for number, (title, doing, name, own, other) in enumerate(rows):
            area = QRectF(0, 0, width, height)
            area.translate(*((number * (width + between), 0) if across else (0, number * (height + between))))
            areas = found.area(name), found.area(f"random_{name}")
            words = (title, self.tr("100 % of {0:,} pixels {1}").format(found.pixels, doing))
            self._paint_chart(painter, area, words, found.shares, own, other, areas)

    def _paint_chart(
        self,
        painter: QPainter,
        whole: QRectF,
        words: tuple[str, str],
        shares: np.ndarray,
        own: np.ndarray,
        other: np.ndarray,
        areas: tuple[float, float],
    ) -> None:
        colors, px = theme.now(), theme.px
        area = whole.adjusted(px(LEFT), px(TOP), -4, -px(BOTTOM))
        painter.setFont(theme.font(theme.SMALL))
        height = painter.fontMetrics().height()
        painter.setPen(colors.color("quiet"))
        title = painter.fontMetrics().elidedText(words[0], Qt.TextElideMode.ElideRight, int(whole.width()))
        painter.setPen(colors.color("text"))
        painter.drawText(QRectF(whole.left(), whole.top(), whole.width(), height), Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(colors.color("quiet"))
        axis = self.tr("probability of {0}").format(self._target)
        axis = painter.fontMetrics().elidedText(axis, Qt.TextElideMode.ElideRight, int(whole.width()))
        painter.drawText(
            QRectF(whole.left(), whole.top() + height, whole.width(), height), Qt.AlignmentFlag.AlignLeft, axis
        )
        painter.setPen(colors.color("line"))
        painter.drawRect(area)
        painter.setPen(colors.color("quiet"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for share in (0.0, 1.0):
            y = area.bottom() - share * area.height()
            box = QRectF(
                whole.left(), min(max(y - height / 2, area.top() - 2), area.bottom() - height + 4), px(LEFT) - 5, height
            )
            painter.drawText(box, right, f"{100 * share:.0f} %")
        below = QRectF(area.left(), area.bottom() + 2, area.width(), height)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), "0 %")
        painter.drawText(below, right, words[1])
        self._paint_legend(painter, below.translated(whole.left() - area.left(), height), areas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._line(painter, area, shares, other, QPen(colors.color("quiet"), 1.2, Qt.PenStyle.DashLine))
        self._line(painter, area, shares, own, QPen(QColor(colors.color("accent")), 2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_legend(self, painter: QPainter, place: QRectF, areas: tuple[float, float]) -> None:
        """The meaning of each line, and the area below it."""
        colors, left = theme.now(), place.left()
        metrics, dash = painter.fontMetrics(), theme.px(16)
        pens = (
            (QPen(QColor(colors.color("accent")), 2), "text"),
            (QPen(colors.color("quiet"), 1.2, Qt.PenStyle.DashLine), "quiet"),
        )
        whole = self.tr("as marked: area {0:.2f}").format(areas[0]), self.tr("random: {0:.2f}").format(areas[1])
        short = self.tr("marked {0:.2f}").format(areas[0]), self.tr("random {0:.2f}").format(areas[1])
        taken = 2 * dash + theme.px(20) + sum(map(metrics.horizontalAdvance, whole))
        texts = whole if taken <= self._chart_width() else short
        for (pen, color), text in zip(pens, texts, strict=True):
            middle = place.center().y()
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + dash, middle))
            painter.setPen(colors.color(color))
            left += dash + 4
            painter.drawText(QRectF(left, place.top(), place.width(), place.height()), Qt.AlignmentFlag.AlignLeft, text)
            left += metrics.horizontalAdvance(text) + theme.px(12)

    def _line(self, painter: QPainter, area: QRectF, shares: np.ndarray, values: np.ndarray, pen: QPen) -> None:
        painter.setPen(pen)
        points = [
            QPointF(area.left() + float(x) * area.width(), area.bottom() - float(y) * area.height())
            for x, y in zip(shares, values, strict=True)
        ]
        painter.drawPolyline(QPolygonF(points))
