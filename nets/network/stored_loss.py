"""The loss that a model file says its network was trained with: it tells numbers from the scores of classes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def loss_of(path: Path) -> str:
    """The name of the loss in a .keras or .h5 file that Keras has opened; "" where it says none that can be read."""
    try:
        found = _in_zip(path) if zipfile.is_zipfile(path) else _in_h5(path)
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile):
        return ""
    return _name(found)


def _in_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    return (config.get("compile_config") or {}).get("loss")


def _in_h5(path: Path) -> Any:
    import h5py

    with h5py.File(path, "r") as file:
        text = file.attrs.get("training_config")
    if text is None:
        return None
    config = json.loads(text)
    return config.get("loss") or (config.get("loss_config") or {}).get("loss")


def _name(loss: Any) -> str:
    """Of several losses the first counts, as the first output does."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, list):
        return _name(loss[0]) if loss else ""
    if not isinstance(loss, dict):
        return ""
    if "class_name" not in loss:
        return _name(next(iter(loss.values()), None))
    inner = loss.get("config")
    own = str(loss["class_name"])
    return inner if own == "function" and isinstance(inner, str) else own
