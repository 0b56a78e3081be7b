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
from nets.training.engines.engine import check_shapes
from nets.training.engines.forward import Forward
from nets.training.engines.losses import accuracy_of, losses_of
from nets.training.engines.optimizers import FlatOptimizer, flat_optimizer

if TYPE_CHECKING:
    import keras

Tensor = Any

# Number of trained images from which compiling with XLA is worth its time.
WORTH_COMPILING = 50_000


@dataclass(frozen=True, eq=False)
class StepState:
    """weights (P,) float32; slots: the optimiser's vectors (P,); others: variables without gradient; steps: float32."""

    weights: Tensor
    slots: tuple[Tensor, ...]
    others: tuple[Tensor, ...]
    steps: Tensor

    def tensors(self) -> list[Tensor]:
        """All of them in one list."""
        return [self.weights, *self.slots, *self.others, self.steps]

    def with_tensors(self, tensors: list[Tensor]) -> StepState:
        """A state of the same form with the values of ``tensors``."""
        slots = 1 + len(self.slots)
        return StepState(tensors[0], tuple(tensors[1:slots]), tuple(tensors[slots:-1]), tensors[-1])


class FlatEngine:
    """Trains ``network`` a few batches at a time. The network's own variables change only in ``write_back``."""

    name = "flat"

    def __init__(self, network: keras.Model, forward: Forward, config: TrainConfig, *, xla: bool) -> None:
        self.network = network
        self.xla = xla
        self._forward = forward
        self._config = config
        self._optimizer: FlatOptimizer = flat_optimizer(config)
        self._shapes = [tuple(v.shape) for v in network.trainable_variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._state = self._first_state()
        # XLA compiles for one number and size of batches; without XLA one trace should also serve the smaller last
        # batch.
        self._run = backend.compile(self._batches, xla=xla, signature=None if xla else self._signature())

    def _first_state(self) -> StepState:
        """The network's present weights, and a new optimiser's state."""
        import tensorflow as tf

        weights = tf.concat([tf.reshape(v.value, [-1]) for v in self.network.trainable_variables], 0)
        slots = tuple(tf.fill(tf.shape(weights), tf.constant(value)) for value in self._optimizer.first)
        others = tuple(tf.identity(v.value) for v in self.network.non_trainable_variables)
        return StepState(weights, slots, others, tf.constant(0.0))

    def run(
        self, images: Tensor, labels: np.ndarray, shares: np.ndarray, rates: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        import tensorflow as tf

        count = len(rates)
        filled = np.zeros(images.shape[0], np.float32)
        filled[:count] = rates
        tensors = self._state.tensors()
        data = (images, tf.constant(labels), tf.constant(shares), tf.constant(filled), tf.constant(count))
        *tensors, losses, accuracies = self._run(tensors, *data)
        self._state = self._state.with_tensors(tensors)
        return losses.numpy()[:count], accuracies.numpy()[:count]

    def weights(self) -> list[np.ndarray]:
        values = dict(zip(map(id, self.network.trainable_variables), self._split_weights(), strict=True))
        for variable, tensor in zip(self.network.non_trainable_variables, self._state.others, strict=True):
            values[id(variable)] = tensor.numpy().copy()
        return [values[id(v)] for v in self.network.weights]

    def write_back(self) -> None:
        for variable, value in zip(self.network.trainable_variables, self._split_weights(), strict=True):
            variable.assign(value)
        for variable, tensor in zip(self.network.non_trainable_variables, self._state.others, strict=True):
            variable.assign(tensor)

    def is_finite(self) -> bool:
        return bool(np.isfinite(self._state.weights.numpy()).all())

    def arrays(self) -> tuple[np.ndarray, ...]:
        return tuple(tensor.numpy() for tensor in self._state.tensors())

    def restore(self, arrays: tuple[np.ndarray, ...]) -> None:
        import tensorflow as tf

        before = self._state.tensors()
        check_shapes(arrays, [tuple(tensor.shape) for tensor in before])
        tensors = [tf.constant(array, old.dtype) for array, old in zip(arrays, before, strict=True)]
        self._state = self._state.with_tensors(tensors)

    def _signature(self) -> list[Any]:
        """The argument types of ``_batches``, for any number and size of batches."""
        return [
            [(t.shape, t.dtype) for t in self._state.tensors()],
            ((None, None, *self.network.inputs[0].shape[1:]), "float32"),
            ((None, None), "int32"),
            ((None, None), "float32"),
            ((None,), "float32"),
            ((), "int32"),
        ]

    def _split_weights(self) -> list[np.ndarray]:
        parts = np.split(self._state.weights.numpy(), np.cumsum(self._sizes)[:-1])
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
            loss = tf.reduce_sum(losses_of(self._config, outputs, labels, logits=self._forward.logits) * shares)
            penalty = tf.constant(0.0)
            for variable, part in zip(self.network.trainable_variables, parts, strict=True):
                if variable.regularizer is not None:
                    penalty += variable.regularizer(part)
            return loss + penalty, loss, outputs, others

        (_, loss, outputs, others), gradients = backend.value_and_gradient(objective, parts)
        gradient = tf.concat([tf.reshape(g, [-1]) for g in gradients], 0)
        weights, new_slots = self._optimizer.update(weights, tuple(tensors[1:slots]), gradient, rate, steps)
        return [weights, *new_slots, *others, steps], loss, accuracy_of(outputs, labels, shares)
