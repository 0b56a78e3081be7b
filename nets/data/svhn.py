"""SVHN: house numbers cut out of street photographs, digits in colour of 32x32, as two files of MATLAB.

Each holds ``X`` (32, 32, 3, N) uint8 and ``y``, N labels from 1 to 10, where 10 is the digit 0. Files before MATLAB's
version 7.3 are read by SciPy, later ones are HDF5 and read by h5py.

Source: Netzer et al. 2011, Reading digits in natural images with unsupervised feature learning.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nets.data.download import DownloadError, download
from nets.data.idx import DamagedFile
from nets.data.packed import DatasetLocation, folders_of, not_here
from nets.data.specs import Dataset, DatasetSpec, Split
from nets.data.unpacked import split_of, unpacked
from nets.errors import LensletError
from nets.events import ProgressCounter, Report, no_report
from nets.files import check_is_file
from nets.places import Places

HOST = "http://ufldl.stanford.edu/housenumbers/"
FILES = ("train_32x32.mat", "test_32x32.mat")
SIDE = 32


def locate(spec: DatasetSpec, places: Places) -> DatasetLocation | None:
    """The place of both files.

    Raises:
        LensletError: One is missing beside the other in the data directory; the message names it.
    """
    for folder, words in folders_of(spec, places):
        there = [name for name in FILES if (folder / name).is_file()]
        if len(there) == len(FILES):
            return DatasetLocation(tuple(folder / name for name in FILES), words)
        if there and folder.parent != places.cache:
            missing = next(name for name in FILES if name not in there)
            raise LensletError(
                "{folder} lacks {missing} of {title}: put the missing file there",
                folder=folder,
                missing=missing,
                title=spec.title,
            )
    return None


def load(spec: DatasetSpec, places: Places, report: Report = no_report, *, host: str = HOST) -> Dataset:
    """SVHN, its two files read once into the cache and mapped from there.

    Args:
        spec: its row.
        places: the data directory and the cache.
        report: receives a Progress while a file is downloaded or read; it may raise Cancelled.
        host: the address from which they are downloaded.

    Raises:
        LensletError: a file is nowhere and cannot be downloaded, is damaged, or holds something else.
    """
    found = locate(spec, places) or _fetch(spec, places, report, host)

    def read() -> tuple[Split, Split, tuple[str, ...]]:
        tell = ProgressCounter(report, f"reading {spec.title}", len(found.files), "files")
        splits = []
        for number, path in enumerate(found.files):
            tell(number)
            splits.append(read_mat(path))
        tell(len(splits))
        return splits[0], splits[1], ()

    content = unpacked(places.cache / spec.name / "unpacked", found.files, read)
    return Dataset(spec, spec.classes, content.train, content.test, found.where, content.md5)


def read_mat(path: Path) -> Split:
    """The images and labels of one file; the label 10 becomes 0.

    DamagedFile where it cannot be read or does not hold images of 32x32x3 and as many labels from 1 to 10.
    """
    arrays = _arrays(path)
    images, labels = arrays.get("X"), arrays.get("y")
    shapes = " and ".join(f"{name} {value.shape} {value.dtype}" for name, value in arrays.items()) or "neither"
    expected = f"expected in {path} X ({SIDE}, {SIDE}, 3, N) uint8 and y with N labels from 1 to 10, found {shapes}"
    if images is None or labels is None or images.ndim != 4 or images.dtype != np.uint8:
        raise DamagedFile(
            "{expected}; SVHN's files of cropped digits are {files}", expected=expected, files=" and ".join(FILES)
        )
    if images.shape[:3] != (SIDE, SIDE, 3) or labels.size != images.shape[3] or not labels.size:
        raise DamagedFile(
            "{expected}; SVHN's files of cropped digits are {files}", expected=expected, files=" and ".join(FILES)
        )
    digits = labels.reshape(-1).astype(np.float64)
    wrong = digits[~np.isin(digits, np.arange(11))]
    if len(wrong):
        raise DamagedFile("expected labels from 1 to 10 in {path}, found {number:g}", path=path, number=wrong[0])
    return split_of(np.ascontiguousarray(images.transpose(3, 0, 1, 2)), digits % 10)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """``X`` and ``y`` as MATLAB has them, as far as they are there."""
    try:
        check_is_file(path)
        with open(path, "rb") as file:
            is_hdf5 = b"\x89HDF\r\n\x1a\n" in file.read(1024)  # behind MATLAB's own header of 512 bytes
        return _hdf5_arrays(path) if is_hdf5 else _scipy_arrays(path)
    except LensletError:
        raise
    except Exception as problem:  # SciPy can raise almost anything for a damaged file, and OSError if it is cut short
        if isinstance(problem, OSError) and problem.errno is not None and problem.strerror:
            raise LensletError("{path} could not be read: {reason}", path=path, reason=problem.strerror) from problem
        raise DamagedFile(
            "{path} is not a file of MATLAB, or it is damaged or cut short ({problem}): replace it",
            path=path,
            problem=problem,
        ) from problem


def _scipy_arrays(path: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat

    found = loadmat(path, variable_names=["X", "y"])
    return {name: np.asarray(found[name]) for name in ("X", "y") if name in found}


def _hdf5_arrays(path: Path) -> dict[str, np.ndarray]:
    """HDF5 has the axes in C's order and so the other way round; files that Python wrote often have MATLAB's own."""
    import h5py

    with h5py.File(path, "r") as file:
        found = {name: file[name][()] for name in ("X", "y") if isinstance(file.get(name), h5py.Dataset)}
    images = found.get("X")
    if images is not None and images.ndim == 4 and images.shape[1:] == (3, SIDE, SIDE):
        found["X"] = images.transpose(3, 2, 1, 0)
    return found


def _fetch(spec: DatasetSpec, places: Places, report: Report, host: str) -> DatasetLocation:
    folder = places.cache / spec.name
    try:
        for name in FILES:
            if not (folder / name).is_file():
                download(host + name, folder / name, read_mat, report=report)
    except DownloadError as problem:
        raise not_here(spec, places, problem, " and ".join(FILES)) from problem
    return DatasetLocation(tuple(folder / name for name in FILES), f"downloaded into {places.cache}")
