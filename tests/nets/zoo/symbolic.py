"""Networks without weights of their own, computed with random ones: initialising the zoo would take half a minute."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from nets.network.outline import without_values
from nets.zoo import get


@functools.cache
def smallest(name: str) -> Any:
    """The network at its smallest input and for four classes; large ones narrow, but those that Keras has too."""
    spec = get(name)
    shape = (spec.smallest, spec.smallest, spec.input.channels)
    whole = spec.parameters < 1_000_000 or name in ("resnet50", "inception_v3", "inception_resnet_v2", "vgg16", "vgg19")
    return without_values(lambda: spec.build(input_shape=shape, classes=4, **({} if whole else {"divide": 8})))


def random_values(network: Any) -> dict[int, np.ndarray]:
    """An array for each variable by its id: kernels as large as He's, small biases, variances around one."""
    rng = np.random.default_rng(1)
    made = {}
    for variable in network.variables:
        shape = tuple(variable.shape)
        if variable.dtype != "float32":  # the seeds of dropout, which computes nothing here
            made[id(variable)] = np.zeros(shape, variable.dtype)
        elif len(shape) > 1:
            deviation = np.float32(np.sqrt(2 / np.prod(shape[:-1])))
            made[id(variable)] = rng.standard_normal(shape, np.float32) * deviation
        else:
            around = 1 if variable.name in ("gamma", "moving_variance") else 0
            made[id(variable)] = (around + 0.1 * rng.standard_normal(shape)).astype(np.float32)
    return made


@functools.cache
def answers_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Two pictures of random pixels, and what ``smallest(name)`` answers with ``random_values``: (2, 4) float32."""
    network = smallest(name)
    images = np.random.default_rng(1).random((2, *network.input_shape[1:]), np.float32)
    return images, compute(network, random_values(network), images)


def compute(network: Any, values: dict[int, np.ndarray], x: np.ndarray) -> np.ndarray:
    """The network's answers in inference with ``values`` in place of its variables'."""
    import keras

    mapping = [(v, keras.ops.convert_to_tensor(values[id(v)])) for v in network.variables if id(v) in values]
    scope = keras.StatelessScope(state_mapping=mapping)
    with scope:
        try:
            return np.asarray(network(x, training=False))
        finally:
            scope.initialize_variables = False
