"""The published tables, run again: a list of experiments, one run at a time, its table and its picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.compare.view import ComparisonView
from gui.session import Session
from gui.threads.job import Job
from gui.threads.loader import Loader
from gui.widgets import IconButton, Select, button, label
from gui.widgets.scroll_column import ScrollColumn
from gui.words import capitalised, translated
from nets.events import Event, Message, Progress, Report
from nets.experiments.catalogue import EXPERIMENTS
from nets.experiments.cells import cell
from nets.experiments.experiment import COLUMNS, SCALES, Experiment, Measured, Scale, check_scale
from nets.experiments.laboratory import (
    RowBegun,
    RowDone,
    default_folder,
    folder_of,
    forget,
    read_measured,
    run_experiment,
)
from nets.places import Places
from nets.training.events import BatchesDone, EpochEnded, Preparing, Validating

if TYPE_CHECKING:
    from gui.compare.state import CompareState
    from nets.experiments.comparison import Comparison

ROW = 26
SLACK = 12  # pixels of height that a change of the scroll bar does not count as another size


def read_task(experiment: Experiment, scale: Scale, places: Places, report: Report) -> dict[str, Measured]:
    """The results measured so far."""
    return read_measured(experiment, scale, default_folder(places))


def run_task(experiment: Experiment, scale: Scale, places: Places, report: Report) -> dict[str, Measured]:
    return run_experiment(experiment, scale, default_folder(places), places, report)


class PicturePane(QWidget):
    """A picture as wide as the available room, but never enlarged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._shown, self._room = QPixmap(), QSize()  # scaled to the width of the pane
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)

    def show_file(self, path: Path) -> None:
        """Show the picture in the file; nothing if there is no file."""
        self._pixmap = QPixmap(str(path)) if path.exists() else QPixmap()
        self._room = QSize()
        self._settle()
        self.update()

    @property
    def empty(self) -> bool:
        return self._pixmap.isNull()

    def height_at(self, width: int) -> int:
        """The height of the picture at this width, in logical pixels."""
        if self.empty:
            return 0
        return round(min(width / self._pixmap.width(), 1.0) * self._pixmap.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Delayed: if a scroll bar appears, the new height would change the width again within the layout.
        QTimer.singleShot(0, self, self._settle)

    def _settle(self) -> None:
        wanted = self.height_at(self.width())
        if self.empty or not self.height() or abs(wanted - self.height()) > SLACK:
            self.setFixedHeight(wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.empty:
            return
        ratio = self.devicePixelRatioF()
        room = QSize(min(self.width(), self._pixmap.width()), self.height()) * ratio
        if self._room != room:
            how = Qt.AspectRatioMode.KeepAspectRatio
            self._shown = self._pixmap.scaled(room, how, Qt.TransformationMode.SmoothTransformation)
            self._shown.setDevicePixelRatio(ratio)
            self._room = room
        QPainter(self).drawPixmap(0, 0, self._shown)


class ExperimentsView(ComparisonView):
    """Shows one experiment and runs one at a time, not always the same one. Every measured row is kept."""

    needs_comparison = False

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._running: tuple[Experiment, Scale] | None = None
        self._measured: dict[str, Measured] = {}
        self._known: tuple[Experiment, Scale] | None = None  # the experiment and scale of the results
        self._problem = ""
        self._row: RowBegun | None = None  # the row that is being measured
        self._reader = Loader(self)
        self.choice = Select([(row.name, self.tr(row.title)) for row in EXPERIMENTS.values()])
        self.choice.setAccessibleName(self.tr("Experiment"))
        self.scale = Select([(name, name) for name in SCALES])
        self.scale.setAccessibleName(self.tr("Scale"))
        self.scale.setToolTip("\n".join(f"{name}: {self.tr(words)}" for name, words in SCALES.items()))
        self.run = button(self.tr("Run"), "primary")
        self.stop = button(self.tr("Stop"), tip=self.tr("What is measured is kept; Run goes on from there"))
        self.folder = IconButton("folder-open", self.tr("Open the folder with the page, the table and the picture"))
        self.again = IconButton("rotate-ccw", self.tr("Forget what was measured, and begin anew"))
        self.question = label("", "quiet", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = label("", "small", wrap=True)
        self.table = QTableWidget()
        self.picture = PicturePane()
        self._compose()
        self.choice.currentIndexChanged.connect(lambda _: self.refresh())
        self.scale.currentIndexChanged.connect(lambda _: self.refresh())
        self.run.clicked.connect(self.start)
        self.stop.clicked.connect(self.cancel)
        self.folder.clicked.connect(self._open_folder)
        self.again.clicked.connect(self._forget)
        session.engine_changed.connect(lambda *_: self._render())
        theme.theme.changed.connect(self._fill)
        self._render()

    def _compose(self) -> None:
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.table.setProperty("look", "roomy")
        self.table.setAccessibleName(self.tr("Results of the experiment"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setShowGrid(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        head.addWidget(self.choice, 1)
        for widget in (self.scale, self.run, self.stop, self.folder, self.again):
            head.addWidget(widget)
        inside = QWidget()
        below = QVBoxLayout(inside)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.INSET)
        below.addWidget(self.question)
        below.addWidget(self.progress)
        below.addWidget(self.words)
        below.addWidget(self.table)
        below.addWidget(self.picture)
        below.addStretch(1)
        scroll = ScrollColumn()
        scroll.hold(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(head)
        column.addWidget(scroll, 1)

    def show_comparison(self, found: Comparison, state: CompareState) -> None:
        """Nothing to do: experiments do not depend on the compared models."""

    # --- what is shown ------------------------------------------------------------------------------------------

    @property
    def shown(self) -> tuple[Experiment, Scale]:
        return EXPERIMENTS[self.choice.value()], check_scale(self.scale.value())

    def refresh(self) -> None:
        """Read the results of the shown experiment in a thread; until then the known ones stay."""
        experiment, scale = self.shown
        if self._known != self.shown:
            self._measured = {}
        self._known, self._problem = self.shown, ""
        self._render()
        self._reader.ask(
            read_task, experiment, scale, self._session.places, done=self._on_measured, failed=self._on_problem
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _on_measured(self, found: dict[str, Measured]) -> None:
        self._measured = found
        self._render()

    def _on_problem(self, words: str) -> None:
        self._problem = words
        self._render()

    def _render(self) -> None:
        experiment, scale = self.shown
        running = self._running == (experiment, scale)
        done, total = len(self._measured), len(experiment.rows)
        self.question.setText(self.tr(experiment.question))
        self.stop.setVisible(self._job is not None)
        self.run.setVisible(self._job is None)
        self.run.setEnabled(self._session.engine == "ready" and done < total)
        self.run.setText(self.tr("Go on") if 0 < done < total else self.tr("Run"))
        self.progress.setVisible(running)
        self.again.setEnabled(self._job is None and done > 0)
        self.folder.setEnabled(done > 0)
        if not running:
            self.words.setText(self._sentence(experiment, scale, done, total))
        self.picture.show_file(folder_of(experiment, scale, default_folder(self._session.places)) / "results.png")
        self._fill()

    def _sentence(self, experiment: Experiment, scale: Scale, done: int, total: int) -> str:
        if self._problem:
            return capitalised(self._problem)
        if self._running is not None:
            other, at = self._running
            return self.tr("“{0}” is running at the scale {1}: stop it first.").format(self.tr(other.title), at)
        if self._session.engine != "ready":
            return self.tr("TensorFlow is being loaded …")
        if done == total:
            return self.tr("Measured. The page and the table lie in its folder.")
        cuts = list(dict.fromkeys(words for row in experiment.rows if (words := row.cut(scale))))
        said = self.tr("{0} of {1} rows are measured.").format(done, total) if done else self.tr("Not run here yet.")
        if scale == "full":
            return said + " " + self.tr("At the real setting it takes a graphics card, or hours.")
        return said + " " + self.tr("Some minutes; cut: {0}.").format("; ".join(cuts)) if cuts else said

    def _fill(self) -> None:
        experiment, _ = self.shown
        columns = [COLUMNS[key] for key in experiment.columns]
        published = any(row.published for row in experiment.rows)
        heads = ["", *([self.tr("published")] if published else []), *(self.tr(column.title) for column in columns)]
        self.table.setRowCount(len(experiment.rows))
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        for number, row in enumerate(experiment.rows):
            found = self._measured.get(row.name)
            values = ["" if found is None else cell(column, found.result) for column in columns]
            if found is None and self._running == self.shown and self._row is not None and self._row.row == row.name:
                values[0] = self.tr("running …")
            words = [self.tr(row.title), *([row.published] if published else []), *values]
            for place, text in enumerate(words):
                item = QTableWidgetItem(text)
                item.setFont(theme.font(tabular=place > 0))
                item.setToolTip(text if len(text) > 24 else "")
                self.table.setItem(number, place, item)
            self.table.setRowHeight(number, theme.px(ROW))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(theme.px(320))
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(header.sizeHint().height() + theme.px(ROW) * len(experiment.rows) + bar + 4)

    # --- running ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the shown experiment, or continue it."""
        if self._job is not None or self._session.engine != "ready":
            return
        experiment, scale = self._running = self.shown
        self._problem, self._row = "", None
        job = self._job = Job(run_task, experiment, scale, self._session.places, parent=self)
        job.progressed.connect(self._on_events)
        job.succeeded.connect(lambda _: self._end(""))
        job.failed.connect(lambda words, _: self._end(words))
        job.cancelled.connect(lambda: self._end(""))
        self.words.setText(self.tr("Getting ready …"))
        self.progress.setRange(0, 0)
        job.start()
        self._render()

    def cancel(self) -> None:
        """Stop at the next report; measured rows, and finished epochs of the unfinished row, are kept."""
        if self._job is not None:
            self._job.cancel()
            self.words.setText(self.tr("Stopping …"))

    def finish(self) -> None:
        self._reader.finish()
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _end(self, problem: str) -> None:
        job, self._job, ran, self._running = self._job, None, self._running, None
        if job is not None:
            job.deleteLater()
        if problem:
            self._session.notify(problem, "error")
        if ran == self.shown:
            self.refresh()
            self._problem = problem
        else:
            self._render()

    def _on_events(self, events: list[Event]) -> None:
        begun = [event for event in events if isinstance(event, RowBegun)]
        if begun:
            self._row = begun[-1]
        if self._running == self.shown:
            if any(isinstance(event, RowDone) for event in events):
                self.refresh()
            elif begun:
                self._fill()
        for event in reversed(events):
            if words := event_words(event):
                if self._running == self.shown:
                    row = self._row.text if self._row is not None else ""
                    self.words.setText(words if not row or words == row else f"{row} · {words}")
                    share = share_of(event)
                    self.progress.setRange(0, 0 if share is None else 100)
                    self.progress.setValue(round(100 * (share or 0)))
                return

    def _open_folder(self) -> None:
        folder = folder_of(*self.shown, default_folder(self._session.places))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _forget(self) -> None:
        experiment, scale = self.shown
        self._reader.ask(
            forget_task,
            experiment,
            scale,
            self._session.places,
            done=lambda _: self._on_forgotten(),
            failed=self._on_problem,
        )

    def _on_forgotten(self) -> None:
        self._known = None
        self.refresh()


def forget_task(experiment: Experiment, scale: Scale, places: Places, report: Report) -> None:
    forget(experiment, scale, default_folder(places))


def event_words(event: Event) -> str:
    """What an experiment is doing, in one line; "" for events that need none."""
    if isinstance(event, Message):
        return translated(event.text)
    if isinstance(event, Preparing):
        return f"preparing {event.network}"
    if isinstance(event, BatchesDone):
        return f"epoch {event.epoch}, batch {event.step} of {event.steps}, loss {event.losses[-1]:z.4f}"
    if isinstance(event, Validating):
        return f"epoch {event.epoch}, validation"
    if isinstance(event, EpochEnded):
        return f"epoch {event.epoch} of {event.epochs}: loss {event.loss:z.4f}"
    if isinstance(event, Progress):
        total = f" of {event.total:,.0f}" if event.total else ""
        return f"{event.what}: {event.done:,.0f}{total} {event.unit}".rstrip()
    return ""


def share_of(event: Event) -> float | None:
    """The finished share of the event's work, in [0, 1]; None if unknown."""
    if isinstance(event, BatchesDone):
        return event.step / max(event.steps, 1)
    if isinstance(event, Progress) and event.total:
        return event.done / event.total
    return None
