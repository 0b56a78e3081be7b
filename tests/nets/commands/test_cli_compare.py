"""``compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nets.experiments import timing

if TYPE_CHECKING:
    from conftest import Lenslet, Trained

FIELDS = (
    *("model", "parameters", "multiply_adds", "weights_bytes", "activation_bytes", "depth", "receptive_field"),
    *("accuracy", "interval", "milliseconds", "file_bytes"),
)


def test_compare_prints_json_for_each_model(lenslet: Lenslet, trained: Trained) -> None:
    names = ("lenet", f"{trained.row['run']}@1", "lenet5")
    said = lenslet("compare", *names, "--data", "digits", "--limit", 50, "--json", "--runs-dir", trained.runs)
    assert said.status == 0
    *rows, last = said.rows
    assert all(tuple(row) == FIELDS for row in rows)
    assert [row["model"] for row in rows] == ["lenet", f"{trained.row['run']}@1", "net:lenet5"]
    assert (rows[0]["multiply_adds"], rows[0]["receptive_field"], rows[0]["depth"]) == (416_520, 16, 5)
    low, high = rows[0]["interval"]
    assert 0 < low < rows[0]["accuracy"] <= high <= 1
    assert rows[2]["accuracy"] is rows[2]["interval"] is rows[2]["file_bytes"] is None
    assert tuple(last) == ("disagreements", "images")
    assert last["images"] == 50
    assert 0 <= last["disagreements"] <= 50


def test_a_table_for_a_person(lenslet: Lenslet) -> None:
    said = lenslet("compare", "lenet", "simple_cnn", "--data", "digits", "--limit", 20, "--batch", 8)
    assert said.status == 0
    lines = said.out.splitlines()
    assert lines[0].split() == ["lenet", "simple_cnn"]
    width = lines[0].index("lenet")
    table = {line[:width].strip(): line[width:] for line in lines}
    assert "284 kB" in table["activations, batch of 8"]
    assert "16 of 28 pixels" in table["receptive field, last maps"]
    assert "of 20" in table["accuracy"]
    assert "lenet" in table["network"]
    assert all(len(value.split("  ")) >= 2 for name, value in table.items() if name), "a cell is never empty"
    assert "are none of T-shirt" in said.err


@pytest.fixture(autouse=True)
def quick_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SETTLED", 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lenet",), "2 to 6 models to compare, found 1"),
        (("lenet", "nothing"), "there is no model 'nothing'"),
        (("lenet", "pen", "--limit", "0"), "whole number of 1 or more, found 0"),
        (("lenet", "pen", "--data", "nowhere"), "there is no dataset or folder 'nowhere'"),
    ],
)
def test_compare_refuses_wrong_usage(lenslet: Lenslet, words: tuple[str, ...], message: str) -> None:
    said = lenslet("compare", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert len(said.err.splitlines()) == 1


def test_a_new_head_is_offered_for_other_classes(lenslet: Lenslet) -> None:
    said = lenslet("compare", "lenet", "simple_cnn", "--data", "digits", "--limit", 5)
    assert said.status == 0
    assert "a new head learns them: main.py transfer simple_cnn digits" in said.err
    assert "main.py transfer lenet" not in said.err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("lenet", "simple_cnn", "--data", "digits", "--limit", "5"), "one of the models alone knows the classes of"),
        (("lenet", "net:lenet5", "--data", ""), "no test images were asked; name a dataset with --data"),
    ],
)
def test_why_no_disagreements_are_counted_is_said(lenslet: Lenslet, words: tuple[str, ...], reason: str) -> None:
    said = lenslet("compare", *words, "--json", "--quiet")
    assert said.status == 0
    assert said.rows[-1]["disagreements"] is None
    assert f"disagreements are not counted: {reason}" in said.err
