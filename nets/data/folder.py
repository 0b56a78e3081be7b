"""A folder of class folders as a dataset: one sub-folder for each class, with pictures of any size.

``cats/*.png dogs/*.jpg`` is split into training and test by this module; ``train/cats ... test/cats ...`` is split
already.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nets.data.fitting import CACHED_BYTES, FileImages, decoded
from nets.data.pictures import read_picture
from nets.data.specs import Dataset, DatasetSpec, ImageInput, Split
from nets.errors import LensletError, UsageError
from nets.events import Message, Progress, Report, no_report
from nets.files import is_utf8, real_path, write_text
from nets.json_files import read_json, record
from nets.text import Text

TEST_SHARE = 0.2
SIDE_FILES = {".json", ".txt", ".md", ".csv", ".db", ".ini"}
"""Extensions of files that may lie beside pictures (strokes of a kept drawing, a note, a system's index) and are
ignored.
"""
MANY = 1000
"""Number of files from which the results of reading a folder are remembered."""
AT_A_TIME = 256
"""Files that are decoded together while a folder is read."""
SAMPLES = 9
"""Pictures that are examined to decide whether a folder is in colour."""
DIGIT = ImageInput()
GREY = ImageInput(fit="picture")
COLOUR = ImageInput(32, 32, 3, "picture")


@dataclass(frozen=True)
class FolderListing:
    """The files of a class folder dataset, not yet read. Labels are indices into ``classes``.

    left_out: sentences on folders whose pictures are not used. empty: class folders without pictures.
    """

    classes: tuple[str, ...]
    train: tuple[tuple[Path, int], ...]
    test: tuple[tuple[Path, int], ...]
    left_out: tuple[str, ...] = ()
    empty: tuple[Path, ...] = ()


def listing(folder: Path) -> FolderListing:
    """The contents of ``folder``.

    Raises:
        UsageError: It does not contain two class folders; the message says what was found.
    """
    if {"train", "test"} <= {path.name for path in _folders(folder)}:
        return _split_by_folders(folder)
    found = {path.name: files for path in _folders(folder) if (files := _files(path))}
    classes = _classes(folder, found)
    train: list[tuple[Path, int]] = []
    test: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        held_out = _held_out(found[name])
        train += [(path, label) for path in found[name] if path not in held_out]
        test += [(path, label) for path in found[name] if path in held_out]
    return FolderListing(classes, tuple(train), tuple(test), _nested(folder), _empty(folder))


def describe(folder: Path, *, name: str = "", title: str = "", input: ImageInput | None = None) -> DatasetSpec:
    """The row of a folder, without reading more than a few of its pictures.

    Classes that are all single digits are taken for drawings of digits and go through the pad's chain; other grey
    pictures are fitted into 28x28 and colour ones into 32x32x3.

    Args:
        folder: the folder of class folders.
        name: what the dataset is called; "": the folder's path in full.
        title: for the person; "": the folder's own name.
        input: what the images become; None: as the pictures suggest.

    Raises:
        UsageError: it does not hold two class folders, or a name in it is not in UTF-8.
        LensletError: it cannot be read.
    """
    files = listing(folder)
    where = real_path(folder)
    if not name and not is_utf8(str(where)):
        raise UsageError(
            "{where!a} has a name that is not in UTF-8 and that no file of text can hold; rename the folder",
            where=str(where),
        )
    return DatasetSpec(
        name=name or str(where),
        title=title or where.name,
        classes=files.classes,
        input=input or _input(files),
        train_images=len(files.train),
        test_images=len(files.test),
        source=str(where),
        licence="your own",
        about="a folder of pictures, one sub-folder for each class" + _without_pictures(files),
        train_counts=_counts(files.train, len(files.classes)),
        test_counts=_counts(files.test, len(files.classes)),
    )


def _without_pictures(files: FolderListing) -> str:
    """Sentences on what is not part of the data set: folders without pictures, and folders whose pictures are
    deeper.
    """
    names = ", ".join(path.name for path in files.empty[:5])
    empty = f"; no class is made of folders without pictures: {names}" if names else ""
    return empty + "".join(f"; left out: {sentence}" for sentence in files.left_out[:5])


def _counts(files: tuple[tuple[Path, int], ...], classes: int) -> tuple[int, ...]:
    return tuple(np.bincount([label for _, label in files], minlength=classes).tolist())


def load_folder(folder: Path, spec: DatasetSpec, report: Report = no_report, *, cache: Path | None = None) -> Dataset:
    """The data set of a folder. Every picture is read once, to know its sum and which of them are unreadable.

    Afterwards they are read when they are needed; where all of them together are small they stay in memory. What was
    found out about a large folder is remembered, so that it is read through again only where a file has changed.

    Args:
        folder: the folder of class folders.
        spec: the row that ``describe`` gave for it.
        report: receives a Progress while pictures are read, and a Message about those left out.
        cache: where it is remembered; None: nowhere.

    Raises:
        UsageError: fewer than two classes have a readable picture.
    """
    files = listing(folder)
    if files.empty:
        names = ", ".join(path.name for path in files.empty[:5])
        words = Text("no class is made of folders without pictures: {names} in {folder}", names=names, folder=folder)
        report(Message(words, is_warning=True))
    total = len(files.train) + len(files.test)
    reader = _Reader(spec.input, total, folder.name, report)
    memory = Remembered(cache, folder, spec.input, files) if cache is not None and total >= MANY else None
    known = memory.read() if memory is not None else None
    if known is None:
        train, test = reader.read(files.train), reader.read(files.test)
        known = FolderSummary(reader.sum(), tuple(reader.rejected))
        if memory is not None:
            memory.write(known)
    else:
        train, test = (reader.skip(part, known.rejected) for part in (files.train, files.test))
    rejected = (*files.left_out, *(sentence for _, sentence in known.rejected))
    left = set(train.labels.tolist()) | set(test.labels.tolist())
    unreadable = [name for number, name in enumerate(files.classes) if number not in left]
    if len(left) < 2:
        raise UsageError(
            "{folder}: fewer than two classes have a readable picture; left out: {count}, the first: {example}",
            folder=folder,
            count=len(rejected),
            example=rejected[0],
        )
    if rejected:
        left_out = _left_out(len(rejected) - len(files.left_out), len(files.left_out))
        words = Text(
            "left out {files} of {folder}, the first: {first}", files=left_out, folder=folder, first=rejected[0]
        )
        report(Message(words, is_warning=True))
    if unreadable:
        words = Text(
            "no picture of {names} can be read: the network learns nothing of that; mend the pictures or take the "
            "folder away",
            names=", ".join(unreadable[:5]),
        )
        report(Message(words, is_warning=True))
    return Dataset(spec, files.classes, train, test, str(real_path(folder)), known.md5, rejected)


def _left_out(files: int, folders: int) -> str:
    """ "3 files and 1 folder"."""
    counts = [(files, "file"), (folders, "folder")]
    return " and ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count)


class _Reader:
    """Reads lists of files on all cores; computes the checksum of their images and collects the reasons for
    omissions.
    """

    def __init__(self, input: ImageInput, total: int, what: str, report: Report) -> None:
        self.rejected: list[tuple[str, str]] = []  # a file, and a sentence that names it
        self._input = replace(input, range="byte")  # datasets hold raw values, whatever a network wants
        self._total, self._what, self._report = total, what, report
        self._done, self._reported = 0, 0.0
        self._keep = total * int(np.prod(input.shape)) <= CACHED_BYTES
        self._digest = hashlib.md5(usedforsecurity=False)

    def sum(self) -> str:
        """The md5 of ``sum_of`` over everything that was read, computed without holding all images in memory."""
        return self._digest.hexdigest()

    def read(self, files: tuple[tuple[Path, int], ...]) -> Split:
        paths: list[Path] = []
        images: list[np.ndarray] = []
        labels: list[int] = []
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decoding") as pool:
            # A few at a time, so that neither many images wait in memory nor a cancelled report waits for many files.
            for begin in range(0, len(files), AT_A_TIME):
                part = files[begin : begin + AT_A_TIME]
                for (path, label), image in zip(part, pool.map(self._image_or_reason, part), strict=True):
                    if isinstance(image, str):
                        self.rejected.append((str(path), image if str(path) in image else f"{path}: {image}"))
                    else:
                        self._digest.update(np.ascontiguousarray(image).data)
                        paths.append(path)
                        labels.append(label)
                        if self._keep:
                            images.append(image)
                    self._count()
        truth = np.array(labels, np.int64)
        self._digest.update(truth.data)
        kept = np.array(images, np.uint8).reshape(-1, *self._input.shape) if self._keep else None
        return Split(FileImages(paths, self._input, kept), truth)

    def skip(self, files: tuple[tuple[Path, int], ...], rejected: tuple[tuple[str, str], ...]) -> Split:
        """The result of ``read`` if it is known which files are left out."""
        left_out = {name for name, _ in rejected}
        good = [(path, label) for path, label in files if str(path) not in left_out]
        return Split(FileImages([path for path, _ in good], self._input), np.array([n for _, n in good], np.int64))

    def _image_or_reason(self, file: tuple[Path, int]) -> np.ndarray | str:
        """(H, W, C) uint8, or the reason why the file is left out."""
        try:
            return decoded(file[0], self._input)
        except LensletError as problem:
            return str(problem)

    def _count(self) -> None:
        self._done += 1
        if time.monotonic() - self._reported > 0.05 or self._done == self._total:
            self._report(Progress(self._what, self._done, self._total, "pictures"))
            self._reported = time.monotonic()


@dataclass(frozen=True)
class FolderSummary:
    """What reading all files of a folder gives besides the images: their checksum, and (file, sentence) for those left
    out.
    """

    md5: str
    rejected: tuple[tuple[str, str], ...]


class Remembered:
    """What was found in a folder, stored in the cache; valid only while no file has changed."""

    def __init__(self, cache: Path, folder: Path, input: ImageInput, files: FolderListing) -> None:
        name = hashlib.md5(os.fsencode(real_path(folder)), usedforsecurity=False).hexdigest()
        self._path = cache / "folders" / f"{name}.json"
        digest = hashlib.md5(repr(input).encode(), usedforsecurity=False)
        for path, label in (*files.train, *files.test):
            try:
                stat = path.stat()
            except OSError:
                continue  # reading it will report the problem
            digest.update(os.fsencode(path) + f" {label} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        self._key = digest.hexdigest()

    def read(self) -> FolderSummary | None:
        try:
            stored = read_json(self._path)
            known = record(FolderSummary, stored, name="the folder")
            return known if stored.get("key") == self._key else None
        except (OSError, ValueError, LensletError):
            return None

    def write(self, found: FolderSummary) -> None:
        """Write the results; if that fails, the folder is read again the next time."""
        with contextlib.suppress(OSError, ValueError):
            values = {"key": self._key, "md5": found.md5, "rejected": found.rejected}
            write_text(self._path, json.dumps(values))


def _split_by_folders(folder: Path) -> FolderListing:
    train = {path.name: files for path in _folders(folder / "train") if (files := _files(path))}
    test = {path.name: files for path in _folders(folder / "test") if (files := _files(path))}
    classes = _classes(folder / "train", train)
    unknown = sorted(set(test) - set(classes))
    if unknown:
        raise UsageError(
            "{folder}: test/ has the classes {unknown}, of which train/ has no picture",
            folder=folder,
            unknown=", ".join(unknown),
        )
    return FolderListing(
        classes,
        tuple((path, label) for label, name in enumerate(classes) for path in train[name]),
        tuple((path, label) for label, name in enumerate(classes) for path in test.get(name, [])),
        (*_nested(folder / "train"), *_nested(folder / "test")),
        _empty(folder / "train"),
    )


def _nested(folder: Path) -> tuple[str, ...]:
    """A sentence for each folder inside a class folder that contains pictures: they do not belong to the class
    itself.
    """
    inner = [inside for name in _folders(folder) for inside in _folders(name)]
    found = [(inside, len(_files(inside))) for inside in inner]
    return tuple(
        f"{inside}: {count:,} {'file' if count == 1 else 'files'} in a folder inside of a class folder; "
        "move them into the class folder itself"
        for inside, count in found
        if count
    )


def _empty(folder: Path) -> tuple[Path, ...]:
    """The class folders that contain nothing that could be a picture; they become no classes."""
    return tuple(
        inside
        for inside in _folders(folder)
        if not _files(inside) and not any(_files(deeper) for deeper in _folders(inside))
    )


def _classes(folder: Path, found: dict[str, list[Path]]) -> tuple[str, ...]:
    """Names in reading order (2 before 10)."""
    if len(found) < 2:
        count = f"only one, {next(iter(found))!r}" if found else "none"
        loose = "; there are pictures outside of class folders" if not found and _files(folder) else ""
        nested = _nested(folder)
        loose += f"; left out: {nested[0]}" if nested else ""
        raise UsageError(
            "{folder}: expected two or more sub-folders with pictures, one for each class, found {count}{loose}",
            folder=folder,
            count=count,
            loose=loose,
        )
    unwritable = next((name for name in found if not is_utf8(name)), "")
    if unwritable:
        raise UsageError(
            "{folder}: the class folder {unwritable!a} has a name that is not in UTF-8 and that no file of text can "
            "hold; rename it",
            folder=folder,
            unwritable=unwritable,
        )
    return tuple(sorted(found, key=lambda name: [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", name)]))


def _folders(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if _is(entry.is_dir)]


def _is(question: Callable[[], bool]) -> bool:
    """The entry's own answer; False for links in a circle."""
    try:
        return question()
    except OSError:
        return False


def _files(folder: Path) -> list[Path]:
    """Everything that might be a picture. A foreign file is included, so that reading it reports its name."""
    files = [Path(entry.path) for entry in _entries(folder) if _is(entry.is_file)]
    return [path for path in files if path.suffix.lower() not in SIDE_FILES]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """By name, without hidden entries and files that unpacking on a Mac leaves."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as problem:
        raise LensletError(
            "the folder {folder} could not be read: {reason}", folder=folder, reason=problem.strerror or problem
        ) from problem
    return [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]


def _held_out(files: list[Path]) -> set[Path]:
    """The test pictures of one class, chosen by checksums of their names: the same on every machine, whatever is added
    later.
    """
    by_sum = sorted(files, key=lambda path: hashlib.md5(os.fsencode(path.name), usedforsecurity=False).digest())
    count = max(1, round(len(files) * TEST_SHARE)) if len(files) > 1 else 0
    return set(by_sum[:count])


def _input(files: FolderListing) -> ImageInput:
    if all(len(name) == 1 and name in "0123456789" for name in files.classes):
        return DIGIT
    paths = [path for path, _ in files.train]
    for path in paths[:: max(1, len(paths) // SAMPLES)]:
        try:
            picture = read_picture(path)
        except LensletError:
            continue  # reported when the dataset is loaded
        if picture.shape[2] >= 3 and np.ptp(picture[..., :3].astype(np.int16), axis=2).max() > 16:
            return COLOUR
    return GREY
