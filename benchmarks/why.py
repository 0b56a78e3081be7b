"""What the workspace Why promises: how old a live explanation is, how soon it opens, an epoch further, and lesions.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/why.py [--rounds 3]

The age of an explanation is counted as in ``live``: from the move that it includes to the end of the paint event that
shows it, with a move every 8 ms, once the method is compiled, which happens beside the first seconds of a network that
was just opened. Networks and methods take turns in each round; figures are the median of the rounds.
A JSON line for each figure. The lesions need MNIST in LENSLET_DATA_DIR.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from live import DIGITS, NETWORKS, Clock, follow, open_network
from PySide6.QtWidgets import QApplication
from report import Row, percentile, show
from window import opened

from gui.main_window import MainWindow
from gui.threads.answering import LiveAnswer
from nets.data import datasets
from nets.data.fitting import fitted
from nets.data.value_ranges import to_values
from nets.errors import LensletError
from nets.explain.lesion import LesionedNetwork
from nets.models import open_model
from nets.places import Places
from tests.drive import draw, pause_for, wait_until
from tests.made_runs import write_run

METHODS = {"gradient": "saliency", "grad_cam": "Grad-CAM"}
LIVE, OPENING, EPOCH, LESIONS = 20.0, 0.3, 50.0, 0.22  # promised: ms, s, ms, s
EPOCHS, LAYER, IMAGES = 20, "conv2", 2_000


class ExplanationClock(Clock):
    """The age of painted explanations. Which answer is explained is known by the picture that the network received."""

    def __init__(self, window: MainWindow) -> None:
        self._page = window.workspaces["why"].explain
        self._inputs: dict[int, tuple[int, np.ndarray]] = {}  # the arrays are kept so that no other gets their id
        super().__init__(window, self._page.columns[0].picture)
        self._page.worker.answered.connect(self._on_explained)

    def stop(self) -> None:
        super().stop()
        self._page.worker.answered.disconnect(self._on_explained)

    def _on_answer(self, answer: LiveAnswer) -> None:
        if answer.prepared is not None:
            self._inputs[id(answer.prepared.input)] = answer.id, answer.prepared.input

    def _on_explained(self, question: Any, results: Any) -> None:
        self._answered = self._inputs.get(id(question.image), (0, None))[0]


def seconds_until(true: Callable[[], bool], what: str) -> float:
    """Until something is so and the window has been painted."""
    began = time.perf_counter()
    while not true():
        pause_for(1)
        if time.perf_counter() - began > 60:
            raise TimeoutError(f"{what} did not happen within a minute")
    QApplication.processEvents()
    return time.perf_counter() - began


def answered(window: MainWindow) -> None:
    session = window.session
    wait_until(lambda: session.answer is not None and session.answer.id == session._id, 60, "an answer")
    pause_for(200)


def is_explained(window: MainWindow) -> bool:
    """Whether what is on the pad is explained in the open network, by the method that is chosen."""
    session, page = window.session, window.workspaces["why"].explain
    found = page.results[0] if page.results else None
    if found is None or found.values is None or session.answer is None or session.answer.prepared is None:
        return False
    if found.asked not in page.controls.asked():
        return False
    return found.image is session.answer.prepared.input and page._question.model is session.model


def live_ages(window: MainWindow, rounds: int) -> list[Row]:
    window.show_workspace("why")
    p95: dict[tuple[str, str], list[float]] = {(name, method): [] for name in NETWORKS for method in METHODS}
    each_second: dict[tuple[str, str], list[float]] = {key: [] for key in p95}
    for number in range(rounds + 1):
        for name, method in p95:
            open_network(window, name)
            window.workspaces["why"].controls.method.choose(method)
            draw(window.column.pad, DIGITS["7"])
            seconds_until(lambda: is_explained(window), "an explanation")
            pause_for(200)
            seconds_until(lambda: not window.workspaces["why"].explain._compilers, "the compiling")
            clock = follow(window, ExplanationClock(window), DIGITS)
            if number:  # the first round warms up
                p95[name, method].append(percentile(clock.ages, 0.95))
                each_second[name, method].append(len(clock.ages) / clock.seconds)
    rows = []
    for (name, method), ages in p95.items():
        what = f"{name}, {METHODS[method]}"
        rows.append(Row(f"{what}: age of what is painted, p95", statistics.median(ages), LIVE))
        rows.append(Row(f"{what}: painted a second", statistics.median(each_second[name, method]), None, ""))
    return rows


def openings(window: MainWindow, rounds: int) -> list[Row]:
    """Why is opened with a drawing on the pad that it has not seen."""
    rows, digits = [], list(DIGITS.values())
    window.workspaces["why"].controls.method.choose("gradient")
    for name in NETWORKS:
        found = []
        for number in range(rounds + 1):
            window.show_workspace("train")
            if not number:
                open_network(window, name)
            window.column.pad.clear()
            draw(window.column.pad, digits[number % len(digits)])
            answered(window)
            began = time.perf_counter()
            window.show_workspace("why")
            seconds_until(lambda: is_explained(window), "an explanation")
            found.append(time.perf_counter() - began)
        rows.append(Row(f"{name}: Why opened for the first time, to the explanation", found[0], OPENING, "s"))
        rows.append(Row(f"{name}: Why opened again, to the explanation", statistics.median(found[1:]), OPENING, "s"))
    return rows


def epochs(window: MainWindow, rounds: int) -> list[Row]:
    """From a step of the slider to the painted maps and bars of that epoch."""
    session, slider = window.session, window.time_machine.slider
    run = write_run(session.places.runs, EPOCHS)
    session.runs_changed.emit()
    window.show_workspace("explore")
    session.open_model(run, 1)
    wait_until(lambda: session.model is not None and session.model.ref.name == run, 60, "the run")
    draw(window.column.pad, DIGITS["7"])
    answered(window)
    found = []
    for number in range(rounds + 1):
        steps = []
        for epoch in (*range(2, EPOCHS + 1), *range(EPOCHS - 1, 0, -1)):
            began = time.perf_counter()
            slider.setValue(epoch)
            seconds_until(lambda epoch=epoch: _shows(window, epoch), "the epoch")
            steps.append(1000 * (time.perf_counter() - began))
            pause_for(20)
        if number:
            found.append(percentile(steps, 0.95))
    return [Row("lenet: an epoch further, to its painted maps, p95", statistics.median(found), EPOCH)]


def _shows(window: MainWindow, epoch: int) -> bool:
    answer = window.session.answer
    return answer is not None and answer.model is not None and answer.model.ref.epoch == epoch


def lesions(rounds: int) -> list[Row]:
    """Each channel of a layer alone, and all of them."""
    try:
        data = datasets.load("mnist", Places.default())
    except LensletError as problem:
        print(f"lesions: {problem}", file=sys.stderr)
        return []
    model = open_model("lenet")
    network = LesionedNetwork(model, LAYER)
    chosen = np.linspace(0, len(data.test) - 1, IMAGES).astype(int)
    images = to_values(fitted(data.test.images, data.spec.input, model.card.input).read(chosen), model.card.input)
    labels = data.test.labels[chosen]
    network.measure(images, labels)
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        network.measure(images, labels)
        found.append(time.perf_counter() - began)
    what = f"lenet, {LAYER}: every channel alone, on {IMAGES:,} images"
    return [Row(what, statistics.median(found), LESIONS, "s")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = []
    with opened() as window:
        for measure in (openings, live_ages, epochs):
            rows += measure(window, options.rounds)
    rows += lesions(options.rounds)
    for row in rows:
        print(json.dumps({"what": row.what, "found": row.found, "unit": row.unit, "promised": row.promised}))
    show("why", rows)


if __name__ == "__main__":
    main()
