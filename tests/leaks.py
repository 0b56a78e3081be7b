"""What a test of the window must not leave behind: threads, running timers, top-level widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken


def _threads() -> set[int]:
    return {id(one) for one in Shiboken.getAllValidWrappers() if isinstance(one, QThread) and one.isRunning()}


def _timers() -> set[int]:
    return {id(one) for one in Shiboken.getAllValidWrappers() if isinstance(one, QTimer) and one.isActive()}


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
    left = {what: look() - before[what] for what, look in LEAKS.items()}
    assert not any(left.values()), f"left behind: { {what: len(ids) for what, ids in left.items() if ids} }"
