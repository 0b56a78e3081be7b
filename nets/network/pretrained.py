"""Pretrained networks: their cards, and their files, which are the weights and the names of ImageNet's classes.

The files are looked for in the data directory's ``keras-models``, in Keras's own cache, and among earlier downloads.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nets.data.download import DownloadError, download
from nets.errors import LensletError
from nets.events import Report, no_report
from nets.json_files import JsonError, read_json
from nets.network.card import Card
from nets.network.files.hdf5 import read_hdf5
from nets.network.files.limits import FLOAT
from nets.network.files.machine import available_memory, bytes_text
from nets.network.labels import clean_labels
from nets.places import Places
from nets.text import Text
from nets.zoo.pretrained import CLASSES, PRETRAINED, Pretrained

if TYPE_CHECKING:
    import keras

FOLDER = "keras-models"
CLASS_NAMES = "imagenet_class_index.json"
CLASS_NAMES_URL = "https://storage.googleapis.com/download.tensorflow.org/data/"
SAME_NAMES = {"n02012849": "crane (bird)", "n03710721": "maillot (tank suit)"}
"""Keras's file contains two names twice. Here one class of each pair gets another name, by its number in WordNet."""

PUBLISHED = "as published"
"""Marks, among a card's checks, an accuracy that was published and not measured here."""
OPENING = 3.3
"""How many times the memory of its weights the opening of a network takes: measured 3.25 for VGG16, whose largest layer
has three quarters of them, and 1.8 for ResNet-50."""
VALIDATION_IMAGES = 50_000
"""Number of ImageNet 2012's validation images, on which the published accuracies are measured."""


def card_of(row: Pretrained, labels: tuple[str, ...]) -> Card:
    """The card of a pretrained network; ``labels`` are the names of its classes."""
    note = (
        f"of ImageNet's validation images; in {100 * row.top5:.1f} % the right class is among the first five answers; "
        f"published for these weights, not measured here ({row.source})"
    )
    return Card(
        name=row.name,
        title=row.title,
        network=row.name,
        labels=labels,
        input=row.input,
        parameters=row.parameters,
        dataset="imagenet",
        dataset_title="ImageNet",
        checks={PUBLISHED: {"images": VALIDATION_IMAGES, "accuracy": row.top1, "note": note}},
    )


def check_memory(row: Pretrained, available: int | None = None) -> None:
    """Compare the memory for opening the network with what there is.

    Args:
        row: The network.
        available: Bytes; None: what this computer has free now.

    Raises:
        LensletError: There is not enough; the message names the largest network that would fit.
    """
    free = available_memory() if available is None else available
    if _opening_bytes(row) <= free:
        return
    fitting = [other for other in PRETRAINED.values() if _opening_bytes(other) <= free]
    fits = Text("close other programs")
    if fitting:
        fits = Text("{network} would fit", network=max(fitting, key=_opening_bytes).title)
    raise LensletError(
        "{network} needs about {needed} of memory while it is opened, and {free} are free; {advice}",
        network=row.title,
        needed=bytes_text(_opening_bytes(row)),
        free=bytes_text(free),
        advice=fits,
    )


def _opening_bytes(row: Pretrained) -> int:
    """The memory that it takes for a moment: weights as they are drawn, as they are read, and as they stay."""
    return round(OPENING * FLOAT * row.parameters)


def load_network(row: Pretrained, path: Path) -> keras.Model:
    """The network with the weights in ``path``.

    Raises:
        LensletError: The weights belong to another network.
    """
    network = row.build()
    try:
        network.load_weights(path)
    except (ValueError, OSError, KeyError, TypeError) as problem:
        differs = _difference(network, path)
        raise LensletError(
            "{path} does not hold the weights of {title}{difference}; delete it and open {title} again to download it",
            path=path,
            title=row.title,
            difference=differs and ": " + differs,
        ) from problem
    return network


def _difference(network: keras.Model, path: Path) -> str:
    """The first layer whose weights in the file do not fit the network, with both shapes; "" if unknown."""
    found = read_hdf5(path)
    stored = []
    for layer in found.groups.get("", {}).get("layer_names", []):
        stored += [found.arrays.get(f"{layer}/{name}") for name in found.groups[layer].get("weight_names", [])]
    variables = [variable for layer in network.layers for variable in layer.weights]
    for variable, array in zip(variables, stored, strict=False):
        if array is not None and tuple(variable.shape) != array.shape:
            shapes = [" x ".join(map(str, shape)) for shape in (array.shape, variable.shape)]
            return Text(
                "its {path} has the shape {found}, expected {expected}",
                path=variable.path,
                found=shapes[0],
                expected=shapes[1],
            )
    return f"it has {len(stored)} arrays, expected {len(variables)}" if len(stored) != len(variables) else ""


def find_weights(row: Pretrained, places: Places) -> Path | None:
    """The file of the network's weights if it is on this machine; it is not read."""
    return _find(row.file, places)


def missing_files(row: Pretrained, places: Places) -> tuple[str, ...]:
    """The names of the files that have to be downloaded before the network can be opened."""
    return tuple(name for name in (row.file, CLASS_NAMES) if _find(name, places) is None)


def get_files(row: Pretrained, places: Places, *, report: Report = no_report) -> tuple[Path, tuple[str, ...]]:
    """The file of the network's weights and the names of its classes, downloaded where they are not here, and checked.

    Args:
        row: the network.
        places: where the files are looked for, and downloaded to.
        report: receives a Progress in MB while a file is downloaded; it may raise Cancelled.

    Returns:
        The path of the weights; ImageNet's 1,000 class names in the order of the network's outputs.

    Raises:
        LensletError: a file is damaged, or not here and cannot be downloaded; the message says which to put where.
    """
    missing = missing_files(row, places)
    try:
        if CLASS_NAMES in missing:
            _download(CLASS_NAMES_URL, CLASS_NAMES, _read_names, places, report)
        if row.file in missing:
            _download(row.url, row.file, lambda path: _check_sum(path, row), places, report)
    except DownloadError as problem:
        own = places.data if places.data is not None else Path("<a data directory>")
        raise LensletError(
            "{title} is not on this machine and could not be downloaded; put {missing} into {folder} and name that "
            "data directory in the settings, with --data-dir or in LENSLET_DATA_DIR, or into {keras_folder}, where "
            "Keras keeps such files. The download: {problem}",
            title=row.title,
            missing=" and ".join(missing),
            folder=own / FOLDER,
            keras_folder=keras_cache(),
            problem=problem,
        ) from problem
    weights, names = _find(row.file, places), _find(CLASS_NAMES, places)
    if weights is None or names is None:
        raise LensletError("{title}'s files vanished while they were opened; open it again", title=row.title)
    if row.file not in missing:
        _check_sum(weights, row)
    return weights, _read_names(names)


def keras_cache() -> Path:
    """The folder in which Keras keeps the weights that it downloads itself."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "models"


def _find(name: str, places: Places) -> Path | None:
    folders = [places.data / FOLDER] if places.data is not None else []
    for folder in (*folders, keras_cache(), places.cache / FOLDER):
        if os.path.isfile(folder / name):  # unlike Path, False for a folder that may not be read
            return folder / name
    return None


def _download(url: str, name: str, check: Callable[[Path], object], places: Places, report: Report) -> None:
    target = places.cache / FOLDER / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LensletError(
            "{folder} cannot be written to ({reason}): check the disk and its permissions",
            folder=target.parent,
            reason=problem.strerror or problem,
        ) from problem
    download(url + name, target, check, report=report)


def _check_sum(path: Path, row: Pretrained) -> None:
    """Compare the file's checksum before HDF5's code reads it.

    Raises:
        LensletError: The file is not the published one.
    """
    if not row.md5:
        read_hdf5(path)  # in a process of its own, which a damaged file may end
        return
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as problem:
        raise LensletError(
            "{path} cannot be read: {reason}", path=path, reason=problem.strerror or problem
        ) from problem
    if found != row.md5:
        raise LensletError(
            "{path} is damaged or another version: expected {title} with the md5 {expected}, found {found}; delete "
            "it, and it is downloaded anew",
            path=path,
            title=row.title,
            expected=row.md5,
            found=found,
        )


def _read_names(path: Path) -> tuple[str, ...]:
    """The names in Keras's file: ``{"0": ["n01440764", "tench"], ...}``."""
    try:
        found = read_json(path)
        rows = [found[str(number)] for number in range(CLASSES)]
        numbers, names = [str(number) for number, _ in rows], [str(name) for _, name in rows]
        labels = clean_labels([name.replace("_", " ") for name in names])
    except (OSError, JsonError, KeyError, TypeError, ValueError) as problem:
        raise LensletError(
            "{path} is not Keras's list of ImageNet's {classes:,} classes; delete it, and it is downloaded anew",
            path=path,
            classes=CLASSES,
        ) from problem
    counts = Counter(labels)
    told_apart: dict[str, None] = {}
    for number, label in zip(numbers, labels, strict=True):
        name = SAME_NAMES.get(number, label) if counts[label] > 1 else label
        told_apart[f"{name} ({number})" if name in told_apart else name] = None
    return tuple(told_apart)
