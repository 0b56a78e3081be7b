"""Whether layers can be computed for pictures of another size than the network's own.

Convolutions and poolings without padding make maps smaller, a small picture's to nothing; a layer of a fixed shape
takes one size alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nets.explain.resized import SMALLEST
from nets.network.part import part_up_to
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.model import Model


def can_take(model: Model, paths: Sequence[str], height: int, width: int) -> bool:
    """Whether every layer has at least one position for pictures of a size. Nothing is computed.

    Args:
        model: The network.
        paths: Of the layers.
        height: Of the pictures in pixels.
        width: Of the pictures in pixels.
    """
    if (height, width) == model.card.input.shape[:2]:
        return True
    graph, channels = model.graph, model.card.input.channels
    shape: tuple[int, ...]
    if len(graph.input_shape) == 4:
        shape = (1, channels, height, width) if graph.channels_first else (1, height, width, channels)
    elif len(graph.input_shape) == 3:
        shape = (1, height, width)
    else:
        return False  # rows of numbers have no other size
    part = part_up_to(graph, paths)
    try:
        shapes = part.shapes(shape)
    except (ValueError, TypeError):  # what Keras's layers raise for a shape that they do not take
        return False
    return all(0 not in shapes[part.step(path).outputs[0]] for path in paths)


def refusal_of_layers(model: Model, paths: Sequence[str], height: int, width: int) -> str:
    """Why layers cannot be computed for pictures of a size, as one sentence; "" if they can.

    Args:
        model: The network.
        paths: Of the layers.
        height: Of the pictures in pixels.
        width: Of the pictures in pixels.
    """
    failing = next((path for path in paths if not can_take(model, [path], height, width)), "")
    if not failing:
        return ""
    own = model.card.input.shape[:2]
    if not can_take(model, [failing], 2 * own[0], 2 * own[1]):
        return Text(
            "the picture has {height} × {width} pixels, and {layer} takes {own} alone: bring it to that size",
            height=height,
            width=width,
            layer=failing,
            own=" × ".join(map(str, own)),
        )
    least, most = SMALLEST, max(own)
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if can_take(model, [failing], middle, middle) else (middle + 1, most)
    return Text(
        "the picture has {height} × {width} pixels, too few for {layer}; expected {least} or more on each side",
        height=height,
        width=width,
        layer=failing,
        least=least,
    )
