"""Opens the window first and everything slow after it."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.main_window import MainWindow
from gui.session import Session
from gui.settings import Settings
from nets.places import ASSETS, Places

ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def main(places: Places, *, model: str = "", threads: int | None = None) -> int:
    """Runs the program until its window is closed. ``model``: a file, a run or a shipped model to begin with."""
    QGuiApplication.setApplicationDisplayName("Lenslet")
    QGuiApplication.setDesktopFileName("lenslet")
    app = QApplication(sys.argv[:1])
    # Every move of a quick pen counts; on X11 Qt would join those that wait in a row and cut the corners of the stroke.
    # After the application is made: its X11 part switches that on.
    app.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    app.setApplicationName("lenslet")
    app.setWindowIcon(QIcon(str(ASSETS / "icons" / "lenslet.svg")))
    window = open_window(places, model=model, threads=threads)
    sys.excepthook = _tell(window)
    _end_on_signals(window)
    return app.exec()


def open_window(places: Places, *, model: str = "", threads: int | None = None) -> MainWindow:
    """The window, shown; the workspaces, TensorFlow and the model follow once it has been painted."""
    settings = Settings(places.settings)
    if settings["data_dir"] and places.data is None:
        places = replace(places, data=Path(settings["data_dir"]))
    theme.apply(settings["theme"])
    session = Session(places, settings, threads=threads)
    session.reference = model
    window = MainWindow(session)
    window.show()
    return window


def _tell(window: MainWindow) -> ExceptHook:
    """An error in a slot is printed whole and said in the window, which goes on."""

    def tell(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        traceback.print_exception(kind, problem, trace)
        window.session.notify(f"Something went wrong in the window: {kind.__name__}: {problem}", "error")

    return tell


def _end_on_signals(window: MainWindow) -> None:
    """Ctrl+C in the terminal closes the window as a person would, without asking."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close_now())
    # Python runs signal handlers only between its own instructions; this gives it some while Qt waits.
    heartbeat = QTimer(window)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(200)
