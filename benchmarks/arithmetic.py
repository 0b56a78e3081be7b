"""From the cursor's move over a map to the painted equation; a picture classified by hand as a whole process."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from report import Row, percentile, show
from window import opened

from gui.main_window import MainWindow
from tests.drive import DIGITS, draw, pause_for, wait_until

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
LAYERS = {"lenet": ("conv1", "conv2", "pool1"), "pen": ("block1_conv", "block3_conv2", "block2_norm1")}


def hovers(window: MainWindow, layer: str, count: int) -> list[float]:
    """Milliseconds from each move to the end of the paint that shows its equation."""
    workspace = window.workspaces["explore"]
    workspace.choice.choose_layer(layer)
    pause_for(300)
    large, equation = workspace.detail.map.large, workspace.arithmetic.equation
    rows, columns = workspace.detail.map._shape
    random, found = np.random.default_rng(1), []
    for _ in range(count):
        place = large.place
        column, row = int(random.integers(columns)), int(random.integers(rows))
        at = place.topLeft() + QPointF((column + 0.5) * place.width() / columns, (row + 0.5) * place.height() / rows)
        before, began = equation.painted, time.perf_counter()
        QTest.mouseMove(large, at.toPoint())
        while equation.painted == before and time.perf_counter() - began < 0.5:
            QApplication.processEvents()
        if equation.painted != before:  # otherwise the cursor stayed on the same pixel
            found.append(1000 * (time.perf_counter() - began))
    return found


def p95(window: MainWindow, layer: str, count: int, what: str) -> Row:
    """The median over ``ROUNDS`` rounds of the 95th percentile, so that a round with other load does not count."""
    rounds = [hovers(window, layer, count) for _ in range(ROUNDS)]
    found = statistics.median(percentile(each, 0.95) for each in rounds)
    return Row(f"{what}: cursor to equation, p95 of {count}, median of {ROUNDS} rounds", found, 16)


def learning(window: MainWindow) -> Iterator[str]:
    """Yields "backward" and "moved" while the panel shows the backward pass and the result of a step."""
    panel = window.workspaces["explore"].arithmetic
    panel.backward_tab.click()
    wait_until(lambda: panel.passed is not None, 30, "the way back")
    panel.set_label(7)
    wait_until(lambda: panel.passed is not None and panel.passed.label == 7, 30, "the label")
    yield "backward"
    panel.controls.step_button.click()
    wait_until(panel.moved_tab.isChecked, 30, "the step")
    yield "moved"


def classifying(runs: int) -> float:
    """Seconds of ``main.py classify pen``, the median of several processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seven.png"
        picture = Image.new("L", (280, 280), 255)
        ImageDraw.Draw(picture).line([(60, 60), (200, 60), (110, 230)], fill=0, width=16)
        picture.save(path)
        command = [sys.executable, "main.py", "classify", "pen", str(path)]
        times = []
        for _ in range(runs + 1):
            began = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        return statistics.median(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=150)
    options = parser.parse_args()
    rows = [Row("main.py classify pen, the whole process", classifying(7), 0.6, "s")]
    with opened() as window:
        window.show_workspace("explore")
        draw(window.column.pad, DIGITS["3"])
        window.workspaces["explore"].toggle_arithmetic()
        for model, layers in LAYERS.items():
            window.session.open_model(model)
            wait_until(lambda model=model: window.session.model.ref.name == model, 60, "the model")
            pause_for(1500)
            for layer in layers:
                rows.append(p95(window, layer, options.moves, f"{model} {layer}"))
        for tab in learning(window):
            rows.append(p95(window, "block3_conv2", options.moves, f"pen block3_conv2, {tab}"))
    show("arithmetic", rows)


if __name__ == "__main__":
    main()
