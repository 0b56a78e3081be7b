"""From a move of the pen to painted bars and painted maps: how old it is what stands on the screen, and how often it
is renewed; at rest, and while a training runs.

    xvfb-run -a python benchmarks/live.py [--rounds 5]

The age of a painted answer is the time from the move that it includes (of moves that were joined, the first) to the
end of the paint event that shows it. Moves come every 8 ms. Milliseconds alone say more of the machine than of the
program, so the same run measures what one preparation, one forward pass and one painting cost by themselves; what is
promised is a multiple of their sum. Each of the three is measured after a rest, as it happens while a person draws: one
right after the other finds everything in the processor's caches and costs half as much, which is told beside it. Every
figure is the median of the rounds. A round is one digit after the other; the
networks take turns in it, so that whatever else the machine does meets all of them alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from report import Row, percentile, show
from window import Gaps, opened

from gui.main_window import MainWindow
from gui.threads.answering import LiveAnswer
from nets.data.prepare import prepare
from tests.drive import DIGITS, along, draw, pause_for, seen, train, wait_until

PAUSE = 0.008  # seconds between two moves
REST = 16  # milliseconds between two answers
NETWORKS = ("lenet", "pen")
OLDEST = 50.0  # milliseconds that no painted answer may be old
FASTEST = 60.0  # answers a second that are promised where the costs allow them


class Clock(QObject):
    """The age of every answer that ``widget`` paints, in milliseconds, and how many it painted in how many seconds."""

    def __init__(self, window: MainWindow, widget: QWidget) -> None:
        super().__init__()
        self._session, self._widget = window.session, widget
        self._moved: dict[int, float] = {}
        self._answered = 0
        self.ages: list[float] = []
        self.seconds = 0.0
        self._session.answered.connect(self._on_answer)
        widget.installEventFilter(self)

    def move(self) -> None:
        # Moves that are painted together count from the first of them.
        self._moved.setdefault(self._session._id + 1, time.perf_counter())

    def stop(self) -> None:
        self._widget.removeEventFilter(self)
        self._session.answered.disconnect(self._on_answer)

    def _on_answer(self, answer: LiveAnswer) -> None:
        self._answered = answer.id

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._answered:
            QTimer.singleShot(0, self._painted)  # runs when this paint has been done
        return False

    def _painted(self) -> None:
        began = self._moved.pop(self._answered, None)
        if began is not None:
            self.ages.append(1000 * (time.perf_counter() - began))
        self._answered = 0


def follow(window: MainWindow, clock: Clock, digits: Iterable[str]) -> Clock:
    """Draws the digits with a move every ``PAUSE`` seconds, independent of how fast the window is."""
    pad = window.column.pad
    scale = min(pad.width(), pad.height()) / 280
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton

    def at(point: tuple[float, float]) -> QPoint:
        x, y = ((side - 280 * scale) / 2 for side in (pad.width(), pad.height()))
        return QPointF(x + point[0] * scale, y + point[1] * scale).toPoint()

    for digit in digits:
        pad.clear()
        pause_for(30)
        for stroke in DIGITS[digit]:
            points = list(along(stroke))
            began = time.perf_counter()
            clock.move()
            QTest.mousePress(pad, left, none, at(points[0]))
            for number, point in enumerate(points[1:], start=1):
                while (rest := began + number * PAUSE - time.perf_counter()) > 0:
                    pause_for(int(1000 * rest)) if rest > 0.001 else QApplication.processEvents()
                clock.move()
                QTest.mouseMove(pad, at(point))
                QApplication.processEvents()
            clock.seconds += time.perf_counter() - began
            QTest.mouseRelease(pad, left, none, at(points[-1]))
    pause_for(60)
    clock.stop()
    return clock


# Milliseconds of one preparation, one forward pass and one painting alone.
Parts = tuple[float, float, float]


def costs(window: MainWindow, widget: QWidget, *, repeats: int = 30) -> tuple[Parts, Parts]:
    """What an answer's parts cost alone, medians, nobody drawing: each after a rest, and one right after the other."""
    session, pad = window.session, window.column.pad
    pad.clear()
    draw(pad, DIGITS["7"])
    wait_until(lambda: session.answer is not None and session.answer.id == session._id, 30, "an answer")
    pause_for(400)
    subject, question = session.live._opened, session.live._question
    assert subject is not None
    assert question.picture is not None
    prepared = prepare(question.picture, subject.card.input)
    other = session.answer
    draw(pad, DIGITS["1"])
    wait_until(lambda: session.answer is not other and session.answer.id == session._id, 30, "another answer")
    pause_for(400)
    answers = (other, session.answer)
    known = {layer.path for layer in subject.model.layers}
    paths = tuple(path for path in question.paths if path in known)

    def median(call: Callable[[int], object], rest: int) -> float:
        times = []
        for number in range(repeats):
            if rest:
                pause_for(rest)
            began = time.perf_counter()
            call(number)
            times.append(1000 * (time.perf_counter() - began))
        return statistics.median(times)

    def paint(number: int) -> None:
        session.answered.emit(answers[number % 2])
        widget.repaint()
        QApplication.processEvents()

    def parts(rest: int) -> Parts:
        # The worker is idle, so the lens may be used from this thread.
        forward = median(lambda _: subject.reader.read(prepared.input, paths), rest)
        return median(lambda _: prepare(question.picture, subject.card.input), rest), forward, median(paint, rest)

    return parts(REST), parts(0)


@dataclass
class Rounds:
    """What was found in all rounds of one network in one place."""

    p95: list[float] = field(default_factory=list)
    oldest: list[float] = field(default_factory=list)
    each_second: list[float] = field(default_factory=list)
    costs: list[tuple[Parts, Parts]] = field(default_factory=list)

    def add(self, clock: Clock, costs: tuple[Parts, Parts]) -> None:
        self.p95.append(percentile(clock.ages, 0.95))
        self.oldest.append(max(clock.ages))
        self.each_second.append(len(clock.ages) / clock.seconds)
        self.costs.append(costs)

    def rows(self, what: str, factor: float) -> list[Row]:
        rested, in_a_row = (
            [statistics.median(part) for part in zip(*each, strict=True)] for each in zip(*self.costs, strict=True)
        )
        total = sum(rested)
        p95, each_second = statistics.median(self.p95), statistics.median(self.each_second)
        alone, warm = (" + ".join(f"{part:.1f}" for part in parts) for parts in (rested, in_a_row))
        allows = 1000 / total >= FASTEST
        return [
            Row(f"{what}: preparation + forward pass + painting alone, each after a rest ({alone})", total),
            Row(f"{what}: the same, one right after the other ({warm})", sum(in_a_row)),
            Row(f"{what}: age of what is painted, p95", p95),
            Row(f"{what}: that age, p95, as a multiple of their sum after a rest", p95 / total, factor, ""),
            Row(f"{what}: and of their sum in a row", p95 / sum(in_a_row), None, ""),
            Row(f"{what}: oldest answer painted", statistics.median(self.oldest), OLDEST),
            Row(f"{what}: answers painted a second", each_second, FASTEST if allows else None, "", at_least=True),
        ]


def open_network(window: MainWindow, name: str) -> None:
    """Opens it, also where it is open already: then as another model of the same name."""
    session, before = window.session, window.session.model
    session.open_model(name)
    wait_until(lambda: session.model is not before and session.model.ref.name == name, 60, name)
    pause_for(200)


def places(window: MainWindow) -> dict[str, tuple[str, QWidget]]:
    """What is painted: its name, the workspace that must be in view, and the widget."""
    return {
        "bars": ("train", window.column.answer.bars),
        "maps": ("explore", window.workspaces["explore"].maps.grid.viewport()),
    }


def at_rest(window: MainWindow, rounds: int) -> list[Row]:
    found = {(name, place): Rounds() for place in places(window) for name in NETWORKS}
    for number in range(rounds + 1):
        for name in NETWORKS:
            open_network(window, name)
            for place, (workspace, widget) in places(window).items():
                window.show_workspace(workspace)
                alone = costs(window, widget)
                clock = follow(window, Clock(window, widget), DIGITS)
                if number:  # the first round warms up
                    found[name, place].add(clock, alone)
    return [row for (name, place), each in found.items() for row in each.rows(f"{name}, {place}", 2)]


def beside_a_training(window: MainWindow, rounds: int) -> list[Row]:
    window.show_workspace("train")
    train(window, "lenet", "mnist", epochs=200)
    wait_until(lambda: seen(window)[1] > 200, 120, "the training")
    found = {name: Rounds() for name in NETWORKS}
    for _ in range(rounds):
        for name in NETWORKS:
            open_network(window, name)
            bars = window.column.answer.bars
            found[name].add(follow(window, Clock(window, bars), DIGITS), costs(window, bars))
    rows = [row for name, each in found.items() for row in each.rows(f"{name}, bars, beside a training", 3)]
    with Gaps() as gaps:
        pause_for(30_000)
    rows.append(Row("gaps between events while training, p99", percentile(gaps.gaps, 0.99), 30))
    rows.append(Row("gaps between events while training, largest", max(gaps.gaps), 150))
    return rows


def stopping(window: MainWindow) -> list[Row]:
    """How long Stop takes, in five trainings; the one that runs is the first."""
    workspace, stopped = window.workspaces["train"], []
    for number in range(5):
        if number:
            train(window, "lenet", "mnist", epochs=30)
            enough = 50 + 60 * number
            wait_until(lambda enough=enough: workspace.busy() and seen(window)[1] > enough, 120, "the training")
        began = time.perf_counter()
        workspace.cancel()
        wait_until(lambda: not workspace.busy(), 10, "the end of the training")
        stopped.append(time.perf_counter() - began)
    return [Row("Stop to the job having ended, worst of 5", max(stopped), 0.3, "s")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with opened() as window:
        with Gaps() as gaps:
            pause_for(5_000)
        rows = at_rest(window, options.rounds)
        rows += [Row("gaps between events at rest, p99", percentile(gaps.gaps, 0.99))]
        rows += beside_a_training(window, options.rounds)
        rows += stopping(window)
    show("live", rows)


if __name__ == "__main__":
    main()
