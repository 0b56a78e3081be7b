"""LeNet, as published in 1998 and as it is taught today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.data.specs import ImageInput
from nets.zoo.registry import check_size, register

if TYPE_CHECKING:
    import keras

PAPER = "LeCun et al. 1998, Gradient-based learning applied to document recognition, doi:10.1109/5.726791"
SMALLEST_1998, SMALLEST = 16, 12


@register(
    title="LeNet-5 (1998)",
    paper=PAPER,
    parameters=61_706,
    input=ImageInput(height=32, width=32),
    loss="squared_error",
    family="LeNet",
    smallest=SMALLEST_1998,
)
def lenet5(input_shape: tuple[int, int, int] = (32, 32, 1), classes: int = 10) -> keras.Sequential:
    """LeNet-5 as the summaries tabulate it: tanh throughout, trained with squared error on one-hot targets.

    The paper's trained subsampling, sparse C3 connections and radial output units are simplified as everywhere today.

    Input: (batch, 32, 32, 1) float32 in [0, 1]; 28x28 digits are zero-padded. Output: (batch, classes).
    """
    from keras import Input, Sequential, layers

    check_size("lenet5", input_shape, SMALLEST_1998)
    return Sequential(
        [
            Input(input_shape, name="drawing"),
            layers.Conv2D(6, 5, activation="tanh", name="conv1"),  # 28 x 28 x 6
            layers.MaxPooling2D(2, name="pool1"),  # 14 x 14 x 6
            layers.Conv2D(16, 5, activation="tanh", name="conv2"),  # 10 x 10 x 16
            layers.MaxPooling2D(2, name="pool2"),  # 5 x 5 x 16
            layers.Flatten(name="flatten"),  # 400
            layers.Dense(120, activation="tanh", name="fc1"),
            layers.Dense(84, activation="tanh", name="fc2"),
            layers.Dense(classes, activation="tanh", name="answer"),
        ],
        name="lenet5",
    )


@register(title="LeNet (modern)", paper=PAPER, parameters=61_706, family="LeNet", smallest=SMALLEST)
def lenet(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Sequential:
    """LeNet as it is taught today: ReLU, softmax, and "same" padding so that 28x28 images go in directly.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers

    check_size("lenet", input_shape, SMALLEST)
    return Sequential(
        [
            Input(input_shape, name="drawing"),
            layers.Conv2D(6, 5, padding="same", activation="relu", name="conv1"),  # 28 x 28 x 6
            layers.MaxPooling2D(2, name="pool1"),  # 14 x 14 x 6
            layers.Conv2D(16, 5, activation="relu", name="conv2"),  # 10 x 10 x 16
            layers.MaxPooling2D(2, name="pool2"),  # 5 x 5 x 16
            layers.Flatten(name="flatten"),  # 400
            layers.Dense(120, activation="relu", name="fc1"),
            layers.Dense(84, activation="relu", name="fc2"),
            layers.Dense(classes, activation="softmax", name="answer"),
        ],
        name="lenet",
    )
