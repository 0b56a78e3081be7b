"""A new head on features that stay: what is taken over, what is frozen, what it costs, where it is divided."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nets.errors import LensletError, UsageError
from nets.network.structure import Structure
from nets.training.freezing import freeze, frozen_count, needs_care, split
from nets.training.memory import TransferCosts
from nets.training.new_head import with_new_head
from nets.training.phases import ALL
from tests.nets.training.small_sources import branched, chain

if TYPE_CHECKING:
    import keras


@pytest.mark.parametrize("build", [chain, branched])
def test_the_features_are_the_sources_and_the_head_is_new(build: Callable[[], keras.Model]) -> None:
    import keras

    network = build()
    made = with_new_head(network, 3, seed=1)
    images = np.random.default_rng(1).random((2, 28, 28, 1), np.float32)
    features = {"chain": "fc1_drop", "branched": "sum"}[network.name]
    before = keras.Model(network.inputs, network.get_layer(features).output)([images])
    after = keras.Model(made.inputs, made.get_layer(features).output)([images])
    np.testing.assert_array_equal(before, after)
    assert made(images).shape == (2, 3)
    assert made.layers[-1].name == "answer"
    assert not set(map(id, made.weights)) & set(map(id, network.weights))
    again = with_new_head(network, 3, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(made.get_weights(), again.get_weights(), strict=True))


def test_a_network_inside_a_network_is_opened() -> None:
    import keras

    outer = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Rescaling(2.0), chain()])
    made = with_new_head(outer, 3, seed=1)
    names = [layer.name for layer in made.layers]
    assert "conv1" in names
    assert any(name.startswith("rescaling") for name in names)
    assert made.output_shape == (None, 3)


def test_a_network_that_is_a_head_alone_has_no_features() -> None:
    import keras

    rows = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    with pytest.raises(LensletError, match="has one layer with weights, its head: there are no features"):
        with_new_head(keras.Sequential(rows), 3, seed=1)


def test_layers_are_frozen_up_to_a_name_and_normalisations_always() -> None:
    network = with_new_head(chain(), 3, seed=1)
    freeze(network, "conv1")
    assert {layer.name: layer.trainable for layer in network.layers if layer.weights} == {
        "conv1": False,
        "norm1": False,
        "conv2": True,
        "fc1": True,
        "answer": True,
    }
    freeze(network, ALL)
    assert [layer.name for layer in network.layers if layer.weights and layer.trainable] == ["answer"]
    with pytest.raises(UsageError, match="no layer 'conv9' before the new head; there are: conv1, conv2, "):
        frozen_count(network, "conv9")


@pytest.mark.parametrize(
    ("build", "frozen"),
    [(chain, "*"), (chain, ""), (chain, "fc1"), (branched, ""), (branched, "conv2"), (branched, "sum")],
)
def test_what_a_transfer_takes_is_counted_without_building_it(build: Callable[[], keras.Model], frozen: str) -> None:
    """The same weights learn as ``freeze`` leaves, also where the source came with frozen layers; it stays as it is."""
    source = build()
    source.layers[1].trainable = False
    before = [(layer.name, layer.trainable) for layer in source.layers]
    costs = TransferCosts.of(source)
    made = with_new_head(build(), 3, seed=1)
    freeze(made, frozen)
    head = 3 * (costs.inputs + 1)
    assert sum(count for _, count, _ in costs.layers) + head == made.count_params()
    assert costs.learning(frozen) + head == sum(math.prod(one.shape) for one in made.trainable_variables)
    values = sum(math.prod(size or 1 for size in row.output_shape) for row in Structure.of(made).layers)
    assert costs.values + 3 == values
    assert [(layer.name, layer.trainable) for layer in source.layers] == before


def test_normalisations_need_care() -> None:
    """At the rate at which LeNet continues to learn, Colour forgot everything, because normalisations keep their
    averages.
    """
    assert needs_care(chain())
    assert not needs_care(branched())


def test_a_network_is_split_where_one_value_crosses() -> None:
    network = with_new_head(branched(), 3, seed=1)
    parts = split(network, ALL)
    assert parts is not None
    images = np.random.default_rng(1).random((2, 28, 28, 1), np.float32)
    np.testing.assert_allclose(parts.learning(parts.features(images)), network(images), atol=1e-6)
    assert split(network, "conv2") is None  # the sum reads what conv1 gives, too
    assert split(network, "") is None
