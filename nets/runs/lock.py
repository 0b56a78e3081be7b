"""One process trains a run at a time: a file lock, which the system releases when the process dies."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

NAME = "lock"
PATIENCE = 0.5
"""Seconds. A check whether a run is locked holds the lock for an instant; a trainer waits this long."""


class Locked(Exception):
    """A living process, this one included, holds the lock."""


def lock_run(folder: Path) -> AbstractContextManager[object]:
    """Locks the run in ``folder``; leaving the context that is returned releases it.

    The lock belongs to the open file: a killed process leaves none behind, and no process id is taken for another.
    On a file system without locks (some network drives) nothing is locked.

    Raises:
        Locked: a living process, this one included, holds it.
        OSError: the folder cannot be written to.
    """
    try:
        # Each call has its own lock, so that two threads of this process exclude each other too.
        return FileLock(folder / NAME, mode=0o666, thread_local=False).acquire(timeout=PATIENCE, poll_interval=0.01)
    except Timeout:
        raise Locked(str(folder)) from None
    except NotImplementedError:
        return nullcontext()


def is_locked(folder: Path) -> bool:
    """Whether a living process trains the run in ``folder``. Creates no file there."""
    if not (folder / NAME).exists():
        return False
    lock = FileLock(folder / NAME, mode=0o666, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False  # nobody can write to the folder, so it is not in training here
    lock.release()
    return False
