"""Which layers of a network learn; and splitting a network into a frozen part and a part that learns on its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError, UsageError
from nets.network.unknown_layer import unknown_layer
from nets.training.phases import ALL
from nets.training.training import LARGE

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Parts:
    """features: from the network's input to the frozen part's results. learning: from there on. Both share the
    network's layers.
    """

    features: keras.Model
    learning: keras.Model


def nodes_of(network: keras.Model) -> list[Any]:
    """The calls of the network's own layers, nested models closed, in the order of computing."""
    import keras

    functional = network._functional if isinstance(network, keras.Sequential) else network
    depths = functional._nodes_by_depth
    return [node for depth in sorted(depths, reverse=True) for node in depths[depth] if not node.is_input]


def head_of(network: keras.Model) -> Any:
    """The call of the last layer with weights, which is (a part of) the head. Raises LensletError if there is none."""
    with_weights = [node for node in nodes_of(network) if getattr(node.operation, "weights", ())]
    if not with_weights:
        raise LensletError("the network {name!r} has no weights; there is nothing to keep", name=network.name)
    return with_weights[-1]


def needs_care(network: keras.Model) -> bool:
    """Whether a trained network's features survive only small steps: one with many weights, or with normalisations.

    A normalisation keeps its averages during a transfer, so that nothing compensates for weights that grow: at the rate
    at which LeNet continues to learn, a network of eight convolutions with normalisations forgets everything within one
    epoch.
    """
    from keras import layers

    inner = network._flatten_layers()
    return network.count_params() > LARGE or any(isinstance(layer, layers.BatchNormalization) for layer in inner)


def frozen_count(network: keras.Model, frozen: str) -> int:
    """How many of ``nodes_of`` are frozen where ``frozen`` is the last frozen layer; see ``Phase``.

    Raises:
        UsageError: there is no such layer before the head; the message names similar ones.
    """
    if not frozen:
        return 0
    nodes = nodes_of(network)
    head = nodes.index(head_of(network))
    if frozen == ALL:
        return head
    name = frozen.partition("/")[0]  # a nested model is frozen as a whole
    names = [node.operation.name for node in nodes[:head]]
    if name not in names:
        raise UsageError("freeze: {problem}", problem=unknown_layer(frozen, names, place="before the new head"))
    return len(names) - names[::-1].index(name)


def freeze(network: keras.Model, frozen: str) -> None:
    """Set which layers learn. Normalisations of a transferred network do not: they keep their averages.

    Args:
        network: of a transfer: its last layer with weights is the new head.
        frozen: the last layer that does not learn; see ``Phase``.

    Raises:
        UsageError: as ``frozen_count``.
    """
    from keras import layers

    count = frozen_count(network, frozen)
    for position, node in enumerate(nodes_of(network)):
        layer = node.operation
        if not isinstance(layer, layers.Layer):
            continue
        layer.trainable = position >= count
        for inner in layer._flatten_layers():
            if isinstance(inner, layers.BatchNormalization):
                # Averages over a few small batches differ too much from those with which the features were learned.
                inner.trainable = False


def split(network: keras.Model, frozen: str) -> Parts | None:
    """The network in two parts, split after its last frozen layer; None if more than one value passes from one part to
    the other.

    Args:
        network: as for ``freeze``.
        frozen: as for ``freeze``.
    """
    import keras

    count = frozen_count(network, frozen)
    nodes = nodes_of(network)
    if not count:
        return None
    made = {id(tensor) for node in nodes[:count] for tensor in node.outputs}
    made |= {id(tensor) for tensor in network.inputs}
    crossing = {id(tensor): tensor for node in nodes[count:] for tensor in node.input_tensors if id(tensor) in made}
    if len(crossing) != 1:
        return None
    (value,) = crossing.values()
    if any(value is tensor for tensor in network.inputs):
        return None
    return Parts(keras.Model(network.inputs[0], value), keras.Model(value, network.outputs[0]))
