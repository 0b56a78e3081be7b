"""One stored layer of Keras 1 or 2 as today's Keras builds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from nets.errors import LensletError
from nets.network.files.rewriting import activations
from nets.network.files.rewriting.arguments import (
    ACTIVATION_ARGUMENTS,
    ALSO_ONLY_FOR_TRAINING,
    ARGUMENTS,
    CLASSES,
    FORMER_DEFAULTS,
    HARMLESS,
    MERGES,
    ONLY_FOR_TRAINING,
    ORDERS,
    REMOVED,
)

Rewrite = Callable[[dict[str, Any]], dict[str, Any]]

# layers that Keras defines in the module of the network they were made for
OF_CONVNEXT = ("LayerScale", "StochasticDepth")
WRAPPED = ("layer", "backward_layer", "cell", "cells")


class Unknown(LensletError):
    """A layer that cannot be rewritten. The message is the rest of a sentence that begins with "the file has"."""


def rewrite_layer(part: dict[str, Any], rewrite_inner: Rewrite) -> dict[str, Any]:
    """The layer with today's class name, arguments and module.

    Args:
        part: the stored layer.
        rewrite_inner: does the same for a layer or model that this one wraps.

    Raises:
        Unknown: what of it today's Keras does not have.
    """
    name, old = str(part.get("class_name")), part.get("config")
    if not isinstance(old, dict):
        raise Unknown("a layer of the kind {name} without settings", name=name)
    config = dict(old)
    kind = _kind(name, config)
    cls = layer_class(kind)
    if cls is None:
        why = (
            "today's Keras does not have" if name in REMOVED else "is not Keras's own and whose code is not in the file"
        )
        raise Unknown(
            "the layer {layer!r} of the kind {name}, which {why}", layer=config.get("name", name), name=name, why=why
        )
    _rename(kind, config, cls)
    for key in WRAPPED:
        if key in config and config[key] is not None:
            config[key] = _wrapped(config[key], rewrite_inner)
    config["dtype"] = plain_dtype(config.get("dtype"))
    for key in ACTIVATION_ARGUMENTS:
        if key in config:
            config[key] = _activation(config[key], rewrite_inner)
    for key, value in FORMER_DEFAULTS.get(kind, {}).items():
        config.setdefault(key, value)
    _drop(kind, config, cls)
    return {"module": module_of(kind), "class_name": kind, "config": config, "registered_name": None}


def input_layer(shape: Any, dtype: Any, name: str) -> dict[str, Any]:
    """The configuration of an InputLayer.

    Args:
        shape: a list of sizes, the first of which is that of the batch and becomes open.
        dtype: as it was stored.
        name: of the layer.

    Raises:
        Unknown: ``shape`` is no list of sizes.
    """
    if not isinstance(shape, list | tuple) or not shape:
        raise Unknown("an input whose shape is {shape}", shape=repr(shape))
    config = {"batch_shape": [None, *shape[1:]], "dtype": plain_dtype(dtype) or "float32", "name": name}
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


def plain_dtype(dtype: Any) -> Any:
    """The number type as text. Layers trained in 16 bits are computed in 32, as their weights are stored."""
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        dtype = inner.get("name") if isinstance(inner, dict) else None
    if not isinstance(dtype, str):
        return "float32"
    if dtype.startswith("mixed_") or dtype in ("float16", "bfloat16", "infer", "_infer"):
        return "float32"
    return dtype


def is_16_bit(dtype: Any) -> bool:
    name = dtype.get("config", {}).get("name") if isinstance(dtype, dict) else dtype
    return isinstance(name, str) and (name.startswith("mixed_") or name in ("float16", "bfloat16"))


@cache
def layer_class(name: str) -> type | None:
    """Keras's own layer with this name, None for none."""
    import keras
    from keras.src.applications import convnext

    found = getattr(keras.layers, name, None) or (getattr(convnext, name) if name in OF_CONVNEXT else None)
    return found if isinstance(found, type) and issubclass(found, keras.layers.Layer) else None


def module_of(name: str) -> str:
    """The module in which Keras has that layer."""
    cls = layer_class(name)
    return cls.__module__ if cls is not None and name in OF_CONVNEXT else "keras.layers"


@cache
def accepted(cls: type) -> frozenset[str]:
    """The names of the arguments that the class accepts."""
    found: set[str] = set()
    for one in cls.__mro__:
        if one.__name__ == "Layer":  # reached only if all before it pass on what they do not know
            return frozenset(found | {"name", "trainable", "dtype"})
        if "__init__" not in one.__dict__:
            continue
        parameters = inspect.signature(one.__dict__["__init__"]).parameters
        found |= {key for key in parameters if key not in ("self", "args", "kwargs")}
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            break
    return frozenset(found)


def _kind(name: str, config: dict[str, Any]) -> str:
    """Today's name of the class."""
    if name == "Merge":
        mode = config.pop("mode", "sum")
        if mode not in MERGES or config.pop("layers", None):
            raise Unknown("the layer {layer!r}, a Merge by {mode!r}", layer=config.get("name", name), mode=mode)
        for key in ("node_indices", "tensor_indices", "arguments", "mode_type", "output_shape", "output_shape_type"):
            config.pop(key, None)
        if mode != "concat":
            config.pop("concat_axis", None)
        config.pop("dot_axes", None)
        config.pop("output_mask", None)
        config.pop("output_mask_type", None)
        return MERGES[mode]
    return CLASSES.get(name, name)


def _rename(kind: str, config: dict[str, Any], cls: type) -> None:
    """Give the arguments of Keras 1 and 2 their present names and forms."""
    takes = accepted(cls)
    if "nb_row" in config and "nb_col" in config:
        config["kernel_size"] = [config.pop("nb_row"), config.pop("nb_col")]
    if "filter_length" in config:
        config["kernel_size"] = config.pop("filter_length")
    for before, today in ARGUMENTS.items():
        if before in config and before not in takes and today in takes:
            config[today] = config.pop(before)
    if config.get("data_format") in ORDERS:
        config["data_format"] = ORDERS[config["data_format"]]
    for key in ("threshold", "negative_slope", "max_value", "alpha"):
        if isinstance(config.get(key), dict):  # a number that was stored as an array
            config[key] = config[key].get("value")
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1 and kind != "Normalization":
        config["axis"] = axis[0]
    if kind == "ReLU" and config.get("negative_slope") is None:
        config["negative_slope"] = 0.0


def _wrapped(value: Any, rewrite_inner: Rewrite) -> Any:
    """A layer, or a list of layers, inside another: in Bidirectional, TimeDistributed and RNN."""
    if isinstance(value, list):
        return [_wrapped(one, rewrite_inner) for one in value]
    return rewrite_inner(value) if isinstance(value, dict) and "class_name" in value else value


def _activation(value: Any, rewrite_inner: Rewrite) -> Any:
    name = value
    if isinstance(value, dict):
        inner = value.get("config")
        name = inner if isinstance(inner, str) else value.get("class_name")
    if name == "hard_sigmoid":
        return activations.hard_sigmoid()
    if not isinstance(name, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("config"), dict):  # a layer as an activation: LeakyReLU
        return rewrite_inner(value)
    return name


def _drop(kind: str, config: dict[str, Any], cls: type) -> None:
    """Remove what only training needs, and what today's class lacks if that makes no difference."""
    takes = accepted(cls)
    for key in list(config):
        value = config[key]
        for_training = key.endswith(ONLY_FOR_TRAINING) or key in ALSO_ONLY_FOR_TRAINING - takes
        if for_training or key == "activity_regularizer" or (key == "noise_shape" and value is None):
            del config[key]
        elif key not in takes:
            if value not in (None, False, [], {}) and value not in HARMLESS.get(key, ()):
                raise Unknown(
                    "the layer {layer!r} ({kind}) with the setting {key} = {value}, which today's Keras does not have",
                    layer=config.get("name", kind),
                    kind=kind,
                    key=key,
                    value=repr(value),
                )
            del config[key]
