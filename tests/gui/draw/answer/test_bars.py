"""The bars and the large answer, painted and read."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.answer.bars import Bars, percent
from gui.draw.answer.verdict import Verdict, VerdictText
from nets.data.datasets import DATASETS
from tests.drive import wait_until

DIGITS = tuple(str(digit) for digit in range(10))


def shown(qtbot: QtBot, labels: tuple[str, ...], width: int = 298, height: int = 230) -> Bars:
    theme.apply("light")
    bars = Bars()
    qtbot.addWidget(bars)
    bars.set_labels(labels)
    bars.resize(width, height)
    bars.show()
    qtbot.waitExposed(bars)
    return bars


def colored(image: QImage, role: str) -> np.ndarray:
    """How many pixels of a row have the theme's colour, (height,)."""
    wanted = QColor(getattr(theme.now(), role))
    return np.array(
        [sum(image.pixelColor(x, y) == wanted for x in range(image.width())) for y in range(image.height())]
    )


def test_ten_classes_keep_their_places(qtbot: QtBot) -> None:
    bars = shown(qtbot, DIGITS)
    values = np.full(10, 0.02, np.float32)
    values[7] = 0.82
    bars.set_values(values)
    assert [name for name, _ in bars.shown()] == list(DIGITS)
    assert bars.shown()[7] == ("7", "82.0 %")
    assert bars.shown()[0] == ("0", "2.0 %")


def test_the_largest_is_marked_and_the_length_is_the_probability(qtbot: QtBot) -> None:
    bars = shown(qtbot, DIGITS)
    lengths = []
    for probability in (0.9, 0.45):
        values = np.full(10, (1 - probability) / 9, np.float32)
        values[3] = probability
        bars.set_values(values)
        accent = colored(bars.grab().toImage(), "accent")
        rows = np.flatnonzero(accent > 20)
        assert bars.row_height * 3 <= rows.min()
        assert rows.max() < bars.row_height * 4
        lengths.append(accent.max())
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=6)


def test_an_empty_pad_shows_names_without_numbers(qtbot: QtBot) -> None:
    bars = shown(qtbot, DIGITS)
    bars.set_values(None)
    assert bars.shown()[0] == ("0", "")
    assert colored(bars.grab().toImage(), "accent").sum() == 0


def test_of_a_thousand_classes_the_ten_most_probable_are_shown(qtbot: QtBot) -> None:
    names = tuple(f"class {number}" for number in range(1000))
    bars = shown(qtbot, names)
    values = np.random.default_rng(2).random(1000).astype(np.float32)
    values /= values.sum()
    bars.set_values(values)
    order = np.argsort(-values)[:10]
    assert [name for name, _ in bars.shown()] == [names[number] for number in order]


@pytest.mark.parametrize("labels", [("no", "yes"), ("only",), tuple("abcdefghijkl")])
def test_any_number_of_classes(qtbot: QtBot, labels: tuple[str, ...]) -> None:
    bars = shown(qtbot, labels)
    bars.set_values(np.full(len(labels), 1 / len(labels), np.float32))
    assert len(bars.shown()) == len(labels)
    assert bars.row_height * len(labels) <= bars.height()
    bars.grab()


def test_numbers_do_not_move_names_or_bars(qtbot: QtBot) -> None:
    bars = shown(qtbot, DATASETS["fashion-mnist"].classes)
    hover = []
    for best in (0, 6):
        values = np.zeros(10, np.float32)
        values[best] = 1
        bars.set_values(values)
        image = bars.grab().toImage()
        row = bars.row_height * 3 + bars.row_height // 2  # neither of the two: its track alone
        hover.append([x for x in range(image.width()) if image.pixelColor(x, row) == theme.now().color("hover")])
    assert hover[0]
    assert hover[0] == hover[1]


@pytest.mark.parametrize("width", [234, 298])
def test_fashion_names_fit(qtbot: QtBot, width: int) -> None:
    bars = shown(qtbot, DATASETS["fashion-mnist"].classes, width)
    widest = max(bars.fontMetrics().horizontalAdvance(name) for name in bars.labels)
    assert bars._name_width >= min(widest, 92)


@pytest.mark.parametrize(
    ("probability", "words"), [(0.0, "0.0 %"), (1.0, "100.0 %"), (0.9996, "100.0 %"), (0.123, "12.3 %")]
)
def test_a_percentage_has_one_decimal(probability: float, words: str) -> None:
    assert percent(probability) == words


def test_long_names_are_set_smaller_than_digits(qtbot: QtBot) -> None:
    theme.apply("light")
    verdict = Verdict()
    qtbot.addWidget(verdict)
    verdict.resize(160, 116)
    verdict.show()
    qtbot.waitExposed(verdict)
    heights = []
    for name in ("7", "Ankle boot", "a name that is far too long to fit in here"):
        verdict.show_words(VerdictText("Answer", name, "99.0 %", "certain"))
        rows = np.flatnonzero(colored(verdict.grab().toImage(), "accent"))
        heights.append(rows.max() - rows.min())
    assert heights[0] > 1.5 * heights[1]
    assert heights[1] > heights[2]


def test_the_busy_sign_turns_only_while_it_is_seen(qtbot: QtBot) -> None:
    verdict = Verdict()
    qtbot.addWidget(verdict)
    verdict.show_words(VerdictText("Answer", "", "Loading TensorFlow", "", busy=True))
    verdict.resize(160, 116)
    verdict.show()
    qtbot.waitExposed(verdict)
    before = verdict.grab().toImage()
    wait_until(lambda: verdict.grab().toImage() != before)
    (timer,) = verdict.findChildren(QTimer)
    assert timer.isActive()
    verdict.hide()
    assert not timer.isActive()
    QApplication.processEvents()  # a turn that was due when it was hidden
    still = verdict.grab().toImage()
    QApplication.processEvents()
    assert verdict.grab().toImage() == still
