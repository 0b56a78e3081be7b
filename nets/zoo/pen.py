"""The project's own reader of hand-drawn digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo import register

if TYPE_CHECKING:
    import keras


@register(title="Pen", paper="Lenslet; blocks of two 3x3 convolutions after VGG, arXiv:1409.1556", parameters=436_650)
def pen(input_shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Sequential:
    """Reads digits drawn with a mouse or a pen.

    Input: (batch, 28, 28, 1) float32 in [0, 1]. Output: (batch, classes) probabilities.
    """
    from keras import Input, Sequential, layers

    blocks: list[keras.layers.Layer] = []
    for number, filters in enumerate((32, 64, 128), start=1):
        for half in (1, 2):
            blocks += [
                layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"block{number}_conv{half}"),
                layers.BatchNormalization(name=f"block{number}_norm{half}"),
                layers.Activation("relu", name=f"block{number}_relu{half}"),
            ]
        blocks += [layers.MaxPooling2D(2, name=f"block{number}_pool"), layers.Dropout(0.2, name=f"block{number}_drop")]
    return Sequential(
        [
            Input(input_shape, name="drawing"),
            *blocks,
            layers.Flatten(name="flatten"),
            layers.Dense(128, activation="relu", name="fc1"),
            layers.Dropout(0.4, name="fc1_drop"),
            layers.Dense(classes, activation="softmax", name="answer"),
        ],
        name="pen",
    )
