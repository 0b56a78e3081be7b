"""A training as one value: the settings, the data, the folder, and the receiver of its reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nets import zoo
from nets.data.specs import Dataset, ImageInput
from nets.events import Report
from nets.network.card import Card
from nets.runs.changes import SettingsChange
from nets.runs.config import TrainConfig, input_for
from nets.runs.history import History
from nets.runs.recording import Saved
from nets.training.start import Start

NO_HISTORY = History()
Adjust = Callable[[], Mapping[str, Any] | None]
LARGE = 1_000_000
"""Networks with more parameters are trained by Keras's optimisers; see ``nets.training.engines.keras_engine``."""


def no_adjustment() -> Mapping[str, Any] | None:
    """An ``Adjust`` that changes nothing."""
    return None


@dataclass(frozen=True, eq=False)
class Training:
    """Everything that the steps of one training need to know.

    config: the settings. data: the images and labels. report: receives the events; it may raise Cancelled. folder: the
    run's folder; None if nothing is kept (benchmarks, tests). history: the earlier epochs. saved: the state after them;
    None at the beginning. start: the trained network whose weights it starts from; None: random ones. xla: whether XLA
    compiles the steps; None: decided by the amount of work. large: networks with more parameters than this are trained
    by Keras's optimisers. changes: those of a resumed run; they are made again at the same steps. adjust: called after
    each report; gives the fields of ``config`` with which the training continues (of ``changes.CHANGEABLE``), or None.
    card: of a transferred network, which is not in the zoo; None: the network's row in the zoo is used.
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
    changes: tuple[SettingsChange, ...] = ()
    adjust: Adjust = no_adjustment
    card: Card | None = None

    @property
    def input(self) -> ImageInput:
        """What the network receives."""
        if self.card is not None:
            return self.card.input
        return input_for(zoo.get(self.config.network), self.data.spec.input, self.config.size)


@dataclass(frozen=True)
class Beginning:
    """What a transfer begins with. card: of its network. write: writes the network and its weights into the folder."""

    card: Card
    write: Callable[[Path], None]
