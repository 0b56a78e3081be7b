"""What a training starts from: weights, or the features of another model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.train.setup.choices import Choices
from gui.train.setup.setup import SetupBar
from tests.gui.train.setup.conftest import settled


def test_start_from_offers_the_features_of_every_model(bar: SetupBar, qtbot: QtBot) -> None:
    """With a sentence on what will happen; the network is the source's, and its layers can be frozen."""
    bar.choose(Choices("lenet", "digits", "default"))
    settled(bar, qtbot)
    starts = bar.more.start_from
    assert starts.findData("features of pen") >= 0
    assert bar.more.options["head_epochs"].isHidden()
    starts.setCurrentIndex(starts.findData("features of pen"))
    starts.activated.emit(starts.currentIndex())
    settled(bar, qtbot)
    assert bar.network.currentText() == "Pen"
    assert bar.more.options["engine"].isHidden()
    assert starts.currentText() == "Pen: its features, a new head"
    assert not bar.more.options["head_epochs"].isHidden()
    config = bar.config()
    assert (config.transfers, config.start_from, config.network) == (True, "pen", "pen")
    assert bar.message.text() == "Opening Pen …", "its rates follow from its layers"
    qtbot.waitUntil(lambda: not bar.problems(), timeout=60_000)
    assert bar.message.text().startswith("Keeps the features of Pen; a new head learns for 10 epochs, then all layers")
    assert bar.config().fine_rate == pytest.approx(1e-5), "its normalisations keep their averages: small steps"
    qtbot.waitUntil(lambda: bar.more.freeze.findData("block1_conv") > 0, timeout=60_000)
    bar.more.freeze.setCurrentIndex(bar.more.freeze.findData("block2_conv2"))
    bar.more.freeze.activated.emit(bar.more.freeze.currentIndex())
    assert bar.config().freeze == "block2_conv2"
    assert "then all behind block2_conv2 for" in bar.message.text()
    starts.activated.emit(starts.currentIndex())
    assert bar.config().fine_rate == pytest.approx(1e-5), "chosen again, it is known already"
    bar.network.setCurrentIndex(bar.network.findData("lenet"))
    bar.network.activated.emit(bar.network.currentIndex())
    settled(bar, qtbot)
    assert not bar.config().transfers
    assert bar.more.options["freeze"].isHidden()


def choose_start(bar: SetupBar, value: str) -> None:
    starts = bar.more.start_from
    starts.setCurrentIndex(starts.findData(value))
    starts.activated.emit(starts.currentIndex())


def test_weights_that_do_not_fit_the_data_are_refused_and_a_new_head_is_one_click_away(
    bar: SetupBar, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("cat", "ship"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(5):
            pixels = np.full((32, 32, 3), (200, 40 * number, 90), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    bar.choose(Choices("lenet", str(tmp_path / "photos"), "default"))
    settled(bar, qtbot)
    assert bar.new_head.isHidden()
    choose_start(bar, "lenet")
    assert not bar.train.isEnabled()
    assert bar.message.text().startswith("LeNet receives images of 28 × 28 × 1, these data give 32 × 32 × 3")
    assert not bar.new_head.isHidden()
    bar.new_head.click()
    qtbot.waitUntil(lambda: not bar.problems(), timeout=60_000)
    config = bar.config()
    assert (config.transfers, config.start_from, config.dataset) == (True, "lenet", str(tmp_path / "photos"))
    assert bar.train.isEnabled()
    assert bar.new_head.isHidden()


def test_classes_that_the_start_does_not_know_are_said_before_the_training(bar: SetupBar, qtbot: QtBot) -> None:
    bar.choose(Choices("simple_cnn", "digits", "default"))
    settled(bar, qtbot)
    choose_start(bar, "simple_cnn")
    assert bar.train.isEnabled(), "its last layer begins anew"
    assert "does not know these classes" in bar.message.text()
    assert not bar.new_head.isHidden()
    choose_start(bar, "")
    assert bar.new_head.isHidden()


def test_a_new_head_for_a_model_that_is_gone_is_said(bar: SetupBar, session: Session) -> None:
    before, told = bar.choices, []
    session.notified.connect(lambda words, _: told.append(words))
    bar.give_new_head("20200101-nothing", "digits")
    assert told == ["This model is not here any more"]
    assert bar.choices == before
