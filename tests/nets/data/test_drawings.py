"""The person's kept drawings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nets.data import datasets, drawings
from nets.data.pictures import read_picture
from nets.errors import LensletError, UsageError
from nets.places import Places

STROKES = {"strokes": [{"points": [[1, 2, 0.0, 1.0]], "width": 16}]}


def drawing(seed: int = 0) -> np.ndarray:
    """(40, 40) float32 in [0, 1]: a bright bar somewhere."""
    picture = np.zeros((40, 40), np.float32)
    picture[5:35, 8 + seed % 20 : 12 + seed % 20] = 1
    return picture


def test_keeps_picture_and_strokes_and_forgets_both(places: Places, files_in: Callable[[Path], list[str]]) -> None:
    path = drawings.keep(places, "7", drawing(), STROKES)
    assert path.parent == places.drawings / "7"
    np.testing.assert_array_equal(read_picture(path)[..., 0], drawing() * 255)
    assert json.loads(path.with_suffix(".json").read_text()) == {"label": "7"} | STROKES
    assert len(files_in(places.drawings)) == 2
    drawings.forget(path)
    drawings.forget(path)
    assert files_in(places.drawings) == []


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 1), (9, 8, 3), (9, 8, 4)])
def test_pictures_of_every_shape(shape: tuple[int, ...], places: Places) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = read_picture(drawings.keep(places, "a", picture, {}))
    np.testing.assert_array_equal(found, picture.reshape(9, 8, -1))


def test_values_out_of_range_do_not_wrap_around(places: Places) -> None:
    found = read_picture(drawings.keep(places, "a", np.array([[-1.0, 0.5, 2.0]]), {}))
    assert found[0, :, 0].tolist() == [0, 128, 255]


def test_counts_by_label_whatever_else_lies_there(places: Places) -> None:
    assert drawings.counts(places) == {}
    for label in ("7", "1", "7"):
        drawings.keep(places, label, drawing(), STROKES)
    (places.drawings / "7" / ".half.png").write_bytes(b"")
    (places.drawings / "7" / "note.txt").write_text("mine")
    (places.drawings / "loose.png").write_bytes(b"")
    assert drawings.counts(places) == {"1": 1, "7": 2}
    assert datasets.kept(places) == 3


def test_the_same_drawing_twice_in_a_second_is_two_drawings(places: Places) -> None:
    assert len({drawings.keep(places, "3", drawing(), STROKES) for _ in range(20)}) == 20


@pytest.mark.parametrize("label", ["", " ", "a/b", "..", ".hidden", "a\\b", "a:b", "a\nb", " a", "a ", "x" * 51])
def test_labels_that_no_folder_can_have(label: str, places: Places) -> None:
    with pytest.raises(UsageError, match="cannot be a class: expected 1 to 50 characters"):
        drawings.keep(places, label, drawing(), STROKES)
    assert not places.drawings.exists()


@pytest.mark.parametrize("label", ["0", "eins", "三", "ein Wort", "x" * 50])
def test_labels_that_it_can(label: str, places: Places) -> None:
    assert drawings.keep(places, label, drawing(), STROKES).parent.name == label


def test_a_folder_that_cannot_be_written_to(places: Places) -> None:
    places.drawings.parent.mkdir(parents=True, exist_ok=True)
    places.drawings.write_text("a file where the folder should be")
    with pytest.raises(LensletError, match="the drawing could not be kept"):
        drawings.keep(places, "7", drawing(), STROKES)
    assert drawings.counts(places) == {}


def test_they_are_a_dataset_at_once(places: Places) -> None:
    for seed in range(6):
        for label in ("1", "7"):
            drawings.keep(places, label, drawing(seed), STROKES)
    data = datasets.load("drawings", places)
    assert data.classes == ("1", "7")
    assert data.train.images.shape == (10, 28, 28, 1)
    assert len(data.test) == 2
    assert data.rejected == ()
    assert data.spec.name == "drawings"
    assert datasets.load(str(places.drawings), places).md5 == data.md5


def test_before_the_first_and_with_one_class_alone(places: Places) -> None:
    with pytest.raises(UsageError, match="not kept any drawings yet"):
        datasets.load("drawings", places)
    drawings.keep(places, "7", drawing(), STROKES)
    with pytest.raises(UsageError, match="found only one, '7'"):
        datasets.load("drawings", places)
    assert not datasets.find("drawings", places).found
    drawings.keep(places, "1", drawing(), STROKES)
    assert datasets.find("drawings", places).found
