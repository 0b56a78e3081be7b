"""A real session with a small functional model of the person's own: nested, with a branch, and a layer without maps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.explore.workspace import ExploreWorkspace
from gui.session import Session
from gui.settings import Settings
from nets.places import Places
from tests.drive import activate, pause_for

Draw = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton
WAIT = 90_000  # milliseconds: a machine may have other things to do


def wait_for(true: Callable[[], object], seconds: float = 300.0) -> None:
    """Lets the event loop run until ``true()``; also where no ``qtbot`` is at hand."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        pause_for(5)


def wait_until(qtbot: QtBot, true: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=WAIT)


def chosen(workspace: ExploreWorkspace) -> str:
    assert workspace.choice.layer is not None
    return workspace.choice.layer.path


def choose(workspace: ExploreWorkspace, qtbot: QtBot, path: str) -> np.ndarray | None:
    """Chooses the layer and gives its values, once the answer carries them."""
    workspace.choice.choose_layer(path)
    session = workspace.session
    wait_until(qtbot, lambda: session.answer is not None and session.answer.id == session._id)
    return session.answer.maps.get(path) if session.answer else None


def build_own(path: Path) -> Path:
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    block = keras.Sequential(
        [
            keras.Input((14, 14, 4)),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
        ],
        name="block",
    )
    picture = keras.Input((28, 28, 1), name="drawing")
    stem = layers.Conv2D(4, 5, padding="same", activation="relu", name="stem")(picture)
    half = layers.MaxPooling2D(name="half")(stem)
    skip = layers.Conv2D(8, 1, strides=2, name="skip")(half)
    joined = layers.Add(name="sum")([block(half), skip])
    folded = layers.Reshape((49, 8), name="fold")(joined)
    flat = layers.Flatten(name="flat")(folded)
    hidden = layers.Dense(12, activation="relu", name="hidden")(flat)
    answer = layers.Dense(10, activation="softmax", name="answer")(hidden)
    keras.Model(picture, answer, name="own").save(path)
    return path


def seven() -> np.ndarray:
    """A seven as a pad gives it, light on dark, (280, 280) uint8."""
    picture = np.zeros((280, 280), np.uint8)
    picture[60:80, 70:210] = 255
    for row in range(80, 230):
        column = 200 - (row - 80) // 2
        picture[row, column - 10 : column + 10] = 255
    return picture


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def own_model(home: Path) -> Path:
    return build_own(home / "own.keras")


@pytest.fixture(scope="session")
def opened(qapp: QApplication, home: Path, own_model: Path) -> Iterator[Session]:
    """One session for all tests here: TensorFlow is loaded once."""
    places = Places(runs=home / "runs", drawings=home / "drawings", cache=home, settings=home / "settings.json")
    session = Session(places, Settings(places.settings))
    session.reference = str(own_model)
    session.start()
    wait_for(lambda: session.model is not None)
    yield session
    session.end()


@pytest.fixture
def session(opened: Session, own_model: Path) -> Session:
    """The session with the own model open and an empty pad."""
    if opened.model is None or opened.model.ref.name != str(own_model):
        opened.open_model(str(own_model))
        wait_for(lambda: opened.model is not None and opened.model.ref.name == str(own_model))
    opened.watch_training(None)
    opened.settings.set("map_range", "layer")
    opened.set_picture(None)
    return opened


@pytest.fixture
def workspace(session: Session, qtbot: QtBot) -> Iterator[ExploreWorkspace]:
    made = ExploreWorkspace(session)
    made.resize(1070, 795)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    activate(made)
    yield made
    made.hide()
    made.stop()


@pytest.fixture
def draw(session: Session, workspace: ExploreWorkspace) -> Draw:
    """Puts the seven on the pad and waits until the maps of the chosen layer have come."""

    def drawn() -> None:
        session.set_picture(seven())
        wait_for(lambda: session.answer is not None and session.answer.prepared is not None and session.answer.maps)

    return drawn
