"""What a network without a card receives, read off its first layers; and whether a picture can become it at all."""

from __future__ import annotations

import math
from typing import Any

from nets.data.specs import ImageInput
from nets.data.value_ranges import order_of, scale_and_offset
from nets.errors import LensletError, UsageError
from nets.network.graph import Graph
from nets.network.layers import is_augmentation
from nets.network.structure import Structure

# The size taken where a network leaves its own open, by channels: small for grey digits, ImageNet's for colour.
OPEN_SIZE = {1: 28, 3: 224}
SMALL = 64


def guess_input(graph: Graph) -> tuple[ImageInput, tuple[str, ...]]:
    """The input of a network without a card, and sentences on what was assumed.

    LensletError where no picture can become its input: several inputs, text, other than 1 or 3 channels.
    """
    notes: list[str] = []
    height, width, channels = _size(graph, notes)
    values = _values(graph, notes)
    fit = "digit" if channels == 1 and max(height, width) <= SMALL else "picture"
    if fit == "digit":
        notes.append("Taken for a reader of digits: drawings are cropped and centred as in MNIST.")
    return ImageInput(height, width, channels, fit, values), tuple(notes)


def wrong_input(graph: Graph, spec: ImageInput) -> str:
    """Why the network cannot receive what ``spec`` says; "" where it can."""
    from nets.data.prepare import FITS

    if spec.fit not in FITS:
        return f"it says fit {spec.fit!r}; there are: {', '.join(FITS)}"
    try:
        order_of(spec)
        scale_and_offset(spec)
    except UsageError as problem:
        return str(problem)
    found = _size(graph, [], spec)
    if found != spec.shape:
        return f"it says that the input is {_times(spec.shape)}, but the network takes {_times(found)}"
    return ""


def classes_of(structure: Structure) -> tuple[int, tuple[str, ...]]:
    """How many classes the network tells apart (one unit: two), and notes. LensletError for no classifier."""
    graph = structure.graph
    output = structure.shapes[graph.output][1:]
    many = [size for size in output if size is not None and size != 1]
    if len(many) > 1 or None in output:
        raise LensletError(
            f"the output of {graph.name!r} is {_times(output)}; expected one number a class: Lenslet reads classifiers"
        )
    notes: tuple[str, ...] = ()
    if graph.outputs > 1:
        notes = (f"The network has {graph.outputs} outputs; the first one is taken as its answer.",)
    return max(many[0] if many else 1, 2), notes


def _size(graph: Graph, notes: list[str], spec: ImageInput | None = None) -> tuple[int, int, int]:
    """(height, width, channels) of the picture that becomes the input; ``spec`` settles open sizes."""
    name = graph.name
    shape = graph.input_shape[1:]
    if graph.input_dtype == "string":
        raise LensletError(f"the model {name!r} reads text; Lenslet gives pictures: height × width × 1 or 3 channels")
    if _looks_up(graph):
        raise LensletError(
            f"the model {name!r} reads word or token numbers (an Embedding comes first); Lenslet gives pictures"
        )
    if len(shape) == 1 and shape[0] is not None:
        return _unfolded(shape[0], name, notes)
    if len(shape) == 2:
        shape = (*shape, 1)
    elif len(shape) == 3 and graph.channels_first:
        shape = (*shape[1:], shape[0])
        notes.append("The network keeps its channels first; pictures and maps are turned for it and shown as always.")
    if len(shape) != 3 or shape[2] is None:
        raise LensletError(
            f"the input of {name!r} is {_times(shape)}; expected a picture: height × width × 1 or 3 channels"
        )
    height, width, channels = shape
    if channels not in OPEN_SIZE:
        raise LensletError(f"the input of {name!r} has {channels} channels; pictures have 1 (grey) or 3 (colour)")
    if height is None or width is None:
        size = OPEN_SIZE[channels]
        wanted = (spec.height, spec.width) if spec else (height or size, width or size)
        notes.append(f"The network takes any size; {wanted[0]} × {wanted[1]} is used.")
        height, width = wanted
    return int(height), int(width), int(channels)


def _unfolded(count: int, name: str, notes: list[str]) -> tuple[int, int, int]:
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side >= 8 and side * side * channels == count:
            notes.append(
                f"The input is one row of {count} numbers; taken for a picture of {_times((side, side, channels))}."
            )
            return side, side, channels
    raise LensletError(f"the input of {name!r} is {count} numbers, which is no square picture; Lenslet gives pictures")


def _looks_up(graph: Graph) -> bool:
    from keras import layers

    kinds = (layers.Embedding, layers.TextVectorization, layers.StringLookup, layers.IntegerLookup, layers.Hashing)
    return any(isinstance(step.operation, kinds) and graph.input in step.inputs for step in graph.steps)


def _values(graph: Graph, notes: list[str]) -> str:
    """The range that the first layers expect: a Rescaling or Normalization at the front says that values are raw."""
    from keras import layers

    number = graph.input
    for step in graph.steps:
        if number not in step.inputs:
            continue
        operation = step.operation
        if isinstance(operation, layers.Rescaling) and _largest(operation.scale) < 0.05:
            notes.append("It rescales its input itself: values go in as 0 to 255.")
            return "byte"
        if isinstance(operation, layers.Normalization) and _largest(operation.mean) > 2:
            notes.append("It normalises its input itself: values go in as 0 to 255.")
            return "byte"
        if isinstance(operation, (layers.Rescaling, layers.Normalization)):
            break
        passing = (layers.Reshape, layers.Resizing, layers.ZeroPadding2D, layers.Permute)
        if not isinstance(operation, passing) and not is_augmentation(operation):
            break
        number = step.outputs[0]
    if graph.input_dtype.startswith(("uint", "int")):
        notes.append("Its input is whole numbers: values go in as 0 to 255.")
        return "byte"
    notes.append("Values go in as 0 to 1; a card beside the file can say otherwise.")
    return "unit"


def _largest(value: Any) -> float:
    from keras import ops

    return float(abs(ops.convert_to_numpy(value)).max())


def _times(shape: Any) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape) or "a single number"
