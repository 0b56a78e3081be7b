"""A trained network with a new head: everything before its last layer with weights, then one dense layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nets.errors import LensletError
from nets.network.graph import is_readable, unroll
from nets.training.freezing import head_of, nodes_of

if TYPE_CHECKING:
    import keras

HEAD, POOL = "answer", "head_pool"


def with_new_head(network: keras.Model, classes: int, seed: int) -> keras.Model:
    """A copy of ``network`` whose last layer with weights, and all behind it, is replaced.

    Maps are averaged over their positions first, so that the new head has one weight for each map and class.

    Args:
        network: built, with one input. Its layers are not changed.
        classes: the outputs of the new head, which is a softmax.
        seed: decides the new head's first weights.

    Raises:
        LensletError: there are no features before the last layer with weights.
    """
    import keras

    keras.utils.set_random_seed(seed)
    made = sharing(network, classes)
    # Built again from its configuration, so that the layers of the source are not shared.
    copy = keras.models.model_from_json(made.to_json())
    copy.set_weights(made.get_weights())
    return copy


def sharing(network: keras.Model, classes: int) -> keras.Model:
    """As ``with_new_head``, but the layers before the head are those of ``network`` itself, so the result must not be
    trained.

    Raises:
        LensletError: As for ``with_new_head``.
    """
    import keras

    source = _opened(network)
    head = head_of(source)
    value = head.input_tensors[0]
    before = nodes_of(source)[: nodes_of(source).index(head)]
    if not any(getattr(node.operation, "weights", ()) for node in before):
        raise LensletError(
            "the network {name!r} has one layer with weights, its head: there are no features to keep; train a "
            "network from nothing instead",
            name=network.name,
        )
    new = _new_layers(source, value.shape, classes, {node.operation.name for node in before})
    if isinstance(source, keras.Sequential):
        kept = [node.operation for node in before]
        first = source.inputs[0]
        start = keras.Input(first.shape[1:], dtype=first.dtype, name=first.name.split(":")[0])
        made: keras.Model = keras.Sequential([start, *kept, *new], name=source.name)
        return made
    for layer in new:
        value = layer(value)
    return keras.Model(source.inputs[0], value, name=source.name)


def _new_layers(source: keras.Model, shape: tuple[int | None, ...], classes: int, names: set[str]) -> list[Any]:
    from keras import layers

    new: list[Any] = []
    if len(shape) == 4:
        order = "channels_first" if unroll(source).channels_first else "channels_last"
        new.append(layers.GlobalAveragePooling2D(data_format=order, name=_unique(POOL, names)))
    elif len(shape) > 2:
        new.append(layers.Flatten(name=_unique(POOL, names)))
    # Zeros, as in Kolesnikov et al. 2019, arXiv:1912.11370: random weights would first have to be unlearned.
    new.append(layers.Dense(classes, activation="softmax", kernel_initializer="zeros", name=_unique(HEAD, names)))
    return new


def _unique(name: str, names: set[str]) -> str:
    number, found = 1, name
    while found in names:
        number += 1
        found = f"{name}_{number}"
    return found


def _opened(network: keras.Model) -> keras.Model:
    """The network; if all its weights are in one nested model, the network with that model's layers as its own."""
    import keras

    with_weights = [node.operation for node in nodes_of(network) if getattr(node.operation, "weights", ())]
    if len(with_weights) != 1 or not is_readable(with_weights[0]):
        return network
    graph = unroll(network)
    start = keras.Input(graph.input_shape[1:], dtype=graph.input_dtype, name=network.inputs[0].name.split(":")[0])
    _, value = graph.run(start, {step.path: _call for step in graph.steps})
    return keras.Model(start, value, name=network.name)


def _call(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return operation(*args, **kwargs)
