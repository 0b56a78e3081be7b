"""Search for a learning rate: the rate rises with every batch, and the loss shows where it is large enough.

Source: Smith 2015, Cyclical learning rates for training neural networks, arXiv:1506.01186, section 3.3.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nets.data.specs import Dataset
from nets.errors import LensletError
from nets.events import Progress, Report, no_report
from nets.runs.config import TrainConfig
from nets.runs.problems import check
from nets.runs.store import RunStore
from nets.training.batches import Block
from nets.training.setup import Setup, set_up
from nets.training.start import find_start
from nets.training.training import Beginning, Training
from nets.training.transfer_setup import prepare_phase

LOWEST, HIGHEST = 1e-6, 10.0
STEPS = 120
SMOOTHING = 0.9
"""The share of the old mean that each batch keeps in the running mean."""
DIVERGED = 4.0
"""The search ends when the smoothed loss is this many times its lowest value."""
FIRST = 5
"""Batches after which the running mean is meaningful."""


@dataclass(frozen=True, eq=False)
class RateSearch:
    """The result of a search.

    rates, losses, smoothed: (n,) float64, one value for each batch: its rate, its own loss before the step, and the
    running mean of the losses so far. n is at most ``STEPS``, less if the loss diverged. proposal: the rate to train
    with. lowest: the rate with the lowest smoothed loss.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    proposal: float
    lowest: float


@dataclass(frozen=True)
class RateTried(Progress):
    """One batch of a search: its rate, its own loss before the step, and the running mean of the losses so far."""

    rate: float = 0.0
    loss: float = 0.0
    smoothed: float = 0.0


def find_rate(
    config: TrainConfig,
    data: Dataset,
    report: Report = no_report,
    *,
    store: RunStore | None = None,
    begins: Beginning | None = None,
) -> RateSearch:
    """Trains a new network for at most ``STEPS`` batches while the rate rises from ``LOWEST`` to ``HIGHEST``.

    Nothing is kept. The settings are those of the training to come, but for the rate and the schedule. Of a transfer it
    is the rate of the head, which learns alone at first.

    Args:
        config: the settings.
        data: the images and labels.
        report: receives a RateTried for each batch; it may raise Cancelled.
        store: the runs among which ``config.start_from`` is looked for; needed only where it names one.
        begins: of a transfer, what it begins with (``nets.training.transfer.beginning``).

    Raises:
        UsageError: the configuration cannot be.
        LensletError: the loss never fell, so that there is nothing to propose.
    """
    config = dataclasses.replace(config, schedule="constant", recipe="")
    check(config, images=len(data.train), classes=len(data.classes), input=data.spec.input)
    if begins is None:
        start = find_start(config, data, store) if store is not None else None
        setup = set_up(Training(config, data, report, start=start, xla=False))
    else:
        setup = _prepare_head(config, data, report, begins)
    rates = np.geomspace(LOWEST, HIGHEST, STEPS)
    losses, smoothed = np.zeros(STEPS), np.zeros(STEPS)
    mean, done = 0.0, 0
    for block in _batches(setup):
        loss, _ = setup.engine.run(*block, rates[done : done + 1].astype(np.float32))
        losses[done] = loss[0]
        mean = SMOOTHING * mean + (1 - SMOOTHING) * losses[done]
        smoothed[done] = mean / (1 - SMOOTHING ** (done + 1))
        best = smoothed[: done + 1].min()
        done += 1
        last = (float(values[done - 1]) for values in (rates, losses, smoothed))
        report(RateTried("learning rates", done, STEPS, "batches", None, *last))
        if not np.isfinite(mean):
            done -= 1
            break
        if done == STEPS or (done > FIRST and smoothed[done - 1] > DIVERGED * best):
            break
    return _search(rates[:done], losses[:done], smoothed[:done])


def _prepare_head(config: TrainConfig, data: Dataset, report: Report, begins: Beginning) -> Setup:
    """The first phase of a transfer. Features are computed only for the images that the search reads."""
    most = STEPS * config.batch_size
    limit = most if config.limit is None else min(config.limit, most)
    config = dataclasses.replace(config, validation=0.0, limit=limit)
    with tempfile.TemporaryDirectory(prefix="lenslet-rate-", ignore_cleanup_errors=True) as folder:
        begins.write(Path(folder))
        return set_up(Training(config, data, report, Path(folder), card=begins.card), prepare_phase)


def _batches(setup: Setup) -> Iterator[Block]:
    """Batch after batch, epoch after epoch."""
    batches, epoch = setup.batches, 0
    while True:
        epoch += 1
        batches.begin(epoch)
        for step in range(batches.steps):
            yield batches.take(step, 1)


def _search(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray) -> RateSearch:
    lowest = int(np.argmin(smoothed)) if len(smoothed) else 0
    if lowest <= FIRST:
        raise LensletError(
            "no rate made the loss fall; look at the data and the optimiser, or start from a trained network"
        )
    return RateSearch(rates, losses, smoothed, propose(rates, smoothed), float(rates[lowest]))


def propose(rates: np.ndarray, smoothed: np.ndarray) -> float:
    """The rate at which the loss falls fastest, with two digits; at most a tenth of the one where it is lowest.

    The running mean is about ten batches late, a factor of three: at a third of the lowest one the loss may rise
    already.

    Args:
        rates: (n,) rising.
        smoothed: (n,) the running mean of the loss at each of them.
    """
    lowest = int(np.argmin(smoothed))
    slope = np.gradient(smoothed[: lowest + 1], np.log(rates[: lowest + 1]))
    first = min(FIRST, lowest)
    steepest = first + int(np.argmin(slope[first:]))
    return float(f"{min(rates[steepest], rates[lowest] / 10):.1e}")
