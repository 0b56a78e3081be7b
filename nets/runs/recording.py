"""Writing a run's epochs so that, whatever happens in between, everything written before stays complete.

Order: weights and answers of the epoch, every batch so far, the history, and last the state from which resuming starts.
Each file appears whole or not at all; an epoch without its state does not count.
"""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from nets.array_files import read_arrays
from nets.errors import LensletError
from nets.files import write_with
from nets.json_files import parse_json, record
from nets.runs.evaluation import Evaluation
from nets.runs.history import History, cut_history, write_batches, write_history
from nets.runs.run import epoch_file, status_text, write_status
from nets.text import Text

LEFT_OUT = "left-out.txt"
"""In a run's folder: a sentence for each file of the data that could not be read."""


@dataclass(frozen=True, eq=False)
class Saved:
    """What resuming needs: the engine's arrays in order, the number of finished epochs, and how the steps are computed.

    xla: whether XLA compiles them. engine: the engine's name; states of earlier versions belong to the flat one.
    """

    arrays: tuple[np.ndarray, ...]
    epoch: int
    xla: bool
    engine: str = "flat"


class Recorder:
    """Writes the run in ``folder``. Every failure is a LensletError that says what was kept."""

    def __init__(self, folder: Path, kept: int = 0) -> None:
        self.folder = folder
        self.kept = kept

    def epoch(
        self,
        weights: list[np.ndarray],
        evaluation: Evaluation | None,
        history: History,
        batches: tuple[np.ndarray, np.ndarray],
        saved: Saved,
    ) -> None:
        """Writes an epoch.

        Args:
            weights: the network's weights after it, in the order of ``model.get_weights()``.
            evaluation: the answers to the images held out; None if there are none.
            history: the course of the run, which ends with this epoch.
            batches: each batch's loss and accuracy from the beginning of the run, (batches,) float32 each.
            saved: the state after it.

        Raises:
            LensletError: it could not be written; what was written of it is taken back.
        """
        epoch = saved.epoch
        with self.writing(), self._whole(batches):
            if not (self.folder / "config.json").exists():
                raise FileNotFoundError(errno.ENOENT, "it is gone")
            _save(epoch_file(self.folder, epoch, "weights"), {f"{i:04d}": w for i, w in enumerate(weights)})
            if evaluation is not None:
                _save(
                    epoch_file(self.folder, epoch, "evaluation"),
                    {
                        "labels": evaluation.labels.astype(np.int32),
                        "probabilities": evaluation.probabilities,
                        "loss": np.array(evaluation.loss),
                    },
                )
            write_batches(self.folder / "batches.npz", *batches)
            write_history(self.folder / "history.csv", history)
            about = json.dumps({"epoch": epoch, "xla": saved.xla, "engine": saved.engine})
            arrays = {f"{i:04d}": array for i, array in enumerate(saved.arrays)}
            _save(self.folder / "state.npz", {"about": np.array(about), **arrays})
        self.kept = epoch

    def too_little_room(self, parameters: int, epochs: int) -> str:
        """A sentence where the disk has no room for the epochs that are planned; "" if it has.

        Args:
            parameters: the network's number of weights. Each epoch keeps them; with Adam's two numbers for each they
                are the state, of which only the newest is kept, but two are there while one is written.
            epochs: how many are to come.
        """
        needed = 4 * parameters * (epochs + 2 * 3)
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError:
            return ""
        if free >= needed:
            return ""
        return Text(
            "the disk of {folder} has {free} free and {epochs} epochs need about {needed}: free some space, or train "
            "fewer epochs",
            folder=self.folder,
            free=_gigabytes(free),
            epochs=epochs,
            needed=_gigabytes(needed),
        )

    def status(self, state: str, message: str = "", test_accuracy: float | None = None) -> None:
        """Writes how the run ended, even on a full disk; where that is impossible the list sees a run that ended.

        Args:
            state: a word for the list of runs, e.g. "finished".
            message: a sentence on what went wrong.
            test_accuracy: 0 to 1; None if it was not measured.
        """
        if not (self.folder / "config.json").exists():
            return
        try:
            write_status(self.folder, state, message, test_accuracy)
        except OSError:
            # No room for a second file: the existing one has its block already.
            text = status_text(state, message, test_accuracy)
            try:
                with open(self.folder / "status.json", "r+", encoding="utf-8") as file:
                    file.write(text)
                    file.truncate()
            except OSError:
                return

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turns an OSError inside the block into a LensletError that says what was kept and what to try."""
        try:
            yield
        except OSError as problem:
            raise LensletError(
                "{reason}; {kept}; {advice}",
                reason=self._reason(problem),
                kept=what_was_kept(self.kept),
                advice=_advice(problem),
            ) from problem

    @contextmanager
    def _whole(self, batches: tuple[np.ndarray, np.ndarray]) -> Iterator[None]:
        """Removes a partly written epoch, which also frees its room on the disk."""
        try:
            yield
        except OSError:
            with contextlib.suppress(OSError):
                drop_after(self.folder, self.kept)
                if self.kept and (self.folder / "batches.npz").exists():
                    # Epochs have the same number of batches each.
                    losses, accuracies = (column[: len(column) * self.kept // (self.kept + 1)] for column in batches)
                    write_batches(self.folder / "batches.npz", losses, accuracies)
            raise

    def _reason(self, problem: OSError) -> str:
        if problem.errno in _FULL:
            return Text("the disk of {folder} is full", folder=self.folder)
        if problem.errno in (errno.ENOENT, errno.ENOTDIR):
            return Text("the run's folder {folder} is gone", folder=self.folder)
        return Text(
            "the run cannot be written to {folder} ({reason})", folder=self.folder, reason=problem.strerror or problem
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _advice(problem: OSError) -> str:
    if problem.errno in _FULL:
        return "free some space, then resume the run"
    if problem.errno in (errno.ENOENT, errno.ENOTDIR):
        return "put it back where it was and resume the run, or train anew"
    return "allow writing there, then resume the run"


def what_was_kept(epochs: int) -> str:
    """Words for what is kept of a run, for messages."""
    if not epochs:
        return "no epoch was finished, nothing was kept"
    return "epoch 1 was kept" if epochs == 1 else f"epochs 1 to {epochs} were kept"


def read_saved(folder: Path) -> Saved | None:
    """The state to resume from; None if no epoch was finished.

    Raises:
        LensletError: The state is damaged.
    """
    path = folder / "state.npz"
    try:
        found = read_arrays(path)
        about = record(_About, parse_json(str(found.pop("about", ""))), name="about")
        return Saved(tuple(found[name] for name in sorted(found)), about.epoch, about.xla, about.engine)
    except FileNotFoundError:
        return None
    except (OSError, LensletError) as problem:
        raise LensletError(
            "the run cannot be resumed: {path} is damaged ({problem}); its epochs can still be used",
            path=path,
            problem=problem,
        ) from problem


@dataclass(frozen=True)
class _About:
    """The fields of ``Saved`` that are not arrays, as stored in the state."""

    epoch: int
    xla: bool
    engine: Literal["flat", "keras", "numpy"] = "flat"


def drop_after(folder: Path, epoch: int) -> None:
    """Remove epochs after ``epoch``, whose end was never recorded, and half-written files."""
    for path in (folder / "epochs").glob("*.npz"):
        number = path.name.split(".")[0]
        if path.name.startswith(".") or (number.isdecimal() and int(number) > epoch):
            path.unlink(missing_ok=True)
    for path in folder.glob(".*"):
        if path.is_file():
            path.unlink(missing_ok=True)
    if epoch:
        cut_history(folder / "history.csv", epoch)
    else:
        for name in ("history.csv", "batches.npz"):
            (folder / name).unlink(missing_ok=True)


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    def save(temporary: Path) -> None:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]

    write_with(path, save)
