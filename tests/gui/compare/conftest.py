"""A workspace over folders of its own, with two epochs of a run that was made, not trained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui import theme
from gui.compare.workspace import CompareWorkspace
from gui.session import Session
from gui.settings import Settings
from nets import backend
from nets.compute import compiled
from nets.experiments import timing
from nets.places import Places
from tests.made_runs import write_run


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("compare")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


@pytest.fixture(scope="session")
def run(places: Places) -> str:
    return write_run(places.runs)


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """The faster of two ways of compiling is not looked for: a second for each model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "SETTLED", 0)
        patch.setattr(timing, "MOST", 5)
        patch.setattr(compiled, "MOST_STEPS", 0)
        yield


@pytest.fixture
def session(qapp: object, places: Places, quick: None) -> Iterator[Session]:
    """Without its live worker; marked ready, so that Compare can be pressed."""
    backend.configure()
    theme.apply("dark")
    made = Session(places, Settings(places.settings))
    made.engine = "ready"
    yield made
    made.end()


@pytest.fixture
def workspace(qtbot: QtBot, session: Session, run: str) -> Iterator[CompareWorkspace]:
    made = CompareWorkspace(session)
    qtbot.addWidget(made)
    made.resize(1070, 795)
    made.show()
    yield made
    made.hide()
    made.stop()
