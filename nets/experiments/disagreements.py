"""The test images that models answer differently, the most certain disagreements first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np


@dataclass(frozen=True, eq=False)
class Answers:
    """One model's answers to N images of a dataset. labels: the model's class names, (C,). probabilities: (N, C)
    float32 in their order.
    """

    labels: tuple[str, ...]
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """(N,) int64, the output with the highest probability."""
        return np.argmax(self.probabilities, axis=1)

    @property
    def certainty(self) -> np.ndarray:
        """(N,) float32, the probability of that output."""
        return np.max(self.probabilities, axis=1)

    def name(self, index: int) -> str:
        """The class with which it answers image ``index``."""
        return self.labels[int(self.predicted[index])]


@dataclass(frozen=True)
class Disagreement:
    """index: of the image in the test set. certainty: the lowest probability of two models with different answers."""

    index: int
    certainty: float


def disagreements(answers: Sequence[Answers]) -> list[Disagreement]:
    """The images to which not all models give the same class, the most certain first.

    Classes are compared by their names, so that the models may have them in different orders. An image's certainty is
    that of the surest pair: the smaller of the two probabilities, of the two models with different answers for which
    it is largest. A model that is sure against one that merely guesses thus comes late.

    Args:
        answers: of two models or more, to the same images.
    """
    numbers: dict[str, int] = {}
    predicted, certain = [], []
    for one in answers:
        table = np.array([numbers.setdefault(name, len(numbers)) for name in one.labels])
        predicted.append(table[one.predicted])
        certain.append(one.certainty)
    surest = np.full(len(predicted[0]), -1.0)
    for a, b in combinations(range(len(answers)), 2):
        both = np.minimum(certain[a], certain[b])
        surest = np.where(predicted[a] != predicted[b], np.maximum(surest, both), surest)
    (found,) = np.nonzero(surest >= 0)
    order = found[np.argsort(-surest[found], kind="stable")]
    return [Disagreement(int(index), float(surest[index])) for index in order]
