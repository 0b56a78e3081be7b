"""A colour photograph on the pad while a model of digits is open: the colour model is proposed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.draw.column import DrawColumn
from gui.draw.pad.proposal import has_colours
from gui.session import Session
from nets.data.photographs import photographs
from nets.network.shipped_cards import shipped
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
    assert (proposal.words.text(), proposal.use.text()) == ("Pen reads digits", "Use Colour")
    assert "airplane, automobile, bird" in proposal.use.toolTip()
    assert column.pad.rect().contains(proposal.geometry())
    with qtbot.waitSignal(session.model_opening) as opening:
        qtbot.mouseClick(proposal.use, Qt.MouseButton.LeftButton)
    assert opening.args == ["colour"]
    open_card(session, "colour")
    assert not proposal.isVisible()


def test_a_narrow_column_has_the_shorter_reason(column: DrawColumn, session: Session) -> None:
    open_card(session, "pen")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    column.pad.setFixedSize(222, 222)
    assert column.proposal.words.text() == "Digits only"
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


def test_drawings_and_other_models_are_left_alone(column: DrawColumn, session: Session) -> None:
    open_card(session, "colour")
    column.pad.put_picture(PHOTOGRAPH, "house.jpg")
    assert not column.proposal.isVisible()
    open_card(session, "pen")
    assert column.proposal.isVisible()
    draw(column.pad, DIGITS["1"])
    assert not column.proposal.isVisible()


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        pytest.param(PHOTOGRAPH, True, id="photograph"),
        pytest.param(np.repeat(PHOTOGRAPH[..., :1], 3, axis=2), False, id="grey photograph"),
        pytest.param(PHOTOGRAPH[..., 0], False, id="one channel"),
        pytest.param(np.full((9, 9, 3), (245, 240, 215), np.uint8), False, id="yellowish paper"),
        pytest.param(np.full((1, 1, 4), 200, np.uint8), False, id="one pixel"),
    ],
)
def test_photographs_have_several_hues(picture: np.ndarray, expected: bool) -> None:
    assert has_colours(picture) is expected


def test_blue_ink_on_yellowish_paper_is_no_photograph() -> None:
    paper = np.random.default_rng(0).normal((240, 232, 205), 4, (80, 80, 3)).clip(0, 255).astype(np.uint8)
    paper[20:60, 38:42] = (20, 40, 190)
    assert not has_colours(paper)
