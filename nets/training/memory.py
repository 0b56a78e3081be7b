"""How much memory a training takes, estimated from shapes before anything is built."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from nets import zoo
from nets.data.specs import ImageInput
from nets.errors import LensletError
from nets.network.files.machine import available_memory, bytes_text
from nets.network.outline import outline
from nets.network.structure import Structure
from nets.runs.config import TrainConfig
from nets.text import Text

if TYPE_CHECKING:
    import keras

FLOAT = 4  # bytes
COPIES = 2
"""Each weight and its gradient."""
MEMORIES = {"sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "adadelta": 2, "adam": 2, "adamw": 2}
"""Numbers that each optimiser keeps for a weight."""


def training_bytes(config: TrainConfig, input: ImageInput, classes: int) -> int:
    """Bytes that the weights, the optimiser and one batch's values and gradients take at the least.

    Args:
        config: its network, optimiser and batch size count.
        input: what the network receives.
        classes: the number of outputs.
    """
    costs = outline(config.network, input.shape, classes)
    weights = costs.parameters * (COPIES + MEMORIES.get(config.optimizer, 2))
    return FLOAT * (weights + config.batch_size * costs.values)


def check_memory(config: TrainConfig, input: ImageInput, classes: int, available: int | None = None) -> None:
    """LensletError where the training takes more memory than there is; it names what would fit.

    Args:
        config: the training.
        input: what the network receives.
        classes: the number of outputs.
        available: bytes; None: what this computer has free now.
    """
    free = available_memory() if available is None else available
    needed = training_bytes(config, input, classes)
    if needed <= free:
        return
    row = zoo.get(config.network)
    raise LensletError(
        "{title} at {height} x {width} with batches of {batch_size} needs about {needed} of memory, and {free} are "
        "free; {advice}",
        title=row.title,
        height=input.height,
        width=input.width,
        batch_size=config.batch_size,
        needed=bytes_text(needed),
        free=bytes_text(free),
        advice=_what_fits(config, input, classes, free),
    )


def transfer_bytes(config: TrainConfig, network: keras.Model) -> int:
    """Bytes that the weights, the optimiser and one batch's values and gradients of a transfer take at the least.

    Args:
        config: its optimiser, batch size and phases count: where the head alone learns, no layer keeps its values.
        network: with its new head; the layers that never learn are frozen.
    """
    learning = sum(math.prod(variable.shape) for variable in network.trainable_variables)
    weights = network.count_params() + learning * (COPIES - 1 + MEMORIES.get(config.optimizer, 2))
    values = 0
    if config.epochs > config.head_epochs:
        layers = Structure.of(network).layers
        values = sum(math.prod(size or 1 for size in layer.output_shape) for layer in layers)
    return FLOAT * (weights + config.batch_size * values)


def check_transfer_memory(config: TrainConfig, network: keras.Model, available: int | None = None) -> None:
    """LensletError where a transfer takes more memory than there is; it names what would fit.

    Args:
        config: the transfer.
        network: as for ``transfer_bytes``.
        available: bytes; None: what this computer has free now.
    """
    free = available_memory() if available is None else available
    needed = transfer_bytes(config, network)
    if needed <= free:
        return
    batch = config.batch_size // 2
    while batch and transfer_bytes(dataclasses.replace(config, batch_size=batch), network) > free:
        batch //= 2
    alone = dataclasses.replace(config, epochs=config.head_epochs)
    fits = Text("close other programs, or take the features of a smaller network")
    if batch:
        fits = Text("batches of {batch} would fit", batch=batch)
    elif transfer_bytes(alone, network) <= free:
        fits = Text(
            "the head alone would fit: as many epochs in all as of the head, {epochs}", epochs=config.head_epochs
        )
    raise LensletError(
        "{network} with a new head and batches of {batch_size} needs about {needed} of memory, and {free} are free; "
        "{advice}",
        network=config.network,
        batch_size=config.batch_size,
        needed=bytes_text(needed),
        free=bytes_text(free),
        advice=fits,
    )


def _what_fits(config: TrainConfig, input: ImageInput, classes: int, free: int) -> str:
    """The largest smaller batch, else the largest smaller input, else the largest network that fits."""
    batch = config.batch_size // 2
    while batch:
        if training_bytes(dataclasses.replace(config, batch_size=batch), input, classes) <= free:
            return Text("batches of {batch} would fit", batch=batch)
        batch //= 2
    one = dataclasses.replace(config, batch_size=1)
    row = zoo.get(config.network)
    for size in sorted({*row.sizes, row.smallest}, reverse=True):
        if row.sizes and size < input.height:
            smaller = dataclasses.replace(input, height=size, width=size)
            if training_bytes(one, smaller, classes) <= free:
                return Text("pictures of {size} x {size} would fit, with small batches", size=size)
    others = sorted(zoo.NETS.values(), key=lambda other: other.parameters, reverse=True)
    for other in others:
        known = dataclasses.replace(one, network=other.name)
        if FLOAT * COPIES * other.parameters > min(free, FLOAT * COPIES * (row.parameters - 1)):
            continue
        if training_bytes(known, other.input, classes) <= free:
            return Text("the network {name} would fit", name=other.name)
    return Text("close other programs")
