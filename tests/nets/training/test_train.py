"""Training learns, reports, stops at once, and says in a sentence what went wrong."""

from __future__ import annotations

import dataclasses
import errno
import json
import logging
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from nets import backend
from nets.data.images import ChosenImages
from nets.data.specs import Dataset, Split
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event
from nets.runs import recording
from nets.runs.config import OPTIMIZERS, TrainConfig
from nets.runs.lock import is_locked
from nets.runs.store import RunStore
from nets.training.evaluate import evaluate
from nets.training.events import BatchesDone, EpochEnded, Finished, Preparing, Started, Validating
from nets.training.loop import Loop
from nets.training.schedules import rates
from nets.training.setup import set_up
from nets.training.split import validation_indices
from nets.training.train import resume, train
from nets.training.training import Training
from tests.nets.tiny_data import dataset

CONFIG = TrainConfig("lenet", "bars", epochs=2, batch_size=24, learning_rate=3e-3)
BY_HAND = dataclasses.replace(CONFIG, engine="numpy")  # where any engine will do: this one compiles nothing


def test_a_training_from_start_to_end(data: Dataset, store: RunStore) -> None:
    seen: list[Event] = []
    snapshots: list[list[np.ndarray]] = []

    def report(event: Event) -> None:
        seen.append(event)
        if isinstance(event, BatchesDone):
            snapshots.append(event.weights())
            assert is_locked(store.folder / store.list()[0].id)
            assert store.list()[0].state == "running"

    run = train(CONFIG, data, store, report)

    started = next(event for event in seen if isinstance(event, Started))
    assert isinstance(seen[0], Preparing)
    assert (started.run, started.images, started.steps, started.parameters) == (run.id, 90, 4, 61_196)
    batches = [event for event in seen if isinstance(event, BatchesDone)]
    assert sum(len(event.losses) for event in batches) == 8
    assert batches[-1].step == batches[-1].steps == 4
    assert all(event.images_per_second > 0 and event.seconds_left >= 0 for event in batches)
    ended = [event for event in seen if isinstance(event, EpochEnded)]
    assert [event.epoch for event in ended] == [1, 2]
    assert any(isinstance(event, Validating) and event.total == 10 for event in seen)
    assert seen[-1] == Finished(run.id, "finished", 2, run.summary.test_accuracy)
    assert not is_locked(run.folder)

    history = run.summary.history
    assert history.loss[1] < history.loss[0]
    sizes = [24, 24, 24, 18]
    assert history.loss[1] == pytest.approx(np.average(history.batch_loss[4:], weights=sizes))
    assert ended[1].loss == history.loss[1]
    last = run.weights("last")
    assert all(np.array_equal(a, b) for a, b in zip(snapshots[-1], last, strict=True))

    # What was kept of the evaluation is what the network answers to the images held out.
    held_out = validation_indices(CONFIG, data.train.labels)
    found = evaluate(
        run.network("last"),
        Split(ChosenImages(data.train.images, held_out), data.train.labels[held_out]),
        run.card.input,
    )
    kept = run.evaluation("last")
    assert kept is not None
    np.testing.assert_allclose(found.probabilities, kept.probabilities, atol=1e-6)
    assert found.loss == pytest.approx(kept.loss, abs=1e-6)
    assert kept.accuracy == history.val_accuracy[1]
    assert run.card.accuracy == run.summary.test_accuracy
    assert (run.card.labels, run.card.test_images) == (data.classes, 20)


def test_a_training_learns(store: RunStore) -> None:
    run = train(dataclasses.replace(CONFIG, epochs=4, validation=0.0), dataset(train=200), store)
    assert run.summary.test_accuracy == 1.0
    assert np.isnan(run.summary.history.val_loss[-1])
    assert run.summary.best_epoch == int(np.argmin(run.summary.history.loss)) + 1
    assert run.evaluation("last") is None


def test_lenet5_learns_with_squared_error_on_padded_images(data: Dataset, store: RunStore) -> None:
    config = TrainConfig("lenet5", "bars", optimizer="momentum", learning_rate=0.1, loss="squared_error", batch_size=10)
    run = train(config, data, store)
    assert run.card.input.shape == (32, 32, 1)
    assert run.summary.history.loss[-1] < run.summary.history.loss[0]
    evaluation = run.evaluation()
    assert evaluation is not None
    np.testing.assert_allclose(evaluation.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_lowers_the_loss(name: str, data: Dataset, store: RunStore) -> None:
    """In NumPy: TensorFlow's engine updates by the same functions, and by each as Keras does (test_keras_engine)."""
    rate = OPTIMIZERS[name].learning_rate
    config = dataclasses.replace(BY_HAND, optimizer=name, learning_rate=rate, epochs=3, batch_size=10)
    history = train(config, data, store).summary.history
    assert history.loss[-1] < history.loss[0]


@pytest.mark.usefixtures("small_network")
def test_stop_ends_at_once_and_keeps_the_epochs(data: Dataset, store: RunStore) -> None:
    pressed: list[float] = []

    def report(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == 2:
            pressed.append(time.thread_time())
            raise Cancelled

    with pytest.raises(Cancelled):
        train(CONFIG, data, store, report)
    # The work after the press; how long it takes on the clock depends on what else the machine does.
    assert time.thread_time() - pressed[0] < 0.3
    (run,) = store.list()
    assert (run.state, run.epochs_done, run.message) == ("stopped", 1, "stopped by hand; epoch 1 was kept")


@pytest.mark.usefixtures("small_network")
def test_stop_is_answered_while_the_step_is_compiled(data: Dataset, store: RunStore) -> None:
    def report(event: Event) -> None:
        assert isinstance(event, Preparing | Finished)
        raise Cancelled

    began = time.thread_time()
    with pytest.raises(Cancelled):
        train(CONFIG, data, store, report)
    assert time.thread_time() - began < 0.3
    assert not list(store.folder.iterdir())  # nothing was kept, nothing is left lying about


def test_a_run_that_goes_on_is_never_removed(data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with largest_file(100_000), pytest.raises(LensletError):
        train(BY_HAND, data, store)

    def stop(event: Event) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        resume(store.open(store.list()[0].id), data, store, report=stop)
    assert store.list()[0].state == "stopped"


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("xla", [False, True])
def test_nothing_is_traced_twice(xla: bool, data: Dataset) -> None:
    training = Training(CONFIG, data, lambda _: None, xla=xla)
    setup = set_up(training)
    loop = Loop(training, setup)
    for epoch in (1, 2):
        loop.epoch(epoch, lambda config, epoch=epoch: rates(config, setup.batches.steps, epoch, ()))
    compiled = (setup.engine._run, setup.batches._prepare)
    assert [function.experimental_get_tracing_count() for function in compiled] == [1, 1]


def test_many_trainings_in_a_session_do_not_make_tensorflow_warn(caplog: pytest.LogCaptureFixture) -> None:
    import tensorflow as tf

    backend.configure()
    for _ in range(8):
        backend.compile(lambda x: x + 1)(tf.constant(1.0))
    logging.getLogger("tensorflow").warning("something else")
    assert caplog.messages == ["something else"]


@pytest.mark.usefixtures("small_network")
def test_a_pause_is_no_training_time(data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    paused = [0.0]
    clock = time.perf_counter
    monkeypatch.setattr("nets.training.loop.time.perf_counter", lambda: clock() + paused[0])

    def report(event: Event) -> None:
        if isinstance(event, BatchesDone):
            paused[0] += 10_000.0

    history = train(dataclasses.replace(BY_HAND, epochs=1), data, store, report).summary.history
    assert paused[0] > 0
    assert history.seconds[0] < 10_000.0


def test_a_loss_of_nan_says_where_and_what_to_try(data: Dataset, store: RunStore) -> None:
    config = dataclasses.replace(CONFIG, optimizer="adamw", learning_rate=90.0, weight_decay=1.0, epochs=30)
    with pytest.raises(
        LensletError, match=r"batch \d of epoch \d+; .*kept; try a smaller learning rate, for example 9"
    ):
        train(config, data, store)
    (run,) = store.list()
    assert run.state == "failed"
    assert "batch" in run.message
    assert run.epochs_done < 30


def test_bad_settings_write_nothing(data: Dataset, store: RunStore) -> None:
    with pytest.raises(UsageError, match="at most the 90 images"):
        train(dataclasses.replace(CONFIG, batch_size=100), data, store)
    assert not store.folder.exists()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Files may not grow past ``size`` bytes: a real "no room" from the system, for this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_fails_the_run_and_leaves_nothing_behind(data: Dataset, store: RunStore) -> None:
    with largest_file(100_000), pytest.raises(LensletError) as caught:
        train(BY_HAND, data, store)
    text = str(caught.value)
    assert "is full; no epoch was finished, nothing was kept; free some space, then resume" in text
    assert caught.value.__cause__.errno == errno.EFBIG
    (run,) = store.list()
    assert (run.state, run.message) == ("failed", text)
    assert run.epochs_done == 0
    assert not list((store.folder / run.id).rglob(".*"))
    assert not list((store.folder / run.id).rglob("*.npz"))  # the room it took is free again


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("kept", [0, 1])
def test_a_disk_that_is_full_at_the_end_of_an_epoch(
    kept: int, data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state comes last: what was written of its epoch before is taken back, in the list and on the disk."""
    usual = recording._save

    def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
        if path.name == "state.npz" and int(json.loads(str(arrays["about"]))["epoch"]) > kept:
            raise OSError(errno.ENOSPC, "No space left on device")
        usual(path, arrays)

    monkeypatch.setattr(recording, "_save", save)
    with pytest.raises(LensletError, match="nothing was kept" if not kept else "epoch 1 was kept"):
        train(BY_HAND, data, store)
    (run,) = store.list()
    assert run.epochs_done == kept
    assert len(run.history.batch_loss) == 4 * kept
    assert len(list((store.folder / run.id / "epochs").iterdir())) == 2 * kept
    monkeypatch.setattr(recording, "_save", usual)
    assert resume(store.open(run.id), data, store).summary.epochs_done == 2


@pytest.mark.usefixtures("small_network")
def test_the_runs_folder_vanishes_in_the_middle(data: Dataset, store: RunStore) -> None:
    def report(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == 2 and store.folder.exists():
            shutil.rmtree(store.folder)

    with pytest.raises(LensletError, match="is gone; epoch 1 was kept; put it back where it was"):
        train(BY_HAND, data, store, report)
    assert not store.folder.exists()


def test_a_runs_folder_that_cannot_be_made(data: Dataset, store: RunStore) -> None:
    store.folder.parent.mkdir(parents=True, exist_ok=True)
    store.folder.write_text("a file is in the way")
    with pytest.raises(LensletError, match="choose another runs folder"):
        train(BY_HAND, data, store)


@pytest.mark.usefixtures("small_network")
def test_out_of_memory_is_explained(data: Dataset, store: RunStore) -> None:
    def report(event: Event) -> None:
        if isinstance(event, EpochEnded):
            raise MemoryError

    with pytest.raises(LensletError, match="out of memory with batches of 24; epoch 1 was kept; try batches of 12"):
        train(BY_HAND, data, store, report)
    assert store.list()[0].state == "failed"
