"""``experiment``: runs a published table again."""

from __future__ import annotations

import argparse

from nets.commands.output import Output
from nets.commands.stopping import INTERRUPTED, stoppable
from nets.errors import UsageError
from nets.events import Cancelled
from nets.files import user_path
from nets.places import Places


def experiment(options: argparse.Namespace, places: Places, out: Output) -> int:
    """List the experiments, or run one. Ctrl+C keeps what was measured; the same command continues."""
    from nets import backend
    from nets.experiments.catalogue import find
    from nets.experiments.cells import cell
    from nets.experiments.experiment import COLUMNS, check_scale
    from nets.experiments.laboratory import default_folder, folder_of, run_experiment

    if options.list:
        return _list(out)
    if options.name is None:
        raise UsageError("experiment needs a NAME, or --list")
    chosen, scale = find(options.name), check_scale(options.scale)
    folder = default_folder(places) if options.out is None else user_path(options.out, "folder")
    backend.configure(options.threads)
    with stoppable(out) as (report, received):
        try:
            done = run_experiment(chosen, scale, folder, places, report)
        except Cancelled:
            out.close()
            out.warn(f"stopped; the same command goes on: main.py experiment {chosen.name} --scale {scale}")
            return INTERRUPTED + received[0]
    out.close()
    columns = [COLUMNS[key] for key in chosen.columns]
    for row in chosen.rows:
        result = done[row.name].result
        values = {column.key: result.get(column.key) for column in columns}
        out.result(
            experiment=chosen.name, scale=scale, row=row.name, title=row.title, **values, published=row.published
        )
    table = [(row.title, row.published, *(cell(c, done[row.name].result) for c in columns)) for row in chosen.rows]
    out.table(("", "published", *(column.title for column in columns)), table)
    for note in chosen.notes:  # e.g. that the time of loops is scaled from a part of them
        out.say(note)
    out.say(f"written to {folder_of(chosen, scale, folder)}: results.md, results.csv, results.png")
    return 0


def _list(out: Output) -> int:
    from nets.experiments.catalogue import EXPERIMENTS

    for row in EXPERIMENTS.values():
        out.result(name=row.name, title=row.title, question=row.question, rows=len(row.rows), data=list(row.data))
    table = [(row.name, row.title, len(row.rows), ", ".join(row.data)) for row in EXPERIMENTS.values()]
    out.table(("name", "title", "rows", "data"), table)
    return 0
