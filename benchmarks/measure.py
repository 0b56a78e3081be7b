"""Runs every benchmark and writes what it found, misses included, into benchmarks/README.md.

    xvfb-run -a python benchmarks/measure.py [NAME ...]

Needs MNIST in LENSLET_DATA_DIR and what benchmarks/requirements.txt lists.

Figures of benchmarks that are not named stay as they were. ``explain`` has its peers in an environment of their own
(see there): run this by that environment's Python, with its name.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from report import Row

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "figures.json"
BENCHMARKS = {
    "start": ("--runs", "3"),
    "live": ("--rounds", "5"),
    "classify": (),
    "train_epoch": (),
    "train_step": (),
    "gpu_step": (),
    "runs_list": (),
    "byhand": (),
    "byhand_epoch": ("--rounds", "1"),
    "arithmetic": (),
    "explain": ("--rounds", "5"),
    "why": ("--rounds", "2"),
    "memory": ("--minutes", "10"),
    "zoo": (),
}
PROMISED_RATIO = {128: 0.95, 32: 0.9}
PROMISED_WAITING = 0.05
HEAD = """# What was measured

Made by `python benchmarks/measure.py`; each script prints its own table and a JSON line. The peer of the training
is the same network in PyTorch 2.13 over tensors in memory, in the same process, on the same threads, epochs in turn,
medians of three. Times are of one machine: {machine};
those of `gpu_step` of the card that its rows name, where the peer was PyTorch 2.11.
Where a time is promised, it is also told in yardsticks: in what one fixed piece of work (`yardstick` in
benchmarks/report.py) cost in the same run. Times of two machines, or of two days, compare by that column.

A miss is written down as a miss.

| benchmark | what | measured | in yardsticks | promised | |
|---|---|---|---|---|---|
"""
SECONDS = {"s": 1000.0, "ms": 1.0}  # the units of time, in milliseconds


def run(name: str) -> dict[str, Any]:
    """The rows of one benchmark and the yardstick of its run, from the JSON line that it prints last."""
    print(name, flush=True)
    command = [sys.executable, str(HERE / f"{name}.py"), *BENCHMARKS[name]]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
    print(done.stdout, flush=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    rows = [row for each in found["rows"] for row in (_ratios(each) if name == "train_epoch" else [each])]
    return {"date": datetime.date.today().isoformat(), "yardstick": found.get("yardstick"), "rows": rows}


def _ratios(row: dict[str, Any]) -> list[dict[str, Any]]:
    batch = row["batch"]
    ours, theirs = row["lenslet_seconds"], row["pytorch_seconds"]
    rows = (
        Row(
            f"lenet, batch {batch}: epoch against PyTorch ({ours} s, {theirs} s)",
            row["ratio"],
            PROMISED_RATIO[batch],
            "",
        ),
        Row(f"lenet, batch {batch}: share of the epoch waiting for data", row["waiting_share"], PROMISED_WAITING, ""),
    )
    return [{"what": r.what, "found": r.found, "promised": r.promised, "unit": r.unit, "kept": r.kept} for r in rows]


def _in_yardsticks(row: dict[str, Any], yardstick: float | None) -> str:
    if yardstick is None or row["promised"] is None or row["unit"] not in SECONDS:
        return ""
    return f"{SECONDS[row['unit']] * row['found'] / yardstick:.3g}"


def write(figures: dict[str, dict[str, Any]]) -> None:
    cores = os.cpu_count()
    machine = (
        f"{cores} cores without a GPU, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    lines = [HEAD.format(machine=machine)]
    for name in BENCHMARKS:
        of_one = figures.get(name, {})
        for row in of_one.get("rows", ()):
            bound = "at least " if row.get("at_least") else ""
            promised = "" if row["promised"] is None else f"{bound}{row['promised']:.3g} {row['unit']}"
            found = f"{row['found']:.3g} {row['unit']}" if row["found"] < 1000 else f"{row['found']:.0f} {row['unit']}"
            told = _in_yardsticks(row, of_one.get("yardstick"))
            lines.append(f"| {name} | {row['what']} | {found} | {told} | {promised} | {row['kept']} |\n")
    dates = ", ".join(f"{name} {each['date']}" for name, each in figures.items())
    lines.append(f"\nMeasured: {dates}.\n")
    notes = HERE / "notes.md"
    if notes.exists():
        lines.append("\n" + notes.read_text(encoding="utf-8"))
    (HERE / "README.md").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for name in sys.argv[1:] or BENCHMARKS:
        found = run(name)
        if found["rows"] or name not in figures:  # without a GPU, the figures of the machine that had one stay
            figures[name] = found
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        write(figures)


if __name__ == "__main__":
    main()
