"""What every engine does: it holds a network's weights and an optimiser's memory, and trains some batches at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nets.errors import LensletError

if TYPE_CHECKING:
    import keras

Tensor = Any


class Engine(Protocol):
    """``name`` is "flat", "keras" or "numpy"; ``xla``: whether XLA compiles its steps. A run keeps both."""

    name: str
    xla: bool
    network: keras.Model

    def run(
        self, images: Tensor, labels: np.ndarray, shares: np.ndarray, rates: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """One step for each of ``rates``.

        Args:
            images: (K, B, H, W, C) float32 in the range of the network's input. K may be more than there are rates.
            labels: (K, B) int32.
            shares: (K, B) float32, each image's part in its batch's mean, 0 for images that only fill up.
            rates: (k,) float32, the learning rate of each step; none at all compiles and does no step.

        Returns:
            Each batch's loss and accuracy before its step, (k,) float32 each.
        """

    def weights(self) -> list[np.ndarray]:
        """The weights now, in the order of ``network.get_weights()``, as copies."""

    def write_back(self) -> None:
        """Gives the network's own variables the weights of now."""

    def is_finite(self) -> bool:
        """Whether every trained weight is a number."""

    def arrays(self) -> tuple[np.ndarray, ...]:
        """All that going on later needs, as copies: weights, the optimiser's memory, seeds, the number of steps."""

    def restore(self, arrays: tuple[np.ndarray, ...]) -> None:
        """Goes back to what ``arrays`` gave. LensletError where they are another network's."""


def check_shapes(found: tuple[np.ndarray, ...], expected: list[tuple[int, ...]]) -> None:
    """LensletError where a saved state does not have the arrays that the network and its optimiser need."""
    if [np.shape(array) for array in found] != expected:
        raise LensletError("the run cannot be resumed: its state is of another network; its epochs can still be used")
