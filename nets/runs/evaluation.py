"""What a network got right and wrong on labelled images."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Z_95 = 1.959964  # standard deviations on each side of the mean that hold 95 % of a normal distribution
FEW = 100  # with fewer images, "97 of 99" says more than a percentage


@dataclass(frozen=True)
class Accuracy:
    """How many of some images were recognised, and how certain that share is for other images.

    >>> Accuracy(9893, 10_000).text()
    '98.93 %'
    >>> Accuracy(2, 2).text(), Accuracy(2, 2).interval_text()
    ('2 of 2', '34 to 100 %')
    """

    right: int
    images: int

    @classmethod
    def from_share(cls, share: float | None, images: int) -> Accuracy | None:
        """From a share in [0, 1] that was measured on ``images``; None if nothing was measured."""
        if share is None or not math.isfinite(share) or images < 1:
            return None
        return cls(round(min(max(share, 0.0), 1.0) * images), images)

    @property
    def share(self) -> float:
        """In [0, 1]; NaN without images."""
        return self.right / self.images if self.images else math.nan

    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share, in [0, 1], after Wilson (1927); (0, 1) without images.

        Unlike the normal approximation it is right for few images and for shares near 0 and 1.
        """
        n = self.images
        if not n:
            return 0.0, 1.0
        share, z2 = self.share, Z_95**2
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        low = 0.0 if self.right == 0 else middle - half
        high = 1.0 if self.right == n else middle + half
        return max(low, 0.0), min(high, 1.0)

    @property
    def decimals(self) -> int:
        """Decimals of the percentage that are justified by the number of images."""
        return 2 if self.images >= 5000 else 1 if self.images >= 500 else 0

    def text(self) -> str:
        """ "98.93 %", with fewer decimals for fewer images, and "9 of 12" where there are very few; a dash for none."""
        if not self.images:
            return "–"
        return f"{self.right:,} of {self.images:,}" if self.images < FEW else self.percent()

    def short(self) -> str:
        """As ``text``, with "9/12" for very few images: for the cells of tables."""
        return f"{self.right}/{self.images}" if 0 < self.images < FEW else self.text()

    def percent(self) -> str:
        """ "98.93 %". It says 100 % only where every image was right, and 0 % only where none was."""
        shown = f"{100 * self.share:.{self.decimals}f}"
        step = 10.0**-self.decimals
        if self.right < self.images and float(shown) >= 100:
            shown = f"{100 - step:.{self.decimals}f}"
        if self.right > 0 and float(shown) <= 0:
            shown = f"{step:.{self.decimals}f}"
        return f"{shown} %"

    def interval_text(self) -> str:
        """The 95 % confidence interval, "98.71 to 99.11 %"; rounded outwards."""
        step = 10.0**-self.decimals
        low, high = (100 * value for value in self.interval())
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        return f"{low:.{self.decimals}f} to {high:.{self.decimals}f} %"


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
    def not_finite(self) -> int:
        """How many images were answered with NaN or infinity, which is no answer."""
        return int((~np.isfinite(self.probabilities).all(axis=1)).sum())

    @property
    def measured(self) -> Accuracy:
        """How many images were recognised."""
        return Accuracy(int(np.sum(self.predicted == self.labels)), len(self))

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.predicted == self.labels)) if len(self) else float("nan")

    @property
    def is_guessing(self) -> bool:
        """Whether it is wrong and certain: no more right than always answering the same class, with more loss than
        guessing.

        False if too few images were held out to tell.
        """
        classes = self.probabilities.shape[1]
        if len(self) < 2 * classes:
            return False
        chance = np.bincount(self.labels).max() / len(self)
        # A tenth more: before it begins to learn, a network's loss lies around the logarithm, and nothing is wrong.
        lost = cross_entropy(self.probabilities, self.labels) > 1.1 * np.log(classes)
        return bool(lost and self.accuracy <= chance)

    @cached_property
    def confusion(self) -> np.ndarray:
        """(C, C) int64: how many images of class [row] were taken for class [column]."""
        classes = self.probabilities.shape[1]
        return np.bincount(self.labels * classes + self.predicted, minlength=classes**2).reshape(classes, classes)

    @property
    def per_class(self) -> np.ndarray:
        """(C,) float64, the share of each class that was recognised; NaN if there is no image of it."""
        totals = self.confusion.sum(axis=1)
        return np.where(totals > 0, np.diag(self.confusion) / np.maximum(totals, 1), np.nan)

    @property
    def measured_per_class(self) -> list[Accuracy]:
        """How many images of each class were recognised; of no images for a class that has none."""
        totals = self.confusion.sum(axis=1)
        return [Accuracy(int(d), int(t)) for d, t in zip(np.diag(self.confusion), totals, strict=True)]

    def hardest(self, n: int) -> np.ndarray:
        """(at most n,) positions of the images whose true class got the lowest probability, worst first."""
        right = self.probabilities[np.arange(len(self)), self.labels]
        return np.argsort(right, kind="stable")[:n]

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Positions of the images in one cell of ``confusion``, most probable answers first."""
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
