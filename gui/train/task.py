"""The functions that the jobs of this workspace run. No Qt."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.words import translated
from nets import backend
from nets.data.fitting import FileImages
from nets.data.images import ArrayImages, ChosenImages, Images
from nets.data.specs import Dataset, DatasetSpec
from nets.errors import LensletError
from nets.events import Event, Progress, Report, no_report
from nets.places import Places
from nets.runs.config import TrainConfig
from nets.runs.store import Run, RunStore, RunSummary
from nets.training.training import Adjust, no_adjustment

if TYPE_CHECKING:
    from nets.runs.evaluation import Evaluation
    from nets.training.find_rate import RateSearch


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The validation images of a training, in the order of its evaluations, and the class names.

    Images of a large folder are read when they are shown.
    """

    images: Images
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class DataLoaded(Event):
    """The dataset was loaded. ``rejected``: files that were left out."""

    held_out: HeldOut
    rejected: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RunListing:
    """The runs, newest first, and the problems of those that cannot be read."""

    runs: tuple[RunSummary, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Availability:
    """What is known of a dataset before it is loaded: its row, where its files are, or what prevents loading it."""

    name: str
    spec: DatasetSpec | None
    found: bool
    where: str
    problem: str


def train_task(config: TrainConfig, places: Places, adjust: Adjust = no_adjustment, report: Report = no_report) -> Run:
    """Load the dataset, report ``DataLoaded`` and train. ``adjust``: as for ``nets.training.train.train``. For a
    transfer, the source is opened first.
    """
    from nets.training.train import train

    store = RunStore(places.runs)
    if config.transfers:
        from nets.models import network_name, open_model
        from nets.training.transfer import transfer

        source = open_model(config.start_from, places, report=report)
        data = _load(config, places, report)
        config = dataclasses.replace(config, network=network_name(source))
        try:
            return transfer(config, source, data, store, report, adjust=adjust)
        finally:
            backend.release()
    data = _load(config, places, report)
    try:
        return train(config, data, store, report, adjust=adjust)
    finally:
        backend.release()


def resume_task(
    run: str, epochs: int | None, places: Places, adjust: Adjust = no_adjustment, report: Report = no_report
) -> Run:
    """Load the run's dataset, report ``DataLoaded``, and continue to ``epochs`` epochs (None: as planned)."""
    from nets.training.train import resume

    store = RunStore(places.runs)
    found = store.open(run)
    data = _load(found.summary.config, places, report)
    try:
        return resume(found, data, store, epochs=epochs, report=report, adjust=adjust)
    finally:
        backend.release()


def find_rate_task(config: TrainConfig, places: Places, report: Report = no_report) -> RateSearch:
    """Load the dataset and search a learning rate; for a transfer, open its source and search that of the head."""
    from nets.data import datasets
    from nets.training.find_rate import find_rate

    begins = None
    try:
        if config.transfers:
            from nets.models import open_model
            from nets.training.transfer import beginning

            source = open_model(config.start_from, places, report=report)
            data = datasets.load(config.dataset, places, report=report)
            begins = beginning(config, source, data)
        else:
            data = datasets.load(config.dataset, places, report=report)
        return find_rate(config, data, report, store=RunStore(places.runs), begins=begins)
    finally:
        backend.release()


def held_out_task(config: TrainConfig, places: Places, report: Report = no_report) -> HeldOut:
    """The validation images of a stored run."""
    from nets.data import datasets

    return _held_out(config, datasets.load(config.dataset, places, report=report))


def list_task(places: Places, report: Report = no_report) -> RunListing:
    store = RunStore(places.runs)
    runs = tuple(store.list())
    return RunListing(runs, tuple(store.problems))


def evaluation_task(
    places: Places, run: str, epoch: int, report: Report = no_report
) -> tuple[Evaluation | None, tuple[str, ...]]:
    """A run's evaluation on its validation images after ``epoch``, and its class names."""
    found = RunStore(places.runs).open(run)
    return found.evaluation(epoch), found.card.labels


def export_task(places: Places, run: str, epoch: int, target: str, report: Report = no_report) -> str:
    """Write the model with its labels and its program; returns the path."""
    from pathlib import Path

    from nets.export import export_run

    report(Progress("export", 0, 1))
    export_run(RunStore(places.runs).open(run), epoch, Path(target))
    return target


def availability_task(name: str, places: Places, report: Report = no_report) -> Availability:
    """Whether a dataset can be trained on, without loading its images."""
    from nets.data import datasets

    try:
        found = datasets.find(name, places)
    except LensletError as problem:
        return Availability(name, None, False, "", translated(problem))
    try:
        spec = datasets.get(name, places)
    except LensletError as problem:
        return Availability(name, None, False, found.where, found.problem or translated(problem))
    return Availability(name, spec, found.found, found.where, found.problem)


def _load(config: TrainConfig, places: Places, report: Report) -> Dataset:
    from nets.data import datasets

    report(Progress("dataset", 0))
    data = datasets.load(config.dataset, places, report=report)
    report(DataLoaded(_held_out(config, data), data.rejected))
    return data


def _held_out(config: TrainConfig, data: Dataset) -> HeldOut:
    from nets.training.split import validation_indices

    chosen, images = validation_indices(config, data.train.labels), data.train.images
    if isinstance(images, FileImages) and not images.is_kept:
        return HeldOut(ChosenImages(images, chosen), data.classes)
    return HeldOut(ArrayImages(images.read(chosen)), data.classes)
