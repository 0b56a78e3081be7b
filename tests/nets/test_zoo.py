"""The registry of networks: every count is as the row says, every layer has a name, wrong names are answered."""

from __future__ import annotations

import numpy as np
import pytest

from nets.errors import UsageError
from nets.zoo import NETS, get, register

COUNTS = {"lenet5": 61_706, "lenet": 61_706, "simple_cnn": 137_660, "pen": 427_850}


def test_the_table() -> None:
    assert {name: row.parameters for name, row in NETS.items()} == COUNTS
    assert NETS["pen"].parameters <= 500_000


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_shapes_and_names(name: str) -> None:
    import keras

    spec = get(name)
    network = spec.build()
    assert isinstance(network, keras.Sequential)
    assert network.name == name
    assert network.count_params() == spec.parameters
    assert network.input_shape == (None, *spec.input.shape)
    answers = np.asarray(network(np.zeros((2, *spec.input.shape), np.float32)))
    assert answers.shape == (2, spec.classes)
    if spec.loss == "crossentropy":
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    names = [layer.name for layer in network.layers]
    assert not any(layer.name.startswith(type(layer).__name__.lower() + "_") for layer in network.layers)
    assert len(set(names)) == len(names)


def test_classes_and_input_can_be_changed() -> None:
    assert get("lenet").build(classes=3).output_shape == (None, 3)
    assert get("pen").build(input_shape=(32, 32, 3)).input_shape == (None, 32, 32, 3)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UsageError, match=r"no network 'lenett'.*lenet5, lenet, pen, simple_cnn"):
        get("lenett")


def test_a_duplicate_is_refused() -> None:
    def lenet() -> None: ...

    with pytest.raises(ValueError, match="two networks"):
        register(title="", paper="", parameters=0)(lenet)


def test_every_network_says_what_it_is_in_a_sentence() -> None:
    for row in NETS.values():
        assert row.summary.endswith("."), row.name
        assert 20 < len(row.summary) < 200
        assert "\n" not in row.summary
