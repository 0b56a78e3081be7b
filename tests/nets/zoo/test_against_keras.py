"""Where keras.applications has the same network, ours is the same layer for layer and answers the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nets.network.graph import Graph, Step, unroll
from nets.network.outline import without_values
from tests.nets.zoo.symbolic import answers_of, compute, random_values, smallest

SAME = {
    "vgg16": ("VGG16", 32),
    "vgg19": ("VGG19", 32),
    "resnet50": ("ResNet50", 32),
    "inception_v3": ("InceptionV3", 75),
    "inception_resnet_v2": ("InceptionResNetV2", 75),
}


def pairs(ours: Graph, theirs: Graph) -> list[tuple[Any, Any]]:
    """The layers that correspond, found from the outputs backwards, input by input in their order.

    Ours has dropout where Keras's VGG has none, and scales by a layer what Keras's Inception-ResNet scales in its own
    layer of scaling and adding.
    """
    steps = [{number: step for step in graph.steps for number in step.outputs} for graph in (ours, theirs)]
    found: dict[tuple[int, int], tuple[Step, Step]] = {}
    waiting = [(ours.output, theirs.output)]
    while waiting:
        mine, other = waiting.pop()
        if (mine, other) in found or mine == ours.input:
            assert (mine == ours.input) == (other == theirs.input)
            continue
        own, their = steps[0][mine], steps[1][other]
        kind = type(own.operation).__name__
        if kind == "Dropout" or (kind == "Rescaling" and type(their.operation).__name__ != "Rescaling"):
            waiting.append((own.inputs[0], other))
            continue
        if type(their.operation).__name__ == "CustomScaleLayer":
            assert kind == "Add"
            assert steps[0][own.inputs[1]].operation.scale == their.operation.scale
        else:
            assert type(own.operation) is type(their.operation), (own.path, their.path)
            for setting in ("strides", "padding", "kernel_size", "pool_size", "epsilon", "scale", "use_bias"):
                assert getattr(own.operation, setting, None) == getattr(their.operation, setting, None), own.path
        found[mine, other] = (own, their)
        waiting += zip(own.inputs, their.inputs, strict=True)
    return [(own.operation, their.operation) for own, their in found.values()]


@pytest.mark.parametrize("name", SAME)
def test_the_network_is_keras_s(name: str) -> None:
    import keras

    kind, size = SAME[name]
    ours = smallest(name)
    make = getattr(keras.applications, kind)
    theirs = without_values(lambda: make(weights=None, input_shape=(size, size, 3), classes=4))
    assert ours.count_params() == theirs.count_params()
    values = random_values(ours)
    copied = {}
    for own, their in pairs(unroll(ours), unroll(theirs)):
        for mine, other in zip(own.weights, their.weights, strict=True):
            assert tuple(mine.shape) == tuple(other.shape)
            copied[id(other)] = values[id(mine)]
    assert copied.keys() == {id(variable) for variable in theirs.variables}, "every weight was copied"
    pictures, answers = answers_of(name)
    assert answers[0].max() > 0.26, "some answer stands out, so that a difference would show"
    np.testing.assert_allclose(answers[:1], compute(theirs, copied, pictures[:1]), atol=1e-4)
