"""One epoch: blocks of batches go through the compiled step, with a report after each block."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from nets.errors import LensletError
from nets.events import Message
from nets.runs.changes import SettingsChange, changed, difference
from nets.runs.config import TrainConfig
from nets.runs.problems import problems
from nets.runs.recording import what_was_kept
from nets.text import Text
from nets.training.batches import Block
from nets.training.events import BatchesDone, Changed
from nets.training.setup import Setup
from nets.training.training import Training

# Seconds of work between two reports: at most 20 reports a second, and the longest wait until Stop takes effect.
TARGET = 0.06


@dataclass(frozen=True, eq=False)
class EpochDone:
    """The result of an epoch.

    losses, accuracies: (steps,) float32, each batch's own. seconds: without the time of reports; waiting: the part of
    it that waited for images. learning_rate: at the end.
    """

    losses: np.ndarray
    accuracies: np.ndarray
    seconds: float
    waiting: float
    learning_rate: float


@dataclass(eq=False)
class _Course:
    """An epoch so far. reporting: the seconds spent in reports."""

    losses: list[np.ndarray] = field(default_factory=list)
    accuracies: list[np.ndarray] = field(default_factory=list)
    reporting: float = 0.0


class Loop:
    """Runs epochs and remembers how long a step takes."""

    def __init__(
        self, training: Training, setup: Setup, keep: Callable[[Sequence[SettingsChange]], None] = lambda changes: None
    ) -> None:
        """``keep`` writes all changes of the run whenever there is a new one."""
        self._training = training
        self._setup = setup
        self._config = training.config
        self._changes = list(training.changes)
        self._keep = keep
        self._report = training.report
        self._augmentation = training.config.augmentation
        self._step_seconds = 0.0
        self._waiting = 0.0
        self.validation_seconds = 0.0

    def epoch(self, number: int, rates_of: Callable[[TrainConfig], np.ndarray]) -> EpochDone:
        """Trains through all batches once.

        Args:
            number: the epoch, from 1; it decides the order of the images and their augmentation.
            rates_of: gives (steps,) float32, the learning rate of each step under a configuration.

        Raises:
            LensletError: the loss or a weight is not a number any more.
        """
        course, steps, done = _Course(), self._setup.batches.steps, 0
        began, self._waiting = time.perf_counter(), 0.0
        while done < steps:
            self._config = changed(self._training.config, self._changes, number, done)
            if self._config.augmentation != self._augmentation:
                self._augmentation = self._config.augmentation
                self._setup.batches.augment(self._augmentation, self._setup.images_for(self._augmentation))
            rates = rates_of(self._config)
            until = min((c.step for c in self._changes if c.epoch == number and c.step > done), default=steps)
            # Closed in any case, because a thread may still be preparing images.
            with contextlib.closing(self._blocks(number, done, until)) as blocks:
                done = self._train_through(blocks, number, rates, course, began)
        seconds = time.perf_counter() - began - course.reporting
        if not self._setup.engine.is_finite():
            _refuse_nan(np.array([np.nan]), number, steps - 1, self._config)
        losses, accuracies = np.concatenate(course.losses), np.concatenate(course.accuracies)
        return EpochDone(losses, accuracies, seconds, self._waiting, float(rates[-1]))

    def _train_through(
        self,
        blocks: Iterable[tuple[int, int, Block]],
        number: int,
        rates: np.ndarray,
        course: _Course,
        began: float,
    ) -> int:
        """Train through the blocks until they end or a setting changes; returns the number of steps done."""
        batches, engine = self._setup.batches, self._setup.engine
        done = 0
        for step, count, block in blocks:
            started = time.perf_counter()
            loss, accuracy = engine.run(*block, rates[step : step + count])
            took = (time.perf_counter() - started) / count
            self._step_seconds = took if not self._step_seconds else 0.7 * self._step_seconds + 0.3 * took
            _refuse_nan(loss, number, step, self._config)
            course.losses.append(loss)
            course.accuracies.append(accuracy)
            done = step + count
            spent = time.perf_counter() - began - course.reporting
            speed = min(done * self._config.batch_size, batches.images) / spent
            left = self._seconds_left(spent / done, number, batches.steps - done)
            paused = time.perf_counter()
            self._report(
                BatchesDone(
                    number,
                    done,
                    batches.steps,
                    loss,
                    accuracy,
                    speed,
                    left,
                    float(rates[done - 1]),
                    self._setup.weights,
                )
            )
            adjusted = self._adjust(number, done)
            course.reporting += time.perf_counter() - paused
            if adjusted:
                break
        return done

    def _adjust(self, epoch: int, done: int) -> bool:
        """Whether a setting changes after ``done`` steps of ``epoch``; if so, the change is kept and reported."""
        wanted = self._training.adjust()
        fields = difference(self._config, wanted) if wanted else {}
        if not fields:
            return False
        data = self._training.data
        config = dataclasses.replace(self._config, **fields)
        found = problems(config, images=len(data.train), classes=len(data.classes), input=data.spec.input)
        if found:
            self._report(Message(Text("nothing was changed: {problem}", problem=next(iter(found.values())))))
            return False
        steps = self._setup.batches.steps
        change = SettingsChange(epoch, done, **fields) if done < steps else SettingsChange(epoch + 1, 0, **fields)
        self._changes.append(change)
        self._keep(self._changes)
        self._report(Changed(change, steps))
        return True

    def _seconds_left(self, each: float, epoch: int, steps: int) -> float:
        epochs = self._config.epochs - epoch
        return each * (steps + epochs * self._setup.batches.steps) + (epochs + 1) * self.validation_seconds

    def _blocks(self, epoch: int, first: int, until: int) -> Generator[tuple[int, int, Block], None, None]:
        """The epoch's blocks from step ``first`` to ``until``: first step, number of steps, tensors. The next block is
        prepared while one is computed.
        """
        batches = self._setup.batches
        started = time.perf_counter()
        batches.begin(epoch)
        self._waiting += time.perf_counter() - started
        with ThreadPoolExecutor(1, thread_name_prefix="data") as aside:
            step, count = first, self._count(first, until)
            ready = aside.submit(batches.take, step, count)
            while step < until:
                started = time.perf_counter()
                block = ready.result()
                self._waiting += time.perf_counter() - started
                following = step + count
                next_count = self._count(following, until) if following < until else 0
                if next_count:
                    ready = aside.submit(batches.take, following, next_count)
                yield step, count, block
                step, count = following, next_count

    def _count(self, step: int, until: int) -> int:
        """Number of batches until the next report, at most up to step ``until``."""
        wanted = max(1, int(TARGET / self._step_seconds)) if self._step_seconds else 1
        return self._setup.batches.block_length(step, min(wanted, until - step))


def _refuse_nan(losses: np.ndarray, epoch: int, step: int, config: TrainConfig) -> None:
    bad = np.flatnonzero(~np.isfinite(losses))
    if len(bad):
        raise LensletError(
            "the loss became {loss} in batch {step} of epoch {epoch}; {kept}; try a smaller learning rate, for "
            "example {smaller:g}",
            loss=losses[bad[0]],
            step=step + int(bad[0]) + 1,
            epoch=epoch,
            kept=what_was_kept(epoch - 1),
            smaller=config.learning_rate / 10,
        )
