"""Training a network, and going on with a training that was stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nets import backend, zoo
from nets.data.specs import Dataset
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress, Report, ignore
from nets.files import write_text
from nets.network.card import Card
from nets.runs.config import TrainConfig, check
from nets.runs.evaluation import Evaluation
from nets.runs.history import History
from nets.runs.lock import Locked, RunLock
from nets.runs.recording import Recorder, Saved, drop_after, kept_words, read_saved
from nets.runs.run import write_config
from nets.runs.store import Run, RunStore
from nets.training.engines.step import State
from nets.training.evaluate import evaluate
from nets.training.events import EpochEnded, Finished, Started, Validating
from nets.training.loop import Loop
from nets.training.schedules import rates
from nets.training.setup import Setup, card_of, prepare
from nets.training.start import find_start


def train(config: TrainConfig, data: Dataset, store: RunStore, report: Report = ignore, *, title: str = "") -> Run:
    """Trains a new network as ``config`` says and keeps every epoch in a new run of ``store``.

    Raises UsageError for a configuration that cannot be (before anything is written), LensletError when the training
    fails, and Cancelled when ``report`` raised it; the epochs finished until then are in the run. Where there are none
    of a training that was stopped by hand, there is no run either.
    """
    _check(config, data)
    find_start(config, data, store)  # a wrong one is said before anything is written
    folder = store.create(config, title or _title(config, data, store))
    try:
        with _lock(folder):
            _run(folder, config, data, store, report, History(batches=folder / "batches.npz"), None)
    except (Cancelled, KeyboardInterrupt):
        if not (folder / "state.npz").exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return store.open(folder.name)


def resume(run: Run, data: Dataset, store: RunStore, *, epochs: int | None = None, report: Report = ignore) -> Run:
    """Goes on with ``run`` after its last epoch, up to ``epochs`` in all (None: as many as it was meant to have).

    On the same machine the weights come out as if it had never stopped, to the last bit; only where ``epochs`` changes
    and the schedule depends on the length of the run does the rest of the schedule change. Raises as ``train``.
    """
    saved = read_saved(run.folder)
    done = saved.epoch if saved else 0
    config = dataclasses.replace(run.summary.config, epochs=run.summary.epochs if epochs is None else epochs)
    _check(config, data)
    if config.epochs <= done:
        raise UsageError(f"run {run.id} has {done} epochs; to go on, ask for more than {done} in all")
    if run.card.dataset_md5 != data.md5:
        raise LensletError(
            f"run {run.id} was trained on other data: {config.dataset} had the sum {run.card.dataset_md5}, "
            f"now it has {data.md5}; start a new training"
        )
    with _lock(run.folder):
        recorder = Recorder(run.folder, done)
        with recorder.writing():
            drop_after(run.folder, done)
            write_config(run.folder, config, run.summary.date)
        recorder.status("running")
        _run(run.folder, config, data, store, report, run.summary.history.until(done), saved)
    return store.open(run.id)


def _title(config: TrainConfig, data: Dataset, store: RunStore) -> str:
    """ "LeNet · MNIST · 3": the third run of this network on these data."""
    stem = f"{zoo.get(config.network).title} · {data.spec.title} · "
    numbers = [run.title[len(stem) :] for run in store.list() if run.title.startswith(stem)]
    return stem + str(1 + max((int(number) for number in numbers if number.isdecimal()), default=0))


def _check(config: TrainConfig, data: Dataset) -> None:
    check(config, images=len(data.train), classes=len(data.classes), input=data.spec.input)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    try:
        lock = RunLock(folder)
    except Locked:
        raise LensletError(
            f"run {folder.name} is being trained by another window or program; wait for it or stop it there"
        ) from None
    except OSError as problem:
        raise LensletError(f"{folder} cannot be written to: {problem.strerror}; nothing was changed") from problem
    with lock:
        yield


def _run(
    folder: Path,
    config: TrainConfig,
    data: Dataset,
    store: RunStore,
    report: Report,
    history: History,
    saved: Saved | None,
) -> None:
    """Trains and writes, and whatever ends it, writes how it ended."""
    recorder = Recorder(folder, len(history))
    try:
        accuracy = _epochs(recorder, config, data, store, report, history, saved)
    except Cancelled:
        recorder.status("stopped", f"stopped by hand; {kept_words(recorder.kept)}")
        with contextlib.suppress(Cancelled):
            report(Finished(folder.name, "stopped", recorder.kept, None))
        raise
    except LensletError as problem:
        recorder.status("failed", str(problem))
        raise
    except BaseException as problem:
        failure = _explained(problem, config, recorder.kept)
        recorder.status("failed" if isinstance(problem, Exception) else "stopped", str(failure))
        raise failure from problem
    recorder.status("finished", "", accuracy)
    report(Finished(folder.name, "finished", recorder.kept, accuracy))


def _explained(problem: BaseException, config: TrainConfig, kept: int) -> BaseException:
    """Running out of memory, in words; anything else as it is."""
    if isinstance(problem, MemoryError) or type(problem).__name__ == "ResourceExhaustedError":
        return LensletError(
            f"out of memory with batches of {config.batch_size}; {kept_words(kept)}; "
            f"try batches of {max(1, config.batch_size // 2)} or a smaller network"
        )
    return problem


def _epochs(
    recorder: Recorder,
    config: TrainConfig,
    data: Dataset,
    store: RunStore,
    report: Report,
    history: History,
    saved: Saved | None,
) -> float | None:
    """The epochs that are missing, then the accuracy on the test set."""
    folder, first = recorder.folder, len(history) + 1
    card = card_of(config, data, folder.name)
    with recorder.writing():
        # Before the preparing, which takes seconds: a run that is stopped meanwhile can be opened, too.
        write_text(folder / "card.json", card.to_json())
    start = None if saved else find_start(config, data, store)
    setup = prepare(config, data, report, xla=saved.xla if saved else None, start=start)
    batches, stepper = setup.batches, setup.stepper
    card = dataclasses.replace(card, parameters=setup.network.count_params())
    with recorder.writing():
        write_text(folder / "card.json", card.to_json())
    state = _restored(setup.state, saved) if saved else setup.state
    title = (folder / "title.txt").read_text(encoding="utf-8")
    device = backend.device().detail + (", by hand in NumPy" if config.engine == "numpy" else "")
    work = (batches.steps, config.batch_size, batches.images, card.parameters)
    report(Started(folder.name, title, device, config.epochs, first, *work))
    loop = Loop(setup, config, report)
    # The last batch of an epoch may be smaller than the others and counts by its images.
    sizes = [batches.size(step) for step in range(batches.steps)]
    before = (first - 1) * batches.steps
    losses, accuracies = [history.batch_loss[:before]], [history.batch_accuracy[:before]]
    for epoch in range(first, config.epochs + 1):
        done = loop.epoch(state, epoch, rates(config, batches.steps, epoch, history.val_loss))
        state = done.state
        stepper.write_back(state)
        evaluation = _validate(setup, config, loop, epoch, report)
        history = history.with_epoch(
            loss=np.average(done.losses, weights=sizes),
            accuracy=np.average(done.accuracies, weights=sizes),
            val_loss=evaluation.loss if evaluation else np.nan,
            val_accuracy=evaluation.accuracy if evaluation else np.nan,
            seconds=done.seconds,
            learning_rate=done.learning_rate,
        )
        losses.append(done.losses)
        accuracies.append(done.accuracies)
        recorder.epoch(
            stepper.weights(state),
            evaluation,
            history,
            (np.concatenate(losses), np.concatenate(accuracies)),
            Saved(_arrays(state), epoch, stepper.xla),
        )
        report(
            EpochEnded(
                epoch,
                config.epochs,
                history.loss[-1],
                history.accuracy[-1],
                history.val_loss[-1],
                history.val_accuracy[-1],
                done.seconds,
                done.waiting,
                batches.images / done.seconds,
                done.learning_rate,
                evaluation,
            )
        )
    with contextlib.suppress(Cancelled):
        return _test(setup, config, data, recorder, card, report)
    return None


def _validate(setup: Setup, config: TrainConfig, loop: Loop, epoch: int, report: Report) -> Evaluation | None:
    """The answers to the images held out; None when there are none."""
    if not len(setup.held_out):
        return None

    def progress(event: Event) -> None:
        if isinstance(event, Progress):
            report(Validating(epoch, int(event.done), int(event.total or 0)))

    began = time.perf_counter()
    images, labels = setup.held_out.images, setup.held_out.labels
    found = evaluate(setup.network, images, labels, setup.input, progress, loss=config.loss, compute=setup.compute)
    loop.validation_seconds = time.perf_counter() - began
    return found


def _test(
    setup: Setup, config: TrainConfig, data: Dataset, recorder: Recorder, card: Card, report: Report
) -> float | None:
    """The accuracy on the test set, which goes on the card."""
    if not len(data.test):
        return None
    from nets.data.prepare import fit

    images = fit(data.test.images, data.spec.input, setup.input)
    found = evaluate(
        setup.network, images, data.test.labels, setup.input, report, loss=config.loss, compute=setup.compute
    )
    measured = dataclasses.replace(card, accuracy=found.accuracy, test_images=len(found))
    with recorder.writing():
        write_text(recorder.folder / "card.json", measured.to_json())
    return found.accuracy


def _arrays(state: State) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(t) for t in (state.weights, *state.slots, *state.others, state.steps))


def _restored(first: State, saved: Saved) -> State:
    """The state that was saved, in the form that ``first`` has."""
    found: list[Any] = list(saved.arrays)
    if not isinstance(first.weights, np.ndarray):
        import tensorflow as tf

        found = [tf.constant(array) for array in saved.arrays]
    slots, others = len(first.slots), len(first.others)
    if len(found) != slots + others + 2 or found[0].shape != first.weights.shape:
        raise LensletError("the run cannot be resumed: its state is of another network; its epochs can still be used")
    return State(found[0], tuple(found[1 : 1 + slots]), tuple(found[1 + slots : -1]), found[-1])
