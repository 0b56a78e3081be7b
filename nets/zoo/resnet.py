"""ResNet: every block learns what to add to its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.zoo.registry import SIZES, check_size, picture, register
from nets.zoo.stages import Block, Tensor, applied, block, conv_norm_relu, sequential

if TYPE_CHECKING:
    import keras

PAPER = "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition, arXiv:1512.03385"
SMALLEST = 32  # five halvings
EPSILON = 1.001e-5  # as keras.applications has it


def resnet(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    blocks: tuple[int, ...] = (2, 2, 2, 2),
    bottleneck: bool = False,
    use_bias: bool = False,
    divide: int = 1,
    name: str = "resnet18",
) -> keras.Sequential:
    """Blocks that add what their convolutions compute to their input, in four stages of 64 to 512 maps.

    Input: (batch, height, width, channels) float32 in [0, 1]. Output: (batch, classes) probabilities.

    Args:
        input_shape: (height, width, channels).
        classes: number of outputs.
        blocks: how many blocks each stage has; every stage but the first halves height and width.
        bottleneck: whether a block is 1x1, 3x3 and 1x1 with four times the maps, not two of 3x3.
        use_bias: whether convolutions have biases; the normalisation after them makes them superfluous.
        divide: every width is divided by this number.
        name: of the network.

    Raises:
        UsageError: the input is too small.
    """
    from keras import layers

    check_size(name, input_shape, SMALLEST)
    pieces: list[keras.Layer | Block] = [
        layers.ZeroPadding2D(3, name="conv1_pad"),
        *_conv(64 // divide, 7, "conv1", strides=2, use_bias=use_bias),
        layers.ZeroPadding2D(1, name="pool1_pad"),
        layers.MaxPooling2D(3, strides=2, name="pool1"),
    ]  # at 224 x 224: 56 x 56 x 64
    made = bottleneck_block if bottleneck else basic_block
    maps = 64 // divide
    for stage, count in enumerate(blocks, start=2):
        filters = 64 * 2 ** (stage - 2) // divide
        for number in range(1, count + 1):
            strides = 2 if number == 1 and stage > 2 else 1
            out = 4 * filters if bottleneck else filters
            # A shortcut of 1x1 kernels where the shape changes.
            piece = made(filters, f"conv{stage}_block{number}", strides, use_bias, shortcut=maps != out)
            pieces.append(piece)
            maps = out
    pieces += [
        layers.GlobalAveragePooling2D(name="average"),
        layers.Dense(classes, activation="softmax", name="answer"),
    ]
    return sequential(name, input_shape, pieces)


def basic_block(filters: int, name: str, strides: int = 1, use_bias: bool = False, *, shortcut: bool = False) -> Block:
    """relu(x + norm(conv 3x3(relu(norm(conv 3x3(x)))))).

    Args:
        filters: maps of the block.
        name: of the block.
        strides: of its first convolution.
        use_bias: whether its convolutions have biases.
        shortcut: whether x goes through a convolution of 1x1 kernels with the same strides.
    """

    def compute(x: Tensor) -> Tensor:
        y = applied(_conv(filters, 3, "a", strides=strides, use_bias=use_bias), x)
        y = applied(_conv(filters, 3, "b", use_bias=use_bias, relu=False), y)
        return _sum(x, y, filters, strides, use_bias, shortcut)

    return block(name, compute)


def bottleneck_block(
    filters: int, name: str, strides: int = 1, use_bias: bool = False, *, shortcut: bool = False
) -> Block:
    """relu(x + norm(conv 1x1(relu(norm(conv 3x3(relu(norm(conv 1x1(x)))))))), with 4 * ``filters`` maps.

    Arguments as for ``basic_block``; ``filters`` are those of the first two convolutions.

    Args:
        filters: of the first two convolutions.
        name: of the block.
        strides: of the first convolution.
        use_bias: whether the convolutions have one.
        shortcut: as for ``basic_block``.
    """

    def compute(x: Tensor) -> Tensor:
        y = applied(_conv(filters, 1, "a", strides=strides, use_bias=use_bias), x)
        y = applied(_conv(filters, 3, "b", use_bias=use_bias), y)
        y = applied(_conv(4 * filters, 1, "c", use_bias=use_bias, relu=False), y)
        return _sum(x, y, 4 * filters, strides, use_bias, shortcut)

    return block(name, compute)


def _sum(x: Tensor, y: Tensor, maps: int, strides: int, use_bias: bool, shortcut: bool) -> Tensor:
    from keras import layers

    if shortcut:
        x = applied(_conv(maps, 1, "shortcut", strides=strides, use_bias=use_bias, relu=False), x)
    return layers.Activation("relu", name="relu")(layers.Add(name="add")([x, y]))


def _conv(
    filters: int, side: int, stage: str, *, strides: int = 1, use_bias: bool = False, relu: bool = True
) -> tuple[keras.Layer, ...]:
    padding = "same" if side == 3 else "valid"  # where the side is 7, zeros stand around the picture already
    return conv_norm_relu(
        filters, side, stage, strides=strides, padding=padding, use_bias=use_bias, epsilon=EPSILON, relu=relu
    )


register(
    name="resnet18",
    title="ResNet-18",
    family="ResNet",
    paper=PAPER,
    parameters=11_699_112,
    input=picture(224),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    about="Eight residual blocks of two 3x3 convolutions each: the residual idea, and nothing else.",
)(resnet)
register(
    name="resnet50",
    title="ResNet-50",
    family="ResNet",
    paper=PAPER,
    parameters=25_636_712,
    input=picture(224),
    classes=1000,
    smallest=SMALLEST,
    sizes=SIZES,
    about="Sixteen residual blocks of 1x1, 3x3 and 1x1 convolutions; layer for layer Keras's.",
    blocks=(3, 4, 6, 3),
    bottleneck=True,
    use_bias=True,
)(resnet)
