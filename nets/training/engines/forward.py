"""A network's forward pass for training, as a function of its weights.

Layers that ``blocks`` computes faster are computed there, the others by Keras itself. The model and its layers are not
changed: only training uses this pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nets.training.engines.blocks import out_size, pooled_convolution
from nets.training.engines.fused import fused_norms
from nets.training.engines.strided import safe_strides
from nets.training.freezing import Parts, nodes_of

if TYPE_CHECKING:
    import keras

Tensor = Any


@dataclass(frozen=True, eq=False)
class Values:
    """The tensors that replace a model's variables while a step is computed, by the variable's id."""

    tensors: dict[int, Tensor]

    @classmethod
    def of(cls, network: keras.Model, trainable: list[Tensor], others: list[Tensor]) -> Values:
        variables = [*network.trainable_variables, *network.non_trainable_variables]
        return cls({id(v): t for v, t in zip(variables, [*trainable, *others], strict=True)})

    def __getitem__(self, variable: Any) -> Tensor:
        return self.tensors[id(variable)]

    def __setitem__(self, variable: Any, tensor: Tensor) -> None:
        self.tensors[id(variable)] = tensor


LARGEST_PATCHES = 30_000  # numbers in the patches of one image

Piece = Callable[[Values, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Forward:
    """``pieces`` in order. logits: they end before the softmax. plain: no piece needs Keras, so that XLA is worth
    while.
    """

    network: keras.Model
    pieces: tuple[Piece, ...]
    logits: bool
    plain: bool

    def __call__(self, trainable: list[Tensor], others: list[Tensor], x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The outputs for x (N, H, W, C) in training mode, and the new values of the variables without gradient."""
        values = Values.of(self.network, trainable, others)
        for piece in self.pieces:
            x = piece(values, x)
        return x, [values[v] for v in self.network.non_trainable_variables]


def build_forward(network: keras.Model, *, faster: bool = True) -> Forward:
    """The forward pass of ``network``.

    Args:
        network: the network to train.
        faster: whether layers that ``blocks`` computes faster on a CPU are computed so; False leaves all of them to
            Keras, but for a softmax at the end, whose loss is more exact when it is computed from the logits.
    """
    import keras

    if not isinstance(network, keras.Sequential):
        return Forward(network, (_keras_piece(network),), logits=False, plain=False)
    layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
    pieces: list[Piece] = []
    plain, images_last, logits = True, False, False
    while layers:
        layer, following = layers[0], layers[1] if len(layers) > 1 else None
        known = faster and layer.compute_dtype == "float32"
        if known and following is not None and _is_block(layer, following):
            if not images_last:
                pieces.append(_turn)
            images_last = True
            pieces.append(_block_piece(layer))
            layers = layers[2:]
            continue
        if images_last:
            pieces.append(_turn)
            images_last = False
        if known and type(layer) is keras.layers.Flatten and layer.data_format == "channels_last":
            pieces.append(_flatten)
        elif following is None and layer.compute_dtype == "float32" and _is_softmax(layer):
            pieces.append(_dense_piece(layer, logits=True))
            logits = True
        elif known and _is_dense(layer):
            pieces.append(_dense_piece(layer, logits=False))
        else:
            pieces.append(_keras_piece(layer))
            plain = False
        layers = layers[1:]
    return Forward(network, tuple(pieces), logits, plain)


def forward_of_parts(network: keras.Model, parts: Parts | None) -> Forward:
    """The forward pass of a network that ends in a dense softmax, with its frozen part computed as in inference.

    Args:
        network: the network, or the part of it that learns.
        parts: the network in two, where a part of it is frozen.
    """
    import keras

    learning = parts.learning if parts else network
    pieces = [_keras_piece(parts.features, training=False)] if parts else []
    last = nodes_of(learning)[-1]
    (value,) = last.input_tensors
    if value is not learning.inputs[0]:
        pieces.append(_keras_piece(keras.Model(learning.inputs[0], value)))
    pieces.append(_dense_piece(last.operation, logits=True))
    return Forward(network, tuple(pieces), logits=True, plain=False)


def _is_block(layer: Any, following: Any) -> bool:
    from keras import layers

    if type(layer) is not layers.Conv2D or type(following) is not layers.MaxPooling2D:
        return False
    side = layer.kernel_size[0]
    return (
        layer.kernel_size == (side, side)
        and layer.padding in ("same", "valid")
        and tuple(layer.strides) == tuple(layer.dilation_rate) == (1, 1)
        and layer.groups == 1
        and layer.data_format == following.data_format == "channels_last"
        and tuple(following.pool_size) == tuple(following.strides) == (2, 2)
        and following.padding == "valid"
        and _activation(layer) is not None
        and min(out_size(size, side, layer.padding) for size in layer.input.shape[1:3]) >= 1
        and _has_few_patches(layer, side)
    )


def _has_few_patches(layer: Any, side: int) -> bool:
    """Whether the matrix of an image's patches is small; making a large one costs more than it saves.

    Measured for a step of ``small_vgg`` at 96 x 96, whose two blocks have 36,864 and 73,728 numbers: 125 ms this way,
    62 by Keras. LeNet's have 7,056 and 5,400.
    """
    height, width, channels = layer.input.shape[1:]
    return (side // 2 + 1) ** 2 * channels * height * width <= LARGEST_PATCHES


def _is_dense(layer: Any) -> bool:
    from keras import activations, layers

    known = _activation(layer) is not None or getattr(layer, "activation", None) is activations.softmax
    return type(layer) is layers.Dense and known and len(layer.input.shape) == 2


def _is_softmax(layer: Any) -> bool:
    from keras import activations

    return _is_dense(layer) and layer.activation is activations.softmax


def _activation(layer: Any) -> Callable[[Tensor], Tensor] | None:
    """The layer's activation, if it is one that never falls: only then can it be exchanged with the pooling."""
    from keras import activations, ops

    rising: dict[Any, Callable[[Tensor], Tensor]] = {
        activations.relu: ops.relu,
        activations.tanh: ops.tanh,
        activations.sigmoid: ops.sigmoid,
        activations.linear: lambda x: x,
    }
    return rising.get(getattr(layer, "activation", None))


def _turn(values: Values, x: Tensor) -> Tensor:
    """(N, H, W, C) to (C, H, W, N), and back."""
    import tensorflow as tf

    return tf.transpose(x, [3, 1, 2, 0])


def _flatten(values: Values, x: Tensor) -> Tensor:
    import math

    import tensorflow as tf

    return tf.reshape(x, [-1, math.prod(x.shape[1:])])


def _block_piece(layer: Any) -> Piece:
    activation = _activation(layer)
    assert activation is not None

    def piece(values: Values, x: Tensor) -> Tensor:
        x = pooled_convolution(x, values[layer.kernel], layer.padding)
        if layer.use_bias:
            x += values[layer.bias][:, None, None, None]
        return activation(x)

    return piece


def _dense_piece(layer: Any, *, logits: bool) -> Piece:
    def piece(values: Values, x: Tensor) -> Tensor:
        from keras import ops

        x = ops.matmul(x, values[layer.kernel])
        if layer.use_bias:
            x += values[layer.bias]
        if logits:
            return x
        activation = _activation(layer) or ops.softmax
        return activation(x)

    return piece


def _keras_piece(layer: Any, *, training: bool = True) -> Piece:
    def piece(values: Values, x: Tensor) -> Tensor:
        import keras

        with (
            safe_strides(layer),
            fused_norms(layer),
            keras.StatelessScope(state_mapping=[(v, values[v]) for v in layer.variables]) as scope,
        ):
            x = layer(x, training=training)
        for variable in layer.non_trainable_variables:
            values[variable] = scope.get_current_value(variable)
        return x

    return piece
