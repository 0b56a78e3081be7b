"""How much memory a training takes, estimated from shapes before anything is built."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nets import zoo
from nets.data.specs import DatasetSpec, ImageInput
from nets.errors import LensletError
from nets.network.files.machine import available_memory, bytes_text
from nets.network.outline import outline
from nets.network.structure import Structure
from nets.runs.config import TrainConfig, fitted, input_for
from nets.text import Text
from nets.training.freezing import nodes_of
from nets.training.new_head import sharing
from nets.training.phases import ALL, phases_of

if TYPE_CHECKING:
    import keras

FLOAT = 4  # bytes
COPIES = 2
"""For each weight: itself and its gradient."""
MEMORIES = {"sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "adadelta": 2, "adam": 2, "adamw": 2}
"""Numbers that each optimiser keeps for one weight."""


def training_bytes(config: TrainConfig, input: ImageInput, classes: int) -> int:
    """The least number of bytes for the weights, the optimiser, and one batch's values and gradients, or for the copy
    that is written after an epoch.

    Args:
        config: its network, optimiser and batch size count.
        input: what the network receives.
        classes: the number of outputs.
    """
    costs = outline(config.network, input.shape, classes)
    kept = costs.parameters * (1 + MEMORIES.get(config.optimizer, 2))
    return _most(kept, costs.parameters + config.batch_size * costs.values)


def _most(kept: int, step: int) -> int:
    """The bytes that are needed at once.

    Args:
        kept: the numbers that a run keeps from step to step: weights, and what the optimiser remembers.
        step: those that a step needs besides; they are gone when an epoch ends and all that is kept is copied, to be
            written.
    """
    return FLOAT * (kept + max(step, kept))


def check_memory(config: TrainConfig, input: ImageInput, classes: int, available: int | None = None) -> None:
    """Compare the memory that a training needs with what there is.

    Args:
        config: The training.
        input: What the network receives.
        classes: The number of outputs.
        available: Bytes; None: what this computer has free now.

    Raises:
        LensletError: There is not enough; the message names what would fit.
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


def check_memory_before_data(config: TrainConfig, spec: DatasetSpec, said: Collection[str]) -> None:
    """``check_memory`` by what is known of the data before they are downloaded and read.

    Args:
        config: the training, before it is fitted to as many images as there are.
        spec: the row of the data.
        said: fields of ``config`` that the person chose, as for ``fitted``.
    """
    if spec.classes and spec.train_images:
        input = input_for(zoo.get(config.network), spec.input, config.size)
        check_memory(fitted(config, spec.train_images, said=said), input, len(spec.classes))


@dataclass(frozen=True)
class TransferCosts:
    """What a transfer takes, counted in numbers, whatever its settings and its classes are.

    layers: (name, weights, those of them that can learn) of each layer before the new head, in order.
    inputs: of the new head.
    values: what all layers before the new head give for one image.
    """

    layers: tuple[tuple[str, int, int], ...]
    inputs: int
    values: int

    @classmethod
    def of(cls, network: keras.Model) -> TransferCosts:
        """The costs of the features of ``network``, which is not changed.

        Raises:
            LensletError: It has no features.
        """
        from keras import layers

        headed = sharing(network, 1)
        called = [node.operation for node in nodes_of(headed)]
        own = {id(layer): layer for layer in called[:-1] if isinstance(layer, layers.Layer)}
        last = sorted(own.values(), key=lambda layer: len(called) - 1 - called[::-1].index(layer))
        numbers = sum(math.prod(size or 1 for size in row.output_shape) for row in Structure.of(headed).layers)
        counts = tuple((layer.name, layer.count_params(), _can_learn(layer)) for layer in last)
        return cls(counts, int(called[-1].kernel.shape[0]), numbers - 1)

    def learning(self, frozen: str) -> int:
        """How many weights before the head learn where ``frozen`` is the last layer that does not (see ``Phase``)."""
        if frozen == ALL:
            return 0
        names = [name for name, _, _ in self.layers]
        first = names.index(frozen.partition("/")[0]) + 1 if frozen else 0
        return sum(can_learn for _, _, can_learn in self.layers[first:])


def _can_learn(layer: keras.layers.Layer) -> int:
    """The weights that ``freeze`` leaves to learn; a source may come with some of its layers frozen."""
    from keras import layers

    inner = (one for one in layer._flatten_layers() if not isinstance(one, layers.BatchNormalization))
    return sum(math.prod(variable.shape) for one in inner for variable in one._trainable_variables)


def transfer_bytes(config: TrainConfig, costs: TransferCosts, classes: int) -> int:
    """The least number of bytes for a transfer's weights, optimiser, and one batch's values and gradients, or for the
    copy that is written after an epoch.

    Args:
        config: Its optimiser, batch size and phases count: if only the head learns, no layer keeps its values.
        costs: Of its features.
        classes: The number of outputs.
    """
    head = (costs.inputs + 1) * classes
    learning = head + costs.learning(phases_of(config)[-1].frozen)
    kept = sum(count for _, count, _ in costs.layers) + head + learning * MEMORIES.get(config.optimizer, 2)
    values = costs.values + classes if config.epochs > config.head_epochs else 0
    return _most(kept, learning + config.batch_size * values)


def check_transfer_memory(
    config: TrainConfig, costs: TransferCosts, classes: int, available: int | None = None
) -> None:
    """Compare the memory that a transfer needs with what there is.

    Args:
        config: The transfer.
        costs: Of its features.
        classes: The number of outputs.
        available: Bytes; None: what this computer has free now.

    Raises:
        LensletError: There is not enough; the message names what would fit.
    """
    free = available_memory() if available is None else available
    needed = transfer_bytes(config, costs, classes)
    if needed <= free:
        return
    batch = config.batch_size // 2
    while batch and transfer_bytes(dataclasses.replace(config, batch_size=batch), costs, classes) > free:
        batch //= 2
    alone = dataclasses.replace(config, epochs=config.head_epochs)
    fits = Text("close other programs, or take the features of a smaller network")
    if batch:
        fits = Text("batches of {batch} would fit", batch=batch)
    elif transfer_bytes(alone, costs, classes) <= free:
        fits = Text(
            "the head alone would fit: as many epochs in all as of the head, {epochs}", epochs=config.head_epochs
        )
    raise LensletError(
        "a new head on {network} with batches of {batch_size} needs about {needed} of memory, and {free} are free; "
        "{advice}",
        network=config.network,
        batch_size=config.batch_size,
        needed=bytes_text(needed),
        free=bytes_text(free),
        advice=fits,
    )


def _what_fits(config: TrainConfig, input: ImageInput, classes: int, free: int) -> str:
    """The largest smaller batch, or else the largest smaller input, or else the largest network that fits."""
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
