"""Creates the application and the window. Everything slow starts after the first paint."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.crash_marker import CrashMarker
from gui.display import make_application
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from gui.threads.garbage import GarbageCollector
from nets.commands.streams import tell
from nets.places import ASSETS, Places

PATIENCE = 1.0  # seconds that a closed window waits for a model that is being opened

ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def main(places: Places, *, model: str = "", threads: int | None = None) -> int:
    """Run the program until its window is closed.

    Args:
        places: The folders of runs, drawings, data and settings.
        model: A file, a run or a shipped model to start with; "" for the last one.
        threads: How many threads TensorFlow may use; None: TensorFlow decides.

    Returns:
        The exit status: 0, or 130 after Ctrl+C.
    """
    QGuiApplication.setApplicationDisplayName("Lenslet")
    QGuiApplication.setDesktopFileName("lenslet")
    app = make_application(sys.argv[:1])
    GarbageCollector(app)
    # Deliver every move of the pen. On X11 Qt merges pending moves, which cuts the corners of fast strokes.
    # This must follow the creation of the application, which enables the merging on X11.
    app.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    app.setApplicationName("lenslet")
    app.setWindowIcon(QIcon(str(ASSETS / "icons" / "lenslet.svg")))
    interrupts = Interrupts()
    marker = interrupts.marker = CrashMarker(places.settings.parent / "window.lock")
    marker.watch()
    window = open_window(places, model=model, threads=threads, after_crash=marker.crashed, crash_report=marker.report)
    sys.excepthook = _make_excepthook(window)
    window.session.patience = PATIENCE
    interrupts.close(window)
    status = app.exec()
    if signal.SIGINT in interrupts.received:
        status = 130
    marker.release()
    if window.session.running:
        # Opening a large model and waiting for a silent server cannot be interrupted. Neither writes anything, and
        # everything else has ended: do not wait for them.
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(status)
    return status


def open_window(
    places: Places,
    *,
    model: str = "",
    threads: int | None = None,
    after_crash: bool = False,
    crash_report: Path | None = None,
) -> MainWindow:
    """Create and show the window. Workspaces, TensorFlow and the model follow after its first paint.

    Args:
        places: The folders of runs, drawings, data and settings.
        model: A file, a run or a shipped model to start with; "" for the last one.
        threads: How many threads TensorFlow may use.
        after_crash: Whether the last window crashed: then start with the shipped model, not with the last one.
        crash_report: The file with what the last window was doing when it crashed, if there is one.
    """
    settings = Settings(places.settings)
    if settings["data_dir"] and places.data is None:
        places = replace(places, data=Path(settings["data_dir"]))
    theme.apply(settings["theme"])
    session = Session(places, settings, threads=threads)
    session.reference = model
    session.after_crash, session.crash_report = after_crash, crash_report
    window = MainWindow(session)
    window.show()
    return window


def _make_excepthook(window: MainWindow) -> ExceptHook:
    """Print the traceback, show the error in the status bar, keep running."""

    def excepthook(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        tell("".join(traceback.format_exception(kind, problem, trace)))
        window.session.notify(f"Something went wrong in the window: {kind.__name__}: {problem}", "error")

    return excepthook


class Interrupts:
    """Ctrl+C and SIGTERM close the window without asking; a second one ends the process at once.

    Installed before the window exists. An interrupted start is not a crash, so the marker is released.
    """

    def __init__(self) -> None:
        self.received: list[int] = []
        self.marker: CrashMarker | None = None
        self._window: MainWindow | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def close(self, window: MainWindow) -> None:
        """From now on a signal closes this window."""
        self._window = window
        # Python runs signal handlers only between its own instructions; this gives it some while Qt waits.
        heartbeat = QTimer(window)
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start(200)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.received.append(number)
        signal.signal(number, signal.SIG_DFL)  # ends the process even if the window's thread waits for another
        if self.marker is not None:
            self.marker.release()
        if self._window is None:
            os._exit(128 + number)
        self._window.close_now()
        QTimer.singleShot(0, QApplication.quit)  # before the event loop runs, closing alone does not end the program
