"""The reliability diagram: how often answers of each probability were right."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme
from nets.trust.calibration import Reliability

HEIGHT = 202
LEFT, RIGHT, BOTTOM, TOP = 60, 18, 36, 24  # margins of the plot, with the key and the names of the axes
LINE = 16  # of the key
FEW = 10  # fewer images than this make a bar pale: their share says little
PALE = 0.3


class ReliabilityDiagram(QWidget):
    """For each range of probability, the share of answers that were right; on the line both are equal.

    Bars of few images are pale.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Reliability | None = None
        self.setFixedHeight(theme.px(HEIGHT))
        theme.theme.changed.connect(self.update)

    def set_reliability(self, found: Reliability) -> None:
        self._found = found
        self.setAccessibleName(
            self.tr("Reliability diagram of {0:,} images, error {1:.2f} %").format(found.images, 100 * found.error)
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(340), theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._found is None:
            return
        painter, colors = QPainter(self), theme.now()
        px = theme.px
        area = QRectF(px(LEFT), px(TOP), self.width() - px(LEFT) - px(RIGHT), self.height() - px(BOTTOM) - px(TOP))
        painter.setFont(theme.font(theme.SMALL))
        self._paint_axes(painter, area)
        rows = self._found.bins
        width = area.width() / len(rows)
        for number, row in enumerate(rows):
            if not row.images:
                continue
            color = colors.color("accent")
            color.setAlphaF(0.9 if row.images >= FEW else PALE)
            height = row.right * area.height()
            painter.fillRect(QRectF(area.left() + number * width + 1, area.bottom() - height, width - 2, height), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("second"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(area.bottomLeft(), area.topRight()))
        self._paint_key(painter, area)

    def _paint_key(self, painter: QPainter, area: QRectF) -> None:
        """Above the plot: inside, a network that is seldom sure has its bars where the words would be."""
        colors, px, metrics = theme.now(), theme.px, painter.fontMetrics()
        middle, left = px(LINE) / 2, 0.0
        pale = colors.color("accent")
        pale.setAlphaF(PALE)
        for words in (self.tr("as it should be"), self.tr("of fewer than {0} images").format(FEW)):
            if left == 0:
                painter.drawLine(QLineF(left, middle, left + px(18), middle))
            else:
                painter.fillRect(QRectF(left + px(4), middle - px(5), px(10), px(10)), pale)
            painter.save()
            painter.setPen(colors.color("quiet"))
            place = QRectF(left + px(22), 0, metrics.horizontalAdvance(words) + 2, px(LINE))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)
            painter.restore()
            left = place.right() + px(12)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        colors = theme.now()
        painter.setPen(colors.color("line"))
        painter.drawRect(area)
        painter.setPen(colors.color("quiet"))
        height = painter.fontMetrics().height()
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            top = min(max(y - height / 2, 0), area.bottom() - height + 2)  # "0 %" of both axes would lie on each other
            box = QRectF(0, top, area.left() - 6, height)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{100 * share:.0f} %"
            )
            x = area.left() + share * area.width()
            left = min(x - 30, self.width() - 60)
            painter.drawText(
                QRectF(left, area.bottom() + 2, 60, height), int(Qt.AlignmentFlag.AlignHCenter), f"{100 * share:.0f} %"
            )
        middle = int(Qt.AlignmentFlag.AlignHCenter)
        below = QRectF(area.left(), area.bottom() + height + 3, area.width(), height)
        painter.drawText(below, middle, self.tr("calibrated probability of the answer"))
        painter.save()
        painter.translate(0, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-self.height() / 2, 0, self.height(), height), middle, self.tr("share that was right"))
        painter.restore()
