"""A unit's weights times what it reads, plus its bias, is what the layer computes."""

from __future__ import annotations

import numpy as np
import pytest

from nets.errors import UsageError
from nets.network.graph import unroll
from nets.network.weights import weights_of


@pytest.fixture(scope="module")
def network():
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((6, 5, 1), name="drawing"),
            layers.Conv2D(3, 3, name="conv"),  # 4 x 3 x 3
            layers.Dropout(0.5, name="drop"),
            layers.Flatten(name="flat"),  # 36
            layers.Dense(7, bias_initializer="normal", name="hidden"),
            layers.Dense(2, use_bias=False, name="answer"),
        ]
    )


def test_the_sum_over_its_inputs_is_the_units_value(network):
    import keras

    values = np.random.default_rng(0).normal(size=(1, 6, 5, 1)).astype(np.float32)
    conv, hidden = keras.Model(network.inputs, [network.get_layer(n).output for n in ("conv", "hidden")])(values)
    found = weights_of(unroll(network), "hidden", 4)
    assert found is not None
    on_maps = found.weights.reshape(4, 3, 3)
    assert (on_maps * np.asarray(conv)[0]).sum() + found.bias == pytest.approx(
        float(np.asarray(hidden)[0, 4]), abs=1e-4
    )


def test_its_sources_go_back_to_the_maps(network):
    assert weights_of(unroll(network), "hidden", 0).sources == ("flat", "drop", "conv")
    answer = weights_of(unroll(network), "answer", 1)
    assert answer.sources == ("hidden",)
    assert answer.bias is None


def test_other_layers_have_none_and_wrong_names_are_told(network):
    assert weights_of(unroll(network), "conv", 0) is None
    with pytest.raises(UsageError, match="units 0 to 6, not 7"):
        weights_of(unroll(network), "hidden", 7)
    with pytest.raises(UsageError, match="no layer 'nowhere'"):
        weights_of(unroll(network), "nowhere", 0)


def test_the_models_input_is_a_source():
    import keras

    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="only")])
    assert weights_of(unroll(network), "only", 0).sources == ("",)
