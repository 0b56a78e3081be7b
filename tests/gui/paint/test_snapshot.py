"""A panel as a picture for a slide: twice the screen, with title and drawing, without its buttons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.paint.snapshot import DETAILS, DRAWING, TITLE, Slide, picture_of, save_image
from nets.errors import LensletError

TOP = DRAWING + 2 * theme.INSET


class Halves(QWidget):
    """Red at the left, blue at the right."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, 100, 100, QColor("red"))
        painter.fillRect(100, 0, 100, 100, QColor("blue"))


@pytest.fixture
def panel(qtbot: QtBot) -> Halves:
    theme.apply("light")
    made = Halves()
    made.resize(200, 100)
    made.button = QPushButton(made)
    made.button.setGeometry(0, 0, 40, 20)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_it_is_the_panel_at_twice_the_screen(panel: Halves) -> None:
    drawing = np.zeros((28, 28), np.float32)
    drawing[:, 14:] = 1
    image = picture_of(panel, Slide("Pen", "conv1", drawing), without=(panel.button,))
    assert (image.width(), image.height()) == (400, 2 * (100 + TOP))
    assert image.devicePixelRatio() == 2
    below = 2 * TOP
    assert image.pixelColor(100, below + 100) == QColor("red")
    assert image.pixelColor(199, below + 100) == QColor("red")
    assert image.pixelColor(200, below + 100) == QColor("blue")
    assert image.pixelColor(20, below + 10) == theme.now().color("panel")  # where the button is
    left, middle = 2 * theme.INSET, 2 * (theme.INSET + DRAWING // 2)
    assert image.pixelColor(left + 4, middle).lightness() == 0
    assert image.pixelColor(left + 2 * DRAWING - 4, middle).lightness() == 255


def test_words_that_a_narrow_panel_has_no_line_for_are_wrapped_and_not_cut(panel: Halves) -> None:
    one = picture_of(panel, Slide("Pen", "conv1"))
    long = picture_of(panel, Slide("Pen", "conv1, map 0, row 16, column 16, backward, true class 7, rate 0.01"))
    more = long.height() - one.height()
    assert more > 0  # two lines or more
    quiet = theme.now().color("quiet")
    inked = [y for y in range(2 * TOP + more) for x in range(long.width()) if long.pixelColor(x, y) == quiet]
    assert max(inked) > 2 * (theme.INSET + 8 + TITLE + DETAILS)  # the last line is written ...
    assert long.copy(0, 2 * TOP + more, 400, 200) == one.copy(0, 2 * TOP, 400, 200)  # ... and covers nothing


def test_it_is_saved_whole_or_refused_in_a_sentence(panel: Halves, tmp_path: Path) -> None:
    image = picture_of(panel, Slide("Pen"))
    target = save_image(image, tmp_path / "slide.png")
    assert QImage(str(target)).size() == image.size()
    with pytest.raises(LensletError, match=r"other\.png could not be saved"):
        save_image(image, target / "other.png")  # a file where a folder should be
    assert [path.name for path in tmp_path.iterdir()] == ["slide.png"]
