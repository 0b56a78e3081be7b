"""A shipped network, a picture of a digit, and small networks that lack something."""

from __future__ import annotations

import numpy as np
import pytest

from nets import zoo
from nets.compute.lens import Lens
from nets.models import open_model
from nets.network.card import CardFields
from nets.network.model import Model
from nets.network.wrap import wrap
from tests.nets.conftest import chain


def seven() -> np.ndarray:
    """(28, 28, 1) float32: a 7 of uneven grey on black."""
    image = np.zeros((28, 28, 1), np.float32)
    image[6:9, 7:21] = 0.9
    for row in range(9, 23):
        left = 19 - (row - 9) // 2
        image[row, left - 3 : left] = 0.7 + 0.02 * (row % 5)
    noise = np.random.default_rng(3).uniform(0.8, 1, image.shape)
    return (image * noise).astype(np.float32)


@pytest.fixture(scope="session")
def image() -> np.ndarray:
    return seven()


@pytest.fixture(scope="session")
def lenet() -> Model:
    return open_model("lenet")


@pytest.fixture(scope="session")
def lens(lenet) -> Lens:
    """One for all tests: what they compile is compiled once."""
    return Lens(lenet)


@pytest.fixture(scope="session")
def tanh() -> Model:
    """Without a ReLU, for pictures of 32 x 32."""
    return wrap(zoo.get("lenet5").build())


@pytest.fixture(scope="session")
def numbers() -> Model:
    """Its output is two numbers, no classes."""
    from keras import layers

    return wrap(chain(layers.Conv2D(2, 3, name="conv"), layers.Flatten(), layers.Dense(2)), loss="mse")


@pytest.fixture(scope="session")
def units() -> Model:
    """Dense layers alone."""
    from keras import layers

    return wrap(chain(layers.Flatten(name="flat"), layers.Dense(10, activation="softmax", name="answer")))


@pytest.fixture(scope="session")
def colours() -> Lens:
    """A small network of ReLUs for colour pictures of 32 x 32, whose numbers go from -1 to 1."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(8)
    network = chain(
        layers.Conv2D(8, 3, strides=2, padding="same", name="small", use_bias=False),
        layers.BatchNormalization(name="norm"),
        layers.ReLU(max_value=6.0, name="relu"),
        layers.Conv2D(12, 3, padding="same", activation="relu", name="middle"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="deep"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(3, activation="softmax", name="answer"),
        shape=(32, 32, 3),
    )
    return Lens(wrap(network, said=CardFields({}, {"range": "signed", "fit": "picture"})))


def photo(height: int, width: int, phase: float = 0.0) -> np.ndarray:
    """(height, width, 3) float32 from 0 to 1: waves of colours."""
    rows, columns = np.mgrid[:height, :width] / 7.0
    waves = [np.sin(rows + phase), np.cos(columns - phase), np.sin(rows + columns)]
    return (0.5 + 0.45 * np.stack(waves, axis=-1)).astype(np.float32)
