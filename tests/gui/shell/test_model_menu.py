"""The menu of models: files that were opened lately, networks to download, networks that are not trained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.settings import Settings
from gui.shell.model_menu import ModelMenu
from nets.network.pretrained import CLASS_NAMES
from nets.places import Places
from nets.zoo import NETS
from nets.zoo.pretrained import PRETRAINED


@pytest.fixture
def session(qapp: object, tmp_path: Path) -> Iterator[Session]:
    places = Places(*(tmp_path / name for name in ("runs", "drawings", "cache", "settings.json")))
    made = Session(places, Settings(places.settings))
    yield made
    made.end()


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def menu(session: Session, owner: QWidget) -> ModelMenu:
    """Not opened yet: it lists what is there when ``aboutToShow`` is emitted."""
    return ModelMenu(session, owner)


def test_files_opened_lately_are_offered_and_those_that_are_gone_are_not(
    session: Session, menu: ModelMenu, tmp_path: Path
) -> None:
    settings = session.settings
    here, other = tmp_path / "a" / "model & co.keras", tmp_path / "b" / "model & co.keras"
    for path in (here, other):
        path.parent.mkdir()
        path.touch()
    settings.set("recent_models", [str(here), str(tmp_path / "gone.keras"), str(other)])
    assert Settings(settings.path)["recent_models"] == settings["recent_models"]
    menu.aboutToShow.emit()
    recent = [action for action in menu.actions() if "model && co.keras" in action.text()]
    assert [action.toolTip() for action in recent] == [str(here), str(other)]
    opened: list[str] = []
    session.model_opening.connect(opened.append)
    recent[1].trigger()
    assert opened == [str(other)]


def test_pretrained_networks_are_offered_with_their_size_and_whether_they_are_here(
    menu: ModelMenu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    folder = tmp_path / "keras" / "models"
    folder.mkdir(parents=True)
    for name in (PRETRAINED["vgg16"].file, CLASS_NAMES):
        (folder / name).touch()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.text().startswith("VGG")] == [
        "VGG16   71.3 % as published · 138.4 M parameters"
    ]
    (others,) = [action.menu() for action in menu.actions() if action.text() == "To download …"]
    texts = [action.text() for action in others.actions()]
    assert len(texts) == len(PRETRAINED) - 1
    assert "ResNet-50   74.9 % as published · 25.6 M parameters\t103 MB" in texts


def test_networks_that_are_not_trained_can_be_looked_into(session: Session, menu: ModelMenu) -> None:
    """Earlier, only what was trained before could be opened."""
    menu.aboutToShow.emit()
    (networks,) = [action.menu() for action in menu.actions() if action.text() == "Networks of the field, not trained"]
    rows = [row for action in networks.actions() for row in (action.menu().actions() if action.menu() else [action])]
    assert [(row.text(), row.toolTip()) for row in rows] == [(row.title, row.summary) for row in NETS.values()]
    opened: list[str] = []
    session.model_opening.connect(opened.append)
    next(row for row in rows if row.text() == "GoogLeNet").trigger()
    assert opened == ["net:googlenet"]
