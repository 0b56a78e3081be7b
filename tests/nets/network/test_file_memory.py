"""Reading a file takes little more memory than the network that is in it."""

from __future__ import annotations

import numpy as np
import pytest

from nets.network.files import read_model


def test_reading_a_file_makes_no_random_kernels(good, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would be thrown away at once, and TensorFlow keeps their memory: 850 MB of VGG-16."""
    import keras

    expected = keras.models.load_model(good).get_weights()

    def refuse(*_, **__):
        raise AssertionError("a random kernel was made")

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", refuse)
    for found, wanted in zip(read_model(good).network.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
