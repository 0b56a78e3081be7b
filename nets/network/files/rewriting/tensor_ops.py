"""TensorFlow operations between the layers of a Keras 2 model, as Keras layers or operations that compute the same.

Keras 2 wrapped every ``x / 255`` and ``tf.nn.relu(x)`` in a TFOpLambda, which names the function and contains no code.
The functions listed here have an exact counterpart; any other is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nets.network.files.parts import name_of, settings_of
from nets.network.files.rewriting.graph import is_tensor
from nets.network.files.rewriting.layers import Unknown

KINDS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod", "InstanceProperty")

Node = dict[str, Any]
Rule = Callable[[str, Node], tuple[dict[str, Any], Node]]


def rewrite_operation(part: dict[str, Any], nodes: list[Node]) -> tuple[dict[str, Any], list[Node]]:
    """The layer or operation, and its calls, in place of a TensorFlow operation. ``Unknown`` where there is none.

    Args:
        part: the stored TFOpLambda (or one of ``KINDS``).
        nodes: its calls in today's form.
    """
    config, name = settings_of(part), name_of(part)
    function, nodes = _function(part, config, nodes)
    rule = RULES.get(function)
    if rule is None or len(nodes) != 1:
        raise Unknown(
            "the TensorFlow operation {function!r} between its layers", function=function or part.get("class_name")
        )
    try:
        layer, node = rule(name, nodes[0])
    except (KeyError, IndexError, TypeError, ValueError) as problem:
        raise Unknown(
            "the TensorFlow operation {function!r} with settings that are not known", function=function
        ) from problem
    return layer, [node]


def _function(part: dict[str, Any], config: dict[str, Any], nodes: list[Node]) -> tuple[str, list[Node]]:
    """The function's short name, "math.multiply" as "multiply", and the calls with what the layer kept of them."""
    if part.get("class_name") != "TensorFlowOpLayer":
        function = str(config.get("function", ""))
        return function.rsplit(".", 1)[-1].strip("_"), nodes
    stored = config.get("node_def")
    constants = config.get("constants")
    if not isinstance(stored, dict) or not isinstance(constants, dict) or len(nodes) != 1:
        return "", nodes
    function = {"AddV2": "add", "Add": "add", "Mul": "multiply", "Sub": "subtract", "RealDiv": "truediv"}.get(
        str(stored.get("op")), str(stored.get("op"))
    )
    function = {"Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh"}.get(function, function)
    found = nodes[0]["args"][0]
    values = found if isinstance(found, list) else [found]
    for place, value in sorted(constants.items()):
        values.insert(int(place), value)
    if len(values) == 1:
        return function, [{"args": values, "kwargs": {}}]
    return function, [{"args": values[:1], "kwargs": {"y": values[1]}}]


# --- parts of the result ------------------------------------------------------------------------------------------


def _layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, "dtype": "float32", **config},
        "registered_name": None,
    }


def _operation(kind: str, name: str, module: str = "numpy", **config: Any) -> dict[str, Any]:
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": kind,
        "config": {"name": name, **config},
        "registered_name": kind,
    }


def _call(*values: Any) -> Node:
    return {"args": list(values), "kwargs": {}}


def _first(node: Node) -> Any:
    value = node["args"][0]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# --- rules --------------------------------------------------------------------------------------------------------


def _binary(kind: str) -> Rule:
    """Arithmetic on two values, one of which may be a number or a list of numbers (one for each channel)."""

    def rule(name: str, node: Node) -> tuple[dict[str, Any], Node]:
        arguments = node["kwargs"]
        left = _first(node)
        right = arguments[next((key for key in ("y", "bias", "value") if key in arguments), "y")]
        if is_tensor(left) and is_tensor(right):
            if kind in ("Add", "Subtract", "Multiply", "Maximum", "Minimum"):
                return _layer(kind, name), _call([left, right])
            return _operation(kind, name), _call(left, right)
        if is_tensor(left) and (scaled := _scaling(kind, right)):
            return _layer("Rescaling", name, scale=scaled[0], offset=scaled[1]), _call(left)
        if is_tensor(right) and kind in ("Add", "Multiply") and (scaled := _scaling(kind, left)):
            return _layer("Rescaling", name, scale=scaled[0], offset=scaled[1]), _call(right)
        if is_tensor(right) and kind == "Subtract" and _is_number(left):
            return _layer("Rescaling", name, scale=-1.0, offset=left), _call(right)
        if not (_is_number(left) or _is_number(right)):
            raise ValueError("two constants")
        return _operation(kind, name), _call(left, right)

    return rule


def _scaling(kind: str, value: Any) -> tuple[Any, Any] | None:
    """(scale, offset) of an equivalent Rescaling; None if there is none."""
    if isinstance(value, list) and value and all(_is_number(one) for one in value):
        if kind == "Add":
            return 1.0, value
        if kind == "Subtract":
            return 1.0, [-one for one in value]
        if kind == "Multiply":
            return value, 0.0
        return ([1 / one for one in value], 0.0) if kind == "Divide" else None
    if not _is_number(value):
        return None
    return {
        "Add": (1.0, value),
        "Subtract": (1.0, -value),
        "Multiply": (value, 0.0),
        "Divide": (1 / value if value else None, 0.0),
    }.get(kind)


def _activation(function: str) -> Rule:
    return lambda name, node: (_layer("Activation", name, activation=function), _call(_first(node)))


def _relu(limit: float | None) -> Rule:
    def rule(name: str, node: Node) -> tuple[dict[str, Any], Node]:
        arguments = node["kwargs"]
        settings = {
            "max_value": arguments.get("max_value", limit),
            "negative_slope": arguments.get("alpha", arguments.get("negative_slope", 0.0)),
            "threshold": arguments.get("threshold", 0.0),
        }
        return _layer("ReLU", name, **settings), _call(_first(node))

    return rule


def _leaky_relu(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    return _layer("LeakyReLU", name, negative_slope=node["kwargs"].get("alpha", 0.2)), _call(_first(node))


def _softmax(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    return _layer("Softmax", name, axis=node["kwargs"].get("axis", -1)), _call(_first(node))


def _gelu(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    approximate = bool(node["kwargs"].get("approximate", False))
    return _operation("Gelu", name, "nn", approximate=approximate), _call(_first(node))


def _identity(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    return _layer("Identity", name), _call(_first(node))


def _cast(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    dtype = node["kwargs"].get("dtype", "float32")
    return _operation("Cast", name, "core", dtype=str(dtype)), _call(_first(node))


def _reshape(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    shape = node["kwargs"]["shape"]
    if not (isinstance(shape, list) and all(isinstance(size, int) for size in shape) and shape[0] == -1):
        raise ValueError("a shape that is computed")
    return _layer("Reshape", name, target_shape=shape[1:]), _call(_first(node))


def _transpose(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    order = node["kwargs"]["perm"]
    if order[0] != 0:
        raise ValueError("the batch axis moves")
    return _layer("Permute", name, dims=order[1:]), _call(_first(node))


def _concat(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    values = node["args"][0] if isinstance(node["args"][0], list) else [node["args"][0]]
    if not all(is_tensor(value) for value in values):
        raise ValueError("constants among them")
    return _layer("Concatenate", name, axis=node["kwargs"].get("axis", -1)), _call(values)


def _reduce(kind: str, pooling: str) -> Rule:
    def rule(name: str, node: Node) -> tuple[dict[str, Any], Node]:
        arguments = node["kwargs"]
        axis, keepdims = arguments.get("axis"), bool(arguments.get("keepdims", arguments.get("keep_dims", False)))
        if pooling and axis in ([1, 2], [2, 1]):
            return _layer(pooling, name, keepdims=keepdims, data_format="channels_last"), _call(_first(node))
        return _operation(kind, name, axis=axis, keepdims=keepdims), _call(_first(node))

    return rule


def _elementwise(kind: str) -> Rule:
    return lambda name, node: (_operation(kind, name), _call(_first(node)))


def _clip(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    low, high = node["kwargs"]["clip_value_min"], node["kwargs"]["clip_value_max"]
    if not (_is_number(low) and _is_number(high)):
        raise ValueError("limits that are computed")
    return _operation("Clip", name, x_min=low, x_max=high), _call(_first(node))


def _expand(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    return _operation("ExpandDims", name, axis=node["kwargs"].get("axis", -1)), _call(_first(node))


def _squeeze(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    return _operation("Squeeze", name, axis=node["kwargs"].get("axis")), _call(_first(node))


def _power(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    exponent = node["kwargs"]["y"]
    if not _is_number(exponent):
        raise ValueError("an exponent that is computed")
    return _operation("Power", name), _call(_first(node), exponent)


def _resize(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    arguments = node["kwargs"]
    height, width = arguments.get("size") or arguments["images_size"]
    method = arguments.get("method", "bilinear")
    if method not in ("bilinear", "nearest") or arguments.get("antialias") or arguments.get("preserve_aspect_ratio"):
        raise ValueError("a method that is not known")
    return _layer("Resizing", name, height=height, width=width, interpolation=method), _call(_first(node))


def _slice(name: str, node: Node) -> tuple[dict[str, Any], Node]:
    """x[...]: with the slices as Keras stores them, [:, :, :, ::-1] for one."""
    key = [_slice_part(part) for part in node["kwargs"]["slice_spec"]]
    return _operation("GetItem", name), _call(_first(node), key)


def _slice_part(part: Any) -> Any:
    if isinstance(part, dict) and part.get("class_name") == "__ellipsis__":
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(part, dict) and {"start", "stop", "step"} <= set(part):
        return {"class_name": "__slice__", "config": {key: part[key] for key in ("start", "stop", "step")}}
    if isinstance(part, int):
        return part
    raise ValueError("a place that is computed")


RULES: dict[str, Rule] = {
    "add": _binary("Add"),
    "bias_add": _binary("Add"),
    "subtract": _binary("Subtract"),
    "sub": _binary("Subtract"),
    "multiply": _binary("Multiply"),
    "mul": _binary("Multiply"),
    "truediv": _binary("Divide"),
    "divide": _binary("Divide"),
    "maximum": _binary("Maximum"),
    "minimum": _binary("Minimum"),
    "pow": _power,
    "relu": _relu(None),
    "relu6": _relu(6.0),
    "leaky_relu": _leaky_relu,
    "sigmoid": _activation("sigmoid"),
    "tanh": _activation("tanh"),
    "elu": _activation("elu"),
    "gelu": _gelu,
    "selu": _activation("selu"),
    "softplus": _activation("softplus"),
    "softsign": _activation("softsign"),
    "swish": _activation("silu"),
    "silu": _activation("silu"),
    "softmax": _softmax,
    "softmax_v2": _softmax,
    "identity": _identity,
    "stop_gradient": _identity,
    "cast": _cast,
    "reshape": _reshape,
    "transpose": _transpose,
    "concat": _concat,
    "reduce_mean": _reduce("Mean", "GlobalAveragePooling2D"),
    "reduce_max": _reduce("Max", "GlobalMaxPooling2D"),
    "reduce_sum": _reduce("Sum", ""),
    "square": _elementwise("Square"),
    "sqrt": _elementwise("Sqrt"),
    "abs": _elementwise("Absolute"),
    "exp": _elementwise("Exp"),
    "neg": _elementwise("Negative"),
    "negative": _elementwise("Negative"),
    "clip_by_value": _clip,
    "expand_dims": _expand,
    "expand_dims_v2": _expand,
    "squeeze": _squeeze,
    "resize": _resize,
    "resize_images_v2": _resize,
    "getitem": _slice,
}
