"""Calling a compiled function without its checks gives what it gives, for the weights of now."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nets import backend
from nets.compute.direct import DirectCall

ops = keras.ops


@pytest.fixture
def weight():
    return keras.Variable(2.0, dtype="float32")


def test_results_keep_their_nesting_and_the_weights_are_those_of_the_call(weight):
    def function(x, parts):
        return {"b": x * weight, "a": (parts[0] + parts[1], [x + 1])}, ops.sum(x)

    direct = DirectCall(backend.compile(function))
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    parts = [ops.convert_to_tensor(x), ops.convert_to_tensor(2 * x)]
    for value in (2.0, -3.0):
        weight.assign(value)
        found, total = direct(x, parts)
        np.testing.assert_array_equal(backend.to_array(found["b"]), value * x)
        np.testing.assert_array_equal(backend.to_array(found["a"][0]), 3 * x)
        np.testing.assert_array_equal(backend.to_array(found["a"][1][0]), x + 1)
        assert float(total) == x.sum()


def test_gradients_come_through(weight):
    direct = DirectCall(backend.gradient(lambda x: ops.sum(weight * x**3), xla=True))
    value, slope = direct(np.array([1.0, 2.0], np.float32))
    assert float(value) == 18
    np.testing.assert_allclose(backend.to_array(slope), [6, 24])


def test_other_shapes_are_refused_unless_the_signature_leaves_them_open():
    fixed = DirectCall(backend.compile(lambda x: x + 1))
    fixed(np.zeros((2, 3), np.float32))
    if backend.name() == "tensorflow":
        with pytest.raises(ValueError, match="expected arrays of the shapes"):
            fixed(np.zeros((4, 3), np.float32))
    free = DirectCall(backend.compile(lambda x: x + 1, signature=[((None, 3), "float32")]))
    for count in (2, 5):
        assert backend.to_array(free(np.zeros((count, 3)))).shape == (count, 3)
