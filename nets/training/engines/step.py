"""Training steps on TensorFlow: many batches in one call of a compiled graph, as a function of state and data.

The state is a handful of tensors (one vector of all weights, the optimiser's vectors, the variables without gradient,
the number of steps) that goes in and comes out. Nothing else remembers anything, which is what makes resuming exact.

Measured for an epoch of LeNet on MNIST, see ``benchmarks/README.md``: a loop over batches inside the graph saves the
way from Python for each; one vector of weights saves nine of ten updates; XLA joins the small operations between
the matrix products, but takes 2 to 3 s to compile, which only longer trainings earn back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.runs.config import TrainConfig
from nets.training.engines.forward import Forward
from nets.training.engines.optimizers import FlatOptimizer, flat_optimizer

if TYPE_CHECKING:
    import keras

Tensor = Any

# Passing over so many images pays for what XLA takes to compile.
WORTH_COMPILING = 50_000


@dataclass(frozen=True, eq=False)
class State:
    """weights (P,) float32; slots: the optimiser's vectors (P,); others: variables without gradient; steps: float32."""

    weights: Tensor
    slots: tuple[Tensor, ...]
    others: tuple[Tensor, ...]
    steps: Tensor


class Stepper:
    """Trains ``network`` a few batches at a time. The network's own variables change only in ``write_back``."""

    def __init__(self, network: keras.Model, forward: Forward, config: TrainConfig, *, xla: bool) -> None:
        self.network = network
        self.xla = xla
        self._forward = forward
        self._config = config
        self._optimizer: FlatOptimizer = flat_optimizer(config)
        self._shapes = [tuple(v.shape) for v in network.trainable_variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        # XLA compiles for one number and size of batches; otherwise one trace is to serve the smaller last batch, too.
        self._run = backend.compile(self._batches, xla=xla, signature=None if xla else self._signature())

    def first_state(self) -> State:
        """The network's weights now, and an optimiser that has seen nothing."""
        import tensorflow as tf

        weights = tf.concat([tf.reshape(v.value, [-1]) for v in self.network.trainable_variables], 0)
        slots = tuple(tf.fill(tf.shape(weights), tf.constant(value)) for value in self._optimizer.first)
        others = tuple(tf.identity(v.value) for v in self.network.non_trainable_variables)
        return State(weights, slots, others, tf.constant(0.0))

    def run(
        self, state: State, images: Tensor, labels: Tensor, shares: Tensor, rates: np.ndarray
    ) -> tuple[State, np.ndarray, np.ndarray]:
        """One step for each of ``rates``.

        images (K, B, H, W, C) float32, labels (K, B) int32, shares (K, B) float32: each image's part in its batch's
        mean, 0 for images that only fill up. K may be more than there are rates when XLA wants one size.
        Returns the new state and each batch's loss and accuracy, (len(rates),) float32.
        """
        import tensorflow as tf

        count = len(rates)
        filled = np.zeros(images.shape[0], np.float32)
        filled[:count] = rates
        tensors = [state.weights, *state.slots, *state.others, state.steps]
        data = (images, tf.constant(labels), tf.constant(shares), tf.constant(filled), tf.constant(count))
        *tensors, losses, accuracies = self._run(tensors, *data)
        slots = 1 + len(state.slots)
        new = State(tensors[0], tuple(tensors[1:slots]), tuple(tensors[slots:-1]), tensors[-1])
        return new, losses.numpy()[:count], accuracies.numpy()[:count]

    def weights(self, state: State) -> list[np.ndarray]:
        """The weights in the order of ``network.get_weights()``, as copies."""
        values = dict(zip(map(id, self.network.trainable_variables), self._split_numpy(state), strict=True))
        for variable, tensor in zip(self.network.non_trainable_variables, state.others, strict=True):
            values[id(variable)] = tensor.numpy().copy()
        return [values[id(v)] for v in self.network.weights]

    def write_back(self, state: State) -> None:
        """Gives the network's variables the values of ``state``."""
        for variable, value in zip(self.network.trainable_variables, self._split_numpy(state), strict=True):
            variable.assign(value)
        for variable, tensor in zip(self.network.non_trainable_variables, state.others, strict=True):
            variable.assign(tensor)

    def _signature(self) -> list[Any]:
        """What ``_batches`` takes, in batches of any number and size."""
        state = self.first_state()
        return [
            [(t.shape, t.dtype) for t in (state.weights, *state.slots, *state.others, state.steps)],
            ((None, None, *self.network.inputs[0].shape[1:]), "float32"),
            ((None, None), "int32"),
            ((None, None), "float32"),
            ((None,), "float32"),
            ((), "int32"),
        ]

    def _split_numpy(self, state: State) -> list[np.ndarray]:
        parts = np.split(state.weights.numpy(), np.cumsum(self._sizes)[:-1])
        return [part.reshape(shape).copy() for part, shape in zip(parts, self._shapes, strict=True)]

    def _batches(
        self, tensors: list[Tensor], images: Tensor, labels: Tensor, shares: Tensor, rates: Tensor, count: Tensor
    ) -> list[Tensor]:
        """The loop over batches, in the graph."""
        import tensorflow as tf

        size = tf.shape(images)[0] if images.shape[0] is None else images.shape[0]
        losses, accuracies = tf.TensorArray(tf.float32, size), tf.TensorArray(tf.float32, size)

        def body(i: Tensor, tensors: list[Tensor], losses: Any, accuracies: Any) -> tuple[Any, ...]:
            tensors, loss, accuracy = self._step(tensors, images[i], labels[i], shares[i], rates[i])
            return i + 1, tensors, losses.write(i, loss), accuracies.write(i, accuracy)

        _, tensors, losses, accuracies = tf.while_loop(
            lambda i, *_: i < count, body, (0, list(tensors), losses, accuracies), parallel_iterations=1
        )
        return [*tensors, losses.stack(), accuracies.stack()]

    def _step(
        self, tensors: list[Tensor], x: Tensor, labels: Tensor, shares: Tensor, rate: Tensor
    ) -> tuple[list[Tensor], Tensor, Tensor]:
        """One batch: forward, gradient, update."""
        import tensorflow as tf

        weights, steps = tensors[0], tensors[-1] + 1.0
        slots = 1 + len(self._optimizer.first)
        parts = [tf.reshape(p, s) for p, s in zip(tf.split(weights, self._sizes), self._shapes, strict=True)]

        def objective(parts: list[Tensor]) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
            outputs, others = self._forward(parts, list(tensors[slots:-1]), x)
            outputs = tf.cast(outputs, tf.float32)
            loss = tf.reduce_sum(self._losses(outputs, labels) * shares)
            penalty = tf.constant(0.0)
            for variable, part in zip(self.network.trainable_variables, parts, strict=True):
                if variable.regularizer is not None:
                    penalty += variable.regularizer(part)
            return loss + penalty, loss, outputs, others

        (_, loss, outputs, others), gradients = backend.value_and_gradient(objective, parts)
        gradient = tf.concat([tf.reshape(g, [-1]) for g in gradients], 0)
        right = tf.cast(tf.equal(tf.argmax(outputs, 1, output_type=tf.int32), labels), tf.float32)
        weights, new_slots = self._optimizer.update(weights, tuple(tensors[1:slots]), gradient, rate, steps)
        return [weights, *new_slots, *others, steps], loss, tf.reduce_sum(right * shares)

    def _losses(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """(N, classes) and (N,) to (N,) losses."""
        import tensorflow as tf

        classes = outputs.shape[1]
        targets = tf.one_hot(labels, classes)
        if self._config.loss == "squared_error":
            if self._forward.logits:
                outputs = tf.nn.softmax(outputs)
            return tf.reduce_mean(tf.square(outputs - targets), 1)
        smoothing = self._config.label_smoothing
        if smoothing:
            targets = targets * (1 - smoothing) + smoothing / classes
        if self._forward.logits:
            return tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=outputs)
        return -tf.reduce_sum(targets * tf.math.log(tf.clip_by_value(outputs, 1e-7, 1.0)), 1)
