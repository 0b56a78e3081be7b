"""``Subject``, what answers the pad: a model through its lens, a network in training, or a shipped model by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from nets.compute.lens import Reader
    from nets.network.card import Card
    from nets.network.model import Model
    from nets.trust.trust import Trust


@dataclass(frozen=True, eq=False)
class Subject:
    """A reader, and the weights that it needs to answer.

    reader: computes; once it belongs to a subject, only the thread that answers the pad uses it. model: None for a
    model by hand. weights: those that the reader must hold for this subject; None: those it was made with. Two subjects
    with one reader are two epochs of a run, or two moments of a training. trust: how far its answers can be trusted;
    None if that was not measured.
    """

    reader: Reader
    model: Model | None = None
    weights: list[np.ndarray] | None = None
    trust: Trust | None = None

    @property
    def card(self) -> Card:
        return self.reader.card if self.model is None else self.model.card
