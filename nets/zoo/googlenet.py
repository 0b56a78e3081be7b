"""GoogLeNet: the first Inception, which won ImageNet in 2014 with a ninth of AlexNet's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.zoo.branches import Branch, Conv, Pool, inception
from nets.zoo.registry import SIZES, check_size, picture, register
from nets.zoo.stages import Block, sequential

if TYPE_CHECKING:
    import keras

SMALLEST = 32  # five halvings
# (1x1; 3x3 reduce, 3x3; 5x5 reduce, 5x5; pool projection) of each module; None: pooling.
MODULES: dict[str, tuple[int, int, int, int, int, int] | None] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "pool3": None,
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "pool4": None,
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


@register(
    title="GoogLeNet",
    paper="Szegedy et al. 2014, Going deeper with convolutions, arXiv:1409.4842",
    parameters=6_998_552,
    input=picture(224),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    family="Inception",
)
def googlenet(
    input_shape: tuple[int, int, int] = (224, 224, 3), classes: int = 1000, *, divide: int = 1, name: str = "googlenet"
) -> keras.Sequential:
    """Nine modules, each of four branches: 1x1, 3x3 and 5x5 kernels and pooling side by side; the first Inception.

    The two auxiliary answers, which helped its training only, and the normalisation of its stem are left out.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        divide: every width is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import layers

    check_size(name, input_shape, SMALLEST)

    def conv(row: Conv, stage: str, number: str) -> Sequence[keras.Layer]:
        place = f"{stage}_conv{number}" if stage else f"conv{number}"
        options = {"strides": row.strides, "padding": "same", "activation": "relu", "name": place}
        return [layers.Conv2D(row.filters // divide, row.kernel, kernel_initializer="he_normal", **options)]

    def pool(place: str) -> keras.Layer:
        return layers.MaxPooling2D(3, strides=2, padding="same", name=place)

    pieces: list[keras.Layer | Block] = [
        *conv(Conv(64, 7, strides=2), "", "1"),
        pool("pool1"),
        *conv(Conv(64, 1), "", "2_reduce"),
        *conv(Conv(192, 3), "", "2"),
        pool("pool2"),
    ]  # at 224 x 224: 28 x 28 x 192
    for place, numbers in MODULES.items():
        if numbers is None:
            pieces.append(pool(place))
        else:
            pieces.append(inception(f"inception_{place}", _branches(*numbers), conv))
    pieces += [
        layers.GlobalAveragePooling2D(name="average"),  # 1024
        layers.Dropout(0.4, name="drop"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


def _branches(one: int, reduce3: int, three: int, reduce5: int, five: int, projection: int) -> tuple[Branch, ...]:
    return (
        (Conv(one),),
        (Conv(reduce3), Conv(three, 3)),
        (Conv(reduce5), Conv(five, 5)),
        (Pool("max"), Conv(projection)),
    )
