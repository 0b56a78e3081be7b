"""``lesion``: the whole network, each channel, and the layer without all of them."""

from typing import TYPE_CHECKING

import pytest

from nets.explain.lesion_modes import MODES

if TYPE_CHECKING:
    from conftest import Lenslet, Trained


def test_a_line_for_each_channel(lenslet: "Lenslet", trained: "Trained") -> None:
    words = ("lesion", trained.row["run"], "digits", "--layer", "conv2", "--images", 120, "--runs-dir", trained.runs)
    said = lenslet(*words, "--json")
    assert said.status == 0
    whole, *channels, every = said.rows
    assert (whole["layer"], whole["images"], whole["channels"], len(whole["per_class"])) == ("conv2", 120, 16, 10)
    assert [row["channel"] for row in channels] == list(range(16))
    assert all(row["drop"] == pytest.approx(whole["accuracy"] - row["accuracy"]) for row in channels)
    assert every["channel"] == "all"
    assert every["accuracy"] < whole["accuracy"]
    assert whole["mode"] == "off"


def test_every_mode_is_named(lenslet: "Lenslet") -> None:
    shown = " ".join(lenslet("lesion", "--help").out.split())
    assert all(mode in shown for mode in MODES)
    said = lenslet("lesion", "lenet", "digits", "--layer", "conv2", "--mode", "triple")
    assert said.status == 2
    assert "--mode: there is no lesion 'triple'; there are: off, mean, quarter, half, double" in said.err


def test_wrong_layers_are_refused(lenslet: "Lenslet", trained: "Trained") -> None:
    words = ("lesion", trained.row["run"], "digits", "--runs-dir", trained.runs)
    for layer in ("nowhere", "answer"):
        said = lenslet(*words, "--layer", layer)
        assert said.status == 2
        assert "conv2" in said.err
