"""TensorFlow operations between the layers of old files compute what they did there."""

from __future__ import annotations

import numpy as np
import pytest

from nets.network.files import read_network
from tests.nets.network.old_files import called, functional, layer, start, write_h5


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


OPERATIONS = [
    ("math.truediv", {"y": 127.5}, lambda x: x / 127.5),
    ("__operators__.add", {"y": [0.5, 1.0]}, lambda x: x + np.array([0.5, 1.0])),
    ("math.subtract", {"y": 0.25, "name": None}, lambda x: x - 0.25),
    ("math.multiply", {"y": -2}, lambda x: x * -2),
    ("nn.bias_add", {"bias": [1.0, -1.0]}, lambda x: x + np.array([1.0, -1.0])),
    ("math.maximum", {"y": 0.3}, lambda x: np.maximum(x, 0.3)),
    ("math.pow", {"y": 2}, lambda x: x**2),
    ("nn.relu", {"name": None}, lambda x: np.maximum(x, 0)),
    ("nn.relu6", {}, lambda x: np.clip(x, 0, 6)),
    ("nn.leaky_relu", {"alpha": 0.3}, lambda x: np.where(x > 0, x, 0.3 * x)),
    ("math.sigmoid", {}, sigmoid),
    ("nn.silu", {}, lambda x: x * sigmoid(x)),
    (
        "nn.gelu",
        {"features": None, "approximate": True},
        lambda x: x * (1 + np.tanh((x + 0.044715 * x**3) * 0.7978846)) / 2,
    ),
    ("reshape", {"shape": [-1, 32]}, lambda x: x.reshape(-1, 32)),
    ("transpose", {"perm": [0, 2, 1, 3]}, lambda x: x.transpose(0, 2, 1, 3)),
    ("math.reduce_mean", {"axis": [1, 2]}, lambda x: x.mean((1, 2))),
    ("math.reduce_max", {"axis": [1, 2], "keepdims": True}, lambda x: x.max((1, 2), keepdims=True)),
    ("math.reduce_sum", {"axis": 3}, lambda x: x.sum(3)),
    ("clip_by_value", {"clip_value_min": -0.5, "clip_value_max": 0.5}, lambda x: np.clip(x, -0.5, 0.5)),
    ("math.square", {}, lambda x: x**2),
    ("expand_dims", {"axis": 1}, lambda x: x[:, None]),
    ("cast", {"dtype": "float32"}, lambda x: x),
    (
        "__operators__.getitem",
        {"slice_spec": [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]},
        lambda x: x[..., ::-1],
    ),
]


@pytest.mark.parametrize(("function", "arguments", "expected"), OPERATIONS, ids=[row[0] for row in OPERATIONS])
def test_a_tensorflow_operation_between_layers(tmp_path, function, arguments, expected):
    operation = layer("TFOpLambda", "op", function=function)
    config = functional(
        "net",
        called(start("first", 4, 4, 2)),
        {**called(operation), "inbound_nodes": [["first", 0, 0, arguments]]},
        output=["op", 0, 0],
    )
    opened, _ = read_network(write_h5(tmp_path / "op.h5", config, [], version="2.11.0"))
    inputs = np.random.default_rng(1).uniform(-2, 8, (2, 4, 4, 2)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(opened(inputs)), expected(inputs.astype(float)), rtol=1e-5, atol=1e-5)


def test_operations_on_two_layers_and_with_the_number_first(tmp_path):
    """1 - x * sigmoid(x), and both beside each other."""
    config = functional(
        "net",
        called(start("first", 4)),
        {**called(layer("TFOpLambda", "s", function="math.sigmoid")), "inbound_nodes": [["first", 0, 0, {}]]},
        {
            **called(layer("TFOpLambda", "times", function="math.multiply")),
            "inbound_nodes": [["first", 0, 0, {"y": ["s", 0, 0], "name": None}]],
        },
        {
            **called(layer("TFOpLambda", "less", function="math.subtract")),
            "inbound_nodes": [["_CONSTANT_VALUE", -1, 1.0, {"y": ["times", 0, 0]}]],
        },
        {
            **called(layer("TFOpLambda", "both", function="concat")),
            "inbound_nodes": [[["times", 0, 0, {"axis": -1}], ["less", 0, 0, {"axis": -1}]]],
        },
        output=["both", 0, 0],
    )
    opened, _ = read_network(write_h5(tmp_path / "ops.h5", config, []))
    x = np.linspace(-2, 2, 4, dtype=np.float32)[None]
    np.testing.assert_allclose(
        np.asarray(opened(x)), np.concatenate([x * sigmoid(x), 1 - x * sigmoid(x)], 1), atol=1e-6
    )


def test_an_operation_in_the_way_of_tensorflow_2_0(tmp_path):
    operation = layer("TensorFlowOpLayer", "mul", node_def={"name": "mul", "op": "Mul"}, constants={"1": 0.5})
    config = functional("net", called(start("first", 4)), called(operation, ["first", 0, 0, {}]), output=["mul", 0, 0])
    opened, _ = read_network(write_h5(tmp_path / "mul.h5", config, []))
    np.testing.assert_allclose(np.asarray(opened(np.full((1, 4), 3, "f4"))), np.full((1, 4), 1.5))
