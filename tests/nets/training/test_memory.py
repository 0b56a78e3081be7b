"""A training that takes more memory than there is, is refused before anything is built; the message says what fits."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from nets.data.specs import Dataset, ImageInput
from nets.errors import LensletError
from nets.models import open_model
from nets.places import Places
from nets.runs.config import TrainConfig, transfer_config
from nets.runs.store import RunStore
from nets.training import memory
from nets.training.freezing import freeze
from nets.training.memory import TransferCosts, check_memory, check_transfer_memory, training_bytes, transfer_bytes
from nets.training.new_head import with_new_head
from nets.training.train import train
from nets.training.transfer import transfer

CONFIG = TrainConfig("vgg16", "photographs", optimizer="adam", batch_size=32)
INPUT = ImageInput(224, 224, 3, "picture")
WEIGHTS = 138_357_544
VALUES = 15_120_360  # that all layers give for one image of 224 x 224


def test_the_estimate_is_weights_with_their_copies_and_a_batch_of_values() -> None:
    assert training_bytes(CONFIG, INPUT, 1000) == 4 * (4 * WEIGHTS + 32 * VALUES)
    # After an epoch the weights and Adam's two numbers for each are copied, to be written; the gradients are gone.
    assert training_bytes(dataclasses.replace(CONFIG, batch_size=1), INPUT, 1000) == 4 * 2 * 3 * WEIGHTS


def test_what_fits_passes() -> None:
    check_memory(CONFIG, INPUT, 1000, available=5_000_000_000)


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (3_500_000_000, "batches of 16 would fit"),
        (3_330_000_000, "batches of 16 would fit"),
        (2_200_000_000, "pictures of 96 x 96 would fit, with small batches"),
        (500_000_000, "the network resnet18 would fit"),
        (1_000, "close other programs"),
    ],
)
def test_the_message_says_what_would_fit(free: int, words: str) -> None:
    with pytest.raises(LensletError, match=r"VGG-16 at 224 x 224 with batches of 32 needs about 4.1 GB") as refused:
        check_memory(CONFIG, INPUT, 1000, available=free)
    assert str(refused.value).endswith(words)


def test_a_training_that_does_not_fit_leaves_no_run(
    data: Dataset, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 1_000_000)
    with pytest.raises(LensletError, match=r"LeNet .modern. at 28 x 28 with batches of 8 needs about 1.5 MB"):
        train(TrainConfig("lenet", "bars", batch_size=8), data, store)
    assert store.list() == []


def test_a_transfer_that_does_not_fit_says_what_would_and_leaves_no_run(
    data: Dataset, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_model("lenet", Places.default(runs=tmp_path))
    config = transfer_config("lenet", "bars", "lenet", batch_size=64, head_epochs=1, epochs=2, freeze="fc1")
    classes, costs = len(data.classes), TransferCosts.of(source.network)
    network = with_new_head(source.network, classes, 1)
    weights = network.count_params()
    freeze(network, "fc1")
    learning = sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)
    values = 28 * 28 * 6 + 14 * 14 * 6 + 10 * 10 * 16 + 5 * 5 * 16 + 400 + 120 + 84 + len(data.classes)
    needed = 4 * (weights + 3 * learning + 64 * values)  # Adam: a gradient and two numbers for each weight that learns
    assert transfer_bytes(config, costs, classes) == needed
    check_transfer_memory(config, costs, classes, needed)
    for free, words in (
        (needed - 1, "batches of 32 would fit"),
        (4 * 2 * (weights + 2 * learning) - 1, "the head alone would fit: as many epochs in all as of the head, 1"),
        (1_000, "or take the features of a smaller network"),
    ):
        with pytest.raises(LensletError, match="a new head on lenet with batches of 64 needs about") as refused:
            check_transfer_memory(config, costs, classes, free)
        assert str(refused.value).endswith(words)
    monkeypatch.setattr(memory, "available_memory", lambda: 1_000)
    with pytest.raises(LensletError, match="a new head on lenet"):
        transfer(config, source, data, store)
    assert store.list() == []
