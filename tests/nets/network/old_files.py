"""Writes model files as Keras 1 to 2.15 wrote them, by hand: JSON, and arrays in HDF5."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Weights = list[tuple[str, list[tuple[str, np.ndarray]]]]


def layer(kind: str, name: str, **settings: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, "trainable": True, **settings}}


def sequential(name: str, *layers: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers), **settings}}


def called(part: dict[str, Any], *inputs: list[Any]) -> dict[str, Any]:
    """A layer in a functional model: one call on ``inputs``, each [layer, node, tensor, arguments]."""
    nodes = [list(inputs)] if inputs else []
    return {**part, "name": part["config"]["name"], "inbound_nodes": nodes}


def functional(name: str, *layers: dict[str, Any], output: list[Any], kind: str = "Functional") -> dict[str, Any]:
    first = layers[0]["config"]["name"]
    return {
        "class_name": kind,
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": [[first, 0, 0]],
            "output_layers": [output],
        },
    }


def start(name: str, *shape: int) -> dict[str, Any]:
    settings = {"batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False, "ragged": False}
    return {"class_name": "InputLayer", "config": {**settings, "name": name}}


def write_h5(path: Path, config: Any, weights: Weights, version: str = "2.4.0") -> Path:
    """A whole-model file. ``weights``: for each layer the names and values of its arrays."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode()
        write_weights(file.create_group("model_weights"), weights)
    return path


def write_weights(group: h5py.Group, weights: Weights) -> None:
    group.attrs["layer_names"] = [name.encode() for name, _ in weights]
    for name, arrays in weights:
        inner = group.create_group(name)
        inner.attrs["weight_names"] = [key.encode() for key, _ in arrays]
        for key, value in arrays:
            inner[key] = value


def write_keras(path: Path, config: Any, arrays: dict[str, np.ndarray], version: str = "2.13.1") -> Path:
    """A .keras file. ``arrays``: by their path in model.weights.h5; a backslash in it stays one."""
    image = io.BytesIO()
    with h5py.File(image, "w") as file:
        for name, value in arrays.items():
            file[name] = value
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", image.getvalue())
    return path


def of(network: Any, *names: str) -> list[tuple[str, np.ndarray]]:
    """The weights of today's layers, named as Keras 2 did: "conv/kernel:0"."""
    return [(f"{name}/{variable.name}:0", np.asarray(variable)) for name in names for variable in network(name).weights]
