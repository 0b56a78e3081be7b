"""``transfer`` on the command line: the fields of ``train``, a run like every other, and what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Lenslet, Said, Trained


@pytest.fixture(scope="module")
def transferred(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """A new head on the run of ``lenet``, and one epoch in which the dense layers learn, too."""
    from tests.nets.commands.conftest import run

    words = ("transfer", trained.row["run"], "digits", "--freeze", "conv2", "--head-epochs", 1, "--epochs", 2)
    return run(*words, "--limit", 96, "--seed", 5, "--json", "--runs-dir", trained.runs)


def test_it_tells_what_train_tells(transferred: Said, trained: Trained) -> None:
    assert transferred.status == 0, transferred.err
    (row,) = transferred.rows
    assert tuple(row) == tuple(trained.row)
    assert (row["net"], row["dataset"], row["epochs"]) == ("lenet", "digits", 2)
    assert "the features of LeNet (modern) are kept" in transferred.err
    assert "from epoch 2 on more than the head learns, at the rate 0.002: conv2 and all before it" in transferred.err


def test_its_run_is_like_every_other(transferred: Said, trained: Trained, lenslet: Lenslet, one: Path) -> None:
    run = transferred.rows[0]["run"]
    runs = {row["run"]: row for row in lenslet("runs", "--json", "--runs-dir", trained.runs).rows}
    assert runs[run]["state"] == "finished"
    (answer,) = lenslet("classify", run, one, "--json", "--runs-dir", trained.runs).rows
    assert set(answer["probabilities"]) == set("0123456789")
    more = lenslet("train", "--resume", run, "--epochs", 3, "--json", "--runs-dir", trained.runs)
    assert more.status == 0, more.err
    assert more.rows[0]["epochs"] == 3
    again = lenslet(
        "transfer",
        run,
        "digits",
        "--epochs",
        1,
        "--head-epochs",
        1,
        "--limit",
        64,
        "--json",
        "--runs-dir",
        trained.runs,
    )
    assert again.status == 0, again.err


WRONG = {
    "transfer": "the following arguments are required: MODEL, DATASET",
    "transfer nothing digits": "there is no model 'nothing'",
    "transfer lenet nothing": "there is no dataset or folder 'nothing'",
    "transfer lenet digits --head-epochs 3 --epochs 2": "expected at most 2 epochs of the head",
    "transfer lenet digits --head-epochs none": "invalid int value: 'none'",
    "transfer lenet digits --engine numpy": "a transfer is computed by TensorFlow",
    "transfer lenet digits --fine-lr -1": "fine rate: a number from 0 to 100",
    "transfer lenet digits --freeze conv9": "no layer 'conv9' before the new head; there are: conv1, conv2",
    "train --start-from simple_cnn lenet digits": "give its features a new head: main.py transfer simple_cnn digits",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_cannot_be(words: str, lenslet: Lenslet, tmp_path: Path) -> None:
    said = lenslet(*words.split(), "--runs-dir", tmp_path / "runs")
    assert (said.status, said.out) == (2, "")
    assert WRONG[words] in said.err
    assert not list((tmp_path / "runs").glob("*"))


def test_classes_that_a_model_does_not_know_are_offered_a_new_head(lenslet: Lenslet, data_dir: Path) -> None:
    said = lenslet("evaluate", "lenet", "fashion-mnist", "--data-dir", data_dir)
    assert said.status == 2
    assert "a new head learns them: main.py transfer lenet fashion-mnist" in said.err
