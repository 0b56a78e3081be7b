"""What lies beside a model's file, in which order it counts, and what is written there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nets.network.beside import OF_FOLDERS, find_beside, write_beside
from nets.network.card import CardFields
from nets.places import Places

NAMES = ["Flask", "Pen", "Cup"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "mine.h5").write_bytes(b"a model")
    return folder / "mine.h5"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "runs", tmp_path / "drawings", tmp_path / "cache", tmp_path / "home" / "settings.json")


def test_labels_of_a_teachable_machine_export(model: Path) -> None:
    (model.parent / "labels.txt").write_text("0 Flask\n1 Pen\n2 Cup\n")
    found = find_beside(model)
    assert found.said == CardFields({"labels": tuple(NAMES)})
    assert found.notes == ("Labels from labels.txt.",)


def test_what_is_said_of_one_model_counts_before_what_is_said_of_the_folder(model: Path, places: Places) -> None:
    (model.parent / "labels.txt").write_text("a\nb\n")
    (model.parent / "mine.labels.txt").write_text("c\nd\n")
    (model.parent / "mine.json").write_text('{"title": "Mine", "input": {"values": "byte", "chain": "picture"}}')
    (model.parent / "mine.card.json").write_text('{"labels": [0, 1], "input": {"fit": "digit"}}')
    found = find_beside(model, places)
    assert found.said.fields == {"labels": ("0", "1"), "title": "Mine"}
    assert found.said.input == {"range": "byte", "fit": "digit"}
    assert len(found.notes) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ not json", r"^mine\.json is no JSON: .*; it is left aside\.$"),
        ('{"labels": [["a"], "b"]}', r"mine.json is left aside: expected labels\[0\] to be text"),
        ('{"input": {"range": 3}}', "mine.json is left aside: expected range to be text, found the number 3"),
        ('{"input": [1]}', "expected input to be an object"),
        ('{"classes": 3}', "expected the labels"),
        ("[" * 200, r"^mine\.json .*left aside"),
    ],
)
def test_a_card_that_cannot_be_used_is_left_aside_and_says_why(model: Path, text: str, words: str) -> None:
    import re

    (model.parent / "mine.json").write_text(text)
    (model.parent / "labels.txt").write_text("a\nb\n")
    found = find_beside(model)
    assert found.said == CardFields({"labels": ("a", "b")})
    assert re.search(words, found.notes[1])
    assert found.notes[1].count("mine.json") == 1


@pytest.mark.parametrize("name", OF_FOLDERS)
def test_files_that_other_programs_write_beside_a_model_name_its_classes(model: Path, name: str) -> None:
    """Keras's ``class_indices`` are written to class_indices.json, class names to classes.txt or class_names.txt."""
    text = (
        json.dumps({name: number for number, name in enumerate(NAMES)}) if name.endswith("json") else "\n".join(NAMES)
    )
    (model.parent / name).write_text(text)
    found = find_beside(model)
    assert found.said == CardFields({"labels": tuple(NAMES)})
    assert found.notes == (f"Labels from {name}.",)


@pytest.mark.parametrize("name", ["labels.json", "mine.labels.json"])
def test_labels_that_cannot_be_read_are_not_passed_over_in_silence(model: Path, name: str) -> None:
    (model.parent / name).write_text('{"Flask": 1, "Pen": 2, "Cup": 3}')
    found = find_beside(model)
    assert found.said == CardFields()
    (note,) = found.notes
    assert note.startswith(f"{name} is left aside: expected the labels as a list of names, or as an object that gives")


def test_a_line_that_begins_with_thousands_of_digits_is_a_name(model: Path) -> None:
    """Python does not make a number of more than 4,300 digits, and the model could not be opened."""
    (model.parent / "labels.txt").write_text("9" * 5000 + " cats\n1 dog\n")
    labels = find_beside(model).said.fields["labels"]
    assert (labels[0][:3], labels[1]) == ("999", "1 dog")


def test_json_of_another_kind_is_passed_over(model: Path) -> None:
    (model.parent / "mine.json").write_text(
        '{"class_name": "Sequential", "config": {"layers": []}, "keras_version": "2"}'
    )
    found = find_beside(model)
    assert not found.said
    assert not found.notes


def test_what_is_written_is_read_again_and_keeps_what_others_wrote(model: Path, places: Places) -> None:
    beside = model.with_suffix(".json")
    beside.write_text('{"title": "Mine", "author": "me", "classes": ["a", "b", "c"], "input": {"values": "byte"}}')
    said = CardFields({"labels": NAMES}, {"range": "caffe", "fit": "picture", "scale": (1.0,)})
    assert write_beside(model, places, said) == beside
    assert json.loads(beside.read_text())["author"] == "me"
    found = find_beside(model, places).said
    assert found.fields == {"title": "Mine", "labels": tuple(NAMES)}
    assert found.input == {"range": "caffe", "fit": "picture", "scale": (1.0,)}
    write_beside(model, places, CardFields())
    assert json.loads(beside.read_text()) == {"title": "Mine", "author": "me"}


def test_a_card_that_says_nothing_more_goes(model: Path, places: Places) -> None:
    write_beside(model, places, CardFields({"labels": NAMES}))
    assert model.with_suffix(".json").exists()
    write_beside(model, places, CardFields())
    assert [path.name for path in model.parent.iterdir()] == ["mine.h5"]


@pytest.mark.parametrize("text", ['{"class_name": "Sequential", "config": {}}', '["a", "b"]', "{ not json"])
def test_a_file_of_another_kind_is_not_written_over(model: Path, places: Places, text: str) -> None:
    model.with_suffix(".json").write_text(text)
    written = write_beside(model, places, CardFields({"labels": NAMES}))
    assert written.name == "mine.card.json"
    assert model.with_suffix(".json").read_text() == text
    assert find_beside(model, places).said.fields["labels"] == tuple(NAMES)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are protected otherwise here")
def test_where_the_folder_cannot_be_written_to_the_own_one_holds_the_card(
    model: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write is refused as by a file system that is read-only: root may write to any folder."""
    from nets.network import beside

    real = beside.write_text

    def refusing(path: Path, text: str) -> None:
        if path.parent == model.parent:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, text)

    monkeypatch.setattr(beside, "write_text", refusing)
    written = write_beside(model, places, CardFields({"labels": NAMES}))
    assert written.parent == places.cards
    assert find_beside(model, places).said.fields["labels"] == tuple(NAMES)
    other = model.parent.parent / "mine.h5"
    assert not find_beside(other, places).said  # another model of the same name
    monkeypatch.undo()
    assert write_beside(model, places, CardFields({"labels": NAMES})).parent == model.parent
    assert not written.exists()
