"""The course of a run: a row for every epoch as CSV, and every batch's loss and accuracy as NPZ."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nets.array_files import read_arrays
from nets.errors import LensletError
from nets.files import read_text, write_text, write_with

LARGEST_HISTORY = 10_000_000  # bytes: 10,000 epochs have a tenth of it
LARGEST_BATCHES = 1_000_000_000
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "learning_rate")


@dataclass(frozen=True)
class History:
    """Columns with a value for each finished epoch; NaN if nothing was measured.

    loss, accuracy: means over the epoch's batches. val_loss, val_accuracy: on the images held out, after the epoch.
    seconds: training alone. learning_rate: at the end of the epoch. batches: the file that ``batch_loss`` reads.
    """

    loss: tuple[float, ...] = ()
    accuracy: tuple[float, ...] = ()
    val_loss: tuple[float, ...] = ()
    val_accuracy: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()
    learning_rate: tuple[float, ...] = ()
    batches: Path | None = None

    def __len__(self) -> int:
        return len(self.loss)

    def with_epoch(self, **values: float) -> History:
        """The history with one more epoch. ``values`` has all of ``COLUMNS``."""
        return _history([(*getattr(self, name), float(values[name])) for name in COLUMNS], self.batches)

    def until(self, epochs: int) -> History:
        """The history of the first ``epochs`` epochs."""
        return _history([getattr(self, name)[:epochs] for name in COLUMNS], self.batches)

    @property
    def best_epoch(self) -> int:
        """The epoch (from 1) with the best validation accuracy, then the smaller validation loss; 0: no epoch.

        Without validation, the one with the smallest training loss.
        """
        if not len(self):
            return 0
        if any(math.isfinite(value) for value in self.val_accuracy):
            ranks = [(-_finite(a), _finite(b)) for a, b in zip(self.val_accuracy, self.val_loss, strict=True)]
            return min(range(len(self)), key=lambda index: _worst_last(ranks[index])) + 1
        return min(range(len(self)), key=lambda index: _finite(self.loss[index])) + 1

    @cached_property
    def batch_loss(self) -> np.ndarray:
        """(batches of all epochs,) float32, each batch's own loss; empty where none was written."""
        return self._batches("loss")

    @cached_property
    def batch_accuracy(self) -> np.ndarray:
        """(batches of all epochs,) float32."""
        return self._batches("accuracy")

    def _batches(self, name: str) -> np.ndarray:
        try:
            if self.batches is not None:
                found = read_arrays(self.batches, (name,), largest=LARGEST_BATCHES)[name]
                if found.ndim == 1 and found.dtype.kind == "f":
                    return found.astype(np.float32)
        except (OSError, LensletError):
            # The curve of single batches is the only part of a run that may be missing.
            return np.zeros(0, np.float32)
        return np.zeros(0, np.float32)


def _history(columns: list[tuple[float, ...]], batches: Path | None) -> History:
    loss, accuracy, val_loss, val_accuracy, seconds, learning_rate = columns
    return History(loss, accuracy, val_loss, val_accuracy, seconds, learning_rate, batches)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.inf


def _worst_last(rank: tuple[float, float]) -> tuple[float, float]:
    return (math.inf if rank[0] == -math.inf else rank[0], rank[1])


def to_csv(history: History) -> str:
    """A line of names, then a line for each epoch. Numbers are written so that reading gives the same bits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("epoch", *COLUMNS))
    columns = zip(*(getattr(history, name) for name in COLUMNS), strict=True)
    writer.writerows((epoch, *(repr(float(value)) for value in row)) for epoch, row in enumerate(columns, start=1))
    return out.getvalue()


def write_history(path: Path, history: History) -> None:
    write_text(path, to_csv(history))


def cut_history(path: Path, epochs: int) -> None:
    """Keep the first ``epochs`` rows of the file. In place, because a shorter file needs no room on a full disk."""
    try:
        with open(path, "rb+") as file:
            for _ in range(epochs + 1):  # including the line of column names
                file.readline()
            file.truncate(file.tell())
    except FileNotFoundError:
        return


def read_history(path: Path, batches: Path | None = None) -> History:
    """The history in a file; empty if there is no file.

    Raises:
        ValueError: The file is not a history.
    """
    try:
        lines = read_text(path, largest=LARGEST_HISTORY).splitlines()
    except FileNotFoundError:
        return History(batches=batches)
    if not lines or lines[0] != ",".join(("epoch", *COLUMNS)):
        raise ValueError(f"{path.name} does not begin with the names of its columns")
    # Plain splitting: the file is our own and contains only numbers, and long lists of runs must open quickly.
    rows = [tuple(map(float, line.split(",")[1:])) for line in lines[1:] if line]
    if any(len(row) != len(COLUMNS) for row in rows):
        raise ValueError(f"{path.name} has a line that is too short or too long")
    return _history(list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS), batches)


def write_batches(path: Path, losses: np.ndarray, accuracies: np.ndarray) -> None:
    """Writes what was measured of every batch so far.

    Args:
        path: of the archive.
        losses: (batches,) float.
        accuracies: (batches,) float, 0 to 1.
    """

    def save(temporary: Path) -> None:
        np.savez(temporary, loss=losses.astype(np.float32), accuracy=accuracies.astype(np.float32))

    write_with(path, save)
