"""A file beside the settings while the window is open; if it is found at a start, the last window crashed."""

from __future__ import annotations

import contextlib
import faulthandler
import os
from pathlib import Path
from typing import IO

from PySide6.QtCore import QLockFile

REPORT = "crash.txt"  # what a window was doing when it crashed, beside its marker
RUNNING = "running.txt"  # where the open window would write it


class CrashMarker:
    """A second window beside an open one holds no marker and reports no crash.

    held: whether this window holds the marker. crashed: whether the process that held it before ended without closing
    its window. report: the file with what that one was doing in each of its threads, if it could still say so: after a
    segmentation fault, but not when it was killed.
    """

    def __init__(self, path: Path) -> None:
        with contextlib.suppress(OSError):  # nothing is held; the settings report that they cannot be saved
            path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        self._lock = QLockFile(str(path))
        self._lock.setStaleLockTime(0)  # decided by the holder's process, not by time
        self.held = self._lock.tryLock(0)
        self.crashed = was_there and self.held
        self.report: Path | None = None
        self._running = path.with_name(RUNNING)
        self._file: IO[str] | None = None
        if self.crashed:
            with contextlib.suppress(OSError):  # the crash is then told without what was done
                self._keep_report(path.with_name(REPORT))

    def _keep_report(self, report: Path) -> None:
        if self._running.stat().st_size:
            os.replace(self._running, report)
            self.report = report

    def watch(self) -> None:
        """From now on, what this process does when it crashes is written down."""
        if self.held:
            with contextlib.suppress(OSError):
                self._file = self._running.open("w", encoding="utf-8")
                faulthandler.enable(self._file)

    def release(self) -> None:
        """Remove the marker: the window was closed properly."""
        if not self.held:
            return
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            with contextlib.suppress(OSError):
                self._running.unlink()
        self._lock.unlock()
        self.held = False
