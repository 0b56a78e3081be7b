"""Reading a model file of the person's own, or saying why it cannot be read and what to do about it.

What a file is, is told from its first bytes and its own configuration before Keras is imported, so that a refusal
comes at once and names its reason. Safe mode stays on: nothing in a file is ever run as Python code.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nets.errors import LensletError, UsageError

if TYPE_CHECKING:
    import keras

SUFFIXES = (".keras", ".h5", ".hdf5")
ASK_FOR = "Lenslet opens whole Keras models: a .keras file, or a whole-model .h5"

# What other frameworks call their files, and the way from there to here.
FOREIGN = {
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".ckpt": "a training checkpoint",
    ".onnx": "an ONNX file",
    ".pb": "a TensorFlow graph",
    ".tflite": "a TensorFlow Lite file",
    ".safetensors": "a safetensors file, which holds weights without the network",
    ".npz": "a NumPy archive",
    ".npy": "a NumPy array",
    ".pkl": "a Python pickle",
    ".joblib": "a scikit-learn file",
    ".mlmodel": "a Core ML file",
    ".caffemodel": "a Caffe file",
    ".json": "a JSON file; an architecture alone holds no weights",
}


def read_network(path: Path) -> tuple[keras.Model, tuple[str, ...]]:
    """The model of a .keras or whole-model .h5 file, not compiled, and notes. LensletError says why not."""
    config, version = read_config(path)
    if not path.name.endswith(SUFFIXES):  # Keras goes by the name
        ending = ".keras" if zipfile.is_zipfile(path) else ".h5"
        name = path.stem.removesuffix(ending) + ending
        raise LensletError(f"{path.name} holds a Keras model under another name; rename it to {name}")
    _refuse_code(path, config)
    notes = _compare_versions(path, version)
    import keras

    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as problem:  # Keras raises whatever the damaged or unknown part of the file provokes
        raise LensletError(_why(path, problem, version)) from problem
    if not isinstance(network, keras.Model):
        raise LensletError(f"{path.name} holds a {type(network).__name__}, not a model; {ASK_FOR}")
    return network, notes


def read_config(path: Path) -> tuple[dict[str, Any], str]:
    """The configuration of the model in the file, and the version of the Keras that wrote it ("" unknown)."""
    try:
        there = path.exists()
    except OSError as problem:
        raise LensletError(f"{path} cannot be read: {problem.strerror}") from problem
    if path.is_dir():
        saved = (path / "saved_model.pb").exists()
        what = "a TensorFlow SavedModel folder" if saved else "a folder"
        advice = "; load it in TensorFlow and save it with model.save('name.keras')" if saved else ""
        raise LensletError(f"{path} is {what}; {ASK_FOR}{advice}")
    if not there:
        raise UsageError(f"there is no file {path}")
    try:
        with open(path, "rb") as file:
            start = file.read(8)
    except OSError as problem:
        raise LensletError(f"{path} cannot be read: {problem.strerror}") from problem
    if start.startswith(b"PK\x03\x04"):
        return _read_zip(path)
    if start == b"\x89HDF\r\n\x1a\n":
        return _read_h5(path)
    if not start:
        raise LensletError(f"{path.name} is empty; {ASK_FOR}")
    if path.suffix.lower() in SUFFIXES:
        raise LensletError(
            f"{path.name} is damaged or was renamed: its first bytes are not those of a {path.suffix} file; {ASK_FOR}"
        )
    what = FOREIGN.get(path.suffix.lower(), "no model file that Lenslet knows")
    raise LensletError(f"{path.name} is {what}; {ASK_FOR}: convert it and save it with model.save('name.keras')")


def _read_zip(path: Path) -> tuple[dict[str, Any], str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.endswith("data.pkl") for name in names):
                raise LensletError(f"{path.name} is {FOREIGN['.pt']}; {ASK_FOR}: rebuild it in Keras and save it there")
            if "config.json" not in names:
                raise LensletError(f"{path.name} is an archive without config.json, so no Keras model; {ASK_FOR}")
            broken = archive.testzip()
            if broken:
                raise LensletError(f"{path.name} is damaged in {broken}; copy or export it again")
            config = json.loads(archive.read("config.json"))
            about = json.loads(archive.read("metadata.json")) if "metadata.json" in names else {}
            if not isinstance(config, dict) or not isinstance(about, dict):
                raise ValueError("its description is not a JSON object")
            if not any(name.startswith("model.weights") for name in names):
                raise LensletError(f"{path.name} holds no weights; save the whole model with model.save('name.keras')")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as problem:
        raise LensletError(
            f"{path.name} is truncated or damaged ({problem}); copy it again, or export it again from where it came"
        ) from problem
    return config, str(about.get("keras_version", ""))


def _read_h5(path: Path) -> tuple[dict[str, Any], str]:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            config = file.attrs.get("model_config")
            version = file.attrs.get("keras_version", "")
    except (OSError, RuntimeError, ValueError, KeyError) as problem:
        raise LensletError(f"{path.name} is truncated or damaged; copy it again, or export it again") from problem
    if config is None:
        raise LensletError(
            f"{path.name} holds weights only, without the network they belong to; {ASK_FOR}: build the network, "
            "load these weights into it and save both with model.save('name.keras')"
        )
    text = config.decode("utf-8", "replace") if isinstance(config, bytes) else str(config)
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise LensletError(f"{path.name} is damaged: its model_config is no JSON; export it again") from problem
    return found, version.decode() if isinstance(version, bytes) else str(version)


def _refuse_code(path: Path, config: dict[str, Any]) -> None:
    """Lambda layers and classes that Keras does not bring are named before anything is built."""
    for part in _parts(config):
        kind, module = str(part.get("class_name", "")), part.get("module")
        name = str(part.get("config", {}).get("name", "")) if isinstance(part.get("config"), dict) else ""
        called = f" {name!r}" if name else ""
        if kind in ("Lambda", "__lambda__", "TFOpLambda", "SlicingOpLambda"):
            raise LensletError(
                f"{path.name} has a Lambda layer{called}: it holds Python code, which opening a file must not run; "
                "replace it by a Keras layer (Rescaling, Activation, Reshape, ...) and save the model again"
            )
        own = isinstance(module, str) and module.split(".")[0] not in ("keras", "builtins", "tf_keras", "tensorflow")
        registered = str(part.get("registered_name") or "")
        # Keras writes the module of its own classes; a class of somebody's script has none.
        if (own or ("module" in part and module is None)) and not _is_registered(registered):
            raise LensletError(
                f"{path.name} has{called or ' a part'} of the class {registered or kind}, which is not Keras's own: "
                "its code is not in the file; rebuild the model from Keras's layers and save it again"
            )


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _parts(value)
    elif isinstance(config, list):
        for value in config:
            yield from _parts(value)


def _is_registered(name: str) -> bool:
    """Whether the class is one of this project's own layers. Imports Keras, so it is asked last."""
    if not name.startswith("lenslet>"):
        return False
    import keras

    from nets import zoo  # noqa: F401  (its modules register their layers)

    return keras.saving.get_registered_object(name) is not None


def _compare_versions(path: Path, version: str) -> tuple[str, ...]:
    import keras

    if _numbers(version) <= _numbers(keras.__version__):
        return ()
    if _numbers(version)[0] > _numbers(keras.__version__)[0]:
        raise LensletError(_newer(path, version))
    return (f"Saved by Keras {version}, newer than this {keras.__version__}; if something looks wrong, update Keras.",)


def _newer(path: Path, version: str) -> str:
    import keras

    return (
        f"{path.name} was saved by Keras {version}, and this is Keras {keras.__version__}; update with "
        f"pip install --upgrade keras, or save the model with Keras {keras.__version__}"
    )


def _why(path: Path, problem: Exception, version: str) -> str:
    import keras

    text = " ".join(str(problem).split())
    if _numbers(version) > _numbers(keras.__version__):
        return _newer(path, version)
    if isinstance(problem, MemoryError):
        return f"{path.name} does not fit into memory; close other programs or take a smaller model"
    missing = re.search(r"(?:Could not locate (?:class|function)|Unknown layer:?) '([^']+)'", text)
    if missing:
        return (
            f"{path.name} uses {missing[1]!r}, which is not Keras's own, and its code is not in the file; rebuild the "
            "model from Keras's layers and save it again"
        )
    unknown = re.search(r"Could not deserialize '(keras\.[^']+)'", text)
    if unknown:
        return (
            f"{path.name} uses {unknown[1]}, which Keras {keras.__version__} does not have; update with "
            "pip install --upgrade keras"
        )
    return (
        f"{path.name} cannot be opened as a Keras model ({_short(text)}); save it again with model.save('name.keras')"
    )


def _short(text: str, limit: int = 160) -> str:
    first = text.split(". ")[0]
    return first if len(first) <= limit else first[: limit - 1] + "…"


def _numbers(version: str) -> tuple[int, ...]:
    parts = [int("".join(c for c in part if c.isdigit()) or 0) for part in version.split(".")[:3]]
    return tuple(parts + [0] * (3 - len(parts)))
