"""``OwnedThread``, the base class of the window's threads: a deep stack, and safe destruction.

``give_way`` lowers the priority of a thread that computes for long, so that it does not delay what a person waits for.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from functools import partial

from PySide6.QtCore import QObject, QThread, QTimer
from shiboken6 import isValid

from gui.threads.garbage import collect_soon

STACK = 64 * 1024 * 1024  # TensorFlow's and XLA's compilers recurse deeply; macOS gives threads 512 kB
NICENESS = 10  # added: on a busy processor such a thread gets a tenth of the time of a usual one
_running: set[QThread] = set()


def give_way() -> None:
    """Lower the priority of the calling thread, and of the threads that it starts afterwards. On Linux only.

    Not for a thread that mostly runs Python: when the system suspends it, it may hold the lock of the interpreter.
    """
    if sys.platform == "linux":  # on other systems this call changes the whole process
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):  # a sandbox may forbid it: then all threads have the same priority
            os.setpriority(os.PRIO_PROCESS, thread, min(os.getpriority(os.PRIO_PROCESS, thread) + NICENESS, 19))


def running_threads() -> list[QThread]:
    """The owned threads that have not ended yet."""
    return [thread for thread in _running if isValid(thread) and thread.isRunning()]


class OwnedThread(QThread):
    """Stops when its owner is destroyed, but is kept until it has ended: Qt aborts if a running thread is deleted."""

    def __init__(self, owner: QObject | None) -> None:
        super().__init__()  # no parent, whose end would delete it
        self.setStackSize(STACK)
        self.orphaned = False
        if owner is not None:
            owner.destroyed.connect(self._on_owner_destroyed)

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        _running.add(self)
        self.finished.connect(self._on_finished)  # connected after the subclasses' slots, which still need it
        super().start(priority)

    def stop(self) -> None:
        """Ask the thread to end as soon as it can; does not wait."""
        raise NotImplementedError

    def _on_owner_destroyed(self) -> None:
        self.orphaned = True
        self.stop()

    def _on_finished(self) -> None:
        collect_soon()  # its data can be large: a data set, a network
        QTimer.singleShot(0, partial(_running.discard, self))
