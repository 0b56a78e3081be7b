"""What building and running a network would take, known before anything of it is allocated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError
from nets.network.files.machine import available_memory, bytes_text

if TYPE_CHECKING:
    import keras

FLOAT = 4  # bytes
SLACK = 1_000_000  # numbers that a network may have beyond those in its file: seeds, counters
LARGEST_PASS = 2_000_000_000  # bytes of one layer's input and output; U-Net on 1024 x 1024 pixels takes 0.5 GB
OPEN = 224  # what stands for a size that the network leaves open


def check_weights(name: str, network: keras.Model, stored: int) -> None:
    """LensletError where the network's layers need more numbers than the file holds.

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
    """LensletError where a layer's values for one picture take more memory than a computer has to spare."""
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
    """(bytes, name) of the layer whose input and output take most for one picture, nested models included."""
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
            size = FLOAT * sum(_count(tensor.shape) for tensor in [*node.input_tensors, *node.output_tensors])
            if size > found:
                found, name = size, str(layer.name)
    return found, name


def _count(shape: tuple[int | None, ...]) -> int:
    return math.prod(OPEN if size is None else int(size) for size in shape[1:])
