"""A session over folders of its own, and a run that was trained for real, once for all tests here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui import theme
from gui.session import Session
from gui.settings import Settings
from gui.train.workspace import TrainWorkspace
from nets.places import Places
from nets.runs.config import TrainConfig
from nets.runs.store import RunStore, RunSummary

SMALL = TrainConfig("lenet", "digits", batch_size=32, epochs=2, limit=320)


def places_in(folder: Path) -> Places:
    return Places(folder / "runs", folder / "drawings", folder / "cache", folder / "settings.json")


@pytest.fixture(scope="session")
def trained_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder with one finished run of two epochs."""
    from gui.train.task import train_task

    home = tmp_path_factory.mktemp("trained")
    train_task(SMALL, places_in(home))
    return home / "runs"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return places_in(tmp_path)


@pytest.fixture
def with_run(places: Places, trained_folder: Path) -> str:
    """Copies the trained run to this test's folder; its id."""
    shutil.copytree(trained_folder, places.runs)
    return RunStore(places.runs).list()[0].id


@pytest.fixture
def trained(places: Places, with_run: str) -> RunSummary:
    return RunStore(places.runs).open(with_run).summary


@pytest.fixture
def session(qapp: object, places: Places) -> Iterator[Session]:
    """Without its live worker: the workspace's own jobs compute. Marked ready, so that Train can be pressed."""
    theme.apply("dark")
    made = Session(places, Settings(places.settings))
    made.engine = "ready"
    yield made
    made.end()


@pytest.fixture
def make(qtbot: QtBot, session: Session) -> Iterator[Callable[[], TrainWorkspace]]:
    """Makes the workspace, shown; ends it cleanly afterwards."""
    made: list[TrainWorkspace] = []

    def build() -> TrainWorkspace:
        workspace = TrainWorkspace(session)
        qtbot.addWidget(workspace)
        workspace.resize(1070, 795)
        workspace.show()
        made.append(workspace)
        return workspace

    yield build
    for workspace in made:
        workspace.stop()


@pytest.fixture
def workspace(make: Callable[[], TrainWorkspace]) -> TrainWorkspace:
    return make()
