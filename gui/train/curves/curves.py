"""Loss and accuracy over the epochs, live. The charts are made when there is something to draw.

pyqtgraph is imported with this file, on the window's thread after the first paint: imported in another thread, it
crashed the process about once in forty starts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QWidget

from gui import theme
from gui.paint import series
from gui.paint.chart import Chart, Line
from gui.paint.legend import Entry, Legend
from gui.paint.run_curves import RunCurves
from gui.paint.snapshot import save_image
from gui.settings import Settings
from gui.train.training_state import TrainingState
from gui.widgets import IconButton, Panel, StateView, button, set_menu
from gui.widgets.file_dialogs import ask_to_save
from gui.words import translated
from nets.errors import LensletError
from nets.runs.evaluation import Accuracy

PERIOD = 100  # milliseconds between two redraws while numbers come in
LOSS, ACCURACY = 0, 1
TOOL_HEIGHT = 24


class CurvePanel(Panel):
    """A chart under its legend; the legend shows the values under the pointer while it is over a chart."""

    def __init__(self, heading: str, column: int, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.column = column
        self.chart: Chart | None = None
        self.legend = Legend(self)
        self.heading.setMinimumHeight(theme.CONTROL_HEIGHT - theme.TIGHT)  # with or without a tool beside it
        self.body.addWidget(self.legend)
        self.body.setSpacing(theme.TIGHT)

    def build(self) -> Chart:
        self.chart = Chart(self.heading.text(), self, rises=self.column == ACCURACY)
        self.body.addWidget(self.chart, 1)
        return self.chart


class CurvesPanel(QWidget):
    """``show_curves`` and ``redraw_soon`` for the run in focus, ``lay_over`` for others. Redrawn ten times a second."""

    epoch_requested = Signal(str, int)  # use this epoch of this run on the pad
    numbers_requested = Signal(str, object)  # write the numbers of this run to this path
    message = Signal(str, str)  # a sentence for the status bar, and its level

    def __init__(self, parent: QWidget | None = None, *, settings: Settings | None = None) -> None:
        """``settings`` remembers the folders where pictures and numbers are saved."""
        super().__init__(parent)
        self._settings = settings
        self.focused: RunCurves | None = None
        self.overlays: list[tuple[RunCurves, int]] = []
        self.log = True
        self.redraws = 0
        self._training = False
        self._hovered = float("nan")
        self._on_pad = ("", 0)
        self._window = 1.0  # factor of the usual smoothing window
        self._stack = QStackedLayout(self)
        self._blank = Panel(parent=self)
        self.state = StateView(self._blank)
        self._blank.body.addWidget(self.state)
        self._stack.addWidget(self._blank)
        self._charts = QWidget(self)
        row = QHBoxLayout(self._charts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GUTTER)
        self.loss = CurvePanel(self.tr("Loss"), LOSS, self)
        self.accuracy = CurvePanel(self.tr("Accuracy"), ACCURACY, self)
        for panel in (self.loss, self.accuracy):
            row.addWidget(panel, 1)
        self._stack.addWidget(self._charts)
        self._add_tools()
        self._ended = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self.redraw)
        self._lines: dict[tuple[int, int], tuple[tuple[object, ...], Line]] = {}
        theme.theme.changed.connect(self._restyle)
        self.show_curves(None)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_curves(self, curves: RunCurves | None) -> None:
        """The run in focus; None: the empty state."""
        self.focused = curves
        self._refresh_state()
        self.redraw_soon()

    def lay_over(self, overlays: list[tuple[RunCurves, int]]) -> None:
        """Show other runs, each with the number of its colour in ``theme.now().runs``."""
        self.overlays = overlays
        self._refresh_state()
        self.redraw_soon()

    def show_training(self, state: TrainingState) -> None:
        """Set the text of the empty state: a training is starting, or there is none."""
        if state.running != self._training:
            self._training = state.running
            self._refresh_state()

    def show_pad(self, run: str, epoch: int) -> None:
        """Set the run and epoch that the pad answers with."""
        self._on_pad = (run, epoch)
        self.redraw_soon()

    @property
    def _pad_epoch(self) -> int:
        """The epoch of the run in focus that the pad answers with; 0 if it answers with another run."""
        run, epoch = self._on_pad
        return epoch if self.focused is not None and self.focused.run == run and epoch <= self.focused.done else 0

    def redraw_soon(self) -> None:
        """Redraw within PERIOD, however often this is called."""
        if not self._timer.isActive() and not self._ended:
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        self.redraw_soon()  # numbers that arrived while it was hidden, or another theme

    def finish(self) -> None:
        """Stop drawing, before the window closes."""
        self._ended = True
        self._timer.stop()

    def _shown(self) -> list[tuple[RunCurves, str, bool]]:
        """(curves, its colour, whether laid over) for each run; the one in focus last."""
        colors = theme.now()
        rows = []
        for curves, number in self.overlays:
            color = colors.runs[number % len(colors.runs)]
            if self.focused is None or curves.run != self.focused.run:
                rows.append((curves, color, True))
        if self.focused is not None:
            rows.append((self.focused, colors.accent, False))
        return rows

    def _refresh_state(self) -> None:
        if self.focused is None and not self.overlays:
            if self._training:
                self.state.busy(self.tr("Getting ready"), self.tr("The curves begin with the first batch."))
            else:
                self.state.empty(
                    self.tr("No curves yet"),
                    self.tr(
                        "Choose a network and a dataset above and press Train: its loss and accuracy are drawn here."
                    ),
                    icon="chart-line",
                )
            self._stack.setCurrentWidget(self._blank)
        else:
            if self.loss.chart is None:
                for panel in (self.loss, self.accuracy):
                    chart = panel.build()
                    chart.hovered.connect(self._on_hover)
                    chart.clicked.connect(self._on_click)
            self._stack.setCurrentWidget(self._charts)

    # --- drawing --------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draws both charts now."""
        if self.loss.chart is None or not self.isVisible():
            return
        shown = self._shown()
        self.redraws += 1
        epochs = max((curves.horizon for curves, *_ in shown), default=1)
        for panel in (self.loss, self.accuracy):
            assert panel.chart is not None
            lines = [self._line(panel.column, *row) for row in shown]
            log = self.log and panel.column == LOSS
            means = np.concatenate([curves.train[:, panel.column] for curves, *_ in shown] or [np.empty(0)])
            fewest = min((curves.held_out for curves, *_ in shown if curves.held_out), default=0)
            bottom, top = self._bounds(panel.column, lines, means, fewest)
            panel.chart.show_lines(lines, epochs=epochs, bottom=bottom, top=top, log=log, on_pad=self._pad_epoch)
        self._on_hover(self._hovered)

    def _bounds(self, column: int, lines: list[Line], means: np.ndarray, images: int) -> tuple[float, float]:
        """The range of the left axis.

        Args:
            column: LOSS or ACCURACY.
            lines: What is drawn.
            means: (epochs of all runs,) the training mean of each epoch.
            images: On how many the accuracies were measured, at least; 0: not known.
        """
        smoothed = np.concatenate([line.smoothed for line in lines] or [np.empty(0)])
        points = np.concatenate([line.points for line in lines] or [np.empty(0)])
        if column == ACCURACY:
            return series.accuracy_range(smoothed, points[np.isfinite(points)], images)
        if not self.log:
            return series.linear_range(np.concatenate((smoothed, points)))
        raw = lines[-1].raw if lines and not lines[-1].quiet else np.empty(0)
        return series.log_range(np.concatenate((points, means)), smoothed, raw)

    def _line(self, column: int, curves: RunCurves, color: str, quiet: bool) -> Line:
        state = (len(curves.x), curves.done, curves.best_epoch, color, quiet, self._window, curves.reached_marks)
        known = self._lines.get((id(curves), column))
        if known and known[0] == state:
            return known[1]
        raw = curves.loss if column == LOSS else curves.accuracy
        x, smoothed = curves.x, series.smooth(raw, round(curves.window * self._window))
        if not len(x):  # without the file of batches only the epochs' means are known
            x, smoothed = np.arange(1.0, curves.done + 1), curves.train[:, column]
        line = Line(
            x, raw, smoothed, curves.validation[:, column], color, curves.best_epoch, quiet, curves.reached_marks
        )
        self._lines = {key: found for key, found in self._lines.items() if key[0] in self._known_ids()}
        self._lines[id(curves), column] = (state, line)
        return line

    def _known_ids(self) -> set[int]:
        return {id(curves) for curves, *_ in self._shown()}

    def _restyle(self) -> None:
        self._lines.clear()
        self.redraw_soon()

    # --- values under the pointer ---------------------------------------------------------------------------

    def _on_hover(self, epoch: float) -> None:
        self._hovered = epoch
        for panel in (self.loss, self.accuracy):
            if panel.chart is not None:
                panel.chart.set_hair(epoch)
                still = self.names() if panel.column == LOSS else self.marks()
                panel.legend.show_entries(self.values_at(panel.column, epoch) if np.isfinite(epoch) else still)

    def epoch_near(self, epoch: float) -> int:
        """The finished epoch of the run in focus that a click at ``epoch`` selects; 0 if it has none yet."""
        if self.focused is None or not self.focused.done or not np.isfinite(epoch):
            return 0
        return min(max(round(epoch), 1), self.focused.done)

    def _on_click(self, epoch: float) -> None:
        taken = self.epoch_near(epoch)
        if self.focused is not None and taken:
            self.epoch_requested.emit(self.focused.run, taken)

    def names(self) -> list[Entry]:
        """The runs that are drawn, each in its colour, the one in focus first."""
        return [Entry("dot", color, curves.title) for curves, color, _ in reversed(self._shown())]

    def marks(self) -> list[Entry]:
        """What the marks mean. They are drawn in the colour of the run in focus, but apply to all runs."""
        if not self._shown():
            return []
        color = self._shown()[-1][1]
        entries = [Entry("line", color, self.tr("training")), Entry("points", color, self.tr("validation"))]
        if self.focused is not None and self.focused.best_epoch:
            words = self.tr("best, epoch {0}").format(self.focused.best_epoch)
            entries.append(Entry("ring", theme.now().text, words))
        if self._pad_epoch:
            entries.append(Entry("triangle", color, self.tr("on the pad, epoch {0}").format(self._pad_epoch)))
        return entries

    def values_at(self, column: int, epoch: float) -> list[Entry]:
        """The values of the charts at ``epoch``, the run in focus first: training, and validation after the
        last epoch.
        """
        entries = [Entry("", "", self.tr("epoch {0:.2f}").format(epoch))]
        for curves, color, over in reversed(self._shown()):
            line = self._line(column, curves, color, over)
            reached = len(line.x) and epoch <= line.x[-1] + 0.02
            at = min(int(np.searchsorted(line.x, epoch)), len(line.x) - 1)
            words = _figure(line.smoothed[at], column) if reached else "–"
            entries.append(Entry("dot" if over else "line", color, words))
            known = line.points[: int(epoch + 0.5)]
            if reached and len(known) and np.isfinite(known[-1]):
                measured = Accuracy.from_share(known[-1], curves.held_out) if column == ACCURACY else None
                words = measured.short() if measured is not None else _figure(known[-1], column)
                entries.append(Entry("points", color, words))
        taken = self.epoch_near(epoch)
        if taken:
            entries.append(Entry("ring", theme.now().text, self.tr("click: epoch {0} on the pad").format(taken)))
        return entries

    # --- tools ----------------------------------------------------------------------------------------------

    def _add_tools(self) -> None:
        self.log_switch = button(self.tr("log"), "plain", tip=self.tr("A logarithmic scale shows small losses too"))
        self.log_switch.setCheckable(True)
        self.log_switch.setFixedHeight(TOOL_HEIGHT)
        self.log_switch.setStyleSheet(f"min-height: {TOOL_HEIGHT - 2}px; padding: 0 {theme.GAP}px;")
        self.log_switch.setChecked(True)
        self.log_switch.toggled.connect(self.set_log)
        self.loss.add_tool(self.log_switch)
        self.more = IconButton("ellipsis", self.tr("Smoothing, and saving the curves"), look="plain")
        self.more.setFixedSize(TOOL_HEIGHT, TOOL_HEIGHT)
        self.more.setStyleSheet("min-height: 0; padding: 0;")
        self.accuracy.add_tool(self.more)
        menu = QMenu(self)
        smoothing = menu.addMenu(self.tr("Smoothing"))
        for title, factor in ((self.tr("None"), 0.0), (self.tr("Normal"), 1.0), (self.tr("Strong"), 4.0)):
            action = QAction(title, self, checkable=True, checked=factor == 1.0)
            action.triggered.connect(lambda _, factor=factor: self.set_smoothing(factor))
            smoothing.addAction(action)
        self._smoothing = smoothing
        menu.addSeparator()
        menu.addAction(self.tr("Save the picture …"), self.ask_picture)
        menu.addAction(self.tr("Save the numbers …"), self.ask_numbers)
        set_menu(self.more, menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)

    def set_log(self, on: bool) -> None:
        self.log = on
        self.log_switch.setChecked(on)
        self.redraw()

    def set_smoothing(self, factor: float) -> None:
        """Set the factor of the usual smoothing window: 0 for none, 4 for strong smoothing."""
        self._window = factor
        for action, value in zip(self._smoothing.actions(), (0.0, 1.0, 4.0), strict=True):
            action.setChecked(value == factor)
        self.redraw()

    def save_picture(self, path: Path) -> None:
        """Write a PNG for a slide: both charts with the run's title.

        Raises:
            LensletError: There are no curves yet, or the file cannot be written.
        """
        from gui.train.curves.picture import curves_picture

        titles = [(curves.title, color) for curves, color, _ in reversed(self._shown())]
        charts = [panel.chart for panel in (self.loss, self.accuracy) if panel.chart is not None]
        if not charts:
            raise LensletError("no curves are drawn yet")
        headings = [self.tr("Loss") + (self.tr(", log scale") if self.log else ""), self.tr("Accuracy")]
        picture = curves_picture(titles, list(zip(headings, charts, strict=True)), self.marks())
        save_image(picture, path)

    def ask_picture(self) -> None:
        target = ask_to_save(self, self._settings, self.tr("Save the curves"), "curves.png", "PNG (*.png)")
        if target is None:
            return
        try:
            self.save_picture(target)
            self.message.emit(self.tr("Saved {0}").format(target), "info")
        except LensletError as problem:
            self.message.emit(translated(problem), "error")

    def ask_numbers(self) -> None:
        if self.focused is None:
            return
        target = ask_to_save(self, self._settings, self.tr("Save the numbers"), "history.csv", "CSV (*.csv)")
        if target is not None:
            self.numbers_requested.emit(self.focused.run, target)


def _figure(value: float, column: int) -> str:
    return f"{value:.4f}" if column == LOSS else f"{100 * value:.2f} %"
