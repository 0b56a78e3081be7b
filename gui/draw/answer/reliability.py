"""The reliability diagram: how often answers of each probability were right."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme
from nets.trust.calibration import Reliability

LEFT, BOTTOM, TOP = 44, 34, 6
FEW = 10  # images in a bar below which it is drawn pale: a share of so few says little


class ReliabilityDiagram(QWidget):
    """Bars of the share that was right over the probability; on the line both are equal. Pale: of few images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Reliability | None = None
        self.setFixedHeight(theme.px(170))
        theme.theme.changed.connect(self.update)

    def set_reliability(self, found: Reliability) -> None:
        self._found = found
        self.setAccessibleName(
            self.tr("Reliability diagram of {0:,} images, error {1:.2f} %").format(found.images, 100 * found.error)
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(340), theme.px(170))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._found is None:
            return
        painter, colors = QPainter(self), theme.now()
        px = theme.px
        area = QRectF(px(LEFT), px(TOP), self.width() - px(LEFT) - px(10), self.height() - px(BOTTOM) - px(TOP))
        painter.setFont(theme.font(theme.SMALL))
        self._paint_axes(painter, area)
        rows = self._found.bins
        width = area.width() / len(rows)
        for number, row in enumerate(rows):
            if not row.images:
                continue
            color = colors.color("accent")
            color.setAlphaF(0.9 if row.images >= FEW else 0.3)
            height = row.right * area.height()
            painter.fillRect(QRectF(area.left() + number * width + 1, area.bottom() - height, width - 2, height), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("second"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(area.bottomLeft(), area.topRight()))

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        colors = theme.now()
        painter.setPen(colors.color("line"))
        painter.drawRect(area)
        painter.setPen(colors.color("quiet"))
        height = painter.fontMetrics().height()
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            box = QRectF(0, min(max(y - height / 2, 0), self.height() - height), area.left() - 6, height)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{100 * share:.0f} %"
            )
            x = area.left() + share * area.width()
            left = min(x - 30, self.width() - 60)
            painter.drawText(
                QRectF(left, area.bottom() + 2, 60, height), int(Qt.AlignmentFlag.AlignHCenter), f"{100 * share:.0f} %"
            )
        words = self.tr("probability (across) and share that was right (up)")
        box = QRectF(area.left(), area.bottom() + height + 1, area.width(), height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), words)
