"""Tiny data that a network can learn in a moment: a bright bar whose place is its class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nets.data.images import ArrayImages
from nets.data.specs import Dataset, DatasetSpec, ImageInput, Split
from nets.runs.store import RunStore


def bars(count: int, seed: int, classes: int, side: int = 28) -> Split:
    """(count, side, side, 1) uint8 noise with a bright bar, and which of ``classes`` places it is in."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    images = random.integers(0, 60, (count, side, side, 1), dtype=np.uint8)
    width = side // classes
    for image, label in zip(images, labels, strict=True):
        image[3:-3, label * width : (label + 1) * width] += 150
    return Split(ArrayImages(images), labels.astype(np.int64))


def dataset(train: int = 100, test: int = 20, classes: int = 4, chain: str = "digit") -> Dataset:
    names = tuple("abcdefghij"[:classes])
    spec = DatasetSpec("bars", "Bars", names, ImageInput(fit=chain), train, test, "made here", "none needed")
    return Dataset(spec, names, bars(train, 1, classes), bars(test, 2, classes), "memory", "0123")


@pytest.fixture(scope="session")
def data() -> Dataset:
    return dataset()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")
