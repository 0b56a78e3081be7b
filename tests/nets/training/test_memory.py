"""A training that takes more memory than there is, is refused before anything is built; the message says what fits."""

from __future__ import annotations

import pytest

from nets.data.specs import Dataset, ImageInput
from nets.errors import LensletError
from nets.runs.config import TrainConfig
from nets.runs.store import RunStore
from nets.training import memory
from nets.training.memory import check_memory, training_bytes
from nets.training.train import train

CONFIG = TrainConfig("vgg16", "photographs", optimizer="adam", batch_size=32)
INPUT = ImageInput(224, 224, 3, "picture")
WEIGHTS = 138_357_544
VALUES = 15_120_360  # that all layers give for one image of 224 x 224


def test_the_estimate_is_weights_with_their_copies_and_a_batch_of_values() -> None:
    assert training_bytes(CONFIG, INPUT, 1000) == 4 * (4 * WEIGHTS + 32 * VALUES)


def test_what_fits_passes() -> None:
    check_memory(CONFIG, INPUT, 1000, available=5_000_000_000)


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (3_500_000_000, "batches of 16 would fit"),
        (2_280_000_000, "batches of 1 would fit"),
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
    with pytest.raises(LensletError, match=r"LeNet .modern. at 28 x 28 with batches of 8 needs about 1.3 MB"):
        train(TrainConfig("lenet", "bars", batch_size=8), data, store)
    assert store.list() == []
