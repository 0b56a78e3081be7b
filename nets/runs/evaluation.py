"""What a network got right and wrong on labelled images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The answers to N labelled images.

    labels: (N,) int64. probabilities: (N, C) float32, rows that sum to 1. loss: the mean over the images.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    loss: float

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def predicted(self) -> np.ndarray:
        """(N,) int64, the most probable class of each image."""
        return np.argmax(self.probabilities, axis=1)

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.predicted == self.labels)) if len(self) else float("nan")

    @property
    def is_guessing(self) -> bool:
        """Whether it is wrong and sure of it: no more right than always the same class, with more loss than no idea.

        False where too few images were held out to tell.
        """
        classes = self.probabilities.shape[1]
        if len(self) < 2 * classes:
            return False
        chance = np.bincount(self.labels).max() / len(self)
        # A tenth more: what has not begun to learn lies about the logarithm, and nothing is wrong with it yet.
        lost = cross_entropy(self.probabilities, self.labels) > 1.1 * np.log(classes)
        return bool(lost and self.accuracy <= chance)

    @cached_property
    def confusion(self) -> np.ndarray:
        """(C, C) int64: how many images of class [row] were taken for class [column]."""
        classes = self.probabilities.shape[1]
        return np.bincount(self.labels * classes + self.predicted, minlength=classes**2).reshape(classes, classes)

    @property
    def per_class(self) -> np.ndarray:
        """(C,) float64, the share of each class that was recognised; NaN where there is no image of it."""
        totals = self.confusion.sum(axis=1)
        return np.where(totals > 0, np.diag(self.confusion) / np.maximum(totals, 1), np.nan)

    def hardest(self, n: int) -> np.ndarray:
        """(at most n,) positions of the images whose own class got the least probability, worst first."""
        right = self.probabilities[np.arange(len(self)), self.labels]
        return np.argsort(right, kind="stable")[:n]

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Positions of the images of one cell of ``confusion``, the surest answers first."""
        (found,) = np.nonzero((self.labels == true) & (self.predicted == predicted))
        return found[np.argsort(-self.probabilities[found, predicted], kind="stable")]


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The mean of minus the logarithm of the right class's probability; NaN without images."""
    if not len(labels):
        return float("nan")
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.mean(np.log(np.clip(right, 1e-7, 1.0))))


def squared_error(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The mean squared distance of (N, C) outputs to one-hot targets; NaN without images."""
    if not len(labels):
        return float("nan")
    return float(np.mean(np.square(outputs - np.eye(outputs.shape[1], dtype=np.float32)[labels])))
