"""Datasets that come packed: unpacked once into files of the cache, which every later load maps into memory.

Unpacking 60,000 JPEG files takes many seconds and reading 184 MB of pixels one; a memory map takes none, and of it only
the images that are read come into memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nets.data.images import ArrayImages
from nets.data.specs import Split, sum_of
from nets.errors import LensletError
from nets.files import write_text, write_with
from nets.json_files import read_json, record

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
LARGEST = 1 << 20
"""Bytes of the index; a thousand names of broken files take a tenth."""


@dataclass(frozen=True, eq=False)
class Unpacked:
    """The content of a packed dataset. ``md5``: the checksum of its arrays; ``rejected``: what could not be read."""

    train: Split
    test: Split
    md5: str
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Index:
    """Written beside the arrays, after them: without it they are incomplete."""

    key: str
    md5: str
    rejected: tuple[str, ...] = ()


def split_of(images: np.ndarray, labels: np.ndarray) -> Split:
    """(N, H, W, C) uint8 and N labels as a split."""
    return Split(ArrayImages(images), np.asarray(labels).astype(np.int64).reshape(-1))


def unpacked(
    folder: Path, sources: Sequence[Path], make: Callable[[], tuple[Split, Split, tuple[str, ...]]]
) -> Unpacked:
    """The content of ``sources``: from the cache where it is of these very files, else by ``make``.

    Args:
        folder: the dataset's folder in the cache. Where it cannot be written, the content stays in memory.
        sources: the files or folders that hold the packed dataset; their places, sizes and times decide.
        make: reads them: training images, test images, and sentences on what could not be read.

    Raises:
        LensletError: a source is gone, or ``make`` raised it.
    """
    key = _key(sources)
    if (found := _cached(folder, key)) is not None:
        return found
    train, test, rejected = make()
    made = Unpacked(train, test, sum_of(train, test), rejected)
    try:
        _write(folder, key, made)
    except OSError:  # no room or no right to write: the next load unpacks again
        return made
    return _cached(folder, key) or made


def _key(sources: Sequence[Path]) -> str:
    """A key that changes whenever a source is another file or was written again."""
    try:
        stats = [(str(path.resolve()), path.stat()) for path in sources]
    except OSError as problem:
        raise LensletError(
            "{filename} could not be read: {reason}", filename=problem.filename, reason=problem.strerror or problem
        ) from problem
    return "\n".join(f"{where} {stat.st_size} {stat.st_mtime_ns}" for where, stat in stats)


def _cached(folder: Path, key: str) -> Unpacked | None:
    """The content of the cache; None if it is missing, incomplete, or of other files."""
    try:
        index = record(_Index, read_json(folder / "index.json", largest=LARGEST), name="the index")
        if index.key != key:
            return None
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS]
        train, test = split_of(*arrays[:2]), split_of(*arrays[2:])
    except (OSError, ValueError, EOFError, LensletError):
        return None
    whole = len(train.images) == len(train.labels) and len(test.images) == len(test.labels)
    return Unpacked(train, test, index.md5, index.rejected) if whole else None


def _write(folder: Path, key: str, made: Unpacked) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").unlink(missing_ok=True)
    arrays = (made.train.pixels(), made.train.labels, made.test.pixels(), made.test.labels)
    for name, array in zip(ARRAYS, arrays, strict=True):
        _save(folder / f"{name}.npy", array)
    write_text(folder / "index.json", json.dumps({"key": key, "md5": made.md5, "rejected": made.rejected}))


def _save(path: Path, array: np.ndarray) -> None:
    write_with(path, lambda temporary: np.save(temporary, array))
