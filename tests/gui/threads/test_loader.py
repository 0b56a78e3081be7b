"""One thing at a time is loaded: the newest request, whose answer alone arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.threads.loader import Loader
from nets.errors import LensletError
from tests.gui.threads.gates import LONG, Gate

WAIT = 1000 * int(LONG)


class Asking:
    def __init__(self) -> None:
        self.gate = Gate()
        self.loader = Loader()
        self.done: list[Any] = []
        self.failed: list[str] = []

    def ask(self, value: Any) -> None:
        self.loader.ask(self.gate, value, done=self.done.append, failed=self.failed.append)


@pytest.fixture
def asking(qapp: QApplication) -> Iterator[Asking]:
    made = Asking()
    yield made
    made.gate.let_go(100)
    made.loader.finish()


def test_the_newest_request_wins_and_the_others_never_arrive(asking: Asking, qtbot: QtBot) -> None:
    asking.ask("first")
    asking.gate.wait_until_begun()
    asking.ask("second")
    asking.ask("third")
    asking.gate.let_go(2)
    qtbot.waitUntil(lambda: asking.done == ["third"], timeout=WAIT)
    assert asking.gate.calls == ["first", "third"]
    assert asking.gate.passed == ["third"], "the first was cancelled at its report"
    assert not asking.loader.busy


def test_an_answer_that_a_newer_request_overtook_on_its_way_is_dropped(asking: Asking, qtbot: QtBot) -> None:
    asking.gate.let_go(2)
    asking.ask("first")
    asking.gate.wait_until_begun()
    job = asking.loader._job
    assert job is not None
    assert job.wait(WAIT)  # it has its result, and the window does not know yet
    asking.ask("second")
    qtbot.waitUntil(lambda: asking.done == ["second"], timeout=WAIT)


def test_a_failure_is_one_sentence_and_the_next_request_is_served(asking: Asking, qtbot: QtBot) -> None:
    asking.gate.let_go(3)
    asking.ask(LensletError("the run cannot be read"))
    qtbot.waitUntil(lambda: asking.failed == ["the run cannot be read"], timeout=WAIT)
    asking.ask(ValueError("odd"))
    qtbot.waitUntil(lambda: asking.failed[1:] == ["ValueError: odd"], timeout=WAIT)
    asking.ask("fine")
    qtbot.waitUntil(lambda: asking.done == ["fine"], timeout=WAIT)


def test_the_failure_of_what_was_overtaken_is_not_told(asking: Asking, qtbot: QtBot) -> None:
    asking.ask(LensletError("of an older run"))
    asking.gate.wait_until_begun()
    asking.ask("newer")
    asking.gate.let_go(2)
    qtbot.waitUntil(lambda: asking.done == ["newer"], timeout=WAIT)
    assert asking.failed == []


def test_a_finished_loader_has_ended_its_thread_and_answers_nothing(asking: Asking, qapp: QApplication) -> None:
    asking.ask("first")
    asking.gate.wait_until_begun()
    asking.ask("second")
    asking.gate.let_go(2)
    asking.loader.finish()
    qapp.processEvents()
    asking.ask("third")
    qapp.processEvents()
    assert (asking.gate.calls, asking.done, asking.failed) == (["first"], [], [])
    assert not asking.loader.busy
