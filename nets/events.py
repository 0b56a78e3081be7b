"""How long work reports and how it is stopped: one callable, which may raise ``Cancelled``.

A test passes ``seen.append``, the command line a progress bar, the window a ``Job``'s report. No function in ``nets``
has a flag, a lock or a queue for this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """Raised by a report to stop the work that calls it. What was finished before is kept."""


@dataclass(frozen=True)
class Event:
    """Something worth telling while work goes on."""


@dataclass(frozen=True)
class Progress(Event):
    """``done`` of ``total`` (None: unknown) ``unit``s of ``what``, e.g. 3 of 11.5 "MB" of "mnist.npz".

    seconds_left: None if it is not known.
    """

    what: str
    done: float
    total: float | None = None
    unit: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True)
class Message(Event):
    """One sentence for a person.

    is_warning: the result is incomplete or not to be trusted; it is shown even without progress.
    """

    text: str
    is_warning: bool = False


Report = Callable[[Event], None]


def no_report(event: Event) -> None:
    """A report that does nothing."""


class ProgressCounter:
    """Reports how many are done, and the time left at the present speed."""

    def __init__(self, report: Report, what: str, total: int, unit: str) -> None:
        self._report, self._what, self._total, self._unit = report, what, total, unit
        self._began = time.monotonic()
        self._first: int | None = None  # how many were done when the clock started

    def __call__(self, done: int) -> None:
        """Report ``done``. Calling it again with the same number still allows the work to be stopped."""
        now = time.monotonic()
        if self._first is None:
            self._began, self._first = now, done
        fresh = done - self._first
        left = (now - self._began) * (self._total - done) / fresh if fresh > 0 else None
        self._report(Progress(self._what, done, self._total, self._unit, left))
