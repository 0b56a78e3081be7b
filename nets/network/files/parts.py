"""Walking through a stored configuration: its parts, which are objects with a class, and the layers among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def settings_of(part: Any) -> dict[str, Any]:
    """The settings of a part; empty if they are missing or not an object."""
    found = part.get("config") if isinstance(part, dict) else None
    return found if isinstance(found, dict) else {}


def name_of(layer: Any) -> str:
    """The name of a layer, "" for none."""
    name = layer.get("name") if isinstance(layer, dict) else None
    return str(name or settings_of(layer).get("name") or "")


def parts_of(config: Any) -> Iterator[dict[str, Any]]:
    """Every object with a class, the outermost first."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def layers_of(model: Any) -> list[dict[str, Any]]:
    """The layers of a model and of the models inside it, without the models themselves; for a layer, the layer."""
    inside = model.get("config") if isinstance(model, dict) else None
    layers = inside if isinstance(inside, list) else settings_of(model).get("layers")
    if not isinstance(layers, list):
        return [model]
    return [one for layer in layers if isinstance(layer, dict) for one in layers_of(layer)]


def calls_of(model: Any) -> int:
    """How many layers one pass of the model computes: those of a model inside it as often as it is called.

    A file of a few kilobytes can hold ten models inside each other that call the next one ten times each.
    """
    inside = model.get("config") if isinstance(model, dict) else None
    layers = inside if isinstance(inside, list) else settings_of(model).get("layers")
    if not isinstance(layers, list):
        return 1
    return sum(_times_called(layer) * calls_of(layer) for layer in layers if isinstance(layer, dict))


def _times_called(layer: dict[str, Any]) -> int:
    nodes = layer.get("inbound_nodes")
    return max(1, len(nodes)) if isinstance(nodes, list) else 1


def without_training(value: Any) -> Any:
    """A copy of the configuration without the training: answers need neither loss nor optimiser."""
    if isinstance(value, dict):
        return {key: without_training(one) for key, one in value.items() if key != "compile_config"}
    return [without_training(one) for one in value] if isinstance(value, list) else value
