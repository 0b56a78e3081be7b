"""The strip of test images below the pad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.draw.column import DrawColumn
from gui.session import Session
from nets.data.datasets import CLOTHES, TEN
from nets.data.specs import ImageInput
from nets.network.card import Card
from tests.drive import wait_until

CLOTHES_CARD = Card("own", "Own", "", CLOTHES, ImageInput(fit="picture"), dataset="fashion-mnist")


@pytest.fixture
def strip_column(column: DrawColumn) -> Iterator[DrawColumn]:
    column.resize(324, 860)
    yield column
    column.stop()


def answering(session: Session, card: Card) -> None:
    session.card = card
    session.card_changed.emit(card)


def test_an_example_goes_to_the_pad_with_its_class(
    strip_column: DrawColumn, session: Session, data_dir: Path, qtbot: QtBot
) -> None:
    strip = strip_column.examples
    session.places = replace(session.places, data=data_dir)
    answering(session, CLOTHES_CARD)
    wait_until(lambda: strip.thumbnails.examples is not None, 30, "the examples")
    found = strip.thumbnails.examples
    assert found is not None
    assert strip.thumbnails.count >= 5
    QTest.mouseClick(strip.thumbnails, Qt.MouseButton.LeftButton, pos=strip.thumbnails.place(2).center().toPoint())
    assert np.array_equal(session.picture, found.images[2])
    assert session.picture_label == found.labels[2]
    assert session.picture_is_dataset_image
    assert found.labels[2] in strip_column.keeping.line.text()
    strip.thumbnails.setFocus()
    QTest.keyClick(strip.thumbnails, Qt.Key.Key_Right)
    QTest.keyClick(strip.thumbnails, Qt.Key.Key_Return)
    assert session.picture_label == found.labels[1]
    strip.more.click()
    wait_until(lambda: strip.thumbnails.examples is not found, 30, "other examples")
    answering(session, replace(CLOTHES_CARD, name="other", labels=TEN, dataset="mnist"))
    assert not strip.thumbnails.isVisible(), "test images of another model's data"
    wait_until(strip.thumbnails.isVisible, 30, "the digits")


def test_data_that_is_not_here_is_said(strip_column: DrawColumn, session: Session) -> None:
    strip = strip_column.examples
    answering(session, CLOTHES_CARD)
    wait_until(lambda: strip.sentence.text().startswith("Fashion-MNIST is not on this machine"), 30, "the sentence")
    assert not strip.more.isVisible()
    assert not strip_column.widget().hasHeightForWidth(), "the column scrolls where everything fits"


def test_without_room_below_the_pad_the_images_stand_beside_it(
    strip_column: DrawColumn, session: Session, data_dir: Path
) -> None:
    session.places = replace(session.places, data=data_dir)
    answering(session, CLOTHES_CARD)
    strip = strip_column.examples
    wait_until(lambda: strip.thumbnails.examples is not None, 30, "the examples")
    strip_column.resize(460, 570)  # wide and low, as it is in a window that is zoomed
    pad = strip_column.pad

    def is_beside_the_pad() -> bool:
        return strip.mapTo(strip_column, QPoint(0, 0)).x() >= pad.mapTo(strip_column, QPoint(pad.width(), 0)).x()

    wait_until(is_beside_the_pad, 10, "images beside the pad")
    assert strip.isVisible()
    assert strip.thumbnails.columns < strip.thumbnails.count, "one row"
    assert strip.height() == pad.height()
    last = strip.thumbnails.place(strip.thumbnails.count - 1)
    assert strip.thumbnails.rect().contains(last.toAlignedRect())
    QTest.mouseClick(strip.thumbnails, Qt.MouseButton.LeftButton, pos=last.center().toPoint())
    assert session.picture_label == strip.thumbnails.examples.labels[strip.thumbnails.count - 1]
    strip_column.resize(324, 860)
    wait_until(lambda: not is_beside_the_pad(), 10, "images below the pad again")
    assert strip.thumbnails.columns >= strip.thumbnails.count, "more than one row"


def test_images_that_had_no_room_when_the_model_came_are_read_once_they_have(
    strip_column: DrawColumn, session: Session, data_dir: Path
) -> None:
    session.places = replace(session.places, data=data_dir)
    strip = strip_column.examples
    answering(session, CLOTHES_CARD)
    strip.hide()
    strip.show()
    wait_until(lambda: strip.thumbnails.examples is not None, 30, "the examples")


def test_where_the_strip_has_no_room_the_menu_puts_its_images_on_the_pad(
    strip_column: DrawColumn, session: Session, data_dir: Path
) -> None:
    """In a small window, or with a large zoom, test images could not be reached at all."""
    strip, menu = strip_column.examples, strip_column.tools._menu
    strip_column.resize(262, 552)
    wait_until(strip.isHidden, 10, "no room for the strip")
    session.places = replace(session.places, data=data_dir)
    answering(session, CLOTHES_CARD)
    strip._timer.stop()  # as if the menu were faster
    put = next(action for action in menu.actions() if action.text() == "Put a test image on the pad")
    put.trigger()
    wait_until(lambda: session.picture is not None, 30, "an image on the pad")
    found = strip.thumbnails.examples
    assert found is not None
    put.trigger()
    assert np.array_equal(session.picture, found.images[1])
    assert (session.picture_label, session.picture_is_dataset_image) == (found.labels[1], True)
    for _ in found.images[2:]:
        put.trigger()
    put.trigger()  # after the last one come others
    wait_until(lambda: strip.thumbnails.examples is not found, 30, "other examples")
    told: list[str] = []
    session.notified.connect(lambda words, level: told.append(words))
    answering(session, replace(CLOTHES_CARD, name="other", labels=("cat", "dog"), dataset=""))
    put.trigger()
    wait_until(lambda: told, 30, "why there is none")
    assert told == ["No pictures of what this network knows are on this machine: draw, open or paste one"]
