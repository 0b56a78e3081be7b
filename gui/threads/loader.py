"""Short work in a thread, such as reading a run: the newest request wins, older results are dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from gui.threads.job import Job

Done = Callable[[Any], None]
Failed = Callable[[str], None]


class Loader(QObject):
    """``ask`` runs ``function(*args, report=...)`` in a job and hands its result to ``done`` in the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._next: tuple[Callable[..., Any], tuple[Any, ...], Done, Failed] | None = None
        self._ended = False

    @property
    def busy(self) -> bool:
        return self._job is not None

    def ask(self, function: Callable[..., Any], *args: Any, done: Done, failed: Failed) -> None:
        """Run ``function`` now, or as soon as the running job, which is cancelled, has ended.

        Args:
            function: Called with ``*args`` and ``report`` in a thread.
            *args: Its arguments.
            done: Receives the result.
            failed: Receives a sentence for the person. Neither is called after a newer request or after ``finish``.
        """
        if self._ended:
            return
        self._next = (function, args, done, failed)
        if self._job is None:
            self._start()
        else:
            self._job.cancel()

    def finish(self) -> None:
        """Cancel the running job, wait for its end, and start no other."""
        self._ended = True
        self._next = None
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _start(self) -> None:
        assert self._next is not None
        function, args, done, failed = self._next
        self._next = None
        job = self._job = Job(function, *args, parent=self)
        job.succeeded.connect(lambda result: self._end(lambda: done(result)))
        job.failed.connect(lambda words, _: self._end(lambda: failed(words)))
        job.cancelled.connect(lambda: self._end(lambda: None))
        job.start()

    def _end(self, answer: Callable[[], None]) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        if self._next is not None:
            self._start()
        elif not self._ended:
            answer()
