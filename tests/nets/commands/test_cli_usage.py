"""Wrong usage and bad input: the exit status and one line that says what was expected and found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from nets.commands.arguments import COMMANDS, command_first
from nets.data import datasets
from nets.data.datasets import DATASETS
from nets.runs.config import OPTIMIZERS
from nets.zoo import NETS

if TYPE_CHECKING:
    from conftest import Lenslet

WRONG = {
    "train": "NET and DATASET",
    "train lenet": "NET and DATASET",
    "train nothing digits": "there is no network 'nothing'",
    "train lenet nothing": "there is no dataset or folder 'nothing'",
    "train lenet digits --epochs 0": "epochs: a whole number from 1",
    "train lenet digits --epochs two": "invalid int value: 'two'",
    "train lenet digits --batch 0": "batch size: a whole number from 1",
    "train lenet digits --lr 0": "learning rate: a number above 0",
    "train lenet digits --lr -0.1": "learning rate: a number above 0",
    "train lenet digits --lr nan": "learning rate: a number above 0",
    "train lenet digits --lr inf": "learning rate: a number above 0",
    "train lenet digits --limit 0": "limit: a whole number of at least 1",
    "train lenet digits --seed -1": "seed: a whole number from 0",
    "train lenet digits --validation 1": "validation: a number from 0",
    "train lenet digits --batch 5000": "batch size: at most the 1,293 images",
    "train lenet digits --threads many": "expected 1 or more, found many",
    "train lenet digits --threads 0": "expected 1 or more, found 0",
    "train lenet digits --optimizer best": "invalid choice: 'best'",
    "train lenet digits --recipe best": "invalid choice: 'best'",
    "train lenet drawings": "you have not kept any drawings yet",
    "train --resume nothing": "there is no run 'nothing'",
    "evaluate": "MODEL, DATASET",
    "evaluate nothing digits": "there is no model 'nothing'",
    "evaluate pen nothing": "there is no dataset or folder 'nothing'",
    "evaluate pen README.md": "README.md is a file: a picture is for classify",
    "classify pen": "IMAGE",
    "classify nothing picture.png": "there is no model 'nothing'",
    "nets --nonsense": "main.py nets: unrecognized arguments: --nonsense (see main.py nets --help)",
    "runs --delete it": "main.py runs: unrecognized arguments: --delete it (see main.py runs --help)",
    "net:lenett": "there is no network 'lenett'; there are: lenet5, lenet, pen",
    "classify net:lenett picture.png": "there is no network 'lenett'",
    "transfer net:lenet digits": "start from: a transfer needs a trained model",
    "frobnicate": "there is no command or model 'frobnicate'; the commands are: nets, data",
    "nothing.keras": "there is no file nothing.keras",
    "maps pen picture.png": "--out",
    "train lenet digits --threads 40000": "expected at most 512, found 40000",
    "train lenet digits --start-from nothing": "there is no run or shipped model 'nothing'",
    f"train lenet {300 * 'x'}": "found a name of 300 characters",
    f"evaluate {300 * 'x'} digits": "found a name of 300 characters",
    f"train --resume {300 * 'x'}": "there is no run 'xxx",
    f"maps pen {300 * 'x'} --out .": "found a name of 300 characters",
    f"classify {300 * 'x'} .": "found a name of 300 characters",
    f"{300 * 'x'}": "found a name of 300 characters",
}


EMPTY = {
    ("train", "lenet", ""): "found an empty text",  # it took the current folder
    ("evaluate", "lenet", ""): "found an empty text",
    ("evaluate", "", "digits"): "found an empty text",
    ("runs", "--runs-dir", ""): "found an empty text",
    ("maps", "lenet", "a.png", "--out", ""): "found an empty text",
    ("maps", "lenet", "", "--out", "a"): "found an empty text",
    ("train", "lenet", "digits", "--start-from", ""): "expected a value after --start-from, found an empty text",
    ("train", "lenet", "digits", "--start-from="): "expected a value after --start-from, found an empty text",
    ("train", "--resume", ""): "expected a value after --resume, found an empty text",
    ("transfer", "pen", "digits", "--freeze", ""): "expected a value after --freeze, found an empty text",
    ("classify", "pen", "a.png", "--labels", ""): "expected a value after --labels, found an empty text",
    ("explain", "pen", "a.png", "--method", "grad-cam", "--out", ""): "expected a value after --out",
}


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_an_empty_path_is_not_the_current_folder(words: tuple[str, ...], lenslet: Lenslet, one: Path) -> None:
    said = lenslet(*(one if word == "a.png" else word for word in words))
    assert (said.status, said.out) == (2, "")
    assert EMPTY[words] in said.err


def test_what_a_terminal_would_obey_is_written_out(lenslet: Lenslet, tmp_path: Path) -> None:
    folder = tmp_path / "\x1b[31mred\x07"
    said = lenslet("train", "lenet", folder)
    assert said.status == 2
    assert "\x1b" not in said.err
    assert "[31mred" in said.err
    folder.mkdir()
    (folder / "a\x1b[2J.png").write_text("no picture")
    said = lenslet("classify", "pen", folder / "a\x1b[2J.png")
    assert said.status == 1
    assert "\\x1b[2J.png is not a picture" in said.err


@pytest.mark.parametrize("words", WRONG)
def test_wrong_values_are_refused_in_one_line(words: str, lenslet: Lenslet) -> None:
    said = lenslet(*words.split())
    assert (said.status, said.out) == (2, "")
    assert WRONG[words] in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("train nothing digits", NETS),
        ("train lenet nothing", DATASETS),
        ("train lenet digits --optimizer best", OPTIMIZERS),
        ("frobnicate", COMMANDS),
        ("trian lenet digits", COMMANDS),
    ],
)
def test_an_unknown_name_lists_the_known(words: str, known: dict[str, object], lenslet: Lenslet) -> None:
    said = lenslet(*words.split())
    assert all(name in said.err for name in known)


def test_the_optimisers_are_those_promised() -> None:
    assert set(OPTIMIZERS) == {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw"}


def test_common_options_stand_before_or_after_the_command(lenslet: Lenslet, tmp_path: Path) -> None:
    before = lenslet("--data-dir", tmp_path, "--quiet", "data", "--json")
    after = lenslet("data", "--data-dir", tmp_path, "--json", "--quiet")
    assert before.status == 0
    assert before.rows == after.rows
    assert command_first(["--runs-dir", "nets", "runs"]) == ["runs", "--runs-dir", "nets"]
    assert command_first(["--quiet", "model.keras"]) == ["--quiet", "model.keras"]


def folder_of(folder: Path, **classes: int) -> Path:
    """A folder with so many pictures of every class."""
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = Image.new("L", (20, 20), 0)
            picture.paste(255, (4 + number % 8, 4, 10 + number % 8, 16))
            picture.save(folder / name / f"{number}.png")
    return folder


def test_folders_that_are_no_dataset(lenslet: Lenslet, tmp_path: Path) -> None:
    none, single = tmp_path / "none", folder_of(tmp_path / "single", cat=3)
    none.mkdir()
    for folder, found in ((none, "found none"), (single, "found only one, 'cat'")):
        said = lenslet("train", "lenet", folder)
        assert said.status == 2
        assert found in said.err
        assert str(folder) in said.err
        assert said.err.count("\n") == 1


def test_a_data_directory_that_is_a_file(lenslet: Lenslet, one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENSLET_DATA_DIR", str(one))
    said = lenslet("train", "lenet", "mnist")
    assert said.status == 1
    assert str(one) in said.err
    assert said.err.count("\n") == 1
    assert not next(row for row in lenslet("data", "--json").rows if row["name"] == "mnist")["found"]


def test_a_damaged_file_in_the_data_directory(lenslet: Lenslet, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "mnist").mkdir(parents=True)
    for file in DATASETS["mnist"].files:
        (data / "mnist" / file.name).write_bytes(b"\x1f\x8b broken")
    said = lenslet("train", "lenet", "mnist", "--data-dir", data)
    assert said.status == 1
    file = DATASETS["mnist"].files[0]
    assert file.name in said.err
    assert file.md5 in said.err
    assert "found d41d8cd98f00b204e9800998ecf8427e" in said.err


def test_a_start_that_is_not_there_is_said_before_the_data_are_read(
    lenslet: Lenslet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "load", lambda *_, **__: pytest.fail("the data were loaded"))
    said = lenslet("train", "lenet", "mnist", "--start-from", "nothing")
    assert said.status == 2
    assert "there is no run or shipped model 'nothing'" in said.err


def test_a_runs_folder_that_is_a_file(lenslet: Lenslet, one: Path) -> None:
    said = lenslet("runs", "--runs-dir", one)
    assert said.status == 1
    assert str(one) in said.err
    assert said.err.count("\n") == 1


def test_debug_shows_where(lenslet: Lenslet) -> None:
    assert "Traceback" in lenslet("train", "nothing", "digits", "--debug").err
