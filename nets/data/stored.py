"""Datasets of fixed files: looked for in the data directory, then among earlier downloads, then downloaded.

Wherever it comes from, an array counts only if it has the md5 of the row's file (of the unpacked IDX content).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nets.array_files import read_arrays
from nets.data.download import DownloadError, download
from nets.data.idx import LARGEST, DamagedFile, md5_of, read_idx
from nets.data.images import ArrayImages
from nets.data.packed import data_directory
from nets.data.specs import Dataset, DatasetFile, DatasetSpec, Split
from nets.errors import LensletError
from nets.events import Report, no_report
from nets.places import Places

HOST = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
NPZ_KEYS = ("x_train", "y_train", "x_test", "y_test")
"""The order of a row's files, in Keras's archive."""


@dataclass(frozen=True)
class Location:
    """The place of a dataset's files: ``folder`` is None if they are nowhere; ``missing`` names those absent."""

    folder: Path | None
    where: str
    missing: tuple[str, ...] = ()
    npz: Path | None = None


def locate(spec: DatasetSpec, places: Places) -> Location:
    """The place of the files, found by name alone.

    Raises:
        LensletError: A folder cannot be read.
    """
    for folder, words in _candidates(spec, places):
        try:
            present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        except OSError as problem:
            raise LensletError(
                "the folder {folder} could not be read: {reason}", folder=folder, reason=problem.strerror or problem
            ) from problem
        if all(_name_in(present, file) for file in spec.files):
            return Location(folder, words)
        if f"{spec.name}.npz" in present:
            return Location(folder, words, npz=folder / f"{spec.name}.npz")
        missing = tuple(file.name for file in spec.files if not _name_in(present, file))
        # Some of the files among the downloads come from an interrupted download, which continues there.
        if len(missing) < len(spec.files) and folder.parent != places.cache:
            return Location(None, str(folder), missing)
    return Location(None, "", tuple(file.name for file in spec.files))


def load_stored(spec: DatasetSpec, places: Places, report: Report = no_report, *, host: str = HOST) -> Dataset:
    """A dataset of fixed files, with every sum checked.

    Args:
        spec: its row.
        places: the data directory and the folder of earlier downloads, which are looked into in this order.
        report: receives a Progress while files are downloaded; it may raise Cancelled.
        host: the address from which they are downloaded.

    Raises:
        LensletError: a file is missing or damaged; the message says what was expected, and where to put which file.
    """
    found = locate(spec, places)
    if found.folder is None:
        if found.where:
            raise LensletError(
                "{where} lacks {missing} of {title}: put the missing files there",
                where=found.where,
                missing=", ".join(found.missing),
                title=spec.title,
            )
        found = _fetch(spec, places, report, host)
    assert found.folder is not None
    if found.npz is not None:
        arrays = _read_npz(found.npz, spec)
    else:
        arrays = [read_idx(_path_in(found.folder, file), file.md5) for file in spec.files]
    images, labels, test_images, test_labels = arrays
    return Dataset(
        spec=spec,
        classes=spec.classes,
        train=Split(ArrayImages(images[..., None]), labels.astype(np.int64)),
        test=Split(ArrayImages(test_images[..., None]), test_labels.astype(np.int64)),
        where=found.where,
        md5=md5_of_files(spec),
    )


def md5_of_files(spec: DatasetSpec) -> str:
    """One checksum for the whole dataset: over the checksums of its files, in the row's order."""
    return hashlib.md5(" ".join(file.md5 for file in spec.files).encode(), usedforsecurity=False).hexdigest()


def _candidates(spec: DatasetSpec, places: Places) -> list[tuple[Path, str]]:
    found = []
    if (data := data_directory(places)) is not None:
        found.append((data / spec.name, f"data directory {data}"))
    return [*found, (places.cache / spec.name, f"earlier download in {places.cache}")]


def _name_in(present: set[str], file: DatasetFile) -> bool:
    return file.name in present or file.name.removesuffix(".gz") in present


def _path_in(folder: Path, file: DatasetFile) -> Path:
    packed = folder / file.name
    return packed if packed.exists() else folder / file.name.removesuffix(".gz")


def _fetch(spec: DatasetSpec, places: Places, report: Report, host: str) -> Location:
    """Downloads what ``keras.datasets`` downloads: MNIST as one archive, Fashion-MNIST as its four files."""
    folder = places.cache / spec.name
    try:
        if spec.name == "mnist":
            target = folder / "mnist.npz"
            download(host + target.name, target, lambda path: _read_npz(path, spec), report=report)
        else:
            for file in spec.files:
                if not (folder / file.name).exists():
                    download(host + file.name, folder / file.name, _sum_checked(file), report=report)
    except DownloadError as problem:
        own = places.data if places.data is not None else Path("<a data directory>")
        names = ", ".join(file.name for file in spec.files)
        raise LensletError(
            "{title} is not on this machine and could not be downloaded; 'digits' can be trained on without any file, "
            "or put {names} into {folder} and name that data directory in the settings, with --data-dir or in "
            "LENSLET_DATA_DIR. The download: {problem}",
            title=spec.title,
            problem=problem,
            names=names,
            folder=own / spec.name,
        ) from problem
    return Location(
        folder, f"downloaded into {places.cache}", npz=folder / "mnist.npz" if spec.name == "mnist" else None
    )


def _sum_checked(file: DatasetFile) -> Callable[[Path], object]:
    return lambda path: read_idx(path, file.md5)


def _read_npz(path: Path, spec: DatasetSpec) -> list[np.ndarray]:
    """The four arrays of Keras's archive, each with the md5 of its IDX file."""
    try:
        read = read_arrays(path, NPZ_KEYS, largest=LARGEST)
        arrays = [read[key] for key in NPZ_KEYS]
    except (OSError, LensletError) as problem:
        raise DamagedFile(
            "{path} is not the archive of {title} ({problem}): delete it", path=path, title=spec.title, problem=problem
        ) from problem
    for key, array, file in zip(NPZ_KEYS, arrays, spec.files, strict=True):
        found = md5_of(array)
        if found != file.md5:
            raise DamagedFile(
                "{path}: {key} should have md5 {expected}, found {found}: delete the file",
                path=path,
                key=key,
                expected=file.md5,
                found=found,
            )
    return arrays


def load_test(spec: DatasetSpec, places: Places) -> tuple[np.ndarray, np.ndarray]:
    """Only the test images, a seventh of the whole: (N, H, W, 1) uint8 and (N,) int64 labels. Nothing is downloaded.

    Raises:
        LensletError: The files are damaged, or not on this machine.
    """
    found = locate(spec, places)
    if found.folder is None:
        raise LensletError(
            "{title} is not on this machine yet: it is downloaded when you train on it", title=spec.title
        )
    if found.npz is not None:
        _, _, images, labels = _read_npz(found.npz, spec)
    else:
        images, labels = (read_idx(_path_in(found.folder, file), file.md5) for file in spec.files[2:])
    return images[..., None], labels.astype(np.int64)
