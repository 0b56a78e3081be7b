"""Network in Network: small dense networks at every pixel, and no dense layer at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import check_size, picture, register
from nets.zoo.stages import Block, sequential

if TYPE_CHECKING:
    import keras

SMALLEST = 67


@register(
    title="Network in Network",
    paper="Lin, Chen, Yan 2013, Network in network, arXiv:1312.4400",
    parameters=1_992_166,
    input=picture(224, 1),
    smallest=SMALLEST,
    sizes=(224, 96),
)
def nin(
    input_shape: tuple[int, int, int] = (224, 224, 1), classes: int = 10, *, divide: int = 1, name: str = "nin"
) -> keras.Sequential:
    """Every convolution is followed by two of 1x1, a small network at each pixel; the answer is an average of maps.

    The last convolution has no ReLU: its averages are the scores, and a class whose maps are zero everywhere would get
    no gradient any more (with one, a training on Fashion-MNIST stood still at a loss of ln 10).

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        divide: every width but the last is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import layers

    check_size(name, input_shape, SMALLEST)

    def conv(filters: int, side: int, place: str, **options: object) -> keras.Layer:
        kind = {"activation": "relu", "kernel_initializer": "he_normal", "padding": "same"}
        return layers.Conv2D(filters, side, name=place, **(kind | options))

    pieces: list[keras.Layer | Block] = []
    for number, (filters, side) in enumerate(((96, 11), (256, 5), (384, 3)), start=1):
        first = {"strides": 4, "padding": "valid"} if number == 1 else {}
        count = filters // divide
        pieces += [
            conv(count, side, f"block{number}_conv", **first),
            conv(count, 1, f"block{number}_mlp1"),
            conv(count, 1, f"block{number}_mlp2"),
            layers.MaxPooling2D(3, strides=2, name=f"block{number}_pool"),
        ]
    pieces += [  # at 224 x 224: 5 x 5 x 384 arrives here
        layers.Dropout(0.5, name="drop"),
        conv(classes, 3, "block4_conv"),
        conv(classes, 1, "block4_mlp1"),
        conv(classes, 1, "block4_mlp2", activation="linear"),
        layers.GlobalAveragePooling2D(name="average"),
        layers.Softmax(name="answer"),
    ]
    return sequential(name, input_shape, pieces)
