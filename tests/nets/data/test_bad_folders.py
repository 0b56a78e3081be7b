"""Folders as people have them: mixed sizes and modes, a broken file among many, empty classes, names of all kinds."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets.data import datasets, fitting, folder
from nets.data.fitting import fitted
from nets.data.folder import describe
from nets.data.specs import ImageInput
from nets.errors import UsageError
from nets.events import Cancelled, Event, Message, Progress
from nets.places import Places

MODES = ("1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "I", "F", "YCbCr")


def pictures(where: Path, count: int, seed: int = 0, size: tuple[int, int] = (12, 12)) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        pixels = random.integers(0, 256, (*size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(where / f"{number:03d}.png")
    return where


def test_mixed_sizes_and_modes_become_images_of_one_size(tmp_path: Path, places: Places) -> None:
    random = np.random.default_rng(1)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number, mode in enumerate(MODES):
            size = (int(random.integers(1, 90)) + 8, int(random.integers(1, 90)) + 8)
            grey = Image.fromarray(random.integers(0, 256, size, dtype=np.uint8))
            picture = (
                Image.fromarray(np.asarray(grey).astype(np.uint16) * 200) if mode == "I;16" else grey.convert(mode)
            )
            suffix = {"CMYK": "jpg", "YCbCr": "jpg", "F": "tiff", "I": "tiff"}.get(mode, "png")
            picture.save(tmp_path / name / f"{number}.{suffix}")
    data = datasets.load(str(tmp_path), places)
    assert data.rejected == ()
    assert len(data.train) + len(data.test) == 2 * len(MODES)
    shape = data.spec.input.shape
    assert data.train.pixels().shape == (len(data.train), *shape)
    larger = fitted(data.train.images, data.spec.input, ImageInput(64, 64, 3, "picture"))
    assert larger.read(np.arange(3)).shape == (3, 64, 64, 3)


def test_one_broken_file_among_many_is_listed_and_remembered(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MANY", 40)
    monkeypatch.setattr(folder, "AT_A_TIME", 16)
    root = tmp_path / "我的 图片"
    for number, name in enumerate(("猫", "ein Hund")):
        pictures(root / name, 20, number)
    (root / "猫" / "坏.png").write_bytes((root / "猫" / "000.png").read_bytes()[:90])
    first = datasets.load(str(root), places)
    assert len(first.train) + len(first.test) == 40
    assert len(first.rejected) == 1
    assert "坏.png is damaged or cut short" in first.rejected[0]

    def never(path: Path, input: ImageInput) -> np.ndarray:
        raise AssertionError(f"{path} was read again")

    with monkeypatch.context() as patched:
        patched.setattr(folder, "decoded", never)
        seen: list[Event] = []
        again = datasets.load(str(root), places, report=seen.append)
    assert (again.md5, again.rejected) == (first.md5, first.rejected)
    assert any("left out 1 file" in event.text for event in seen if isinstance(event, Message))
    np.testing.assert_array_equal(again.train.pixels(), first.train.pixels())
    np.testing.assert_array_equal(again.train.labels, first.train.labels)
    # Another file in an old one's place is noticed.
    pictures(root / "猫", 1, seed=99)
    os.utime(root / "猫" / "000.png", ns=(1, 1))
    changed = datasets.load(str(root), places)
    assert changed.md5 != first.md5
    assert changed.rejected == first.rejected


def test_all_broken_is_refused(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(3):
            (tmp_path / name / f"{number}.jpg").write_bytes(b"\xff\xd8\xff and then nothing")
    with pytest.raises(
        UsageError, match=r"fewer than two classes have a readable picture; left out: 6, the first: .*jpg"
    ):
        datasets.load(str(tmp_path), places)


def test_a_class_without_a_readable_picture_is_said(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 4)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "0.png").write_bytes(b"nothing")
    seen: list[Event] = []
    data = datasets.load(str(tmp_path), places, report=seen.append)
    assert len(data.rejected) == 1
    said = [event.text for event in seen if isinstance(event, Message)]
    assert said[-1] == (
        "no picture of c can be read: the network learns nothing of that; mend the pictures or take the folder away"
    )


def test_an_empty_class_folder_is_said_and_is_no_class(tmp_path: Path, places: Places) -> None:
    root = tmp_path / "set"
    for name in ("a", "b"):
        pictures(root / name, 4)
    (root / "later").mkdir()
    (root / "notes").mkdir()
    (root / "notes" / "read.txt").write_text("nothing to see")
    seen: list[Event] = []
    data = datasets.load(str(root), places, report=seen.append)
    assert data.classes == ("a", "b")
    assert data.spec.about.endswith("; no class is made of folders without pictures: later, notes")
    said = [event.text for event in seen if isinstance(event, Message)]
    assert said == [f"no class is made of folders without pictures: later, notes in {root}"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 4)
        (tmp_path / name / ".DS_Store").write_bytes(b"mac")
        (tmp_path / name / "._000.png").write_bytes(b"mac")
        (tmp_path / name / "Thumbs.db").write_bytes(b"windows")
    pictures(tmp_path / ".cache", 3)
    pictures(tmp_path / "__MACOSX", 3)
    data = datasets.load(str(tmp_path), places)
    assert (data.classes, data.rejected) == (("a", "b"), ())
    assert describe(tmp_path).train_counts == (3, 3)


def test_reading_through_a_folder_can_be_stopped(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 6)

    def stop(event: Event) -> None:
        if isinstance(event, Progress):
            raise Cancelled

    with pytest.raises(Cancelled):
        datasets.load(str(tmp_path), places, report=stop)


def test_memory_holds_no_more_of_many_images_than_of_few(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the limit nothing is kept: a read gives the images that were asked for and forgets them."""
    monkeypatch.setattr(fitting, "CACHED_BYTES", 1000)
    monkeypatch.setattr(folder, "CACHED_BYTES", 1000)
    for name in ("a", "b"):
        pictures(tmp_path / name, 5)
    data = datasets.load(str(tmp_path), places)
    images = data.train.images
    assert isinstance(images, fitting.FileImages)
    assert images._kept.size == 0
    larger = fitted(images, data.spec.input, ImageInput(48, 48, 3, "picture"))
    assert isinstance(larger, fitting.FileImages)
    read = larger.read(np.array([3, 0, 3]))
    assert read.shape == (3, 48, 48, 3)
    assert np.array_equal(read[0], read[2])
    assert larger._kept.size == 0
