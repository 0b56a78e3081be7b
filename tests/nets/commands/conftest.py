"""The command line, run in this process, with folders of the test alone."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

import main


@dataclass(frozen=True)
class Said:
    """What a command did: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON; fails when anything else stands there."""
        return [json.loads(line) for line in self.out.splitlines()]


Lenslet = Callable[..., Said]


def run(*words: object) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main.main([str(word) for word in words])
    return Said(status, out.getvalue(), err.getvalue())


@pytest.fixture
def lenslet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lenslet:
    monkeypatch.setenv("LENSLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("LENSLET_DATA_DIR", raising=False)
    return run


@dataclass(frozen=True)
class Trained:
    """A run of the command line: two epochs of ``lenet`` on a part of ``digits``."""

    runs: Path
    said: Said

    @property
    def row(self) -> dict[str, Any]:
        return self.said.rows[0]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    runs = tmp_path_factory.mktemp("runs")
    words = ("train", "lenet", "digits", "--epochs", 2, "--batch", 32, "--limit", 640, "--seed", 3, "--json")
    return Trained(runs, run(*words, "--runs-dir", runs))


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A picture of a 1, dark on light."""
    picture = Image.new("L", (120, 160), 255)
    ImageDraw.Draw(picture).line([(60, 20), (58, 140)], fill=0, width=12)
    picture.save(tmp_path / "one.png")
    return tmp_path / "one.png"
