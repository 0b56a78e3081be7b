"""Every layer's output against Keras models that end there."""

from __future__ import annotations

import numpy as np
import pytest

from nets import zoo
from nets.compute.probe import Probe
from nets.errors import UsageError
from nets.network.wrap import wrap


def image(shape):
    return np.random.default_rng(4).uniform(0, 1, (1, *shape)).astype(np.float32)


@pytest.fixture(scope="module")
def lenet():
    return Probe(wrap(zoo.get("lenet").build()))


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("name", ["lenet", "lenet5", "pen"])
def test_all_layers_of_a_chain(name, settled):
    import keras

    network = zoo.get(name).build()
    probe = Probe(wrap(network))
    if settled:
        probe.warm_up()
    inputs = image(probe.model.card.input.shape)
    found = probe(inputs)
    expected = keras.Model(network.inputs, [layer.output for layer in network.layers]).predict(inputs, verbose=0)
    assert list(found.maps) == [layer.name for layer in network.layers]
    for layer, values in zip(network.layers, expected, strict=True):
        np.testing.assert_allclose(found.maps[layer.name], values[0], atol=1e-5)
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_only_what_is_asked_for(lenet):
    inputs = image((28, 28, 1))
    everything = lenet(inputs)
    found = lenet(inputs[0], ("conv2", "fc1"))
    assert set(found.maps) == {"conv2", "fc1"}
    assert found.maps["conv2"].shape == (10, 10, 16)
    np.testing.assert_array_equal(found.maps["conv2"], everything.maps["conv2"])
    assert lenet(inputs, ()).maps == {}
    np.testing.assert_array_equal(lenet(inputs, ()).probabilities, everything.probabilities)


def test_a_graph_of_keras_applications():
    import keras

    network = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=7, alpha=0.35)
    found = Probe(wrap(network))(image((32, 32, 3)))
    names = ["Conv1", "block_2_add", "block_6_pad", "block_10_depthwise", "out_relu", "predictions"]
    part = keras.Model(network.input, [network.get_layer(name).output for name in names])
    for name, values in zip(names, part(image((32, 32, 3)), training=False), strict=True):
        np.testing.assert_allclose(found.maps[name], values.numpy()[0], atol=1e-4)
    np.testing.assert_array_equal(found.probabilities, found.maps["predictions"])


def test_inner_layers_of_nested_models():
    import keras
    from keras import layers

    block = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(3, 3, name="conv"), layers.ReLU()], name="block")
    start = keras.Input((12, 12, 1))
    once = keras.Model(start, layers.MaxPooling2D(name="pool")(block(start)), name="outer")
    network = keras.Sequential([keras.Input((12, 12, 1)), once, layers.Flatten(), layers.Dense(4)])
    found = Probe(wrap(network))(image((12, 12, 1)))
    np.testing.assert_allclose(
        found.maps["outer/block/conv"], block.get_layer("conv")(image((12, 12, 1))).numpy()[0], atol=1e-6
    )
    np.testing.assert_allclose(found.maps["outer/pool"], once(image((12, 12, 1))).numpy()[0], atol=1e-6)


def test_a_shared_layer_is_shown_for_each_call():
    import keras
    from keras import layers

    start = keras.Input((6, 6, 2))
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    network = keras.Model(start, layers.GlobalMaxPooling2D()(shared(shared(start))))
    found = Probe(wrap_two_channels(network))(image((6, 6, 1)))
    once = shared(np.repeat(image((6, 6, 1)), 2, axis=-1))
    np.testing.assert_allclose(found.maps[f"{network.name}/shared"], once.numpy()[0], atol=1e-6)
    np.testing.assert_allclose(found.maps[f"{network.name}/shared:2"], shared(once).numpy()[0], atol=1e-6)


def wrap_two_channels(network):
    """The network behind a layer that doubles a grey picture, so that it has an input that pictures have."""
    import keras
    from keras import layers

    start = keras.Input((6, 6, 1))
    return wrap(keras.Model(start, network(layers.Concatenate()([start, start]))))


def test_channels_first_models_show_the_same_maps_as_channels_last():
    import keras
    from keras import layers

    def build(form, shape):
        return keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(4, 3, data_format=form, name="conv", activation="relu"),
                layers.MaxPooling2D(data_format=form, name="pool"),
                layers.GlobalAveragePooling2D(data_format=form),
                layers.Dense(3, activation="softmax"),
            ]
        )

    last, first = build("channels_last", (10, 12, 3)), build("channels_first", (3, 10, 12))
    first.set_weights(last.get_weights())
    expected, probe = Probe(wrap(last))(image((10, 12, 3))), Probe(wrap(first))
    assert probe.model.card.input.shape == (10, 12, 3)
    assert [row.output_shape for row in probe.layers][:2] == [(8, 10, 4), (4, 5, 4)]
    found = probe(image((10, 12, 3)))
    for path in ("conv", "pool"):
        np.testing.assert_allclose(found.maps[path], expected.maps[path], atol=1e-6)
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)


def test_very_large_networks_keep_only_what_is_asked_for(monkeypatch):
    monkeypatch.setattr("nets.compute.probe.KEEP_ALL", 10)
    probe = Probe(wrap(zoo.get("lenet").build()))
    probe.warm_up()
    everything = probe(image((28, 28, 1)))
    assert len(everything.maps) == 8
    np.testing.assert_allclose(probe(image((28, 28, 1)), ("conv1",)).maps["conv1"], everything.maps["conv1"], atol=1e-6)


def test_wrong_layers_and_inputs_are_refused(lenet):
    with pytest.raises(UsageError, match="no layer 'conv9'; there are: conv1"):
        lenet(image((28, 28, 1)), ("conv9",))
    with pytest.raises(UsageError, match=r"expected one input of shape \(1, 28, 28, 1\)"):
        lenet(image((32, 32, 1)))


def test_what_cannot_be_shown_is_left_out_and_refused_by_name():
    import keras
    from keras import layers

    network = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Reshape((8, 8), name="rows"), layers.Flatten(), layers.Dense(3)]
    )
    probe = Probe(wrap(network))
    assert "rows" not in probe(image((8, 8, 1))).maps
    with pytest.raises(UsageError, match="rows cannot be shown: its output is 8 × 8"):
        probe(image((8, 8, 1)), ("rows",))


def test_half_precision_outputs_come_as_float32():
    import keras
    from keras import layers

    policy = keras.DTypePolicy("mixed_bfloat16")
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, dtype=policy, name="conv"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", dtype=policy),
        ]
    )
    found = Probe(wrap(network))(image((8, 8, 1)))
    assert found.maps["conv"].dtype == np.float32
    assert found.probabilities.dtype == np.float32
    assert found.probabilities.sum() == pytest.approx(1, abs=0.02)
