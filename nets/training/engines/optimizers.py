"""The optimisers, each as one update of all weights in a single vector: for NumPy's arrays and TensorFlow's tensors.

With g the gradient, r the rate and v, m, s what the optimiser remembers (all of the weights' size):

    SGD       w - r g                                                       Robbins and Monro 1951
    momentum  v = mu v - r g;  w + v                                        Polyak 1964
    Nesterov  v = mu v - r g;  w + mu v - r g                               Nesterov 1983, Sutskever et al. 2013
    AdaGrad   s = s + g^2;  w - r g / sqrt(s)                               Duchi, Hazan and Singer 2011
    RMSProp   s = rho s + (1 - rho) g^2;  w - r g / sqrt(s)                 Tieleman and Hinton 2012
    AdaDelta  as RMSProp, with the root mean square of the last changes     Zeiler 2012, arXiv:1212.5701
              in place of the rate
    Adam      means of g and g^2, both corrected for their first steps      Kingma and Ba 2014, arXiv:1412.6980
    AdamW     Adam on weights that shrink by r times the decay              Loshchilov and Hutter 2017, arXiv:1711.05101

Ten variables with ten updates of four operations each cost more, in a small network, than their arithmetic; one
vector makes it one update. Constants, order of operations and results are Keras's (a test compares ten steps).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.runs.config import TrainConfig

Tensor = Any  # a tf.Tensor or an array; TensorFlow is imported by the functions
Slots = tuple[Tensor, ...]
EPSILON = 1e-7


@dataclass(frozen=True, eq=False)
class FlatOptimizer:
    """``update(weights, slots, gradient, rate, step)`` gives the new weights and slots.

    weights, gradient and each slot are (P,) float32; rate and step are float32 scalars, step counting from 1.
    ``first`` has, for each slot, the value that fills it at the beginning.
    """

    first: tuple[float, ...]
    update: Callable[[Tensor, Slots, Tensor, Tensor, Tensor], tuple[Tensor, Slots]]


def flat_optimizer(config: TrainConfig) -> FlatOptimizer:
    """The optimiser that ``config`` names."""
    return _MAKERS[config.optimizer](config)


def _sgd(config: TrainConfig) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        return w - rate * g, ()

    return FlatOptimizer((), update)


def _momentum(config: TrainConfig) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        velocity = config.momentum * slots[0] - rate * g
        return w + velocity, (velocity,)

    return FlatOptimizer((0.0,), update)


def _nesterov(config: TrainConfig) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        velocity = config.momentum * slots[0] - rate * g
        return w + config.momentum * velocity - rate * g, (velocity,)

    return FlatOptimizer((0.0,), update)


def _adagrad(config: TrainConfig) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        total = slots[0] + g * g
        return w - rate * g / _root(total + EPSILON), (total,)

    return FlatOptimizer((0.1,), update)


def _rmsprop(config: TrainConfig, rho: float = 0.9) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        mean = rho * slots[0] + (1 - rho) * g * g
        return w - rate * g / _root(mean + EPSILON), (mean,)

    return FlatOptimizer((0.0,), update)


def _adadelta(config: TrainConfig, rho: float = 0.95) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        gradients, changes = slots
        gradients = rho * gradients + (1 - rho) * g * g
        change = -_root(changes + EPSILON) * g / _root(gradients + EPSILON)
        changes = rho * changes + (1 - rho) * change * change
        return w + rate * change, (gradients, changes)

    return FlatOptimizer((0.0, 0.0), update)


def _adam(config: TrainConfig, beta_1: float = 0.9, beta_2: float = 0.999) -> FlatOptimizer:
    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        mean, square = slots
        alpha = rate * _root(1 - beta_2**step) / (1 - beta_1**step)
        mean = mean + (g - mean) * (1 - beta_1)
        square = square + (g * g - square) * (1 - beta_2)
        return w - alpha * mean / (_root(square) + EPSILON), (mean, square)

    return FlatOptimizer((0.0, 0.0), update)


def _adamw(config: TrainConfig, beta_1: float = 0.9, beta_2: float = 0.999) -> FlatOptimizer:
    adam = _adam(config, beta_1, beta_2)

    def update(w: Tensor, slots: Slots, g: Tensor, rate: Tensor, step: Tensor) -> tuple[Tensor, Slots]:
        return adam.update(w - w * config.weight_decay * rate, slots, g, rate, step)

    return FlatOptimizer(adam.first, update)


def _root(x: Tensor) -> Tensor:
    if isinstance(x, np.ndarray | np.generic | float):
        return np.sqrt(x)
    import tensorflow as tf

    return tf.sqrt(x)


_MAKERS: dict[str, Callable[[TrainConfig], FlatOptimizer]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "adamw": _adamw,
}
