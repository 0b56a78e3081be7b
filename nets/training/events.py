"""The events that a training reports: at most about 20 a second, and at least one every 0.1 s of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nets.events import Event

if TYPE_CHECKING:
    from nets.runs.changes import SettingsChange
    from nets.runs.config import TrainConfig
    from nets.runs.evaluation import Evaluation


@dataclass(frozen=True)
class Preparing(Event):
    """The network is being built and its training step compiled, which takes a second or a few."""

    network: str


@dataclass(frozen=True)
class Started(Event):
    """Training begins (or continues, if ``first_epoch`` is over 1).

    images: how many are trained on in an epoch. config: the training's, from which the phases of a transfer follow;
    None: unknown.
    """

    run: str
    title: str
    device: str
    epochs: int
    first_epoch: int
    steps: int
    batch_size: int
    images: int
    parameters: int
    config: TrainConfig | None = None


@dataclass(frozen=True, eq=False)
class BatchesDone(Event):
    """Some batches are done.

    epoch counts from 1; step is how many of the epoch's ``steps`` are done after these.
    losses, accuracies: (k,) float32, each batch's own, not a running mean.
    seconds_left: until the last epoch ends, validation included as far as it is known.
    weights: the network's weights now, as ``model.get_weights()`` orders them, copied. To be called inside the
        report, on the training thread, and only there.
    """

    epoch: int
    step: int
    steps: int
    losses: np.ndarray
    accuracies: np.ndarray
    images_per_second: float
    seconds_left: float
    learning_rate: float
    weights: Callable[[], list[np.ndarray]]


@dataclass(frozen=True)
class Changed(Event):
    """From this batch on the training continues with another rate or augmentation; ``steps``: batches of an epoch."""

    change: SettingsChange
    steps: int


@dataclass(frozen=True)
class Validating(Event):
    """``done`` of ``total`` validation images were classified."""

    epoch: int
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class EpochEnded(Event):
    """An epoch has been trained, validated and written.

    seconds: training alone. waiting_seconds: the part of it that waited for data to be prepared. val_loss,
    val_accuracy: NaN, and evaluation None, if nothing is held out.
    """

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
    waiting_seconds: float
    images_per_second: float
    learning_rate: float
    evaluation: Evaluation | None


@dataclass(frozen=True)
class Finished(Event):
    """The run ended: ``state`` is "finished" or "stopped"; ``epochs``: its finished epochs."""

    run: str
    state: str
    epochs: int
    test_accuracy: float | None
