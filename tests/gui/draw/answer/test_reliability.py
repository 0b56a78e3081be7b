"""The reliability diagram: nothing is written over its bars."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.answer.reliability import LEFT, RIGHT, TOP, ReliabilityDiagram
from nets.trust.calibration import Bin, Reliability


def test_the_key_does_not_lie_on_bars(qtbot: QtBot) -> None:
    """A network that was trained little has right answers of small probability, where the key stood."""
    theme.apply("light")
    diagram = ReliabilityDiagram()
    qtbot.addWidget(diagram)
    diagram.resize(340, diagram.height())
    diagram.set_reliability(Reliability(tuple(Bin(100, (n + 0.5) / 15, 1.0) for n in range(15))))
    diagram.show()
    picture = diagram.grab().toImage()
    ratio = picture.devicePixelRatio()
    width = (340 - LEFT - RIGHT) / 15
    for number in range(2, 10):  # the line of what should be begins at the left, and is far below here
        x = round((LEFT + (number + 0.5) * width) * ratio)
        seen = {QColor(picture.pixel(x, round((TOP + y) * ratio))).name() for y in range(3, 50)}
        assert len(seen) == 1, f"something lies on bar {number}: {seen}"
