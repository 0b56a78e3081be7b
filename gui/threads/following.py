"""A copy of the network in training answers the pad, with the weights of the last report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gui.threads.subject import Subject
from gui.threads.worker import Question
from nets.events import Message, Report
from nets.network.card import Card

if TYPE_CHECKING:
    from nets.compute.lens import Lens


@dataclass(frozen=True, eq=False)
class Snapshot(Question):
    """The present state of a network in training: enough to build a copy, and the weights.

    folder: of the run, which contains the network's configuration; None for a network of the zoo.
    """

    run: str
    card: Card
    epoch: int
    weights: list[np.ndarray]
    folder: Path | None = None


class TrainingCopy:
    """Makes the subject of each snapshot. Used by one thread; the network is built once for each run."""

    def __init__(self) -> None:
        self._run = ""
        self._lens: Lens | None = None

    def __call__(self, snapshot: Snapshot, report: Report) -> Subject:
        if self._lens is None or snapshot.run != self._run:
            report(Message("Copying the network in training"))
            self._lens, self._run = self._build(snapshot), snapshot.run
        return Subject(self._lens, self._lens.model, snapshot.weights)

    def _build(self, snapshot: Snapshot) -> Lens:
        from nets.compute.lens import Lens
        from nets.network.model import Model, ModelRef
        from nets.runs.architecture import blank_network

        card = snapshot.card
        network = blank_network(snapshot.folder, card)
        lens = Lens(Model.of(ModelRef("training", snapshot.run), card, network))
        lens.warm_up()
        return lens
