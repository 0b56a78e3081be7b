"""A network by hand read directly from a .keras file, without importing Keras; it answers until TensorFlow is loaded.

The file is a ZIP: ``config.json`` describes the layers, ``model.weights.h5`` contains the arrays. There a layer is
named by its class in snake case and a number, counted per class in the model's order: conv2d, conv2d_1, ...
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from nets.byhand.network import Network, parts_from
from nets.errors import LensletError


def read(path: Path) -> Network:
    """The Sequential in ``path``.

    Raises:
        LensletError: It is another kind of model, or has layers that are not implemented by hand.
    """
    import h5py

    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weights = io.BytesIO(archive.read("model.weights.h5"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as problem:
        raise LensletError("{path}: expected a .keras file, found {problem}", path=path, problem=problem) from problem
    if config["class_name"] != "Sequential":
        raise LensletError("{file}: expected a Sequential, found a {kind}", file=path.name, kind=config["class_name"])
    counted: Counter[str] = Counter()
    rows, shape = [], tuple[int, ...]()
    with h5py.File(weights, "r") as file:
        for layer in config["config"]["layers"]:
            kind, settings = layer["class_name"], layer["config"]
            if kind == "InputLayer":
                shape = tuple(size or 0 for size in settings["batch_shape"][1:])
                continue
            stem = _snake(kind)
            group = f"layers/{stem}{f'_{counted[stem]}' if counted[stem] else ''}/vars"
            counted[stem] += 1
            arrays = file.get(group, {})
            rows.append((settings["name"], kind, settings, [np.array(arrays[str(n)]) for n in range(len(arrays))]))
    return Network(parts_from(rows), shape)


def _snake(kind: str) -> str:
    """Keras's ``to_snake_case``: MaxPooling2D -> max_pooling2d, Conv2D -> conv2d."""
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
