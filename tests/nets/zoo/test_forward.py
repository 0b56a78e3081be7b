"""Every network computes: a forward pass, and two steps of training that lower the loss."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from nets.data.images import ArrayImages
from nets.data.specs import Dataset, DatasetSpec, ImageInput, Split
from nets.events import no_report
from nets.runs.config import config_for
from nets.training import setup
from nets.training.setup import set_up
from nets.training.training import Training
from nets.zoo import NETS, get
from tests.nets.zoo.symbolic import answers_of

# Each family with its kinds of block, narrow and shallow enough for a test; the options of the builders.
FAMILIES = {
    "alexnet_lrn": {"divide": 8},
    "vgg11": {"divide": 8},
    "vgg11_bn": {"divide": 8},
    "nin": {"divide": 4},
    "googlenet": {"divide": 4},
    "inception_bn": {"divide": 8},
    "inception_v3": {"divide": 8},
    "inception_v4": {"divide": 16, "repeats": (1, 0, 0)},
    "inception_resnet_v2": {"divide": 16, "repeats": (0, 0, 1)},  # one of three residual blocks, alike but in branches
    "resnet18": {"divide": 8, "blocks": (1, 1)},  # x itself, and x through a convolution of stride 2
    "resnet50": {"divide": 8, "blocks": (2, 1)},
}
KEPT = {
    "googlenet": ("3a", "pool3", "4a"),
    "inception_bn": ("3a", "3c"),
    "inception_v3": ("mixed3", "mixed4", "mixed9"),
}


@pytest.mark.parametrize("name", NETS)
def test_a_forward_pass_of_random_pixels(name: str) -> None:
    _, answers = answers_of(name)
    assert answers.shape == (2, 4)
    assert np.isfinite(answers).all()
    if get(name).loss == "crossentropy":
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert not np.array_equal(answers[0], answers[1])


def batch_of_eight(size: int) -> Dataset:
    """Eight pictures of two classes that differ in colour."""
    input = ImageInput(size, size, 3, "picture")
    labels = np.arange(8) % 2
    images = np.random.default_rng(3).integers(0, 120, (8, *input.shape))
    images[..., 0] += 120 * labels[:, None, None]
    split = Split(ArrayImages(images.astype(np.uint8)), labels.astype(np.int64))
    data = DatasetSpec("eight", "Eight", ("dark", "red"), input, 8, 0, "here", "none")
    return Dataset(data, data.classes, split, Split(ArrayImages(images[:0].astype(np.uint8)), labels[:0]), "here", "0")


@pytest.mark.parametrize("name", FAMILIES)
def test_two_steps_of_training_lower_the_loss(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the program's own engine with the recipe for deep networks; without dropout, whose noise is in the loss."""
    from keras import layers

    row = get(name)
    monkeypatch.setitem(NETS, name, dataclasses.replace(row, options={**row.options, **FAMILIES[name]}))
    monkeypatch.setattr(layers.Dropout, "call", lambda self, inputs, training=False: inputs)
    monkeypatch.setattr(setup, "check_memory", lambda *_: None)  # it would build each network once more
    if name in KEPT:
        module = sys.modules[row.builder.__module__]
        monkeypatch.setattr(module, "MODULES", {key: module.MODULES[key] for key in KEPT[name]})
    data = batch_of_eight(row.smallest)
    config = config_for(name, "eight", batch_size=8, validation=0.0, size=row.smallest)
    made = set_up(Training(config, data, no_report, large=0))
    made.batches.begin(1)
    images, labels, shares = made.batches.take(0, 1)
    normalised = any(variable.name == "moving_mean" for variable in made.network.variables)
    rate = np.float32([0.001 if normalised else 0.01])  # normalising eight pictures makes the loss steep
    losses = [made.engine.run(images, labels, shares, rate)[0][0] for _ in range(3)]
    assert losses[2] < losses[0]
