"""One epoch: blocks of batches go through the compiled step, and after each block the report hears of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from nets.errors import LensletError
from nets.runs.config import TrainConfig
from nets.runs.recording import what_was_kept
from nets.training.batches import Block
from nets.training.events import Batches as BatchesDone
from nets.training.setup import Setup
from nets.training.training import Training

# Seconds of work between two reports: at most 20 reports a second, and Stop is answered after that long.
TARGET = 0.06


@dataclass(frozen=True, eq=False)
class EpochDone:
    """What an epoch gave.

    losses, accuracies: (steps,) float32, each batch's own. seconds: without what reports took; waiting: the part of it
    in which nothing was computed, while images were made ready. learning_rate: at the end.
    """

    losses: np.ndarray
    accuracies: np.ndarray
    seconds: float
    waiting: float
    learning_rate: float


class Loop:
    """Runs epochs and remembers how long a step takes."""

    def __init__(self, training: Training, setup: Setup) -> None:
        self._setup = setup
        self._config = training.config
        self._report = training.report
        self._step_seconds = 0.0
        self._waiting = 0.0
        self.validation_seconds = 0.0

    def epoch(self, number: int, rates: np.ndarray) -> EpochDone:
        """Trains through all batches once.

        Args:
            number: the epoch, from 1; it decides the order of the images and their augmentation.
            rates: (steps,) float32, the learning rate of each step.

        Raises:
            LensletError: the loss or a weight is not a number any more.
        """
        # Closed at once, whatever happens: a thread may be getting images ready.
        with contextlib.closing(self._blocks(number)) as blocks:
            return self._train_through(blocks, number, rates)

    def _train_through(self, blocks: Iterable[tuple[int, int, Block]], number: int, rates: np.ndarray) -> EpochDone:
        batches, engine = self._setup.batches, self._setup.engine
        began, reporting, self._waiting = time.perf_counter(), 0.0, 0.0
        losses, accuracies, done = [], [], 0
        for step, count, block in blocks:
            started = time.perf_counter()
            loss, accuracy = engine.run(*block, rates[step : step + count])
            took = (time.perf_counter() - started) / count
            self._step_seconds = took if not self._step_seconds else 0.7 * self._step_seconds + 0.3 * took
            _refuse_nan(loss, number, step, self._config)
            losses.append(loss)
            accuracies.append(accuracy)
            done = step + count
            spent = time.perf_counter() - began - reporting
            speed = min(done * self._config.batch_size, batches.images) / spent
            left = self._seconds_left(spent / done, number, batches.steps - done)
            paused = time.perf_counter()
            self._report(
                BatchesDone(
                    number, done, batches.steps, loss, accuracy, speed, left, float(rates[done - 1]), engine.weights
                )
            )
            reporting += time.perf_counter() - paused
        seconds = time.perf_counter() - began - reporting
        if not engine.is_finite():
            _refuse_nan(np.array([np.nan]), number, batches.steps - 1, self._config)
        return EpochDone(np.concatenate(losses), np.concatenate(accuracies), seconds, self._waiting, float(rates[-1]))

    def _seconds_left(self, each: float, epoch: int, steps: int) -> float:
        epochs = self._config.epochs - epoch
        return each * (steps + epochs * self._setup.batches.steps) + (epochs + 1) * self.validation_seconds

    def _blocks(self, epoch: int) -> Generator[tuple[int, int, Block], None, None]:
        """The epoch's blocks: first step, steps, tensors. The next one is made ready while one is computed."""
        batches = self._setup.batches
        started = time.perf_counter()
        batches.begin(epoch)
        self._waiting += time.perf_counter() - started
        with ThreadPoolExecutor(1, thread_name_prefix="data") as aside:
            step, count = 0, self._count(0)
            ready = aside.submit(batches.take, step, count)
            while step < batches.steps:
                started = time.perf_counter()
                block = ready.result()
                self._waiting += time.perf_counter() - started
                following = step + count
                next_count = self._count(following) if following < batches.steps else 0
                if next_count:
                    ready = aside.submit(batches.take, following, next_count)
                yield step, count, block
                step, count = following, next_count

    def _count(self, step: int) -> int:
        """How many batches to do before the next report."""
        wanted = max(1, int(TARGET / self._step_seconds)) if self._step_seconds else 1
        return self._setup.batches.block_length(step, wanted)


def _refuse_nan(losses: np.ndarray, epoch: int, step: int, config: TrainConfig) -> None:
    bad = np.flatnonzero(~np.isfinite(losses))
    if len(bad):
        raise LensletError(
            f"the loss became {losses[bad[0]]} in batch {step + int(bad[0]) + 1} of epoch {epoch}; "
            f"{what_was_kept(epoch - 1)}; try a smaller learning rate, for example {config.learning_rate / 10:g}"
        )
