"""Which layers an explanation can look at, and whether a network has ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nets.network.layers import activation_of
from nets.network.unknown_layer import names_like, unknown_layer
from nets.text import Text

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo
    from nets.network.model import Model

RELUS = ("relu", "relu6", "leaky_relu")
PASSING_ON = ("Pooling", "Dropout", "Padding", "Cropping", "UpSampling", "Reshape", "Permute")
"""Parts of the names of Keras's classes whose layers hold no features of their own."""


def is_relu(operation: Any) -> bool:
    """Whether the layer or operation ends in a ReLU of any kind: in a convolution, in a dense layer, or on its own."""
    import keras

    if isinstance(operation, keras.layers.ReLU | keras.layers.LeakyReLU):
        return True
    if not isinstance(operation, keras.Layer):
        return type(operation).__name__ in ("Relu", "Relu6", "LeakyRelu")
    return activation_of(operation) in RELUS


def has_relu(model: Model) -> bool:
    return any(is_relu(step.operation) for step in model.graph.steps)


def spatial_layers(model: Model) -> tuple[LayerInfo, ...]:
    """The layers whose output has more than one row or column, in the order of computing."""
    return tuple(row for row in model.layers if row.shows == "maps" and _positions(row) > 1)


def default_layer(model: Model) -> str:
    """The last layer with rows and columns that computes features: deep enough for classes, and still with positions.

    "" if the network has none.
    """
    rows = own_layers(model)
    return rows[-1].path if rows else ""


def own_layers(model: Model) -> list[LayerInfo]:
    """The layers with rows and columns that compute features; if none does, all with rows and columns."""
    rows = spatial_layers(model)
    return [row for row in rows if not any(part in row.kind for part in PASSING_ON)] or list(rows)


def refusal_of_layer(model: Model, layer: str, title: str) -> str:
    """Why a method cannot look at ``layer``, as one sentence; "" if it can.

    Args:
        model: The network.
        layer: The path of the layer; "": the usual one.
        title: The method's title, for the sentence.
    """
    spatial = spatial_layers(model)
    if not spatial:
        return Text(
            "{title} needs a layer with rows and columns, and {model} has none", title=title, model=model.card.title
        )
    if not layer or any(row.path == layer for row in spatial):
        return ""
    usable = [row.path for row in spatial]
    if not any(row.path == layer for row in model.layers):
        return unknown_layer(layer, usable, offer=f"{title} can look at")
    return Text(
        "{layer} has no rows and columns, which {title} needs; take one of: {known}",
        layer=layer,
        title=title,
        known=names_like(layer, usable),
    )


def _positions(row: LayerInfo) -> int:
    height, width = row.output_shape[:2]
    return int(height or 1) * int(width or 1)
