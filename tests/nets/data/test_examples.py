"""Test images to try a model with: of its own data, chosen by a seed, from what is on this machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nets.data.datasets import CLOTHES, TEN, load
from nets.data.examples import examples
from nets.errors import LensletError
from nets.places import Places


def places_at(folder: Path, data: Path | None = None) -> Places:
    settings = folder / "settings.json"
    return Places(
        runs=folder / "runs", drawings=folder / "drawings", cache=folder / "cache", settings=settings, data=data
    )


def test_a_model_gets_images_of_its_own_data(data_dir: Path, tmp_path: Path) -> None:
    places = places_at(tmp_path, data_dir)
    found = examples("fashion-mnist", CLOTHES, places, 3, 20)
    whole = load("fashion-mnist", places).test
    assert found.title == "Fashion-MNIST"
    assert found.images.shape == (20, 28, 28, 1)
    for image, label, number in zip(found.images, found.labels, found.numbers, strict=True):
        assert np.array_equal(image, whole.pixels()[number])
        assert label == CLOTHES[whole.labels[number]]
    assert examples("fashion-mnist", CLOTHES, places, 3, 20).numbers == found.numbers
    assert examples("fashion-mnist", CLOTHES, places, 4, 20).numbers != found.numbers
    assert examples("mnist+strokes", TEN, places).title == "MNIST"
    assert examples("", CLOTHES, places).title == "Fashion-MNIST"  # a stranger's file


def test_without_files_there_are_the_embedded_digits(tmp_path: Path) -> None:
    found = examples("", TEN, places_at(tmp_path), count=7)
    assert found.title == "Digits 8x8"
    assert len(found.images) == len(found.labels) == 7


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    places = places_at(tmp_path)
    with pytest.raises(LensletError, match="Fashion-MNIST is not on this machine yet"):
        examples("fashion-mnist", CLOTHES, places)
    with pytest.raises(LensletError, match="no test images for this model's classes"):
        examples("", ("cat", "dog"), places)
