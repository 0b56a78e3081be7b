"""The connections of a functional model: from the lists of Keras 1 and 2 to the calls that today's Keras reads.

Before, a node was a list of [layer, node, tensor, arguments]; today it is {"args": ..., "kwargs": ...} with a
description of each tensor in its place. Nodes of nested models were counted from 1, today from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nets.network.files.rewriting.layers import Unknown

CONSTANT = "_CONSTANT_VALUE"


def tensor(name: str, node: int, index: int) -> dict[str, Any]:
    """The description of a layer's output inside another layer's call. Keras looks at the history only.

    Args:
        name: of the layer.
        node: which of its calls, from 0.
        index: which of that call's outputs, from 0.
    """
    config = {"shape": [], "dtype": "float32", "keras_history": [name, node, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


def rewrite_node(node: Any, names: set[str]) -> dict[str, Any]:
    """One call of a layer in today's form. ``names`` are those of the model's layers."""
    if isinstance(node, dict) and "args" in node:
        return node
    if not isinstance(node, list) or not node:
        raise Unknown("connections between its layers that cannot be read")
    references = [node] if isinstance(node[0], str) else node
    values, arguments = [], {}
    for reference in references:
        if not _is_reference(reference):
            raise Unknown("connections between its layers that cannot be read")
        values.append(reference[2] if reference[0] == CONSTANT else tensor(*reference[:3]))
        if len(reference) > 3 and isinstance(reference[3], dict):
            arguments = reference[3]
    kwargs = {key: _resolved(value, names) for key, value in arguments.items() if value is not None and key != "name"}
    return {"args": [values[0] if len(values) == 1 else values], "kwargs": kwargs}


def number_from_zero(layers: list[dict[str, Any]], outputs: Any) -> Any:
    """Renumber the nodes of layers that count from 1, and the references in ``outputs``; returns the outputs.

    Args:
        layers: rewritten layers with their nodes, changed in place.
        outputs: the model's ``output_layers``.
    """
    calls = {layer["name"]: len(layer["inbound_nodes"]) for layer in layers}
    used: dict[str, set[int]] = {}
    for reference in _histories(layers):
        used.setdefault(reference[0], set()).add(reference[1])
    flat = list(_references(outputs))
    for reference in flat:
        used.setdefault(reference[0], set()).add(reference[1])
    ranks: dict[str, dict[int, int]] = {}
    for name, numbers in used.items():
        count = calls.get(name, 0)
        if count and numbers != set(range(count)) and len(numbers) == count:
            ranks[name] = {number: rank for rank, number in enumerate(sorted(numbers))}
    for reference in _histories(layers):
        reference[1] = ranks.get(reference[0], {}).get(reference[1], reference[1])
    functional = {layer["name"] for layer in layers if layer["class_name"] == "Functional"}
    for reference in flat:
        node = ranks.get(reference[0], {}).get(reference[1], reference[1])
        reference[1] = node + 1 if reference[0] in functional else node  # Keras subtracts one again
    return outputs


def one_or_many(references: Any) -> Any:
    """A list with a single reference becomes that reference: nested models would otherwise pass on a list of one
    tensor.
    """
    if isinstance(references, list) and len(references) == 1 and _is_reference(references[0]):
        return references[0][:3]
    if _is_reference(references):
        return references[:3]
    if isinstance(references, list):
        return [one_or_many(one) for one in references]
    if isinstance(references, dict):
        return {key: one_or_many(one) for key, one in references.items()}
    return references


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 3
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and (isinstance(value[2], int) or value[0] == CONSTANT)
    )


def _resolved(value: Any, names: set[str]) -> Any:
    """An argument with references to layers replaced by descriptions of their outputs."""
    if _is_reference(value) and len(value) == 3 and value[0] in names:
        return tensor(*value)
    if isinstance(value, list):
        return [_resolved(one, names) for one in value]
    return value


def _references(value: Any) -> Iterator[list[Any]]:
    if _is_reference(value):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _references(one)


def _histories(layers: list[dict[str, Any]]) -> Iterator[list[Any]]:
    """The [layer, node, tensor] of every tensor in the calls of ``layers``."""
    waiting: list[Any] = [layer["inbound_nodes"] for layer in layers]
    while waiting:
        value = waiting.pop()
        if is_tensor(value):
            history = value["config"].get("keras_history")
            if _is_reference(history):
                yield history
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
