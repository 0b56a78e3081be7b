"""Training a network, and resuming a stopped training."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from nets import backend, zoo
from nets.data.fitting import fitted
from nets.data.specs import Dataset, Split
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Message, Progress, Report, no_report
from nets.files import write_text
from nets.network.card import Card
from nets.runs.architecture import has_architecture, write_architecture
from nets.runs.changes import SettingsChange, changed, read_changes, write_changes
from nets.runs.config import TrainConfig, input_for
from nets.runs.evaluation import Evaluation
from nets.runs.history import History
from nets.runs.lock import Locked, lock_run
from nets.runs.problems import check
from nets.runs.recording import LEFT_OUT, Recorder, Saved, drop_after, read_saved, what_was_kept
from nets.runs.run import write_config
from nets.runs.store import Run, RunStore
from nets.text import Text
from nets.training.evaluate import evaluate
from nets.training.events import EpochEnded, Finished, Started, Validating
from nets.training.loop import Loop
from nets.training.memory import check_memory
from nets.training.phases import Phase, phase_at
from nets.training.schedules import rates
from nets.training.setup import Setup, card_of, command_of, set_up
from nets.training.start import find_start
from nets.training.training import LARGE, Adjust, Beginning, Training, no_adjustment
from nets.training.transfer_setup import prepare_phase
from nets.training.trusting import fit_run


def train(
    config: TrainConfig,
    data: Dataset,
    store: RunStore,
    report: Report = no_report,
    *,
    title: str = "",
    large: int = LARGE,
    adjust: Adjust = no_adjustment,
    begins: Beginning | None = None,
) -> Run:
    """Trains a new network and keeps every epoch in a new run.

    Args:
        config: the settings.
        data: the images and labels.
        store: where the run is kept.
        report: receives the events of the training; it may raise Cancelled.
        title: what the run is called; "": after its network and data, with a number.
        large: networks with more parameters are trained by Keras's optimisers.
        adjust: asked after each report for another rate or augmentation to go on with; the run keeps where it was.
        begins: of a transfer, what it begins with.

    Returns:
        The finished run. A run cancelled before its first epoch ended is deleted.

    Raises:
        UsageError: the configuration cannot be; nothing was written.
        LensletError: the training failed; the epochs finished until then are in the run.
        Cancelled: ``report`` raised it; the epochs finished until then are in the run.
    """
    _check(config, data)
    backend.configure()
    card = begins.card if begins else None
    start = None
    if card is None:
        check_memory(config, input_for(zoo.get(config.network), data.spec.input, config.size), len(data.classes))
        start = find_start(config, data, store)
        if start is not None and not start.knows(data.classes):
            words = Text(
                "{start} does not know all classes of {data}: the last layer begins with random weights",
                start=start.name,
                data=data.spec.title,
            )
            report(Message(words, is_warning=True))
    folder = store.create(config, title or _title(config, data, store, card))
    history = History(batches=folder / "batches.npz")
    try:
        with _lock(folder):
            if begins is not None:
                with Recorder(folder).writing():
                    begins.write(folder)
            if data.rejected:
                with Recorder(folder).writing():
                    write_text(folder / LEFT_OUT, "".join(f"{sentence}\n" for sentence in data.rejected))
            training = Training(
                config, data, report, folder, history, start=start, large=large, adjust=adjust, card=card
            )
            _Running(training).run()
    except (Cancelled, KeyboardInterrupt):
        if not (folder / "state.npz").exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return store.open(folder.name)


def resume(
    run: Run,
    data: Dataset,
    store: RunStore,
    *,
    epochs: int | None = None,
    report: Report = no_report,
    adjust: Adjust = no_adjustment,
) -> Run:
    """Goes on with a run after its last epoch.

    On the same machine the weights come out as if it had never stopped, to the last bit; only where ``epochs`` changes
    and the schedule depends on the length of the run does the rest of the schedule change.

    Args:
        run: the run, which is not being trained now.
        data: what it was trained on; its sum is compared.
        store: where the run is kept.
        epochs: how many it is to have in all; None: as many as it was meant to have.
        report: as for ``train``.
        adjust: as for ``train``. What was changed before is changed again at the same steps.

    Raises:
        UsageError: it has so many epochs already.
        LensletError: the data are others, the run's state is damaged, or the training failed.
        Cancelled: ``report`` raised it.
    """
    saved = read_saved(run.folder)
    done = saved.epoch if saved else 0
    before = run.summary.config
    config = dataclasses.replace(before, epochs=run.summary.epochs if epochs is None else epochs)
    if before.head_epochs >= before.epochs:  # only the head was to learn, in all epochs
        config = dataclasses.replace(config, head_epochs=config.epochs if before.transfers else 0)
    _check(config, data)
    if config.epochs <= done:
        raise UsageError(
            "run {run} has {done} epochs; to go on, ask for more than {done} in all", run=run.id, done=done
        )
    if run.card.dataset_md5 != data.md5:
        raise LensletError(
            "run {run} was trained on other data: {dataset} had the sum {expected}, now it has {found}; start a new "
            "training",
            run=run.id,
            dataset=config.dataset,
            expected=run.card.dataset_md5,
            found=data.md5,
        )
    with _lock(run.folder):
        recorder = Recorder(run.folder, done)
        with recorder.writing():
            drop_after(run.folder, done)
            write_config(run.folder, config, run.summary.date)
        recorder.status("running")
        # A run that was stopped in its first epoch starts again with the same initial weights.
        start = None if saved or config.transfers else find_start(config, data, store)
        history = run.summary.history.until(done)
        changes, card = read_changes(run.folder), run.card if config.transfers else None
        training = Training(
            config, data, report, run.folder, history, saved, start, changes=changes, adjust=adjust, card=card
        )
        _Running(training).run()
    return store.open(run.id)


def _title(config: TrainConfig, data: Dataset, store: RunStore, card: Card | None) -> str:
    """ "LeNet · MNIST · 3": the third run of this network on these data."""
    stem = f"{card.title if card else zoo.get(config.network).title} · {data.spec.title} · "
    numbers = [run.title[len(stem) :] for run in store.list() if run.title.startswith(stem)]
    return stem + str(1 + max((int(number) for number in numbers if number.isdecimal()), default=0))


def _check(config: TrainConfig, data: Dataset) -> None:
    check(config, images=len(data.train), classes=len(data.classes), input=data.spec.input)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    try:
        lock = lock_run(folder)
    except Locked:
        raise LensletError(
            "run {folder} is being trained by another window or program; wait for it or stop it there",
            folder=folder.name,
        ) from None
    except OSError as problem:
        raise LensletError(
            "{folder} cannot be written to: {reason}; nothing was changed", folder=folder, reason=problem.strerror
        ) from problem
    with lock:
        yield


class _Running:
    """A running training: its inputs, what was built for it, and its position."""

    def __init__(self, training: Training) -> None:
        assert training.folder is not None
        self.training = training
        self.recorder = Recorder(training.folder, len(training.history))
        self.history = training.history
        self.card = _card(training)
        self.setup: Setup
        self.loop: Loop
        self.phase: Phase
        self._changes = training.changes
        self._work = prepare_phase if training.config.transfers else None
        self.losses: list[np.ndarray] = []
        self.accuracies: list[np.ndarray] = []

    def run(self) -> None:
        """Train and write; however it ends, the ending is written too."""
        recorder, report, name = self.recorder, self.training.report, self.recorder.folder.name
        try:
            self._prepare()
            for epoch in range(len(self.history) + 1, self.training.config.epochs + 1):
                self._enter_phase(epoch)
                self._train_epoch(epoch)
            accuracy = None
            with contextlib.suppress(Cancelled):
                accuracy = self._test()
                self._fit_trust()
        except Cancelled:
            recorder.status("stopped", f"stopped by hand; {what_was_kept(recorder.kept)}")
            with contextlib.suppress(Cancelled):
                report(Finished(name, "stopped", recorder.kept, None))
            raise
        except LensletError as problem:
            recorder.status("failed", str(problem))
            raise
        except BaseException as problem:
            failure = _explained(problem, self.training.config, recorder.kept)
            recorder.status("failed" if isinstance(problem, Exception) else "stopped", str(failure))
            raise failure from problem
        recorder.status("finished", "", accuracy)
        report(Finished(name, "finished", recorder.kept, accuracy))

    def _prepare(self) -> None:
        """Build the network and its compiled step, and report that the training begins."""
        training, recorder = self.training, self.recorder
        config = training.config
        # before the preparation, which takes seconds, so that a run that is stopped meanwhile can be opened
        self._write_card()
        self.setup = set_up(training, self._work)
        if not has_architecture(recorder.folder):
            with recorder.writing():
                write_architecture(recorder.folder, self.setup.network)
        self.phase = phase_at(config, len(self.history) + 1)
        self.loop = self._loop()
        batches = self.setup.batches
        self.card = dataclasses.replace(self.card, parameters=self.setup.network.count_params())
        self._write_card()
        before = len(self.history) * batches.steps
        self.losses = [self.history.batch_loss[:before]]
        self.accuracies = [self.history.batch_accuracy[:before]]
        title = (recorder.folder / "title.txt").read_text(encoding="utf-8")
        device = backend.device().detail + (", by hand in NumPy" if config.engine == "numpy" else "")
        first = len(self.history) + 1
        work = (batches.steps, config.batch_size, batches.images, self.card.parameters)
        training.report(Started(recorder.folder.name, title, device, config.epochs, first, *work, config))
        if words := recorder.too_little_room(self.card.parameters, config.epochs - first + 1):
            training.report(Message(words, is_warning=True))

    def _enter_phase(self, epoch: int) -> None:
        """Before the first epoch of another phase: other layers learn from now on, with a new optimiser."""
        phase = phase_at(self.training.config, epoch)
        if phase == self.phase:
            return
        self.phase = phase
        config = changed(self.training.config, self._changes, epoch, 0)
        self.setup = set_up(
            dataclasses.replace(self.training, config=config, history=self.history, saved=None), self._work
        )
        self.loop = self._loop()
        frozen = f"{phase.frozen} and all before it stay frozen" if phase.frozen else "all layers"
        rate = f"{phase.config.learning_rate:g}"
        words = Text(
            "from epoch {epoch} on more than the head learns, at the rate {rate}: {frozen}",
            epoch=epoch,
            rate=rate,
            frozen=frozen,
        )
        self.training.report(Message(words))

    def _loop(self) -> Loop:
        """The loop of a phase, at the phase's rate; other settings that were changed before stay."""
        training, first = self.training, self.phase.first
        before = changed(training.config, self._changes, first, -1)
        config = dataclasses.replace(before, learning_rate=self.phase.config.learning_rate)
        own = tuple(change for change in self._changes if change.epoch >= first)
        earlier = self._changes[: len(self._changes) - len(own)]

        def keep(changes: Sequence[SettingsChange]) -> None:
            self._changes = (*earlier, *changes)
            with self.recorder.writing():
                write_changes(self.recorder.folder, self._changes)

        return Loop(dataclasses.replace(training, config=config, changes=own), self.setup, keep)

    def _train_epoch(self, epoch: int) -> None:
        """Trains through all images once, validates and writes."""
        config, batches, engine = self.training.config, self.setup.batches, self.setup.engine
        earlier = self.phase.first - 1
        losses, epochs = self.history.val_loss[earlier:], self.phase.config.epochs

        def rates_of(config: TrainConfig) -> np.ndarray:
            return rates(dataclasses.replace(config, epochs=epochs), batches.steps, epoch - earlier, losses)

        done = self.loop.epoch(epoch, rates_of)
        engine.write_back()
        evaluation = self._validate(epoch)
        # The last batch of an epoch may be smaller and counts by its number of images.
        sizes = [batches.size(step) for step in range(batches.steps)]
        self.history = self.history.with_epoch(
            loss=np.average(done.losses, weights=sizes),
            accuracy=np.average(done.accuracies, weights=sizes),
            val_loss=evaluation.loss if evaluation else np.nan,
            val_accuracy=evaluation.accuracy if evaluation else np.nan,
            seconds=done.seconds,
            learning_rate=done.learning_rate,
        )
        self.losses.append(done.losses)
        self.accuracies.append(done.accuracies)
        self.recorder.epoch(
            self.setup.weights(),
            evaluation,
            self.history,
            (np.concatenate(self.losses), np.concatenate(self.accuracies)),
            Saved(engine.arrays(), epoch, engine.xla, engine.name),
        )
        self.training.report(
            EpochEnded(
                epoch,
                config.epochs,
                self.history.loss[-1],
                self.history.accuracy[-1],
                self.history.val_loss[-1],
                self.history.val_accuracy[-1],
                done.seconds,
                done.waiting,
                batches.images / done.seconds,
                done.learning_rate,
                evaluation,
            )
        )

    def _validate(self, epoch: int) -> Evaluation | None:
        """The answers to the held-out images; None if there are none."""
        if not len(self.setup.held_out):
            return None

        def progress(event: Event) -> None:
            if isinstance(event, Progress):
                self.training.report(Validating(epoch, int(event.done), int(event.total or 0)))

        began = time.perf_counter()
        setup = self.setup
        if setup.held_out_features is None:
            found = self._evaluate(setup.held_out, progress)
        else:
            features, compute = setup.held_out_features
            loss, input = self.training.config.loss, setup.input
            found = evaluate(setup.network, features, input, progress, loss=loss, compute=compute, are_numbers=True)
        self.loop.validation_seconds = time.perf_counter() - began
        return found

    def _test(self) -> float | None:
        """Measure the accuracy on the test set and write it to the card; None without test images."""
        data = self.training.data
        if not len(data.test):
            return None
        images = fitted(data.test.images, data.spec.input, self.setup.input)
        found = self._evaluate(Split(images, data.test.labels), self.training.report)
        self.card = dataclasses.replace(self.card, accuracy=found.accuracy, test_images=len(found))
        self._write_card()
        return found.accuracy

    def _fit_trust(self) -> None:
        """Measure how far the best epoch's answers can be trusted, and write it to the card and a file beside it."""
        found = fit_run(self.training, self.setup, self.recorder.folder, self.history.best_epoch)
        if found:
            self.card = dataclasses.replace(self.card, trust=found)
            self._write_card()

    def _evaluate(self, split: Split, report: Report) -> Evaluation:
        setup = self.setup
        return evaluate(
            setup.network, split, setup.input, report, loss=self.training.config.loss, compute=setup.compute
        )

    def _write_card(self) -> None:
        with self.recorder.writing():
            write_text(self.recorder.folder / "card.json", self.card.to_json())


def _card(training: Training) -> Card:
    """The card of the run, before its network is built."""
    assert training.folder is not None
    config, name = training.config, training.folder.name
    if training.card is None:
        return card_of(config, training.data, name)
    today, command = datetime.date.today().isoformat(), command_of(config)
    return dataclasses.replace(training.card, name=name, recipe=config.to_dict(), date=today, command=command)


def _explained(problem: BaseException, config: TrainConfig, kept: int) -> BaseException:
    """Words for running out of memory; any other problem as it is."""
    if isinstance(problem, MemoryError) or type(problem).__name__ == "ResourceExhaustedError":
        return LensletError(
            "out of memory with batches of {batch_size}; {kept}; try batches of {smaller} or a smaller network",
            batch_size=config.batch_size,
            kept=what_was_kept(kept),
            smaller=max(1, config.batch_size // 2),
        )
    return problem
