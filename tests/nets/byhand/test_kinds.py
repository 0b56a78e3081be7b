"""The twin of each Keras layer: outputs, and gradients for the input and every weight."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from nets.byhand.network import Network
from nets.errors import LensletError
from tests.nets.byhand.keras_gradients import gradients_of

LAYERS = {
    "convolution": lambda: layers.Conv2D(4, 3, activation="relu"),
    "convolution, same, stride": lambda: layers.Conv2D(4, (3, 2), (2, 3), padding="same", activation="tanh"),
    "convolution, dilated": lambda: layers.Conv2D(4, 3, dilation_rate=(2, 3), use_bias=False),
    "convolution, dilated, same": lambda: layers.Conv2D(4, (2, 3), dilation_rate=2, padding="same"),
    "convolution, stride over kernel": lambda: layers.Conv2D(4, 2, 4, padding="same"),
    "depthwise": lambda: layers.DepthwiseConv2D(3, activation="relu"),
    "depthwise, two maps, same, stride": lambda: layers.DepthwiseConv2D(
        (3, 2), 2, padding="same", depth_multiplier=2, use_bias=False
    ),
    "separable": lambda: layers.SeparableConv2D(4, 3, activation="tanh"),
    "separable, two maps": lambda: layers.SeparableConv2D(4, 3, 2, padding="same", depth_multiplier=2, use_bias=False),
    "transposed": lambda: layers.Conv2DTranspose(4, 3),
    "transposed, stride": lambda: layers.Conv2DTranspose(4, (3, 4), (2, 3), activation="sigmoid"),
    "transposed, same": lambda: layers.Conv2DTranspose(4, 3, 2, padding="same", use_bias=False),
    "transposed, same, even": lambda: layers.Conv2DTranspose(4, (4, 2), (1, 3), padding="same"),
    "transposed, stride over kernel": lambda: layers.Conv2DTranspose(4, 2, 3),
    "transposed, stride over kernel, same": lambda: layers.Conv2DTranspose(4, 2, 3, padding="same"),
    # Not dilated: TensorFlow has no transposed convolution with dilation on the CPU; differences check ours.
    "maximum": lambda: layers.MaxPooling2D(2),
    "maximum, overlapping": lambda: layers.MaxPooling2D(3, 2, padding="same"),
    "average": lambda: layers.AveragePooling2D((2, 3)),
    "average, same": lambda: layers.AveragePooling2D(3, 2, padding="same"),
    "average, same, even": lambda: layers.AveragePooling2D(2, 1, padding="same"),
    "global average": lambda: layers.GlobalAveragePooling2D(),
    "global average, axes kept": lambda: layers.GlobalAveragePooling2D(keepdims=True),
    "global maximum": lambda: layers.GlobalMaxPooling2D(),
    "global maximum, axes kept": lambda: layers.GlobalMaxPooling2D(keepdims=True),
    "normalisation": lambda: layers.BatchNormalization(),
    "normalisation without gamma": lambda: layers.BatchNormalization(scale=False),
    "normalisation without beta": lambda: layers.BatchNormalization(center=False),
    "rescaling": lambda: layers.Rescaling(1 / 127.5, -1.0),
    "rescaling of each channel": lambda: layers.Rescaling([2.0, 3.0, 4.0], [0.1, 0.2, 0.3]),
    "cropping": lambda: layers.Cropping2D(((1, 2), (0, 3))),
    "upsampling": lambda: layers.UpSampling2D((2, 3)),
    "reshape": lambda: layers.Reshape((8, 9, 3)),
    "zeros": lambda: layers.ZeroPadding2D(((1, 0), (2, 3))),
    "flatten": lambda: layers.Flatten(),
    "relu": lambda: layers.ReLU(),
    "relu up to 6": lambda: layers.ReLU(0.5),
    "relu with slope and threshold": lambda: layers.ReLU(0.9, 0.1, 0.2),
    "relu6 by name": lambda: layers.Conv2D(4, 3, activation="relu6"),
    "swish": lambda: layers.Conv2D(4, 3, activation="swish"),
    "elu": lambda: layers.Conv2D(4, 3, activation="elu"),
    "leaky relu": lambda: layers.LeakyReLU(0.3),
    "leaky relu by name": lambda: layers.Activation("leaky_relu"),
    "softmax": lambda: layers.Softmax(),
    "dropout": lambda: layers.Dropout(0.5),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_twin_of_a_layer(name: str) -> None:
    random = np.random.default_rng(7)
    model = keras.Sequential([keras.Input((9, 8, 3)), LAYERS[name]()])
    model.set_weights([random.uniform(0.2, 1, w.shape) for w in model.get_weights()])
    twin = Network.from_keras(model)
    x = tf.constant(random.standard_normal((2, 9, 8, 3)).astype(np.float32))
    g = random.standard_normal((2, *model.output_shape[1:])).astype(np.float32)

    def weighed(x):
        y = model(x)
        return tf.reduce_sum(y * g), y

    (_, y), expected = gradients_of(model, weighed, x)
    np.testing.assert_allclose(twin.forward(x.numpy()), y, atol=1e-5)
    for layer in reversed(twin.layers):
        g = layer.backward(g)
    found = [g, *(layer.gradients[key] for layer, key in twin.trained())]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    np.testing.assert_allclose(twin.to_keras()(x), y, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (lambda: layers.LayerNormalization(name="apart"), r"not written by hand: apart \(LayerNormalization\)"),
        (lambda: layers.Conv2D(3, 3, groups=3, name="c"), r"c \(a convolution in 3 groups\)"),
        (lambda: layers.Conv2D(3, 3, activation="gelu", name="c"), r"c \(the activation gelu\)"),
        (lambda: layers.BatchNormalization(axis=1, name="n"), r"n \(a normalisation over axis 1\)"),
        (lambda: layers.UpSampling2D(interpolation="bilinear", name="u"), r"u \(upsampling that is bilinear\)"),
        (lambda: layers.Conv2D(3, 3, data_format="channels_first", name="f"), r"f \(Conv2D with channels first\)"),
        (lambda: layers.Dense(3, kernel_regularizer="l1", name="d"), r"d \(the regularizer L1\)"),
        (lambda: layers.Conv2DTranspose(3, 3, 2, output_padding=1, name="t"), r"t \(output padding\)"),
    ],
)
def test_what_is_not_written_by_hand_is_named(layer, words: str) -> None:
    model = keras.Sequential([keras.Input((9, 8, 3)), layer()])
    with pytest.raises(LensletError, match=words):
        Network.from_keras(model)


def test_every_unknown_layer_is_named_at_once() -> None:
    rows = [layers.GaussianNoise(0.1, name="noise"), layers.Flatten(), layers.LayerNormalization(name="norm")]
    with pytest.raises(LensletError, match=r"noise \(GaussianNoise\); norm \(LayerNormalization\)"):
        Network.from_keras(keras.Sequential([keras.Input((4, 4, 1)), *rows]))
