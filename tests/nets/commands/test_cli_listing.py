"""``nets``, ``data`` and ``runs``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from nets.data.datasets import DATASETS
from nets.network.pretrained import CLASS_NAMES
from nets.network.shipped_cards import shipped
from nets.zoo import NETS
from nets.zoo.pretrained import PRETRAINED

if TYPE_CHECKING:
    from conftest import Lenslet, Trained


def test_nets_lists_every_network_with_its_costs(lenslet: Lenslet) -> None:
    said = lenslet("nets", "--json")
    assert said.status == 0
    rows = {row["name"]: row for row in said.rows}
    assert set(rows) == set(NETS)
    fields = ("name", "title", "input_shape", "classes", "parameters", "multiply_adds", "layers")
    more = ("family", "paper", "trainable", "smallest", "sizes")
    assert all(tuple(row) == (*fields, *more) for row in rows.values())
    assert {name: row["parameters"] for name, row in rows.items()} == {
        name: spec.parameters for name, spec in NETS.items()
    }
    lenet = rows["lenet"]
    assert (lenet["input_shape"], lenet["classes"], lenet["layers"]) == ([28, 28, 1], 10, 8)
    # Every output position of a convolution costs one kernel, a dense layer its matrix.
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 25 * 6
    assert lenet["multiply_adds"] == convolutions + 400 * 120 + 120 * 84 + 84 * 10
    table = lenslet("nets").out
    assert all(f"\n{name} " in table for name in NETS)


def test_data_lists_every_dataset(lenslet: Lenslet, data_dir: Path) -> None:
    said = lenslet("data", "--json", "--data-dir", data_dir)
    assert said.status == 0
    rows = {row["name"]: row for row in said.rows}
    assert list(rows) == list(DATASETS)
    assert all(tuple(row) == ("name", "found", "where", "images", "shape", "classes") for row in rows.values())
    assert rows["mnist"] == {
        "name": "mnist",
        "found": True,
        "where": f"data directory {data_dir}",
        "images": 70_000,
        "shape": [28, 28, 1],
        "classes": 10,
    }
    assert rows["digits"]["images"] == 1797
    assert not rows["drawings"]["found"]
    assert str(data_dir) in lenslet("data", "--data-dir", data_dir).out


def test_the_card_of_a_dataset(lenslet: Lenslet, tmp_path: Path) -> None:
    (card,) = lenslet("data", "svhn", "--json").rows
    assert (card["title"], card["found"], card["train_images"], card["shape"]) == ("SVHN", False, 73_257, [32, 32, 3])
    assert card["classes"] == list("0123456789")
    assert (sum(card["train_counts"]), sum(card["test_counts"])) == (73_257, 26_032)
    assert "Netzer et al. 2011" in card["source"]
    assert "non-commercial" in card["licence"]
    said = lenslet("data", "digits").out
    assert "CC BY 4.0" in said
    assert "1,437 to train on, 360 to test on" in said
    for name, count in (("猫", 4), ("ein Hund", 2)):
        (tmp_path / "我的 图片" / name).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (8, 8), 9).save(tmp_path / "我的 图片" / name / f"{number}.png")
    (own,) = lenslet("data", tmp_path / "我的 图片", "--json").rows
    assert (own["title"], own["classes"]) == ("我的 图片", ["ein Hund", "猫"])
    assert (own["train_counts"], own["test_counts"]) == ([1, 3], [1, 1])
    (tmp_path / "我的 图片" / "Vogel" / "klein").mkdir(parents=True)
    Image.new("L", (8, 8), 9).save(tmp_path / "我的 图片" / "Vogel" / "klein" / "0.png")
    (own,) = lenslet("data", tmp_path / "我的 图片", "--json").rows
    assert own["classes"] == ["ein Hund", "猫"]
    assert "klein: 1 file in a folder inside of a class folder" in own["about"]  # not left out without a word
    assert lenslet("data", "mnits").status == 2


def test_data_of_a_directory_that_is_not_there(lenslet: Lenslet, tmp_path: Path) -> None:
    rows = {row["name"]: row for row in lenslet("data", "--json", "--data-dir", tmp_path / "gone").rows}
    assert rows["digits"]["found"]
    assert not rows["mnist"]["found"]
    assert "gone could not be read" in rows["mnist"]["where"]


def test_runs_lists_the_runs(lenslet: Lenslet, trained: Trained) -> None:
    said = lenslet("runs", "--json", "--runs-dir", trained.runs)
    (row,) = [row for row in said.rows if row["run"] == trained.row["run"]]
    assert tuple(row) == ("run", "net", "dataset", "epochs", "val_accuracy", "state", "date")
    assert (row["net"], row["dataset"], row["epochs"], row["state"]) == ("lenet", "digits", 2, "finished")
    assert row["val_accuracy"] == trained.row["history"]["val_accuracy"][-1]
    assert row["run"] in lenslet("runs", "--runs-dir", trained.runs).out


def test_runs_says_that_there_are_none_yet(lenslet: Lenslet, tmp_path: Path) -> None:
    said = lenslet("runs", "--json", "--runs-dir", tmp_path / "none")
    assert (said.status, said.out) == (0, "")
    assert "no runs" in said.err


def test_models_lists_what_opens_by_name(lenslet: Lenslet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    folder = tmp_path / "data" / "keras-models"
    folder.mkdir(parents=True)
    for name in (PRETRAINED["vgg16"].file, CLASS_NAMES):
        (folder / name).touch()
    said = lenslet("models", "--json", "--data-dir", tmp_path / "data")
    assert said.status == 0
    rows = {row["name"]: row for row in said.rows}
    assert list(rows) == [*shipped(), *PRETRAINED]
    assert rows["pen"]["found"]
    assert (rows["pen"]["kind"], rows["vgg16"]["kind"]) == ("shipped", "pretrained")
    assert rows["vgg16"]["found"]
    assert rows["vgg16"]["where"] == str(folder / PRETRAINED["vgg16"].file)
    assert not rows["vgg19"]["found"]
    assert rows["vgg19"]["missing"] == [PRETRAINED["vgg19"].file]
    assert (rows["vgg19"]["top1"], rows["vgg19"]["top5"], rows["vgg19"]["range"]) == (0.713, 0.9, "caffe")
    table = lenslet("models", "--data-dir", tmp_path / "data").out
    assert all(f"\n{name} " in table for name in rows)
