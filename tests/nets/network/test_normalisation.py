"""The four numbers of a normalised map, against what Keras computes."""

from __future__ import annotations

import numpy as np
import pytest

from nets.errors import UsageError
from nets.network.graph import unroll
from nets.network.weights import normalisation_of


@pytest.mark.parametrize(("scale", "center"), [(True, True), (False, False)])
def test_the_four_numbers_give_the_layer_s_output(scale: bool, center: bool):
    import keras

    network = keras.Sequential(
        [
            keras.Input((4, 4, 3)),
            keras.layers.BatchNormalization(name="norm", scale=scale, center=center),
            keras.layers.ReLU(name="relu"),
        ]
    )
    chance = np.random.default_rng(1)
    norm = network.get_layer("norm")
    norm.set_weights([chance.uniform(0.5, 2, weight.shape) for weight in norm.get_weights()])
    x = chance.normal(size=(1, 4, 4, 3)).astype(np.float32)
    y = np.asarray(norm(x, training=False))
    for number in range(3):
        found = normalisation_of(unroll(network), "norm", number)
        assert found is not None
        root = np.sqrt(found.variance + found.epsilon)
        expected = found.scale * (x[..., number] - found.mean) / root + found.shift
        assert np.allclose(y[..., number], expected, atol=1e-5)
    assert normalisation_of(unroll(network), "relu", 0) is None
    with pytest.raises(UsageError, match="norm has maps 0 to 2, not 3"):
        normalisation_of(unroll(network), "norm", 3)
