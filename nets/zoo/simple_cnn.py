"""The network of two convolutions, of 25 and 50 kernels, with which many Keras tutorials begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import check_size, register

if TYPE_CHECKING:
    import keras

SMALLEST = 10


@register(
    title="Simple CNN",
    paper="two convolutions, of 25 and 50 kernels, as many introductions to Keras have them",
    parameters=137_660,
    smallest=SMALLEST,
)
def simple_cnn(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Sequential:
    """Two 3x3 convolutions of 25 and 50 kernels, each followed by pooling, then 100 hidden units.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers

    check_size("simple_cnn", input_shape, SMALLEST)
    return Sequential(
        [
            Input(input_shape, name="drawing"),
            layers.Conv2D(25, 3, activation="relu", name="conv1"),  # 26 x 26 x 25
            layers.MaxPooling2D(2, name="pool1"),  # 13 x 13 x 25
            layers.Conv2D(50, 3, activation="relu", name="conv2"),  # 11 x 11 x 50
            layers.MaxPooling2D(2, name="pool2"),  # 5 x 5 x 50
            layers.Flatten(name="flatten"),  # 1250
            layers.Dense(100, activation="relu", name="fc1"),
            layers.Dense(classes, activation="softmax", name="answer"),
        ],
        name="simple_cnn",
    )
