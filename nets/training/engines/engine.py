"""What every engine does: it holds a network's weights and an optimiser's state, and trains some batches at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nets.errors import LensletError

if TYPE_CHECKING:
    import keras

Tensor = Any


class Engine(Protocol):
    """``name`` is "flat", "keras" or "numpy"; ``xla``: whether XLA compiles its steps. Both are stored with a run."""

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
        """Copies of the present weights, in the order of ``network.get_weights()``."""

    def write_back(self) -> None:
        """Copy the present weights into the network's own variables."""

    def is_finite(self) -> bool:
        """Whether all trained weights are finite."""

    def arrays(self) -> tuple[np.ndarray, ...]:
        """Copies of everything needed to continue later: weights, the optimiser's state, seeds, the number of steps."""

    def restore(self, arrays: tuple[np.ndarray, ...]) -> None:
        """Go back to the state that ``arrays`` gave.

        Raises:
            LensletError: The arrays belong to another network.
        """


def check_shapes(found: tuple[np.ndarray, ...], expected: list[tuple[int, ...]]) -> None:
    """Compare the arrays of a saved state with those that the network and its optimiser need.

    Raises:
        LensletError: They differ.
    """
    if [np.shape(array) for array in found] != expected:
        raise LensletError("the run cannot be resumed: its state is of another network; its epochs can still be used")
