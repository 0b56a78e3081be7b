"""What building and running a network would take, checked before anything is allocated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError
from nets.network.files.machine import available_memory, bytes_text

if TYPE_CHECKING:
    import keras

FLOAT = 4  # bytes
SLACK = 1_000_000  # numbers that a network may have in addition to those in its file: seeds, counters
LARGEST_PASS = 2_000_000_000  # bytes of one layer's input and output; U-Net on 1024 x 1024 pixels takes 0.5 GB
OPEN = 224  # the assumed value of a size that the network leaves open

Shape = tuple[int | None, ...]  # with the axis of the batch


def check_weights(name: str, network: keras.Model, stored: int) -> None:
    """Raises LensletError if the network's layers need more numbers than the file holds.

    Args:
        name: of the file, for the message.
        network: built without values.
        stored: numbers in the file.
    """
    needed = sum(math.prod(variable.shape) for variable in network.variables)
    if needed > stored + SLACK:
        raise LensletError(
            "the layers of {name} need {needed} of weights, and the file holds {stored}; it is damaged, or made to "
            "fill the memory",
            name=name,
            needed=bytes_text(FLOAT * needed),
            stored=bytes_text(FLOAT * stored),
        )


def check_pass(name: str, network: keras.Model) -> None:
    """Raises LensletError if a layer's values for one picture take more memory than a computer has to spare."""
    most = min(LARGEST_PASS, available_memory() // 3)
    needed, layer = _largest(network)
    if needed > most:
        raise LensletError(
            "{name} needs {needed} for the values of its layer {layer!r} alone, for one picture; Lenslet computes "
            "layers up to {most} on this computer",
            name=name,
            needed=bytes_text(needed),
            layer=layer,
            most=bytes_text(most),
        )


def _largest(network: Any) -> tuple[int, str]:
    """(bytes, name) of the layer whose input and output take most memory for one picture, nested models included."""
    found, name = 0, ""
    seen: set[int] = set()
    waiting = [network]
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        waiting.extend(getattr(layer, "layers", []) or [])
        inner = getattr(layer, "layer", None)
        if inner is not None:
            waiting.append(inner)
        for node in getattr(layer, "_inbound_nodes", []):
            size = sum(_count(tensor.shape) for tensor in [*node.input_tensors, *node.output_tensors])
            size = FLOAT * (size + _between(layer, [tensor.shape for tensor in node.input_tensors]))
            if size > found:
                found, name = size, str(layer.name)
    return found, name


def _between(layer: Any, inputs: list[Shape]) -> int:
    """Numbers that a layer makes for one picture between its input and its output, and lets go of again.

    They can be many more than both: attention between all pixels, the zeros around what a dilated kernel reads, what
    a separable convolution has before its second half.
    """
    from keras import layers

    steps = 1
    while isinstance(layer, layers.TimeDistributed) and len(inputs[0]) > 2:
        steps *= _size(inputs[0][1])
        layer, inputs = layer.layer, [(None, *shape[2:]) for shape in inputs]
    plain = (layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D)
    separable = (layers.SeparableConv1D, layers.SeparableConv2D)
    if isinstance(layer, (*plain, *separable)):
        first = layer.data_format == "channels_first"
        sides = [_size(size) for size in (inputs[0][2:] if first else inputs[0][1:-1])]
        channels = _size(inputs[0][1 if first else -1])
        if layer.padding != "valid":
            sides = [
                side + (kernel - 1) * dilation
                for side, kernel, dilation in zip(sides, layer.kernel_size, layer.dilation_rate, strict=True)
            ]
        depth = layer.depth_multiplier if isinstance(layer, separable) else 1
        return steps * math.prod(sides) * channels * depth
    if isinstance(layer, layers.MultiHeadAttention | layers.GroupQueryAttention):
        heads = layer.num_heads if isinstance(layer, layers.MultiHeadAttention) else layer.num_query_heads
        return steps * heads * _pairs(inputs)
    if isinstance(layer, layers.AdditiveAttention):  # adds each two of them up before it looks at the sums
        return steps * _pairs(inputs) * _size(inputs[0][-1])
    return steps * _pairs(inputs) if isinstance(layer, layers.Attention) else 0


def _pairs(inputs: list[Shape]) -> int:
    """How many pairs of places of the query and of the value there are."""
    query, value = inputs[0], inputs[min(1, len(inputs) - 1)]
    return _count((None, *query[1:-1])) * _count((None, *value[1:-1]))


def _size(size: int | None) -> int:
    return OPEN if size is None else int(size)


def _count(shape: Shape) -> int:
    return math.prod(_size(size) for size in shape[1:])
