"""The costs of a network, computed from its layers without running it: work, memory, depth and receptive field."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nets.network.structure import Shape, Structure

if TYPE_CHECKING:
    import keras

BYTES = {"float64": 8, "int64": 8, "uint64": 8, "float32": 4, "int32": 4, "uint32": 4, "float16": 2, "bfloat16": 2}
"""Of one number; types that are not listed have one byte."""


@dataclass(frozen=True)
class NetworkCosts:
    """parameters: of the whole network; a layer that is called twice counts once.

    multiply_adds: of one image: of convolutions (also depthwise, separable, transposed and grouped) and dense layers.
        Additions of biases, poolings and activations count nothing, and neither does batch normalisation, which becomes
        part of the convolution beside it: so the field counts (AlexNet 0.7, VGG16 15.5 billion).
    weights_bytes: of all weights, the statistics of normalisations too.
    activation_bytes: of one image: its input and the output of every layer, which training keeps for the way back.
        Flattening and reshaping take none. A batch takes that many times its images.
    depth: convolutions and dense layers one after the other, on the longest way through: 16 in VGG16, 50 in ResNet50.
    receptive_field: the larger side of the input pixels that one position of the last maps depends on, away from the
        border; it can be larger than the image. 0 for a network without maps.
    end: the path of the layer that has these last maps, "" for none.
    """

    parameters: int
    multiply_adds: int
    weights_bytes: int
    activation_bytes: int
    depth: int
    receptive_field: int
    end: str


def costs_of(network: keras.Model, structure: Structure) -> NetworkCosts:
    """The costs of a built network, whether its weights have values or not.

    Args:
        network: whose weights are counted.
        structure: of the same network, at the size of input that is meant.
    """
    end = last_maps(structure)
    return NetworkCosts(
        parameters=network.count_params(),
        multiply_adds=sum(layer.multiply_adds for layer in structure.layers),
        weights_bytes=sum(math.prod(weight.shape) * BYTES.get(str(weight.dtype), 1) for weight in network.weights),
        activation_bytes=activation_bytes(structure),
        depth=depth_of(structure),
        receptive_field=max(structure.fields.size(end)) if end else 0,
        end=end,
    )


def activation_bytes(structure: Structure) -> int:
    """Bytes of the input and of every layer's output for one image, each in the type that the layer computes in."""
    graph = structure.graph
    total = _size(structure.shapes[graph.input]) * BYTES.get(graph.input_dtype, 1)
    for step in graph.steps:
        if not _only_renames(step.operation):
            total += sum(_size(structure.shapes[number]) for number in step.outputs) * _bytes(step.operation)
    return total


def depth_of(structure: Structure) -> int:
    """How many layers with a weight matrix (convolutions, dense) are on the longest path from input to output."""
    graph = structure.graph
    depths = {graph.input: 0}
    for step, layer in zip(graph.steps, structure.layers, strict=True):
        before = max((depths.get(number, 0) for number in step.inputs), default=0)
        for number in step.outputs:
            depths[number] = before + (1 if layer.multiply_adds else 0)
    return depths[graph.output]


def last_maps(structure: Structure) -> str:
    """The path of the last layer whose values have positions in the image, before a global pooling or flattening.

    "" for a network without maps. A value has positions as long as one of its inputs does.
    """
    from keras import layers

    graph = structure.graph
    placed = {graph.input}
    found = ""
    for step in graph.steps:
        pooled = isinstance(step.operation, (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D))
        has_maps = len(structure.shapes[step.outputs[0]]) == 4
        if has_maps and not pooled and placed.intersection(step.inputs):
            placed.update(step.outputs)
            found = step.path
    return found


def _only_renames(operation: Any) -> bool:
    """Whether its output is its input's memory in another shape."""
    from keras import layers

    return isinstance(operation, (layers.Flatten, layers.Reshape, layers.Identity)) or (
        type(operation).__module__.startswith("keras.src.ops") and type(operation).__name__ == "Reshape"
    )


def _bytes(operation: Any) -> int:
    """Bytes of one number of the layer's output."""
    return BYTES.get(str(getattr(operation, "compute_dtype", "float32")), 1)


def _size(shape: Shape) -> int:
    """How many numbers one image has; the first axis is the batch."""
    return math.prod(size or 1 for size in shape[1:])
