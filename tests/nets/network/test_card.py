"""A model's card as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nets.data.specs import ImageInput
from nets.network.card import Card, CardFields

CARD = Card(
    name="mine",
    title="Mine",
    network="lenet",
    labels=("eins", "zwei", "三"),
    input=ImageInput(32, 32, 3, "picture", "signed"),
    parameters=61_706,
    dataset="mnist",
    accuracy=0.99,
    test_images=10_000,
    recipe={"epochs": 3, "learning_rate": 1e-3},
    seed=1,
    versions={"keras": "3.12"},
    checks={"other writers": {"images": 600, "accuracy": 0.93, "note": "a note"}},
)


def test_there_and_back(tmp_path: Path) -> None:
    assert Card.from_json(CARD.to_json()) == CARD
    (tmp_path / "mine.json").write_text(CARD.to_json(), encoding="utf-8")
    assert Card.read(tmp_path / "mine.json") == CARD


def test_read_by_a_person() -> None:
    text = CARD.to_json()
    assert "三" in text
    assert text.endswith("}\n")
    assert json.loads(text)["input"] == {
        "height": 32,
        "width": 32,
        "channels": 3,
        "fit": "picture",
        "range": "signed",
    }


def test_the_card_that_the_readme_shows_is_one() -> None:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    values = json.loads(text)
    said = CardFields.from_values(values)
    assert set(said.to_values()) == set(values), "no key that is passed over"
    assert set(said.input) == set(values["input"])


def test_cards_with_the_names_of_before_stay_readable() -> None:
    values = json.loads(CARD.to_json())
    values["input"] = {"height": 32, "width": 32, "channels": 3, "chain": "picture", "values": "signed"}
    assert Card.from_json(json.dumps(values)) == CARD


def test_a_range_of_ones_own() -> None:
    values = json.loads(CARD.to_json())
    values["input"] = {"scale": 0.5, "offset": [1, 2, 3], "order": "bgr"}
    found = Card.from_json(json.dumps(values))
    assert found.input == ImageInput(range="own", order="bgr", scale=(0.5,), offset=(1.0, 2.0, 3.0))
    assert Card.from_json(found.to_json()) == found


def test_what_was_not_measured_stays_so() -> None:
    card = Card("a", "A", "", ("0", "1"), ImageInput())
    assert Card.from_json(card.to_json()) == card
    assert card.accuracy is None
    assert card.seed is None


def test_fields_of_a_newer_version_are_passed_over() -> None:
    assert Card.from_json(json.dumps(json.loads(CARD.to_json()) | {"colour": "red"})) == CARD


def without(key: str) -> str:
    values = json.loads(CARD.to_json())
    del values[key]
    return json.dumps(values)


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "null", "{}", without("labels"), without("name"), without("input")],
    ids=["empty", "text", "list", "null", "object", "no labels", "no name", "no input"],
)
def test_what_is_no_card(text: str) -> None:
    with pytest.raises(ValueError, match="the card"):
        Card.from_json(text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labels": [["a"], "b"]}, r"expected labels\[0\] to be text"),
        ({"labels": "ab"}, "expected the labels to be a list"),
        ({"title": 3}, "expected title to be text, found the number 3"),
        ({"accuracy": "0.9"}, "expected accuracy to be a number"),
        ({"parameters": 1.5}, "expected parameters to be a whole number"),
        ({"recipe": []}, "expected recipe to be an object"),
        ({"input": {"height": "28"}}, "expected height to be a whole number"),
    ],
)
def test_fields_of_another_type_are_refused_by_name(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Card.from_json(json.dumps(json.loads(CARD.to_json()) | changes))
