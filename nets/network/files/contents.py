"""What a model file holds, in plain values: its configuration, its weights by name, and the Keras that wrote it."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nets.errors import LensletError
from nets.json_files import JsonError, parse_json
from nets.network.files.architecture import architecture_beside, is_tensorflow_js, read_architecture, weights_beside
from nets.network.files.hdf5 import Hdf5, read_hdf5
from nets.network.files.identify import ASK_FOR, FOREIGN, SUFFIXES, identify
from nets.network.files.machine import bytes_text
from nets.text import Text

WEIGHTS = "model.weights.h5"
LARGEST_CONFIG = 32_000_000  # bytes; the largest network of keras.applications has 1.2 million
LARGEST_TEXT = 1_000_000
# A member of an archive must have at least a hundredth of its unpacked size. Keras does not compress at all.
UNPACK_FLOOR = 1 << 26
UNPACK_FACTOR = 100

# What the zip reader raises for damaged archives.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
    OverflowError,
)


@dataclass(frozen=True, eq=False)
class Contents:
    """A model file's contents.

    config: the network's configuration as stored. version: of the Keras that wrote it, "" if unknown. weights: arrays
    by path in the HDF5 file. layers: for a whole-model .h5, (name of a layer, names of its arrays) in the file's order;
    None for a .keras file, whose paths name the layers. backend: the library that computed then; Theano stored the
    kernels of convolutions rotated by half a turn. architecture: the name of the configuration's file, if it is another
    one. training: what the file says about how the network was trained.
    """

    config: Any
    version: str
    weights: dict[str, np.ndarray]
    layers: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    backend: str = "tensorflow"
    architecture: str = ""
    training: Any = None


def read_contents(path: Path) -> Contents:
    """Read a stranger's file without Keras.

    An architecture and its weights in two files beside each other are one model; ``path`` may be either.

    Raises:
        LensletError: It is not a whole Keras model, or is damaged.
    """
    if path.suffix.lower() == ".json":
        if is_tensorflow_js(path):
            raise LensletError(_tensorflow_js(path))
        if read_architecture(path) is not None:
            path = weights_beside(path) or path
    return _read_zip(path) if identify(path) == "zip" else _read_hdf5_model(path)


def read_member(path: Path, member: str) -> str:
    """The text of a member of a .keras file, such as its card; "" if the file has none, or is not an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            if member not in archive.namelist() or archive.getinfo(member).file_size > LARGEST_TEXT:
                return ""
            return archive.read(member).decode("utf-8", "replace")
    except BROKEN_ZIP:
        return ""


def _read_zip(path: Path) -> Contents:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            _check_members(path, names)
            config = _json(path, archive, "config.json", LARGEST_CONFIG)
            about = _json(path, archive, "metadata.json", LARGEST_TEXT) if "metadata.json" in names else {}
            unpacked, stored = archive.getinfo(WEIGHTS).file_size, archive.getinfo(WEIGHTS).compress_size
            if stored > path.stat().st_size or (unpacked > UNPACK_FLOOR and unpacked > UNPACK_FACTOR * stored):
                raise LensletError(_unpacks(path, WEIGHTS, unpacked, path.stat().st_size))
    except zipfile.BadZipFile as problem:
        member = next((name for name in (WEIGHTS, "config.json", "metadata.json") if repr(name) in str(problem)), "")
        raise LensletError(_broken(path, member)) from problem
    except BROKEN_ZIP as problem:
        encrypted = "encrypted" in str(problem)
        raise LensletError(
            Text("{file} is an encrypted archive; unpack it and save the model without a password", file=path.name)
            if encrypted
            else _broken(path)
        ) from problem
    return Contents(
        config,
        str(about.get("keras_version", "")),
        read_hdf5(path, member=WEIGHTS).arrays,
        training=config.get("compile_config"),
    )


def _check_members(path: Path, names: list[str]) -> None:
    if any(name.endswith("data.pkl") for name in names):
        raise LensletError(
            "{file} is {kind}; {ask}: rebuild it in Keras and save it there",
            file=path.name,
            kind=FOREIGN[".pt"],
            ask=ASK_FOR,
        )
    if "config.json" not in names:
        raise LensletError(_another_archive(path, names))
    if "model.weights.npz" in names:
        raise LensletError(
            "{file} keeps its weights as Python objects (model.weights.npz), which opening a file must not build; "
            "save the model again with model.save('name.keras')",
            file=path.name,
        )
    if WEIGHTS not in names:
        raise LensletError(
            "{file} holds no weights; save the whole model with model.save('name.keras')", file=path.name
        )


def _another_archive(path: Path, names: list[str]) -> Text:
    """What an archive is that is no model: it may have one inside, as what is downloaded often does."""
    inside = next((name for name in names if name.lower().endswith(SUFFIXES)), "")
    if inside:
        return Text(
            "{file} is an archive that holds {inside}: unpack it and open that file", file=path.name, inside=inside
        )
    if any(name.endswith("model.json") for name in names):
        return _tensorflow_js(path)
    return Text("{file} is an archive without config.json, so no Keras model; {ask}", file=path.name, ask=ASK_FOR)


def _tensorflow_js(path: Path) -> Text:
    return Text(
        "{file} is a TensorFlow.js model; {ask}: convert it with tensorflowjs_converter, or export it once more, in "
        "Teachable Machine under Tensorflow as Keras",
        file=path.name,
        ask=ASK_FOR,
    )


def _json(path: Path, archive: zipfile.ZipFile, member: str, largest: int) -> dict[str, Any]:
    size = archive.getinfo(member).file_size
    if size > largest:
        raise LensletError(_unpacks(path, member, size, path.stat().st_size))
    return _description(path, archive.read(member))


def _description(path: Path, text: str | bytes) -> dict[str, Any]:
    try:
        found = parse_json(text, name="its description")
    except JsonError as problem:
        raise LensletError(
            "{file} is truncated or damaged ({problem}); export it again", file=path.name, problem=problem
        ) from problem
    if not isinstance(found, dict):
        raise LensletError(
            "{file} is truncated or damaged (its description is not a JSON object); export it again", file=path.name
        )
    return found


def _unpacks(path: Path, member: str, unpacked: int, size: int) -> str:
    return Text(
        "{file} has {size}, and its {member} claims {unpacked}; it is damaged, or made to fill the memory",
        file=path.name,
        size=bytes_text(size),
        member=member,
        unpacked=bytes_text(unpacked),
    )


def _broken(path: Path, member: str = "") -> str:
    if member:
        return Text("{file} is damaged in {member}; copy or export it again", file=path.name, member=member)
    return Text("{file} is truncated or damaged; copy it again, or export it again from where it came", file=path.name)


def _read_hdf5_model(path: Path) -> Contents:
    found = read_hdf5(path)
    text = found.attributes.get("model_config")
    if text is None:
        return _with_architecture(path, found)
    if len(text) > LARGEST_CONFIG:
        raise LensletError(
            "{file} has a description of {size}; it is damaged, or made to fill the memory",
            file=path.name,
            size=bytes_text(len(text)),
        )
    about = found.attributes
    return Contents(
        _description(path, text),
        about.get("keras_version", ""),
        found.arrays,
        _layers(path, found),
        about.get("backend", ""),
        training=_training(about.get("training_config", "")),
    )


def _training(text: str) -> Any:
    """What the text says about the training; None if it cannot be read, because answers do not depend on it."""
    try:
        return parse_json(text) if len(text) <= LARGEST_TEXT else None
    except JsonError:
        return None


def _with_architecture(path: Path, found: Hdf5) -> Contents:
    """Weights alone, with the architecture beside them."""
    beside = architecture_beside(path)
    if beside is None:
        raise LensletError(
            "{file} holds weights only, without the network they belong to; {ask}: put what model.to_json() gives "
            "beside it under the same name, or build the network, load these weights into it and save both with "
            "model.save('name.keras')",
            file=path.name,
            ask=ASK_FOR,
        )
    architecture, config = beside
    about = {key: str(config.pop(key, "")) for key in ("keras_version", "backend")}
    # Keras 3 does not store names of layers: its paths say which array belongs to which layer
    layers = _layers(path, found) or None
    version = about["keras_version"] or found.attributes.get("keras_version", "")
    backend = about["backend"] or found.attributes.get("backend", "tensorflow")
    return Contents(config, version, found.arrays, layers, backend, architecture.name)


def _layers(path: Path, found: Hdf5) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(name of a layer, names of its arrays) in the file's order."""
    top = "model_weights" if "model_weights" in found.groups else ""
    layers = []
    for name in found.groups.get(top, {}).get("layer_names", []):
        group = f"{top}/{name}".strip("/")
        names = found.groups.get(group, {}).get("weight_names", [])
        if any(f"{group}/{one}" not in found.arrays for one in names):
            raise LensletError(
                "{file} is damaged: weights of its layer {name!r} are missing; export it again",
                file=path.name,
                name=name,
            )
        layers.append((name, tuple(f"{group}/{one}" for one in names)))
    return tuple(layers)
