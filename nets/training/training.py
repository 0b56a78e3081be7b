"""A training as one value: what is trained, on what, where it is kept, and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nets import zoo
from nets.data.specs import Dataset, ImageInput
from nets.events import Report
from nets.runs.config import TrainConfig, input_for
from nets.runs.history import History
from nets.runs.recording import Saved
from nets.training.start import Start

NO_HISTORY = History()
LARGE = 1_000_000
"""Networks with more parameters are trained by Keras's optimisers; see ``nets.training.engines.keras_engine``."""


@dataclass(frozen=True, eq=False)
class Training:
    """Everything that the steps of one training need to know.

    config: the settings.
    data: the images and labels.
    report: receives the events; it may raise Cancelled.
    folder: the run's folder; None where nothing is kept (benchmarks, tests).
    history: the epochs that were done before.
    saved: the state after them; None at the beginning.
    start: the trained network whose weights it begins with; None: random ones.
    xla: whether XLA compiles the steps; None: as much work as pays decides.
    large: networks with more parameters are trained by Keras's optimisers.
    """

    config: TrainConfig
    data: Dataset
    report: Report
    folder: Path | None = None
    history: History = NO_HISTORY
    saved: Saved | None = None
    start: Start | None = None
    xla: bool | None = None
    large: int = LARGE

    @property
    def input(self) -> ImageInput:
        """What the network receives."""
        return input_for(zoo.get(self.config.network), self.data.spec.input, self.config.size)
