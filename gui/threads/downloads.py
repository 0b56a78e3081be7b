"""Downloads the files of pretrained networks in a thread: with progress, stoppable, one network at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, SignalInstance

from gui.threads.job import Job
from nets.events import Event, Progress
from nets.network.pretrained import get_files
from nets.places import Places
from nets.zoo.pretrained import Pretrained


class Downloads(QObject):
    """The present download and its progress, which several views show.

    current: the network whose files are downloaded; None while there is none. progress: the newest for its file, or
    None. waiting: the networks that follow.
    """

    changed = Signal()
    arrived = Signal(object)  # Pretrained: its files are here
    failed = Signal(object, str)  # Pretrained, and a sentence for the person
    cancelled = Signal(object)  # Pretrained

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Pretrained | None = None
        self.progress: Progress | None = None
        self.waiting: tuple[Pretrained, ...] = ()
        self._places: Places | None = None
        self._job: Job | None = None
        self._ended = False

    def start(self, row: Pretrained, places: Places) -> None:
        """Start a download; ``arrived``, ``failed`` or ``cancelled`` follows. A network that is already waiting is not
        added again.
        """
        if self._ended or row == self.current or row in self.waiting:
            return
        self._places = places
        self.waiting = (*self.waiting, row)
        if self._job is None:
            self._next()
        else:
            self.changed.emit()

    def cancel(self) -> None:
        """Stop the present download and remove the unfinished file."""
        if self._job is not None:
            self._job.cancel()

    @property
    def running(self) -> bool:
        return self._job is not None and self._job.isRunning()

    def end(self, patience: float | None = None) -> None:
        """Cancel and wait, at most ``patience`` seconds: a silent server can keep the thread longer."""
        self._ended, self.waiting = True, ()
        if self._job is not None:
            self._job.cancel()
            if patience is None:
                self._job.wait()
            else:
                self._job.wait(round(1000 * patience))

    def _next(self) -> None:
        self.current, self.progress, self._job = None, None, None
        if self.waiting and not self._ended:
            row, *rest = self.waiting
            self.current, self.waiting = row, tuple(rest)
            job = self._job = Job(get_files, row, self._places, parent=self)
            job.progressed.connect(self._on_progress)
            job.succeeded.connect(lambda _: self._on_end(self.arrived, row))
            job.failed.connect(lambda words, _: self._on_end(self.failed, row, words))
            job.cancelled.connect(lambda: self._on_end(self.cancelled, row))
            job.start()
        self.changed.emit()

    def _on_progress(self, events: Sequence[Event]) -> None:
        found = [event for event in events if isinstance(event, Progress)]
        if found:
            self.progress = found[-1]
            self.changed.emit()

    def _on_end(self, signal: SignalInstance, *values: object) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._next()
        if not self._ended:
            signal.emit(*values)
