"""An architecture in a ``.json`` file beside a file of weights, from ``to_json()`` and ``save_weights()``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nets.errors import LensletError
from nets.json_files import JsonError, read_json

LARGEST = 32_000_000  # bytes at most, as for the configuration in a model file
MOST_FILES = 200  # files of a folder that are examined
WEIGHTS = (".weights.h5", ".h5", ".hdf5")


def architecture_beside(weights: Path) -> tuple[Path, dict[str, Any]] | None:
    """The architecture for a file that contains only weights, and its contents.

    ``NAME.json`` has precedence, then the name without "weights"; otherwise the only architecture in the folder.

    Raises:
        LensletError: There are several, and none has the name of the weights.
    """
    stem = _stem(weights)
    plain = re.sub(r"[ ._-]*weights?[ ._-]*", "", stem, flags=re.IGNORECASE)
    for name in dict.fromkeys((stem, plain)):
        path = weights.with_name(f"{name}.json")
        if name and (found := read_architecture(path)) is not None:
            return path, found
    others = {path: found for path in _beside(weights) if (found := read_architecture(path)) is not None}
    if len(others) > 1:
        names = ", ".join(path.name for path in list(others)[:4])
        raise LensletError(
            "{weights} holds weights only, and several architectures lie beside it ({names}); call the one that "
            "belongs to it {stem}.json",
            weights=weights.name,
            names=names,
            stem=stem,
        )
    return next(iter(others.items()), None)


def weights_beside(architecture: Path) -> Path | None:
    """The file of weights that belongs to an architecture: the one that ``architecture_beside`` pairs with it."""
    candidates = [path for path in _folder(architecture) if path.name.lower().endswith(WEIGHTS)]
    named = [path for path in candidates if _stem(path) == architecture.stem]
    for path in (*named, *candidates):
        try:
            found = architecture_beside(path)
        except LensletError:
            continue
        if found is not None and found[0] == architecture:
            return path
    return None


def read_architecture(path: Path) -> dict[str, Any] | None:
    """The configuration in a JSON file; None if it is something else, such as a card."""
    found = _json_of(path)
    if not isinstance(found, dict) or not isinstance(found.get("class_name"), str) or "config" not in found:
        return None
    return found


def is_tensorflow_js(path: Path) -> bool:
    """Whether a JSON file describes a network of TensorFlow.js, whose weights lie in ``.bin`` files."""
    found = _json_of(path)
    return isinstance(found, dict) and "modelTopology" in found


def _json_of(path: Path) -> Any:
    try:
        return read_json(path, largest=LARGEST)
    except (OSError, JsonError):
        return None


def _stem(weights: Path) -> str:
    suffix = next((suffix for suffix in WEIGHTS if weights.name.lower().endswith(suffix)), weights.suffix)
    return weights.name[: len(weights.name) - len(suffix)]


def _beside(path: Path) -> list[Path]:
    return [other for other in _folder(path) if other.suffix.lower() == ".json"]


def _folder(path: Path) -> list[Path]:
    try:
        return sorted(path.parent.iterdir())[:MOST_FILES]
    except OSError:
        return []
