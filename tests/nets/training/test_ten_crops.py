"""Ten crops: which windows they are, and that the answers to them are averaged."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nets.data.images import ArrayImages
from nets.data.specs import ImageInput, Split
from nets.training.evaluate import evaluate
from nets.training.ten_crops import averaged, reading_size, ten_crops

INPUT = ImageInput(28, 28, 3, "picture")
IMAGES = np.random.default_rng(1).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)


def test_the_windows_are_the_corners_the_centre_and_their_mirror_images() -> None:
    assert reading_size(ImageInput(224, 224, 3, "picture")).shape == (256, 256, 3)
    assert reading_size(INPUT).shape == (32, 32, 3)
    views = ten_crops(IMAGES, INPUT).reshape(10, 7, 28, 28, 3)
    expected = [IMAGES[:, y : y + 28, x : x + 28] for y, x in ((0, 0), (0, 4), (4, 0), (4, 4), (2, 2))]
    for number, window in enumerate(expected):
        assert np.array_equal(views[number], window)
        assert np.array_equal(views[number + 5], window[:, :, ::-1])


@pytest.mark.parametrize("last", ["softmax", "linear"])
def test_probabilities_are_averaged(last: str) -> None:
    keras.utils.set_random_seed(0)
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input(INPUT.shape), layers.AveragePooling2D(7), layers.Flatten(), layers.Dense(3, activation=last)]
    )
    labels = np.array([0, 1, 2, 0, 1, 2, 0])
    found = evaluate(network, Split(ArrayImages(IMAGES), labels), INPUT, ten_views=True)
    outputs = np.asarray(network(ten_crops(IMAGES, INPUT) / np.float32(255)))
    if last == "linear":
        outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.probabilities, averaged(outputs), atol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
    assert len(found) == 7
