"""``OwnedThread``, the base class of the window's threads: a deep stack, and safe destruction."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QThread, QTimer
from shiboken6 import isValid

from gui.threads.garbage import collect_soon

STACK = 64 * 1024 * 1024  # TensorFlow's and XLA's compilers recurse deeply; macOS gives threads 512 kB
_running: set[QThread] = set()


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
