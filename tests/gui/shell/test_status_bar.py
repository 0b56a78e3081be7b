"""The status bar: messages in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.settings import Settings
from gui.shell.status_bar import StatusBar
from gui.threads.answering import LiveAnswer
from nets.network.outputs import answer
from nets.places import Places


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    settings = tmp_path / "settings.json"
    places = Places(runs=tmp_path / "runs", drawings=tmp_path / "d", cache=tmp_path / "c", settings=settings)
    made = Session(places, Settings(settings))
    yield made
    made.end()


@pytest.fixture
def bar(session: Session, qtbot: QtBot) -> StatusBar:
    made = StatusBar(session, "keys")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_message_is_one_printable_line_and_can_be_dismissed(session: Session, bar: StatusBar) -> None:
    session.notify("\x1b[31mred\x1b[0m\nline.png could not be read", "error")
    assert bar.message.text() == "[31mred [0m line.png could not be read"
    assert bar.dismiss.isVisible()
    bar.dismiss.click()
    assert bar.message.text() == "keys"


def test_a_warning_goes_with_the_page_that_it_was_of_and_an_error_stays(session: Session, bar: StatusBar) -> None:
    session.notify("draw something first", "warning")
    bar.leave()
    assert bar.message.text() == "keys"
    session.notify("the disk is full", "error")
    bar.leave()
    assert bar.message.text() == "the disk is full"


def test_the_time_of_an_answer_goes_with_the_answer(session: Session, bar: StatusBar, qtbot: QtBot) -> None:
    """Earlier, an empty pad under another model still showed the time of the previous model's last answer."""
    session.engine_changed.emit("ready", "TensorFlow ready")
    one = answer(np.array([0.25, 0.75], np.float32), ("0", "1"))
    session.answered.emit(LiveAnswer(1, None, answer=one, milliseconds=5.0))
    qtbot.waitUntil(lambda: "5.0 ms" in bar.engine.text(), timeout=10_000)
    session.answered.emit(LiveAnswer(2, None))
    assert bar.engine.text() == "TensorFlow ready"
