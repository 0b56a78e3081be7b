"""Training in NumPy: the same batches, states and events as TensorFlow's, through the layers of ``nets.byhand``.

The state is a vector of all weights, the optimiser's vectors, the moving averages and the number of steps, as arrays.
The layers' weights are views into that vector, so that an update of the vector is an update of them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets import blas
from nets.byhand.dense import Dropout
from nets.byhand.network import Network
from nets.runs.config import TrainConfig
from nets.training.engines.engine import check_shapes
from nets.training.engines.optimizers import FlatOptimizer, flat_optimizer
from nets.training.engines.step import StepState

if TYPE_CHECKING:
    import keras


class HandEngine:
    """The engine in NumPy. The Keras ``network`` gives the first weights and receives the last ones."""

    name = "numpy"
    xla = False

    def __init__(self, network: keras.Model, config: TrainConfig) -> None:
        self.network = network
        self.twin = Network.from_keras(network)
        self._config = config
        self._optimizer: FlatOptimizer = flat_optimizer(config)
        self._places = list(self.twin.trained())
        self._shapes = [layer.weights[name].shape for layer, name in self._places]
        self._ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        self._kept = [(layer, name) for layer in self.twin.layers for name in layer.state]
        self._dropouts = [layer for layer in self.twin.layers if isinstance(layer, Dropout)]
        self._state = self._first_state()

    def _first_state(self) -> StepState:
        """The present weights, and a new optimiser's state."""
        weights = np.concatenate([layer.weights[name].ravel() for layer, name in self._places])
        slots = tuple(np.full_like(weights, value) for value in self._optimizer.first)
        others = tuple(layer.state[name].copy() for layer, name in self._kept)
        return StepState(weights, slots, others, np.float32(0))

    def run(
        self, images: np.ndarray, labels: np.ndarray, shares: np.ndarray, rates: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        losses, accuracies = np.zeros(len(rates), np.float32), np.zeros(len(rates), np.float32)
        with blas.all_threads():
            for number, rate in enumerate(rates):
                weighted = shares[number] if self._config.class_weights != "none" else None
                losses[number], accuracies[number] = self._step(images[number], labels[number], rate, weighted)
        return losses, accuracies

    def weights(self) -> list[np.ndarray]:
        self._load(self._state)
        return [array.copy() for array in self.twin.get_weights()]

    def write_back(self) -> None:
        self.network.set_weights(self.weights())

    def is_finite(self) -> bool:
        return bool(np.isfinite(self._state.weights).all())

    def arrays(self) -> tuple[np.ndarray, ...]:
        return tuple(np.array(array) for array in self._state.tensors())

    def restore(self, arrays: tuple[np.ndarray, ...]) -> None:
        check_shapes(arrays, [np.shape(array) for array in self._state.tensors()])
        self._state = self._state.with_tensors(list(arrays))

    def compute(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, C) -> (N, classes), with the weights of the last loaded state."""
        with blas.all_threads():
            return self.twin.forward(images)

    def _load(self, state: StepState) -> None:
        parts = np.split(state.weights, self._ends[:-1])
        for (layer, name), part, shape in zip(self._places, parts, self._shapes, strict=True):
            layer.weights[name] = part.reshape(shape)
        for (layer, name), value in zip(self._kept, state.others, strict=True):
            layer.state[name] = value

    def _step(self, x: np.ndarray, labels: np.ndarray, rate: Any, shares: np.ndarray | None) -> tuple[float, float]:
        """One batch: forward, backward, update. ``shares``: each image's share in the mean; None: all equal."""
        state = self._state
        self._load(state)
        steps = state.steps + np.float32(1)
        for number, layer in enumerate(self._dropouts):
            # The seed depends on the step's number, so that a resumed run drops the same units.
            layer.random = np.random.default_rng((self._config.seed, int(steps), number))
        config = self._config
        loss = self.twin.loss(
            x, labels, kind=config.loss, smoothing=config.label_smoothing, training=True, shares=shares
        )
        penalty = sum(layer.penalty() for layer in self.twin.layers)
        right = self.twin.answers.argmax(1) == labels
        accuracy = float(right.mean() if shares is None else right @ shares)
        self.twin.backward(to_input=False)
        gradient = np.concatenate([layer.gradients[name].ravel() for layer, name in self._places])
        weights, slots = self._optimizer.update(state.weights, state.slots, gradient, np.float32(rate), steps)
        others = tuple(layer.state[name].astype(np.float32) for layer, name in self._kept)
        weights = np.asarray(weights, np.float32)
        self._state = StepState(weights, tuple(np.asarray(s, np.float32) for s in slots), others, steps)
        return loss - penalty, accuracy
