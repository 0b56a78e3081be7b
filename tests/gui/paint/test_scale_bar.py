"""The numbers at the ends of a colour scale."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.scale_bar import ScaleBar


@pytest.mark.parametrize("end", [6.9e-4, 6.9e-12])
def test_numbers_at_the_ends_are_whole(qtbot: QtBot, end: float) -> None:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.resize(400, 18)
    bar.set_scale(-end, end, np.zeros(256, np.uint32), clipped=True, signed=True)
    painted = bar.grab().toImage()
    background = theme.now().color("panel")
    for column in (0, painted.width() - 1):  # a number that is cut reaches the border
        assert all(painted.pixelColor(column, row) == background for row in range(painted.height()))
