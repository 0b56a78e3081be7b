"""What a model file must not contain: code, classes of someone's script, and references to other files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nets.errors import LensletError
from nets.network.files.parts import calls_of, layers_of, parts_of, settings_of

OWN_MODULES = ("keras", "builtins", "tf_keras", "tensorflow")
MOST_LAYERS = 5000
# Layers of words that can refer to a vocabulary file.
WORDS = ("StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup")


def check_allowed(path: Path, config: dict[str, Any]) -> None:
    """Raises LensletError if the configuration holds code, unknown classes or references to other files."""
    layers = len(layers_of(config))
    if layers > MOST_LAYERS:
        raise LensletError(
            "{file} has {layers:,} layers; Lenslet shows networks of up to {most_layers:,}",
            file=path.name,
            layers=layers,
            most_layers=MOST_LAYERS,
        )
    calls = calls_of(config)
    if calls > MOST_LAYERS:
        raise LensletError(
            "{file} computes {calls} layers for one picture, because its models call each other; Lenslet shows "
            "networks of up to {most_layers:,}",
            file=path.name,
            calls=f"{calls:,}" if calls < 10**12 else "more than a billion",
            most_layers=MOST_LAYERS,
        )
    for part in parts_of(config):
        kind, module, settings = str(part["class_name"]), part.get("module"), settings_of(part)
        name = str(settings.get("name", ""))
        called = f" {name!r}" if name else ""
        if kind in ("Lambda", "__lambda__"):
            raise LensletError(
                "{file} has a Lambda layer{called}: it holds Python code, which opening a file must not run; replace "
                "it by a Keras layer (Rescaling, Activation, Reshape, ...) and save the model again",
                file=path.name,
                called=called,
            )
        if kind == "TFSMLayer":
            raise LensletError(
                "{file} has a TFSMLayer{called}: it runs a TensorFlow program from another folder, which opening a "
                "file must not do; rebuild the model from Keras's layers and save it again",
                file=path.name,
                called=called,
            )
        if kind in WORDS and isinstance(settings.get("vocabulary"), str):
            raise LensletError(
                "{file} reads the words of its layer{called} from another file, which opening a file must not do",
                file=path.name,
                called=called,
            )
        own = isinstance(module, str) and module.split(".")[0] not in OWN_MODULES
        registered = str(part.get("registered_name") or "")
        # Keras stores a module for its own classes; a class of someone's script has none.
        if (own or ("module" in part and module is None)) and not _is_registered(registered):
            raise LensletError(
                "{file} has{part} of the class {kind}, which is not Keras's own: its code is not in the file; rebuild "
                "the model from Keras's layers and save it again",
                file=path.name,
                part=called or " a part",
                kind=registered or kind,
            )


def _is_registered(name: str) -> bool:
    """Whether the class is one of this project's own layers. Imports Keras, so it is checked last."""
    if not name.startswith("lenslet>"):
        return False
    import keras

    from nets import zoo  # noqa: F401  (its modules register their layers)
    from nets.network.files.rewriting import activations

    activations.register()
    return keras.saving.get_registered_object(name) is not None
