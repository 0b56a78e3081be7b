"""The default data of a comparison: those that the models share."""

from __future__ import annotations

from collections.abc import Sequence

from nets.data import datasets
from nets.experiments.candidates import Candidate
from nets.models import ref_of
from nets.network.card import Card
from nets.network.shipped_cards import shipped
from nets.places import Places
from nets.runs.store import RunStore

TESTED_ON = {datasets.MIXED: "mnist", datasets.WIDE: "mnist", "drawings": ""}
"""Data whose test set is another dataset's."""


def known_card(candidate: Candidate, places: Places) -> Card | None:
    """The card of a shipped model or a run, read without Keras; None for files and untrained networks."""
    if candidate.network:
        return None
    ref = ref_of(candidate.reference, places, candidate.epoch)
    if ref.kind == "shipped":
        return shipped()[ref.name]
    return RunStore(places.runs).open(ref.name).card if ref.kind == "run" else None


def usual_data(candidates: Sequence[Candidate], places: Places) -> str:
    """The dataset of a comparison if none is named.

    Of the datasets that the models were trained on, the one whose classes most models know, and of several the first.
    It must be on this machine already, and two models must know its classes if the cards of two are known; "" if there
    is none. Models that do not know the classes are compared by their costs.
    """
    cards = [card for one in candidates if (card := known_card(one, places)) is not None]
    found, most = "", min(2, len(cards)) - 1
    for card in cards:
        name = TESTED_ON.get(card.dataset, card.dataset)
        if not name or not datasets.find(name, places).found:
            continue
        classes = set(datasets.get(name, places).classes)
        knowing = sum(classes <= set(other.labels) for other in cards) if classes else 0
        if knowing > most:
            found, most = name, knowing
    return found
