"""Layer names that TensorFlow refuses (spaces, colons, letters outside ASCII), replaced in a configuration.

Keras saves such models every day, and TensorFlow refuses to compile them.
"""

from __future__ import annotations

import re
from typing import Any

from nets.network.files.parts import name_of, settings_of
from nets.text import Text

ALLOWED = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.-]*\Z")


def replace_names(config: dict[str, Any]) -> dict[str, str]:
    """Rename layers and models in place, if necessary. Returns the old names by the new ones."""
    renamed: dict[str, str] = {}
    _rename_inside(config, renamed)
    settings = settings_of(config)
    if isinstance(settings.get("name"), str):
        settings["name"] = _replacement(settings["name"], "model", set())
    return renamed


def note(renamed: dict[str, str]) -> str:
    """The sentence for the person; "" if nothing was renamed."""
    if not renamed:
        return ""
    shown = ", ".join(f"{old!r} as {new}" for new, old in list(renamed.items())[:3])
    more = f" and {len(renamed) - 3} more" if len(renamed) > 3 else ""
    return Text(
        "TensorFlow refuses some of its layers' names, which are shown with other characters: {names}.",
        names=shown + more,
    )


def _rename_inside(part: dict[str, Any], renamed: dict[str, str]) -> None:
    settings = settings_of(part)
    layers = settings.get("layers")
    if not isinstance(layers, list):
        return
    layers = [layer for layer in layers if isinstance(layer, dict)]
    taken = {name_of(layer) for layer in layers}
    changes: dict[str, str] = {}
    for layer in layers:
        name = name_of(layer)
        if name and not ALLOWED.match(name):
            new = _replacement(name, str(layer.get("class_name", "layer")).lower(), taken)
            taken.add(new)
            changes[name] = new
            renamed[new] = name
            if "name" in layer:
                layer["name"] = new
            if "name" in settings_of(layer):
                settings_of(layer)["name"] = new
        _rename_inside(layer, renamed)
    if changes:
        for layer in layers:
            _point_to(layer.get("inbound_nodes"), changes)
        for key in ("input_layers", "output_layers"):
            _point_to(settings.get(key), changes)


def _replacement(name: str, kind: str, taken: set[str]) -> str:
    """``name`` if it is allowed, otherwise a similar one that is not in ``taken``."""
    if ALLOWED.match(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_")
    start = plain if plain and plain[0].isalnum() and name.isascii() else f"{kind}_{plain}".rstrip("_")
    start = re.sub(r"[^A-Za-z0-9_.-]+", "_", start).lstrip("_-") or "layer"
    new, number = start, 1
    while new in taken:
        number += 1
        new = f"{start}_{number}"
    return new


def _point_to(value: Any, changes: dict[str, str]) -> None:
    """Change the layers' names in references: [layer, node, tensor], also inside descriptions of tensors."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            if len(found) >= 3 and isinstance(found[0], str) and isinstance(found[1], int) and found[0] in changes:
                found[0] = changes[found[0]]
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend(found.values())
