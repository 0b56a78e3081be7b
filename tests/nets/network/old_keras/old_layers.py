"""Layers as Keras 1 to 2.15 wrote them, and the comparison with today's network."""

from __future__ import annotations

import copy

import numpy as np

from nets.network.files import read_network
from tests.nets.network.old_files import layer, of

GLOROT = {"class_name": "VarianceScaling", "config": {"scale": 1, "mode": "fan_avg", "seed": None, "dtype": "float32"}}


def randomised(network):
    """The network with values of its own in every variable, those of batch normalisations too."""
    rng = np.random.default_rng(2)
    network.set_weights([rng.uniform(0.1, 0.6, value.shape).astype(value.dtype) for value in network.get_weights()])
    return network


def assert_same(path, today, shape, scale=1.0) -> tuple[str, ...]:
    opened, notes = read_network(path)
    inputs = np.random.default_rng(3).uniform(0, scale, (2, *shape)).astype(np.float32)
    expected = np.asarray(today(inputs, training=False))
    np.testing.assert_allclose(np.asarray(opened(inputs, training=False)), expected, atol=1e-6, rtol=1e-5)
    assert np.ptp(expected) > 1e-3, "answers that do not differ prove nothing"
    return notes


CONV = layer(
    "Conv2D",
    "conv",
    filters=3,
    kernel_size=[3, 3],
    strides=[1, 1],
    padding="valid",
    data_format="channels_last",
    dilation_rate=[1, 1],
    groups=1,
    activation="relu",
    use_bias=True,
    kernel_initializer=GLOROT,
    bias_initializer={"class_name": "Zeros", "config": {"dtype": "float32"}},
    kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
    activity_regularizer=None,
    kernel_constraint=None,
)
NORMALISATION = layer(
    "BatchNormalization",
    "bn",
    axis=[3],
    momentum=0.99,
    epsilon=0.001,
    center=True,
    scale=True,
    gamma_initializer={"class_name": "Ones", "config": {"dtype": "float32"}},
    renorm=False,
    fused=True,
    virtual_batch_size=None,
)
FLAT = layer("Flatten", "flat", data_format="channels_last")
DENSE = layer("Dense", "dense", units=4, activation="softmax", use_bias=True, kernel_initializer=GLOROT)
ROWS = (CONV, NORMALISATION, FLAT, DENSE)


def with_shape(part, **settings):
    found = copy.deepcopy(part)
    found["config"].update({"batch_input_shape": [None, 8, 8, 1], "dtype": "float32", **settings})
    return found


def weights_of_small(small, names=("conv", "bn", "dense")):
    return [("flat", []), *((name, of(small.get_layer, name)) for name in names)]
