"""``experiment``."""

from __future__ import annotations

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
