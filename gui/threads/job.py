"""Runs one function of ``nets`` in a thread; it reports, and can be paused and stopped."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gui.threads.thread import OwnedThread, give_way
from gui.words import translated
from nets.errors import LensletError
from nets.events import Cancelled, Event, Report, no_report

PERIOD = 33  # milliseconds between two deliveries of events to the window

Tap = Callable[[Event], Event | None]


def compile_beside(compiling: Callable[[], None], *, report: Report = no_report) -> None:
    """A job that compiles what answers already, only slower: it gives way to the answers."""
    give_way()
    compiling()


class Job(OwnedThread):
    """``function(*args, report=..., **options)`` in a thread.

    At the end, after the last ``progressed(list of events)``, exactly one of ``succeeded(result)``, ``failed(sentence,
    traceback)`` and ``cancelled()`` is emitted; none if the owner was destroyed meanwhile.
    """

    progressed = Signal(list)
    succeeded = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(
        self,
        function: Callable[..., Any],
        *args: Any,
        tap: Tap | None = None,
        parent: QObject | None = None,
        **options: Any,
    ) -> None:
        """
        Args:
            function: Runs in the thread. Its ``report`` raises Cancelled once the job was cancelled.
            *args: Its arguments.
            tap: Sees each event first, on the job's own thread, and returns what goes on to the window; None: nothing.
            parent: The owner: the job is cancelled when it is destroyed.
            **options: Further arguments of ``function``.
        """
        super().__init__(parent)
        self._call = (function, args, options)
        self._tap = tap
        self._events: deque[Event] = deque()
        self._going = threading.Event()
        self._going.set()
        self._stop = threading.Event()
        self._outcome: tuple[Any, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self._drain)
        self.started.connect(self._timer.start)
        self.finished.connect(self._close)

    @property
    def paused(self) -> bool:
        return not self._going.is_set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def pause(self) -> None:
        """Hold the work at its next report, with everything in memory, until ``proceed``."""
        self._going.clear()

    def proceed(self) -> None:
        self._going.set()

    def cancel(self) -> None:
        """End the work at its next report; finished parts are kept and reported."""
        self._stop.set()
        self._going.set()

    def stop(self) -> None:
        self.cancel()

    def run(self) -> None:
        function, args, options = self._call
        try:
            self._outcome = ("succeeded", function(*args, report=self._report, **options))
        except Cancelled:
            self._outcome = ("cancelled",)
        except LensletError as problem:
            self._outcome = ("failed", translated(problem), traceback.format_exc())
        except Exception as problem:  # last resort of the thread: the error is shown in the window, never swallowed
            words = f"{type(problem).__name__}: {problem}"
            self._outcome = ("failed", words, traceback.format_exc())

    def _report(self, event: Event) -> None:
        """The event is delivered first, also for a job that is being stopped: an epoch that was kept has ended."""
        passed = self._tap(event) if self._tap else event
        if passed is not None:
            self._events.append(passed)
        self._going.wait()
        if self._stop.is_set():
            raise Cancelled

    def _drain(self) -> None:
        events = []
        while self._events:
            events.append(self._events.popleft())
        if events and not self.orphaned:
            self.progressed.emit(events)

    def _close(self) -> None:
        self._timer.stop()
        self._call = (lambda **_: None, (), {})  # release the dataset and the network
        kind, *values = self._outcome
        self._outcome = ()
        if not self.orphaned:
            self._drain()
            getattr(self, kind).emit(*values)
