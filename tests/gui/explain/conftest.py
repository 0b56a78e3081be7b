"""Why over folders of its own, with a shipped network and a run that was made, not trained; no live worker answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui import theme
from gui.explain.workspace import WhyWorkspace
from gui.session import Session
from gui.settings import Settings
from gui.threads.answering import Answering, LiveAnswer, PictureQuestion
from gui.threads.subject import Subject
from nets import backend
from nets.compute.lens import Lens
from nets.data.handwriting.strokes import paint
from nets.models import open_model
from nets.network.model import Model
from nets.places import Places
from tests.made_runs import write_run

WAIT = 90_000  # milliseconds: a machine may have other things to do
Draw = Callable[[], LiveAnswer]


@pytest.fixture(scope="module", autouse=True)
def plain() -> Iterator[None]:
    """XLA is not asked for: it takes a second for each method and network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nets.explain.scores.QUICK", 0)
        yield


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("why")
    return Places(home / "runs", home / "drawings", home / "cache", home / "settings.json")


@pytest.fixture(scope="session")
def run(places: Places) -> str:
    return write_run(places.runs)


@pytest.fixture(scope="session")
def lenet(places: Places) -> Model:
    backend.configure()
    return open_model("lenet", places)


@pytest.fixture(scope="session")
def subject(lenet: Model) -> Subject:
    return Subject(Lens(lenet), lenet)


def seven() -> np.ndarray:
    strokes = [np.array([(80, 70), (200, 70), (130, 225)], float)]
    return paint(strokes, 16.0)


@pytest.fixture
def session(qapp: object, places: Places) -> Iterator[Session]:
    theme.apply("light")
    made = Session(places, Settings(places.settings))
    made.engine = "ready"
    yield made
    made.end()


def answered(session: Session, subject: Subject, picture: np.ndarray | None) -> LiveAnswer:
    """What the live worker would tell: the answer to ``picture``, computed here."""
    session.picture = picture
    answer = Answering()(PictureQuestion(picture, subject=subject))
    session.answer = answer
    session.answered.emit(answer)
    return answer


@pytest.fixture
def workspace(qtbot: QtBot, session: Session, lenet: Model) -> Iterator[WhyWorkspace]:
    session.model, session.card = lenet, lenet.card
    made = WhyWorkspace(session)
    qtbot.addWidget(made)
    made.resize(1070, 795)
    made.show()
    yield made
    made.stop()
    made.hide()


@pytest.fixture
def draw(session: Session, subject: Subject) -> Draw:
    return lambda: answered(session, subject, seven())


def with_epoch(model: Model, epoch: int) -> Model:
    return replace(model, ref=replace(model.ref, epoch=epoch))
