"""The pieces that networks are made of: convolutions with their normalisation, and blocks with branches.

A block is a functional model nested in the Sequential: it is saved, loaded and opened by plain Keras without classes
of this project, and its layers have the block's name before their own ("inception_3a/branch2_conv1").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Tensor = Any
Shape = tuple[int, ...]
Block = Callable[[Shape], "keras.Model"]
MOMENTUM = 0.9
"""Momentum of the moving averages. With Keras's own 0.99 they follow the training hundreds of steps behind."""


def sequential(
    name: str, input_shape: Shape, pieces: Iterable[keras.Layer | Block], *, input_name: str = "picture"
) -> keras.Sequential:
    """A Sequential of layers and blocks.

    Args:
        name: of the network.
        input_shape: (height, width, channels).
        pieces: layers, and blocks that are made once the shape that arrives at them is known.
        input_name: of the input.
    """
    from keras import Input, Layer, Sequential

    made: list[keras.Layer] = []
    shape: tuple[int | None, ...] = (None, *input_shape)
    for piece in pieces:
        layer = piece if isinstance(piece, Layer) else piece(tuple(size or 1 for size in shape[1:]))
        shape = layer.compute_output_shape(shape) if isinstance(piece, Layer) else layer.output_shape
        made.append(layer)
    return Sequential([Input(input_shape, name=input_name), *made], name=name)


def block(name: str, compute: Callable[[Tensor], Tensor]) -> Block:
    """A block whose output is ``compute`` of its input, both (batch, height, width, channels)."""

    def make(shape: Shape) -> keras.Model:
        from keras import Input, Model

        x = Input(shape, name="input")
        return Model(x, compute(x), name=name)

    return make


def conv_norm_relu(
    filters: int,
    kernel: int | tuple[int, int],
    stage: str,
    number: str = "",
    *,
    strides: int = 1,
    padding: str = "same",
    use_bias: bool = False,
    scale: bool = True,
    epsilon: float = 1e-3,
    relu: bool = True,
) -> tuple[keras.Layer, ...]:
    """A convolution, its batch normalisation and ReLU: ``{stage}_conv{number}``, ``_norm{number}``, ``_relu{number}``.

    Args:
        filters: how many maps it gives.
        kernel: (height, width) of the kernel, or its side.
        stage: begins the names.
        number: ends them.
        strides: of the convolution.
        padding: "same" or "valid".
        use_bias: whether the convolution has a bias; the normalisation's offset makes one superfluous.
        scale: whether the normalisation has a factor.
        epsilon: is added to the variance.
        relu: False leaves ReLU out.
    """
    from keras import layers

    made: tuple[keras.Layer, ...] = (
        layers.Conv2D(
            filters,
            kernel,
            strides=strides,
            padding=padding,
            use_bias=use_bias,
            kernel_initializer="he_normal",
            name=f"{stage}_conv{number}",
        ),
        layers.BatchNormalization(scale=scale, epsilon=epsilon, momentum=MOMENTUM, name=f"{stage}_norm{number}"),
    )
    return (*made, layers.Activation("relu", name=f"{stage}_relu{number}")) if relu else made


def applied(pieces: Iterable[keras.Layer], x: Tensor) -> Tensor:
    """The layers one after another, as they stand in a Sequential."""
    for layer in pieces:
        x = layer(x)
    return x
