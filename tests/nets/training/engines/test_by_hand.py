"""Training in NumPy against the same training in TensorFlow."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from nets.data.specs import Dataset
from nets.errors import LensletError
from nets.runs.config import TrainConfig
from nets.runs.problems import problems
from nets.runs.store import RunStore
from nets.training import setup
from nets.training.train import train

CONFIG = TrainConfig("lenet", "bars", epochs=2, batch_size=16, learning_rate=2e-3, limit=60, schedule="cosine")


@pytest.mark.parametrize(
    "changes", [{}, {"network": "lenet5", "loss": "squared_error"}], ids=["lenet", "lenet5 with squared error"]
)
def test_both_engines_learn_the_same(changes: dict[str, object], data: Dataset, store: RunStore) -> None:
    learn_the_same(changes, data, store)


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize(
    "changes", [{"optimizer": "nesterov"}, {"label_smoothing": 0.1}], ids=["nesterov", "smoothed labels"]
)
def test_both_engines_learn_the_same_with_other_settings(
    changes: dict[str, object], data: Dataset, store: RunStore
) -> None:
    learn_the_same(changes, data, store)


def learn_the_same(changes: dict[str, object], data: Dataset, store: RunStore) -> None:
    config = dataclasses.replace(CONFIG, **changes)
    by_tensorflow = train(config, data, store)
    by_hand = train(dataclasses.replace(config, engine="numpy"), data, store)
    for a, b in zip(by_tensorflow.weights("last"), by_hand.weights("last"), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-4)
    first, second = by_tensorflow.summary.history, by_hand.summary.history
    np.testing.assert_allclose(first.batch_loss, second.batch_loss, atol=1e-3)
    np.testing.assert_allclose(first.val_loss, second.val_loss, atol=1e-3)
    assert by_hand.summary.state == "finished"
    assert by_hand.card.command.endswith("--engine numpy --limit 60")


@pytest.mark.usefixtures("small_network")
def test_dropout_and_normalisation_by_hand(data: Dataset, store: RunStore) -> None:
    config = TrainConfig("pen", "bars", epochs=4, batch_size=16, engine="numpy", limit=64)
    run = train(config, data, store)
    losses = run.summary.history.loss
    assert losses[-1] < 0.6 * losses[0]


def test_what_it_cannot_do_is_said_before() -> None:
    config = dataclasses.replace(CONFIG, engine="numpy", precision="mixed")
    assert problems(config) == {"precision": "precision: the NumPy engine computes in float32"}
    assert "there are: tensorflow, numpy" in problems(dataclasses.replace(CONFIG, engine="abacus"))["engine"]


def test_a_layer_that_is_not_written_by_hand_is_named(
    data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(config: TrainConfig, input: object, classes: int) -> keras.Model:
        layers = keras.layers
        return keras.Sequential(
            [keras.Input((28, 28, 1)), layers.LayerNormalization(name="odd"), layers.Flatten(), layers.Dense(classes)]
        )

    monkeypatch.setattr(setup, "build", odd)
    with pytest.raises(LensletError, match=r"not written by hand: odd \(LayerNormalization\)"):
        train(dataclasses.replace(CONFIG, engine="numpy"), data, store)
