"""From ``python main.py`` to the painted window, to the first classification (by hand), and to Keras's own.

The peer is importing Keras alone.

Every start is a process of its own; medians of several. The child opens the window by the same calls as main.py.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from report import Row, show

HERE = Path(__file__).resolve()


def child(began: float) -> None:
    """Opens the window, draws a seven when it stands, and prints what it measured."""
    import os

    os.chdir(HERE.parent.parent)
    from window import Gaps, opened

    from gui.threads.live import LiveAnswer
    from tests.drive import DIGITS, draw, wait_until

    with opened(ready=False) as window:
        times = {}
        window.painted.connect(lambda: times.setdefault("painted", time.time() - began))

        def note(answer: LiveAnswer) -> None:
            if answer.answer is not None:
                times.setdefault("answered", time.time() - began)
                if answer.model is not None:
                    times.setdefault("keras_answered", time.time() - began)

        window.session.answered.connect(note)
        wait_until(lambda: "painted" in times, what="the first paint")
        with Gaps() as gaps:
            draw(window.column.pad, DIGITS["7"])
            wait_until(lambda: "keras_answered" in times, what="the first answers")
        times["stall"] = max(gaps.gaps) / 1000
    print(json.dumps(times))


def run(*command: str) -> float:
    began = time.time()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    found: dict[str, list[float]] = {"painted": [], "answered": [], "keras_answered": [], "stall": [], "keras": []}
    for number in range(options.runs + 1):
        keras = run("-c", "import keras")
        began = time.time()
        done = subprocess.run(
            [sys.executable, str(HERE), "--child", str(began)], check=True, capture_output=True, text=True
        )
        if number:  # the first start fills the disk's cache
            found["keras"].append(keras)
            for name, value in json.loads(done.stdout.strip().splitlines()[-1]).items():
                found[name].append(value)
    median = {name: statistics.median(values) for name, values in found.items()}
    show(
        "start",
        [
            Row("importing Keras alone", median["keras"], None, "s"),
            Row("first classification, by hand", median["answered"], 1.5, "s"),
            Row("window painted", median["painted"], 1.0, "s"),
            Row(
                "from there to the first by Keras",
                median["keras_answered"] - median["painted"],
                median["keras"] + 2,
                "s",
            ),
            Row("longest stall of the window meanwhile", max(found["stall"]), 1.0, "s"),
        ],
    )


if __name__ == "__main__":
    main()
