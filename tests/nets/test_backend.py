"""Compiled functions and their gradients."""

from __future__ import annotations

import os
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from nets import backend
from nets.errors import UsageError
from tests.nets.conftest import chain

pytestmark = pytest.mark.backends


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
    if backend.name() != "tensorflow":
        pytest.skip("only TensorFlow's eager gradient corrupts memory")
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
    above, below = (float(backend.to_array(ops.sum(network(x) ** 2))) for x in (shifted, back))
    numeric = (above - below) / (2 * step)
    assert found[0][0, 5, 5, 0] == pytest.approx(numeric, rel=1e-2)
    assert all(np.array_equal(one, found[0]) for one in found)


def _leaky(x):
    return np.where(x > 0, x, 0.1 * x)


@pytest.mark.parametrize(
    ("activation", "by_hand"),
    [
        (layers.LeakyReLU(negative_slope=0.1), _leaky),
        (layers.ReLU(negative_slope=0.1), _leaky),
        (layers.Activation("mish"), lambda x: x * np.tanh(np.logaddexp(0, x))),
        (layers.Activation("softplus"), lambda x: np.logaddexp(0, x)),
    ],
    ids=["leaky", "relu", "mish", "softplus"],
)
def test_an_activation_behind_an_addition_is_computed_as_it_is_defined(activation: keras.Layer, by_hand) -> None:
    inputs = keras.Input((9, 9, 4))
    added = layers.Add()([layers.Conv2D(4, 3, padding="same")(inputs), inputs])
    network = keras.Model(inputs, activation(added))
    random = np.random.default_rng(0)
    network.set_weights([random.normal(0, 1, weight.shape) for weight in network.get_weights()])
    images = random.normal(0, 1, (3, 9, 9, 4)).astype(np.float32)
    kernel, bias = network.get_weights()
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)])
    expected = images + bias
    for row in range(3):
        for column in range(3):
            expected = expected + padded[:, row : row + 9, column : column + 9] @ kernel[row, column]
    found = backend.to_array(backend.compile(lambda values: network(values, training=False))(images))
    np.testing.assert_allclose(found, by_hand(expected), rtol=0, atol=1e-4)


def test_the_slope_of_softplus_is_the_logistic_function() -> None:
    x = np.array([-100, -3, -0.5, 0, 0.5, 3, 100], np.float32)
    value, slope = backend.gradient(lambda x: ops.sum(ops.softplus(x)))(ops.convert_to_tensor(x))
    assert float(value) == pytest.approx(np.logaddexp(0, x.astype(np.float64)).sum(), rel=1e-6)
    np.testing.assert_allclose(backend.to_array(slope), 1 / (1 + np.exp(-x.astype(np.float64))), rtol=1e-6, atol=1e-12)


def test_a_compiled_function_sees_a_variables_value_of_each_call() -> None:
    """JAX would take the value of the first call for a constant."""
    variable = keras.Variable(np.full(3, 2, np.float32))
    times = backend.compile(lambda x: x * variable)
    x = np.array([1, 2, 3], np.float32)
    np.testing.assert_array_equal(backend.to_array(times(x)), [2, 4, 6])
    variable.assign(np.full(3, 5, np.float32))
    np.testing.assert_array_equal(backend.to_array(times(x)), [5, 10, 15])


def test_a_compiled_function_can_assign_to_variables() -> None:
    total, last = (keras.Variable(np.zeros(2, np.float32)) for _ in range(2))

    def add(x):
        last.assign(x)
        total.assign(total + last)
        return total.value * 10

    added = backend.compile(add)
    for x in ([1, 2], [3, 4]):
        found = added(ops.convert_to_tensor(np.array(x, np.float32)))
    np.testing.assert_array_equal(backend.to_array(found), [40, 60])
    np.testing.assert_array_equal(backend.numbers_of(total), [4, 6])
    np.testing.assert_array_equal(backend.numbers_of(last), [3, 4])


def test_numbers_of_a_variable_stay_when_it_is_assigned() -> None:
    variable = keras.Variable(np.zeros(2, np.float32))
    before = backend.numbers_of(variable)
    variable.assign(np.ones(2, np.float32))
    np.testing.assert_array_equal(before, [0, 0])
    np.testing.assert_array_equal(backend.numbers_of(variable), [1, 1])


def test_an_integer_may_come_with_the_value() -> None:
    (value, place), slope = backend.gradient(lambda x: (ops.sum(x * x), ops.argmax(x)))(np.array([1, 3, 2], np.float32))
    assert (float(backend.to_array(value)), int(backend.to_array(place))) == (14, 1)
    np.testing.assert_array_equal(backend.to_array(slope), [2, 6, 4])


def test_a_library_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "openvino")
    with pytest.raises(UsageError, match="KERAS_BACKEND is 'openvino'; expected one of tensorflow, jax, torch"):
        backend.name()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say what a process takes")
def test_memory_that_was_freed_goes_back_to_the_system() -> None:
    """TensorFlow's oneDNN would keep it for ever: what a network took that was closed, or the copies of its opening."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()
    large = ops.ones((100_000_000,), "float32")
    assert resident() - before > 300_000_000
    del large
    assert resident() - before < 100_000_000
