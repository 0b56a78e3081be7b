"""The curves of one run: loss and accuracy of every batch and every epoch, growing while it trains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gui.words import translated
from nets.training.phases import phases_of

if TYPE_CHECKING:
    from nets.runs.changes import SettingsChange
    from nets.runs.config import TrainConfig
    from nets.runs.store import RunSummary

SMOOTHED_BATCHES = 50  # neighbours that the smoothed line averages, if there are enough batches


class GrowingArray:
    """An array of float64 that grows by doubling, so that appending a few numbers does not copy all others."""

    def __init__(self) -> None:
        self._space = np.empty(256)
        self._used = 0

    @property
    def values(self) -> np.ndarray:
        """(n,) a view, valid until the next ``extend``."""
        return self._space[: self._used]

    def extend(self, values: np.ndarray) -> None:
        end = self._used + len(values)
        if end > len(self._space):
            larger = np.empty(max(end, 2 * len(self._space)))
            larger[: self._used] = self.values
            self._space = larger
        self._space[self._used : end] = values
        self._used = end

    def cut(self, length: int) -> None:
        self._used = min(self._used, length)


class RunCurves:
    """The curves of one run. x of a batch is its place in epochs (batch 5 of 10 in epoch 2 ends at 1.5).

    Per batch: ``x``, ``loss``, ``accuracy``. Per epoch (from 1): ``train``, ``validation``, each (epochs, 2) loss and
    accuracy, NaN if nothing was held out, measured on ``held_out`` images. ``epochs``: planned while it is in
    training, else those it has. ``marks``: where the rate or the augmentation was changed, in epochs, and to what;
    of a transfer also where each of its phases begins, and what learns in it.
    """

    def __init__(self, run: str, title: str, epochs: int) -> None:
        self.run = run
        self.title = title
        self.epochs = epochs
        self.held_out = 0
        self.best_epoch = 0
        self.marks: list[tuple[float, str]] = []
        self._x, self._loss, self._accuracy = GrowingArray(), GrowingArray(), GrowingArray()
        self.train = np.empty((0, 2))
        self.validation = np.empty((0, 2))

    @classmethod
    def of(cls, summary: RunSummary) -> RunCurves:
        """The curves of a run on disk."""
        planned = summary.epochs if summary.state == "running" else 0
        made = cls(summary.id, summary.title, max(planned, summary.epochs_done))
        made.held_out = summary.held_out
        history = summary.history
        made.train = _pairs(history.loss, history.accuracy)
        made.validation = _pairs(history.val_loss, history.val_accuracy)
        made.best_epoch = summary.best_epoch or 0
        losses = np.asarray(history.batch_loss)
        done = len(made.train)
        made.mark_phases(summary.config)
        for change in summary.changes:
            steps = len(losses) / done if done else 0
            made.mark(change, steps)
        if done and len(losses) >= done:
            made._x.extend(np.arange(1, len(losses) + 1) * (done / len(losses)))
            made._loss.extend(losses)
            made._accuracy.extend(np.asarray(history.batch_accuracy))
        return made

    @property
    def x(self) -> np.ndarray:
        return self._x.values

    @property
    def loss(self) -> np.ndarray:
        return self._loss.values

    @property
    def accuracy(self) -> np.ndarray:
        return self._accuracy.values

    @property
    def done(self) -> int:
        return len(self.train)

    @property
    def horizon(self) -> int:
        """The last epoch on the axis."""
        begun = math.ceil(float(self.x[-1]) - 1e-9) if len(self.x) else 0
        return max(self.epochs, self.done, begun, 1)

    @property
    def reached_marks(self) -> tuple[tuple[float, str], ...]:
        """The marks up to the last batch: an unfinished epoch loses its marks together with its batches."""
        reached = float(self.x[-1]) if len(self.x) else float(self.done)
        return tuple((place, words) for place, words in self.marks if place <= reached + 1e-9)

    def end(self, *, keep_unfinished: bool = False) -> None:
        """The training ended. Remove an unfinished epoch, unless it shows what went wrong, and plan no more."""
        if not keep_unfinished:
            self.cut(self.done)
        self.epochs = self.done

    @property
    def window(self) -> int:
        """How many neighbouring batches the smoothed line averages: at most a third of an epoch."""
        per_epoch = len(self.x) / max(self.x[-1], 1e-9) if len(self.x) else 0
        return int(min(SMOOTHED_BATCHES, max(per_epoch / 3, 3)))

    def add_batches(self, epoch: int, step: int, steps: int, losses: np.ndarray, accuracies: np.ndarray) -> None:
        """The batches that end with ``step`` of ``epoch``."""
        first = step - len(losses) + 1
        self._x.extend(epoch - 1 + np.arange(first, step + 1) / steps)
        self._loss.extend(losses)
        self._accuracy.extend(accuracies)

    def add_epoch(
        self, epoch: int, train: tuple[float, float], validation: tuple[float, float], held_out: int = 0
    ) -> None:
        """The means of a finished epoch, as (loss, accuracy); validation was measured on ``held_out`` images."""
        self.held_out = held_out
        self.train = np.vstack((self.train[: epoch - 1], [train]))
        self.validation = np.vstack((self.validation[: epoch - 1], [validation]))
        self._mark_best()

    def mark(self, change: SettingsChange, steps: float) -> None:
        """Add a change of the settings during the training; ``steps``: batches of an epoch."""
        place = change.epoch - 1 + (change.step / steps if steps else 0.0)
        self.marks.append((place, change.text()))

    def mark_phases(self, config: TrainConfig) -> None:
        """Mark where the phases of a transfer begin; other trainings have none."""
        if config.transfers and not any(mark in self.marks for mark in _phases(config)):
            self.marks += _phases(config)

    def cut(self, epochs: int) -> None:
        """Removes everything after the first ``epochs`` epochs: an epoch that was stopped is not kept."""
        self.train, self.validation = self.train[:epochs], self.validation[:epochs]
        kept = int(np.searchsorted(self.x, epochs + 1e-6))
        for column in (self._x, self._loss, self._accuracy):
            column.cut(kept)
        self._mark_best()

    def _mark_best(self) -> None:
        """Mark the best epoch, by the rule of the store: best validation accuracy, then smaller validation loss."""
        loss, accuracy = self.validation.T
        (known,) = np.nonzero(np.isfinite(accuracy))
        self.best_epoch = int(known[np.lexsort((loss[known], -accuracy[known]))[0]]) + 1 if len(known) else 0


def _phases(config: TrainConfig) -> list[tuple[float, str]]:
    return [(float(phase.first - 1), translated(phase.learning)) for phase in phases_of(config) if phase.last]


def _pairs(loss: tuple[float, ...], accuracy: tuple[float, ...]) -> np.ndarray:
    """(epochs, 2) float64; None in a history counts as NaN."""
    rows = [(np.nan if a is None else a, np.nan if b is None else b) for a, b in zip(loss, accuracy, strict=True)]
    return np.array(rows, np.float64).reshape(-1, 2)
