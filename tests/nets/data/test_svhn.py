"""SVHN's two files, as SciPy and as h5py read them, and what is said of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from nets.data import datasets
from nets.data.datasets import DATASETS
from nets.data.svhn import FILES, load
from nets.errors import LensletError
from nets.places import Places

SPEC = DATASETS["svhn"]
RANDOM = np.random.default_rng(8)
IMAGES = RANDOM.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
LABELS = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 1], np.uint8)
DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1]


def by_scipy(path: Path, images: np.ndarray = IMAGES, labels: np.ndarray = LABELS) -> None:
    savemat(path, {"X": images.transpose(1, 2, 3, 0), "y": labels[:, None]}, do_compression=True)


def by_matlab_7_3(path: Path) -> None:
    """HDF5 behind a header of 512 bytes, the axes in the other order."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file["X"] = IMAGES.transpose(0, 3, 2, 1)
        file["y"] = LABELS[None].astype(np.float64)
    with open(path, "r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(512))


def by_h5py(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["X"] = IMAGES.transpose(1, 2, 3, 0)
        file["y"] = LABELS


@pytest.mark.parametrize("write", [by_scipy, by_matlab_7_3, by_h5py])
@pytest.mark.parametrize("inner", ["", "svhn"])
def test_the_files_in_the_data_directory(write: Any, inner: str, places: Places, nowhere: str) -> None:
    assert places.data is not None
    folder = places.data / inner
    folder.mkdir(exist_ok=True)
    write(folder / FILES[0])
    by_scipy(folder / FILES[1], IMAGES[:3], LABELS[:3])
    for _ in range(2):  # read, and from the cache
        data = load(SPEC, places, host=nowhere)
        np.testing.assert_array_equal(data.train.pixels(), IMAGES)
        assert data.train.labels.tolist() == DIGITS  # 10 is the digit 0
        assert data.train.labels.dtype == np.int64
        assert data.test.labels.tolist() == [1, 2, 3]
        assert data.classes == tuple("0123456789")
    assert datasets.find("svhn", places).found
    assert len(datasets.load("svhn", places).train) == 12


def test_one_of_the_two_is_missing(places: Places) -> None:
    assert places.data is not None
    by_scipy(places.data / FILES[0])
    with pytest.raises(LensletError, match=rf"{places.data} lacks test_32x32.mat of SVHN"):
        datasets.load("svhn", places)
    assert "lacks test_32x32.mat" in datasets.find("svhn", places).problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            {"X": IMAGES, "y": LABELS},
            r"train_32x32.mat X \(32, 32, 3, N\) uint8 .* found X \(12, 32, 32, 3\)",
        ),
        ({"X": IMAGES.transpose(1, 2, 3, 0).astype(float), "y": LABELS}, r"found X \(32, 32, 3, 12\) float64"),
        ({"X": IMAGES.transpose(1, 2, 3, 0)}, r"y with N labels from 1 to 10, found X \(32, 32, 3, 12\) uint8;"),
        ({"X": IMAGES.transpose(1, 2, 3, 0), "y": LABELS[:5]}, r"and y \(1, 5\) uint8"),
        ({"X": IMAGES.transpose(1, 2, 3, 0), "y": LABELS + 1}, "expected labels from 1 to 10 in .*, found 11"),
        ({"X": IMAGES.transpose(1, 2, 3, 0)[..., :0], "y": LABELS[:0]}, "with N labels"),
        ({"digitStruct": LABELS}, "found neither; SVHN's files of cropped digits are train_32x32.mat and"),
    ],
)
def test_a_file_of_another_shape_says_what_was_expected(
    content: dict[str, np.ndarray], words: str, places: Places, nowhere: str
) -> None:
    assert places.data is not None
    by_scipy(places.data / FILES[1])
    savemat(places.data / FILES[0], content)
    with pytest.raises(LensletError, match=words):
        load(SPEC, places, host=nowhere)


@pytest.mark.parametrize("content", [b"", b"not MATLAB", b"\x89HDF\r\n\x1a\n and then nothing"])
def test_a_damaged_file_is_named(content: bytes, places: Places, nowhere: str) -> None:
    assert places.data is not None
    by_scipy(places.data / FILES[1])
    (places.data / FILES[0]).write_bytes(content)
    with pytest.raises(LensletError, match=r"train_32x32\.mat") as problem:
        load(SPEC, places, host=nowhere)
    assert "\n" not in str(problem.value)


def test_a_file_that_was_cut_short_is_to_be_replaced(places: Places, nowhere: str) -> None:
    assert places.data is not None
    for name in FILES:
        by_scipy(places.data / name)
    whole = (places.data / FILES[0]).read_bytes()
    (places.data / FILES[0]).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LensletError, match=r"train_32x32\.mat .* damaged or cut short .*: replace it"):
        load(SPEC, places, host=nowhere)


def test_nowhere_to_be_had_says_which_files_to_put_where(places: Places, nowhere: str) -> None:
    with pytest.raises(LensletError, match=f"put train_32x32.mat and test_32x32.mat into {places.data}"):
        load(SPEC, places, host=nowhere)
