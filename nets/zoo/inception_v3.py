"""Inception v3: large kernels as two narrow ones, and grids that are reduced by branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.zoo.branches import Branch, Conv, ConvMaker, Fork, Pool, inception
from nets.zoo.registry import check_size, picture, register
from nets.zoo.stages import Block, conv_norm_relu, sequential

if TYPE_CHECKING:
    import keras

SMALLEST = 75
SIZES = (299, 139, 75)


def _a(projection: int) -> tuple[Branch, ...]:
    """At 35 x 35."""
    return (
        (Conv(64),),
        (Conv(48), Conv(64, 5)),
        (Conv(64), Conv(96, 3), Conv(96, 3)),
        (Pool(), Conv(projection)),
    )


def _b(maps: int) -> tuple[Branch, ...]:
    """At 17 x 17: a kernel of 7x7 as one of 1x7 and one of 7x1."""
    return (
        (Conv(192),),
        (Conv(maps), Conv(maps, (1, 7)), Conv(192, (7, 1))),
        (Conv(maps), Conv(maps, (7, 1)), Conv(maps, (1, 7)), Conv(maps, (7, 1)), Conv(192, (1, 7))),
        (Pool(), Conv(192)),
    )


_C: tuple[Branch, ...] = (  # at 8 x 8: one of 1x3 and one of 3x1 side by side
    (Conv(320),),
    (Conv(384), Fork((Conv(384, (1, 3)), Conv(384, (3, 1))))),
    (Conv(448), Conv(384, 3), Fork((Conv(384, (1, 3)), Conv(384, (3, 1))))),
    (Pool(), Conv(192)),
)
# The names are those of keras.applications, where the weights for ImageNet can be had.
MODULES: dict[str, tuple[Branch, ...]] = {
    "mixed0": _a(32),
    "mixed1": _a(64),
    "mixed2": _a(64),
    "mixed3": (
        (Conv(384, 3, 2, "valid"),),
        (Conv(64), Conv(96, 3), Conv(96, 3, 2, "valid")),
        (Pool("max", 2, "valid"),),
    ),
    "mixed4": _b(128),
    "mixed5": _b(160),
    "mixed6": _b(160),
    "mixed7": _b(192),
    "mixed8": (
        (Conv(192), Conv(320, 3, 2, "valid")),
        (Conv(192), Conv(192, (1, 7)), Conv(192, (7, 1)), Conv(192, 3, 2, "valid")),
        (Pool("max", 2, "valid"),),
    ),
    "mixed9": _C,
    "mixed10": _C,
}


@register(
    title="Inception v3",
    paper="Szegedy et al. 2015, Rethinking the Inception architecture for computer vision, arXiv:1512.00567",
    parameters=23_851_784,
    input=picture(299),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    family="Inception",
)
def inception_v3(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    divide: int = 1,
    name: str = "inception_v3",
) -> keras.Sequential:
    """Inception with 7x7 kernels as 1x7 and 7x1, and with branches that halve the size; layer for layer Keras's.

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
        return conv_norm_relu(
            row.filters // divide, row.kernel, stage, number, strides=row.strides, padding=row.padding, scale=False
        )

    pieces: list[keras.Layer | Block] = [*stem(conv)]  # at 299 x 299: 35 x 35 x 192
    pieces += [inception(place, branches, conv) for place, branches in MODULES.items()]  # to 8 x 8 x 2048
    pieces += [
        layers.GlobalAveragePooling2D(name="average"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


def stem(conv: ConvMaker) -> list[keras.Layer]:
    """What comes before the first module, here and in Inception-ResNet v2: from 299 x 299 to 35 x 35 x 192."""
    from keras import layers

    return [
        *conv(Conv(32, 3, 2, "valid"), "stem", "1"),
        *conv(Conv(32, 3, 1, "valid"), "stem", "2"),
        *conv(Conv(64, 3), "stem", "3"),
        layers.MaxPooling2D(3, strides=2, name="stem_pool1"),
        *conv(Conv(80, 1, 1, "valid"), "stem", "4"),
        *conv(Conv(192, 3, 1, "valid"), "stem", "5"),
        layers.MaxPooling2D(3, strides=2, name="stem_pool2"),
    ]
