"""Training by Keras's own optimisers, for networks past a million parameters.

A large network's matrix products take nearly all of a step, and a vector of all weights that goes in and comes out of
it costs more than it saves: with 21 million parameters 400 ms a step against 276, and 1.9 times the memory. Here the
weights and the optimiser's memory stay in their variables and are changed in place. (``stateless_apply`` would be a
function of state like the flat engine; Keras does not offer it on TensorFlow.)

On JAX and PyTorch every network is trained so: nothing here names a library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.runs.config import TrainConfig
from nets.training.engines import fused
from nets.training.engines.engine import check_shapes
from nets.training.engines.forward import Forward
from nets.training.engines.losses import accuracy_of, losses_of

if TYPE_CHECKING:
    import keras

Tensor = Any


class KerasEngine:
    """Trains ``network`` in place, a batch at a time."""

    name = "keras"
    xla = False

    def __init__(self, network: keras.Model, forward: Forward, config: TrainConfig) -> None:
        self.network = network
        self._forward = forward
        self._config = config
        self._optimizer = keras_optimizer(config)
        self._optimizer.build(network.trainable_variables)
        self._steps = 0
        self._step: Any = backend.compile(
            self._take_step,
            signature=[
                ((None, *network.inputs[0].shape[1:]), "float32"),
                ((None,), "int32"),
                ((None,), "float32"),
                ((), "float32"),
            ],
        )

    def run(
        self, images: Tensor, labels: np.ndarray, shares: np.ndarray, rates: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        if not len(rates):
            self._compile((images[0], labels[0], shares[0]))
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        # A graphics card computes on while the next steps are sent to it: results are read only after the last one.
        found = []
        for number, rate in enumerate(rates):
            backend.fix_random(self._config.seed, self._steps)
            found.append(self._step(*map(_tensor, (images[number], labels[number], shares[number], rate))))
            self._steps += 1
        losses, accuracies = zip(*found, strict=True)
        return _numbers(losses), _numbers(accuracies)

    def _compile(self, batch: tuple[Tensor, np.ndarray, np.ndarray]) -> None:
        """Compile the step without changing any state, so that no epoch's time includes the compilation."""
        if backend.name() == "tensorflow":
            self._step.get_concrete_function()
            return
        before = self.arrays()
        self._step(*map(_tensor, (*batch, np.float32(0))))
        self.restore(before)

    def weights(self) -> list[np.ndarray]:
        return [np.array(variable) for variable in self.network.weights]

    def write_back(self) -> None:
        """Nothing to do: the network's own variables are trained."""

    def is_finite(self) -> bool:
        return all(np.isfinite(np.asarray(variable)).all() for variable in self.network.trainable_variables)

    def arrays(self) -> tuple[np.ndarray, ...]:
        return tuple(np.array(variable) for variable in self._variables)

    def restore(self, arrays: tuple[np.ndarray, ...]) -> None:
        check_shapes(arrays, [tuple(variable.shape) for variable in self._variables])
        for variable, array in zip(self._variables, arrays, strict=True):
            variable.assign(array)
        self._steps = int(backend.numbers_of(self._optimizer.iterations))

    @property
    def _variables(self) -> list[Any]:
        """Weights, moving averages and seeds of dropout, then the optimiser's memory and its number of steps."""
        own = [*self.network.trainable_variables, *self.network.non_trainable_variables]
        return [*own, *self._optimizer.variables]

    def _take_step(self, x: Tensor, labels: Tensor, shares: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
        """One batch: forward, gradient, update. Returns its loss and accuracy."""
        from keras import ops

        network = self.network
        before = [ops.convert_to_tensor(variable.value) for variable in network.non_trainable_variables]

        def objective(weights: list[Tensor]) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
            outputs, others = self._forward(weights, before, x)
            outputs = ops.cast(outputs, "float32")
            loss = ops.sum(losses_of(self._config, outputs, labels, logits=self._forward.logits) * shares)
            penalty = 0.0
            for variable, weight in zip(network.trainable_variables, weights, strict=True):
                if variable.regularizer is not None:
                    penalty += variable.regularizer(weight)
            return loss + penalty, loss, outputs, others

        weights = [ops.convert_to_tensor(variable.value) for variable in network.trainable_variables]
        (_, loss, outputs, others), gradients = backend.value_and_gradient(objective, weights)
        for variable, old, value in zip(network.non_trainable_variables, before, others, strict=True):
            if value is not old:  # frozen variables are not written in every step
                variable.assign(value)
        self._optimizer.learning_rate.assign(rate)
        fused.apply(self._optimizer, gradients, network.trainable_variables)
        return loss, accuracy_of(outputs, labels, shares)


def _tensor(values: Any) -> Tensor:
    from keras import ops

    return ops.convert_to_tensor(values)


def _numbers(tensors: tuple[Tensor, ...]) -> np.ndarray:
    """Scalars as (k,) float32."""
    return np.array([backend.to_array(tensor) for tensor in tensors], np.float32)


def keras_optimizer(config: TrainConfig) -> keras.optimizers.Optimizer:
    """Keras's optimiser of ``config.optimizer``, with the constants that the flat one has."""
    from keras import optimizers

    rate = config.learning_rate
    makers = {
        "sgd": lambda: optimizers.SGD(rate),
        "momentum": lambda: optimizers.SGD(rate, momentum=config.momentum),
        "nesterov": lambda: optimizers.SGD(rate, momentum=config.momentum, nesterov=True),
        "adagrad": lambda: optimizers.Adagrad(rate),
        "rmsprop": lambda: optimizers.RMSprop(rate),
        "adadelta": lambda: optimizers.Adadelta(rate),
        "adam": lambda: optimizers.Adam(rate),
        "adamw": lambda: optimizers.AdamW(rate, weight_decay=config.weight_decay),
    }
    return makers[config.optimizer]()
