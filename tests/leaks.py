"""What a test of the window must not leave behind: threads, running timers, top-level widgets."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from gui.threads.garbage import GarbageCollector
from gui.threads.thread import OwnedThread, running_threads


@functools.cache
def _kind(type_of_wrapper: type) -> str:
    """ "threads" or "timers"; "" for the thousands of others. By type, because ``isinstance`` for each takes 10 ms."""
    if issubclass(type_of_wrapper, QThread):
        return "threads"
    return "timers" if issubclass(type_of_wrapper, QTimer) else ""


def _running() -> dict[str, set[int]]:
    """The ids of running threads, active timers and visible windows."""
    found: dict[str, set[int]] = {"threads": set(), "timers": set(), "windows": set()}
    for one in Shiboken.getAllValidWrappers():
        kind = _kind(type(one))
        if (kind == "threads" and one.isRunning()) or (kind == "timers" and one.isActive() and not _is_excused(one)):
            found[kind].add(id(one))
    found["windows"] = {id(one) for one in QApplication.topLevelWidgets() if one.isVisible()}
    return found


def _is_excused(timer: QTimer) -> bool:
    """Timers of a window that is still open (one for a whole module) are its own; the window itself is counted.

    The collector of garbage is the whole session's, and any test may ask it for a collection.
    """
    owner = timer.parent()
    if isinstance(owner, GarbageCollector):
        return True
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return owner is not None and owner.window().isVisible()


SOON = 0.5  # seconds in which what fires or ends by itself has done so


@pytest.fixture(scope="session")
def garbage(qapp: QApplication) -> GarbageCollector:
    """As in the program: no thread but the window's own collects garbage."""
    return GarbageCollector(qapp)


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication, garbage: GarbageCollector) -> Iterator[None]:
    """Fails the test that leaves a running thread, an active timer or a visible window."""
    before = _running()
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
    now = {what: ids - before[what] for what, ids in _running().items()}
    return {what: ids for what, ids in now.items() if ids}
