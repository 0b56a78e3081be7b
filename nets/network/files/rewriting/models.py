"""A stored model, with the models inside it, as today's Keras reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nets.network.files.parts import name_of, settings_of
from nets.network.files.rewriting import graph, tensor_ops
from nets.network.files.rewriting.arguments import MODELS
from nets.network.files.rewriting.layers import Unknown, input_layer, is_16_bit, layer_class, module_of, rewrite_layer
from nets.text import Text


@dataclass(eq=False)
class Rewritten:
    """config: what Keras builds. notes: sentences for the person."""

    config: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def rewrite(config: Any, *, old: bool) -> Rewritten:
    """The configuration in the form of a ``.keras`` file of today.

    Args:
        config: the stored configuration.
        old: whether Keras 1 or 2 wrote it. Keras 3 needs no more than the modules that its ``.h5`` files leave out.

    Raises:
        Unknown: what there is in the file that cannot be rewritten.
    """
    if not isinstance(config, dict) or "class_name" not in config:
        raise Unknown("a description that is not a model's")
    if not old:
        return Rewritten(_with_modules(config))
    notes: list[str] = []
    if _any_16_bit(config):
        notes.append(Text("It was trained in 16-bit numbers; here it computes in 32 bits."))
    return Rewritten(rewrite_part(config), notes)


def rewrite_part(part: dict[str, Any]) -> dict[str, Any]:
    """A layer or a model of Keras 1 or 2, in today's form."""
    kind = part.get("class_name")
    if kind not in MODELS:
        return rewrite_layer(part, rewrite_part)
    config = part.get("config")
    if isinstance(config, list):  # Keras before 2.2.3
        config = {"layers": config}
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise Unknown("a model without a list of layers")
    if not all(isinstance(layer, dict) for layer in config["layers"]):
        raise Unknown("a layer that is not described")
    name = str(config.get("name") or part.get("name") or kind.lower())
    if kind == "Sequential":
        return _sequential(name, config)
    return _functional(name, config)


def _sequential(name: str, config: dict[str, Any]) -> dict[str, Any]:
    layers = []
    for stored in config["layers"]:
        inner = settings_of(stored)
        if stored.get("class_name") == "InputLayer":
            layers.append(input_layer(_input_shape(inner), inner.get("dtype"), str(inner.get("name") or "input")))
            continue
        if not layers:
            shape = _input_shape(inner) or config.get("build_input_shape") or _built_for(stored)
            if shape:
                dtype = inner.get("input_dtype") or _input_dtype(stored, inner)
                layers.append(input_layer(shape, dtype, f"{inner.get('name', name)}_input"))
        layers.append(rewrite_part(stored))
    config = {"name": name, "trainable": config.get("trainable", True), "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def _functional(name: str, config: dict[str, Any]) -> dict[str, Any]:
    names = {name_of(layer) for layer in config["layers"]}
    layers = []
    for stored in config["layers"]:
        own = name_of(stored)
        nodes = [graph.rewrite_node(node, names) for node in stored.get("inbound_nodes") or []]
        if stored.get("class_name") == "InputLayer":
            inner = settings_of(stored)
            layer = input_layer(_input_shape(inner), inner.get("dtype") or inner.get("input_dtype"), own)
        elif stored.get("class_name") in tensor_ops.KINDS:
            layer, nodes = tensor_ops.rewrite_operation(stored, nodes)
        else:
            layer = rewrite_part(stored)
        layers.append({**layer, "name": own, "inbound_nodes": nodes})
    if "input_layers" not in config or "output_layers" not in config:
        raise Unknown("a model without inputs or outputs")
    outputs = graph.number_from_zero(layers, config["output_layers"])
    config = {
        "name": name,
        "trainable": config.get("trainable", True),
        "layers": layers,
        "input_layers": graph.one_or_many(config["input_layers"]),
        "output_layers": graph.one_or_many(outputs),
    }
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }


def _input_shape(config: dict[str, Any]) -> Any:
    for key in ("batch_input_shape", "batch_shape"):
        if config.get(key):
            return config[key]
    shape = config.get("input_shape")
    if isinstance(shape, list):
        return [None, *shape]
    width = config.get("input_dim")
    return [None, width] if isinstance(width, int) and "output_dim" in config and "input_length" not in config else None


def _input_dtype(stored: dict[str, Any], config: dict[str, Any]) -> Any:
    return "int32" if stored.get("class_name") == "Embedding" else config.get("dtype")


def _built_for(stored: dict[str, Any]) -> Any:
    """The shape that a ``.keras`` file of Keras 2.13 to 2.15 stores beside each layer."""
    built = stored.get("build_config")
    return built.get("input_shape") if isinstance(built, dict) else None


def _with_modules(part: dict[str, Any]) -> dict[str, Any]:
    """Add the modules that today's ``.h5`` files leave out.

    Of a layer's build configuration only the shape is kept: with anything else Keras counts the layer as built, without
    weights.
    """
    found = dict(part)
    built = found.pop("build_config", None)
    if isinstance(built, dict) and not built.keys().isdisjoint(("input_shape", "shapes_dict")):
        found["build_config"] = built
    kind, config = part.get("class_name"), part.get("config")
    if "module" not in part:
        if kind == "Sequential":
            found.update(module="keras", registered_name=None)
        elif kind in MODELS:
            found.update(module="keras.src.models.functional", class_name="Functional", registered_name="Functional")
        else:
            module = _module_of(str(kind), settings_of(part))
            found.update(module=module, registered_name=None if module == "keras.layers" else kind)
    if isinstance(config, dict):
        config = dict(config)
        if isinstance(config.get("layers"), list):
            config["layers"] = [_with_modules(one) if isinstance(one, dict) else one for one in config["layers"]]
        for key in ("layer", "backward_layer", "cell"):
            if isinstance(config.get(key), dict) and "class_name" in config[key]:
                config[key] = _with_modules(config[key])
        found["config"] = config
    return found


def _module_of(kind: str, settings: dict[str, Any]) -> str | None:
    """The module of the class in today's Keras. Some layers and operations share a name, such as Add; only layers can
    be trained.
    """
    if layer_class(kind) is not None and "trainable" in settings:
        return module_of(kind)
    import keras

    operation = getattr(keras.src.ops, kind, None)
    if isinstance(operation, type) and issubclass(operation, keras.Operation):
        return operation.__module__
    return module_of(kind) if layer_class(kind) is not None else None


def _any_16_bit(value: Any) -> bool:
    if isinstance(value, dict):
        return is_16_bit(value.get("dtype")) or any(_any_16_bit(one) for one in value.values())
    return isinstance(value, list) and any(_any_16_bit(one) for one in value)
