"""How long work reports on itself and how it is stopped: one callable, which may raise ``Cancelled``.

A test passes ``seen.append``, the command line a progress bar, the window a ``Job``'s report. No function in
``nets`` keeps a flag, a lock or a queue for this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """Raised by a report to stop the work that calls it. What was finished before is kept."""


@dataclass(frozen=True)
class Event:
    """Something worth telling while work goes on."""


@dataclass(frozen=True)
class Progress(Event):
    """``done`` of ``total`` (None: unknown) ``unit``s of ``what``, e.g. 3 of 11.5 "MB" of "mnist.npz"."""

    what: str
    done: float
    total: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Message(Event):
    """One sentence for a person."""

    text: str


Report = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The report of whoever does not care."""
