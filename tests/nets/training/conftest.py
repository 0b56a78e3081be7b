from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nets.data.specs import ImageInput
from nets.runs.config import TrainConfig
from nets.training import setup
from tests.nets.tiny_data import data, store

if TYPE_CHECKING:
    import keras

__all__ = ["data", "store"]


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every training builds a network of a thousand weights, with batch normalisation and dropout for ``pen``.

    For tests of what a training does with a network, whichever it is: a tenth of the time to compile and compute.
    """

    def build(config: TrainConfig, input: ImageInput, classes: int) -> keras.Model:
        import keras

        layers = keras.layers
        keras.utils.set_random_seed(config.seed)
        rows = [keras.Input(input.shape), layers.Conv2D(3, 5, activation="relu"), layers.MaxPooling2D(2)]
        if config.network == "pen":
            rows += [layers.BatchNormalization(), layers.Dropout(0.3)]
        rows += [layers.MaxPooling2D(3), layers.Flatten(), layers.Dense(classes, activation="softmax")]
        return keras.Sequential(rows)

    monkeypatch.setattr(setup, "build", build)
