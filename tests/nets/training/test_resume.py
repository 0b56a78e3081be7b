"""Stopping and resuming gives the same bits as not stopping."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nets.data.specs import Dataset
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event
from nets.runs.config import TrainConfig
from nets.runs.lock import lock_run
from nets.runs.store import Run, RunStore
from nets.training import setup
from nets.training.events import BatchesDone, EpochEnded, Finished, Started
from nets.training.train import resume, train

pytestmark = pytest.mark.usefixtures("small_network")

# Dropout, batch normalisation, momentum, a schedule that looks back, elastic augmentation; and Adam under a cosine.
LENET = TrainConfig("lenet", "bars", epochs=3, batch_size=32, augmentation="affine", schedule="cosine", limit=70)
PEN = TrainConfig(
    "pen",
    "bars",
    epochs=3,
    batch_size=24,
    optimizer="nesterov",
    learning_rate=0.01,
    schedule="plateau",
    augmentation="elastic",
    limit=40,
)


def stopping_in(epoch: int):
    """A report that presses Stop in the middle of ``epoch``."""

    def report(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == epoch:
            raise Cancelled

    return report


def stopped_run(config: TrainConfig, data: Dataset, store: RunStore, epoch: int = 2) -> Run:
    with pytest.raises(Cancelled):
        train(config, data, store, stopping_in(epoch))
    return store.open(store.list()[0].id)


def same_bits(one: Run, other: Run) -> bool:
    with np.load(one.folder / "state.npz") as a, np.load(other.folder / "state.npz") as b:
        return sorted(a.files) == sorted(b.files) and all(a[n].tobytes() == b[n].tobytes() for n in a.files)


HAND = dataclasses.replace(PEN, engine="numpy")
PLAIN = TrainConfig("lenet", "bars", epochs=2, batch_size=32, engine="numpy")  # any engine will do; nothing is compiled


@pytest.mark.parametrize("config", [LENET, PEN, HAND], ids=["lenet", "pen", "pen by hand"])
def test_resumed_is_not_stopped(config: TrainConfig, data: Dataset, store: RunStore) -> None:
    whole = train(config, data, store)
    run = stopped_run(config, data, store)
    assert (run.summary.state, run.summary.epochs_done) == ("stopped", 1)
    seen: list[Event] = []
    resumed = resume(run, data, store, report=seen.append)
    assert same_bits(whole, resumed)
    weights = zip(whole.weights("last"), resumed.weights("last"), strict=True)
    assert all(a.tobytes() == b.tobytes() for a, b in weights)
    assert resumed.summary.history.val_loss == whole.summary.history.val_loss
    assert np.array_equal(resumed.summary.history.batch_loss, whole.summary.history.batch_loss)
    started = next(event for event in seen if isinstance(event, Started))
    assert (started.first_epoch, started.run) == (2, run.id)
    assert [e.epoch for e in seen if isinstance(e, EpochEnded)] == [2, 3]
    assert resumed.summary.state == "finished"


def test_resumed_is_not_stopped_when_compiled(data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "WORTH_COMPILING", 1)
    whole = train(LENET, data, store)
    run = stopped_run(LENET, data, store)
    # How the steps are computed is the run's: the rest must not be computed in another way.
    monkeypatch.setattr(setup, "WORTH_COMPILING", 10**9)
    assert same_bits(whole, resume(run, data, store))


def test_more_epochs_go_on_in_the_same_run(data: Dataset, store: RunStore) -> None:
    config = dataclasses.replace(PLAIN, epochs=1)
    run = train(config, data, store)
    more = resume(run, data, store, epochs=3)
    assert more.id == run.id
    assert more.summary.epochs == more.summary.epochs_done == len(more.summary.history) == 3
    assert same_bits(more, train(dataclasses.replace(PLAIN, epochs=3), data, store))
    with pytest.raises(UsageError, match="has 3 epochs; to go on, ask for more than 3"):
        resume(more, data, store)


def test_a_run_that_failed_in_its_first_epoch_starts_anew(data: Dataset, store: RunStore) -> None:
    def fail(event: Event) -> None:
        if isinstance(event, BatchesDone):
            raise MemoryError

    config = dataclasses.replace(PLAIN, epochs=1)
    with pytest.raises(LensletError):
        train(config, data, store, fail)
    run = store.open(store.list()[0].id)
    assert run.summary.epochs_done == 0
    assert "nothing was kept" in run.summary.message
    seen: list[Event] = []
    assert same_bits(resume(run, data, store, report=seen.append), train(config, data, store))
    assert isinstance(seen[-1], Finished)


def test_other_data_is_refused(data: Dataset, store: RunStore) -> None:
    run = stopped_run(PLAIN, data, store)
    with pytest.raises(LensletError, match="trained on other data: bars had the sum 0123, now it has 9"):
        resume(run, dataclasses.replace(data, md5="9"), store)


def test_a_run_in_training_is_not_resumed(data: Dataset, store: RunStore) -> None:
    run = stopped_run(PLAIN, data, store)
    with lock_run(run.folder), pytest.raises(LensletError, match="another window or program"):
        resume(run, data, store)
