"""Stopping a command so that what it has so far is kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nets.events import Cancelled, Event, Report

INTERRUPTED = 128
"""The exit status is this plus the signal's number."""


@contextmanager
def stoppable(report: Report) -> Iterator[tuple[Report, list[int]]]:
    """Ctrl+C and SIGTERM stop the work at its next report; a second one ends the process at once.

    Files are written whole or not at all, so the process may end at any moment. Yields the report for the work, which
    raises ``Cancelled`` after a signal, and a list that then contains the signal's number.

    Yields:
        The report for the work, which raises ``Cancelled`` once it was asked to stop, and a list that has the signal's
        number by then.
    """
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if received:
            os._exit(130)  # an exception could surface anywhere, also where Python can only print it
        received.append(number)

    def stopping(event: Event) -> None:
        report(event)  # the event is passed on first, so that an epoch that was kept is reported
        if received:
            raise Cancelled

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping, received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
