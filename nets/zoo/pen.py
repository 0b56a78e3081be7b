"""The project's own reader of hand-drawn digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import check_size, register

if TYPE_CHECKING:
    import keras

# Kernels of each further block's convolutions, 3x3 each.
BLOCKS = ((64, 64), (128, 128))
SMALLEST = 8


@register(
    title="Pen",
    paper="Lenslet; blocks of 3x3 convolutions after VGG, arXiv:1409.1556",
    parameters=427_850,
    smallest=SMALLEST,
)
def pen(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Sequential:
    """Reads digits drawn with a mouse or a pen.

    The first block is one wide kernel, normalised after pooling: at 28 x 28 pixels a further convolution would cost as
    much as all of the next block, and normalising before pooling takes a quarter of a training step.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers

    check_size("pen", input_shape, SMALLEST)
    blocks: list[keras.layers.Layer] = [
        layers.Conv2D(32, 5, padding="same", activation="relu", name="block1_conv"),
        layers.MaxPooling2D(2, name="block1_pool"),
        layers.BatchNormalization(name="block1_norm"),
        layers.Dropout(0.2, name="block1_drop"),
    ]
    for number, convolutions in enumerate(BLOCKS, start=2):
        for place, kernels in enumerate(convolutions, start=1):
            blocks += [
                layers.Conv2D(kernels, 3, padding="same", use_bias=False, name=f"block{number}_conv{place}"),
                layers.BatchNormalization(name=f"block{number}_norm{place}"),
                layers.Activation("relu", name=f"block{number}_relu{place}"),
            ]
        blocks += [layers.MaxPooling2D(2, name=f"block{number}_pool"), layers.Dropout(0.2, name=f"block{number}_drop")]
    return Sequential(
        [
            Input(input_shape, name="drawing"),
            *blocks,  # 14 x 14 x 32, 7 x 7 x 64, 3 x 3 x 128
            layers.Flatten(name="flatten"),  # 1152
            layers.Dense(128, activation="relu", name="fc1"),
            layers.Dropout(0.4, name="fc1_drop"),
            layers.Dense(classes, activation="softmax", name="answer"),
        ],
        name="pen",
    )
