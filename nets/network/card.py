"""A model's card: what it is, what it was trained on and how accurate it is. A JSON file beside every shipped model and
run.
"""

from __future__ import annotations

import dataclasses
import json
import shlex
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nets.data.specs import ImageInput
from nets.data.value_ranges import OWN
from nets.errors import UsageError
from nets.json_files import JsonError, checked, describe, parse_json, read_json, record
from nets.network.labels import clean_labels
from nets.text import Text


@dataclass(frozen=True)
class Card:
    """Everything a person or the program must know about a model without loading it.

    ``labels``: the class names in the order of the outputs. ``accuracy``: on ``test_images`` images of the dataset's
    test set (None: not measured). ``checks``: further measurements by name, e.g. ``{"pen-drawn": {"images": 600,
    "accuracy": 0.93, "note": "..."}}``.

    ``verdict``: the probabilities from which an answer is called sure or likely, how often such answers were right, and
    on which images that was measured (``nets/compute/thresholds.py``); empty if it was not measured: ``{"sure": 0.93,
    "likely": 0.6, "images": 2797, "note": "..."}``.

    ``trust``: how well the badge beside an answer (``nets/trust``) was measured to recognise what the network knows:
    ``{"temperature": 0.63, "images": 3200, ...}``.

    ``trained``: what computed the training and how long, if that matters for repeating it: ``{"library": "jax",
    "device": "...", "minutes": 5.2}``.
    """

    name: str
    title: str
    network: str
    labels: tuple[str, ...]
    input: ImageInput
    parameters: int = 0
    dataset: str = ""
    dataset_title: str = ""
    dataset_md5: str = ""
    accuracy: float | None = None
    test_images: int = 0
    recipe: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    versions: dict[str, str] = field(default_factory=dict)
    date: str = ""
    command: str = ""
    checks: dict[str, Any] = field(default_factory=dict)
    verdict: dict[str, Any] = field(default_factory=dict)
    trust: dict[str, Any] = field(default_factory=dict)
    trained: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        values = dataclasses.asdict(self) | {"input": input_values(self.input)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Card:
        """The card in ``text``. Unknown keys of newer versions are ignored.

        Raises:
            JsonError: The text is not a card (a ValueError).
        """
        return cls.from_values(parse_json(text, name="the card"))

    @classmethod
    def from_values(cls, values: Any) -> Card:
        """The card that a parsed JSON value holds. Numbers among the labels become text.

        Raises:
            JsonError: It is not a card.
        """
        if not isinstance(values, dict):
            raise JsonError("expected the card to be an object, found {found}", found=describe(values))
        said = CardFields.from_values(values)
        return record(cls, {**said.fields, "input": said.input} if "input" in values else said.fields, name="the card")

    @classmethod
    def read(cls, path: Path) -> Card:
        """The card in a file.

        Raises:
            OSError: The file cannot be read.
            JsonError: It is not a card.
        """
        return cls.from_values(read_json(path))


@dataclass(frozen=True)
class CardFields:
    """What an incomplete card, or the person, says about a model; the rest is found out.

    fields: of ``Card``, by name, without the input. input: fields of ``ImageInput``, by name.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    input: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.fields or self.input)

    def updated(self, other: CardFields) -> CardFields:
        """These fields with those of ``other``, which has precedence."""
        return CardFields({**self.fields, **other.fields}, {**self.input, **other.input})

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> CardFields:
        """Every known field of a JSON object, checked. Other keys are ignored.

        Raises:
            JsonError: A value has another type.
        """
        hints = typing.get_type_hints(Card)
        plain = hints.keys() - {"labels", "input"}
        fields = {key: checked(hints[key], value, name=key) for key, value in values.items() if key in plain}
        if "labels" in values:
            fields["labels"] = clean_labels(values["labels"])
        found = values.get("input", {})
        if not isinstance(found, Mapping):
            raise JsonError("expected input to be an object, found {found}", found=describe(found))
        hints = typing.get_type_hints(ImageInput)
        found = renamed_keys(found)
        return cls(fields, {key: checked(hints[key], value, name=key) for key, value in found.items() if key in hints})

    def to_values(self) -> dict[str, Any]:
        """The card as a JSON object, for ``from_values``."""
        return {**self.fields, **({"input": dict(self.input)} if self.input else {})}


class UnknownClasses(UsageError):
    """A model does not know the classes of some data. ``plain``: the sentence without the command that helps."""

    def __init__(self, plain: str, command: str, /, **values: Any) -> None:
        self.plain = Text(plain, **values)
        super().__init__("{plain}; a new head learns them: {command}", plain=self.plain, command=command)


def outputs_of_classes(card: Card, classes: Sequence[str], model: str, dataset: str) -> np.ndarray:
    """For each of a dataset's classes the model's output with the same meaning.

    Found by name. A model of unknown origin that only numbers its outputs is assumed to know the classes in their
    order.

    Args:
        card: of the model.
        classes: the dataset's, in the order of its labels.
        model: what the command line, and so the message, calls the model.
        dataset: what it calls the dataset.

    Returns:
        (classes,) int64.

    Raises:
        UnknownClasses: the model does not know all of the classes.
    """
    labels = card.labels
    if set(classes) <= set(labels):
        return np.array([labels.index(name) for name in classes])
    if not card.dataset and labels == tuple(str(number) for number in range(len(classes))):
        return np.arange(len(classes))
    unknown = [name for name in classes if name not in labels]
    raise UnknownClasses(
        "{model} knows {labels} classes, {dataset} has {classes}: {unknown} {verb} none of {known}",
        shlex.join(["main.py", "transfer", model, dataset]),
        model=model,
        labels=len(labels),
        dataset=dataset,
        classes=len(classes),
        unknown=", ".join(unknown[:5]),
        verb="is" if len(unknown) == 1 else "are",
        known=", ".join(labels[:12]),
    )


# Earlier names of two fields of a card's input, which can still be read.
OLD_KEYS = {"chain": "fit", "values": "range"}


def renamed_keys(values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a card's input with their present names. Scale or offset alone mean the range "own"."""
    values = {OLD_KEYS.get(key, key): value for key, value in values.items()}
    for key in ("scale", "offset"):
        if isinstance(values.get(key), int | float):
            values[key] = [values[key]]
    if ("scale" in values or "offset" in values) and "range" not in values:
        values = {"range": OWN, "scale": [1.0], "offset": [0.0]} | values
    return values


def input_values(input: ImageInput) -> dict[str, Any]:
    """An input as a card stores it: without fields that have no information."""
    return {key: value for key, value in dataclasses.asdict(input).items() if value not in ("", ())}
