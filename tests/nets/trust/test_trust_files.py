"""A file of trust beside a model may be anybody's: it is read whole and right, or the badge is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nets.places import MODELS
from nets.trust.trust import read_trust

ABOUT = {"temperature": 1.5, "reliability": [[3, 0.5, 0.4]], "epoch": 2, "images": 3}


def written(path: Path, about: str, **arrays: Any) -> Path:
    np.savez(path, about=np.array(about), **arrays)
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    found = read_trust(written(tmp_path / "a.trust.npz", json.dumps(ABOUT)))
    assert found is not None
    assert (found.temperature, found.epoch, found.images, found.reliability.images) == (1.5, 2, 3, 3)


@pytest.mark.parametrize(
    "about",
    [
        "[" * 100_000,
        "9" * 6000,
        "[]",
        json.dumps(ABOUT | {"temperature": float("nan")}),
        json.dumps(ABOUT | {"temperature": 0}),
        json.dumps(ABOUT | {"temperature": "1"}),
        json.dumps(ABOUT | {"epoch": float("inf")}),
        json.dumps(ABOUT | {"images": 10**30}),
        json.dumps(ABOUT | {"reliability": [[1, 2]]}),
        json.dumps(ABOUT | {"reliability": 3}),
    ],
    ids=["deep", "digits", "list", "nan", "zero", "text", "infinite", "large", "row", "number"],
)
def test_what_is_no_trust_is_left_out(tmp_path: Path, about: str) -> None:
    assert read_trust(written(tmp_path / "a.trust.npz", about)) is None


@pytest.mark.parametrize("name", ["0_whitening", "0_means", "0_range", "likeness_range", "likeness_paths"])
@pytest.mark.parametrize("value", [np.zeros(3), np.array("x"), np.full((4, 4), np.nan), np.zeros((0, 0))])
def test_arrays_that_do_not_belong_together_are_left_out(tmp_path: Path, name: str, value: np.ndarray) -> None:
    """Earlier, they were read, and every answer on the pad failed with NumPy's message about shapes."""
    with np.load(MODELS / "lenet.trust.npz") as stored:
        arrays = dict(stored)
    arrays[name] = value
    np.savez(tmp_path / "a.trust.npz", **arrays)
    assert read_trust(tmp_path / "a.trust.npz") is None
