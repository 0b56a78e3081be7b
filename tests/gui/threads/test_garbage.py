"""Garbage with a timer in it must not be destroyed by another thread: its timer would stay in the event loop."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QTimer

from gui.threads.garbage import GarbageCollector, collect_all, collect_due
from nets import backend
from tests.drive import wait_until


def make_garbage(fired: list[int]) -> weakref.ref[QObject]:
    """A QObject in a reference cycle, with a timer that runs."""
    one = QObject()
    timer = QTimer(one)
    timer.timeout.connect(lambda: fired.append(1))
    timer.start(1)
    one.cycle = one  # type: ignore[attr-defined]
    return weakref.ref(one)


def test_no_other_thread_destroys_an_object_of_the_window(garbage: GarbageCollector) -> None:
    fired: list[int] = []
    one = make_garbage(fired)

    def work() -> None:
        for _ in range(20):
            [[] for _ in range(2000)]  # Python's own collection would run many times
            backend.release()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert one() is not None
    wait_until(lambda: fired, 30, "the timer")
    collect_all()
    assert one() is None
    fired.clear()
    others: list[int] = []
    other = make_garbage(others)()  # a timer of the same period that lives shows how long to wait
    wait_until(lambda: len(others) > 3, 30, "the other timer")
    assert other is not None
    other.deleteLater()
    assert not fired


def test_garbage_is_collected_when_there_is_enough_of_it(garbage: GarbageCollector) -> None:
    one = make_garbage([])
    kept = [[] for _ in range(5000)]
    assert gc.get_count()[0] > gc.get_threshold()[0]
    collect_due()
    assert one() is None
    assert len(kept) == 5000
    assert not gc.isenabled()
