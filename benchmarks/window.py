"""The real window in a benchmark's process: opened, driven, and watched for gaps between its events."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import report  # noqa: F401  (puts the repository on the path)
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gui.app import open_window
from gui.main_window import MainWindow
from nets.places import Places
from tests.drive import wait_ready


@contextmanager
def opened(*, ready: bool = True) -> Iterator[MainWindow]:
    """A window over empty folders of its own, so that nobody's runs are touched."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        places = replace(
            Places.default(), runs=home / "runs", drawings=home / "drawings", settings=home / "settings.json"
        )
        window = open_window(places)
        window.resize(1440, 900)
        if ready:
            wait_ready(window)
        try:
            yield window
        finally:
            window.close_now()
            window.deleteLater()
            app.processEvents()


class Gaps:
    """Milliseconds between turns of the window's event loop, by a timer that asks for each of them."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Gaps:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now
