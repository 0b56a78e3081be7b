"""``trust``: a line for each picture, of the shipped model and of a run."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from nets.data.photographs import photograph
from nets.places import MODELS
from nets.trust.probes import scribble

if TYPE_CHECKING:
    from conftest import Lenslet, Trained


def test_a_digit_is_trusted_and_a_scribble_is_not(lenslet: "Lenslet", one: Path, tmp_path: Path) -> None:
    Image.fromarray(scribble(np.random.default_rng(4))).save(tmp_path / "scribble.png")
    said = lenslet("trust", "pen", one, tmp_path / "scribble.png", tmp_path / "missing.png", "--json")
    assert said.status == 1
    digit, scribbled, missing = said.rows
    assert tuple(digit)[:4] == ("file", "label", "probability", "trust")
    assert (digit["file"], digit["label"]) == (str(one), "1")
    assert 0 <= scribbled["trust"] < 0.2 < digit["trust"] <= 1
    assert (scribbled["level"], digit["agreement"]) == ("unlike", 1.0)
    assert tuple(missing) == ("file", "error")
    plain = lenslet("trust", "pen", tmp_path / "scribble.png")
    assert plain.status == 0
    assert plain.out.split()[:4] == ["file", "answer", "calibrated", "trust"]  # classify's is the network's own
    assert "unlike anything it was trained on" in plain.out


def test_a_photograph_is_called_one(lenslet: "Lenslet", tmp_path: Path) -> None:
    Image.fromarray(photograph("china.jpg")).save(tmp_path / "china.png")
    said = lenslet("trust", "lenet", tmp_path / "china.png")
    assert "this is a photograph: the network reads drawn digits" in said.err
    assert "two shapes" not in said.err


def test_a_run_knows_its_own_images(lenslet: "Lenslet", trained: "Trained", one: Path) -> None:
    run = trained.row["run"]
    assert (trained.runs / run / "trust.npz").exists() or trained.row["epochs"] == 0
    said = lenslet("trust", run, one, "--json", "--runs-dir", trained.runs)
    assert said.status == 0
    (row,) = said.rows
    assert 0 < row["probability"] <= 1


def test_a_model_of_which_nothing_is_known_is_refused_with_a_reason(
    lenslet: "Lenslet", one: Path, tmp_path: Path
) -> None:
    shutil.copy(MODELS / "lenet.keras", tmp_path / "own.keras")
    said = lenslet("trust", tmp_path / "own.keras", one)
    assert said.status == 1
    assert "that is measured when a run ends" in said.err


def test_the_trust_beside_a_file_is_used(lenslet: "Lenslet", one: Path, tmp_path: Path) -> None:
    for suffix in (".keras", ".json", ".trust.npz"):
        shutil.copy(MODELS / f"lenet{suffix}", tmp_path / f"own{suffix}")
    (row,) = lenslet("trust", tmp_path / "own.keras", one, "--json").rows
    (same,) = lenslet("trust", "lenet", one, "--json").rows
    assert row["trust"] == pytest.approx(same["trust"], abs=1e-5)
    assert row["probability"] == pytest.approx(same["probability"], abs=1e-5)
