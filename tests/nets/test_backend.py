"""Compiled functions and their gradients."""

from __future__ import annotations

import numpy as np
import pytest
from keras import layers, ops

from nets import backend
from tests.nets.conftest import chain


def test_a_gradient_comes_with_what_the_function_returned() -> None:
    def cubes(x, factor):
        return ops.sum(factor * x**3), x + 1

    x = np.array([1.0, -2.0, 0.5], np.float32)
    (total, more), slope = backend.gradient(cubes)(ops.convert_to_tensor(x), ops.convert_to_tensor(np.float32(2)))
    assert float(total) == pytest.approx(2 * (x**3).sum())
    np.testing.assert_allclose(more, x + 1)
    np.testing.assert_allclose(slope, 6 * x**2, rtol=1e-6)


def test_gradients_of_a_list_are_a_list_with_zeros_for_what_does_not_matter() -> None:
    first, second = (ops.convert_to_tensor(np.ones(shape, np.float32)) for shape in ((2,), (3,)))
    total, slopes = backend.gradient(lambda parts: ops.sum(parts[0] ** 2))([first, second])
    assert float(total) == 2
    np.testing.assert_array_equal(slopes[0], [2, 2])
    np.testing.assert_array_equal(slopes[1], [0, 0, 0])


def test_a_gradient_outside_of_a_compiled_function_is_refused() -> None:
    with pytest.raises(RuntimeError, match="corrupt memory"):
        backend.value_and_gradient(ops.sum, ops.convert_to_tensor(np.ones(3, np.float32)))


def test_the_gradient_that_kills_the_process_when_it_is_eager() -> None:
    # Before it was compiled, the heap was corrupted here within a few calls (AVX-512 and AMX).
    network = chain(
        layers.SeparableConv2D(2, 3, padding="same"),
        layers.Conv2DTranspose(2, 1, strides=2, padding="same"),
        shape=(11, 11, 1),
    )
    slope_of = backend.gradient(lambda x: ops.sum(network(x) ** 2))
    image = np.random.default_rng(0).random((1, 11, 11, 1), np.float32)
    found = [np.asarray(slope_of(ops.convert_to_tensor(image))[1]) for _ in range(20)]
    step = np.float32(1e-2)
    shifted = image.copy()
    shifted[0, 5, 5, 0] += step
    back = image.copy()
    back[0, 5, 5, 0] -= step
    numeric = (float(ops.sum(network(shifted) ** 2)) - float(ops.sum(network(back) ** 2))) / (2 * step)
    assert found[0][0, 5, 5, 0] == pytest.approx(numeric, rel=1e-2)
    assert all(np.array_equal(one, found[0]) for one in found)
