"""Files opened as the program opens them, and what the program says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nets.errors import LensletError

# What must not be in a message for a person.
PYTHON = ("Traceback", "NoneType", "object has no attribute", "<class", "unexpected keyword", "__init__", "\n")


def open_and_ask(path: Path) -> None:
    """Opens a model file as the program does, and reads its answer and its maps for one picture."""
    from nets.compute.lens import Lens
    from nets.models import open_model
    from nets.places import Places
    from nets.trust.trust import trust_of

    folder = path.parent
    places = Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")
    model = open_model(str(path), places)
    reading = Lens(model).read(np.zeros(model.card.input.shape, np.float32), watch=None)
    trust = trust_of(model, places)
    if trust is not None:
        trust.badge(reading.probabilities, reading.maps)


def sentence_of(call: Callable[[], Any]) -> str:
    """What the call says instead of doing its work; "" where it does it."""
    try:
        call()
    except LensletError as said:
        return str(said)
    return ""


def python_words(text: str) -> list[str]:
    return [word for word in PYTHON if word in text]
