"""Copies the results of experiments into docs/experiments and writes the page that lists them.

python main.py experiment NAME --out FOLDER
python docs/collect_experiments.py FOLDER
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from nets.experiments.catalogue import EXPERIMENTS  # noqa: E402  (after the path)
from nets.experiments.experiment import SCALES, Experiment, Scale  # noqa: E402
from nets.experiments.laboratory import folder_of, read_measured  # noqa: E402

RESULTS = ("results.md", "results.csv", "results.png")


def main(source: Path) -> None:
    """Takes the experiments of ``source``; what was collected before and is not there stays.

    Of the scale "full", which takes a GPU, also those that have some of their rows: their pages say which are missing.
    """
    target = HERE / "experiments"
    for experiment in EXPERIMENTS.values():
        for scale in SCALES:
            done = len(read_measured(experiment, scale, source))
            if done == len(experiment.rows) or (done and scale == "full"):
                made = target / folder(experiment, scale)
                made.mkdir(parents=True, exist_ok=True)
                for name in RESULTS:
                    if (file := folder_of(experiment, scale, source) / name).exists():
                        shutil.copy(file, made / name)
    (target / "README.md").write_text(index(target), encoding="utf-8")


def folder(experiment: Experiment, scale: Scale) -> str:
    """The name of the folder of an experiment's results here."""
    return experiment.name if scale == "small" else f"{experiment.name}-{scale}"


def index(target: Path) -> str:
    """The page: every experiment, with a link where it has results."""
    lines = [
        "# Experiments",
        "",
        "The published tables, run again by `main.py experiment NAME` at the scale `small`: cut in images, sizes or",
        "epochs so that each ends within minutes on two cores. Every page says how it was cut, on which machine,",
        "with which seed, and what was published. `--scale full` is the real setting, for a GPU.",
        "",
        "| experiment | rows | `small` | `full` |",
        "|---|---|---|---|",
    ]
    for experiment in EXPERIMENTS.values():
        links = (_link(target, experiment, "small"), _link(target, experiment, "full"))
        lines.append(f"| {experiment.title} | {len(experiment.rows)} | {' | '.join(links)} |")
    return "\n".join([*lines, ""])


def _link(target: Path, experiment: Experiment, scale: Scale) -> str:
    """A link to the results, with how many rows are measured where some are missing."""
    name = folder(experiment, scale)
    table = target / name / "results.csv"
    if not table.exists():
        return "not yet run"
    with table.open(encoding="utf-8", newline="") as file:
        rows = [any(row[key] for key in experiment.columns) for row in csv.DictReader(file)]
    part = "" if all(rows) else f", {sum(rows)} of {len(rows)} rows"
    return f"[{name}]({name}/results.md){part}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
