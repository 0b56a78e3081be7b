"""The curves of the compared runs, laid over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gui import theme
from gui.compare.view import ComparisonView
from gui.paint import series
from gui.paint.chart import Chart, Line
from gui.paint.legend import Entry, Legend
from gui.paint.run_curves import RunCurves
from gui.widgets import StateView, label

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison


class CurvesView(ComparisonView):
    """Loss and accuracy: thin lines of the batches, points of the validation images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: list[tuple[RunCurves, int]] = []
        self._epochs: dict[str, list[int | str]] = {}  # by run, the epochs that are compared
        self._without = ""  # the models without curves
        self.legend = Legend()
        self.legend.setFixedHeight(theme.px(theme.SMALL + 6))
        self.loss, self.accuracy = Chart(self.tr("Loss")), Chart(self.tr("Accuracy"), rises=True)
        self.state = StateView()
        self.hovered = label("", "small")
        charts = QWidget()
        sides = QHBoxLayout()
        sides.setSpacing(theme.GUTTER)
        for chart, words in ((self.loss, self.tr("Loss, log scale")), (self.accuracy, self.tr("Accuracy"))):
            column = QVBoxLayout()
            column.setSpacing(theme.TIGHT)
            column.addWidget(label(words, "heading"))
            column.addWidget(chart, 1)
            sides.addLayout(column, 1)
            chart.hovered.connect(self._on_hover)
            chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QVBoxLayout(charts)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.TIGHT)
        inside.addWidget(self.legend)
        inside.addLayout(sides, 1)
        inside.addWidget(self.hovered)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(charts)
        self._stack.addWidget(self.state)
        theme.theme.changed.connect(self._draw)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        runs: dict[str, tuple[RunCurves, int]] = {}
        self._epochs = {}
        for number, row in enumerate(found.rows):
            if row.run is None:
                continue
            runs.setdefault(row.run.id, (RunCurves.of(row.run), number))  # two epochs of one run share a curve
            self._epochs.setdefault(row.run.id, []).append(row.ref.epoch)
        self.runs = list(runs.values())
        without = [row.title for row in found.rows if row.run is None]
        self._without = self.tr("no curves, as no run here: {0}").format(", ".join(without)) if without else ""
        self._draw()

    def _draw(self) -> None:
        if not self.runs:
            self.state.empty(
                self.tr("No curves"),
                self.tr("Only runs have curves: add runs that were trained here, and press Compare."),
                icon="chart-line",
            )
            self._stack.setCurrentWidget(self.state)
            return
        self._stack.setCurrentIndex(0)
        colors = theme.now().runs
        entries = [Entry("dot", colors[number % len(colors)], self.words_of(curves)) for curves, number in self.runs]
        self.hovered.setText(self._without)
        # First, so that it has room: the runs' names stand in the list of models, too, in the same colours.
        self.legend.show_entries([Entry("points", theme.now().quiet, self.tr("validation images")), *entries])
        epochs = max(curves.horizon for curves, _ in self.runs)
        losses, accuracies = self._lines(0), self._lines(1)
        values = np.concatenate([np.concatenate((line.points, line.smoothed)) for line in losses])
        low, high = series.log_range(values)
        self.loss.show_lines(losses, epochs=epochs, bottom=low, top=high, log=True)
        smoothed = np.concatenate([line.smoothed for line in accuracies])
        points = np.concatenate([line.points for line in accuracies])
        low, high = series.accuracy_range(smoothed, points[np.isfinite(points)])
        self.accuracy.show_lines(accuracies, epochs=epochs, bottom=low, top=high, log=False)

    def words_of(self, curves: RunCurves) -> str:
        """The run, and which of its epochs are compared."""
        epochs = self._epochs.get(curves.run, [])
        words = self.tr("{0} · epoch {1}") if len(epochs) == 1 else self.tr("{0} · epochs {1}")
        return words.format(curves.title, ", ".join(map(str, epochs)))

    def _lines(self, column: int) -> list[Line]:
        """Column 0 is the loss, 1 the accuracy."""
        colors = theme.now().runs
        made = []
        for curves, number in self.runs:
            values = (curves.loss, curves.accuracy)[column]
            smoothed = series.smooth(values, curves.window)
            color = colors[number % len(colors)]
            points = curves.validation[:, column]
            made.append(Line(curves.x, values, smoothed, points, color, quiet=True))
        return made

    def _on_hover(self, epoch: float) -> None:
        """The values of each run at the epoch under the pointer."""
        for chart in (self.loss, self.accuracy):
            chart.set_hair(epoch)
        if not np.isfinite(epoch):
            self.hovered.setText(self._without)
            return
        number = max(round(epoch), 1)
        parts = []
        for curves, _ in self.runs:
            if number <= curves.done:
                loss, accuracy = curves.validation[number - 1]
                if np.isfinite(accuracy):
                    parts.append(f"{curves.title}: {loss:.4f}, {100 * accuracy:.2f} %")
        words = self.tr("epoch {0}, validation images: {1}")
        self.hovered.setText(words.format(number, " · ".join(parts)) if parts else "")
