"""Whether a network stays with its answer when the picture is moved by a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AWAY = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if (row, column) != (0, 0))
"""The eight neighbours, in pixels of the network's input."""


@dataclass(frozen=True)
class Agreement:
    """How many of ``shifts`` small moves have the same answer. ``others``: the other classes, each once."""

    same: int
    shifts: int
    others: tuple[int, ...]

    @property
    def share(self) -> float:
        return self.same / self.shifts if self.shifts else 1.0


def shifted(image: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (8, H, W, C): moved by one pixel in each direction; the border's pixels are repeated.

    MNIST's border is black, and a photograph is continued by its edge.
    """
    height, width = image.shape[:2]
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    return np.stack([padded[1 - row : 1 - row + height, 1 - column : 1 - column + width] for row, column in AWAY])


def agreement(answer: int, probabilities: np.ndarray) -> Agreement:
    """Compares the answers to moved pictures with the answer to the picture.

    Args:
        answer: the class of the picture as it is.
        probabilities: (shifts, classes) float, the answers to the moved pictures.
    """
    found = probabilities.argmax(axis=1)
    others = tuple(int(number) for number in np.unique(found[found != answer]))
    return Agreement(int((found == answer).sum()), len(found), others)
