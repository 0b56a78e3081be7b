"""Training in NumPy: the same batches, states and events as TensorFlow's, through the layers of ``nets.byhand``.

The state is a vector of all weights, the optimiser's vectors, the moving averages and the number of steps, as arrays.
The layers' weights are views into that vector, so that an update of the vector is an update of them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.byhand.dense import Dropout
from nets.byhand.network import Network
from nets.data.specs import ImageInput
from nets.data.value_ranges import to_values
from nets.runs.config import TrainConfig
from nets.training.batches import Plan
from nets.training.engines.optimizers import FlatOptimizer, flat_optimizer
from nets.training.engines.step import State

if TYPE_CHECKING:
    import keras


class HandBatches(Plan):
    """``Batches`` in NumPy: the smaller last batch goes alone. Images as they are; nothing is augmented."""

    def __init__(
        self, images: np.ndarray, labels: np.ndarray, chosen: np.ndarray, input: ImageInput, config: TrainConfig
    ) -> None:
        super().__init__(labels, chosen, input, config, fill=False)
        self._images = images

    def take(self, step: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """images (K, B, H, W, C) float32; labels (K, B) int32; shares (K, B) float32, 1 / B each."""
        size = self.size(step)
        begin = step * self._config.batch_size
        chosen = self._order[begin : begin + count * size]
        images = to_values(self._images[chosen], self._input)
        shares = np.full((count, size), 1 / size, np.float32)
        labels = self._labels[chosen].reshape(count, size)
        return images.reshape(count, size, *images.shape[1:]), labels, shares


class HandStepper:
    """``Stepper`` in NumPy. ``network`` (Keras's) gives the first weights and gets the last ones."""

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

    def first_state(self) -> State:
        """The weights now, and an optimiser that has seen nothing."""
        weights = np.concatenate([layer.weights[name].ravel() for layer, name in self._places])
        slots = tuple(np.full_like(weights, value) for value in self._optimizer.first)
        others = tuple(layer.state[name].copy() for layer, name in self._kept)
        return State(weights, slots, others, np.float32(0))

    def run(
        self, state: State, images: np.ndarray, labels: np.ndarray, shares: np.ndarray, rates: np.ndarray
    ) -> tuple[State, np.ndarray, np.ndarray]:
        """One step for each of ``rates``; the new state and each batch's loss and accuracy."""
        losses, accuracies = np.zeros(len(rates), np.float32), np.zeros(len(rates), np.float32)
        with backend.blas():
            for number, rate in enumerate(rates):
                state, losses[number], accuracies[number] = self._step(state, images[number], labels[number], rate)
        return state, losses, accuracies

    def weights(self, state: State) -> list[np.ndarray]:
        """The weights in the order of Keras's ``get_weights``, as copies."""
        self._load(state)
        return [array.copy() for array in self.twin.get_weights()]

    def write_back(self, state: State) -> None:
        """Gives the twin and Keras's network the values of ``state``."""
        self.network.set_weights(self.weights(state))

    def compute(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, C) -> (N, classes), with the weights of the last state that was loaded."""
        with backend.blas():
            return self.twin.forward(images)

    def _load(self, state: State) -> None:
        parts = np.split(state.weights, self._ends[:-1])
        for (layer, name), part, shape in zip(self._places, parts, self._shapes, strict=True):
            layer.weights[name] = part.reshape(shape)
        for (layer, name), value in zip(self._kept, state.others, strict=True):
            layer.state[name] = value

    def _step(self, state: State, x: np.ndarray, labels: np.ndarray, rate: Any) -> tuple[State, float, float]:
        self._load(state)
        steps = state.steps + np.float32(1)
        for number, layer in enumerate(self._dropouts):
            # From the number of the step, so that a run that is resumed drops what it would have dropped.
            layer.random = np.random.default_rng((self._config.seed, int(steps), number))
        loss = self.twin.loss(x, labels, kind=self._config.loss, smoothing=self._config.label_smoothing, training=True)
        penalty = sum(layer.penalty() for layer in self.twin.layers)
        accuracy = float((self.twin.answers.argmax(1) == labels).mean())
        self.twin.backward(to_input=False)
        gradient = np.concatenate([layer.gradients[name].ravel() for layer, name in self._places])
        weights, slots = self._optimizer.update(state.weights, state.slots, gradient, np.float32(rate), steps)
        others = tuple(layer.state[name].astype(np.float32) for layer, name in self._kept)
        weights = np.asarray(weights, np.float32)
        return State(weights, tuple(np.asarray(s, np.float32) for s in slots), others, steps), loss - penalty, accuracy
