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
    assert data.train.pixels().shape == (10, 28, 28, 1)
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


def kept(places: Places, *labels: str, set_name: str = "") -> list[drawings.KeptDrawing]:
    for number, label in enumerate(labels):
        drawings.keep(places, label, drawing(number), STROKES, set_name=set_name)
    return drawings.drawings_of(places, set_name)


def test_sets_are_datasets_of_their_own(places: Places) -> None:
    kept(places, "1", "7")
    kept(places, "a", "a", "b", set_name="Letters of Ana")
    assert drawings.sets(places) == ("", "Letters of Ana")
    assert drawings.counts(places) == {"1": 1, "7": 1}
    spec = datasets.get("drawings:Letters of Ana", places)
    assert (spec.classes, spec.title) == (("a", "b"), "My drawings, Letters of Ana")
    loaded = datasets.load("drawings:Letters of Ana", places)
    assert len(loaded.train) + len(loaded.test) == 3
    assert datasets.get("drawings", places).classes == ("1", "7")
    assert datasets.kept(places) == 5
    with pytest.raises(UsageError, match="in the set 'nobody'"):
        datasets.get("drawings:nobody", places)


@pytest.mark.parametrize("name", ["", "a/b", ".hidden", "x" * 60])
def test_a_set_needs_a_name_that_can_be_a_folder(places: Places, name: str) -> None:
    with pytest.raises(UsageError):
        drawings.create_set(places, name)


def test_a_set_is_made_renamed_and_removed(places: Places) -> None:
    drawings.create_set(places, "Ana")
    with pytest.raises(UsageError, match="already"):
        drawings.create_set(places, "Ana")
    kept(places, "3", set_name="Ana")
    drawings.rename_set(places, "Ana", "Ben")
    assert drawings.counts(places, "Ben") == {"3": 1}
    with pytest.raises(UsageError, match="move or delete"):
        drawings.remove_empty_set(places, "Ben")
    drawings.delete(places, drawings.drawings_of(places, "Ben"))
    drawings.remove_empty_set(places, "Ben")
    assert drawings.sets(places) == ("",)


def test_every_change_can_be_taken_back(places: Places, files_in: Callable[[Path], list[str]]) -> None:
    """Another label, another set, the bin: with the strokes, and all of it again by undo."""
    all_of_them = kept(places, "1", "1", "7")
    before = files_in(places.drawings)
    relabelled = drawings.move(places, all_of_them[:1], label="7")
    assert drawings.counts(places) == {"1": 1, "7": 2}
    moved_to = relabelled.moves[0][1]
    assert json.loads(moved_to.with_suffix(".json").read_text())["label"] == "7"
    other_set = drawings.move(places, drawings.drawings_of(places)[1:], set_name="new")
    assert drawings.counts(places, "new") == {"7": 2}
    deleted = drawings.delete(places, drawings.drawings_of(places, "new"))
    assert drawings.counts(places, "new") == {}
    for change in (deleted, other_set, relabelled):
        drawings.undo(change)
    assert files_in(places.drawings) == before
    assert json.loads(all_of_them[0].path.with_suffix(".json").read_text()) == {"label": "1"} | STROKES


@pytest.mark.parametrize(
    "strokes", ["[1, 2]", "[" * 100_000, "", '{"label": "1"'], ids=["list", "deep", "empty", "cut"]
)
def test_strokes_that_cannot_be_read_do_not_keep_a_drawing_where_it_is(places: Places, strokes: str) -> None:
    (one,) = kept(places, "1")
    one.path.with_suffix(".json").write_text(strokes)
    ((_, moved),) = drawings.move(places, [one], label="7").moves
    assert drawings.counts(places) == {"7": 1}
    assert moved.with_suffix(".json").read_text() == strokes


def test_a_change_that_fails_half_way_changes_nothing(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    found = kept(places, "1", "2", "3")
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.parent.name == "3":
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(LensletError, match="No space left"):
        drawings.move(places, found, label="9")
    assert drawings.drawings_of(places) == found
    assert all(one.path.with_suffix(".json").exists() for one in found)
