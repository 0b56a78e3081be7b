"""The places of packed datasets: the data directory, Keras's cache, earlier downloads."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from nets.data.specs import DatasetSpec
from nets.errors import LensletError
from nets.places import Places, keras_home


@dataclass(frozen=True)
class DatasetLocation:
    """The files (or the one folder) of a dataset, and words for where they are."""

    files: tuple[Path, ...]
    where: str


def keras_folder() -> Path:
    """The folder of ``keras.datasets``' downloads."""
    return keras_home() / "datasets"


def data_directory(places: Places) -> Path | None:
    """The data directory, if one is set. Raises LensletError if it is not a folder that can be looked into."""
    if places.data is None:
        return None
    try:
        is_folder = stat.S_ISDIR(places.data.stat().st_mode)
    except OSError as problem:
        reason = problem.strerror or problem
        raise LensletError(
            "the data directory {folder} could not be read: {reason}", folder=places.data, reason=reason
        ) from problem
    if not is_folder:
        raise LensletError("expected a folder as data directory, but {folder} is a file", folder=places.data)
    return places.data


def folders_of(spec: DatasetSpec, places: Places) -> list[tuple[Path, str]]:
    """The folders that may contain the files of ``spec``, with words for each, in the order of looking."""
    found = []
    data = data_directory(places)
    if data is not None:
        found += [(folder, f"data directory {data}") for folder in (data, data / spec.name)]
    found.append((keras_folder(), "Keras's cache"))
    return [*found, (places.cache / spec.name, f"earlier download in {places.cache}")]


def not_here(spec: DatasetSpec, places: Places, problem: Exception, files: str) -> LensletError:
    """The error for a dataset that could not be downloaded; it says which files to put where.

    Args:
        spec: of the dataset.
        places: where its files would be looked for.
        problem: why the download failed.
        files: the names of the files, as they stand in the sentence.
    """
    own = places.data if places.data is not None else Path("<a data directory>")
    return LensletError(
        "{title} is not on this machine and could not be downloaded; 'digits' can be trained on without any file, or "
        "put {files} into {own} and name that data directory in the settings, with --data-dir or in LENSLET_DATA_DIR. "
        "The download: {problem}",
        title=spec.title,
        problem=problem,
        files=files,
        own=own,
    )
