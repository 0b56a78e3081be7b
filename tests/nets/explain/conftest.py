"""A shipped network, a picture of a digit, and small networks that lack something."""

from __future__ import annotations

import numpy as np
import pytest

from nets import zoo
from nets.compute.lens import Lens
from nets.models import open_model
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
