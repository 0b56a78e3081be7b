"""Explore while no network is open: its sentence is readable in a small window with a large zoom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explore.workspace import LEAST, ExploreWorkspace
from gui.session import Session
from gui.settings import Settings
from gui.shell.room import WorkspaceRoom
from gui.shell.zoom import Zoom
from nets.places import Places
from tests.drive import wait_until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def zoom(qapp: object, settings: Settings) -> Iterator[Zoom]:
    theme.apply("light")
    made = Zoom(settings)
    yield made
    made.reset()
    made.stop()


@pytest.mark.parametrize("zoomed_first", [False, True], ids=["while it is shown", "before it is made"])
def test_the_sentence_of_loading_is_not_cut(
    qtbot: QtBot, tmp_path: Path, settings: Settings, zoom: Zoom, *, zoomed_first: bool
) -> None:
    """The panels' smallest width, 780 at 150 %, was asked of the sentence as well, which was scrolled out of view."""
    if zoomed_first:
        zoom.set_level(150)
    session = Session(Places(*(tmp_path / name for name in ("runs", "drawings", "cache", "s.json"))), settings)
    workspace, room = ExploreWorkspace(session), WorkspaceRoom()
    qtbot.addWidget(room)
    room.stack.addWidget(workspace)
    room.resize(540, 520)
    room.show()
    zoom.set_level(150)
    sentence = workspace.pages.state.view.sentence

    def visible() -> bool:
        corner = sentence.mapTo(room.viewport(), QPoint(0, 0))
        return room.viewport().rect().contains(QRect(corner, sentence.size()))

    wait_until(visible, 10, "a sentence in view")
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    workspace.pages.setCurrentIndex(1)
    least = (theme.px(LEAST[0]), theme.px(LEAST[1]))
    wait_until(lambda: (workspace.minimumWidth(), workspace.minimumHeight()) == least, 10, "the room of the panels")
    workspace.stop()
    session.end()
