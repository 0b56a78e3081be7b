"""The commands on the person's own pictures: kept drawings, and folders that change or vanish."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from nets.commands.arguments import parser
from nets.data import drawings
from nets.places import Places
from nets.runs.config import config_for
from nets.training.setup import command_of

if TYPE_CHECKING:
    from conftest import Lenslet


def keep(*labels: str) -> None:
    for label in labels:
        drawings.keep(Places.default(), label, np.eye(30, dtype=np.float32), {})


@pytest.mark.parametrize(("labels", "found"), [("", False), ("7", False), ("771", True)])
def test_kept_drawings_are_counted(labels: str, found: bool, lenslet: Lenslet, tmp_path: Path) -> None:
    keep(*labels)
    row = lenslet("data", "--json").rows[-1]
    assert (row["name"], row["found"], row["images"]) == ("drawings", found, len(labels))
    assert row["classes"] == len(set(labels))
    if found:
        assert row["where"] == str(tmp_path / "home" / "drawings")


def bars(folder: Path) -> Path:
    """Two classes of 12 pictures: a bar on black, upright or flat."""
    random = np.random.default_rng(0)
    for name in ("flat", "up"):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            picture = np.zeros((28, 28), np.uint8)
            at = random.integers(4, 20)
            picture[4:24, at : at + 4] = 255
            Image.fromarray(picture if name == "up" else picture.T).save(folder / name / f"{number}.png")
    return folder


def test_a_folder_is_trained_on_and_missed_when_it_is_gone(lenslet: Lenslet, tmp_path: Path) -> None:
    folder = bars(tmp_path / "my bars")
    (folder / "up" / "broken.png").write_text("no picture")
    said = lenslet("train", "lenet", folder, "--epochs", 1, "--batch", 9, "--json")
    assert said.status == 0, said.err
    assert f"left out 1 file of {folder}" in said.err
    assert "broken.png is not a picture" in said.err
    (row,) = said.rows
    assert row["dataset"] == str(folder)
    listed = Places.default().runs / row["run"] / "left-out.txt"
    assert f"what was left out of the data is listed in {listed}" in said.err
    (sentence,) = listed.read_text().splitlines()
    assert sentence.startswith(f"{folder / 'up' / 'broken.png'} is not a picture")
    again = ("train", "--resume", row["run"], "--epochs", 2, "--quiet")

    folder.rename(tmp_path / "elsewhere")
    said = lenslet(*again)
    assert (said.status, said.out) == (1, "")
    assert f"the pictures of run {row['run']}, {folder}, are gone" in said.err
    assert said.err.count("\n") == 1

    (tmp_path / "elsewhere").rename(folder)
    (folder / "up" / "0.png").unlink()
    said = lenslet(*again)
    assert said.status == 1
    *left_out, problem = said.err.splitlines()
    assert "was trained on other data" in problem
    (sentence,) = left_out  # what is missing from the data is said, though no progress is wanted
    assert sentence.startswith(f"left out 1 file of {folder}")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_a_broken_picture_with_a_name_in_latin_1_ends_no_training(lenslet: Lenslet, tmp_path: Path) -> None:
    """The sentence on it could not be written into the run's folder."""
    folder = bars(tmp_path / "bars")
    (folder / "up" / os.fsdecode(b"caf\xe9.png")).write_text("no picture")
    said = lenslet("train", "lenet", folder, "--epochs", 1, "--batch", 15, "--json")
    assert said.status == 0, said.err
    listed = Places.default().runs / said.rows[0]["run"] / "left-out.txt"
    assert "caf\\udce9.png is not a picture" in listed.read_text()


@pytest.mark.parametrize(
    "changes",
    [{}, {"schedule": "cosine"}, {"augmentation": "shift", "validation": 0.25}, {"limit": 100, "seed": 7}],
    ids=["as the recipe", "schedule", "augmentation and validation", "limit and seed"],
)
@pytest.mark.parametrize(("network", "recipe"), [("lenet", ""), ("lenet5", ""), ("simple_cnn", "clothes")])
def test_the_command_on_a_card_trains_the_same(network: str, recipe: str, changes: dict[str, object]) -> None:
    config = config_for(network, "fashion-mnist", recipe, **changes)
    options = parser().parse_args(shlex.split(command_of(config))[2:])
    said = {
        "optimizer": options.optimizer,
        "learning_rate": options.lr,
        "batch_size": options.batch,
        "epochs": options.epochs,
        "seed": options.seed,
        "limit": options.limit,
        "schedule": options.schedule,
        "augmentation": options.augmentation,
        "validation": options.validation,
    }
    said = {name: value for name, value in said.items() if value is not None}
    assert config_for(options.net, options.dataset, options.recipe or "", **said) == config


def test_ten_crops_of_photographs_but_not_of_digits(lenslet: Lenslet, tmp_path: Path) -> None:
    import keras

    folder = tmp_path / "photographs"
    for name, colour in (("red", (200, 10, 10)), ("blue", (10, 10, 200))):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("RGB", (40, 40), colour)
            picture.putpixel((number, number), (255, 255, 255))
            picture.save(folder / name / f"{number}.png")
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input((32, 32, 3)), layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")]
    )
    network.layers[-1].set_weights([np.array([[-9.0, 9], [0, 0], [9, -9]], np.float32), np.zeros(2, np.float32)])
    network.save(tmp_path / "colours.keras")
    (tmp_path / "labels.txt").write_text("blue\nred\n")
    words = ("evaluate", tmp_path / "colours.keras", folder, "--labels", tmp_path / "labels.txt", "--json")
    (row,) = lenslet(*words, "--ten-crop").rows
    assert (row["images"], row["accuracy"], row["views"]) == (2, 1.0, 10)
    assert "views" not in lenslet(*words).rows[0]
    said = lenslet("evaluate", "lenet", "digits", "--ten-crop")
    assert said.status == 2
    assert "a mirrored digit is no digit" in said.err
