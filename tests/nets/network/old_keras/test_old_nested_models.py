"""Models inside models, and functional ones, of Keras 2: they answer as the same network built today."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.nets.network.old_files import called, functional, layer, of, sequential, start, write_h5
from tests.nets.network.old_keras.old_layers import ROWS, assert_same, randomised, with_shape


def inner(small, name="inner"):
    """The four layers as a functional model, as Keras 2 stored it."""
    parts = [called(start("first", 8, 8, 1))]
    before = "first"
    for part in ROWS:
        parts.append(called(copy.deepcopy(part), [before, 0, 0, {}]))
        before = part["config"]["name"]
    return functional(name, *parts, output=["dense", 0, 0], kind="Model")


def test_models_inside_models_as_teachable_machine_exports_them(tmp_path, small):
    import keras

    top = randomised(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="answer")]))
    today = keras.Sequential([keras.Input((8, 8, 1)), small, top])
    config = sequential(
        "outer",
        start("outer_input", 8, 8, 1),
        sequential("one", start("one_input", 8, 8, 1), inner(small)),
        sequential("two", with_shape(layer("Dense", "answer", units=2), batch_input_shape=[None, 4])),
    )
    weights = [
        ("one", of(small.get_layer, "conv", "bn", "dense")),
        ("two", of(top.get_layer, "answer")),
    ]
    assert_same(write_h5(tmp_path / "keras_model.h5", config, weights), today, (8, 8, 1))


def test_a_layer_behind_a_model_gets_its_output_and_not_a_list_of_it(tmp_path, small):
    """output_layers is a list even of a single layer: the next one would get a list of one tensor."""
    import keras

    dense = keras.layers.Dense(2, name="answer")
    today = randomised(keras.Sequential([keras.Input((8, 8, 1)), small, keras.layers.Reshape((2, 2)), dense]))
    rows = [layer("Reshape", "fold", target_shape=[2, 2]), layer("Dense", "answer", units=2, activation="linear")]
    config = sequential("outer", start("outer_input", 8, 8, 1), inner(small), *rows)
    weights = [
        ("inner", of(small.get_layer, "conv", "bn", "dense")),
        ("answer", [(f"answer/{one.name}:0", np.asarray(one)) for one in dense.weights]),
    ]
    assert_same(write_h5(tmp_path / "behind.h5", config, weights), today, (8, 8, 1))


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("calls", [1, 2])
def test_the_output_is_a_call_of_a_nested_model(tmp_path, small, first, calls):
    """Which call it is was counted from 1 in some versions; the first was taken for the second, or for none."""
    import keras

    pixels = keras.Input((8, 8, 1))
    flipped = keras.layers.ReLU(max_value=0.3)(pixels)
    today = keras.Model(pixels, small(pixels if calls == 1 else flipped))
    nodes = [[["pixels", 0, 0, {}]], [["relu", 0, 0, {}]]][:calls]
    config = functional(
        "outer",
        called(start("pixels", 8, 8, 1)),
        called(layer("ReLU", "relu", max_value=0.3), ["pixels", 0, 0, {}]),
        {**inner(small), "name": "inner", "inbound_nodes": nodes},
        output=["inner", first + calls - 1, 0],
    )
    if calls == 2:  # the first call is read too, or nobody could tell from where they are counted
        config["config"]["layers"].append(called(layer("Add", "add"), ["inner", first, 0, {}], ["inner", first + 1, 0]))
    path = write_h5(tmp_path / "call.h5", config, [("inner", of(small.get_layer, "conv", "bn", "dense"))])
    assert_same(path, today, (8, 8, 1))


def test_a_frozen_model_keeps_its_weights_in_another_order(tmp_path, small):
    """Trainable first, then the rest; names decide, as gamma, beta, mean and variance have one shape."""
    config = sequential("outer", start("outer_input", 8, 8, 1), inner(small))
    config["config"]["layers"][1]["config"]["trainable"] = False
    named = dict(of(small.get_layer, "conv", "bn", "dense"))
    order = ["bn/moving_variance:0", "dense/kernel:0", "bn/moving_mean:0", "bn/beta:0", "dense/bias:0", "bn/gamma:0"]
    order += ["conv/bias:0", "conv/kernel:0"]
    path = write_h5(tmp_path / "frozen.h5", config, [("inner", [(name, named[name]) for name in order])])
    assert_same(path, small, (8, 8, 1))


@pytest.mark.parametrize("first", [0, 1])
def test_calls_of_nested_models_are_counted_from_one_or_zero(tmp_path, small, first):
    import keras

    pixels = keras.Input((8, 8, 1))
    today = keras.Model(pixels, keras.layers.Add()([small(pixels), small(keras.layers.ReLU()(pixels))]))
    nested = {**inner(small), "name": "inner", "inbound_nodes": [[["pixels", 0, 0, {}]], [["relu", 0, 0, {}]]]}
    config = functional(
        "outer",
        called(start("pixels", 8, 8, 1)),
        called(
            layer("ReLU", "relu", max_value=None, negative_slope={"type": "ndarray", "value": 0.0}, threshold=0.0),
            ["pixels", 0, 0, {}],
        ),
        nested,
        called(layer("Add", "add"), ["inner", first, 0, {}], ["inner", first + 1, 0, {}]),
        output=["add", 0, 0],
    )
    path = write_h5(tmp_path / f"calls{first}.h5", config, [("inner", of(small.get_layer, "conv", "bn", "dense"))])
    assert_same(path, today, (8, 8, 1))
