"""A panel for one chart: heading, the run's title, and a legend."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.train.curves.chart import Chart
from gui.train.curves.legend import Legend
from gui.widgets import ElidedLabel, Panel


class CurvePanel(Panel):
    """One of the two charts with its legend, which turns into the values under the pointer."""

    def __init__(self, heading: str, column: int, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.column = column
        self.chart: Chart | None = None
        self.legend = Legend(self)
        self.title = ElidedLabel(look="small")
        self.title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.insertWidget(1, self.title, 10)
        self.head.setStretch(2, 0)
        self.heading.setMinimumHeight(theme.CONTROL_HEIGHT - theme.TIGHT)  # with a tool beside it or without
        self.body.addWidget(self.legend)
        self.body.setSpacing(theme.TIGHT)

    def build(self) -> Chart:
        self.chart = Chart(self.heading.text(), self)
        self.body.addWidget(self.chart, 1)
        return self.chart
