"""The newest question wins, stale answers are dropped, and whatever happens the thread can be paused and ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from gui.threads.worker import Question, Worker
from nets.errors import LensletError
from nets.events import Message, Report
from tests.gui.threads.gates import LONG, Gate


@dataclass(frozen=True, eq=False)
class Asked(Question):
    value: Any = field(default=None)


class Watched:
    """A worker behind a gate, and what it told."""

    def __init__(self, **options: Any) -> None:
        self.gate = Gate()
        self.worker = Worker(self.answer, **options)
        self.answers: list[int] = []
        self.failures: list[tuple[int, str, str]] = []
        self.worker.answered.connect(lambda question, result: self.answers.append(question.id))
        self.worker.failed.connect(lambda question, words, trace: self.failures.append((question.id, words, trace)))

    def answer(self, question: Asked, report: Report) -> int:
        self.gate(question.id if question.value is None else question.value, report)
        return question.id

    def ask(self, id: int, value: Any = None, **options: Any) -> None:
        self.worker.ask(Asked(value, id=id), **options)


@pytest.fixture
def make(qapp: QApplication) -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def one(**options: Any) -> Watched:
        made.append(Watched(**options))
        return made[-1]

    yield one
    for watched in made:
        watched.gate.let_go(100)
        watched.worker.end()


def test_the_newest_question_takes_the_place_of_those_that_wait(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    for id in (2, 3, 4):
        watched.ask(id)
    assert watched.worker.busy
    watched.gate.let_go(2)
    qtbot.waitUntil(lambda: watched.answers == [1, 4], timeout=1000 * int(LONG))
    assert watched.gate.calls == [1, 4]
    assert len(watched.gate.threads) == 1
    qtbot.waitUntil(lambda: not watched.worker.busy, timeout=1000 * int(LONG))


def test_whoever_hears_an_answer_finds_the_worker_idle(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    busy: list[bool] = []
    watched.worker.answered.connect(lambda *_: busy.append(watched.worker.busy))
    watched.gate.let_go(200)
    for id in range(1, 101):
        watched.ask(id)
        qtbot.waitUntil(lambda id=id: watched.answers[-1:] == [id], timeout=1000 * int(LONG))
    assert not any(busy)


def test_answers_to_what_was_asked_before_are_dropped(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.ask(2, drops_earlier=True)
    watched.gate.let_go(2)
    qtbot.waitUntil(lambda: watched.answers == [2], timeout=1000 * int(LONG))
    assert watched.gate.passed == [2], "the report ends the work on a question that is stale"


def test_an_answer_that_became_stale_on_its_way_is_dropped(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.gate.let_go(2)
    watched.ask(1)
    watched.ask(2)  # one of both is answered, or both; nothing is delivered before the event loop runs
    watched.gate.wait_until_begun()
    watched.ask(3, drops_earlier=True)
    watched.gate.let_go(2)
    qtbot.waitUntil(lambda: 3 in watched.answers, timeout=1000 * int(LONG))
    assert watched.answers == [3]


def test_nothing_comes_of_what_was_dropped(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.ask(2)
    watched.worker.drop()
    watched.gate.let_go()
    watched.ask(3)
    watched.gate.let_go()
    qtbot.waitUntil(lambda: watched.answers == [3], timeout=1000 * int(LONG))
    assert watched.gate.calls == [1, 3]


def test_where_answers_take_long_a_new_question_cancels_the_one_before(
    make: Callable[..., Watched], qtbot: QtBot
) -> None:
    watched = make(newest_cancels=True)
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.ask(2)
    watched.gate.let_go(2)
    qtbot.waitUntil(lambda: watched.answers == [2], timeout=1000 * int(LONG))
    assert watched.gate.calls == [1, 2]
    assert watched.gate.passed == [2]


def test_a_paused_worker_begins_nothing_and_goes_on_with_the_newest(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.gate.let_go(10)
    watched.worker.pause()
    watched.ask(1)
    watched.ask(2)
    assert not watched.gate.begun.acquire(timeout=0.05)
    watched.worker.proceed()
    qtbot.waitUntil(lambda: watched.answers == [2], timeout=1000 * int(LONG))
    assert watched.gate.calls == [2]


def test_a_pause_holds_what_is_being_answered_at_its_next_report(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.worker.pause()
    watched.gate.let_go()
    watched.worker.wait(50)
    assert watched.gate.passed == []
    watched.worker.proceed()
    qtbot.waitUntil(lambda: watched.answers == [1], timeout=1000 * int(LONG))


@pytest.mark.parametrize(
    ("problem", "words"),
    [(LensletError("there is no such layer"), "there is no such layer"), (ValueError("odd"), "ValueError: odd")],
)
def test_an_exception_is_told_and_the_worker_goes_on(
    make: Callable[..., Watched], qtbot: QtBot, problem: Exception, words: str
) -> None:
    watched = make()
    watched.gate.let_go(2)
    watched.ask(1, problem)
    qtbot.waitUntil(lambda: len(watched.failures) == 1, timeout=1000 * int(LONG))
    assert watched.failures[0][:2] == (1, words)
    assert "Traceback" in watched.failures[0][2]
    watched.ask(2)
    qtbot.waitUntil(lambda: watched.answers == [2], timeout=1000 * int(LONG))


def test_a_failure_that_became_stale_is_not_told(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.ask(1, ValueError("of an earlier picture"))
    watched.gate.wait_until_begun()
    watched.ask(2, drops_earlier=True)
    watched.gate.let_go(2)
    qtbot.waitUntil(lambda: watched.answers == [2], timeout=1000 * int(LONG))
    assert watched.failures == []


# --- the end, in every phase ------------------------------------------------------------------------------------


def test_it_ends_before_the_first_question_and_takes_none_after(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.worker.end()
    watched.ask(1)
    assert not watched.worker.isRunning()
    assert not watched.worker.busy


def test_it_ends_while_it_waits(make: Callable[..., Watched], qtbot: QtBot) -> None:
    watched = make()
    watched.gate.let_go()
    watched.ask(1)
    qtbot.waitUntil(lambda: watched.answers == [1], timeout=1000 * int(LONG))
    watched.worker.end()
    assert watched.worker.isFinished()


@pytest.mark.parametrize("paused", [False, True])
def test_it_ends_at_the_next_report_and_answers_nothing_more(
    make: Callable[..., Watched], qapp: QApplication, paused: bool
) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.ask(2)
    if paused:
        watched.worker.pause()
    watched.worker.stop()
    watched.gate.let_go()
    watched.worker.end()
    qapp.processEvents()
    assert watched.worker.isFinished()
    assert (watched.gate.calls, watched.gate.passed, watched.answers) == ([1], [], [])


def test_patience_ends_with_the_thread_still_running(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask(1)
    watched.gate.wait_until_begun()
    watched.worker.end(patience=0.0)
    assert watched.worker.isRunning()


def test_an_answer_that_is_on_its_way_when_the_window_closes_is_not_delivered(
    make: Callable[..., Watched], qapp: QApplication
) -> None:
    watched = make()
    watched.gate.let_go()
    watched.ask(1)
    watched.gate.wait_until_begun()
    while not watched.gate.passed:
        watched.worker.wait(1)
    watched.worker.end()
    qapp.processEvents()
    assert watched.answers == []


def test_the_window_may_be_destroyed_in_the_middle_of_an_answer(qapp: QApplication, qtbot: QtBot) -> None:
    owner, gate, answers = QObject(), Gate(), []
    worker = Worker(lambda question, report: gate(question.id, report), owner)
    worker.answered.connect(lambda question, result: answers.append(result))
    worker.ask(Asked(id=1))
    gate.wait_until_begun()
    Shiboken.delete(owner)
    assert worker.isRunning()
    gate.let_go()
    qtbot.waitUntil(worker.isFinished, timeout=1000 * int(LONG))
    qapp.processEvents()
    assert (gate.passed, answers) == ([], [])


def test_a_report_lets_work_go_on_that_is_still_wanted(qapp: QApplication, qtbot: QtBot) -> None:
    def answer(question: Question, report: Report) -> int:
        for number in range(1000):
            report(Message(str(number)))
        return question.id

    worker, answers = Worker(answer), []
    worker.answered.connect(lambda question, result: answers.append(result))
    worker.ask(Asked(id=7))
    qtbot.waitUntil(lambda: answers == [7], timeout=1000 * int(LONG))
    worker.end()
