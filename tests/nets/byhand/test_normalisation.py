"""Batch normalisation against Keras's, local response normalisation against TensorFlow's."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from nets import backend
from nets.byhand.normalisation import BatchNorm, LocalResponseNorm

RANDOM = np.random.default_rng(4)


@pytest.mark.parametrize("shape", [(5, 4, 3, 6), (7, 6)])
def test_moving_averages_follow_as_keras_lets_them(shape: tuple[int, ...]) -> None:
    theirs = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-2)
    theirs.build((None, *shape[1:]))
    theirs.set_weights([RANDOM.uniform(0.5, 2, 6), *RANDOM.standard_normal((2, 6)), RANDOM.uniform(0.5, 2, 6)])
    ours = BatchNorm(*theirs.get_weights(), momentum=0.9, epsilon=1e-2)
    for _ in range(3):
        x = RANDOM.standard_normal(shape).astype(np.float32) * 3 + 1
        np.testing.assert_allclose(ours.forward(x, training=True), theirs(x, training=True), atol=1e-5)
    found = [*ours.weights.values(), *ours.state.values()]
    for one, other in zip(found, theirs.get_weights(), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(ours.forward(x), theirs(x), atol=1e-5)


def test_a_batch_comes_out_with_mean_beta_and_deviation_gamma() -> None:
    gamma, beta = np.array([2.0, 3]), np.array([-1.0, 5])
    layer = BatchNorm(gamma, beta, np.zeros(2), np.ones(2), epsilon=0.0)
    y = layer.forward(RANDOM.standard_normal((8, 3, 3, 2)) * 7 + 2, training=True)
    np.testing.assert_allclose(y.mean((0, 1, 2)), beta)
    np.testing.assert_allclose(y.std((0, 1, 2)), gamma)


@pytest.mark.parametrize(("n", "channels"), [(5, 12), (3, 3), (5, 2), (9, 4), (1, 3)])
def test_local_response_normalisation_is_tensorflows(n: int, channels: int) -> None:
    x = tf.constant(RANDOM.standard_normal((2, 3, 4, channels)).astype(np.float32))
    g = RANDOM.standard_normal(x.shape).astype(np.float32)
    layer = LocalResponseNorm(n, k=2.0, alpha=0.1, beta=0.75)

    def weighed(x):
        y = tf.nn.local_response_normalization(x, depth_radius=n // 2, bias=2.0, alpha=0.1, beta=0.75)
        return tf.reduce_sum(y * g), y

    (_, y), slope = backend.gradient(weighed)(x)
    np.testing.assert_allclose(layer.forward(x.numpy()), y, atol=1e-6)
    np.testing.assert_allclose(layer.backward(g), slope, atol=1e-5)
