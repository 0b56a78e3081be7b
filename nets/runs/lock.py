"""One process trains a run at a time: a lock on a file, which the system lets go of when the process dies."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType

NAME = "lock"
# Whoever looks whether a run is locked holds the lock for an instant; a trainer waits that long.
_PATIENCE = 0.5


class Locked(Exception):
    """A living process, this one included, holds the lock."""


class RunLock:
    """Holds the lock of a run's ``folder`` from creation to ``release``; raises Locked when somebody else has it.

    The lock belongs to the open file: a killed process leaves none behind, and no process id is taken for another.
    On a file system without locks (some network drives) nothing is locked.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o666)
        deadline = time.monotonic() + _PATIENCE
        while not _try_lock(self._handle):
            if time.monotonic() > deadline:
                os.close(self._handle)
                raise Locked(str(folder))
            time.sleep(0.01)

    def release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> RunLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_locked(folder: Path) -> bool:
    """Whether a living process trains the run in ``folder``. Changes nothing there."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR)
    except OSError:
        # Never locked, or in a folder that nobody can write to, hence not in training by us.
        return False
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            return problem.errno not in (errno.EWOULDBLOCK, errno.EAGAIN)
        return True
