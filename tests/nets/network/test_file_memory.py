"""Reading a file takes little more memory than the network that is in it."""

from __future__ import annotations

import numpy as np
import pytest

from nets import backend
from nets.network.files import read_model


def test_reading_a_file_makes_no_random_kernels(good, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would be replaced at once: 550 MB for VGG-16, and the time to make them."""
    import keras

    expected = keras.models.load_model(good).get_weights()

    def refuse(*_, **__):
        raise AssertionError("a random kernel was made")

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", refuse)
    for found, wanted in zip(read_model(good).network.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_pass_reads_the_weights_of_a_file_where_they_lie(good) -> None:
    """A variable that was filled part by part is copied at every read: 553 MB for each drawing with VGG-16."""
    for variable in read_model(good).network.weights:
        first, second = backend.numbers_of(variable), backend.numbers_of(variable)
        assert first.ctypes.data == second.ctypes.data
