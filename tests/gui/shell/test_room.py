"""A workspace that needs more room than the window has is scrolled, and no other is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.shell.room import WorkspaceRoom


def page(width: int, height: int) -> QWidget:
    made = QWidget()
    made.setMinimumSize(width, height)
    return made


def test_what_is_too_high_keeps_its_width(qtbot: QtBot) -> None:
    """At 150 % on a projector, the bar for the height took 21 pixels of the width: a second bar, and cut buttons."""
    window, room, tall = QWidget(), WorkspaceRoom(), page(500, 700)
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(room)
    room.stack.addWidget(tall)
    around = window.layout().contentsMargins()
    window.resize(500 + around.left() + around.right(), 400)
    window.show()
    qtbot.waitUntil(room.bar.isVisible, timeout=5_000)
    assert tall.width() == room.viewport().width() == 500
    assert room.horizontalScrollBar().maximum() == 0
    assert room.bar.geometry().left() == room.geometry().right() + 1, "in the gap beside it"
    assert room.bar.maximum() == room.verticalScrollBar().maximum() > 0
    room.bar.setValue(room.bar.maximum())
    assert tall.mapTo(room, tall.rect().bottomLeft()).y() == room.viewport().height() - 1
    room.verticalScrollBar().setValue(10)  # as the wheel does
    assert room.bar.value() == 10
    room.hide()
    assert not room.bar.isVisible()
    room.show()
    tall.setMinimumSize(100, 100)
    qtbot.waitUntil(lambda: not room.bar.isVisible(), timeout=5_000)


def test_only_the_page_that_needs_more_is_scrolled(qtbot: QtBot) -> None:
    room = WorkspaceRoom()
    qtbot.addWidget(room)
    small, large = page(300, 200), page(900, 700)
    for one in (small, large):
        room.stack.addWidget(one)
    room.resize(600, 400)
    room.show()

    def reach() -> tuple[int, int]:
        return room.horizontalScrollBar().maximum(), room.verticalScrollBar().maximum()

    room.stack.setCurrentWidget(small)
    qtbot.waitUntil(lambda: small.size() == room.viewport().size() and reach() == (0, 0), timeout=5_000)
    words = QLabel("a long sentence " * 100)  # as high as its words are in its width, if it could choose
    words.setWordWrap(True)
    QVBoxLayout(small).addWidget(words)
    words.show()
    assert small.layout().hasHeightForWidth()
    qtbot.waitUntil(lambda: words.width() > 500, timeout=5_000)
    assert reach() == (0, 0), "it has what it needs, and what it would like was given to it"
    small.setMinimumSize(700, 200)
    qtbot.waitUntil(lambda: reach()[0] == 700 - room.viewport().width(), timeout=5_000)
    small.setMinimumSize(300, 200)
    qtbot.waitUntil(lambda: reach() == (0, 0), timeout=5_000)
    room.stack.setCurrentWidget(large)
    qtbot.waitUntil(lambda: reach() == (900 - room.viewport().width(), 700 - room.viewport().height()), timeout=5_000)
    assert (large.width(), large.height()) == (900, 700)
    qtbot.keyClick(large, Qt.Key.Key_Right)
    assert room.horizontalScrollBar().value() == 0, "the arrows belong to the workspaces"
    room.stack.setCurrentWidget(small)
    qtbot.waitUntil(lambda: small.size() == room.viewport().size() and reach() == (0, 0), timeout=5_000)


def test_the_bar_beside_the_room_goes_with_the_horizontal_one(qtbot: QtBot) -> None:
    """The horizontal bar's height was missing when the content was measured: a bar stood beside what fitted."""
    around = QWidget()
    qtbot.addWidget(around)
    room = WorkspaceRoom(around)
    wide, fitting = page(900, 600), page(300, 300)
    for one in (wide, fitting):
        room.stack.addWidget(one)
    room.setGeometry(0, 0, 600, 400)
    around.resize(700, 400)
    around.show()
    qtbot.waitUntil(lambda: room.bar.isVisible() and room.horizontalScrollBar().isVisible(), timeout=5_000)
    room.stack.setCurrentWidget(fitting)
    qtbot.waitUntil(lambda: not room.horizontalScrollBar().isVisible(), timeout=5_000)
    qtbot.waitUntil(lambda: fitting.size() == room.viewport().size(), timeout=5_000)
    assert (room.bar.maximum(), room.bar.isVisible()) == (0, False)
