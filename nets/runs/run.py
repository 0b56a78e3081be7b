"""One run: what its folder says of it, its weights and its answers.

A run's folder:

    config.json               the ``TrainConfig`` and the date
    title.txt                 what the person calls it
    status.json               "running", "finished", "stopped" or "failed", why, and the test accuracy
    card.json                 the model's card
    changes.json              what was changed in its course, and where; only where something was
    architecture.json         the network's Keras configuration
    history.csv, batches.npz  the course: a row for each epoch; every batch
    epochs/0001.weights.npz, epochs/0001.evaluation.npz    after each epoch
    state.npz                 all that resuming needs, written last: an epoch without it did not happen
    lock                      held by the process that trains it
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nets.array_files import ArrayFileError, read_arrays, read_shape
from nets.errors import LensletError, UsageError
from nets.files import encodable, read_text, write_text
from nets.json_files import checked, read_json, record
from nets.network.card import Card
from nets.runs.architecture import blank_network, difference
from nets.runs.changes import SettingsChange, read_changes
from nets.runs.config import TrainConfig
from nets.runs.evaluation import Accuracy, Evaluation
from nets.runs.history import History, read_history
from nets.runs.lock import is_locked

if TYPE_CHECKING:
    import keras

LONGEST_TITLE = 10_000  # bytes
Epoch = int | Literal["best", "last"]


@dataclass(frozen=True, eq=False)
class RunSummary:
    """A run as the list shows it.

    ``date``: ISO 8601 with seconds. ``best_epoch``: 0 if there is none yet. state: "running", "finished", "stopped" or
    "failed"; a run whose process died while training counts as stopped. message: why it stopped, for a person.
    val_accuracy: the last epoch's, NaN without validation or epochs. changes: of its settings during the training.
    held_out: how many images validation uses. test_images: how many ``test_accuracy`` was measured on.
    """

    id: str
    title: str
    network: str
    dataset: str
    state: str
    epochs_done: int
    epochs: int
    date: str
    val_accuracy: float
    best_epoch: int
    best_val_accuracy: float
    message: str
    config: TrainConfig
    history: History
    test_accuracy: float | None = None
    held_out: int = 0
    test_images: int = 0
    changes: tuple[SettingsChange, ...] = ()

    @property
    def validation(self) -> Accuracy | None:
        """On the images held out, after the best epoch; None without validation or epochs."""
        return Accuracy.from_share(self.best_val_accuracy, self.held_out)

    @property
    def test(self) -> Accuracy | None:
        """On the test set, after the last epoch; None before the run has finished."""
        return Accuracy.from_share(self.test_accuracy, self.test_images)


@dataclass(frozen=True, eq=False)
class Run:
    """A run on disk. What it holds in memory is what was on the disk when it was opened."""

    folder: Path
    summary: RunSummary
    card: Card

    @property
    def id(self) -> str:
        return self.summary.id

    def epoch_number(self, epoch: Epoch) -> int:
        """``epoch`` as a number from 1. Raises UsageError if the run has no such epoch."""
        done = self.summary.epochs_done
        number = {"best": self.summary.best_epoch, "last": done}.get(epoch, epoch) if isinstance(epoch, str) else epoch
        if not isinstance(number, int) or not 1 <= number <= done:
            has = f"it has epochs 1 to {done}" if done else "no epoch of it was finished"
            raise UsageError("run {id} has no epoch {epoch!r}; {has}", id=self.id, epoch=epoch, has=has)
        return number

    def weights(self, epoch: Epoch = "best") -> list[np.ndarray]:
        """The weights after ``epoch``, in the order of ``model.get_weights()``.

        Raises:
            UsageError: the run has no such epoch.
            LensletError: they cannot be read.
        """
        path = epoch_file(self.folder, self.epoch_number(epoch), "weights")
        with _reading(path):
            found = read_arrays(path)
            if any(array.dtype.kind not in "fiu" for array in found.values()):
                raise ArrayFileError("an array is not of numbers")
            return [found[name] for name in sorted(found)]

    def evaluation(self, epoch: Epoch = "best") -> Evaluation | None:
        """The answers to the images held out after ``epoch``; None if the run holds none out.

        Raises as ``weights``.
        """
        path = epoch_file(self.folder, self.epoch_number(epoch), "evaluation")
        if not path.exists():
            return None
        with _reading(path):
            found = read_arrays(path, ("labels", "probabilities", "loss"))
            if any(array.dtype.kind not in "fiu" for array in found.values()):
                raise ArrayFileError("an array is not of numbers")
            labels, probabilities = found["labels"].astype(np.int64), found["probabilities"].astype(np.float32)
            classes = len(self.card.labels)
            if labels.ndim != 1 or probabilities.shape != (len(labels), classes) or found["loss"].shape != ():
                raise ArrayFileError(
                    "expected answers of {classes} classes, found the shapes {shape} and {labels_shape}",
                    classes=classes,
                    shape=probabilities.shape,
                    labels_shape=labels.shape,
                )
            if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
                raise ArrayFileError(
                    "expected labels of {classes} classes, found {smallest} to {largest}",
                    classes=classes,
                    smallest=labels.min(),
                    largest=labels.max(),
                )
            return Evaluation(labels, probabilities, float(found["loss"]))

    def network(self, epoch: Epoch = "best") -> keras.Model:
        """A new network with the weights after ``epoch``. Raises as ``weights``."""
        built = blank_network(self.folder, self.card)
        weights = self.weights(epoch)
        if differs := difference(built, weights):
            raise LensletError(
                "run {id}: the weights of epoch {number} are not those of {network} with {labels} classes: {differs}; "
                "choose another epoch of the run",
                id=self.id,
                number=self.epoch_number(epoch),
                network=self.card.network,
                labels=len(self.card.labels),
                differs=differs,
            )
        built.set_weights(weights)
        return built


def epoch_file(folder: Path, epoch: int, kind: str) -> Path:
    """The file of a run for one epoch's weights or evaluation.

    Args:
        folder: of the run.
        epoch: its number, from 1.
        kind: "weights" or "evaluation".
    """
    return folder / "epochs" / f"{epoch:04d}.{kind}.npz"


def write_config(folder: Path, config: TrainConfig, date: str) -> None:
    """Writes a run's settings.

    Args:
        folder: of the run.
        config: the settings.
        date: when it began, in ISO 8601.
    """
    write_text(folder / "config.json", _json({"date": date, **config.to_dict()}))


def status_text(state: str, message: str = "", test_accuracy: float | None = None) -> str:
    """The content of a run's ``status.json``.

    Args:
        state: a word for the list of runs, e.g. "finished".
        message: a sentence on what went wrong.
        test_accuracy: 0 to 1; None if it was not measured.
    """
    return _json({"state": state, "message": encodable(message), "test_accuracy": test_accuracy})


def write_status(folder: Path, state: str, message: str = "", test_accuracy: float | None = None) -> None:
    """Writes how a run goes or ended.

    Args:
        folder: of the run.
        state: a word for the list of runs, e.g. "finished".
        message: a sentence on what went wrong.
        test_accuracy: 0 to 1; None if it was not measured.
    """
    write_text(folder / "status.json", status_text(state, message, test_accuracy))


@dataclass(frozen=True)
class RunStatus:
    """What ``status.json`` says: how the run ended and why, and the accuracy on the test set."""

    state: Literal["running", "finished", "stopped", "failed"]
    message: str = ""
    test_accuracy: float | None = None


def read_summary(folder: Path) -> RunSummary:
    """What the list shows.

    Raises:
        OSError: a file of the run cannot be read.
        ValueError: one is damaged, or not what it should be.
    """
    stored = read_json(folder / "config.json")
    config = TrainConfig.from_dict(stored)
    date = checked(str, stored.get("date"), name="date")
    began_at(date)
    status = record(RunStatus, read_json(folder / "status.json"), name="status.json")
    title = read_text(folder / "title.txt", largest=LONGEST_TITLE)
    history = read_history(folder / "history.csv", folder / "batches.npz")
    state, message = status.state, status.message
    if state == "running" and not is_locked(folder):
        state, message = "stopped", "the program ended during the training; it can be resumed"
    best = history.best_epoch
    return RunSummary(
        id=folder.name,
        title=title,
        network=config.network,
        dataset=config.dataset,
        state=state,
        epochs_done=len(history),
        epochs=config.epochs,
        date=date,
        val_accuracy=history.val_accuracy[-1] if len(history) else float("nan"),
        best_epoch=best,
        best_val_accuracy=history.val_accuracy[best - 1] if best else float("nan"),
        message=message,
        config=config,
        history=history,
        test_accuracy=status.test_accuracy,
        held_out=_held_out(folder, best),
        test_images=_test_images(folder) if status.test_accuracy is not None else 0,
        changes=_changes(folder),
    )


def began_at(date: str) -> float:
    """Seconds since 1970 of an ISO 8601 date, so that runs are sorted across time zones and daylight saving.

    A date without a time zone counts as local time.
    """
    return datetime.datetime.fromisoformat(date).timestamp()


def _held_out(folder: Path, epoch: int) -> int:
    """How many images an epoch's evaluation has; 0 if there is none. Reads only the header of one array."""
    try:
        (images,) = read_shape(epoch_file(folder, epoch, "evaluation"), "labels")
        return images
    except (OSError, ValueError, LensletError):
        return 0  # the list shows the run without the number; opening the evaluation reports the problem


def _test_images(folder: Path) -> int:
    try:
        return Card.read(folder / "card.json").test_images
    except (OSError, ValueError):
        return 0


def _changes(folder: Path) -> tuple[SettingsChange, ...]:
    try:
        return read_changes(folder)
    except LensletError:
        return ()  # the list shows the run without them; resuming it reports the problem


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, LensletError) as problem:
        raise LensletError(
            "{path} cannot be read: {problem}; choose another epoch of the run", path=path, problem=problem
        ) from problem
