"""Where the first number of a pass stops being finite."""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import pytest

from nets.byhand.health import NonFiniteNumber, first_in_graph
from nets.network.graph import unroll

RANDOM = np.random.default_rng(0)
X = RANDOM.standard_normal(8).astype(np.float32)


@pytest.fixture
def network() -> keras.Sequential:
    """Three dense layers of random weights and no bias."""
    made = keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8, name=f"fc{n}") for n in range(3))])
    for layer in made.layers:
        layer.kernel.assign(RANDOM.standard_normal((8, 8)) / 3)
    return made


def found(network: keras.Sequential, x: np.ndarray) -> NonFiniteNumber | None:
    """The first place, of a pass in NumPy."""
    values, value = {}, x
    with np.errstate(all="ignore"):
        for layer in network.layers:
            value = value @ np.asarray(layer.kernel) + np.asarray(layer.bias)
            values[layer.name] = value
    return first_in_graph(unroll(network), x, values)


def test_nothing_is_found_where_all_numbers_are_finite(network: keras.Sequential) -> None:
    assert found(network, X) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_in_the_input(network: keras.Sequential, value: float) -> None:
    x = X.copy()
    x[5] = value
    place = found(network, x)
    assert place is not None
    assert (place.layer, place.what, place.index) == ("", "input", (5,))
    assert str(place) == f"input[5] is {value}"


def test_in_a_weight_before_what_it_spoils(network: keras.Sequential) -> None:
    kernel = np.asarray(network.layers[1].kernel).copy()
    kernel[3, 4] = np.nan
    network.layers[1].kernel.assign(kernel)
    assert str(found(network, X)) == "fc1 kernel[3, 4] is nan"


def test_in_a_weight_that_spoils_nothing(network: keras.Sequential) -> None:
    """A compiled ``max(x, 0)`` hides its NaN: the weights are looked at where that is asked for."""
    kernel = np.asarray(network.layers[2].kernel).copy()
    kernel[0, 1] = np.inf
    network.layers[2].kernel.assign(kernel)
    first = partial(first_in_graph, unroll(network), X, {"fc2": np.zeros(8)})
    assert first() is None
    assert str(first(weights_too=True)) == "fc2 kernel[0, 1] is inf"


def test_where_finite_numbers_overflow(network: keras.Sequential) -> None:
    network.layers[0].kernel.assign(np.full((8, 8), 3e38, np.float32))
    place = found(network, np.ones(8, np.float32))
    assert place == NonFiniteNumber("fc0", "output", (0,), np.inf)
