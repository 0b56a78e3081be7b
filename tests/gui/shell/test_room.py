"""A workspace that needs more room than the window has is scrolled, and no other is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.shell.room import WorkspaceRoom


def page(width: int, height: int) -> QWidget:
    made = QWidget()
    made.setMinimumSize(width, height)
    return made


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
