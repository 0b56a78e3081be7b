"""CIFAR-10: 60,000 colour photographs of 32x32 in ten classes.

It comes as the archive of ``keras.datasets`` (six pickles of raw pixels) or as ``cifar10-jpeg.tar.gz`` (JPEG files in
class folders below train/ and test/). Either is unpacked once into the cache.

Source: Krizhevsky 2009, Learning multiple layers of features from tiny images.
"""

from __future__ import annotations

import io
import os
import pickle
import tarfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from nets.data.download import DownloadError, download
from nets.data.idx import DamagedFile
from nets.data.packed import DatasetLocation, folders_of, keras_folder, not_here
from nets.data.specs import Dataset, DatasetSpec, Split
from nets.data.unpacked import split_of, unpacked
from nets.errors import LensletError
from nets.events import Message, ProgressCounter, Report, no_report
from nets.places import Places
from nets.text import Text

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HOST = "https://www.cs.toronto.edu/~kriz/"
DOWNLOAD = "cifar-10-python.tar.gz"
ARCHIVES = (DOWNLOAD, "cifar-10-batches-py.tar.gz", "cifar-10-batches-py-target_archive")
"""The names of the same archive on the site, in Keras 2 and in Keras 3."""
FOLDERS = ("cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py")
JPEG = "cifar10-jpeg.tar.gz"
TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = "test_batch"
SIDE = 32
LARGEST = 64 << 20
"""Bytes of a file inside an archive; the batches of CIFAR-10 have 31 MB."""
PARTS = 512
"""JPEG files that are decoded together."""


def locate(spec: DatasetSpec, places: Places) -> DatasetLocation | None:
    """The place of the archive: in the data directory, in Keras's cache or among earlier downloads."""
    for folder, words in folders_of(spec, places):
        names = [*FOLDERS, *ARCHIVES, JPEG] if folder != keras_folder() else [*FOLDERS, *ARCHIVES]
        for name in names:
            path = folder / name
            if (path / TEST).is_file() if name in FOLDERS else path.is_file():
                return DatasetLocation((path,), f"{words}, {name}")
    return None


def load(spec: DatasetSpec, places: Places, report: Report = no_report, *, host: str = HOST) -> Dataset:
    """CIFAR-10, unpacked into the cache at its first use and mapped from there.

    Args:
        spec: its row.
        places: the data directory and the cache.
        report: receives a Progress while the archive is downloaded or unpacked; it may raise Cancelled.
        host: the address from which it is downloaded.

    Raises:
        LensletError: the archive is nowhere and cannot be downloaded, or it is damaged.
    """
    found = locate(spec, places) or _fetch(spec, places, report, host)
    path = found.files[0]
    read = _read_jpegs if path.name == JPEG else _read_batches
    sources = found.files if path.is_file() else tuple(path / name for name in (*TRAIN, TEST))
    try:
        content = unpacked(places.cache / spec.name / "unpacked", sources, lambda: read(path, spec, report))
    except OSError as problem:
        raise LensletError(
            "{path} could not be read: {reason}", path=path, reason=problem.strerror or problem
        ) from problem
    if content.rejected:
        rejected = content.rejected
        words = Text(
            "left out {files} files of {path}, the first: {first}", files=len(rejected), path=path, first=rejected[0]
        )
        report(Message(words, is_warning=True))
    return Dataset(spec, spec.classes, content.train, content.test, found.where, content.md5, content.rejected)


def _fetch(spec: DatasetSpec, places: Places, report: Report, host: str) -> DatasetLocation:
    target = places.cache / spec.name / DOWNLOAD
    try:
        download(host + DOWNLOAD, target, lambda path: _read_batches(path, spec, no_report), report=report)
    except DownloadError as problem:
        raise not_here(spec, places, problem, f"{DOWNLOAD} or {JPEG}") from problem
    return DatasetLocation((target,), f"downloaded into {places.cache}")


# --- raw pixels ----------------------------------------------------------------------------------------------


def _read_batches(path: Path, spec: DatasetSpec, report: Report) -> tuple[Split, Split, tuple[str, ...]]:
    """The six pickles in the archive or the folder ``path``."""
    wanted = (*TRAIN, TEST)
    tell = ProgressCounter(report, f"unpacking {spec.title}", len(wanted), "parts")
    parts: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name, content in _batch_files(path):
        if name in wanted:
            parts[name] = _parse_batch(content, f"{name} in {path}", len(spec.classes))
            tell(len(parts))
    missing = [name for name in wanted if name not in parts]
    if missing:
        raise DamagedFile(
            "{path} lacks {missing} of {title}: replace it", path=path, missing=", ".join(missing), title=spec.title
        )
    train = [parts[name] for name in TRAIN]
    images, labels = (np.concatenate(arrays) for arrays in zip(*train, strict=True))
    return split_of(images, labels), split_of(*parts[TEST]), ()


def _batch_files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for name in (*TRAIN, TEST):
            if (path / name).is_file():
                yield name, (path / name).read_bytes()
        return
    for member, content in _members(path):
        yield member.name, content


def _parse_batch(content: bytes, name: str, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """A pickle of {"data": (N, 3072) uint8, "labels": N integers} as (N, 32, 32, 3) uint8 and labels."""
    try:
        found = _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
        data, labels = (np.asarray(found[key]) for key in (b"data", b"labels"))
    except Exception as problem:  # a damaged pickle can raise almost anything
        raise DamagedFile(
            "{name} is not a part of CIFAR-10 ({problem}): replace the archive", name=name, problem=problem
        ) from problem
    pixels = 3 * SIDE * SIDE
    right = data.dtype == np.uint8 and data.shape == (len(labels), pixels) and labels.dtype.kind in "iu"
    if not right or labels.ndim != 1 or not ((labels >= 0) & (labels < classes)).all():
        raise DamagedFile(
            "{name} should hold N images of {pixels} bytes and N labels from 0 to {last}, found {shape} {dtype} and "
            "{labels_shape} labels: replace the archive",
            name=name,
            pixels=pixels,
            last=classes - 1,
            shape=data.shape,
            dtype=data.dtype,
            labels_shape=labels.shape,
        )
    images = data.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), labels


class _ArrayUnpickler(pickle.Unpickler):
    """Builds only NumPy's arrays and plain Python values: a stranger's pickle could otherwise run any code."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return np.zeros(0).__reduce__()[0]
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):  # bytes, in a pickle of Python 3 with an old protocol
            return _encode
        raise pickle.UnpicklingError(f"it holds {module}.{name}, which is no array")


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it holds text as {encoding}")
    return text.encode("latin-1")


# --- JPEG files ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Jpeg:
    """A file of the archive: its name there, whether it is for training, its class, its bytes."""

    name: str
    is_train: bool
    label: int
    content: bytes


def _read_jpegs(path: Path, spec: DatasetSpec, report: Report) -> tuple[Split, Split, tuple[str, ...]]:
    """Read the archive of class folders. Pillow decodes outside of Python's lock, one file on each core."""
    total = spec.train_images + spec.test_images
    tell = ProgressCounter(report, f"unpacking {spec.title}", total, "images")
    images: dict[bool, list[np.ndarray]] = {True: [], False: []}
    labels: dict[bool, list[int]] = {True: [], False: []}
    rejected: list[str] = []
    done = 0
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decoding") as pool:
        for part in _in_parts(_jpegs(path, spec.classes)):
            for file, image in zip(part, pool.map(_decoded, part), strict=True):
                if isinstance(image, str):
                    rejected.append(f"{file.name} in {path}: {image}")
                    continue
                images[file.is_train].append(image)
                labels[file.is_train].append(file.label)
            done += len(part)
            tell(min(done, total))
    if not images[True] or not images[False]:
        raise DamagedFile(
            "{path} should hold JPEG files in class folders below train/ and test/, found {train:,} and {test:,} that "
            "can be read{left_out}",
            path=path,
            train=len(images[True]),
            test=len(images[False]),
            left_out=f"; left out: {rejected[0]}" if rejected else "",
        )
    train, test = (_by_class(images[which], labels[which]) for which in (True, False))
    return train, test, tuple(rejected)


def _by_class(images: list[np.ndarray], labels: list[int]) -> Split:
    """In the order of the classes and, within a class, of the archive, as when a folder of the same files is read."""
    order = np.argsort(np.array(labels), kind="stable")
    return split_of(np.stack(images)[order], np.array(labels)[order])


def _in_parts(files: Iterator[_Jpeg]) -> Iterator[list[_Jpeg]]:
    part: list[_Jpeg] = []
    for file in files:
        part.append(file)
        if len(part) == PARTS:
            yield part
            part = []
    if part:
        yield part


def _jpegs(path: Path, classes: tuple[str, ...]) -> Iterator[_Jpeg]:
    for name, content in _members(path):
        folders = name.parts[:-1]
        if len(folders) >= 2 and folders[-2] in ("train", "test") and folders[-1] in classes:
            yield _Jpeg(str(name), folders[-2] == "train", classes.index(folders[-1]), content)


def _decoded(file: _Jpeg) -> np.ndarray | str:
    """(32, 32, 3) uint8, or a sentence that says what is wrong."""
    try:
        with Image.open(io.BytesIO(file.content), formats=("JPEG", "PNG")) as picture:
            if picture.size != (SIDE, SIDE):
                return f"expected {SIDE} x {SIDE} pixels, found {picture.width} x {picture.height}"
            return np.asarray(picture.convert("RGB"))
    except Exception as problem:  # Pillow's decoders can raise almost anything for a damaged file
        return f"not a picture ({type(problem).__name__})" if not str(problem) else str(problem)


def _members(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The files of a packed archive in its order, without hidden ones.

    Raises:
        DamagedFile: The archive ends early.
    """
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if not member.isfile() or name.name.startswith(".") or member.size > LARGEST:
                    continue
                file = archive.extractfile(member)
                if file is not None:
                    yield name, file.read()
    except (tarfile.TarError, EOFError, zlib.error) as problem:
        raise DamagedFile(
            "{path} is damaged or cut short ({problem}): replace it", path=path, problem=problem
        ) from problem
