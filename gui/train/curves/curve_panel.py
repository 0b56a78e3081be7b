"""A panel for one chart with its legend."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.train.curves.chart import Chart
from gui.train.curves.legend import Legend
from gui.widgets import Panel


class CurvePanel(Panel):
    """A chart under its legend, which gives the values under the pointer while that is over a chart."""

    def __init__(self, heading: str, column: int, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.column = column
        self.chart: Chart | None = None
        self.legend = Legend(self)
        self.heading.setMinimumHeight(theme.CONTROL_HEIGHT - theme.TIGHT)  # with a tool beside it or without
        self.body.addWidget(self.legend)
        self.body.setSpacing(theme.TIGHT)

    def build(self) -> Chart:
        self.chart = Chart(self.heading.text(), self)
        self.body.addWidget(self.chart, 1)
        return self.chart
