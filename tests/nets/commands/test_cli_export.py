"""``export``: any model as a file with its labels and a program."""

from __future__ import annotations

import json
from pathlib import Path

from tests.nets.commands.conftest import Lenslet


def test_a_shipped_model_is_exported(lenslet: Lenslet, tmp_path: Path) -> None:
    done = lenslet("export", "lenet", "--out", tmp_path / "out", "--json")
    assert done.status == 0, done.err
    names = ["lenet.keras", "lenet.labels.json", "predict.py", "predict_chain.py"]
    assert [Path(name).name for name in done.rows[0]["files"]] == names
    assert all((tmp_path / "out" / name).exists() for name in names)
    assert json.loads((tmp_path / "out" / "lenet.labels.json").read_text())["labels"] == list("0123456789")
    again = lenslet("export", "lenet", "--out", tmp_path / "out")
    assert again.status == 0
    assert "replaced what was in" in again.err
    assert all(name in again.err for name in names)
    opened = lenslet("classify", tmp_path / "out" / "lenet.keras", tmp_path / "no.png")
    assert "no.png" in opened.err


def test_what_cannot_be_exported_is_said(lenslet: Lenslet, tmp_path: Path) -> None:
    assert lenslet("export", "lenet", "--out", "").status == 2
    (tmp_path / "file").write_text("in the way")
    done = lenslet("export", "lenet", "--out", tmp_path / "file")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "could not be made" in done.err
    assert lenslet("export", "no-such-run", "--out", tmp_path).status in (1, 2)
