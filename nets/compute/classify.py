"""From an input to an answer: one compiled forward pass, and what its numbers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nets.compute.compiled import CompiledPass
from nets.errors import UsageError
from nets.network.outputs import Answer, answer, meaning_of, to_probabilities

if TYPE_CHECKING:
    from nets.byhand.answering import Twin
    from nets.data.prepare import Prepared
    from nets.network.model import Model


class Classifier:
    """One compiled pass from inputs to probabilities.

    The first call of a batch size compiles (0.1 s for a small network); ``warm_up`` is for live use.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.card = model.card
        self._graph = model.graph
        self._meaning = meaning_of(self._graph)
        self._compiled: dict[int, CompiledPass] = {}

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """inputs (N, H, W, C) float32 in the range of the card's input -> (N, classes) float32."""
        images = np.ascontiguousarray(inputs, dtype=np.float32)
        expected = self.model.card.input.shape
        if images.ndim != 4 or images.shape[1:] != expected:
            raise UsageError(f"expected inputs of shape (N, {', '.join(map(str, expected))}), found {images.shape}")
        if not len(images):
            return np.zeros((0, len(self.model.card.labels)), dtype=np.float32)
        parts = [images[start : start + 256] for start in range(0, len(images), 256)]
        rows = [np.asarray(self._function(len(part))(part), dtype=np.float32) for part in parts]
        return to_probabilities(np.concatenate(rows).reshape(len(images), -1), self._meaning)

    def warm_up(self) -> None:
        """Compiles for one image, and looks for the fastest code: 0.2 to 1 s, worth it for live drawing."""
        self._function(1).settle()

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Puts weights in ``get_weights`` order into the model's network; give the Classifier a ``copy`` to keep it."""
        self.model.network.set_weights(weights)

    def _function(self, count: int) -> CompiledPass:
        # One for each batch size that occurs: one for the pad, at most two for a list of files.
        if count not in self._compiled:
            shape = (count, *self.model.card.input.shape)
            self._compiled[count] = CompiledPass(self._graph, shape, lambda results, output: output)
        return self._compiled[count]


def classify_picture(classifier: Classifier | Twin, picture: np.ndarray) -> tuple[Prepared, Answer]:
    """A picture as ``prepare`` takes it -> the input it became, and the answer."""
    from nets.data.prepare import prepare

    card = classifier.card
    prepared = prepare(picture, card.input)
    return prepared, answer(classifier(prepared.input[None])[0], card.labels)
