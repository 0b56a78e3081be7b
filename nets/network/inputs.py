"""What a network without a card receives, judged by its first layers; and whether a picture can become its input at
all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nets.data.specs import ImageInput
from nets.data.value_ranges import order_of, scale_and_offset
from nets.errors import LensletError, UsageError
from nets.network.graph import Graph
from nets.network.layers import is_augmentation, is_recurrent
from nets.text import Text

# The size that is assumed if a network leaves its own open, by channels: small for grey digits, ImageNet's for colour.
OPEN_SIZE = {1: 28, 3: 224}
SMALL = 64
LARGEST = 4096  # pixels of a side
SMALLEST_SIDE = 8  # smallest side of a picture that is given as a row of numbers
# Operations of keras.ops that compute each number of their result from the same pixel.
ARITHMETIC = ("Add", "Cast", "Divide", "Flip", "GetItem", "Multiply", "Negative", "Stack", "Subtract", "TrueDivide")
TRIED = 64  # pixels of a side on which arithmetic is tried
# Multiplying by less, or an input beyond this that becomes 0, belongs to values of 0 to 255.
BYTE_SLOPE, BYTE_ZERO = 0.05, 2.0


@dataclass(frozen=True)
class InputGuess:
    """What a network receives, as far as it is known.

    known: the names of the fields of ``input`` that the network or a card decides; the others have the most usual
    value. notes: sentences about assumptions.
    """

    input: ImageInput
    known: frozenset[str]
    notes: tuple[str, ...]


def guess_input(graph: Graph, said: Mapping[str, Any] | None = None) -> InputGuess:
    """The input of a network, judged by its shape and its first layers.

    Args:
        graph: the network's.
        said: the fields of ``ImageInput`` that a card or the person gives; ``wrong_input`` found them right.

    Raises:
        LensletError: no picture can become its input: text, or other than 1 or 3 channels.
    """
    said = dict(said or {})
    notes: list[str] = []
    height, width, channels = _size(graph, notes, said)
    sizes = {"height": height, "width": width, "channels": channels}
    known = {*said, *sizes}
    if "range" not in said and (range_ := _range(graph, notes)):
        said["range"] = range_
        known.add("range")
    usual = "digit" if channels == 1 and max(height, width) <= SMALL else "picture"
    if max(height, width) > SMALL:
        known.add("fit")
    return InputGuess(ImageInput(**({"fit": usual} | said | sizes)), frozenset(known), tuple(notes))


def wrong_input(graph: Graph, said: Mapping[str, Any]) -> str:
    """Why the network cannot receive an input with the fields ``said`` of ``ImageInput``; "" if it can."""
    from nets.data.prepare import FITS, POLARITIES

    height, width, channels = _size(graph, [], said)
    found = {"height": height, "width": width, "channels": channels}
    input = ImageInput(**(found | dict(said)))
    if input.fit not in FITS:
        return Text("it says fit {fit!r}; there are: {known}", fit=input.fit, known=", ".join(FITS))
    if input.polarity not in ("", *POLARITIES):
        return Text(
            "it says polarity {polarity!r}; there are: {known}", polarity=input.polarity, known=", ".join(POLARITIES)
        )
    try:
        order_of(input)
        scale_and_offset(input)
    except UsageError as problem:
        return str(problem)
    if input.shape != (height, width, channels):
        return Text(
            "it says that the input is {shape}, but the network takes {values}",
            shape=_times(input.shape),
            values=_times(found.values()),
        )
    if not 0 < max(height, width) <= LARGEST:
        return Text(
            "it says that the input is {shape}; expected sides from 1 to {largest}",
            shape=_times(input.shape),
            largest=LARGEST,
        )
    return ""


def _size(graph: Graph, notes: list[str], said: Mapping[str, Any]) -> tuple[int, int, int]:
    """(height, width, channels) of the picture that becomes the input; ``said`` decides sizes that the network leaves
    open.
    """
    name = graph.name
    shape = graph.input_shape[1:]
    if graph.input_dtype == "string":
        raise LensletError(
            "the model {name!r} reads text; Lenslet gives pictures: height × width × 1 or 3 channels", name=name
        )
    if _looks_up(graph):
        raise LensletError(
            "the model {name!r} reads word or token numbers (an Embedding comes first); Lenslet gives pictures",
            name=name,
        )
    if len(shape) == 1 and shape[0] is not None:
        return _unfolded(shape[0], name, notes)
    if len(shape) == 2 and any(is_recurrent(step.operation) for step in graph.steps):
        shape = _sequence(shape, name, notes)
    elif len(shape) == 2:
        shape = (*shape, 1)
    elif len(shape) == 3 and graph.channels_first:
        shape = (*shape[1:], shape[0])
        notes.append(
            Text("The network keeps its channels first; pictures and maps are turned for it and shown as always.")
        )
    if len(shape) != 3 or shape[2] is None:
        raise LensletError(
            "the input of {name!r} is {shape}; expected a picture: height × width × 1 or 3 channels",
            name=name,
            shape=_times(shape),
        )
    height, width, channels = shape
    if channels not in OPEN_SIZE:
        raise LensletError(
            "the input of {name!r} has {channels} channels; pictures have 1 (grey) or 3 (colour)",
            name=name,
            channels=channels,
        )
    if height is None or width is None:
        size = OPEN_SIZE[channels]
        wanted = said.get("height", height or size), said.get("width", width or size)
        notes.append(Text("The network takes any size; {height} × {width} is used.", height=wanted[0], width=wanted[1]))
        height, width = wanted
    return int(height), int(width), int(channels)


def _sequence(shape: tuple[int | None, ...], name: str, notes: list[str]) -> tuple[int | None, ...]:
    """A picture read row by row is accepted as a sequence; no picture can become any other sequence."""
    steps, numbers = shape
    sides = sorted((steps or 0, numbers or 0))
    if sides[0] < SMALLEST_SIDE or sides[1] > 2 * sides[0]:
        raise LensletError(
            "the model {name!r} reads a sequence: {steps} steps of {numbers} numbers; Lenslet gives pictures: height "
            "× width × 1 or 3 channels",
            name=name,
            steps="any number of" if steps is None else steps,
            numbers=numbers,
        )
    notes.append(
        Text(
            "It reads a sequence: the {steps} rows of the picture one after another, {numbers} numbers each.",
            steps=steps,
            numbers=numbers,
        )
    )
    return steps, numbers, 1


def _unfolded(count: int, name: str, notes: list[str]) -> tuple[int, int, int]:
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side >= SMALLEST_SIDE and side * side * channels == count:
            notes.append(
                Text(
                    "The input is one row of {count} numbers; taken for a picture of {shape}.",
                    count=count,
                    shape=_times((side, side, channels)),
                )
            )
            return side, side, channels
    raise LensletError(
        "the input of {name!r} is {count} numbers, which is no square picture; Lenslet gives pictures",
        name=name,
        count=count,
    )


def _looks_up(graph: Graph) -> bool:
    from keras import layers

    kinds = (layers.Embedding, layers.TextVectorization, layers.StringLookup, layers.IntegerLookup, layers.Hashing)
    return any(isinstance(step.operation, kinds) and graph.input in step.inputs for step in graph.steps)


def _range(graph: Graph, notes: list[str]) -> str:
    """The range that the first layers expect, "" if they do not tell. Arithmetic at the front tells: a Rescaling, a
    Normalization, or operations such as those of ``keras.applications``' ``preprocess_input``.
    """
    from keras import layers

    number = graph.input
    for step in graph.steps:
        if number not in step.inputs:
            continue
        operation = step.operation
        if _is_arithmetic(operation) and (found := _slope_and_zero(graph, number)):
            slope, zero = found
            if slope < BYTE_SLOPE or abs(zero) > BYTE_ZERO:
                normalises = isinstance(operation, layers.Normalization)
                words = Text("It normalises its input itself: values go in as 0 to 255.")
                notes.append(words if normalises else Text("It rescales its input itself: values go in as 0 to 255."))
                return "byte"
            if (slope, zero) != (1, 0):
                notes.append(Text("It changes the range of its input itself: values go in as 0 to 1."))
                return "unit"
        passing = (layers.Reshape, layers.Resizing, layers.ZeroPadding2D, layers.Permute)
        if not isinstance(operation, passing) and not is_augmentation(operation):
            break
        number = step.outputs[0]
    if graph.input_dtype.startswith(("uint", "int")):
        notes.append(Text("Its input is whole numbers: values go in as 0 to 255."))
        return "byte"
    return ""


def _is_arithmetic(operation: Any) -> bool:
    """Whether it computes each number of its result from the same pixel."""
    import keras

    if isinstance(operation, keras.Layer):
        return isinstance(operation, keras.layers.Rescaling | keras.layers.Normalization)
    return type(operation).__name__ in ARITHMETIC


def _slope_and_zero(graph: Graph, number: int) -> tuple[float, float] | None:
    """How much the arithmetic behind the value ``number`` multiplies it, and from where: the value that becomes 0.

    Of several channels the largest of each counts. None if what is computed there does not end in one value.
    """
    from keras import ops

    known, steps, ends = {number}, [], set()
    for step in graph.steps:
        if step.inputs and known.issuperset(step.inputs) and _is_arithmetic(step.operation):
            steps.append(step)
            known.update(step.outputs)
        else:
            ends.update(known.intersection(step.inputs))
    if len(ends) != 1 or number in ends:
        return None
    part = replace(graph, steps=tuple(steps), input=number, output=ends.pop())
    shape = [1, *(min(size or TRIED, TRIED) for size in graph.input_shape[1:])]
    try:
        first, last = (
            ops.convert_to_numpy(part.run(ops.full(shape, value, dtype=graph.input_dtype))[1]) for value in (0, 1)
        )
    except Exception:  # a part of the picture, or of another one, is computed with
        return None
    slopes = last.astype(float) - first
    if not slopes.size or not abs(slopes).min() > 0:
        return None
    return float(abs(slopes).max()), float(abs(first / slopes).max())


def _times(shape: Any) -> str:
    return " × ".join("?" if size is None else str(size) for size in shape) or "a single number"
