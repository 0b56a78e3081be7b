"""A network that changes the range of its input itself: by layers, or by operations between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nets.network.wrap import wrap


def shown(front: Callable[[Any], Any], dtype: str = "float32") -> tuple[str, tuple[str, ...]]:
    import keras
    from keras import layers

    image = keras.Input((8, 8, 3), dtype=dtype)
    network = keras.Model(image, layers.Conv2D(2, 3, name="conv")(front(image)))
    model = wrap(network)
    return model.card.input.range, tuple(str(note) for note in model.notes)


def preprocess(name: str) -> Callable[[Any], Any]:
    import importlib

    return importlib.import_module(f"keras.applications.{name}").preprocess_input


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet", "vgg16", "densenet"])
def test_preprocess_input_inside_of_a_network_takes_bytes(name: str) -> None:
    """As Keras's own guide to transfer learning builds it; 0 to 1 was assumed, and every answer was wrong."""
    found, notes = shown(preprocess(name))
    assert found == "byte"
    assert "It rescales its input itself: values go in as 0 to 255." in notes


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (lambda x: x / 255, "byte"),
        (lambda x: x * (1 / 255), "byte"),
        (lambda x: (x - 127.5) / 127.5, "byte"),
        (lambda x: x[..., ::-1] - np.array([104.0, 117.0, 124.0], np.float32), "byte"),
        (lambda x: x - 0.5, "unit"),
        (lambda x: x * 2 - 1, "unit"),
        (lambda x: x * 255, "unit"),
        (lambda x: (x - 0.449) / 0.226, "unit"),
    ],
)
def test_arithmetic_at_the_front_tells_the_range(front: Callable[[Any], Any], expected: str) -> None:
    found, notes = shown(front)
    assert found == expected
    assert any("its input itself" in note for note in notes)


def test_layers_at_the_front_tell_it_together() -> None:
    from keras import layers

    def normalised(scale: float) -> Callable[[Any], Any]:
        norm = layers.Normalization(mean=[124.0, 117.0, 104.0], variance=[3400.0, 3300.0, 3200.0])
        return lambda x: norm(layers.Rescaling(scale)(layers.RandomFlip()(x)))

    assert shown(normalised(1.0))[0] == "byte"
    assert shown(normalised(255.0))[0] == "unit"
    assert shown(layers.Rescaling(1.0, offset=-127.5))[0] == "byte"
    assert shown(lambda x: layers.Rescaling(1 / 255)(x), "uint8")[0] == "byte"


def test_what_is_no_arithmetic_tells_nothing() -> None:
    from keras import layers, ops

    for front in (lambda x: ops.clip(x, 0, 1), lambda x: x[..., ::-1], lambda x: layers.Add()([x / 255, x])):
        assert shown(front)[1] == ("Its output is a picture of 6 × 6 × 2, and is shown as one.",)
