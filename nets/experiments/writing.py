"""The results of an experiment as Markdown, as CSV and as one picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from nets.backend import available_cores
from nets.experiments.cells import cell
from nets.experiments.chart import chart, measured_words
from nets.experiments.experiment import COLUMNS, SCALES, Experiment, Measured, Scale, Workplace
from nets.experiments.predictions import answers_after, predictions_picture, run_of
from nets.experiments.words import NONE
from nets.files import write_text, write_with

LOG_EVERY = 100
"""Batches between two lines of the log of a training."""


def write_results(
    experiment: Experiment,
    scale: Scale,
    folder: Path,
    done: Mapping[str, Measured],
    laboratory: Workplace | None = None,
) -> None:
    """Writes ``results.md``, ``results.csv`` and ``results.png``, each whole or not at all.

    Args:
        experiment: what was measured.
        scale: how much of it.
        folder: of the experiment.
        done: the rows that are measured, by name.
        laboratory: reads the runs for what is more than a table; None: only the table and the chart.
    """
    write_text(folder / "results.csv", csv_text(experiment, done))
    picture = chart(experiment, scale, done)
    if laboratory is not None and experiment.picture == "predictions":
        picture = predictions_picture(experiment, laboratory)
    if picture is not None:
        write_with(folder / "results.png", picture.save)
    log = _log(experiment, laboratory) if laboratory is not None else ""
    write_text(folder / "results.md", markdown(experiment, scale, done, with_picture=picture is not None, log=log))


def markdown(
    experiment: Experiment, scale: Scale, done: Mapping[str, Measured], *, with_picture: bool = True, log: str = ""
) -> str:
    """The page of an experiment.

    Args:
        experiment: what was measured.
        scale: how much of it.
        done: the rows that are measured, by name; the others are said to be missing.
        with_picture: whether ``results.png`` lies beside it.
        log: the course of a training, where the experiment shows it.
    """
    lines = [f"# {experiment.title}", "", experiment.question, ""]
    columns = [COLUMNS[key] for key in experiment.columns]
    published = any(row.published for row in experiment.rows)
    heads = ["", *(["published"] if published else []), *(column.title for column in columns)]
    lines += ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in experiment.rows:
        found = done.get(row.name)
        values = [NONE if found is None else cell(column, found.result) for column in columns]
        lines.append("| " + " | ".join([row.title, *([row.published or NONE] if published else []), *values]) + " |")
    missing = [row.title for row in experiment.rows if row.name not in done]
    if missing:
        lines += ["", f"Not measured yet: {', '.join(missing)}."]
    if experiment.source:
        lines += ["", f"Published: {experiment.source}."]
    if with_picture:
        lines += ["", f"![{experiment.title}](results.png)"]
    if log:
        lines += ["", log]
    lines += ["", "## How it was measured", "", *(f"- {line}" for line in _how(experiment, scale, done)), ""]
    return "\n".join(lines)


def _how(experiment: Experiment, scale: Scale, done: Mapping[str, Measured]) -> list[str]:
    cuts: dict[str, list[str]] = {}
    for row in experiment.rows:
        if words := row.cut(scale):
            cuts.setdefault(words, []).append(row.title)
    lines = [f"Scale `{scale}`: {SCALES[scale]}."]
    if not cuts:
        lines = [f"Scale `{scale}`: nothing is cut."]
    if len(cuts) == 1 and len(next(iter(cuts.values()))) == len(experiment.rows):
        lines.append(f"Cut: {next(iter(cuts))}.")
    else:
        lines += [f"Cut in {', '.join(titles)}: {words}." for words, titles in cuts.items()]
    seeds = {str(one.setting["seed"]) for one in done.values() if "seed" in one.setting}
    if seeds:
        lines.append(f"Seed: {', '.join(sorted(seeds))}. One run a row: small differences are noise.")
    machines = list(dict.fromkeys(one.machine for one in done.values() if one.machine))
    lines += [f"Machine: {machine}." for machine in machines]
    if "accuracy" in experiment.columns and (words := measured_words(done)):
        lines.append(f"Accuracy: on {words}.")
    dates = sorted({one.date for one in done.values() if one.date})
    if dates:
        lines.append(f"Measured: {dates[0] if len(dates) == 1 else f'{dates[0]} to {dates[-1]}'}.")
    busiest = max((one.load for one in done.values()), default=0.0)
    if busiest > 1.5 * available_cores() and {"seconds", "milliseconds"} & set(experiment.columns):
        lines.append(
            f"The machine did other work meanwhile ({busiest:g} programs wanted to compute on its {available_cores()} "
            "cores): alone, the times are shorter."
        )
    lines += list(experiment.notes)
    lines.append(f"Again: `python main.py experiment {experiment.name} --scale {scale}`")
    return lines


def csv_text(experiment: Experiment, done: Mapping[str, Measured]) -> str:
    """A line of names, then the numbers of each row as they were measured."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("row", "title", "published", *experiment.columns))
    for row in experiment.rows:
        result = done[row.name].result if row.name in done else {}
        values = ["" if result.get(key) is None else result[key] for key in experiment.columns]
        writer.writerow((row.name, row.title, row.published, *values))
    return out.getvalue()


def _log(experiment: Experiment, laboratory: Workplace) -> str:
    """The loss of every hundred batches and the test accuracy of every epoch, of an experiment with one training."""
    run = run_of(experiment, laboratory) if experiment.picture == "predictions" else None
    if run is None:
        return ""
    summary = run.summary
    losses = summary.history.batch_loss
    steps = len(losses) // summary.epochs_done
    lines = ["## The course of the training", "", "```"]
    for epoch in range(1, summary.epochs_done + 1):
        for start in range(0, steps, LOG_EVERY):
            end = min(start + LOG_EVERY, steps)
            first = (epoch - 1) * steps
            lines.append(f"epoch {epoch}, batch {end:5d}: loss {losses[first + start : first + end].mean():z.4f}")
        measured = answers_after(run, epoch, experiment, laboratory).measured
        lines.append(f"epoch {epoch}: test accuracy {measured.share:.4f}")
    return "\n".join([*lines, "```"])
