"""The loss that a file names, whatever stands in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nets.network.files import read_model
from nets.network.files.stored_loss import loss_of
from tests.nets.conftest import chain


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_loss_of_a_compiled_model(tmp_path: Path, suffix: str) -> None:
    from keras import layers

    network = chain(layers.Flatten(), layers.Dense(1), shape=(8, 8, 1))
    network.compile("adam", "mse")
    network.save(tmp_path / f"net{suffix}")
    assert read_model(tmp_path / f"net{suffix}").loss in ("mse", "mean_squared_error")


@pytest.mark.parametrize(
    "training",
    [
        None,
        [],
        "mse",
        {"loss": None},
        {"loss_config": 3},
        {"loss": {"class_name": ["x"]}},
        {"loss": [[]]},
        {"loss": {}},
    ],
)
def test_anything_may_stand_there(training: Any) -> None:
    assert isinstance(loss_of(training), str)
