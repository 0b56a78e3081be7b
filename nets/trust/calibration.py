"""Probabilities that mean what they say: one temperature, fitted on images that were held out.

Source: Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks, arXiv:1706.04599: logits divided
by a temperature; the expected calibration error over bins of equal width. Platt 1999, Probabilistic outputs for
support vector machines: targets of (N + 1) / (N + 2) in place of 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 15
SMALLEST = 1e-12
LOWEST, HIGHEST = 0.05, 20.0  # limits of the temperatures that are searched
STEPS = 34  # to 1e-6 of the interval


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """(..., classes) probabilities after dividing the logits by ``temperature``; the order stays.

    The logits are not needed: softmax loses only a constant, which stays a constant after the division.
    """
    logs = np.log(np.maximum(np.asarray(probabilities, np.float64), SMALLEST)) / temperature
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the largest likelihood of the right classes; 1.0 without images.

    N images count as N + 2, of which one more was right and one was of the likeliest other class: so four images that
    are all right do not make an answer certain. For thousands of images that changes little. The loss is convex in the
    inverse temperature, so a golden-section search finds its only minimum.

    Args:
        probabilities: (N, classes) float, what the network answers to images that were held out.
        labels: (N,) int, their classes.
    """
    if not len(labels):
        return 1.0
    logs = np.log(np.maximum(np.asarray(probabilities, np.float64), SMALLEST))
    numbers = np.arange(len(labels))
    right = logs[numbers, labels]
    if logs.shape[1] > 1:
        others = logs.copy()
        others[numbers, labels] = -np.inf
        right += (others.max(axis=1) - right) / (len(labels) + 2)

    def loss(inverse: float) -> float:
        shifted = inverse * logs
        largest = shifted.max(axis=1)
        return float(np.mean(largest + np.log(np.exp(shifted - largest[:, None]).sum(axis=1)) - inverse * right))

    ratio = (5**0.5 - 1) / 2
    low, high = 1 / HIGHEST, 1 / LOWEST
    one, other = high - ratio * (high - low), low + ratio * (high - low)
    at_one, at_other = loss(one), loss(other)
    for _ in range(STEPS):
        if at_one < at_other:
            high, other, at_other = other, one, at_one
            one = high - ratio * (high - low)
            at_one = loss(one)
        else:
            low, one, at_one = one, other, at_other
            other = low + ratio * (high - low)
            at_other = loss(other)
    return 2 / (low + high)


@dataclass(frozen=True)
class Bin:
    """Answers with about the same probability. images: how many; probability: their mean; right: the share that was
    right.
    """

    images: int
    probability: float
    right: float


@dataclass(frozen=True)
class Reliability:
    """How often answers of each probability were right. ``bins``: of equal width from 0 to 1; empty ones are there."""

    bins: tuple[Bin, ...]

    @property
    def images(self) -> int:
        return sum(row.images for row in self.bins)

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of probability and share, by images; 0 without any."""
        total = self.images
        return sum(row.images * abs(row.probability - row.right) for row in self.bins) / total if total else 0.0

    def to_values(self) -> list[list[float]]:
        """[images, probability, right] of each bin, for a card."""
        return [[row.images, round(row.probability, 5), round(row.right, 5)] for row in self.bins]

    @classmethod
    def from_values(cls, values: Sequence[Sequence[float]]) -> Reliability:
        """The value that ``to_values`` gave.

        Raises:
            ValueError: It is something else.
            TypeError: It is something else.
        """
        return cls(tuple(Bin(int(images), float(p), float(right)) for images, p, right in values))


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> Reliability:
    """How often answers of each probability were right.

    Args:
        probabilities: (N, classes) float; the largest of a row is the answer's.
        labels: (N,) int, the true classes.
        bins: how many of equal width.
    """
    confidence = probabilities.max(axis=1) if len(labels) else np.zeros(0)
    right = probabilities.argmax(axis=1) == labels if len(labels) else np.zeros(0, bool)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        some = place == number
        count = int(some.sum())
        mean = float(confidence[some].mean()) if count else (number + 0.5) / bins
        found.append(Bin(count, mean, float(right[some].mean()) if count else 0.0))
    return Reliability(tuple(found))
