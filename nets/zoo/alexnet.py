"""AlexNet: the network that won ImageNet in 2012, and the smaller ones that are derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.lrn import local_response_norm
from nets.zoo.registry import check_size, picture, register
from nets.zoo.stages import Block, sequential

if TYPE_CHECKING:
    import keras

PAPER = "Krizhevsky, Sutskever, Hinton 2012, ImageNet classification with deep convolutional neural networks"
ONE_TOWER = "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks, arXiv:1404.5997"
WIDE = (96, 256, 384, 384, 256)  # filters of the paper, both towers together


def alexnet(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    filters: tuple[int, ...] = (64, 192, 384, 256, 256),
    pad: int = 2,
    lrn: bool = False,
    dense: int = 2,
    divide: int = 1,
    name: str = "alexnet",
) -> keras.Sequential:
    """AlexNet with one tower: five convolutions, overlapping pooling, two dense layers with dropout.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        filters: of each convolution; pooling follows the first, the second and the last.
        pad: pixels of zeros around the picture.
        lrn: whether local response normalisation follows the first two convolutions.
        dense: how many dense layers stand before the answer.
        divide: every width is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import layers

    check_size(name, input_shape, 67 - 2 * pad)
    pieces: list[keras.Layer | Block] = [layers.ZeroPadding2D(pad, name="pad1")] if pad else []
    for number, count in enumerate(filters, start=1):
        side, stride = {1: (11, 4), 2: (5, 1)}.get(number, (3, 1))
        pieces.append(
            layers.Conv2D(
                count // divide,
                side,
                strides=stride,
                padding="valid" if number == 1 else "same",
                activation="relu",
                kernel_initializer="he_normal",
                name=f"conv{number}",
            )
        )
        if lrn and number <= 2:
            pieces.append(local_response_norm(f"lrn{number}"))
        if number in (1, 2, len(filters)):
            pieces.append(layers.MaxPooling2D(3, strides=2, name=f"pool{number}"))
    # At 224 x 224: 55 x 55 x 64, 27 x 27 x 192, 13 x 13 x 256, then 6 x 6 x 256.
    pieces.append(layers.Flatten(name="flatten"))
    for number in range(1, dense + 1):
        pieces += [
            layers.Dropout(0.5, name=f"drop{number}"),
            layers.Dense(4096 // divide, activation="relu", kernel_initializer="he_normal", name=f"fc{number}"),
        ]
    pieces.append(layers.Dense(classes, activation="softmax", name="answer"))
    return sequential(name, input_shape, pieces)


register(
    name="alexnet",
    title="AlexNet",
    paper=ONE_TOWER,
    parameters=61_100_840,
    input=picture(224),
    classes=1000,
    smallest=63,
    sizes=(224, 96),
)(alexnet)
register(
    name="alexnet_lrn",
    title="AlexNet (2012)",
    family="AlexNet",
    paper=PAPER,
    parameters=62_378_344,
    input=picture(227),
    classes=1000,
    smallest=67,
    sizes=(227, 99),
    about="AlexNet as published: 96 first kernels, local response normalisation, overlapping pooling.",
    pad=0,
    filters=WIDE,
    lrn=True,
)(alexnet)
# (name, title, parameters, what distinguishes it, filters, dense layers)
for _name, _title, _parameters, _about, _filters, _dense in (
    (
        "alexnet_gray",
        "AlexNet, grey",
        46_764_746,
        "AlexNet without local response normalisation, for grey pictures of ten classes.",
        WIDE,
        2,
    ),
    (
        "alexnet_gray_one_dense",
        "AlexNet, grey, one dense layer",
        29_983_434,
        "The grey AlexNet without its second dense layer of 4096 units.",
        WIDE,
        1,
    ),
    (
        "alexnet_gray_short",
        "AlexNet, grey, one dense layer, four convolutions",
        28_655_946,
        "The grey AlexNet without its second dense layer and its convolution from 384 to 384 maps.",
        (96, 256, 384, 256),
        1,
    ),
):
    register(
        name=_name,
        title=_title,
        family="AlexNet",
        paper=PAPER,
        parameters=_parameters,
        input=picture(224, 1),
        smallest=67,
        sizes=(224, 96),
        about=_about,
        pad=0,
        filters=_filters,
        dense=_dense,
    )(alexnet)
