"""Drives the real window as a person would: for the end-to-end tests, the benchmarks and the README's pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.main_window import MainWindow
from gui.threads.job import Job
from gui.threads.thread import running_threads
from nets.runs.config import config_for

Stroke = tuple[tuple[float, float], ...]

# Digits as a careful person draws them, as corner points on a pad of 280 x 280 units.
DIGITS: dict[str, tuple[Stroke, ...]] = {
    "1": (((105, 95), (145, 55), (145, 225)),),
    "2": (((85, 95), (105, 60), (150, 50), (185, 80), (175, 125), (85, 220), (200, 220)),),
    "3": (((90, 65), (140, 48), (180, 75), (165, 115), (125, 130), (175, 145), (190, 185), (150, 225), (85, 205)),),
    "4": (((165, 55), (80, 160), (205, 160)), ((160, 110), (155, 230))),
    "7": (((80, 75), (120, 68), (205, 70), (175, 130), (130, 225)), ((110, 150), (185, 145))),
    "8": (
        (
            *((185, 80), (140, 50), (95, 80), (110, 120), (165, 150), (185, 195)),
            *((140, 228), (92, 195), (115, 150), (170, 115), (185, 80)),
        ),
    ),
}


def pause_for(milliseconds: int) -> None:
    """Let the window run. QTest.qWait would keep Python's lock meanwhile and starve all other threads."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def along(stroke: Stroke, step: float = 6.0) -> Iterator[tuple[float, float]]:
    """The points that a mouse reports between the corners, about ``step`` units apart."""
    yield stroke[0]
    for (x0, y0), (x1, y1) in pairwise(stroke):
        count = max(1, round(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / step))
        for number in range(1, count + 1):
            share = number / count
            yield x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def draw(
    pad: QWidget, strokes: Iterable[Stroke], *, pause: int = -1, moved: Callable[[], object] = lambda: None
) -> None:
    """Draw with the left button; wait ``pause`` ms between moves (-1: none) and call ``moved`` before each."""
    scale = min(pad.width(), pad.height()) / 280
    left = (pad.width() - 280 * scale) / 2
    top = (pad.height() - 280 * scale) / 2

    def at(point: tuple[float, float]) -> QPoint:
        return QPointF(left + point[0] * scale, top + point[1] * scale).toPoint()

    for stroke in strokes:
        points = list(along(stroke))
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(points[0]))
        for point in points[1:]:
            moved()
            QTest.mouseMove(pad, at(point))
            if pause >= 0:
                pause_for(pause)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(points[-1]))


def wait_until(true: Callable[[], object], seconds: float = 60.0, what: str = "") -> None:
    """Let the window run until ``true()``.

    Raises:
        AssertionError: It takes longer than ``seconds``; the message is ``what``.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what or true}")
        pause_for(5)


def hover(widget: QWidget, point: Callable[[], QPointF]) -> None:
    """Move the mouse to ``point()`` of the widget once that is stable: a later layout would move it."""

    def standing() -> bool:
        before = widget.mapToGlobal(point())
        pause_for(20)
        return widget.mapToGlobal(point()) == before

    wait_until(standing, 10, "a widget that stands still")
    QTest.mouseMove(widget, point().toPoint())


def activate(window: QWidget) -> None:
    """Keys go to the active window; without a window manager no window becomes active by itself or at once."""

    def active() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    wait_until(active, 10, "the active window")


def wait_for_jobs(seconds: float = 30.0) -> None:
    """Wait until nothing is read or computed any more, except threads that wait for the pen."""
    wait_until(lambda: not any(isinstance(thread, Job) for thread in running_threads()), seconds, "the end of the jobs")


def wait_ready(window: MainWindow, seconds: float = 90.0) -> None:
    """Wait until TensorFlow is loaded, a model is open and the workspaces exist."""
    wait_until(lambda: window.session.model is not None and window.workspaces, seconds, "the model")
    QApplication.processEvents()


def train(window: MainWindow, network: str, dataset: str, **changes: Any) -> None:
    """Start a training with the given settings, as the Train button does with those of the form."""
    config = config_for(network, dataset, **changes)
    window.workspaces["train"].setup.show_config(config)
    window.workspaces["train"].train(config)


def seen(window: MainWindow) -> tuple[int, int]:
    """How many epochs and batches of the running (or last) training the curves have."""
    live = window.workspaces["train"].focus.live
    return (0, 0) if live is None else (live.done, len(live.x))
