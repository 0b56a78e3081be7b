"""Networks that tell no classes apart: a number is shown as a number, and a picture as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.draw.answer.output_view import picture_of
from gui.draw.column import DrawColumn
from gui.session import Session
from gui.settings import Settings
from nets.models import with_said
from nets.network.card import CardFields
from tests.drive import DIGITS, draw, wait_until
from tests.gui.draw.conftest import places_in
from tests.nets.conftest import chain


@pytest.fixture(scope="module")
def started(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    places = places_in(tmp_path_factory.mktemp("output"))
    session = Session(places, Settings(places.settings))
    session.reference = "lenet"
    session.start()
    wait_until(lambda: session.model is not None, 120, "the model")
    yield session
    session.end()


@pytest.fixture
def column(qtbot: QtBot, started: Session) -> Iterator[DrawColumn]:
    made = DrawColumn(started)
    qtbot.addWidget(made)
    made.resize(340, 840)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def opened(session: Session, path: Path, *layers_after, shape: tuple[int, int, int] = (28, 28, 1)) -> None:
    from keras import layers

    chain(layers.Conv2D(2, 3, padding="same", name="conv"), *layers_after, shape=shape).save(path)
    session.open_model(str(path))
    wait_until(lambda: session.model is not None and session.model.ref.name == str(path), 60, "the model")


def test_numbers_are_shown_as_numbers(column: DrawColumn, started: Session, tmp_path: Path) -> None:
    from keras import layers

    opened(started, tmp_path / "three.keras", layers.GlobalAveragePooling2D(), layers.Dense(3))
    draw(column.pad, DIGITS["7"])
    panel = column.answer
    wait_until(lambda: panel.output.output is not None, 30, "the numbers")
    assert panel.bars.isHidden()
    assert panel.output.isVisible()
    assert [name for name, _ in panel.output.shown()] == ["output 0", "output 1", "output 2"]
    assert panel.verdict.words.first == "3 numbers"
    assert panel.verdict.words.large == ""
    assert not panel.output.grab().isNull()
    opened(started, tmp_path / "one.keras", layers.GlobalAveragePooling2D(), layers.Dense(1))
    wait_until(lambda: panel.verdict.words.second == "not a class", 30, "one number")
    assert started.answer is not None
    assert started.answer.output is not None
    assert float(panel.verdict.words.large.replace("−", "-")) == pytest.approx(
        float(started.answer.output[0]), rel=0.01, abs=0.01
    )


def test_named_numbers_are_classes_at_once(column: DrawColumn, started: Session, tmp_path: Path) -> None:
    from keras import layers

    opened(started, tmp_path / "named.keras", layers.GlobalAveragePooling2D(), layers.Dense(3))
    draw(column.pad, DIGITS["7"])
    wait_until(lambda: column.answer.output.output is not None, 30, "the numbers")
    assert started.model is not None
    names = ("cat", "dog", "bird")
    started.change_card(with_said(started.model, CardFields({"labels": names})))
    wait_until(lambda: column.answer.verdict.words.large in names, 30, "a class")
    assert column.answer.bars.isVisible()


def test_a_mask_is_shown_as_a_picture_and_classes_come_back(
    column: DrawColumn, started: Session, tmp_path: Path
) -> None:
    from keras import layers

    mask = layers.Conv2D(1, 1, activation="sigmoid", name="mask")
    opened(started, tmp_path / "mask.keras", mask, shape=(28, 20, 1))
    draw(column.pad, DIGITS["7"])
    panel = column.answer
    wait_until(lambda: panel.output.output is not None, 30, "the picture")
    assert panel.verdict.words.first == "A picture of 28 × 20", "height first, as in the list of layers"
    assert panel.caption.text().startswith("28 × 20, ")
    assert started.answer is not None
    assert panel.output.output is started.answer.output
    assert panel.output.shown() == []
    started.open_model("lenet")
    wait_until(lambda: panel.verdict.words.large == "7", 30, "the answer")
    assert panel.bars.isVisible()
    assert panel.output.isHidden()


def test_pictures_of_numbers() -> None:
    grey = np.array([[[0.0], [1.0]]], np.float32)
    np.testing.assert_array_equal(picture_of(grey), [[0, 1]])
    np.testing.assert_allclose(picture_of(grey * 4 - 2), [[0, 1]])
    np.testing.assert_array_equal(picture_of(np.full((1, 2, 1), np.nan, np.float32)), [[0, 0]])
    assert picture_of(np.zeros((4, 5, 3))).shape == (4, 5, 3)
    three = np.zeros((1, 3, 5), np.float32)
    three[0, [0, 1, 2], [0, 2, 4]] = 1
    np.testing.assert_allclose(picture_of(three), [[0, 0.5, 1]])
