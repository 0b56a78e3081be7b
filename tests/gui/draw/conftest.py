"""The column with a real session in folders of its own; TensorFlow is loaded only where a test starts the session."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui import theme
from gui.draw.column import DrawColumn
from gui.draw.pad.pad import Pad
from gui.session import Session
from gui.settings import Settings
from nets.places import Places
from tests.drive import activate


def places_in(folder: Path) -> Places:
    return Places(
        runs=folder / "runs", drawings=folder / "drawings", cache=folder / "cache", settings=folder / "settings.json"
    )


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Session:
    """A session whose worker does not run: drawing must work without it."""
    theme.apply("light")
    places = places_in(tmp_path)
    return Session(places, Settings(places.settings))


@pytest.fixture
def column(qtbot: QtBot, session: Session) -> DrawColumn:
    made = DrawColumn(session)
    qtbot.addWidget(made)
    made.resize(324, 790)
    made.show()
    qtbot.waitExposed(made)
    activate(made)
    made.pad.setFocus()
    return made


@pytest.fixture
def pad(column: DrawColumn) -> Pad:
    return column.pad
