"""The cards of the models that come with the program."""

from __future__ import annotations

from nets.network.card import Card
from nets.places import MODELS

DEFAULT = "pen"


def shipped() -> dict[str, Card]:
    """The cards of the models that come with the program, by name. Reads JSON only."""
    cards = (Card.read(path) for path in sorted(MODELS.glob("*.json")) if path.with_suffix(".keras").exists())
    found = {card.name: card for card in cards}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != DEFAULT, name))}
