"""Garbage is collected only in the window's thread.

Python runs its collector in whichever thread happens to allocate. A QObject in a reference cycle would be destroyed
there, and a QTimer that is destroyed outside its own thread stays in the window's event loop, which then crashes with a
segmentation fault. So automatic collection is off while there is a window, and this module replaces it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from nets import backend

PERIOD = 1000  # milliseconds between two checks how much there is to collect
PATIENCE = 2000  # milliseconds from the end of a job to the full collection that it requested

_collector: GarbageCollector | None = None


class GarbageCollector(QObject):
    """Turns Python's automatic collection off, and collects from timers of the thread in which it is created."""

    def __init__(self, parent: QObject) -> None:
        global _collector
        super().__init__(parent)
        _collector = self
        gc.disable()
        self._periodic = QTimer(self)
        self._periodic.setInterval(PERIOD)
        self._periodic.timeout.connect(collect_due)
        self._periodic.start()
        self._full = QTimer(self)
        self._full.setSingleShot(True)
        self._full.setInterval(PATIENCE)
        self._full.timeout.connect(collect_all)

    def collect_soon(self) -> None:
        """Request a full collection after a delay; requests during the delay share it."""
        self._full.start()


def collect_due() -> None:
    """Collect the generations whose thresholds are exceeded, as Python itself would."""
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if count <= threshold:
            return
        gc.collect(generation)


def collect_all() -> None:
    """Collect everything (20 ms once the imports are frozen) and return free memory to the system."""
    gc.collect()
    backend.trim_memory()


def collect_soon() -> None:
    """To be called from the window's thread when something large is no longer used: a training, another model."""
    if _collector is not None:
        _collector.collect_soon()
