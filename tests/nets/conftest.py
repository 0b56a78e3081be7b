"""Small networks of a person's own, as files, and the folder they lie in."""

from __future__ import annotations

from pathlib import Path

import pytest

from nets.places import Places


def chain(*rows, shape=(28, 28, 1), name="net", **options):
    import keras

    return keras.Sequential([keras.Input(shape, **options), *rows], name=name)


def simple():
    from keras import layers

    return chain(layers.Conv2D(4, 3, name="conv"), layers.Flatten(), layers.Dense(10, activation="softmax"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def places(folder) -> Places:
    return Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")


@pytest.fixture(scope="module")
def good(folder) -> Path:
    simple().save(folder / "good.keras")
    return folder / "good.keras"
