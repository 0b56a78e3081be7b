"""What a training is doing: one frozen value that all panels show, and how each event changes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from nets.events import Event, Progress
from nets.runs.config import TrainConfig
from nets.runs.evaluation import Accuracy
from nets.training.events import BatchesDone, Changed, EpochEnded, Preparing, Started, Validating
from nets.training.features import COMPUTING
from nets.training.phases import phase_at

Phase = Literal["idle", "reading", "building", "training", "validating", "testing"]


@dataclass(frozen=True)
class Best:
    """The epoch with the best validation accuracy; among equal ones the one with the smaller validation loss."""

    epoch: int
    accuracy: Accuracy
    loss: float


@dataclass(frozen=True)
class Outcome:
    """How a training ended.

    run: its id, "" if it had none yet. sentence, traceback: what failed, for a person and for a report. kept: whether
    the run is on the disk. test: on the test set; None unless the run has finished.
    """

    kind: Literal["finished", "stopped", "failed"]
    run: str = ""
    sentence: str = ""
    traceback: str = ""
    kept: bool = True
    test: Accuracy | None = None


@dataclass(frozen=True)
class Ended(Event):
    """The last event of a training."""

    outcome: Outcome


@dataclass(frozen=True)
class TrainingState:
    """A training as it is now, or as the last one ended; ``after`` gives the state that follows an event.

    phase: "reading" its data, "building" the network, then for each epoch "training" and "validating", at last
    "testing"; "idle" while there is none.

    watched: whether the pad answers with the network in training. config: its settings. resumed: whether the run
    continues from earlier epochs. run, title: "" until the first batch is near. started: the sizes, from then on.

    epoch: the current one, from 1, of ``epochs`` in all; 0 before the first batch. epoch_share: the finished part of
    it, 0 to 1. epochs_done: finished and kept. guessing: after the last of them the network was no better than chance.
    progress: of what the phase counts, e.g. megabytes downloaded or images tested; None if nothing is counted.
    seconds_left: until the last epoch ends; NaN if unknown.
    """

    phase: Phase = "idle"
    paused: bool = False
    stopping: bool = False
    watched: bool = False
    config: TrainConfig | None = None
    resumed: bool = False
    run: str = ""
    title: str = ""
    started: Started | None = None
    epoch: int = 0
    epochs: int = 0
    epoch_share: float = 0.0
    epochs_done: int = 0
    best: Best | None = None
    guessing: bool = False
    progress: Progress | None = None
    images_per_second: float = math.nan
    seconds_left: float = math.nan
    outcome: Outcome | None = None

    @property
    def running(self) -> bool:
        return self.phase != "idle"

    @property
    def preparing(self) -> bool:
        """Before the first batch."""
        return self.phase in ("reading", "building")

    @property
    def learning(self) -> str:
        """What learns in the current epoch of a transfer; "" for any other training."""
        transfers = self.config is not None and self.config.transfers and self.epoch > 0
        return phase_at(self.config, self.epoch).learning if self.config is not None and transfers else ""

    @property
    def share(self) -> float:
        """The finished part of all epochs, 0 to 1."""
        if self.preparing:
            return self.epochs_done / self.epochs if self.epochs else 0.0
        return (self.epoch - 1 + self.epoch_share) / self.epochs if self.epochs else 0.0

    def after(self, event: Event) -> TrainingState:
        """The state after an event; an event that changes nothing visible gives the same state."""
        if isinstance(event, Progress):
            testing = self.started is not None and event.what != COMPUTING
            return replace(self, progress=event, phase="testing" if testing else "reading")
        if isinstance(event, Preparing):
            return replace(self, phase="building", progress=None)
        if isinstance(event, Started):
            return self._after_start(event)
        if isinstance(event, BatchesDone):
            return replace(
                self,
                phase="training",
                epoch=event.epoch,
                epoch_share=event.step / max(event.steps, 1),
                progress=None,
                images_per_second=event.images_per_second,
                seconds_left=event.seconds_left,
            )
        if isinstance(event, Changed) and self.config is not None:
            return replace(self, config=replace(self.config, **event.change.fields()))
        if isinstance(event, Validating):
            counted = Progress("validation", event.done, event.total, "images")
            return replace(self, phase="validating", epoch_share=1.0, progress=counted)
        if isinstance(event, EpochEnded):
            return self._after_epoch(event)
        if isinstance(event, Ended):
            return replace(self, phase="idle", paused=False, stopping=False, progress=None, outcome=event.outcome)
        return self

    def _after_start(self, event: Started) -> TrainingState:
        return replace(
            self,
            phase="training",
            run=event.run,
            title=event.title,
            started=event,
            epoch=event.first_epoch,
            epochs=event.epochs,
            epoch_share=0.0,
            epochs_done=event.first_epoch - 1,
            progress=None,
        )

    def _after_epoch(self, event: EpochEnded) -> TrainingState:
        best, evaluation = self.best, event.evaluation
        if evaluation is not None and len(evaluation):
            new = Best(event.epoch, evaluation.measured, event.val_loss)
            if best is None or (-new.accuracy.share, new.loss) < (-best.accuracy.share, best.loss):
                best = new
        return replace(
            self,
            epoch=event.epoch,
            epoch_share=1.0,
            epochs_done=event.epoch,
            best=best,
            guessing=evaluation is not None and evaluation.is_guessing,
        )
