"""What a test of the window must not leave behind: threads, running timers, top-level widgets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from gui.threads.garbage import GarbageCollector
from gui.threads.thread import OwnedThread, running_threads


def _threads() -> set[int]:
    return {id(one) for one in Shiboken.getAllValidWrappers() if isinstance(one, QThread) and one.isRunning()}


def _timers() -> set[int]:
    """Those of a window that is still open (one for a whole module) are its own; the window itself is counted.

    The collector of garbage is the whole session's, and any test may ask it for a collection.
    """
    active = (one for one in Shiboken.getAllValidWrappers() if isinstance(one, QTimer) and one.isActive())
    return {id(one) for one in active if not _in_open_window(one) and not isinstance(one.parent(), GarbageCollector)}


def _in_open_window(timer: QTimer) -> bool:
    owner = timer.parent()
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return owner is not None and owner.window().isVisible()


def _windows() -> set[int]:
    return {id(one) for one in QApplication.topLevelWidgets() if one.isVisible()}


SOON = 0.5  # seconds in which what fires or ends by itself has done so
LEAKS = {"threads": _threads, "timers": _timers, "windows": _windows}


@pytest.fixture(scope="session")
def garbage(qapp: QApplication) -> GarbageCollector:
    """As in the program: no thread but the window's own collects garbage."""
    return GarbageCollector(qapp)


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication, garbage: GarbageCollector) -> Iterator[None]:
    """Fails the test that leaves a running thread, an active timer or a visible window."""
    before = {what: look() for what, look in LEAKS.items()}
    yield
    # By now pytest-qt has closed the widgets it was given; what is still there was leaked.
    qapp.processEvents()
    # Without an event loop nothing deletes them, and every later change of the theme would style them all anew.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    for thread in running_threads():
        if isinstance(thread, OwnedThread) and thread.orphaned:
            thread.wait(10_000)  # its window is gone and it was told to stop: it ends at its next report
    end = time.monotonic() + SOON
    while (left := _left(before)) and time.monotonic() < end:
        qapp.processEvents()  # a timer of a frame that fires once is no leak
        time.sleep(0.005)
    assert not left, f"left behind: { {what: len(ids) for what, ids in left.items()} }"


def _left(before: dict[str, set[int]]) -> dict[str, set[int]]:
    now = {what: look() - before[what] for what, look in LEAKS.items()}
    return {what: ids for what, ids in now.items() if ids}
