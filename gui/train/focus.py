"""The run in focus, in training or from the disk, with its curves and confusion matrix; and the runs laid over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.paint.run_curves import RunCurves
from gui.session import Session
from gui.threads.loader import Loader
from gui.train.curves.curves import CurvesPanel
from gui.train.results.results import ResultsPanel
from gui.train.runs.runs import RunsPanel
from gui.train.task import DataLoaded, HeldOut, evaluation_task, held_out_task
from gui.train.training_state import Ended
from gui.words import capitalised
from nets.events import Event
from nets.training.events import BatchesDone, Changed, EpochEnded, Started

if TYPE_CHECKING:
    from nets.runs.evaluation import Evaluation

Answers = tuple["Evaluation | None", tuple[str, ...]]  # result of ``evaluation_task``: the evaluation, the class names


@dataclass(frozen=True, eq=False)
class _LastEpoch:
    """The evaluation of the run in training after its last epoch; no evaluation if nothing is held out."""

    evaluation: Evaluation | None
    labels: tuple[str, ...]
    epoch: int


class Focus(QObject):
    """Fills the curves and the confusion matrix. ``add_events`` follows a training, ``show`` opens a stored run."""

    changed = Signal(str)  # the run now in focus, "" for none

    def __init__(
        self, session: Session, curves: CurvesPanel, results: ResultsPanel, runs: RunsPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._curves, self._results, self._runs = curves, results, runs
        self._evaluations, self._images = Loader(self), Loader(self)
        self.run = ""
        self.live: RunCurves | None = None  # of the run in training, or of the one trained last
        self._live_held_out: HeldOut | None = None
        self._last: _LastEpoch | None = None  # of the same run
        results.images_requested.connect(self._load_images)
        runs.overlays_changed.connect(self.lay_over)

    # --- in training ----------------------------------------------------------------------------------------

    def add_events(self, events: list[Event]) -> None:
        """The events of a training as they come."""
        for event in events:
            if isinstance(event, DataLoaded):
                self._live_held_out = event.held_out
            elif isinstance(event, Started):
                self._begin(event)
            elif isinstance(event, BatchesDone):
                self._add_batches(event)
            elif isinstance(event, Changed):
                self._mark(event)
            elif isinstance(event, EpochEnded):
                self._end_epoch(event)
            elif isinstance(event, Ended):
                self._end(event)

    def _begin(self, started: Started) -> None:
        """A training begins or continues: its curves come into focus."""
        self.live, self._last = self._curves_of(started), None
        self._set_run(started.run)
        self._curves.show_curves(self.live)
        self._results.clear()
        if started.first_epoch > 1:
            self._ask_evaluation(started.run, started.first_epoch - 1, self._on_earlier_evaluation)

    def _curves_of(self, started: Started) -> RunCurves:
        """New curves, or those of the run that continues, up to the epoch from which it continues."""
        summary = self._runs.summary(started.run)
        found = RunCurves(started.run, started.title, started.epochs)
        if started.first_epoch > 1 and self.live is not None and self.live.run == started.run:
            found = self.live  # more recent than the list
        elif started.first_epoch > 1 and summary is not None:
            found = RunCurves.of(summary)
        found.cut(started.first_epoch - 1)
        found.epochs = started.epochs
        if started.config is not None:
            found.mark_phases(started.config)
        return found

    def _add_batches(self, batches: BatchesDone) -> None:
        if self.live is not None:
            self.live.add_batches(batches.epoch, batches.step, batches.steps, batches.losses, batches.accuracies)
            if self.run == self.live.run:
                self._curves.redraw_soon()

    def _mark(self, event: Changed) -> None:
        if self.live is not None:
            self.live.mark(event.change, event.steps)
            self._curves.redraw_soon()

    def _end_epoch(self, event: EpochEnded) -> None:
        if self.live is None:
            return
        held_out = len(event.evaluation) if event.evaluation is not None else 0
        train, validation = (event.loss, event.accuracy), (event.val_loss, event.val_accuracy)
        self.live.add_epoch(event.epoch, train, validation, held_out)
        labels = self._live_held_out.classes if self._live_held_out else ()
        self._last = _LastEpoch(event.evaluation, labels, event.epoch)
        if self.run == self.live.run:
            self._curves.redraw_soon()
            self._show_last()

    def _end(self, event: Ended) -> None:
        """The finished epochs stay drawn; an unfinished one only if it shows what went wrong."""
        if self.live is not None and self.live.run == event.outcome.run:
            self.live.end(keep_unfinished=event.outcome.kind == "failed")
            self._curves.redraw_soon()

    def _on_earlier_evaluation(self, epoch: int, found: Answers) -> None:
        """Show the answers after the epoch from which the training continues, unless a newer epoch has ended."""
        self._last = self._last or _LastEpoch(*found, epoch)
        if self.live is not None and self.run == self.live.run:
            self._show_last()

    def _show_last(self) -> None:
        """Show the evaluation after the training's last epoch."""
        if self._last is None:
            self._results.clear()
        elif self._last.evaluation is None:
            self._results.clear(self.tr("There are no validation images; choose a share above 0 under More."))
        else:
            self._results.held_out = self._live_held_out
            self._results.show_evaluation(self._last.evaluation, self._last.labels, self._last.epoch)

    # --- from the disk --------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The title of the run in focus."""
        return self._curves.focused.title if self._curves.focused is not None else ""

    def show(self, run: str) -> None:
        """Bring a run into focus."""
        if self.live is not None and run == self.live.run:
            self._set_run(run)
            self._curves.show_curves(self.live)
            self._results.clear()
            self._show_last()
            return
        summary = self._runs.summary(run)
        if summary is None:
            return
        self._set_run(run)
        self._curves.show_curves(RunCurves.of(summary))
        self._results.clear()
        if not summary.epochs_done:
            why = summary.message or self.tr("no epoch of this run was finished")
            self._results.clear(capitalised(why))
            return
        self.show_epoch(summary.best_epoch or summary.epochs_done)

    def show_epoch(self, epoch: int) -> None:
        """Show the evaluation of a finished epoch of the run in focus."""
        self._ask_evaluation(self.run, epoch, self._on_evaluation)

    def forget(self, run: str) -> None:
        """The run was deleted."""
        if self.live is not None and self.live.run == run:
            self.live, self._last = None, None
        if run == self.run:
            self._set_run("")
            self._curves.show_curves(None)
            self._results.clear()

    def lay_over(self) -> None:
        rows = []
        for run, color in self._runs.overlays.items():
            summary = self._runs.summary(run)
            if summary is not None:
                rows.append((RunCurves.of(summary), color))
        self._curves.lay_over(rows)

    def finish(self) -> None:
        self._evaluations.finish()
        self._images.finish()

    def _set_run(self, run: str) -> None:
        self.run = run
        self._runs.set_focus(run)
        self.changed.emit(run)

    def _ask_evaluation(self, run: str, epoch: int, done: Callable[[int, Answers], None]) -> None:
        """Read an epoch's evaluation in a thread; ``done`` is called only if the run is still in focus."""
        self._evaluations.ask(
            evaluation_task,
            self._session.places,
            run,
            epoch,
            done=lambda found: done(epoch, found) if run == self.run else None,
            failed=lambda words: self._results.fail(words) if run == self.run else None,
        )

    def _on_evaluation(self, epoch: int, found: Answers) -> None:
        evaluation, labels = found
        if evaluation is None:
            self._results.clear(self.tr("This run has no validation images."))
        else:
            self._results.show_evaluation(evaluation, labels, epoch)

    def _load_images(self) -> None:
        """Read the images of a stored run in a thread, and only when they are visible."""
        summary = self._runs.summary(self.run)
        if summary is None:
            return
        run = self.run
        self._images.ask(
            held_out_task,
            summary.config,
            self._session.places,
            done=lambda held_out: self._results.show_images(held_out) if run == self.run else None,
            failed=lambda words: self._results.images_failed(words) if run == self.run else None,
        )
