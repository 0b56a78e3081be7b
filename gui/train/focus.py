"""The run in focus: its curves and its confusion, in training or from the disk, and the runs laid over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session import Session
from gui.threads.loader import Loader
from gui.train.curves.curves import CurvesPanel
from gui.train.curves.trace import Trace
from gui.train.results.results import ResultsPanel
from gui.train.runs.runs import RunsPanel
from gui.train.task import HeldOut, evaluation_task, held_out_task
from nets.training.events import Batches, EpochEnded, Started

if TYPE_CHECKING:
    from nets.runs.evaluation import Evaluation


class Focus(QObject):
    """Fills the panels. ``begin``, ``add_batches`` and ``end_epoch`` follow a training; ``show`` opens a stored run."""

    changed = Signal(str)  # the run now in focus, "" for none

    def __init__(
        self, session: Session, curves: CurvesPanel, results: ResultsPanel, runs: RunsPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._curves, self._results, self._runs = curves, results, runs
        self._evaluations, self._images = Loader(self), Loader(self)
        self.run = ""
        self.live: Trace | None = None  # of the run in training
        self._live_held_out: HeldOut | None = None
        self._last: tuple[Evaluation | None, tuple[str, ...], int] | None = None  # of the run in training, and epoch
        results.images_wanted.connect(self._load_images)
        runs.overlays_changed.connect(self.lay_over)

    # --- in training ----------------------------------------------------------------------------------------

    def keep_images(self, held_out: HeldOut) -> None:
        """The dataset of the training that begins is there."""
        self._live_held_out = held_out

    def begin(self, started: Started) -> None:
        """A training begins or goes on: its curves come into focus."""
        trace = self._trace_of(started)
        self.live, self._last = trace, None
        self._set_run(started.run)
        self._curves.show_trace(trace)
        self._results.clear()
        if started.first_epoch > 1:
            self._ask_evaluation(started.run, started.first_epoch - 1)

    def _trace_of(self, started: Started) -> Trace:
        """New curves, or those of the run that goes on, up to where it does."""
        summary = self._runs.summary(started.run)
        trace = Trace(started.run, started.title, started.epochs)
        if started.first_epoch > 1 and self.live is not None and self.live.run == started.run:
            trace = self.live  # fresher than the list
        elif started.first_epoch > 1 and summary is not None:
            trace = Trace.of(summary)
        trace.cut(started.first_epoch - 1)
        trace.epochs = started.epochs
        return trace

    def add_batches(self, batches: Batches) -> None:
        if self.live is not None:
            self.live.add_batches(batches.epoch, batches.step, batches.steps, batches.losses, batches.accuracies)
            if self.run == self.live.run:
                self._curves.touch()

    def end_epoch(self, event: EpochEnded) -> None:
        if self.live is None:
            return
        self.live.add_epoch(event.epoch, (event.loss, event.accuracy), (event.val_loss, event.val_accuracy))
        labels = self._live_held_out.classes if self._live_held_out else ()
        self._last = (event.evaluation, labels, event.epoch)
        if self.run == self.live.run:
            self._curves.touch()
            self._show_last()

    def end(self, *, failed: bool = False) -> None:
        """The training is over; what it kept is drawn, an unfinished epoch only where it shows what went wrong."""
        if self.live is not None and not failed:
            self.live.cut(self.live.done)
            self._curves.touch()

    # --- from the disk --------------------------------------------------------------------------------------

    @property
    def last(self) -> Evaluation | None:
        """What the training that runs or ended answered last to the images held out."""
        return self._last[0] if self._last else None

    def show(self, run: str) -> None:
        """Brings a run into focus."""
        if self.live is not None and run == self.live.run:
            self._set_run(run)
            self._curves.show_trace(self.live)
            self._results.clear()
            self._show_last()
            return
        summary = self._runs.summary(run)
        if summary is None:
            return
        self._set_run(run)
        self._curves.show_trace(Trace.of(summary))
        self._results.clear()
        if not summary.epochs_done:
            why = summary.message or self.tr("no epoch of this run was finished")
            self._results.clear(why[:1].upper() + why[1:])
            return
        self._ask_evaluation(run, summary.best_epoch or summary.epochs_done)

    @property
    def title(self) -> str:
        """What the run in focus is called."""
        return self._curves.trace.title if self._curves.trace is not None else ""

    def show_epoch(self, epoch: int) -> None:
        """Shows what another finished epoch of the run in focus got right."""
        run = self.run

        def show(found: tuple[Evaluation | None, tuple[str, ...]]) -> None:
            evaluation, labels = found
            if run == self.run and evaluation is not None:
                self._results.show_evaluation(evaluation, labels, epoch)

        self._ask_evaluation(run, epoch, show)

    def _ask_evaluation(
        self, run: str, epoch: int, done: Callable[[tuple[Evaluation | None, tuple[str, ...]]], None] | None = None
    ) -> None:
        self._evaluations.ask(
            evaluation_task,
            self._session.places,
            run,
            epoch,
            done=done or (lambda found: self._on_evaluation(run, epoch, found)),
            failed=lambda words: self._results.fail(words) if run == self.run else None,
        )

    def clear(self) -> None:
        """Nothing is in focus, e.g. because its run was deleted."""
        self._set_run("")
        self._curves.show_trace(None)
        self._results.clear()

    def lay_over(self) -> None:
        rows = []
        for run, color in self._runs.overlays.items():
            summary = self._runs.summary(run)
            if summary is not None:
                rows.append((Trace.of(summary), color))
        self._curves.lay_over(rows)

    def finish(self) -> None:
        self._evaluations.finish()
        self._images.finish()

    def _set_run(self, run: str) -> None:
        self.run = run
        self._runs.set_focus(run)
        self.changed.emit(run)

    def _show_last(self) -> None:
        """The evaluation of the training's last epoch."""
        if self._last is None:
            self._results.clear()
            return
        evaluation, labels, epoch = self._last
        if evaluation is None:
            self._results.clear(self.tr("No images were held out for validation; choose a share above 0 under More."))
            return
        self._results.held_out = self._live_held_out
        self._results.show_evaluation(evaluation, labels, epoch)

    def _on_evaluation(self, run: str, epoch: int, found: tuple[Evaluation | None, tuple[str, ...]]) -> None:
        evaluation, labels = found
        if self.live is not None and run == self.live.run:
            # It goes on after this epoch; a newer one may have ended meanwhile.
            self._last = self._last or (evaluation, labels, epoch)
            if run == self.run:
                self._show_last()
            return
        if run != self.run:
            return
        if evaluation is None:
            self._results.clear(self.tr("No images were held out in this run."))
            return
        self._results.show_evaluation(evaluation, labels, epoch)

    def _load_images(self) -> None:
        """The images of a stored run: read off the window's thread, and only when they are seen."""
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
