"""Running an experiment: row after row, each result kept when it is there, so that an interrupted one goes on.

The folder of an experiment:

    experiment.json     what was measured of each row so far, with the setting that it belongs to
    runs/               the trainings, as a store of runs; those of finished rows are lightened
    results.md          the table with the published figures, the machine, the scale and the seed
    results.csv         the same numbers for a spreadsheet
    results.png         the picture
    lock                held by the process that runs it
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.data import datasets
from nets.data.images import ArrayImages, ChosenImages
from nets.data.specs import Dataset, Split
from nets.errors import LensletError
from nets.events import Event, Message, Report, no_report
from nets.experiments.experiment import Experiment, ExperimentRow, Measured, Result, Scale, Sizes
from nets.experiments.machine import load_now, machine_words
from nets.experiments.writing import write_results
from nets.files import write_text
from nets.json_files import read_json, record
from nets.places import Places
from nets.runs.config import TrainConfig
from nets.runs.lock import Locked, lock_run
from nets.runs.run import epoch_file
from nets.runs.store import Run, RunStore, RunSummary
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.model import Model

STATE = "experiment.json"
DEFAULTS = {one.name: one.default for one in dataclasses.fields(TrainConfig)}
LIGHT = 1_000_000
"""Runs of networks with more parameters than this keep no weights after their row was measured: VGG takes 500 MB."""


@dataclass(frozen=True)
class RowBegun(Message):
    """A row of the experiment is being measured; the text says which."""

    row: str = ""


@dataclass(frozen=True)
class RowDone(Event):
    """A row of the experiment is measured. ``number`` of ``total``, from 1."""

    row: str
    number: int
    total: int


@dataclass(frozen=True)
class ExperimentStatus:
    """The contents of ``experiment.json``."""

    experiment: str
    scale: str
    rows: dict[str, Any] = field(default_factory=dict)


def default_folder(places: Places) -> Path:
    """The folder of experiments unless another one is named."""
    return places.settings.parent / "experiments"


def folder_of(experiment: Experiment, scale: Scale, out: Path) -> Path:
    """The folder of an experiment's results at one scale.

    Args:
        experiment: a row of ``EXPERIMENTS``.
        scale: "small" or "full".
        out: the folder of all experiments.
    """
    return out / f"{experiment.name}-{scale}"


def read_measured(experiment: Experiment, scale: Scale, out: Path) -> dict[str, Measured]:
    """The results that there are, by the rows' names; those of another setting are left out. Quick.

    Args:
        experiment: a row of ``EXPERIMENTS``.
        scale: "small" or "full".
        out: the folder of all experiments.

    Raises:
        LensletError: the file is damaged; it says what to do.
    """
    path = folder_of(experiment, scale, out) / STATE
    try:
        status = record(ExperimentStatus, read_json(path), name=STATE)
        found = {name: record(Measured, values, name=name) for name, values in status.rows.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise LensletError(
            "{path} cannot be read: {problem}; delete the file to measure the experiment's rows again",
            path=path,
            problem=problem,
        ) from problem
    settings = {row.name: json.loads(json.dumps(row.setting(scale))) for row in experiment.rows}
    return {name: one for name, one in found.items() if name in settings and _is_same(one.setting, settings[name])}


def _is_same(stored: Mapping[str, Any], setting: Mapping[str, Any]) -> bool:
    """Whether a result belongs to the setting. A field that is newer than the result counts with its default value."""
    return all(stored.get(key, DEFAULTS.get(key)) == value for key, value in setting.items())


@dataclass
class Laboratory:
    """The tools for measuring a row. ``folder``: the experiment's."""

    experiment: Experiment
    scale: Scale
    folder: Path
    places: Places
    report: Report = no_report
    _data: dict[tuple[str, Sizes], Dataset] = field(default_factory=dict)

    @property
    def store(self) -> RunStore:
        return RunStore(self.folder / "runs")

    def data(self, name: str, sizes: Sizes) -> Dataset:
        """A dataset with as many test images as the scale has, loaded once."""
        key = (name, sizes)
        if key not in self._data:
            self._data[key] = _sized(datasets.load(name, self.places, report=self.report), sizes)
        return self._data[key]

    def train(self, row: str, config: TrainConfig, sizes: Sizes) -> Run:
        """The finished run of a row: trained now, gone on with, or found where it was finished before.

        Args:
            row: its name, which the run gets as its title.
            config: the training.
            sizes: how many images of each part of the data are used.
        """
        from nets.training.train import train

        data = self.data(config.dataset, sizes)
        return self._begun(row, config, data) or train(config, data, self.store, self.report, title=row)

    def transfer(self, row: str, config: TrainConfig, source: Model, sizes: Sizes) -> Run:
        """The finished run of a row that begins with the features of ``source``; otherwise as ``train``.

        Args:
            row: its name.
            config: the training, a transfer.
            source: whose features are kept.
            sizes: as for ``train``.
        """
        from nets.training.transfer import transfer

        data = self.data(config.dataset, sizes)
        return self._begun(row, config, data) or transfer(config, source, data, self.store, self.report, title=row)

    def _begun(self, row: str, config: TrainConfig, data: Dataset) -> Run | None:
        """The run of an earlier attempt, finished now if necessary; None if there is none to continue."""
        from nets.training.train import resume

        earlier = self._earlier(row, config)
        if earlier is not None and earlier.state == "finished":
            return self.store.open(earlier.id)
        if earlier is not None and 0 < earlier.epochs_done < config.epochs:
            self.report(Message(Text("going on with {row} after epoch {epochs}", row=row, epochs=earlier.epochs_done)))
            return resume(self.store.open(earlier.id), data, self.store, report=self.report)
        return None

    def _earlier(self, row: str, config: TrainConfig) -> RunSummary | None:
        """The newest run of a row with the same setting that can be continued from its last epoch."""
        for summary in self.store.list():
            if summary.title == row and summary.config == config and summary.state in ("finished", "stopped"):
                return summary
        return None

    def lighten(self, run: Run) -> None:
        """Delete what a measured row no longer needs: the optimiser's state, and large weights."""
        for name in ("state.npz", "start.npz"):
            (run.folder / name).unlink(missing_ok=True)
        if run.card.parameters > LIGHT:
            for epoch in range(1, run.summary.epochs_done + 1):
                epoch_file(run.folder, epoch, "weights").unlink(missing_ok=True)


def run_experiment(
    experiment: Experiment, scale: Scale, out: Path, places: Places, report: Report = no_report
) -> dict[str, Measured]:
    """Measures the rows that are not measured yet, and writes table and picture after each.

    Args:
        experiment: a row of ``EXPERIMENTS``.
        scale: "small" or "full".
        out: the folder in which the experiment gets a folder of its own.
        places: where datasets lie.
        report: receives the progress; it may raise Cancelled, and the experiment goes on from there the next time.

    Returns:
        The result of every row, by name.

    Raises:
        LensletError: it is run by another process at the moment, its folder has vanished or cannot be written to, or
            a row cannot be measured.
    """
    folder = folder_of(experiment, scale, out)
    with _working_in(folder):
        backend.configure()
        done = read_measured(experiment, scale, out)
        laboratory = Laboratory(experiment, scale, folder, places, report)
        for number, row in enumerate(experiment.rows, start=1):
            if row.name not in done:
                total = len(experiment.rows)
                words = Text("row {number} of {rows}: {title}", number=number, rows=total, title=row.title)
                report(RowBegun(words, row=row.name))
                done[row.name] = _measure(row, laboratory)
                _check_there(folder)
                _write(experiment, scale, folder, done)
            report(RowDone(row.name, number, len(experiment.rows)))
        _check_there(folder)
        _write(experiment, scale, folder, done, laboratory)
    return done


def _measure(row: ExperimentRow, laboratory: Laboratory) -> Measured:
    try:
        result: Result = row.run(laboratory)
    except (LensletError, OSError) as problem:
        try:
            _check_there(laboratory.folder)
        except LensletError as vanished:
            raise vanished from problem
        raise
    today = datetime.date.today().isoformat()
    setting = json.loads(json.dumps(row.setting(laboratory.scale)))
    return Measured(result, setting, today, machine_words(), load_now())


def _write(
    experiment: Experiment,
    scale: Scale,
    folder: Path,
    done: Mapping[str, Measured],
    laboratory: Laboratory | None = None,
) -> None:
    """Write the state and the results; with a laboratory, also the picture of the whole experiment."""
    rows = {row.name: dataclasses.asdict(done[row.name]) for row in experiment.rows if row.name in done}
    text = json.dumps({"experiment": experiment.name, "scale": scale, "rows": rows}, indent=1, ensure_ascii=False)
    try:
        write_text(folder / STATE, text + "\n")
        write_results(experiment, scale, folder, done, laboratory)
    except OSError as problem:
        if not folder.is_dir():
            raise _vanished(folder) from problem
        raise LensletError(
            "{folder} cannot be written to: {reason}", folder=folder, reason=problem.strerror or problem
        ) from problem


def _check_there(folder: Path) -> None:
    """Check that the folder still exists; otherwise writing would create it again, without the rows measured before.

    A training that is still running may have created a part of it again, which is removed.
    """
    if not (folder / "lock").exists():
        if not (folder / STATE).exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise _vanished(folder)


def _vanished(folder: Path) -> LensletError:
    return LensletError(
        "the folder of the experiment, {folder}, has vanished while it ran, and its results with it; run it again",
        folder=folder,
    )


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Create the folder and lock it, so that one process at a time runs the experiment."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = lock_run(folder)
    except Locked:
        raise LensletError(
            "the experiment in {folder} is being run by another window or program; wait for it or stop it there",
            folder=folder,
        ) from None
    except OSError as problem:
        raise LensletError(
            "no experiment can be written to {folder}: {reason}; choose another folder with --out",
            folder=folder,
            reason=problem.strerror or problem,
        ) from problem
    with lock:
        yield


def _sized(data: Dataset, sizes: Sizes) -> Dataset:
    """The dataset with fewer test images, or with all images as training images."""
    if sizes.merged:
        pixels = np.concatenate([data.train.pixels(), data.test.pixels()])
        labels = np.concatenate([data.train.labels, data.test.labels])
        nothing = Split(ChosenImages(data.test.images, np.zeros(0, np.int64)), np.zeros(0, np.int64))
        return dataclasses.replace(data, train=Split(ArrayImages(pixels), labels), test=nothing)
    count = len(data.test)
    if not sizes.test_images or sizes.test_images >= count:
        return data
    chosen = np.linspace(0, count - 1, sizes.test_images).round().astype(np.int64)
    return dataclasses.replace(data, test=Split(ChosenImages(data.test.images, chosen), data.test.labels[chosen]))


def forget(experiment: Experiment, scale: Scale, out: Path) -> None:
    """Deletes what was measured, so that the experiment begins again.

    Args:
        experiment: a row of ``EXPERIMENTS``.
        scale: "small" or "full".
        out: the folder of all experiments.

    Raises:
        LensletError: the experiment runs.
    """
    folder = folder_of(experiment, scale, out)
    if folder.exists():
        with _working_in(folder):
            for name in (STATE, "results.md", "results.csv", "results.png"):
                (folder / name).unlink(missing_ok=True)
            shutil.rmtree(folder / "runs", ignore_errors=True)
