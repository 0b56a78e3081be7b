"""What a network without a card receives: found for networks whose right input is known."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from nets.compute.input_detection import detect_input
from nets.data.specs import ImageInput
from nets.data.value_ranges import RANGES, scale_and_offset, to_values
from nets.network.model import Model
from nets.network.wrap import CardFields, wrap
from nets.places import MODELS
from tests.nets.conftest import chain


def shipped_network(name: str):
    import keras

    return keras.models.load_model(MODELS / f"{name}.keras", compile=False)


def for_range(network, range_: str):
    """The network with its first convolution changed so that it does in another range what it does in 0 to 1.

    A byte is b * scale + offset = v in the range and b / 255 in 0 to 1, so that 0 to 1 is (v - offset) / (255 * scale).
    """
    import keras

    network = keras.models.clone_model(network)
    network.set_weights(shipped_network("lenet").get_weights())
    scale, offset = (float(one[0]) for one in scale_and_offset(ImageInput(range=range_)))
    first = next(layer for layer in network.layers if layer.get_weights())
    kernel, bias = first.get_weights()
    first.set_weights([kernel / (255 * scale), bias - kernel.sum(axis=(0, 1, 2)) * offset / (255 * scale)])
    return network


def opened(network, **said) -> Model:
    return wrap(network, detect=detect_input, said=CardFields(said.get("fields", {}), said.get("input", {})))


@pytest.fixture(scope="module")
def lenet():
    return shipped_network("lenet")


@pytest.mark.parametrize("range_", ["unit", "byte", "signed", "centred", "mnist"])
def test_the_range_in_which_a_network_reads_digits(lenet, range_: str) -> None:
    model = opened(for_range(lenet, range_))
    assert (model.card.input.fit, model.card.input.range) == ("digit", range_)
    (note,) = model.notes
    assert f"of 64 drawn digits in the range “{RANGES[range_].title}”" in note


def test_a_rows_input_is_tried_in_its_own_layout(lenet) -> None:
    from keras import layers

    for shape in ((784,), (28, 28)):
        model = opened(chain(layers.Reshape((28, 28, 1)), for_range(lenet, "byte"), shape=shape))
        assert model.card.input == ImageInput(range="byte")


def test_a_known_range_is_kept_and_only_the_fit_is_found(lenet) -> None:
    from keras import layers

    model = opened(chain(layers.Rescaling(1 / 255), for_range(lenet, "unit")))
    assert (model.card.input.fit, model.card.input.range) == ("digit", "byte")
    assert "rescales its input itself" in model.notes[0]
    assert opened(for_range(lenet, "byte"), input={"range": "unit"}).card.input == ImageInput(
        fit="picture", polarity="as-it-is"
    )
    assert opened(for_range(lenet, "byte"), input={"fit": "digit"}).card.input == ImageInput(range="byte")


def test_what_reads_no_digits_is_a_network_of_pictures() -> None:
    """Ten classes of clothes, of the size and channels of digits."""
    clothes = shipped_network("simple_cnn")
    model = opened(clothes)
    assert (model.card.input.fit, model.card.input.polarity) == ("picture", "as-it-is")
    assert "does not read drawn digits" in model.notes[0]
    assert "assumed to get the range “0 to 1”" in model.notes[1]


def test_digits_may_be_called_otherwise_or_stand_in_another_order(lenet) -> None:
    words = {"labels": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")}
    assert opened(for_range(lenet, "byte"), fields=words).card.input.range == "byte"
    network = for_range(lenet, "byte")
    kernel, bias = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel[:, ::-1], bias[::-1]])
    assert opened(network).card.input.fit == "picture"
    assert opened(network, fields={"labels": tuple("9876543210")}).card.input == ImageInput(range="byte")


def rectangles(count: int, side: int, channels: int) -> np.ndarray:
    """Pictures of overlapping rectangles of random colours: (count, side, side, channels) uint8."""
    random = np.random.default_rng(4)
    images = np.full((count, side, side, channels), 128, np.uint8)
    for image in images:
        for _ in range(100):
            (top, left), size = random.integers(-4, side, 2), random.integers(2, side // 3, 2)
            color = np.clip(random.normal(120, 62, (1, 1, 1)) + random.normal(0, 20, channels), 0, 255)
            image[max(top, 0) : top + size[0], max(left, 0) : left + size[1]] = color
    return images


@pytest.mark.parametrize(
    ("range_", "channels"),
    [
        ("unit", 3),
        ("byte", 3),
        ("signed", 3),
        ("centred", 3),
        ("imagenet", 3),
        ("caffe", 3),
        ("byte", 1),
        ("signed", 1),
    ],
)
def test_the_range_that_suits_the_first_batch_normalisation(range_: str, channels: int) -> None:
    import keras
    from keras import layers

    keras.utils.set_random_seed(6)
    norm = layers.BatchNormalization()
    network = chain(
        layers.Conv2D(16, 3), norm, layers.ReLU(), layers.Flatten(), layers.Dense(5), shape=(32, 32, channels)
    )
    images = rectangles(40, 32, channels)
    arrived = np.asarray(network.layers[0](to_values(images, ImageInput(32, 32, channels, range=range_))))
    norm.moving_mean.assign(arrived.mean(axis=(0, 1, 2)))
    norm.moving_variance.assign(arrived.var(axis=(0, 1, 2)))
    model = opened(network)
    assert (model.card.input.fit, model.card.input.range) == ("picture", range_)
    assert "its first batch normalisation" in model.notes[-1]


def test_channels_that_are_always_zero_tell_nothing_of_the_range() -> None:
    """In some networks most channels are dead: earlier, the median over all of them was 0 in every range."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(6)
    norm = layers.BatchNormalization()
    network = chain(layers.Conv2D(16, 3), norm, layers.Flatten(), layers.Dense(5), shape=(32, 32, 3))
    kernel, bias = network.layers[0].get_weights()
    kernel[..., 4:] = 0
    network.layers[0].set_weights([kernel, bias])
    arrived = np.asarray(network.layers[0](to_values(rectangles(40, 32, 3), ImageInput(32, 32, 3, range="byte"))))
    norm.moving_mean.assign(arrived.mean(axis=(0, 1, 2)))
    norm.moving_variance.assign(arrived.var(axis=(0, 1, 2)))
    assert opened(network).card.input.range == "byte"


def test_a_normalisation_far_behind_the_front_decides_nothing() -> None:
    from keras import layers

    norm = layers.BatchNormalization()
    rows = [layers.Conv2D(4, 3), layers.Conv2D(4, 3), layers.Conv2D(4, 3), norm, layers.Flatten(), layers.Dense(5)]
    network = chain(*rows, shape=(32, 32, 3))
    norm.moving_mean.assign([90.0, 80.0, 70.0, 60.0])
    model = opened(network)
    assert model.card.input.range == "unit"
    assert "assumed to get the range “0 to 1”" in model.notes[-1]


def test_a_normalisation_that_suits_two_ranges_alike_decides_nothing() -> None:
    from keras import layers

    norm = layers.BatchNormalization()
    network = chain(layers.Conv2D(4, 3), norm, layers.Flatten(), layers.Dense(5), shape=(32, 32, 3))
    network.layers[0].set_weights([np.zeros((3, 3, 3, 4)), np.ones(4)])  # it gives the same, whatever it gets
    norm.moving_variance.assign([0.5, 0.5, 0.5, 0.5])
    model = opened(network)
    assert model.card.input.range == "unit"
    assert "does not tell it from others" in model.notes[-1]


def test_what_cannot_be_told_is_assumed_and_said() -> None:
    from keras import layers

    rows = [layers.Conv2D(2, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(5)]
    model = opened(chain(*rows, shape=(32, 32, 3)))  # its statistics are those that the layer was made with
    assert model.card.input == ImageInput(32, 32, 3, "picture")
    assert "assumed to get the range “0 to 1”" in model.notes[0]
    assert "--range" in model.notes[0]


def test_a_damaged_network_is_no_digit_reader_and_no_error(lenet) -> None:
    network = for_range(lenet, "unit")
    network.set_weights([weight * np.nan for weight in network.get_weights()])
    assert opened(network).card.input.fit == "picture"


def test_detecting_the_input_takes_under_two_seconds(lenet) -> None:
    network = for_range(lenet, "mnist")
    began = time.process_time()
    opened(network)
    assert time.process_time() - began < 2


def test_pictures_of_clothes_are_answered_as_the_network_learned_them(data_dir: Path) -> None:
    """Cropped and centred like digits, only 58 of 100 were answered rightly."""
    from nets.compute.lens import Lens, answer_picture
    from nets.data import datasets
    from nets.places import Places

    test = datasets.load("fashion-mnist", Places.default(data=data_dir)).test
    reader = Lens(opened(shipped_network("simple_cnn")))
    chosen = np.arange(300)
    found = [answer_picture(reader, image)[1].probabilities.argmax() for image in test.images.read(chosen)]
    assert np.mean(np.array(found) == test.labels[:300]) > 0.85
