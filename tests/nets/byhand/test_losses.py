"""Losses and their first gradients against Keras's."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from nets import backend
from nets.byhand.losses import SoftmaxCrossEntropy, SquaredError, one_hot

LABELS = np.array([0, 3, 3, 2])


def compare(ours, theirs, outputs: np.ndarray) -> None:
    loss, slope = backend.gradient(lambda x: theirs(tf.one_hot(LABELS, 5), x))(tf.constant(outputs))
    assert ours.forward(outputs, LABELS) == pytest.approx(float(loss), rel=1e-6)
    gradient = ours.backward()
    assert gradient.dtype == outputs.dtype
    np.testing.assert_allclose(gradient, slope, atol=1e-6)


OUTPUTS = np.random.default_rng(0).standard_normal((4, 5)).astype(np.float32) * 3


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_and_its_gradient_equal_keras(smoothing: float) -> None:
    theirs = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    compare(SoftmaxCrossEntropy(smoothing), theirs, OUTPUTS)


def test_squared_error_and_its_gradient_equal_keras() -> None:
    compare(SquaredError(), keras.losses.MeanSquaredError(), OUTPUTS)


def test_large_logits_do_not_overflow() -> None:
    loss = SoftmaxCrossEntropy()
    assert loss.forward(np.array([[1e4, 0, -1e4]], np.float32), np.array([1])) == pytest.approx(1e4)
    np.testing.assert_allclose(loss.backward(), [[1, -1, 0]])


def test_one_hot_has_a_one_at_the_label() -> None:
    assert one_hot(np.array([1, 0]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert one_hot(np.array([]), 3, np.float64).shape == (0, 3)
