"""Class weights: classes with few and with many images count alike in the loss."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from nets.byhand.losses import SoftmaxCrossEntropy, SquaredError
from nets.data.images import ArrayImages
from nets.data.specs import Dataset, ImageInput, Split
from nets.runs.config import TrainConfig
from nets.runs.problems import problems
from nets.runs.store import RunStore
from nets.training import setup
from nets.training.batches import ArrayBatches, class_weights
from nets.training.engines.tensor_batches import TensorBatches
from nets.training.train import train

CONFIG = TrainConfig("lenet", "bars", batch_size=8, validation=0.0, class_weights="balanced")
LABELS = np.array([0] * 30 + [1] * 10 + [3] * 20)


def test_every_class_counts_alike_and_an_image_one_in_the_mean() -> None:
    weights = class_weights(CONFIG, LABELS)
    assert weights is not None
    np.testing.assert_allclose(weights[LABELS].sum(), len(LABELS), rtol=1e-6)
    sums = [weights[LABELS[label == LABELS]].sum() for label in (0, 1, 3)]
    np.testing.assert_allclose(sums, 20, rtol=1e-6)
    assert weights[2] == 0
    assert class_weights(dataclasses.replace(CONFIG, class_weights="none"), LABELS) is None


@pytest.mark.parametrize("fill", [False, True])
def test_the_shares_of_a_batch_sum_to_one(fill: bool) -> None:
    images = ArrayImages(np.zeros((60, 2, 2, 1), np.uint8))
    kind = TensorBatches if fill else ArrayBatches
    batches = kind(images, LABELS, ImageInput(2, 2, 1), CONFIG, fill=fill)
    batches.begin(1)
    _, labels, shares = batches.take(0, 7)
    np.testing.assert_allclose(shares[:7].sum(axis=1), 1, rtol=1e-6)
    row, other = shares[0], labels[0]
    if 0 in other and 1 in other:
        np.testing.assert_allclose(row[other == 1][0] / row[other == 0][0], 3, rtol=1e-5)
    assert (shares[7:] == 0).all()


def test_the_losses_by_hand_agree_with_keras() -> None:
    random = np.random.default_rng(2)
    logits, labels = random.standard_normal((6, 4)), random.integers(0, 4, 6)
    shares = random.random(6)
    shares /= shares.sum()
    ours = SoftmaxCrossEntropy(shares=shares)
    theirs = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    assert ours.forward(logits, labels) == pytest.approx(float(np.asarray(theirs) @ shares), rel=1e-5)
    squared = SquaredError(shares)
    for loss in (ours, squared):
        loss.forward(logits, labels)
        gradient = loss.backward()
        numeric = np.zeros_like(logits)
        for place in np.ndindex(*logits.shape):
            step = np.zeros_like(logits)
            step[place] = 1e-6
            numeric[place] = (loss.forward(logits + step, labels) - loss.forward(logits - step, labels)) / 2e-6
        np.testing.assert_allclose(gradient, numeric, atol=1e-7)
    alike = np.full(6, 1 / 6)
    for kind in (SoftmaxCrossEntropy, SquaredError):
        plain, weighted = kind(), kind(shares=alike)
        assert plain.forward(logits, labels) == pytest.approx(weighted.forward(logits, labels))
        np.testing.assert_allclose(plain.backward(), weighted.backward(), rtol=1e-12)


def unequal(data: Dataset) -> Dataset:
    """Six bars of the second class beside 25 of each other; the test set as it was."""
    labels = data.train.labels
    kept = np.concatenate([np.flatnonzero(labels != 1), np.flatnonzero(labels == 1)[:6]])
    train = Split(ArrayImages(data.train.pixels()[kept]), labels[kept])
    return Dataset(data.spec, data.classes, train, data.test, data.where, "unequal")


@pytest.mark.parametrize("engine", ["tensorflow", "numpy"])
def test_the_rare_class_is_learned_sooner(engine: str, data: Dataset, store: RunStore, small_network: None) -> None:
    config = dataclasses.replace(CONFIG, engine=engine, epochs=2, batch_size=13, learning_rate=1e-3)
    losses = []
    for weights in ("none", "balanced"):
        run = train(dataclasses.replace(config, class_weights=weights), unequal(data), store)
        network = setup.build(config, data.spec.input, len(data.classes))
        network.set_weights(run.weights("last"))
        rare = data.test.pixels()[data.test.labels == 1].astype(np.float32) / 255
        losses.append(-np.log(np.asarray(network(rare))[:, 1]).mean())
    assert losses[1] < 0.9 * losses[0]


def test_both_engines_learn_the_same(data: Dataset, store: RunStore, small_network: None) -> None:
    config = dataclasses.replace(CONFIG, epochs=1, batch_size=13, learning_rate=1e-3)
    runs = [
        train(dataclasses.replace(config, engine=engine), unequal(data), store) for engine in ("tensorflow", "numpy")
    ]
    np.testing.assert_allclose(*(run.summary.history.batch_loss for run in runs), atol=1e-4)
    np.testing.assert_allclose(*(run.summary.history.batch_accuracy for run in runs), atol=1e-6)
    assert runs[0].card.command.count("--class-weights balanced") == 1


def test_an_unknown_weighting_is_said() -> None:
    found = problems(dataclasses.replace(CONFIG, class_weights="heavy"))
    assert found == {"class_weights": "class weights: there is no 'heavy'; there are: none, balanced"}
