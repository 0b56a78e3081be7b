"""How the events of a training change what the panels show: without a thread, a network or a window."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from gui.train.training_state import Ended, Outcome, TrainingState
from nets.events import Event, Message, Progress
from nets.runs.evaluation import Accuracy, Evaluation
from nets.training.events import BatchesDone, EpochEnded, Preparing, Started, Validating

STARTED = Started("run", "LeNet · Digits", "2 threads", 4, 1, 10, 32, 320, 61_706)


def batches(epoch: int, step: int) -> BatchesDone:
    numbers = np.zeros(step, np.float32)
    return BatchesDone(epoch, step, 10, numbers, numbers, 5000.0, 12.0, 0.001, list)


def ended(epoch: int, right: int, loss: float) -> EpochEnded:
    labels = np.zeros(10, np.int64)
    probabilities = np.eye(2, dtype=np.float32)[(np.arange(10) >= right).astype(int)]
    evaluation = Evaluation(labels, probabilities, loss)
    return EpochEnded(epoch, 4, 0.5, 0.9, loss, right / 10, 1.0, 0.0, 5000.0, 0.001, evaluation)


def after(events: Sequence[Event], state: TrainingState | None = None) -> TrainingState:
    state = state or TrainingState(phase="reading")
    for event in events:
        state = state.after(event)
    return state


def test_the_phases_follow_each_other() -> None:
    state = TrainingState(phase="reading")
    for event, phase in (
        (Progress("mnist.npz", 3, 11, "MB"), "reading"),
        (Preparing("lenet"), "building"),
        (STARTED, "training"),
        (batches(1, 10), "training"),
        (Validating(1, 20, 100), "validating"),
        (ended(1, 5, 1.0), "validating"),
        (batches(2, 1), "training"),
        (Progress("evaluation", 5, 10, "images"), "testing"),
        (Ended(Outcome("finished", "run")), "idle"),
    ):
        state = state.after(event)
        assert state.phase == phase, event
        assert state.running == (phase != "idle")


def test_how_far_it_is() -> None:
    state = after([STARTED, batches(2, 5)])
    assert (state.epoch, state.epochs, state.epoch_share) == (2, 4, 0.5)
    assert state.share == pytest.approx(1.5 / 4)
    assert state.after(Validating(2, 1, 10)).epoch_share == 1.0


def test_the_best_epoch_has_the_most_right_and_then_the_smaller_loss() -> None:
    state = after([STARTED, ended(1, 6, 0.9), ended(2, 8, 0.7), ended(3, 8, 0.6), ended(4, 7, 0.1)])
    assert state.best is not None
    assert (state.best.epoch, state.best.accuracy) == (3, Accuracy(8, 10))
    assert state.epochs_done == 4


def test_pausing_and_stopping_outlast_late_reports_and_end_with_the_training() -> None:
    held = dataclasses.replace(after([STARTED]), paused=True)
    assert held.after(Validating(1, 2, 10)).paused
    stopping = dataclasses.replace(held, paused=False, stopping=True)
    assert stopping.after(batches(1, 3)).stopping
    over = stopping.after(Ended(Outcome("stopped", "run")))
    assert not over.stopping
    assert over.outcome == Outcome("stopped", "run")
    assert over.title == STARTED.title  # of the run that ended, for the words about it


def test_what_is_for_others_changes_nothing() -> None:
    state = after([STARTED])
    assert state.after(Message("a word")) is state


def test_what_is_done_stands_while_the_network_is_built() -> None:
    """Earlier, a resumed run, and the second part of a transfer, showed no progress during that time."""
    resumed = TrainingState(phase="building", epochs=4, epochs_done=1)
    assert resumed.share == pytest.approx(1 / 4)
