"""Images that are read when they are needed, and in the size that is needed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets.data import datasets, fitting
from nets.data.fitting import FileImages, FittedImages, fitted
from nets.data.images import ArrayImages, ChosenImages, Images, read_all
from nets.data.prepare import fit, prepare
from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.places import Places

GREY = ImageInput(fit="picture")
LARGE = ImageInput(60, 50, 1, "picture")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Seven grey pictures of 60 x 50 with a dark ground, all different."""
    random = np.random.default_rng(0)
    paths = [tmp_path / f"{number}.png" for number in range(7)]
    for path in paths:
        pixels = np.zeros((60, 50), np.uint8)
        pixels[5:55, 5:45] = random.integers(0, 255, (50, 40))
        Image.fromarray(pixels).save(path)
    return paths


def every_kind(files: list[Path], tmp_path: Path) -> dict[str, Images]:
    array = np.random.default_rng(1).integers(0, 255, (7, 28, 28, 1), dtype=np.uint8)
    np.save(tmp_path / "images.npy", array)
    return {
        "array": ArrayImages(array),
        "memory map": ArrayImages(np.load(tmp_path / "images.npy", mmap_mode="r")),
        "files": FileImages(files, GREY),
        "part": ChosenImages(ArrayImages(np.concatenate([array, array])), np.arange(3, 10)),
        "fitted": FittedImages(ArrayImages(array), GREY, LARGE),
    }


def test_the_contract_of_images(files: list[Path], tmp_path: Path) -> None:
    for name, images in every_kind(files, tmp_path).items():
        whole = images.read(np.arange(7))
        assert whole.shape == (7, *images.shape), name
        assert (len(images), whole.dtype) == (7, np.uint8), name
        assert np.array_equal(images.read(np.array([5, 1, 5])), whole[[5, 1, 5]]), name
        assert images.read(np.arange(0)).shape == (0, *images.shape), name
        assert np.array_equal(read_all(images), whole), name


def test_resized_when_read_as_all_at_once(files: list[Path], tmp_path: Path) -> None:
    array = np.random.default_rng(1).integers(0, 255, (7, 28, 28, 1), dtype=np.uint8)
    for source, target in [(GREY, LARGE), (ImageInput(), ImageInput(32, 32)), (GREY, ImageInput(28, 28, 3, "picture"))]:
        images = fitted(ArrayImages(array), source, target)
        assert images.shape == target.shape
        assert np.array_equal(images.read(np.array([6, 2])), fit(array, source, target)[[6, 2]])
    kept = ArrayImages(array)
    assert fitted(kept, GREY, GREY) is kept
    with pytest.raises(UsageError, match="only 1 and 3 can be changed"):
        fitted(ArrayImages(np.repeat(array, 3, axis=3)), ImageInput(28, 28, 3), ImageInput(28, 28, 2))


def test_files_are_decoded_at_the_networks_size(files: list[Path]) -> None:
    """Not enlarged from the data set's 28 x 28, which would lose what is in the files."""
    images = fitted(FileImages(files, GREY), GREY, LARGE)
    with Image.open(files[3]) as picture:
        assert np.array_equal(images.read(np.array([3]))[0, ..., 0], np.asarray(picture))


@pytest.mark.parametrize("target", [ImageInput(20, 20, 3, "crop"), ImageInput(28, 28, 1, "crop")])
def test_files_are_cut_as_the_network_wants_its_pictures(files: list[Path], target: ImageInput) -> None:
    """A network that sees the middle of a photograph on the pad learns from the middle, too."""
    images = fitted(FileImages(files, GREY), GREY, target)
    expected = prepare(fitting.read_picture(files[2]), dataclasses.replace(target, range="byte")).input
    assert np.array_equal(images.read(np.array([2]))[0], expected)


def test_small_files_are_decoded_once_and_large_ones_never_kept(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    usual = fitting.read_picture
    monkeypatch.setattr(fitting, "read_picture", lambda path: read.append(path) or usual(path))
    images = FileImages(files, LARGE)
    first = images.read(np.array([0, 1, 1]))
    assert np.array_equal(images.read(np.array([1, 2])), [first[1], images.read(np.array([2]))[0]])
    assert sorted(read) == files[:3]
    monkeypatch.setattr(fitting, "CACHED_BYTES", 7 * 60 * 50 - 1)
    read.clear()
    images = FileImages(files, LARGE)
    for _ in range(2):
        images.read(np.array([0]))
    assert read == [files[0], files[0]]
    assert images._kept.nbytes == 0


def test_a_folder_that_is_too_large_for_memory(tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sum and the same images, but nothing of them stays in memory."""
    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(5):
            pixels = random.integers(0, 255, (40, 40), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{number}.png")
    small = datasets.load(str(tmp_path / "set"), places)
    monkeypatch.setattr(fitting, "CACHED_BYTES", 100)
    monkeypatch.setattr("nets.data.folder.CACHED_BYTES", 100)
    large = datasets.load(str(tmp_path / "set"), places)
    assert isinstance(large.train.images, FileImages)
    assert large.train.images._kept.nbytes == 0
    assert large.md5 == small.md5
    assert np.array_equal(large.train.pixels(), small.train.pixels())


def test_a_picture_that_vanishes_is_named(files: list[Path]) -> None:
    images = FileImages(files, dataclasses.replace(GREY, range="byte"))
    files[4].unlink()
    images.read(np.array([0, 3]))
    with pytest.raises(LensletError, match=r"there is no file .*4\.png; it could be read before: put the picture back"):
        images.read(np.array([3, 4]))
