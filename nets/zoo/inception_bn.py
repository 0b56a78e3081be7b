"""Inception with batch normalisation, the second of its line: two 3x3 kernels in place of one of 5x5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.zoo.branches import Branch, Conv, Pool, inception
from nets.zoo.registry import SIZES, check_size, picture, register
from nets.zoo.stages import Block, conv_norm_relu, sequential

if TYPE_CHECKING:
    import keras

SMALLEST = 32  # five halvings
# (1x1; 3x3 reduce, 3x3; double 3x3 reduce, double 3x3; pooling, its projection) of each module. Without 1x1 and
# projection a module halves height and width, and its pooling passes the maps on.
MODULES: dict[str, tuple[int, int, int, int, int, str, int]] = {
    "3a": (64, 64, 64, 64, 96, "average", 32),
    "3b": (64, 64, 96, 64, 96, "average", 64),
    "3c": (0, 128, 160, 64, 96, "max", 0),
    "4a": (224, 64, 96, 96, 128, "average", 128),
    "4b": (192, 96, 128, 96, 128, "average", 128),
    "4c": (160, 128, 160, 128, 160, "average", 128),
    "4d": (96, 128, 192, 160, 192, "average", 128),
    "4e": (0, 128, 192, 192, 256, "max", 0),
    "5a": (352, 192, 320, 160, 224, "average", 128),
    "5b": (352, 192, 320, 192, 224, "max", 128),
}


@register(
    title="Inception-BN",
    paper="Ioffe and Szegedy 2015, Batch normalization, arXiv:1502.03167",
    parameters=11_305_256,
    input=picture(224),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    family="Inception",
)
def inception_bn(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    divide: int = 1,
    name: str = "inception_bn",
) -> keras.Sequential:
    """Inception with batch normalisation after every convolution, and two 3x3 kernels where the first had 5x5.

    The table of the paper's appendix. Its modules 4c and 4d are given with 576 maps there, though their branches add
    up to 608, which is what is built here as everywhere. Of the 11.3 million parameters that are published, this has
    11,285,224 to train: implementations that count 11,295,240 give each of the 10,016 maps of convolutions a bias too,
    which the normalisation's offset makes superfluous.

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
        return conv_norm_relu(row.filters // divide, row.kernel, stage, number, strides=row.strides)

    def pool(place: str) -> keras.Layer:
        return layers.MaxPooling2D(3, strides=2, padding="same", name=place)

    pieces: list[keras.Layer | Block] = [
        *conv(Conv(64, 7, strides=2), "stem", "1"),
        pool("stem_pool1"),
        *conv(Conv(64, 1), "stem", "2"),
        *conv(Conv(192, 3), "stem", "3"),
        pool("stem_pool2"),
    ]  # at 224 x 224: 28 x 28 x 192
    pieces += [inception(f"inception_{place}", _branches(*row), conv) for place, row in MODULES.items()]
    pieces += [
        layers.GlobalAveragePooling2D(name="average"),  # 1024
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


def _branches(
    one: int, reduce3: int, three: int, reduce_double: int, double: int, pool: str, projection: int
) -> tuple[Branch, ...]:
    if not one:
        return (
            (Conv(reduce3), Conv(three, 3, strides=2)),
            (Conv(reduce_double), Conv(double, 3), Conv(double, 3, strides=2)),
            (Pool(pool, strides=2),),
        )
    return (
        (Conv(one),),
        (Conv(reduce3), Conv(three, 3)),
        (Conv(reduce_double), Conv(double, 3), Conv(double, 3)),
        (Pool(pool), Conv(projection)),
    )
