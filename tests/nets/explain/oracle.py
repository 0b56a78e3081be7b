"""The closed forms of the explanations in NumPy with float64, on the layers that ``nets.byhand`` derives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nets.byhand.activations import ReLU, Softmax
from nets.byhand.layer import Layer
from nets.byhand.network import Network
from nets.network.model import Model

# What passes back at a ReLU: from dL/dy and dL/dx to what is passed on.
Back = Callable[[np.ndarray, np.ndarray], np.ndarray]


class ByHand:
    """A chain of layers with the weights of ``model`` in float64, without its final softmax."""

    def __init__(self, model: Model) -> None:
        network = Network.from_graph(model.graph)
        for layer in network.layers:
            layer.weights = {name: array.astype(np.float64) for name, array in layer.weights.items()}
            layer.state = {name: array.astype(np.float64) for name, array in layer.state.items()}
        self._named = [(part.name, layer) for part in network.parts for layer in part.layers]
        if isinstance(self._named[-1][1], Softmax):
            self._named.pop()

    def logits(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, C) -> (N, classes)."""
        return self._forward(images)[1]

    def maps(self, images: np.ndarray, path: str) -> np.ndarray:
        return self._forward(images)[0][path]

    def gradient(
        self, images: np.ndarray, weights: np.ndarray, *, at: str = "", relu: Back | None = None
    ) -> np.ndarray:
        """d sum(logits * weights) / d input, or / d the output of the layer ``at``."""
        self._forward(images)
        return self._back(np.asarray(weights, np.float64), len(self._named), at, relu)

    def projected(self, images: np.ndarray, path: str, seed: np.ndarray, relu: Back) -> np.ndarray:
        """``seed`` at the output of the layer ``path`` on its way back to the input."""
        self._forward(images)
        last = max(number for number, (name, _) in enumerate(self._named) if name == path)
        return self._back(np.asarray(seed, np.float64), last + 1, "", relu)

    def _forward(self, images: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        x, found = np.asarray(images, np.float64), {}
        for name, layer in self._named:
            x = layer.forward(x)
            found[name] = x
        return found, x

    def _back(self, gradient: np.ndarray, until: int, at: str, relu: Back | None) -> np.ndarray:
        for name, layer in reversed(self._named[:until]):
            if name == at:
                return gradient
            gradient = self._one(layer, gradient, relu)
        return gradient

    @staticmethod
    def _one(layer: Layer, gradient: np.ndarray, relu: Back | None) -> np.ndarray:
        passed = layer.backward(gradient)
        return relu(gradient, passed) if relu is not None and isinstance(layer, ReLU) else passed


def close(found: np.ndarray, expected: np.ndarray, tolerance: float = 1e-5) -> bool:
    """Whether the largest difference is below ``tolerance`` of the largest value that is expected."""
    assert found.shape == expected.shape, (found.shape, expected.shape)
    largest = np.abs(expected).max()
    assert largest > 0, "an oracle of zeros proves nothing"
    return bool(np.abs(found - expected).max() <= tolerance * largest)
