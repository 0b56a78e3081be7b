"""An explanation over the pad: where the network saw it, clear where there is nothing, gone with the drawing."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.pad.pad import Pad
from gui.session import Tint
from tests.drive import DIGITS, draw


def test_a_tint_lies_where_the_network_saw_it(qtbot: QtBot) -> None:
    theme.apply("light")
    pad = Pad()
    qtbot.addWidget(pad)
    pad.resize(282, 282)
    pad.show()
    red = np.zeros((2, 2), np.uint32)
    red[0, 1] = 0xFFFF0000
    tint = Tint(red, (20.0, 40.0, 200.0, 200.0), (280, 280))
    pad.set_tint(tint)

    def color(x: int, y: int) -> QColor:
        return pad.grab().toImage().pixelColor(1 + x, 1 + y)

    assert color(160, 40) != QColor("red"), "an empty pad has nothing to explain"
    draw(pad, DIGITS["7"])
    assert color(145, 25) == QColor("red")
    assert color(235, 115) == QColor("red")
    assert color(135, 25) != QColor("red")
    assert color(145, 125) != QColor("red")
    pad.set_tint(None)
    assert color(145, 25) != QColor("red")
