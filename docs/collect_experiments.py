"""Copies the results of experiments into docs/experiments and writes the page that lists them.

python main.py experiment NAME --out FOLDER
python docs/collect_experiments.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from nets.experiments.catalogue import EXPERIMENTS  # noqa: E402  (after the path)
from nets.experiments.laboratory import folder_of, read_measured  # noqa: E402

SCALE = "small"
RESULTS = ("results.md", "results.csv", "results.png")


def main(source: Path) -> None:
    """Takes the finished experiments of ``source``; what was collected before and is not there stays."""
    target = HERE / "experiments"
    for experiment in EXPERIMENTS.values():
        if len(read_measured(experiment, SCALE, source)) == len(experiment.rows):
            made = target / experiment.name
            made.mkdir(parents=True, exist_ok=True)
            for name in RESULTS:
                if (file := folder_of(experiment, SCALE, source) / name).exists():
                    shutil.copy(file, made / name)
    (target / "README.md").write_text(index(target), encoding="utf-8")


def index(target: Path) -> str:
    """The page: every experiment, with a link where it has results."""
    lines = [
        "# Experiments",
        "",
        "The published tables, run again by `main.py experiment NAME` at the scale `small`: cut in images, sizes or",
        "epochs so that each ends within minutes on two cores. Every page says how it was cut, on which machine,",
        "with which seed, and what was published. `--scale full` is the real setting.",
        "",
        "| experiment | rows | results |",
        "|---|---|---|",
    ]
    for experiment in EXPERIMENTS.values():
        made = (target / experiment.name / "results.md").exists()
        link = f"[{experiment.name}]({experiment.name}/results.md)" if made else "not yet run"
        lines.append(f"| {experiment.title} | {len(experiment.rows)} | {link} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
