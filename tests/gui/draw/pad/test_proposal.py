"""A photograph on the pad while a model of digits is open: models for photographs are proposed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.column import DrawColumn
from gui.draw.pad.proposal import proposed_models
from gui.session import Session
from nets.data.photographs import photographs
from nets.network.pretrained import CLASS_NAMES, FOLDER
from nets.network.shipped_cards import shipped
from nets.zoo.pretrained import PRETRAINED
from tests.drive import DIGITS, draw

PHOTOGRAPH = photographs(60, 80, 3)[0]


def open_card(session: Session, name: str) -> None:
    """What the session does when a model was opened: its worker does not run here."""
    session._set_card(shipped()[name])


def test_a_photograph_proposes_the_colour_model_and_one_click_opens_it(
    column: DrawColumn, session: Session, qtbot: QtBot
) -> None:
    open_card(session, "pen")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    proposal = column.proposal
    assert proposal.isVisible()
    assert proposal.words.text() == "A photograph: Pen reads digits"
    (use,) = proposal.buttons
    assert use.text() == "Use Colour"
    assert "airplane, automobile, bird" in use.toolTip()
    assert column.pad.rect().contains(proposal.geometry())
    with qtbot.waitSignal(session.model_opening) as opening:
        qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert opening.args == ["colour"]
    open_card(session, "colour")
    assert not proposal.isVisible()


def test_a_narrow_column_has_the_shorter_reason(column: DrawColumn, session: Session) -> None:
    open_card(session, "pen")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    column.pad.setFixedSize(222, 222)
    assert column.proposal.words.text() == "A photograph: use"
    assert [use.text() for use in column.proposal.buttons] == ["Colour"]
    assert column.pad.rect().contains(column.proposal.geometry())


def test_it_is_put_away_for_this_picture_and_comes_with_the_next(
    column: DrawColumn, session: Session, qtbot: QtBot
) -> None:
    open_card(session, "pen")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    qtbot.mouseClick(column.proposal.close_button, Qt.MouseButton.LeftButton)
    open_card(session, "pen")  # answered by Keras from now on
    assert not column.proposal.isVisible()
    column.pad.put_picture(PHOTOGRAPH[::-1].copy(), "other.jpg")
    assert column.proposal.isVisible()
    column.pad.clear()
    assert not column.proposal.isVisible()


def test_a_pretrained_network_is_proposed_where_its_files_are(
    column: DrawColumn, session: Session, qtbot: QtBot
) -> None:
    """The smallest of those that are here; nothing is downloaded by a click on the pad."""
    folder = session.places.cache / FOLDER
    folder.mkdir(parents=True)
    for name in (CLASS_NAMES, PRETRAINED["vgg16"].file):
        (folder / name).touch()
    assert [model.name for model in proposed_models(session.places)] == ["colour", "vgg16"]
    (folder / PRETRAINED["mobilenet_0.75"].file).touch()
    open_card(session, "pen")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    first, use = column.proposal.buttons
    assert use.text().endswith("MobileNet 0.75")
    for side in (300, 200, 150):  # the last is that of a window at 175 %
        column.pad.setFixedSize(side, side)
        shown = [one for one in (first, use) if not one.isHidden()]
        assert shown[0] is first
        needed = sum(one.sizeHint().width() + theme.TIGHT for one in shown)
        assert needed <= column.proposal.width(), f"cut at {side} pixels"
    assert use.isHidden()
    column.pad.setFixedSize(300, 300)
    assert not use.isHidden()
    assert "1,000 classes" in use.toolTip()
    with qtbot.waitSignal(session.model_opening) as opening:
        qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert opening.args == ["mobilenet_0.75"]


def test_drawings_and_other_models_are_left_alone(column: DrawColumn, session: Session) -> None:
    open_card(session, "colour")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    assert not column.proposal.isVisible()
    open_card(session, "pen")
    assert column.proposal.isVisible()
    draw(column.pad, DIGITS["1"])
    assert not column.proposal.isVisible()
