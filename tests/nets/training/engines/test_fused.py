"""Fused operations against the layers and optimisers of Keras that they stand for."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers, ops

from nets import backend
from nets.training.engines import fused
from tests.nets.conftest import chain


def step_of(network: keras.Model, images: np.ndarray, *, faster: bool) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The gradients of a scalar in training mode by all weights, and the moving averages after the step."""
    variables = network.trainable_variables

    def objective(weights):
        with keras.StatelessScope(list(zip(variables, weights, strict=True))) as scope:
            values = network(images, training=True)
            total = ops.sum(values * ops.cos(ops.reshape(ops.arange(values.shape[1], dtype="float32"), (1, -1))))
        return total, [scope.get_current_value(v) for v in network.non_trainable_variables]

    def run():
        return backend.gradient(objective)([v.value + 0.0 for v in variables])

    if faster:
        with fused.fused_norms(network):
            (_, others), gradients = run()
    else:
        (_, others), gradients = run()
    moving = [
        v.value if found is None else found for v, found in zip(network.non_trainable_variables, others, strict=True)
    ]
    return [np.asarray(g) for g in gradients], [np.asarray(m) for m in moving]


def normalised(**options) -> keras.Model:
    keras.utils.set_random_seed(1)
    rows = [layers.Conv2D(3, 3), layers.BatchNormalization(momentum=0.8, epsilon=1e-2, **options)]
    network = chain(*rows, layers.Activation("relu"), layers.Flatten(), layers.Dense(4), shape=(6, 5, 2))
    for number, variable in enumerate(network.layers[1].weights):
        variable.assign(variable + 0.1 * (number + 1))
    return network


@pytest.mark.parametrize("batch", [1, 5])
def test_a_fused_normalisation_has_the_gradients_and_averages_of_keras(batch: int) -> None:
    network = normalised()
    images = np.random.default_rng(0).random((batch, 6, 5, 2), np.float32) * 3
    plain, quick = (step_of(network, images, faster=faster) for faster in (False, True))
    for expected, found in zip([*plain[0], *plain[1]], [*quick[0], *quick[1]], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert not np.allclose(quick[1][0], np.asarray(network.layers[1].moving_mean)), "the averages moved"


def test_frozen_ones_and_answers_are_left_to_keras() -> None:
    network = normalised()
    images = np.random.default_rng(0).random((4, 6, 5, 2), np.float32)
    expected = np.asarray(network(images, training=False))
    with fused.fused_norms(network):
        np.testing.assert_array_equal(np.asarray(network(images, training=False)), expected)
    network.layers[1].trainable = False
    with fused.fused_norms(network):
        assert "call" not in vars(network.layers[1])
    network.layers[1].trainable = True
    with fused.fused_norms(network):
        assert "call" in vars(network.layers[1])
    assert "call" not in vars(network.layers[1])


def compiled_update(way, optimizer, variables):
    return backend.compile(lambda gradients: way(optimizer, gradients, variables))


@pytest.mark.parametrize("name", ["Adam", "AdamW", "SGD"])
def test_ten_updates_as_keras_does_them(name: str) -> None:
    random = np.random.default_rng(0)
    start = [random.standard_normal(shape).astype(np.float32) for shape in ((3, 4), (5,))]
    gradients = [[random.standard_normal(array.shape).astype(np.float32) for array in start] for _ in range(10)]
    found = []
    for way in (keras.optimizers.Optimizer.apply, fused.apply):
        variables = [keras.Variable(array) for array in start]
        optimizer = getattr(keras.optimizers, name)(0.05)
        optimizer.build(variables)
        update = compiled_update(way, optimizer, variables)
        for each in gradients:
            update([ops.convert_to_tensor(g) for g in each])
        found.append([np.array(v) for v in [*variables, *optimizer.variables]])
    for expected, own in zip(*found, strict=True):
        np.testing.assert_allclose(own, expected, rtol=1e-5, atol=1e-6)
