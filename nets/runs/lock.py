"""One process trains a run at a time: a lock on a file, which the system lets go of when the process dies."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

NAME = "lock"
PATIENCE = 0.5
"""Seconds. Whoever looks whether a run is locked holds the lock for an instant; a trainer waits that long."""


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
        # A lock of its own for each call: two threads of this process exclude each other, too.
        return FileLock(folder / NAME, mode=0o666, thread_local=False).acquire(timeout=PATIENCE, poll_interval=0.01)
    except Timeout:
        raise Locked(str(folder)) from None
    except NotImplementedError:
        return nullcontext()


def is_locked(folder: Path) -> bool:
    """Whether a living process trains the run in ``folder``. Makes no file there."""
    if not (folder / NAME).exists():
        return False
    lock = FileLock(folder / NAME, mode=0o666, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False  # in a folder that nobody can write to, hence not in training by us
    lock.release()
    return False
