"""The learning rate of every step, as pure functions of the position in the run: resuming gives the same rates.

Warm-up and one cycle after Smith and Topin 2018, arXiv:1708.07120; the cosine after Loshchilov and Hutter 2017,
arXiv:1608.03983.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from nets.runs.config import TrainConfig

WARM_UP = 0.05
PATIENCE = 2


def rates(config: TrainConfig, steps: int, epoch: int, val_losses: Sequence[float]) -> np.ndarray:
    """The learning rate of every step of an epoch.

    Args:
        config: its schedule, highest rate and number of epochs are used.
        steps: batches in an epoch.
        epoch: from 1.
        val_losses: the validation losses of the epochs before, for the schedule that looks at them.

    Returns:
        (steps,) float32.
    """
    if config.schedule == "plateau":
        factors = np.full(steps, 0.5 ** plateaus(val_losses[: epoch - 1]))
    else:
        total = config.epochs * steps
        # The middle of a step stands for the whole step: neither the first rate nor the last is exactly zero.
        where = ((epoch - 1) * steps + np.arange(steps) + 0.5) / total
        factors = np.array([_FACTORS[config.schedule](part) for part in where])
    return (config.learning_rate * factors).astype(np.float32)


def course(config: TrainConfig, steps: int) -> np.ndarray:
    """The learning rate of every step of a whole run, as far as it is known before it begins.

    Args:
        config: its schedule, highest rate and number of epochs are used.
        steps: batches in an epoch.

    Returns:
        (epochs * steps,) float32. A schedule that looks at the validation loss is shown as if that always fell.
    """
    falling = [-float(epoch) for epoch in range(config.epochs)]
    return np.concatenate([rates(config, steps, epoch, falling) for epoch in range(1, config.epochs + 1)])


def plateaus(losses: Sequence[float]) -> int:
    """How many times ``losses`` had no new lowest value for ``PATIENCE`` epochs."""
    lowest, since, found = math.inf, 0, 0
    for loss in losses:
        if loss < lowest:
            lowest, since = loss, 0
        else:
            since += 1
        if since == PATIENCE:
            since, found = 0, found + 1
    return found


def _cosine(part: float) -> float:
    if part < WARM_UP:
        return part / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (part - WARM_UP) / (1 - WARM_UP)))


def _one_cycle(part: float) -> float:
    if part < 0.3:
        return 0.04 + 0.96 * 0.5 * (1 - math.cos(math.pi * part / 0.3))
    return 1e-4 + (1 - 1e-4) * 0.5 * (1 + math.cos(math.pi * (part - 0.3) / 0.7))


def _step(part: float) -> float:
    return 1.0 if part < 0.5 else 0.1 if part < 0.75 else 0.01


_FACTORS: dict[str, Callable[[float], float]] = {
    "constant": lambda part: 1.0,
    "step": _step,
    "exponential": lambda part: 0.01**part,
    "cosine": _cosine,
    "onecycle": _one_cycle,
}
