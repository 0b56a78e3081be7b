"""How large a picture is shown: data at a whole-number scale, a photograph in all of its room."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.paint.picture import PixelPicture


@pytest.mark.parametrize(
    ("side", "fills", "expected"),
    [(28, True, 28 * 14), (224, True, 400), (64, True, 400), (224, False, 224), (500, True, 400)],
)
def test_a_photograph_fills_its_room(side: int, fills: bool, expected: int, qtbot: QtBot) -> None:
    picture = PixelPicture(fills=fills)
    qtbot.addWidget(picture)
    picture.set_shape(side, side)
    picture.fit(402, 402)
    assert picture.place.width() == pytest.approx(expected)
    assert picture.pixel_at(picture.place.center()) == (side // 2, side // 2)
