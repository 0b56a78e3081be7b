"""A batch without images passes through every layer, forward and backward, without a warning."""

from __future__ import annotations

import warnings

import keras
import numpy as np
import pytest

from nets import zoo
from nets.byhand.methods import METHODS
from nets.byhand.network import Network
from nets.byhand.window import Window
from tests.nets.byhand.test_gradients import LAYERS, Geometry


@pytest.mark.parametrize("training", [False, True], ids=["answering", "training"])
@pytest.mark.parametrize("name", LAYERS)
def test_through_every_layer(name: str, training: bool) -> None:
    geometry = Geometry((0, 6, 5, 3), (3, 2), (2, 1), (1, 1), "same", 1)
    layer = LAYERS[name](geometry, np.random.default_rng(0))
    full = np.ones((2, 3) if name.startswith("dense") else (2, 6, 5, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = layer.forward(full[:0], training=training)
        assert y.shape == (0, *layer.forward(full).shape[1:])
        layer.forward(full[:0], training=training)
        assert layer.backward(y).shape == full[:0].shape
    assert not any(np.isnan(array).any() for array in (*layer.gradients.values(), *layer.state.values()))
    assert all(not layer.gradients[key].any() or name == "dense, decaying" for key in layer.gradients)


@pytest.mark.parametrize("name", METHODS)
def test_through_every_method(name: str) -> None:
    way = METHODS[name].make(Window((3, 3), (2, 2), padding="same"))
    y = way.forward(np.zeros((0, 7, 6, 2)), np.ones((3, 3, 2, 4)))
    assert y.shape == (0, 4, 3, 4)
    assert way.input_gradient(y).shape == (0, 7, 6, 2)
    assert not way.kernel_gradient(y).any()


@pytest.mark.parametrize("kind", ["crossentropy", "squared_error"])
@pytest.mark.parametrize("name", ["pen", "lenet5"])
def test_through_a_network(name: str, kind: str) -> None:
    model: keras.Model = zoo.get(name).build()
    twin = Network.from_keras(model)
    x = np.zeros((0, *model.input_shape[1:]), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert twin.forward(x).shape == (0, 10)
        assert twin.folded().forward(x).shape == (0, 10)
        assert twin.loss(x, np.array([]), kind=kind, training=True) == 0
        assert twin.backward().shape == x.shape
    assert not any(np.isnan(weight).any() for weight in twin.get_weights())
