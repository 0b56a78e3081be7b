"""The cards of the models that come with the program."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nets.network.card import Card
from nets.places import MODELS

DEFAULT = "pen"


def shipped() -> dict[str, Card]:
    """The cards of the models that come with the program, by name. Reads only JSON, and a file again if it changed."""
    paths = (path for path in sorted(MODELS.glob("*.json")) if path.with_suffix(".keras").exists())
    cards = (_read(path, path.stat().st_mtime_ns) for path in paths)
    found = {card.name: card for card in cards}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != DEFAULT, name))}


@lru_cache(maxsize=32)
def _read(path: Path, changed: int) -> Card:
    """Cached, because every step of the time machine asks twice, and reading the four cards takes 2.4 ms."""
    return Card.read(path)
