"""One training at a time: its job, its state, and copies of its weights for the pad."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.session import Session
from gui.threads.job import Job
from gui.threads.live import Snapshot
from gui.train.task import resume_task, train_task
from gui.train.training_state import Best, Ended, Outcome, TrainingState
from nets.events import Event
from nets.network.card import Card
from nets.runs.changes import changed
from nets.runs.config import TrainConfig
from nets.runs.store import Run, RunStore, RunSummary
from nets.training.events import BatchesDone, Started

SNAPSHOT_PERIOD = 0.4  # seconds between two copies for the pad


@dataclass(frozen=True, eq=False)
class WeightsSnapshot(Event):
    """A copy of the weights of the network in training, for the pad."""

    snapshot: Snapshot


@dataclass(frozen=True, eq=False)
class _Pair(Event):
    """Two events in one, because a job's tap returns one event for each that it receives."""

    first: Event
    second: Event


class TrainingController(QObject):
    """Starts, pauses and stops a training.

    ``changed`` carries each new ``state``, which is all that a panel needs. ``events`` carries the numbers and arrays
    behind it, several at once, for curves and evaluations; for each group of events it comes before ``changed``. The
    last event of a training is ``Ended``.
    """

    changed = Signal(object)  # TrainingState
    events = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        # settings with which a paused training continues; taken on the job's thread
        self._wanted: dict[str, Any] | None = None
        self._run = ""  # id of the run in training, from its first batch on; like its card, written on the job's thread
        self._card: Card | None = None
        self._last_snapshot = 0.0
        self.state = TrainingState()

    @property
    def busy(self) -> bool:
        return self.state.running

    @property
    def begun(self) -> bool:
        """Whether the first batch is near: the data are loaded and the network is built."""
        return self.busy and self.state.started is not None

    def start(self, config: TrainConfig) -> bool:
        """Train a new network. Returns False, without doing anything, while another training runs."""
        return self._start(TrainingState(config=config), train_task, config, self._session.places, self._take_wanted)

    def resume(self, summary: RunSummary, epochs: int | None) -> bool:
        """Continue a run to ``epochs`` epochs in total (None: as many as were planned). Returns as ``start``."""
        config = summary.config if epochs is None else dataclasses.replace(summary.config, epochs=epochs)
        measured = summary.validation
        loss = summary.history.val_loss[summary.best_epoch - 1] if summary.best_epoch else 0.0
        state = TrainingState(
            config=config,
            resumed=True,
            run=summary.id,
            title=summary.title,
            epochs=config.epochs,
            epochs_done=summary.epochs_done,
            best=Best(summary.best_epoch, measured, loss) if measured is not None else None,
        )
        config = changed(config, summary.changes, summary.epochs_done + 1, 0)
        state = dataclasses.replace(state, config=config)
        return self._start(state, resume_task, summary.id, epochs, self._session.places, self._take_wanted)

    def pause(self, on: bool = True) -> None:
        """Hold the training, which keeps everything in memory, or let it continue."""
        if self._job is not None and not self.state.stopping:
            (self._job.pause if on else self._job.proceed)()
            self._set(dataclasses.replace(self.state, paused=on))

    def adjust(self, fields: Mapping[str, Any]) -> None:
        """Change the rate or the augmentation of the paused training; the event ``Changed`` says from which
        batch on.
        """
        if self.state.paused:
            self._wanted = {**(self._wanted or {}), **fields}

    def stop(self) -> None:
        """End the training at its next report; ``Ended`` follows."""
        if self._job is not None:
            self._job.cancel()
            self._set(dataclasses.replace(self.state, paused=False, stopping=True))

    def watch(self, on: bool) -> None:
        """Whether the pad answers with the network in training."""
        if on != self.state.watched:
            self._set(dataclasses.replace(self.state, watched=on))

    def forget(self, run: str) -> None:
        """The run was deleted: forget how its training ended."""
        if not self.busy and self.state.outcome is not None and self.state.outcome.run == run:
            self._set(TrainingState(watched=self.state.watched))

    def finish(self) -> None:
        """Stop and wait, before the window closes. No further event is emitted."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _start(self, state: TrainingState, function: Callable[..., Any], *args: Any) -> bool:
        if self._job is not None:
            return False
        self._run, self._card, self._last_snapshot, self._wanted = "", None, 0.0, None
        job = self._job = Job(function, *args, tap=self._tap, parent=self)
        job.progressed.connect(self._on_events)
        job.succeeded.connect(self._on_success)
        job.failed.connect(
            lambda sentence, traceback: self._end(Outcome("failed", self.state.run, sentence, traceback))
        )
        job.cancelled.connect(lambda: self._end(Outcome("stopped", self.state.run)))
        self._set(dataclasses.replace(state, phase="reading", watched=self.state.watched))
        job.start()
        return True

    def _on_events(self, found: list[Event]) -> None:
        events: list[Event] = []
        for event in found:
            events += (event.first, event.second) if isinstance(event, _Pair) else (event,)
        state = self.state
        for event in events:
            state = state.after(event)
        self.events.emit(events)
        self._set(state)

    def _on_success(self, run: Run) -> None:
        self._end(Outcome("finished", run.id, test=run.summary.test))

    def _end(self, outcome: Outcome) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        if outcome.run and not (self._session.places.runs / outcome.run).exists():
            outcome = dataclasses.replace(outcome, kept=False)  # stopped before there was anything to keep
        self._on_events([Ended(outcome)])

    def _set(self, state: TrainingState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)

    def _take_wanted(self) -> Mapping[str, Any] | None:
        """On the job's thread, after each report: the changed settings, once, when the training continues."""
        wanted, self._wanted = self._wanted, None
        return wanted

    def _tap(self, event: Event) -> Event:
        """On the job's thread: copy the weights if the pad wants them; never pass on the network itself."""
        if isinstance(event, Started):
            self._run, self._card = event.run, RunStore(self._session.places.runs).open(event.run).card
        if not isinstance(event, BatchesDone):
            return event
        batches = dataclasses.replace(event, weights=_no_weights)
        now = time.monotonic()
        if not self.state.watched or self._card is None or now - self._last_snapshot < SNAPSHOT_PERIOD:
            return batches
        self._last_snapshot = now
        folder = self._session.places.runs / self._run
        snapshot = Snapshot(self._run, self._card, event.epoch, event.weights(), folder)
        return _Pair(batches, WeightsSnapshot(snapshot))


def _no_weights() -> list[np.ndarray]:
    raise RuntimeError("the weights of a training can be read on its own thread alone")
