"""Probabilities twice: pale for the whole network, strong for the network with a lesion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.widgets.eliding import room_for

# as in the bars beside the pad: up to so many classes have fixed rows; of more, the most probable are listed
IN_PLACE = 12
MOST = 10
ROW = 24


class BeforeAfter(QWidget):
    """A row for each class; of many classes, those most probable before or after."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._before = self._after = np.zeros(0)
        self._waits = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 120)
        theme.theme.changed.connect(self.update)

    def set_values(self, labels: Sequence[str], before: np.ndarray, after: np.ndarray, *, waits: bool = False) -> None:
        """(classes,) probabilities, empty without a drawing, or with ``waits`` while they are computed."""
        self._labels, self._before, self._after = tuple(labels), before, after
        self._waits = waits
        self.update()

    @property
    def words(self) -> str:
        """What stands there in place of the bars."""
        if not self._labels:
            return self.tr("This network does not tell classes apart: its maps follow, bars it has none.")
        return self.tr("Computing …") if self._waits else self.tr("Draw or open a picture: its bars appear here.")

    def rows(self) -> np.ndarray:
        """The classes that are shown, in the order of the bars beside the pad: those of the whole network."""
        if len(self._labels) <= IN_PLACE:
            return np.arange(len(self._labels))
        most = np.argsort(-np.maximum(self._before, self._after), kind="stable")[:MOST]
        return most[np.argsort(-self._before[most], kind="stable")]

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(ROW * MOST))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme.now()
        if not len(self._before):
            painter.setPen(colors.color("quiet"))
            painter.drawText(
                self.rect(),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                self.words,
            )
            return
        rows = self.rows()
        height = min(theme.px(ROW), self.height() / len(rows))
        font = theme.font(theme.SMALL, tabular=True)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        names = min(room_for((self._labels[row] for row in rows), metrics), self.width() // 3) + 8
        number = metrics.horizontalAdvance("100.0 %") + 6
        room = self.width() - names - number
        best = int(self._after.argmax())
        for place, row in enumerate(rows):
            top = place * height
            painter.setPen(colors.color("text"))
            shown = metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideRight, names - 6)
            painter.drawText(QRectF(0, top, names, height), int(Qt.AlignmentFlag.AlignVCenter), shown)
            thick = max(3.0, height / 2 - 3)
            painter.fillRect(
                QRectF(names, top + 2, room * float(self._before[row]), thick),
                _pale(colors.color("quiet")),
            )
            role = "accent" if row == best else "second"
            painter.fillRect(
                QRectF(names, top + 2 + thick, max(1.0, room * float(self._after[row])), thick), colors.color(role)
            )
            painter.drawText(
                QRectF(names + room, top, number, height),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                f"{100 * float(self._after[row]):.1f} %",
            )


def _pale(color: QColor) -> QColor:
    color.setAlphaF(0.5)
    return color
