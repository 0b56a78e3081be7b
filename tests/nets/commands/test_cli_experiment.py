"""``experiment``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nets.experiments.catalogue import EXPERIMENTS

if TYPE_CHECKING:
    from conftest import Lenslet


def test_experiment_lists_what_can_be_run(lenslet: Lenslet) -> None:
    said = lenslet("experiment", "--list", "--json")
    assert said.status == 0
    assert [row["name"] for row in said.rows] == list(EXPERIMENTS)
    assert all(row["rows"] >= 1 for row in said.rows)
    assert "alexnet-simplified" in lenslet("experiment", "--list").out


def test_one_is_run_and_written(lenslet: Lenslet, tmp_path: Path) -> None:
    said = lenslet("experiment", "sizes", "--out", tmp_path, "--json")
    assert said.status == 0
    assert [row["row"] for row in said.rows] == ["alexnet", "vgg11", "vgg16", "nin", "googlenet"]
    assert [row["parameters"] for row in said.rows][-2:] == [7_439_608, 6_998_552]
    assert {path.name for path in (tmp_path / "sizes-small").iterdir()} >= {
        *("experiment.json", "results.md", "results.csv", "results.png"),
    }


def test_what_a_number_is_of_is_said_below_the_table(lenslet: Lenslet, tmp_path: Path) -> None:
    """The loops' 290,000 ms are scaled from a tenth of a second: without the note it seemed to be what it had taken."""
    row = EXPERIMENTS["im2col"]
    result = {"multiply_adds": 1, "milliseconds": 290_000.0, "shapes": "", "memory": 0, "difference": "0"}
    measured = {one.name: {"result": result, "setting": one.setting("small")} for one in row.rows}
    folder = tmp_path / "im2col-small"
    folder.mkdir()
    (folder / "experiment.json").write_text(json.dumps({"experiment": "im2col", "scale": "small", "rows": measured}))
    said = lenslet("experiment", "im2col", "--out", tmp_path)
    assert said.status == 0
    assert "timed on 3 positions and 8 kernels and scaled to all" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "experiment needs a NAME, or --list"),
        (("nothing",), "there is no experiment 'nothing'"),
        (("sizes", "--scale", "huge"), "invalid choice: 'huge'"),
    ],
)
def test_experiment_refuses_wrong_usage(lenslet: Lenslet, words: tuple[str, ...], message: str) -> None:
    said = lenslet("experiment", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
