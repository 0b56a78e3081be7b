"""Of the tests of old files: the network that most of them hold, and a fixed seed."""

from __future__ import annotations

import pytest

from tests.nets.network.old_keras.old_layers import randomised


@pytest.fixture(autouse=True)
def seeded():
    import keras

    keras.utils.set_random_seed(1)


@pytest.fixture(scope="module")
def small():
    """Conv2D, BatchNormalization, Flatten, Dense, for 8 x 8 pictures."""
    import keras
    from keras import layers

    rows = [
        layers.Conv2D(3, 3, activation="relu", name="conv"),
        layers.BatchNormalization(name="bn"),
        layers.Flatten(name="flat"),
        layers.Dense(4, activation="softmax", name="dense"),
    ]
    return randomised(keras.Sequential([keras.Input((8, 8, 1)), *rows]))
