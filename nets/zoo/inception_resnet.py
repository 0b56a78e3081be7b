"""Inception-ResNet v2: Inception's branches as what is added to the maps that pass by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.zoo.branches import Branch, Conv, Pool, inception, joined
from nets.zoo.inception_v3 import SIZES, SMALLEST, stem
from nets.zoo.inception_v4 import PAPER
from nets.zoo.registry import check_size, picture, register
from nets.zoo.stages import Block, Tensor, block, conv_norm_relu, sequential

if TYPE_CHECKING:
    import keras

    from nets.zoo.branches import ConvMaker

MIXED_5B: tuple[Branch, ...] = (
    (Conv(96),),
    (Conv(48), Conv(64, 5)),
    (Conv(64), Conv(96, 3), Conv(96, 3)),
    (Pool(), Conv(64)),
)
MIXED_6A: tuple[Branch, ...] = (
    (Conv(384, 3, 2, "valid"),),
    (Conv(256), Conv(256, 3), Conv(384, 3, 2, "valid")),
    (Pool("max", 2, "valid"),),
)
MIXED_7A: tuple[Branch, ...] = (
    (Conv(256), Conv(384, 3, 2, "valid")),
    (Conv(256), Conv(288, 3, 2, "valid")),
    (Conv(256), Conv(288, 3), Conv(320, 3, 2, "valid")),
    (Pool("max", 2, "valid"),),
)
BLOCK35: tuple[Branch, ...] = ((Conv(32),), (Conv(32), Conv(32, 3)), (Conv(32), Conv(48, 3), Conv(64, 3)))
BLOCK17: tuple[Branch, ...] = ((Conv(192),), (Conv(128), Conv(160, (1, 7)), Conv(192, (7, 1))))
BLOCK8: tuple[Branch, ...] = ((Conv(192),), (Conv(192), Conv(224, (1, 3)), Conv(256, (3, 1))))


@register(
    title="Inception-ResNet v2",
    paper=PAPER,
    parameters=55_873_736,
    input=picture(299),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    family="Inception",
)
def inception_resnet_v2(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    repeats: tuple[int, int, int] = (10, 20, 10),
    divide: int = 1,
    name: str = "inception_resnet_v2",
) -> keras.Sequential:
    """Forty blocks whose Inception branches are scaled down and added to their input; layer for layer Keras's.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        repeats: how often each of the three kinds of residual block stands.
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

    a, b, c = repeats
    pieces: list[keras.Layer | Block] = [*stem(conv), inception("mixed_5b", MIXED_5B, conv)]  # 35 x 35 x 320
    pieces += [residual(f"block35_{number}", BLOCK35, 0.17, conv) for number in range(1, a + 1)]
    pieces.append(inception("mixed_6a", MIXED_6A, conv))  # 17 x 17 x 1088
    pieces += [residual(f"block17_{number}", BLOCK17, 0.1, conv) for number in range(1, b + 1)]
    pieces.append(inception("mixed_7a", MIXED_7A, conv))  # 8 x 8 x 2080
    pieces += [residual(f"block8_{number}", BLOCK8, 0.2, conv) for number in range(1, c)]
    pieces.append(residual(f"block8_{c}", BLOCK8, 1.0, conv, relu=False))
    pieces += [
        *conv(Conv(1536), "conv_7b", ""),
        layers.GlobalAveragePooling2D(name="average"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


def residual(name: str, branches: Sequence[Branch], scale: float, conv: ConvMaker, *, relu: bool = True) -> Block:
    """x + scale * (the joined branches as many maps as x has), then ReLU.

    Args:
        name: of the block.
        branches: what is joined.
        scale: of what is added to x, 0 to 1.
        conv: makes a convolution.
        relu: whether ReLU follows.
    """

    def compute(x: Tensor) -> Tensor:
        from keras import layers

        mixed = joined(x, branches, conv)
        up = layers.Conv2D(x.shape[-1], 1, padding="same", name="up")(mixed)
        scaled = layers.Rescaling(scale, name="scale")(up)
        total = layers.Add(name="add")([x, scaled])
        return layers.Activation("relu", name="relu")(total) if relu else total

    return block(name, compute)
