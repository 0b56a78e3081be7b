"""Test images to try a model with: of its own data, chosen by a seed, from what is on this machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nets.data import drawings
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


def test_of_ones_own_pictures_those_kept_out_of_training_are_shown(tmp_path: Path) -> None:
    """A network of one's own three digits had none: only datasets of all ten classes were looked for."""
    places = places_at(tmp_path)
    for label in "123":
        for number in range(6):
            picture = np.zeros((40, 40), np.uint8)
            picture[5:35, 10 + number : 14 + number] = 255
            drawings.keep(places, label, picture, {})
    held_out = load("drawings", places).test
    for name in ("drawings", str(places.drawings)):
        found = examples(name, ("1", "2", "3"), places)
        assert sorted(found.numbers) == list(range(len(held_out)))
        for image, label, number in zip(found.images, found.labels, found.numbers, strict=True):
            assert np.array_equal(image, held_out.pixels()[number])
            assert label == "123"[held_out.labels[number]]
    assert set(examples("drawings", ("1", "3"), places).labels) == {"1", "3"}


def test_one_picture_a_class_is_not_enough_to_test_on(tmp_path: Path) -> None:
    places = places_at(tmp_path)
    for label in "12":
        drawings.keep(places, label, np.eye(20, dtype=np.uint8) * 255, {})
    with pytest.raises(LensletError, match=r"My drawings has no test images \(.*\): give every class two pictures"):
        examples("drawings", ("1", "2"), places)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    places = places_at(tmp_path)
    with pytest.raises(LensletError, match="Fashion-MNIST is not on this machine yet"):
        examples("fashion-mnist", CLOTHES, places)
    with pytest.raises(LensletError, match=r"no pictures of what this network knows .*: draw, open or paste one"):
        examples("", ("cat", "dog"), places)
