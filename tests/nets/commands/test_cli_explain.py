"""``explain``, ``dream`` and ``style``."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from nets.commands.output import Output
from nets.events import Event, Progress
from nets.explain import EXPLAINERS, scores
from nets.models import open_model
from nets.network.card import CardFields
from nets.network.wrap import wrap
from tests.nets.conftest import chain
from tests.nets.explain.oracle import ByHand

if TYPE_CHECKING:
    from tests.nets.commands.conftest import Lenslet


@pytest.fixture(scope="module")
def colour_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network for colour pictures, with a card beside it."""
    from keras import layers

    network = chain(
        layers.Conv2D(4, 3, activation="relu", name="first"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2D(6, 3, activation="relu", name="second"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(3, activation="softmax", name="answer"),
        shape=(32, 32, 3),
    )
    path = tmp_path_factory.mktemp("colour") / "colour.keras"
    network.save(path)
    card = wrap(network, name="colour", said=CardFields({}, {"range": "unit", "fit": "picture"})).card
    path.with_suffix(".json").write_text(card.to_json(), encoding="utf-8")
    return path


def test_the_list_has_every_method(lenslet: Lenslet) -> None:
    rows = lenslet("explain", "--list", "--json").rows
    assert [row["name"] for row in rows] == list(EXPLAINERS)
    assert all(row["title"] and row["paper"] and "needs" in row for row in rows)
    shown = lenslet("explain", "--list").out
    assert "arXiv:1610.02391" in shown
    assert "None" not in shown
    for row in EXPLAINERS.values():
        for option in row.options:
            words = f"{option.name} +{re.escape(option.usual)} +{re.escape(option.words)}"
            assert re.search(f"^{row.name} +{words}$", shown, re.MULTILINE), option


def test_a_method_writes_a_picture_and_its_numbers(lenslet: Lenslet, one: Path, tmp_path: Path) -> None:
    said = lenslet(
        *("explain", "lenet", one, "--method", "grad_cam", "--target", "1", "--layer", "conv2"),
        *("--out", tmp_path / "cam.png", "--raw", tmp_path / "cam.npy", "--json"),
    )
    assert said.status == 0
    (row,) = said.rows
    raw = np.load(tmp_path / "cam.npy")
    assert raw.shape == (10, 10)
    assert row.keys() >= {"method", "target", "layer", "seconds", "minimum", "maximum", "file"}
    assert (row["method"], row["target"], row["layer"]) == ("grad_cam", 1, "conv2")
    assert (row["minimum"], row["maximum"]) == (pytest.approx(raw.min()), pytest.approx(raw.max()))
    with Image.open(tmp_path / "cam.png") as picture:
        assert min(picture.size) > 300
        assert len(picture.getcolors(100_000)) > 50


def test_two_classes_and_options(lenslet: Lenslet, one: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "half.npy", np.full((28, 28, 1), 0.5))
    said = lenslet(
        *("explain", "lenet", one, "--method", "integrated_gradients", "--target", "1", "--against", "7"),
        *("--set", "steps=8", "--set", f"baseline={tmp_path / 'half.npy'}", "--out", tmp_path / "ig.png", "--json"),
    )
    assert said.rows[0]["target"] == [1, 7]
    assert said.rows[0]["label"] == "1 and not 7"
    assert said.rows[0]["layer"] == ""
    assert 0 < said.rows[0]["completeness_gap"] < 0.2
    assert "add up to the difference of the scores" in said.err


def test_a_map_without_positive_evidence_is_said_to_be_one(lenslet: Lenslet, one: Path, tmp_path: Path) -> None:
    """Every map speaks against the first class, so that its CAM is zero everywhere."""
    from keras import layers

    network = chain(
        layers.Conv2D(4, 3, activation="relu", name="maps"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(2, activation="softmax", name="answer"),
        shape=(28, 28, 1),
    )
    network.get_layer("answer").set_weights([np.array([[-1, 1]] * 4, np.float32), np.zeros(2, np.float32)])
    network.save(tmp_path / "against.keras")
    options = ("--method", "grad_cam", "--out", tmp_path / "cam.png", "--json")
    words = ("explain", tmp_path / "against.keras", one, *options)
    said = lenslet(*words, "--target", 0)
    assert said.status == 0, said.err
    assert (said.rows[0]["minimum"], said.rows[0]["maximum"]) == (0, 0)
    assert "zero everywhere: maps holds no positive evidence for 0" in said.err
    assert "no positive evidence" not in lenslet(*words, "--target", 1).err


def test_a_picture_that_was_made_says_what_it_reaches_and_how_it_was_made(
    lenslet: Lenslet, one: Path, tmp_path: Path
) -> None:
    words = ("explain", "lenet", one, "--method", "activation_maximization", "--set", "steps=20", "--set", "seed=5")
    files = ("--out", tmp_path / "made.png", "--raw", tmp_path / "made.npy")
    (row,) = lenslet(*words, *files, "--target", 3, "--json").rows
    made, lenet = np.load(tmp_path / "made.npy"), open_model("lenet")
    by_hand = ByHand(lenet)
    assert row["reached"] == pytest.approx(by_hand.logits(made[None])[0, 3], rel=1e-4)
    with Image.open(tmp_path / "made.png") as sheet:
        assert sheet.width > 400, "wide enough for the note"
    said = lenslet(*words, *files, "--layer", "conv2", "--set", "map=4", "--json")
    kernel, bias = lenet.network.get_layer("conv2").get_weights()
    pooled = by_hand.maps(np.load(tmp_path / "made.npy")[None], "pool1")[0]
    windows = np.lib.stride_tricks.sliding_window_view(pooled, (5, 5), axis=(0, 1))  # (10, 10, 6, 5, 5)
    expected = np.einsum("yxcij,ijc->yx", windows, kernel[..., 4]).mean() + bias[4]
    assert said.rows[0]["reached"] == pytest.approx(expected, rel=1e-4)
    assert "after 20 steps of Adam from noise, in pixels, 0 to 1; seed 5" in said.err


@pytest.mark.parametrize(("more", "label"), [([], "map 3"), (["row=2", "column=4"], "map 3, row 2, column 4")])
def test_a_map_is_projected_and_named(lenslet: Lenslet, one: Path, tmp_path: Path, more: list[str], label: str) -> None:
    """Earlier, the file was named after the answer, which has nothing to do with the map."""
    words = ("explain", "lenet", one, "--method", "deconvnet", "--layer", "conv2", "--set", "map=3")
    said = lenslet(*words, *(word for one in more for word in ("--set", one)), "--out", tmp_path / "map.png", "--json")
    assert said.status == 0, said.err
    (row,) = said.rows
    assert (row["target"], row["label"], row["layer"]) == (None, label, "conv2")


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (["--method", "grad_cam", "--layer", "fc1"], 2, "fc1 has no rows and columns"),
        (["--method", "gradient", "--target", "12"], 2, "expected a class from 0 to 9, found 12"),
        (["--method", "gradient", "--target", "7", "--against", "7"], 2, "expected two different classes"),
        (["--method", "gradient", "--target", "cat"], 2, "expected a class of LeNet"),
        (["--method", "magic"], 2, "there is no method 'magic'"),
        (["--method", "integrated_gradients", "--set", "baseline={wrong}"], 2, "found 3 × 3"),
        (["--method", "integrated_gradients", "--set", "steps=1e3"], 2, "expected a whole number"),
        (["--method", "integrated_gradients", "--set", "steps=100000"], 2, "expected a number from 1 to 4096"),
        (["--method", "gradient", "--set", "steps=3"], 2, "expected an option of Gradient"),
        (["--method", "deconvnet", "--set", "steps=3"], 2, "map: none"),
        ([], 2, "expected --method"),
    ],
)
def test_what_is_refused(
    lenslet: Lenslet, one: Path, tmp_path: Path, words: list[str], status: int, reason: str
) -> None:
    np.save(tmp_path / "wrong.npy", np.zeros((3, 3), np.float32))
    words = [word.format(wrong=tmp_path / "wrong.npy") for word in words]
    said = lenslet("explain", "lenet", one, "--out", tmp_path / "no.png", *words)
    assert said.status == status
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "no.png").exists()


def test_an_empty_drawing_is_refused(lenslet: Lenslet, tmp_path: Path) -> None:
    Image.new("L", (60, 60)).save(tmp_path / "black.png")
    said = lenslet("explain", "lenet", tmp_path / "black.png", "--method", "gradient", "--out", tmp_path / "x.png")
    assert said.status == 1
    assert "draw" in said.err


def test_dream_writes_a_picture(lenslet: Lenslet, colour_file: Path, tmp_path: Path) -> None:
    words = ("dream", "china.jpg", "--model", colour_file, "--layer", "second", "--longest", 48, "--octaves", 2)
    said = lenslet(*words, "--steps", 2, "--out", tmp_path / "dream.png", "--json")
    assert said.status == 0, said.err
    assert (said.rows[0]["width"], said.rows[0]["height"]) == (48, 32)
    with Image.open(tmp_path / "dream.png") as picture:
        assert picture.size == (48, 32)
    refused = lenslet(*words[:-2], "--out", tmp_path / "no.png", "--octaves", 99)
    assert (refused.status, "--octaves: expected a number from 1 to 12" in refused.err) == (2, True)


def test_a_style_goes_on(lenslet: Lenslet, colour_file: Path, tmp_path: Path) -> None:
    words = ("style", "china.jpg", "flower.jpg", "--model", colour_file, "--longest", 40, "--json")
    whole = lenslet(*words, "--steps", 4, "--out", tmp_path / "whole.png")
    assert whole.status == 0, whole.err
    for _ in range(2):
        said = lenslet(*words, "--steps", 2, "--state", tmp_path / "at.npz", "--out", tmp_path / "parts.png")
        assert said.status == 0, said.err
    assert (tmp_path / "whole.png").read_bytes() == (tmp_path / "parts.png").read_bytes()


def test_ctrl_c_keeps_the_picture_so_far(
    lenslet: Lenslet, colour_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Output.__call__

    def tell(self: Output, event: Event) -> None:
        if isinstance(event, Progress) and event.done == 3:
            os.kill(os.getpid(), signal.SIGINT)
        told(self, event)

    monkeypatch.setattr(Output, "__call__", tell)
    file = tmp_path / "stopped.png"
    words = ("dream", "china.jpg", "--model", colour_file, "--layer", "second", "--longest", 48, "--octaves", 1)
    said = lenslet(*words, "--steps", 90_000, "--out", file)
    assert said.status == 130
    assert f"the picture so far is in {file}" in said.err
    with Image.open(file) as picture:
        assert picture.size == (48, 32)


@pytest.mark.parametrize("method", ["score_cam", "integrated_gradients"])
def test_an_explanation_that_is_stopped_keeps_what_it_has(
    lenslet: Lenslet, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    told = Output.__call__
    monkeypatch.setattr(scores, "CALL", 8 * scores.multiply_adds(open_model("lenet")))

    def tell(self: Output, event: Event) -> None:
        if isinstance(event, Progress) and event.done:
            os.kill(os.getpid(), signal.SIGINT)
        told(self, event)

    monkeypatch.setattr(Output, "__call__", tell)
    words = ("explain", "lenet", one, "--method", method, "--layer", "conv2", "--out", tmp_path / "so_far.png")
    said = lenslet(*words, "--raw", tmp_path / "so_far.npy", "--json")
    assert said.status == 130, said.err
    assert f"the picture so far is in {tmp_path / 'so_far.png'}" in said.err
    raw = np.load(tmp_path / "so_far.npy")
    assert raw.any()
    assert raw.shape == ((10, 10) if method == "score_cam" else (28, 28, 1))
    assert said.rows[0]["maximum"] == pytest.approx(raw.max())
