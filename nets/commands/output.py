"""The output of a command: results on standard output, progress and messages on standard error."""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

from nets.commands.streams import emit, printable, tell
from nets.commands.terminal_width import cut, padded, terminal_width
from nets.events import Event, Message, Progress
from nets.training.events import BatchesDone, EpochEnded, Preparing, Started, Validating

BAR = 24
"""Characters of a progress bar."""
SPARSE = 10.0
"""Seconds between two lines of progress if the output is not a terminal."""


class Output:
    """``result`` prints a JSON line or nothing; ``table`` prints rows for a person or nothing. Also serves as a
    Report.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._line = ""
        self._said = 0.0

    def result(self, **fields: Any) -> None:
        if self.as_json:
            emit(json.dumps(_plain(fields)) + "\n", flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Prints a table with columns as wide as their contents and right-aligned numbers."""
        if self.as_json:
            return
        cells = [[printable(str(cell)) for cell in row] for row in rows]
        widths = [
            max(terminal_width(one) for one in (head, *column)) for head, *column in zip(heads, *cells, strict=True)
        ]
        right = [bool(rows) and all(isinstance(row[at], int | float) for row in rows) for at in range(len(heads))]
        for row in [list(heads), *cells]:
            fitted = [padded(cell, w, right=r) for cell, w, r in zip(row, widths, right, strict=True)]
            emit("  ".join(fitted).rstrip() + "\n")

    def say(self, sentence: str) -> None:
        """Prints a sentence for the person on standard error."""
        if not self.quiet:
            self.warn(sentence)

    def warn(self, sentence: str) -> None:
        """Print on standard error what must be known about the result, even with --quiet: omissions, an early stop."""
        self._clear()
        tell(printable(sentence) + "\n")

    def __call__(self, event: Event) -> None:
        """Show the progress of long work: one changing line on a terminal, occasional lines elsewhere."""
        if isinstance(event, Message):
            (self.warn if event.is_warning else self.say)(event.text)
        elif self.quiet:
            return
        elif isinstance(event, Started):
            self.say(f"run {event.run} on {event.device}: {event.images:,} images, {event.parameters:,} parameters")
        elif isinstance(event, EpochEnded):
            measured = f"loss {event.loss:z.4f}, accuracy {event.accuracy:.4f}"
            if not math.isnan(event.val_loss):
                measured += f"; validation: loss {event.val_loss:z.4f}, accuracy {event.val_accuracy:.4f}"
            speed = f"{event.seconds:.1f} s, {event.images_per_second:,.0f} images/s"
            self.say(f"epoch {event.epoch} of {event.epochs}: {measured} ({speed})")
        elif words := _progress(event):
            self._move(printable(words))

    def _move(self, words: str) -> None:
        now = time.monotonic()
        if self._terminal:
            # A wrapped line cannot be overwritten.
            words = cut(words, shutil.get_terminal_size().columns - 1)
            tell("\r" + padded(words, terminal_width(self._line)))
            self._line = words
        elif now - self._said > SPARSE:
            tell(words + "\n")
            self._said = now

    def _clear(self) -> None:
        if self._line:
            tell("\r" + " " * terminal_width(self._line) + "\r")
            self._line = ""

    def close(self) -> None:
        """Ends the progress line, so that the next output begins a new one."""
        self._clear()


def _progress(event: Event) -> str:
    if isinstance(event, Preparing):
        return f"preparing {event.network}"
    if isinstance(event, BatchesDone):
        speed = f"{event.images_per_second:,.0f} images/s, {_duration(event.seconds_left)} left"
        return f"epoch {event.epoch} {_bar(event.step / event.steps)} loss {event.losses[-1]:z.4f}, {speed}"
    if isinstance(event, Validating):
        return f"epoch {event.epoch} {_bar(event.done / max(1, event.total))} validation"
    if isinstance(event, Progress):
        digits = 1 if event.unit == "MB" else 0
        done = f"{event.done:,.{digits}f}"
        if not event.total:
            return f"{event.what} {done} {event.unit}".rstrip()
        words = (
            f"{event.what} {_bar(event.done / event.total)} {done} of {event.total:,.{digits}f} {event.unit}".rstrip()
        )
        return words if event.seconds_left is None else f"{words}, {_duration(event.seconds_left)} left"
    return ""


def _bar(share: float) -> str:
    """Plain characters, which every terminal has."""
    full = round(BAR * min(1.0, max(0.0, share)))
    return f"[{'#' * full}{'.' * (BAR - full)}]"


def _duration(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _plain(value: Any) -> Any:
    """A value that JSON can hold: NaN becomes null, arrays become lists."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
