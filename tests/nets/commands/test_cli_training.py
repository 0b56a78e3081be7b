"""``train`` and ``evaluate``."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nets.data import datasets
from nets.data.datasets import DATASETS
from nets.errors import UsageError
from nets.models import shipped
from nets.network.card import outputs_of_classes
from nets.training import memory

if TYPE_CHECKING:
    from conftest import Lenslet, Trained

ROOT = Path(__file__).resolve().parents[3]


def test_train_writes_a_run(trained: Trained) -> None:
    assert trained.said.status == 0
    assert len(trained.said.rows) == 1
    row = trained.row
    fields = ("run", "net", "dataset", "epochs", "seconds", "epoch_seconds", "images_per_second", "history")
    assert tuple(row) == (*fields, "test_accuracy")
    assert (row["net"], row["dataset"], row["epochs"]) == ("lenet", "digits", 2)
    assert set(row["history"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(column) == 2 for column in (*row["history"].values(), row["epoch_seconds"]))
    assert row["seconds"] > sum(row["epoch_seconds"])
    assert row["images_per_second"] == pytest.approx(640 / statistics.median(row["epoch_seconds"]))
    assert row["history"]["loss"][1] < row["history"]["loss"][0]
    assert 0.1 < row["test_accuracy"] <= 1
    assert "epoch 2 of 2: loss" in trained.said.err


def test_resuming_goes_on_in_the_same_run(lenslet: Lenslet, trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.runs, tmp_path / "runs")
    name, before = trained.row["run"], trained.row["history"]
    said = lenslet("train", "--resume", name, "--epochs", 3, "--json", "--quiet", "--runs-dir", tmp_path / "runs")
    assert said.status == 0
    assert said.err == ""
    (row,) = said.rows
    assert (row["run"], row["epochs"]) == (name, 3)
    assert {column: values[:2] for column, values in row["history"].items()} == before
    assert len(row["history"]["loss"]) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--epochs", "2"], "has 2 epochs"),
        (["--epochs", "0"], "epochs: a whole number"),
        (["--lr", "0.5", "--epochs", "3"], "its learning rate 0.001, not 0.5"),
        (["--batch", "16", "--epochs", "3"], "its batch size 32, not 16"),
    ],
)
def test_a_run_goes_on_as_it_began(words: list[str], expected: str, lenslet: Lenslet, trained: Trained) -> None:
    said = lenslet("train", "--resume", trained.row["run"], *words, "--runs-dir", trained.runs, "--quiet")
    assert said.status == 2
    assert expected in said.err
    other = lenslet("train", "pen", "digits", "--resume", trained.row["run"], "--runs-dir", trained.runs)
    assert other.status == 2
    assert "its network lenet, not pen" in other.err


def test_classes_are_matched_by_name(lenslet: Lenslet, trained: Trained, tmp_path: Path) -> None:
    """A folder with some of the model's classes is judged on those; one with others is refused."""
    for name, line in (("1", [(40, 10), (40, 70)]), ("7", [(20, 12), (60, 12), (35, 70)])):
        for folder in (tmp_path / "some", tmp_path / "others"):
            target = folder / (name if folder.name == "some" else f"kind {name}")
            target.mkdir(parents=True)
            for number in range(5):
                picture = Image.new("L", (80, 80), 255)
                ImageDraw.Draw(picture).line(line, fill=0, width=6 + number)
                picture.save(target / f"{number}.png")
    words = ("evaluate", trained.row["run"])
    (row,) = lenslet(*words, tmp_path / "some", "--json", "--runs-dir", trained.runs).rows
    assert np.array(row["confusion"]).sum(axis=1).tolist() == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert row["per_class"][0] is None
    said = lenslet(*words, tmp_path / "others", "--runs-dir", trained.runs, "--quiet")
    assert said.status == 2
    assert "has 2: kind 1, kind 7 are none of 0, 1, 2" in said.err


def test_ten_other_classes_are_not_taken_for_digits() -> None:
    names = DATASETS["fashion-mnist"].classes
    digits = shipped()["lenet"]
    named = ("lenet", "fashion-mnist")
    with pytest.raises(UsageError, match="T-shirt, Trousers"):
        outputs_of_classes(digits, names, *named)
    unknown = dataclasses.replace(digits, dataset="")
    assert outputs_of_classes(unknown, names, *named).tolist() == list(range(10))


@pytest.mark.parametrize(
    "words", [("evaluate", "lenet", "cifar10"), ("lesion", "lenet", "cifar10", "--layer", "conv1")]
)
def test_data_of_other_classes_are_refused_before_they_are_read(words: tuple[str, ...], lenslet: Lenslet) -> None:
    """CIFAR-10 was unpacked for half a minute, or downloaded; here it is nowhere."""
    said = lenslet(*words)
    assert said.status == 2
    assert said.err.splitlines()[-1].startswith("lenet knows 10 classes, cifar10 has 10: airplane, automobile")
    assert "unpacking" not in said.err
    assert "download" not in said.err


def test_evaluate_a_run(lenslet: Lenslet, trained: Trained) -> None:
    said = lenslet("evaluate", trained.row["run"], "digits", "--json", "--runs-dir", trained.runs)
    assert said.status == 0
    (row,) = said.rows
    assert tuple(row) == ("model", "dataset", "images", "loss", "accuracy", "interval", "per_class", "confusion")
    confusion = np.array(row["confusion"])
    assert (row["images"], confusion.shape, confusion.sum()) == (360, (10, 10), 360)
    assert row["accuracy"] == pytest.approx(np.trace(confusion) / 360)
    low, high = row["interval"]
    assert low < row["accuracy"] < high
    np.testing.assert_allclose(row["per_class"], np.diag(confusion) / confusion.sum(axis=1))


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_keeps_the_finished_epochs(lenslet: Lenslet, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    # As many epochs as are not yet worth compiling through XLA, which would take seconds.
    words = ["train", "lenet", "digits", "--epochs", "800", "--limit", "64", "--json", "--runs-dir", str(runs)]
    process = subprocess.Popen(
        [sys.executable, "main.py", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("epoch 2 of 800"):
                break
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 130, said + rest
    assert out == ""
    assert "Traceback" not in said + rest
    assert "epochs are kept; go on with: main.py train --resume" in rest
    (row,) = lenslet("runs", "--json", "--runs-dir", runs).rows
    assert row["state"] == "stopped"
    assert row["epochs"] >= 2
    assert row["run"] in rest


def test_a_rate_is_proposed(lenslet: Lenslet, tmp_path: Path) -> None:
    said = lenslet("find-rate", "lenet", "digits", "--batch", 32, "--json", "--runs-dir", tmp_path)
    assert said.status == 0
    *batches, last = said.rows
    assert all(tuple(row) == ("rate", "loss", "smoothed") for row in batches)
    assert (last["net"], last["dataset"], last["optimizer"], last["batch"]) == ("lenet", "digits", "adam", 32)
    assert last["batches"] == len(batches)
    assert 1e-4 < last["proposal"] < last["lowest"]
    assert lenslet("runs", "--json", "--runs-dir", tmp_path).rows == []
    assert lenslet("find-rate", "lenet").status == 2


def test_the_rate_of_a_transfer_s_head(lenslet: Lenslet, tmp_path: Path) -> None:
    own = ("--json", "--runs-dir", tmp_path)
    said = lenslet("find-rate", "pen", "digits", "--transfer", "--batch", 32, *own)
    assert said.status == 0
    last = said.rows[-1]
    assert (last["net"], last["dataset"], last["batch"]) == ("pen", "digits", 32)
    assert 1e-5 < last["proposal"] < last["lowest"]
    refused = lenslet("find-rate", "pen", "digits", "--transfer", "--start-from", "pen", *own)
    assert refused.status == 2
    assert "--start-from is not for --transfer" in refused.err


@pytest.mark.parametrize("words", [("train", "lenet", "cifar10", "--epochs", "1"), ("find-rate", "lenet", "cifar10")])
def test_too_large_for_memory_is_said_before_the_data_are_downloaded(
    lenslet: Lenslet, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 5_000_000)
    monkeypatch.setattr(datasets, "load", lambda *_, **__: pytest.fail("the data were asked for"))
    said = lenslet(*words, "--batch", "512")
    assert (said.status, said.out) == (1, "")
    assert "with batches of 512 needs about" in said.err
    assert "would fit" in said.err
