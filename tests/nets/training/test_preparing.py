"""What is prepared aside tells how far it is, through the training's own report, and ends when that cancels."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from nets.events import Cancelled, Event, Message, Progress, Report
from nets.training.events import Preparing
from nets.training.setup import Setup, _while_reporting


def features(done: int) -> Progress:
    return Progress("features", done, 3, "images")


def test_the_progress_of_the_work_is_not_covered_by_preparing() -> None:
    """Earlier, "Building the network" was shown while features were computed; their own progress appeared for an
    instant.
    """
    seen: list[Event] = []
    threads = set()
    told_twice, complete = threading.Event(), threading.Event()

    def report(event: Event) -> None:
        seen.append(event)
        threads.add(threading.current_thread())
        if seen.count(features(1)) > 2:
            told_twice.set()
        if features(3) in seen and isinstance(event, Preparing):
            complete.set()

    def work(tell: Report) -> Setup:
        tell(Message("the source is opened"))
        tell(features(1))
        assert told_twice.wait(10), "it stands while the work takes long"
        tell(features(3))
        assert complete.wait(10), "what follows, the compiling, is preparing again"
        return cast(Setup, "setup")

    assert _while_reporting(work, report, Preparing("lenet")) == "setup"
    first, last = seen.index(features(1)), seen.index(features(3))
    assert set(seen[first:last]) == {features(1)}
    assert seen.count(Message("the source is opened")) == 1
    assert threads == {threading.current_thread()}


def test_work_that_is_cancelled_ends_at_its_next_report() -> None:
    ended = threading.Event()

    def report(event: Event) -> None:
        if isinstance(event, Progress):
            raise Cancelled

    def work(tell: Report) -> Setup:
        try:
            for _ in range(10_000):
                tell(features(1))
                ended.wait(0.001)
        except Cancelled:
            ended.set()
            raise
        raise AssertionError("it was not told")

    with pytest.raises(Cancelled):
        _while_reporting(work, report, Preparing("lenet"))
    assert ended.wait(10)
