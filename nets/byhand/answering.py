"""The shipped models' answers without Keras, right after the start, while TensorFlow takes seconds to load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nets.byhand.network import Network
from nets.byhand.stored import read
from nets.errors import LensletError, UsageError
from nets.network.card import Card
from nets.network.outputs import Reading
from nets.network.shipped_cards import shipped
from nets.places import MODELS


@dataclass(frozen=True, eq=False)
class Twin:
    """A shipped model written by hand: the same answers as from its ``nets.compute.lens.Lens``, within 1e-5."""

    card: Card
    network: Network

    def classify(self, inputs: np.ndarray) -> np.ndarray:
        """inputs (N, H, W, C) float32 in the range of the card's input -> (N, classes) float32."""
        images = np.ascontiguousarray(inputs, dtype=np.float32)
        if images.ndim != 4 or images.shape[1:] != self.card.input.shape:
            raise UsageError(
                "expected inputs of shape (N, {expected}), found {shape}",
                expected=self.card.input.shape,
                shape=images.shape,
            )
        return self.network.forward(images)

    def read(self, image: np.ndarray, watch: tuple[str, ...] | None = None) -> Reading:
        """Reads (H, W, C) float32 as a Lens does, but gives no maps, whatever is watched."""
        probabilities = self.classify(image[None])[0]
        return Reading(probabilities, {}, probabilities)


def twin_of(name: str) -> Twin | None:
    """The twin of a shipped model; None if there is no such model, or if it has layers not written by hand."""
    if name not in shipped():
        return None
    path = MODELS / f"{name}.keras"
    try:
        return Twin(Card.read(path.with_suffix(".json")), read(path).folded())
    except (LensletError, OSError, KeyError):
        return None
