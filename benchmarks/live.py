"""From a move of the pen to painted bars and painted maps: at rest, and while a training runs.

The clock starts before the mouse event is sent and stops after the paint event that shows the answer to that very
move; moves that a newer one overtook before their turn are not answered and not counted. Digits are drawn at a mouse's
pace.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from report import Row, percentile, show
from window import Gaps, opened

from gui.main_window import MainWindow
from tests.drive import DIGITS, draw, seen, train, wait_until


class Clock(QObject):
    """Milliseconds from a move to the end of the next paint of ``widget`` that shows its answer."""

    def __init__(self, window: MainWindow, widget: QWidget) -> None:
        super().__init__()
        self._session = window.session
        self._moved: dict[int, float] = {}
        self._answered = 0
        self.milliseconds: list[float] = []
        self._session.answered.connect(self._on_answer)
        widget.installEventFilter(self)

    def move(self) -> None:
        # Moves that are painted together count from the first of them.
        self._moved.setdefault(self._session._id + 1, time.perf_counter())

    def _on_answer(self, answer: object) -> None:
        self._answered = answer.id

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._answered:
            QTimer.singleShot(0, self._painted)  # runs when this paint has been done
        return False

    def _painted(self) -> None:
        began = self._moved.pop(self._answered, None)
        if began is not None:
            self.milliseconds.append(1000 * (time.perf_counter() - began))
        self._answered = 0


def measure(window: MainWindow, widget: QWidget, digits: Iterable[str], pause: int) -> list[float]:
    clock = Clock(window, widget)
    for digit in digits:
        window.column.pad.clear()
        draw(window.column.pad, DIGITS[digit], pause=pause, moved=clock.move)
    widget.removeEventFilter(clock)
    window.session.answered.disconnect(clock._on_answer)
    return clock.milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pause", type=int, default=8, help="milliseconds between moves of the pen")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    digits = list(DIGITS) * options.rounds
    rows = []
    with opened() as window:
        bars = window.column.answer.bars
        for name in ("lenet", "pen"):
            window.session.open_model(name)
            wait_until(lambda name=name: window.session.model.ref.name == name)
            window.show_workspace("train")
            measure(window, bars, "7", options.pause)  # warm
            found = measure(window, bars, digits, options.pause)
            rows.append(Row(f"{name}: move to bars, p95 of {len(found)}", percentile(found, 0.95), 16))
            window.show_workspace("explore")
            grid = window.workspaces["explore"].maps.grid.viewport()
            measure(window, grid, "7", options.pause)
            found = measure(window, grid, digits, options.pause)
            rows.append(Row(f"{name}: move to maps, p95 of {len(found)}", percentile(found, 0.95), 33))
        workspace = window.workspaces["train"]
        window.show_workspace("train")
        train(window, "lenet", "mnist", epochs=30)
        wait_until(lambda: seen(window)[1] > 200, 120, "the training")
        for name in ("lenet", "pen"):
            window.session.open_model(name)
            wait_until(lambda name=name: window.session.model.ref.name == name)
            found = measure(window, bars, digits, options.pause)
            rows.append(Row(f"{name}: while training, p95 of {len(found)}", percentile(found, 0.95), 33))
        with Gaps() as gaps:
            end = time.monotonic() + 30
            wait_until(lambda: time.monotonic() > end, 40)
        rows.append(Row("gaps between events while training, p99", percentile(gaps.gaps, 0.99), 30))
        rows.append(Row("gaps between events while training, largest", max(gaps.gaps), 150))
        stopped = []
        for number in range(5):
            if number:
                train(window, "lenet", "mnist", epochs=30)
                wait_until(lambda: workspace.training.begun, 120, "the training")
                enough = 50 + 60 * number
                wait_until(lambda enough=enough: seen(window)[1] > enough, 120, "the training")
            began = time.perf_counter()
            workspace.cancel()
            wait_until(lambda: not workspace.busy(), 10, "the end of the training")
            stopped.append(time.perf_counter() - began)
        rows.append(Row("Stop to the job having ended, worst of 5", max(stopped), 0.3, "s"))
    show("live", rows)


if __name__ == "__main__":
    main()
