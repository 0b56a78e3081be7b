"""Files that Keras 2 itself writes (``tf_keras``) answer as it does. Skipped where it is not installed."""

from __future__ import annotations

import numpy as np
import pytest

from nets.network.files import read_network

tf_keras = pytest.importorskip("tf_keras", reason="needs tf_keras: see requirements-dev.txt")


def sequential():
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 1), kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(3, 3, depth_multiplier=2),
            layers.DepthwiseConv2D(2),
            layers.Flatten(),
            layers.Dense(6, activation="hard_sigmoid"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def frozen_inside():
    """As transfer learning makes it: a frozen model inside, called in inference mode, and a new answer."""
    layers = tf_keras.layers
    start = tf_keras.Input((12, 12, 1))
    inner = layers.BatchNormalization(name="bn")(layers.Conv2D(3, 3, name="conv")(start))
    inner = tf_keras.Model(start, layers.Conv2D(2, 3, name="last")(inner), name="inner")
    inner.trainable = False
    pixels = tf_keras.Input((12, 12, 1))
    value = layers.GlobalAveragePooling2D()(inner(pixels / 255.0, training=False))
    return tf_keras.Model(pixels, layers.Dense(3)(layers.Dropout(0.2)(value)))


def shared():
    """A layer, a Sequential and a model that are each called twice."""
    layers = tf_keras.layers
    pixels = tf_keras.Input((12, 12, 1))
    conv = layers.Conv2D(1, 3, padding="same")
    block = tf_keras.Sequential([tf_keras.Input((12, 12, 1)), layers.Conv2D(1, 3, padding="same"), layers.PReLU()])
    start = tf_keras.Input((12, 12, 1))
    inner = tf_keras.Model(start, layers.Conv2D(2, 3)(start))
    value = block(block(conv(conv(pixels))))
    value = layers.Multiply()([inner(value), inner(layers.LeakyReLU(0.1)(value))])
    return tf_keras.Model(pixels, layers.Dense(2)(layers.Flatten()(value)))


def recurrent():
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Reshape((12, 12), input_shape=(12, 12, 1)),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True, recurrent_activation="hard_sigmoid")),
            layers.TimeDistributed(layers.Dense(4)),
            layers.GRU(5, reset_after=False),
            layers.Dense(3),
        ]
    )


def attention():
    layers = tf_keras.layers
    pixels = tf_keras.Input((12, 12, 1))
    rows = layers.Reshape((12, 12))(pixels)
    value = layers.LayerNormalization()(layers.MultiHeadAttention(2, 3)(rows, rows))
    return tf_keras.Model(pixels, layers.Dense(3)(layers.Flatten()(value)))


def preprocessing():
    layers = tf_keras.layers
    normalisation = layers.Normalization()
    normalisation.adapt(np.random.default_rng(1).uniform(0, 255, (9, 12, 12, 1)))
    rows = [layers.RandomFlip(), layers.RandomRotation(0.1), normalisation, layers.Resizing(9, 7)]
    return tf_keras.Sequential([tf_keras.Input((12, 12, 1)), *rows, layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()])


def operations():
    """What Keras 2 stores as TFOpLambda."""
    import tensorflow as tf

    pixels = tf_keras.Input((12, 12, 1))
    value = tf_keras.layers.Conv2D(4, 3)(pixels)
    value = value * tf.nn.relu6(value + 3.0) * 0.16667
    value = tf.concat([value, 1.0 - tf.nn.sigmoid(value)], -1)
    return tf_keras.Model(pixels, tf.nn.softmax(tf.reduce_mean(value, axis=[1, 2])))


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize(
    "build",
    [sequential, frozen_inside, shared, recurrent, attention, preprocessing, operations],
    ids=lambda f: f.__name__,
)
def test_answers_are_those_of_keras_2(tmp_path, build, suffix):
    tf_keras.utils.set_random_seed(4)
    network = build()
    rng = np.random.default_rng(2)
    varied = [rng.normal(0, 0.3, value.shape) ** 2 + value for value in network.get_weights()]
    network.set_weights([new.astype(old.dtype) for new, old in zip(varied, network.get_weights(), strict=True)])
    for layer in network.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    path = tmp_path / f"two{suffix}"
    network.save(path)
    opened, _ = read_network(path)
    inputs = rng.uniform(0, 1, (2, 12, 12, 1)).astype(np.float32)
    expected = np.asarray(network(inputs, training=False))
    np.testing.assert_allclose(np.asarray(opened(inputs, training=False)), expected, rtol=1e-5, atol=1e-5)
    assert np.ptp(expected) > 1e-4
