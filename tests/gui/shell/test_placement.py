"""The window's place and size from the last session, on the screens of this one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.shell.placement import fitted, restore

SMALL, RIGHT = QRect(0, 0, 1024, 700), QRect(1024, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("saved", "areas", "expected"),
    [
        ((100, 50, 800, 600), [SMALL], (100, 50, 800, 600)),
        ((0, 0, 1440, 900), [SMALL], (0, 0, 1024, 700)),  # of a projector that is not there any more
        ((600, 300, 800, 600), [SMALL], (224, 100, 800, 600)),
        ((-300, -20, 800, 600), [SMALL], (0, 0, 800, 600)),
        ((1100, 40, 1500, 900), [SMALL, RIGHT], (1100, 40, 1500, 900)),
        ((900, 0, 1500, 900), [SMALL, RIGHT], (1024, 0, 1500, 900)),  # most of it was on the right one
    ],
)
def test_a_window_lies_whole_on_a_screen(saved: tuple[int, ...], areas: list[QRect], expected: tuple[int, ...]) -> None:
    assert fitted(QRect(*saved), areas).getRect() == expected


def test_a_place_on_no_screen_is_forgotten(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    restore(window, [20_000, 20_000, 800, 600])
    area = window.screen().availableGeometry()
    assert window.width() == min(1440, area.width())
    assert window.x() < 20_000
