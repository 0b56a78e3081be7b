"""The worker that answers: by hand at first, then in Keras, always the newest drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gui.session import Session
from gui.settings import Settings
from nets.network.card import Card
from nets.places import Places
from tests.drive import wait_until

SEVEN = np.zeros((280, 280), np.uint8)
SEVEN[60:78, 80:200] = 255
for step in range(140):
    SEVEN[70 + step, 190 - step // 2 : 208 - step // 2] = 255


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[Session]:
    places = replace(
        Places.default(), runs=tmp_path / "runs", drawings=tmp_path / "drawings", settings=tmp_path / "settings.json"
    )
    made = Session(places, Settings(places.settings))
    yield made
    made.end()


def test_a_shipped_model_answers_by_hand_until_tensorflow_is_there(session: Session) -> None:
    cards: list[Card] = []
    session.card_changed.connect(cards.append)
    session.start(load=False)
    session.set_picture(SEVEN)
    wait_until(lambda: session.answer is not None and session.answer.answer is not None, 30, "the first answer")
    assert session.engine == "by hand"
    assert session.model is None
    first = session.answer
    assert first is not None
    assert first.model is None
    assert first.answer is not None
    assert first.answer.label == "7"
    session.live.load()
    wait_until(lambda: session.answer is not None and session.answer.model is not None, 90, "Keras's answer")
    second = session.answer
    assert second is not None
    assert second.answer is not None
    np.testing.assert_allclose(second.answer.probabilities, first.answer.probabilities, atol=1e-5)
    assert session.engine == "ready"
    assert [card.name for card in cards] == ["pen", "pen"]


def test_another_model_chosen_meanwhile_answers_by_hand_and_is_then_opened(session: Session) -> None:
    session.start(load=False)
    session.open_model("lenet")
    session.set_picture(SEVEN)
    wait_until(lambda: session.card is not None and session.card.name == "lenet", 30, "LeNet by hand")
    session.live.load()
    wait_until(lambda: session.model is not None, 90, "the model")
    assert session.model is not None
    assert session.model.ref.name == "lenet"


def test_a_first_model_that_is_gone_gives_way_to_the_shipped_one(session: Session) -> None:
    refused: list[str] = []
    session.model_refused.connect(lambda reference, why: refused.append(reference))
    session.reference = "20200101-000000-lenet-digits"
    session.start()
    wait_until(lambda: session.model is not None, 90, "the model")
    assert refused == ["20200101-000000-lenet-digits"]
    assert session.model is not None
    assert session.model.ref.name == "pen"
