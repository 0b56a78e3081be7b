"""The project's own reader of hand-drawn digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo import register

if TYPE_CHECKING:
    import keras

# Convolutions of each block as (kernels, side). The first block is one wide kernel: at 28 x 28 pixels every further
# convolution would cost as much as all of the next block.
BLOCKS = (((32, 5),), ((64, 3), (64, 3)), ((128, 3), (128, 3)))


@register(title="Pen", paper="Lenslet; blocks of 3x3 convolutions after VGG, arXiv:1409.1556", parameters=427_818)
def pen(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Sequential:
    """Reads digits drawn with a mouse or a pen.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers

    blocks: list[keras.layers.Layer] = []
    for number, convolutions in enumerate(BLOCKS, start=1):
        for place, (kernels, side) in enumerate(convolutions, start=1):
            blocks += [
                layers.Conv2D(kernels, side, padding="same", use_bias=False, name=f"block{number}_conv{place}"),
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
