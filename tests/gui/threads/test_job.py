"""A job's signals and their order, pausing and stopping in every phase, and what happens when something goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from gui.threads.job import Job
from nets.errors import LensletError
from nets.events import Event, Message, Report
from tests.gui.threads.gates import LONG, Gate

WAIT = 1000 * int(LONG)


class Heard:
    """Everything that a job told, in order."""

    def __init__(self, job: Job) -> None:
        self.signals: list[tuple[Any, ...]] = []
        job.progressed.connect(lambda events: self.signals.append(("progressed", [event.text for event in events])))
        job.succeeded.connect(lambda result: self.signals.append(("succeeded", result)))
        job.failed.connect(lambda words, trace: self.signals.append(("failed", words, trace)))
        job.cancelled.connect(lambda: self.signals.append(("cancelled",)))

    @property
    def events(self) -> list[str]:
        return [text for name, *values in self.signals if name == "progressed" for text in values[0]]

    @property
    def ends(self) -> list[tuple[Any, ...]]:
        return [signal for signal in self.signals if signal[0] != "progressed"]


def count(total: int, report: Report) -> int:
    for number in range(total):
        report(Message(str(number)))
    return total


def ended(job: Job, heard: Heard, qtbot: QtBot) -> None:
    job.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)


def test_every_event_comes_in_order_and_before_the_one_signal_of_the_end(qtbot: QtBot) -> None:
    job = Job(count, 500)
    heard = Heard(job)
    ended(job, heard, qtbot)
    assert heard.events == [str(number) for number in range(500)]
    assert heard.ends == [("succeeded", 500)]
    assert heard.signals[-1][0] == "succeeded"


def test_signals_come_in_the_thread_that_made_it_and_the_work_is_done_in_another(qtbot: QtBot) -> None:
    threads: dict[str, threading.Thread] = {}

    def work(report: Report) -> None:
        threads["work"] = threading.current_thread()

    job = Job(work)
    job.succeeded.connect(lambda _: threads.update(signal=threading.current_thread()))
    ended(job, Heard(job), qtbot)
    assert threads["signal"] is threading.main_thread()
    assert threads["work"] is not threads["signal"]


@pytest.mark.parametrize(
    ("problem", "words"),
    [(LensletError("the disk is full"), "the disk is full"), (KeyError("odd"), "KeyError: 'odd'")],
)
def test_an_exception_in_the_thread_is_told_after_what_was_reported_before(
    qtbot: QtBot, problem: Exception, words: str
) -> None:
    def fail(report: Report) -> None:
        report(Message("so far"))
        raise problem

    job = Job(fail)
    heard = Heard(job)
    ended(job, heard, qtbot)
    assert heard.signals[0] == ("progressed", ["so far"])
    [(name, sentence, trace)] = heard.ends
    assert (name, sentence) == ("failed", words)
    assert "in fail" in trace


# --- the tap ----------------------------------------------------------------------------------------------------


def test_the_tap_sees_each_event_on_the_jobs_thread_and_decides_what_goes_on(qtbot: QtBot) -> None:
    threads = set()

    def tap(event: Event) -> Event | None:
        threads.add(threading.current_thread())
        assert isinstance(event, Message)
        return Message(event.text + "!") if int(event.text) % 2 else None

    job = Job(count, 6, tap=tap)
    heard = Heard(job)
    ended(job, heard, qtbot)
    assert heard.events == ["1!", "3!", "5!"]
    assert threading.main_thread() not in threads


def test_a_tap_that_fails_ends_the_job_with_its_words(qtbot: QtBot) -> None:
    def tap(event: Event) -> Event | None:
        raise LensletError("no room for the snapshot")

    job = Job(count, 3, tap=tap)
    heard = Heard(job)
    ended(job, heard, qtbot)
    assert heard.ends[0][:2] == ("failed", "no room for the snapshot")


# --- pausing and stopping ---------------------------------------------------------------------------------------


def test_a_pause_holds_the_work_at_its_next_report(qtbot: QtBot) -> None:
    gate = Gate()
    job = Job(gate, "done")
    heard = Heard(job)
    job.start()
    gate.wait_until_begun()
    job.pause()
    assert job.paused
    gate.let_go()
    job.wait(50)
    assert gate.passed == []
    job.proceed()
    assert not job.paused
    qtbot.waitUntil(lambda: heard.ends == [("succeeded", "done")], timeout=WAIT)


def before_the_start(job: Job, gate: Gate) -> None:
    job.cancel()
    job.start()
    gate.let_go()


def before_its_report(job: Job, gate: Gate) -> None:
    job.start()
    gate.wait_until_begun()
    job.cancel()
    gate.let_go()


def while_paused(job: Job, gate: Gate) -> None:
    job.start()
    gate.wait_until_begun()
    job.pause()
    gate.let_go()
    job.wait(20)
    job.cancel()


def twice(job: Job, gate: Gate) -> None:
    before_its_report(job, gate)
    job.cancel()


@pytest.mark.parametrize("phase", [before_the_start, before_its_report, while_paused, twice])
def test_it_can_be_cancelled_in_every_phase(qtbot: QtBot, phase: Callable[[Job, Gate], None]) -> None:
    gate = Gate()
    job = Job(gate, "done")
    heard = Heard(job)
    phase(job, gate)
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [("cancelled",)]
    assert job.stopping
    assert gate.passed == []


def test_what_has_happened_is_told_although_it_was_cancelled(qtbot: QtBot) -> None:
    """An epoch that is kept already must not be missing in what the window says of the run."""
    kept: list[str] = []
    begun, goes_on = threading.Event(), threading.Event()

    def work(report: Report) -> None:
        begun.set()
        goes_on.wait(LONG)
        for epoch in ("one", "two"):
            kept.append(epoch)
            report(Message(epoch))

    job = Job(work)
    heard = Heard(job)
    job.start()
    assert begun.wait(LONG)
    job.cancel()
    goes_on.set()
    qtbot.waitUntil(lambda: heard.ends == [("cancelled",)], timeout=WAIT)
    assert heard.events == kept == ["one"]


def test_cancelled_after_its_last_report_it_has_succeeded(qtbot: QtBot, qapp: QApplication) -> None:
    job = Job(count, 3)
    heard = Heard(job)
    job.start()
    assert job.wait(WAIT)
    job.cancel()
    qtbot.waitUntil(lambda: heard.ends == [("succeeded", 3)], timeout=WAIT)


# --- the window closes meanwhile --------------------------------------------------------------------------------


def test_a_destroyed_window_cancels_its_job_and_hears_nothing_more(qtbot: QtBot, qapp: QApplication) -> None:
    owner, gate = QObject(), Gate()
    job = Job(gate, "done", parent=owner)
    heard = Heard(job)
    job.start()
    gate.wait_until_begun()
    Shiboken.delete(owner)
    assert job.isRunning(), "Qt ends the process where a running thread is deleted"
    gate.let_go()
    qtbot.waitUntil(job.isFinished, timeout=WAIT)
    qapp.processEvents()
    assert gate.passed == []
    assert heard.signals == []


def test_a_job_that_nobody_holds_on_to_runs_to_its_end(qtbot: QtBot) -> None:
    gate, ends = Gate(), []

    def begin() -> None:
        job = Job(gate, "done")
        job.succeeded.connect(ends.append)
        job.start()

    begin()
    gate.wait_until_begun()
    gate.let_go()
    qtbot.waitUntil(lambda: ends == ["done"], timeout=WAIT)
