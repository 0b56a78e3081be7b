"""Folders of class folders as datasets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets.data import datasets
from nets.data.folder import COLOUR, DIGIT, GREY, describe, listing
from nets.errors import LensletError, UsageError
from nets.events import Event, Message, Progress
from nets.places import Places


def pictures(folder: Path, count: int = 5, *, colour: bool = False, seed: int = 0) -> Path:
    """``count`` PNGs with a bright shape on black, all different."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        picture = np.zeros((24, 24, 3) if colour else (24, 24), np.uint8)
        y, x = random.integers(2, 10, 2)
        picture[y : y + 12, x : x + 6] = (250, 90, 10) if colour else 250
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder


def test_split_by_this_module_and_in_reading_order(tmp_path: Path, places: Places) -> None:
    for name in ("10", "9", "b", "a"):
        pictures(tmp_path / "set" / name, 10)
    data = datasets.load(str(tmp_path / "set"), places)
    assert data.classes == ("9", "10", "a", "b")
    assert np.bincount(data.train.labels).tolist() == [8, 8, 8, 8]
    assert np.bincount(data.test.labels).tolist() == [2, 2, 2, 2]
    assert (data.spec.train_images, data.spec.test_images) == (32, 8)
    assert data.train.pixels().dtype == np.uint8
    assert data.where == str(tmp_path / "set")
    assert datasets.load(str(tmp_path / "set"), places).md5 == data.md5


def test_a_picture_more_moves_no_other_between_the_splits(tmp_path: Path) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 50)
    before = set(listing(tmp_path).test)
    Image.new("L", (9, 9), 200).save(tmp_path / "a" / "new.png")
    assert len(before ^ set(listing(tmp_path).test)) <= 2


def test_nested_train_and_test(tmp_path: Path, places: Places) -> None:
    for split, count in (("train", 4), ("test", 2)):
        for name in ("cat", "dog"):
            pictures(tmp_path / split / name, count)
    data = datasets.load(str(tmp_path), places)
    assert (len(data.train), len(data.test), data.classes) == (8, 4, ("cat", "dog"))


def test_nested_where_test_knows_a_class_more(tmp_path: Path) -> None:
    for split, names in (("train", "ab"), ("test", "abc")):
        for name in names:
            pictures(tmp_path / split / name, 2)
    with pytest.raises(UsageError, match="test/ has the classes c, of which train/ has no picture"):
        listing(tmp_path)


def test_nested_where_test_lacks_a_class(tmp_path: Path, places: Places) -> None:
    for split, names in (("train", "ab"), ("test", "b")):
        for name in names:
            pictures(tmp_path / split / name, 2)
    assert datasets.load(str(tmp_path), places).test.labels.tolist() == [1, 1]


def test_two_classes_called_train_and_test(tmp_path: Path) -> None:
    for name in ("train", "test"):
        pictures(tmp_path / name, 2)
    with pytest.raises(UsageError, match="train: expected two or more sub-folders with pictures"):
        listing(tmp_path)


def test_a_folder_with_one_class_is_refused(tmp_path: Path, places: Places) -> None:
    pictures(tmp_path / "only")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="one for each class, found only one, 'only'"):
        datasets.load(str(tmp_path), places)


def test_a_folder_without_classes_is_refused(tmp_path: Path, places: Places) -> None:
    with pytest.raises(UsageError, match=r"found none$"):
        datasets.load(str(tmp_path), places)
    pictures(tmp_path)
    with pytest.raises(UsageError, match="found none; there are pictures outside of class folders"):
        datasets.load(str(tmp_path), places)


def test_unreadable_files_among_good_ones_are_named_and_left_out(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 5)
    (tmp_path / "a" / "broken.png").write_bytes((tmp_path / "a" / "0.png").read_bytes()[:40])
    (tmp_path / "a" / "text.png").write_text("no picture")
    (tmp_path / "b" / "letter.docx").write_text("no picture")
    (tmp_path / "b" / "note.txt").write_text("belongs there")
    (tmp_path / "b" / ".DS_Store").write_text("belongs there")
    seen: list[Event] = []
    data = datasets.load(str(tmp_path), places, report=seen.append)
    assert len(data.train) + len(data.test) == 10
    assert len(data.rejected) == 3
    for name in ("broken.png", "text.png", "letter.docx"):
        assert any(name in sentence for sentence in data.rejected)
    assert isinstance(seen[-1], Message)
    assert "left out 3 files" in seen[-1].text
    progress = [event for event in seen if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total) == (13, 13)


def test_only_unreadable_files_in_a_class(tmp_path: Path, places: Places) -> None:
    pictures(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.png").write_text("no picture")
    with pytest.raises(UsageError, match="fewer than two classes have a readable picture; left out: 1"):
        datasets.load(str(tmp_path), places)


def test_what_it_is_of_decides_the_input(tmp_path: Path) -> None:
    for name in ("1", "7"):
        pictures(tmp_path / "digits" / name)
    for name in ("cat", "dog"):
        pictures(tmp_path / "grey" / name)
        pictures(tmp_path / "colour" / name, colour=True)
    assert describe(tmp_path / "digits").input == DIGIT
    assert describe(tmp_path / "grey").input == GREY
    assert describe(tmp_path / "colour").input == COLOUR
    assert describe(tmp_path / "colour").title == "colour"


def test_colour_arrives_as_colour(tmp_path: Path, places: Places) -> None:
    for name in ("cat", "dog"):
        pictures(tmp_path / name, colour=True)
    images = datasets.load(str(tmp_path), places).train.pixels()
    assert images.shape[1:] == (32, 32, 3)
    assert images.max(axis=(0, 1, 2)).tolist() == pytest.approx([250, 90, 10], abs=6)


def test_a_single_picture_of_a_class_is_trained_on(tmp_path: Path, places: Places) -> None:
    pictures(tmp_path / "a", 1)
    pictures(tmp_path / "b", 1)
    data = datasets.load(str(tmp_path), places)
    assert (len(data.train), len(data.test)) == (2, 0)


def test_a_folder_that_vanishes(tmp_path: Path) -> None:
    with pytest.raises(LensletError, match="could not be read: No such file"):
        listing(tmp_path / "gone")


def test_pictures_in_folders_inside_of_a_class_are_said(tmp_path: Path, places: Places) -> None:
    """Earlier, they were left out silently, and with them a class that has no others."""
    for name in ("cat", "dog", "bird/large"):
        pictures(tmp_path / name, 5)
    pictures(tmp_path / "cat" / "young", 1)
    seen: list[Event] = []
    data = datasets.load(str(tmp_path), places, report=seen.append)
    assert data.classes == ("cat", "dog")
    assert isinstance(seen[-1], Message)
    assert "left out 2 folders" in seen[-1].text
    assert any("large: 5 files in a folder inside of a class folder" in sentence for sentence in data.rejected)
    assert any("young: 1 file in a folder inside" in sentence for sentence in data.rejected)
    with pytest.raises(UsageError, match=r"found none; left out: .*cat.young: 1 file"):
        listing(pictures_apart(tmp_path))


def pictures_apart(folder: Path) -> Path:
    """A folder whose classes have their pictures one folder too deep."""
    target = folder.parent / f"{folder.name} apart"
    pictures(target / "cat" / "young", 1)
    return target


def test_links_in_a_circle_and_pipes_are_passed_over(tmp_path: Path, places: Places) -> None:
    for name in ("a", "b"):
        pictures(tmp_path / name, 5)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "a" / "loop.png").symlink_to(tmp_path / "a" / "loop.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "b" / "pipe.png")
    data = datasets.load(str(tmp_path), places)
    assert len(data.train) + len(data.test) == 10


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_names_that_no_text_can_hold(tmp_path: Path) -> None:
    odd = os.fsdecode("caf\xe9".encode("latin-1"))
    for name in ("a", odd):
        pictures(tmp_path / "set" / name, 2)
    with pytest.raises(UsageError, match=r"class folder 'caf.udce9' has a name that is not in UTF-8"):
        describe(tmp_path / "set")
    for name in ("a", "b"):
        pictures(tmp_path / odd / name, 2)
    with pytest.raises(UsageError, match="has a name that is not in UTF-8"):
        describe(tmp_path / odd)
    pictures(tmp_path / "good" / "a", 2)
    (pictures(tmp_path / "good" / "b", 3) / "0.png").rename(tmp_path / "good" / "b" / f"{odd}.png")
    assert describe(tmp_path / "good").train_images == 3
