"""A file beside the settings while the window is open: one that is found at a start tells of a crash."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QLockFile


class CrashMarker:
    """``crashed``: the process that held the marker before ended without closing its window.

    A second window beside an open one holds no marker, and tells nothing.
    """

    def __init__(self, path: Path) -> None:
        with contextlib.suppress(OSError):  # then nothing is held; the settings say that they cannot be saved
            path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        self._lock = QLockFile(str(path))
        self._lock.setStaleLockTime(0)  # the holder's process decides, not the time
        self.held = self._lock.tryLock(0)
        self.crashed = was_there and self.held

    def release(self) -> None:
        """The window was closed as it should."""
        if self.held:
            self._lock.unlock()
            self.held = False
