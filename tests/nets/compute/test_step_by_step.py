"""The quicker rules of a pass that is not compiled: the same numbers, for the layers that they are meant for alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nets.compute import compiled
from nets.compute.compiled import CompiledPass
from nets.compute.step_by_step import quick_rules
from nets.network.graph import Graph, unroll


@pytest.fixture(scope="module")
def graph() -> Graph:
    """Convolutions and normalisations of all kinds, with weights that all count."""
    import keras
    from keras import layers

    pieces: list[Any] = [
        layers.Conv2D(4, (3, 5), strides=2, padding="same", activation="tanh", name="both"),
        layers.BatchNormalization(name="norm"),
        layers.Conv2D(6, 3, dilation_rate=2, use_bias=False, name="dilated"),
        layers.BatchNormalization(scale=False, epsilon=0.1, name="without_scale"),
        layers.Conv2D(6, 1, padding="same", activation="softmax", name="over_channels"),
        layers.BatchNormalization(center=False, axis=3, name="without_offset"),
        layers.Conv2D(4, 1, groups=2, name="grouped"),
        layers.DepthwiseConv2D(3, name="depthwise"),
        layers.BatchNormalization(axis=1, name="over_rows"),
        layers.Flatten(name="flatten"),
        layers.BatchNormalization(name="flat_norm"),
    ]
    network = keras.Sequential([keras.Input((20, 21, 3)), *pieces])
    random = np.random.default_rng(3)
    for variable in network.weights:
        around = 1 if variable.name in ("gamma", "moving_variance") else 0
        variable.assign(around + 0.3 * random.uniform(-1, 1, variable.shape))
    return unroll(network)


def test_they_are_those_of_the_usual_layers(graph: Graph) -> None:
    usual = {"both", "norm", "dilated", "without_scale", "over_channels", "without_offset"}
    assert set(quick_rules(graph)) == usual


def test_each_step_gives_what_keras_gives(graph: Graph) -> None:
    pictures = np.random.default_rng(1).random((2, 20, 21, 3), np.float32)
    expected, output = graph.run(pictures)
    found, quick = graph.run(pictures, quick_rules(graph))
    assert found.keys() == expected.keys()
    for path, values in expected.items():
        np.testing.assert_allclose(found[path], values, atol=2e-6, err_msg=path)
    np.testing.assert_allclose(quick, output, atol=2e-6)


def test_the_first_picture_of_a_large_network_is_computed_by_them(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "SLOW_STEPS", 3)
    asked: list[Graph] = []
    monkeypatch.setattr(compiled, "quick_rules", lambda graph: asked.append(graph) or quick_rules(graph))
    made = CompiledPass(graph, (1, 20, 21, 3), lambda maps, output: output)
    picture = np.random.default_rng(1).random((1, 20, 21, 3), np.float32)
    first = made(picture)
    assert asked == [graph]
    np.testing.assert_allclose(first, made(picture), atol=2e-6)
    assert asked == [graph], "the second call is compiled"
