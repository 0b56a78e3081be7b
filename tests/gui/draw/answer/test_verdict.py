"""The colours of the line under the answer, and the picture of the input without a margin that looks like input."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.answer.stages import _Picture
from gui.draw.answer.thumbnail import Thumbnail
from gui.draw.answer.verdict import Verdict, VerdictText
from gui.draw.pad.pictures import to_image


def colours_of(image: QImage) -> set[str]:
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize(
    ("badge", "unsure", "role"),
    [("like", False, "accent"), ("like", True, "second"), ("unusual", False, "second"), ("unlike", True, "second")],
)
def test_the_mark_and_its_words_have_one_colour(qtbot: QtBot, badge: str, unsure: bool, role: str) -> None:
    theme.apply("light")
    verdict = Verdict()
    qtbot.addWidget(verdict)
    verdict.resize(200, verdict.sizeHint().height())
    verdict.show_words(VerdictText("Answer", "7", "62.0 %", "not sure: 7 or 1", unsure=unsure, badge=badge))
    line = verdict.grab().toImage().copy(0, theme.px(15 + 60 + 18), 200, theme.px(15))
    found = colours_of(line) & {theme.now().color(name).name() for name in ("accent", "second", "quiet")}
    assert found == {theme.now().color(role).name()}


def test_a_line_without_room_takes_a_shorter_form_instead_of_being_cut(qtbot: QtBot) -> None:
    theme.apply("light")
    forms = ("unlike anything it was trained on", "unlike its training", "unfamiliar")
    words = VerdictText("Answer", "7", second=forms[0], shorter=forms[1:])
    metrics = QFontMetricsF(theme.font(theme.SMALL))
    for number, form in enumerate(forms):
        room = metrics.horizontalAdvance(form)
        assert words.second_line(metrics, room) == form
        assert words.second_line(metrics, room - 1) == forms[min(number + 1, 2)]


def test_around_the_input_is_nothing_that_could_be_input(qtbot: QtBot) -> None:
    """A white picture of 32 x 32 fills 64 of 84 pixels; earlier, the rest was black, as if it were input."""
    theme.apply("light")
    white = np.ones((32, 32, 3), np.float32)
    thumbnail, stage = Thumbnail(), _Picture(84)
    for widget in (thumbnail, stage):
        qtbot.addWidget(widget)
    thumbnail.set_picture(white)
    stage.set_image(to_image((255 * white).astype(np.uint8)))
    for widget in (thumbnail, stage):
        darkest = min(QColor(name).lightness() for name in colours_of(widget.grab().toImage()))
        assert darkest >= theme.now().color("line").lightness()
