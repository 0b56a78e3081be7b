"""VGG: small kernels, one after another, from 11 layers with weights to 19."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import SIZES, check_size, picture, register
from nets.zoo.stages import MOMENTUM, Block, sequential

if TYPE_CHECKING:
    import keras

PAPER = (
    "Simonyan and Zisserman 2014, Very deep convolutional networks for large-scale image recognition, arXiv:1409.1556"
)
SMALLEST = 32  # five poolings by two
# The maps of each block's convolutions, 3x3 each; a block ends in pooling.
BLOCKS: dict[int, tuple[tuple[int, ...], ...]] = {
    11: ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    13: ((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2),
    16: ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
    19: ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
}
# (depth, the paper's letter, parameters, with batch normalisation and its moving averages)
ROWS = (
    (11, "A", 132_863_336, 132_874_344),
    (13, "B", 133_047_848, 133_059_624),
    (16, "D", 138_357_544, 138_374_440),
    (19, "E", 143_667_240, 143_689_256),
)


def vgg(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    depth: int = 16,
    batch_norm: bool = False,
    divide: int = 1,
    name: str = "vgg16",
) -> keras.Sequential:
    """Blocks of 3x3 convolutions, each halved by pooling, then two dense layers with dropout.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        depth: how many layers have weights; a key of ``BLOCKS``.
        batch_norm: whether batch normalisation follows each convolution.
        divide: every width is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import initializers, layers

    check_size(name, input_shape, SMALLEST)
    activation = "linear" if batch_norm else "relu"
    pieces: list[keras.Layer | Block] = []
    for number, block in enumerate(BLOCKS[depth], start=1):
        for place, filters in enumerate(block, start=1):
            he = initializers.VarianceScaling(2.0, mode="fan_out", distribution="untruncated_normal")
            conv = f"block{number}_conv{place}"
            pieces.append(
                layers.Conv2D(
                    filters // divide, 3, padding="same", activation=activation, kernel_initializer=he, name=conv
                )
            )
            if batch_norm:
                pieces += [
                    layers.BatchNormalization(epsilon=1e-5, momentum=MOMENTUM, name=f"block{number}_norm{place}"),
                    layers.Activation("relu", name=f"block{number}_relu{place}"),
                ]
        pieces.append(layers.MaxPooling2D(2, name=f"block{number}_pool"))
    stddev = 0.01 * divide**0.5  # narrow layers get larger weights, so that their sums are as large
    # At 224 x 224: 112 x 112 x 64, 56 x 56 x 128, 28 x 28 x 256, 14 x 14 x 512, then 7 x 7 x 512.
    pieces.append(layers.Flatten(name="flatten"))
    for number in (1, 2):
        normal = initializers.RandomNormal(stddev=stddev)
        pieces += [
            layers.Dense(4096 // divide, activation="relu", kernel_initializer=normal, name=f"fc{number}"),
            layers.Dropout(0.5, name=f"fc{number}_drop"),
        ]
    normal = initializers.RandomNormal(stddev=stddev)
    pieces.append(layers.Dense(classes, activation="softmax", kernel_initializer=normal, name="answer"))
    return sequential(name, input_shape, pieces)


for _depth, _letter, _plain, _normalised in ROWS:
    for _norm in (False, True):
        register(
            name=f"vgg{_depth}_bn" if _norm else f"vgg{_depth}",
            title=f"VGG-{_depth}, normalised" if _norm else f"VGG-{_depth}",
            family="VGG",
            paper=PAPER,
            parameters=_normalised if _norm else _plain,
            input=picture(224),
            classes=1000,
            smallest=SMALLEST,
            sizes=SIZES,
            about=(
                f"The paper's network {_letter}: {_depth - 3} convolutions of 3x3 in five blocks"
                f"{', each with batch normalisation,' if _norm else ''} and three dense layers."
            ),
            depth=_depth,
            batch_norm=_norm,
        )(vgg)

register(
    name="vgg11_gray",
    title="VGG-11, grey",
    family="VGG",
    paper=PAPER,
    parameters=128_806_154,
    input=picture(224, 1),
    smallest=SMALLEST,
    sizes=SIZES,
    about="VGG-11 for grey pictures of ten classes.",
    depth=11,
)(vgg)
register(
    name="small_vgg",
    title="Small VGG",
    family="VGG",
    paper=PAPER,
    parameters=2_018_346,
    input=picture(224, 1),
    smallest=SMALLEST,
    sizes=SIZES,
    about="VGG-11 with every width divided by eight, for grey pictures of ten classes.",
    depth=11,
    divide=8,
)(vgg)
