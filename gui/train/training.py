"""One training at a time: its job, its events, and the snapshots of its weights for the pad."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.session import Session
from gui.threads.job import Job
from gui.threads.live import Snapshot
from gui.train.task import resume_task, train_task
from nets.events import Event
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.store import RunStore
from nets.training.events import Batches, Started

SNAPSHOT_PERIOD = 0.4  # seconds between two snapshots for the pad


@dataclass(frozen=True, eq=False)
class Seen(Event):
    """Batches on their way to the window, and a snapshot when it is time for one."""

    batches: Batches
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Outcome:
    """How a training ended: "ended", "cancelled" or "failed". ``run`` is empty when it had not begun.

    ``resumed``: it went on with an earlier run, which is there whatever happened.
    """

    kind: str
    run: str
    sentence: str = ""
    trace: str = ""
    resumed: bool = False


class Training(QObject):
    """``told`` hands on the job's events (``Batches`` as ``Seen``); ``ended`` comes last, once for each start."""

    told = Signal(list)
    ended = Signal(object)  # Outcome

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._run = ""
        self._card: Card | None = None
        self._last_snapshot = 0.0
        self.watched = False  # whether the pad follows; read on the job's thread

    @property
    def busy(self) -> bool:
        return self._job is not None

    @property
    def begun(self) -> bool:
        """Whether the first batch is near: the data are there and the network is built."""
        return self._job is not None and self._card is not None

    @property
    def paused(self) -> bool:
        return self._job is not None and self._job.paused

    @property
    def stopping(self) -> bool:
        return self._job is not None and self._job.stopping

    def start(self, config: TrainConfig) -> bool:
        """False, and nothing happens, while another training runs."""
        return self._start(train_task, config, self._session.places)

    def resume(self, run: str, epochs: int | None) -> bool:
        return self._start(resume_task, run, epochs, self._session.places)

    def pause(self) -> None:
        if self._job is not None:
            self._job.pause()

    def proceed(self) -> None:
        if self._job is not None:
            self._job.proceed()

    def stop(self) -> None:
        """Ends at the next report; ``ended`` follows."""
        if self._job is not None:
            self._job.cancel()

    def finish(self) -> None:
        """Stops and waits: for the end of the window. Its last events are not told any more."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _start(self, function: Callable[..., Any], *args: Any) -> bool:
        if self._job is not None:
            return False
        self._run, self._card, self._last_snapshot = "", None, 0.0
        resumed = function is resume_task
        job = self._job = Job(function, *args, tap=self._tap, parent=self)
        job.progressed.connect(self.told)
        job.succeeded.connect(lambda run: self._end(Outcome("ended", run.id, resumed=resumed)))
        job.failed.connect(lambda words, trace: self._end(Outcome("failed", self._run, words, trace, resumed)))
        job.cancelled.connect(lambda: self._end(Outcome("cancelled", self._run, resumed=resumed)))
        self._session.set_training(True)
        job.start()
        return True

    def _end(self, outcome: Outcome) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self._session.set_training(False)
        self.ended.emit(outcome)

    def _tap(self, event: Event) -> Event:
        """On the job's thread: takes the weights along when the pad wants them, and never the network itself."""
        if isinstance(event, Started):
            self._run = event.run
            self._card = RunStore(self._session.places.runs).open(event.run).card
        if not isinstance(event, Batches):
            return event
        snapshot = None
        now = time.monotonic()
        if self.watched and self._card is not None and now - self._last_snapshot >= SNAPSHOT_PERIOD:
            self._last_snapshot = now
            snapshot = Snapshot(self._run, self._card, event.epoch, event.weights())
        return Seen(dataclasses.replace(event, weights=_no_weights), snapshot)


def _no_weights() -> list[np.ndarray]:
    raise RuntimeError("the weights of a training can be read on its own thread alone")
