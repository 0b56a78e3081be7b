"""A model's card: what it is, what it was trained on and how well it does. JSON beside every shipped model and run."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nets.data.specs import ImageInput


@dataclass(frozen=True)
class Card:
    """Everything a person or the program must know of a model without loading it.

    ``labels`` are the class names in the order of the outputs. ``accuracy`` is on ``test_images`` images of the
    dataset's test set (None: not measured). ``checks`` holds further honest measurements by name, e.g.
    ``{"pen-drawn": {"images": 600, "accuracy": 0.93, "note": "..."}}``.
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

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Raises ValueError when the text is no card. Unknown keys of newer versions are ignored."""
        try:
            found = json.loads(text)
            known = {f.name for f in dataclasses.fields(cls)}
            values = {key: value for key, value in found.items() if key in known}
            values["labels"] = tuple(values["labels"])
            values["input"] = ImageInput(**values["input"])
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"not a model card: {problem}") from problem

    @classmethod
    def read(cls, path: Path) -> Card:
        return cls.from_json(path.read_text(encoding="utf-8"))
