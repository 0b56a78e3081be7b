"""A file beside the settings while the window is open; if it is found at a start, the last window crashed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QLockFile


class CrashMarker:
    """``crashed``: whether the process that held the marker before ended without closing its window.

    A second window beside an open one holds no marker and reports no crash.
    """

    def __init__(self, path: Path) -> None:
        with contextlib.suppress(OSError):  # nothing is held; the settings report that they cannot be saved
            path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        self._lock = QLockFile(str(path))
        self._lock.setStaleLockTime(0)  # decided by the holder's process, not by time
        self.held = self._lock.tryLock(0)
        self.crashed = was_there and self.held

    def release(self) -> None:
        """Remove the marker: the window was closed properly."""
        if self.held:
            self._lock.unlock()
            self.held = False
