"""The store of runs: one folder for each training, fast to list, never with half-written contents."""

from __future__ import annotations

import datetime
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nets.errors import LensletError, UsageError
from nets.files import LONGEST_NAME, read_text, write_text
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.history import History
from nets.runs.lock import is_locked
from nets.runs.run import LONGEST_TITLE, Epoch, Run, RunSummary, began_at, read_summary, write_config, write_status

__all__ = ["Epoch", "History", "Run", "RunStore", "RunSummary"]

BIN = ".bin"

RUN_ID = re.compile(r"\d{8}-\d{6}-.+")
"""What an id looks like that this program gave: it may end as a file's name does, "...-mobilenet_0.75-cats"."""


class RunStore:
    """The runs in ``folder``, which need not exist yet. Caches nothing: every call reads the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.problems: tuple[str, ...] = ()

    def list(self) -> Sequence[RunSummary]:
        """All runs, newest first. Damaged ones are left out and reported in ``problems``. Fast, without Keras."""
        found, problems = [], []
        for folder in self._folders():
            if not (folder / "config.json").exists():
                if (folder / "history.csv").exists():  # folders without it are not runs
                    problems.append(f"run {folder.name} cannot be read: its config.json is missing")
                continue
            try:
                found.append(read_summary(folder))
            except Exception as problem:  # whatever is wrong with one run, the others are listed
                problems.append(f"run {folder.name} cannot be read: {problem}")
        self.problems = tuple(problems)
        return sorted(found, key=lambda run: (began_at(run.date), run.id), reverse=True)

    def open(self, id: str) -> Run:
        """The run ``id``. Raises UsageError if there is none, LensletError when it is damaged."""
        folder = self.path(id)
        try:
            return Run(folder, read_summary(folder), Card.read(folder / "card.json"))
        except Exception as problem:
            raise LensletError(
                "run {id} cannot be read: {problem}; the other runs are not concerned", id=id, problem=problem
            ) from problem

    def path(self, id: str) -> Path:
        """The folder of run ``id``. Raises UsageError if there is none; it names the latest ones."""
        folder = self.folder / id
        odd = not id or id.startswith(".") or "\0" in id or len(os.fsencode(id)) > LONGEST_NAME
        if odd or folder.parent != self.folder or not (folder / "config.json").exists():
            known = ", ".join(sorted((f.name for f in self._folders()), reverse=True)[:5]) or "none yet"
            raise UsageError(
                "there is no run {id!r} in {folder}; the latest are: {known}", id=id, folder=self.folder, known=known
            )
        return folder

    def create(self, config: TrainConfig, title: str = "") -> Path:
        """Create a new run's folder, unique among all processes.

        Raises:
            LensletError: It cannot be made.
        """
        now = datetime.datetime.now().astimezone().replace(microsecond=0)
        stem = f"{now:%Y%m%d-%H%M%S}-{_plain(config.network)}-{_plain(config.dataset)}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            folder = _new_folder(self.folder, stem)
            write_text(folder / "title.txt", title or f"{config.network}, {config.dataset}")
            write_status(folder, "running")
            write_config(folder, config, now.isoformat())
        except OSError as problem:
            raise LensletError(
                "no run can be written to {folder}: {reason}; choose another runs folder",
                folder=self.folder,
                reason=problem.strerror or problem,
            ) from problem
        return folder

    def title(self, id: str) -> str:
        """The run's title, "" if there is no such run. Reads one line, so it is fast."""
        try:
            return read_text(self.folder / id / "title.txt", largest=LONGEST_TITLE).strip()
        except (OSError, LensletError):
            return ""

    def rename(self, id: str, title: str) -> None:
        """Give the run another title.

        Raises:
            UsageError: The title is empty.
        """
        if not title.strip():
            raise UsageError("a run's title cannot be empty")
        with _writing(self.folder):
            write_text(self.path(id) / "title.txt", " ".join(title.split()))

    def delete(self, id: str) -> str:
        """Move the run to the bin; returns the name for ``restore``.

        Raises:
            LensletError: The run is being trained.
        """
        folder = self.path(id)
        if is_locked(folder):
            raise LensletError("run {id} is being trained; stop it before deleting it", id=id)
        with _writing(self.folder):
            (self.folder / BIN).mkdir(exist_ok=True)
            return _move(folder, self.folder / BIN, id)

    def deleted(self) -> tuple[str, ...]:
        """The names in the bin."""
        bin_folder = self.folder / BIN
        return tuple(sorted(f.name for f in bin_folder.iterdir())) if bin_folder.is_dir() else ()

    def restore(self, name: str) -> str:
        """Move a run out of the bin; returns its id.

        Raises:
            UsageError: It is not there.
        """
        folder = self.folder / BIN / name
        if name not in self.deleted():
            raise UsageError(
                "there is no run {name!r} in the bin; there are: {known}",
                name=name,
                known=", ".join(self.deleted()) or "none",
            )
        with _writing(self.folder):
            return _move(folder, self.folder, name)

    def _folders(self) -> tuple[Path, ...]:
        try:
            return tuple(f for f in self.folder.iterdir() if f.is_dir() and not f.name.startswith("."))
        except FileNotFoundError:
            return ()
        except OSError as problem:
            raise LensletError(
                "the runs folder {folder} cannot be read: {reason}; choose another runs folder",
                folder=self.folder,
                reason=problem.strerror,
            ) from problem


def _new_folder(parent: Path, stem: str) -> Path:
    """Make ``stem``, or ``stem-2`` and so on if that exists. Two processes cannot both make a folder."""
    for number in itertools.count(1):
        folder = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("counting does not end")


def _move(folder: Path, parent: Path, stem: str) -> str:
    for number in itertools.count(1):
        target = parent / (stem if number == 1 else f"{stem}-{number}")
        if not target.exists():
            folder.rename(target)
            return target.name
    raise AssertionError("counting does not end")


def _plain(name: str) -> str:
    """A network's or a dataset's name, which may be a path, as a part of a file name."""
    return re.sub(r"[^\w.-]+", "-", Path(name).name).strip("-.") or "data"


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise LensletError(
            "{folder} cannot be changed: {reason}; nothing was lost", folder=folder, reason=problem.strerror or problem
        ) from problem
