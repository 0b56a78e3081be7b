"""Memory of the open window with a model, while somebody draws for ten minutes and trains in between."""

from __future__ import annotations

import argparse
import time
from itertools import cycle

from report import Row, show
from window import opened

from tests.drive import DIGITS, draw, train, wait_until


def resident() -> float:
    """This process's resident memory in megabytes (Linux)."""
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    with opened() as window:
        window.show_workspace("explore")
        began = time.monotonic()
        half = full = 0.0
        workspace = window.workspaces["train"]
        train(window, "lenet", "mnist", epochs=2)
        digits = cycle(DIGITS)
        while time.monotonic() - began < 60 * options.minutes:
            window.column.pad.clear()
            draw(window.column.pad, DIGITS[next(digits)], pause=8)
            if not half and time.monotonic() - began > 30 * options.minutes:
                wait_until(lambda: not workspace.busy(), 600, "the training")
                half = resident()
        full = resident()
    show(
        "memory",
        [
            Row("after a training and half the time", half, 1000, "MB"),
            Row(f"after {options.minutes:g} minutes", full, 1000, "MB"),
            Row("added by the second half", full - half, 20, "MB"),
        ],
    )


if __name__ == "__main__":
    main()
