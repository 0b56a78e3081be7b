"""What a test of the window must not leave behind: threads, running timers, top-level widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from gui.threads.thread import OwnedThread, running_threads


def _threads() -> set[int]:
    return {id(one) for one in Shiboken.getAllValidWrappers() if isinstance(one, QThread) and one.isRunning()}


def _timers() -> set[int]:
    """Those of a window that is still open (one for a whole module) are its own; the window itself is counted."""
    active = (one for one in Shiboken.getAllValidWrappers() if isinstance(one, QTimer) and one.isActive())
    return {id(one) for one in active if not _in_open_window(one)}


def _in_open_window(timer: QTimer) -> bool:
    owner = timer.parent()
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return owner is not None and owner.window().isVisible()


def _windows() -> set[int]:
    return {id(one) for one in QApplication.topLevelWidgets() if one.isVisible()}


LEAKS = {"threads": _threads, "timers": _timers, "windows": _windows}


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """Fails the test that leaves a running thread, an active timer or a visible window."""
    before = {what: look() for what, look in LEAKS.items()}
    yield
    # By now pytest-qt has closed the widgets it was given; what is still there was leaked.
    qapp.processEvents()
    for thread in running_threads():
        if isinstance(thread, OwnedThread) and thread.orphaned:
            thread.wait(10_000)  # its window is gone and it was told to stop: it ends at its next report
    qapp.processEvents()
    left = {what: look() - before[what] for what, look in LEAKS.items()}
    assert not any(left.values()), f"left behind: { {what: len(ids) for what, ids in left.items() if ids} }"
