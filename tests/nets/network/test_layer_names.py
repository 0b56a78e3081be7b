"""Models whose layers have names that TensorFlow refuses open, answer and compile."""

from __future__ import annotations

import numpy as np
import pytest

from nets.compute.lens import Lens
from nets.models import open_model


@pytest.fixture(scope="module")
def network():
    import keras
    from keras import layers

    pixels = keras.Input((28, 28, 1), name="my pixels")
    inner = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(2, 3, name="inner: conv")], name="block one")
    start = layers.Conv2D(1, 1, name="卷积 1")(pixels)
    both = layers.Concatenate(name="add/both".replace("/", "+"))([inner(pixels), inner(start)])
    answer = layers.Dense(3, activation="softmax", name="_answer")(layers.Flatten(name="répète")(both))
    return keras.Model(pixels, answer, name="meine Ziffern")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_names_with_spaces_colons_and_other_letters(folder, places, network, suffix):
    path = folder / f"names{suffix}"
    network.save(path)
    model = open_model(str(path), places)
    images = np.random.default_rng(1).uniform(0, 1, (1, 28, 28, 1)).astype(np.float32)
    reading = Lens(model).read(images[0], watch=None)
    np.testing.assert_allclose(reading.probabilities, np.asarray(network(images))[0], atol=1e-6)
    told = next(note for note in model.notes if "names" in note)
    assert "'my pixels' as my_pixels" in told
    assert all(name.isascii() and " " not in name for name in reading.maps)


def test_names_that_become_the_same_stay_apart():
    from nets.network.files.names import note, replace_names
    from tests.nets.network.old_files import called, functional, layer, start

    config = functional(
        "net",
        called(start("a b", 4)),
        called(layer("ReLU", "a_b"), ["a b", 0, 0]),
        called(layer("ReLU", "a:b"), ["a_b", 0, 0]),
        output=["a:b", 0, 0],
    )
    renamed = replace_names(config)
    assert renamed == {"a_b_2": "a b", "a_b_3": "a:b"}
    layers = config["config"]["layers"]
    assert [part["inbound_nodes"] for part in layers] == [[], [[["a_b_2", 0, 0]]], [[["a_b", 0, 0]]]]
    assert config["config"]["output_layers"] == [["a_b_3", 0, 0]]
    assert note({}) == ""
